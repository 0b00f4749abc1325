"""The QuickBooks Online face of the sandbox."""
