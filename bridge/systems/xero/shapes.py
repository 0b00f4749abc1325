"""What the fields of its answers are, by their names."""

from __future__ import annotations

from bridge.systems.judging import Table

SHAPES: Table = {}
