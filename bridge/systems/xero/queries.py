"""Conditions of Xero's `where` parameter, in groups that fit a URL.

Xero's own advice is to keep a URL under 2 kB (FACTS X31).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

_ROOM = 1500
"""Characters, as they travel, that a list of values or conditions may take."""


def text(field: str, value: str) -> str:
    """Condition: the field is this text. Our references hold nothing that needs escaping."""
    assert '"' not in value and "\\" not in value, value
    return f'{field}=="{value}"'


def guid(field: str, value: str) -> str:
    """Condition: the field is this id."""
    return f'{field}==guid("{value}")'


def any_of(conditions: Iterable[str]) -> str:
    return " OR ".join(conditions)


def groups(terms: Iterable[str], joint: str) -> Iterator[list[str]]:
    """The distinct terms, in groups that fit one URL when put together with `joint`."""
    group: list[str] = []
    size = 0
    for term in dict.fromkeys(terms):
        length = len(quote(term)) + len(quote(joint))
        if group and size + length > _ROOM:
            yield group
            group, size = [], 0
        group.append(term)
        size += length
    if group:
        yield group
