"""A wish of the bookkeeper's hand that cannot be followed."""

from __future__ import annotations


class Misunderstood(ValueError):
    """The wish cannot be followed; the text says why."""
