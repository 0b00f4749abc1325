"""A double-entry company that knows no vendor: chart, journal, receivables, documents."""
