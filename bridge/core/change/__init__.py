"""Changes: documents that are wanted against documents that are there."""
