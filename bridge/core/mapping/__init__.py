"""The mapping: how a ledger is booked in one company's chart of accounts."""
