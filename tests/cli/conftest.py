"""Fixtures of the command line's tests."""

from tests.cli.logins import person, quickbooks, xero, zoho
from tests.cli.small_lender import lender

__all__ = ["lender", "person", "quickbooks", "xero", "zoho"]
