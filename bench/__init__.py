"""Figures about speed, memory and calls: `python -m bench` (DESIGN §10)."""
