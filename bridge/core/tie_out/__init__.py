"""The tie-out: this morning's proof that ledger and books agree, or what lies between them."""
