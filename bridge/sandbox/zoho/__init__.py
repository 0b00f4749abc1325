"""The Zoho Books API v3 over the sandbox's double-entry books."""
