"""What a reconciliation says, as people and programs read it."""
