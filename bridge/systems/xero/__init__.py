"""Xero Accounting."""
