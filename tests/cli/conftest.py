"""Fixtures of the command line's tests."""

from tests.cli.small_lender import lender

__all__ = ["lender"]
