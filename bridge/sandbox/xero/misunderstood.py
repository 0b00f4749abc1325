"""The error that a bookkeeper's wish can be refused with."""

from __future__ import annotations


class Misunderstood(ValueError):
    """The wish cannot be followed; the text says why."""
