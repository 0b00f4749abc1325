"""Accounting systems: one folder each, one line in the registry, nothing else."""
