"""What makes two people's names one name."""

from __future__ import annotations

import unicodedata

COMPARED = 150
"""So many signs of a name tell it from others: what is longer may be cut somewhere."""


def name_key(name: str) -> str:
    """What makes two names one in some product: letters and digits, without accents and case.

    Emoji fall out, dots and blanks are trimmed here and there, case and accents compare as equal:
    people whose names differ by nothing else are told apart by a suffix.
    """
    if not name.isascii():
        decomposed = unicodedata.normalize("NFKD", name)
        name = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    words = "".join(letter if letter.isalnum() else " " for letter in name.casefold())
    return " ".join(words.split())[:COMPARED].rstrip()
