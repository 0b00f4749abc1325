"""The signs of a text that every accounting system takes.

An invoice whose text held one sign above U+FFFF was answered with 500, again and again (reported of
QuickBooks). What has a plain form keeps it (𝐀 is A, № is No); emoji, marks that nobody sees and
halves of signs are left out, and a line break is a blank.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

NEVER_TAKEN = frozenset({"Cs", "Cn", "Co", "Cc", "Cf", "Me"})
"""Unicode categories of controls, of what encloses another sign, and of what is no sign."""
_PICTURES = frozenset({"So", "Sk"})
_LATIN = "\u0100"
"""Below it stand ° and ^, which everybody takes; pictures are above."""
_BASIC = "\uffff"
_VARIANTS = ("\ufe00", "\ufe0f")
"""What is between them chooses how the sign before is drawn."""


def kept(text: str) -> str:
    """The text as it may leave for the books."""
    if text.isascii() and text.isprintable():
        return text
    told = unicodedata.normalize("NFC", text)
    if all(map(_is_kept, told)):
        return told
    return "".join(letter if _is_kept(letter) else _plainer(letter) for letter in told).strip()


def in_basic(name: str) -> str:
    """The name with letters above the basic ones in their plain form, where they have one."""
    if name.isascii() or max(name) <= _BASIC:
        return name
    return "".join(unicodedata.normalize("NFKC", each) if each > _BASIC else each for each in name)


def is_beyond(letter: str) -> bool:
    """Whether a sign is above the basic ones, or only chooses how another sign is drawn."""
    return letter > _BASIC or _VARIANTS[0] <= letter <= _VARIANTS[1]


@lru_cache(maxsize=4096)
def _is_kept(letter: str) -> bool:
    category = unicodedata.category(letter)
    if is_beyond(letter) or category in NEVER_TAKEN:
        return False
    return category not in _PICTURES or letter < _LATIN


@lru_cache(maxsize=4096)
def _plainer(letter: str) -> str:
    """The replacement of a sign that is not kept: its plain form, a blank for a break, or
    nothing."""
    if letter.isspace():
        return " "
    return "".join(filter(_is_kept, unicodedata.normalize("NFKC", letter)))
