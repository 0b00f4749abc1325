"""Reading ledgers: each source is a folder, a mapping file and one line in the registry."""
