"""Books that are kept in memory."""
