"""One loan and its rows as the documents that should be in the books."""
