"""Questions about a ledger's file that only its owner can answer, and where the answer is kept."""

from __future__ import annotations

import msgspec


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One key of a ledger's mapping, with the meanings that it may have."""

    key: str
    options: tuple[str, ...]
    """The answers that are tried, to see whether they make a difference in this file: first the
    careful one, which leaves out what is in doubt."""
    safe: str
    """The answer under which nothing doubtful is booked; taken where nobody is asked."""
    shipped: str
    """The value before anybody answered."""
    codes: tuple[str, ...]
    """Findings that show where the doubt is, for an example of it; in a long file, that there is
    one."""
    any_currency: bool = False
    """Whether the answer is the code of a currency, and `options` are only two of them."""
