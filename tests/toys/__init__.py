"""A fourth system and a second ledger, as somebody would add them: copied elsewhere by the test."""
