"""Local, faithful versions of the accounting APIs, on real double-entry books."""
