"""Questions about a ledger's file that only its owner can answer, and where the answer is kept."""

from __future__ import annotations

import msgspec


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One key of a ledger's mapping, with the meanings that it may have."""

    key: str
    options: tuple[str, ...]
    """The answers that are tried, to see whether they make a difference in this file."""
    safe: str
    """The answer under which nothing doubtful is booked; taken where nobody is asked."""
    shipped: str
    """The value before anybody answered."""
    codes: tuple[str, ...]
    """Findings that show that there is a doubt, and where; none: it is in a word that everybody
    reads in one way, so whatever makes a difference is asked."""
    any_currency: bool = False
    """Whether the answer is the code of a currency, and `options` are only two of them."""
