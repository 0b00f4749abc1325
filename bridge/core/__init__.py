"""The pure part: no network, no disk, no clock, no randomness, no vendor's words."""
