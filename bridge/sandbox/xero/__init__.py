"""The Xero face of the sandbox."""
