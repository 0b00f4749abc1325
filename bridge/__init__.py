"""The accounting bridge: a lender's ledger into the books, exactly once, and the proof."""
