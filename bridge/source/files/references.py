"""Cells by the letters and numbers that spreadsheets call them."""

from __future__ import annotations

import re
from functools import lru_cache

REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@lru_cache(maxsize=20_000)
def column_of(letters: str) -> int:
    """The position that letters call: A → 0, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def letter(position: int) -> str:
    """The letters of a column: 0 → A, 26 → AA."""
    letters, number = "", position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
