"""A reconciliation, as people and programs read it."""
