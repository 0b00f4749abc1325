"""Names of people that are one name."""

from __future__ import annotations

import re
import unicodedata

COMPARED = 150
"""So many signs of a name tell it from others: what is longer may be cut somewhere."""


_NO_SIGNS = re.compile(r"[\W_]+")
"""Everything that is no letter and no digit, as `str.isalnum` has it."""
_FIRST_MARK = "\u0300"
"""No sign before it combines with another."""


def name_key(name: str) -> str:
    """A name's key: two names with one key are one name in some product. Letters and digits,
    without accents and case.

    Emoji fall out, dots and blanks are trimmed here and there, case and accents compare as equal:
    people whose names differ by nothing else are told apart by a suffix.
    """
    if not name.isascii():
        decomposed = unicodedata.normalize("NFKD", name)
        name = "".join([c for c in decomposed if c < _FIRST_MARK or not unicodedata.combining(c)])
    return _NO_SIGNS.sub(" ", name.casefold()).strip()[:COMPARED].rstrip()
