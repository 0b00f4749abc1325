"""A ledger that is one CSV file for each day."""
