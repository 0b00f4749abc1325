"""Whether an answer can be true: every field that the bridge reads, held to what it must be.

A product's table says of a field's name what its value is, wherever in an answer it stands. A body
is walked as a whole before anything of it is believed; what the table does not name is left alone,
and a field that is null counts as one that is not told. Vendor words stay in the tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from bridge.errors import TryLater

DEPTH_MAX = 32
"""No product nests half as deep."""
ID_MAX = 64
NAME_MAX = 1_000
"""Names, numbers and words: the longest name of any product has 500 signs."""
TEXT_MAX = 100_000
"""Notes and terms: the longest that any product keeps."""
AMOUNT_BELOW = Decimal(10) ** 18
DECIMALS_MAX = 12
RATE_DECIMALS_MAX = 40
"""A rate may be the outcome of a division."""

_NUMBER = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{0,40})?(?:[eE][+-]?[0-9]{1,2})?|-?\.[0-9]{1,40}")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].*|Z|[+-][0-9]{2}:?[0-9]{2})?")

_OVERLAP = timedelta(minutes=5)
_AHEAD = timedelta(days=1)
"""Further ahead of our own clock no product's is: such a time is not believed."""

Raw = dict[str, Any]


class Sort(msgspec.Struct, frozen=True):
    """The sort of a field's value: a noun for people, and the test."""

    noun: str
    fits: Callable[[Any], bool]


Table = Mapping[str, Sort]

_NESTS = (dict, list)


def flaw(content: Any, table: Table) -> str:
    """The part of a decoded body that can not be true, in words; empty when nothing is wrong.

    Fields that are null are taken out of it, so that nobody meets them.
    """
    below = [(content, 1)]
    while below:
        value, depth = below.pop()
        if depth > DEPTH_MAX:
            return "it is nested more deeply than any answer"
        if isinstance(value, list):
            below += [(each, depth + 1) for each in value if isinstance(each, _NESTS)]
            continue
        untold = []
        for name, each in value.items():
            if each is None:
                untold.append(name)
                continue
            if name in table and not (sort := table[name]).fits(each):
                return f"{name} is not {sort.noun}"
            if isinstance(each, _NESTS):
                below.append((each, depth + 1))
        for name in untold:
            del value[name]
    return ""


def untrue(product: str, wrong: str) -> TryLater:
    """The error raised for an answer of which something can not be true."""
    return TryLater(
        f"{product} gave an answer that can not be true: {wrong}. Nothing was "
        f"concluded from it; the question is asked again with the next sync."
    )


# ── whether it is about what was asked or sent ───────────────────────────────────────────────


def plain(value: Any) -> str:
    """A name or number as products compare it: without case and outer spaces."""
    return " ".join(str(value).split()).casefold()


def asked_for(
    product: str,
    rows: Iterable[Raw],
    fields: Collection[str],
    values: Iterable[str],
    as_compared: Callable[[str], str] = str.casefold,
) -> list[Raw]:
    """The rows, each with one of the values in one of the fields. Raises TryLater for a row that
    nobody asked for: the one that was may be absent only by mistake."""
    asked = {as_compared(value) for value in values}
    found = list(rows)
    for raw in found:
        if not any(as_compared(str(raw.get(field) or "")) in asked for field in fields):
            raise untrue(product, f"a row whose {' or '.join(fields)} was not asked for")
    return found


def other_than_sent(field: str, ours: Any, theirs: Any, *, always: bool = False) -> str:
    """Why an answer's field is not the one that was sent; empty when it is, when none was sent, or
    where the answer does not tell it, unless it `always` must."""
    if not ours:
        return ""
    if not theirs:
        return f"the answer has no {field}" if always else ""
    if plain(ours) != plain(theirs):
        return f"the answer has another {field} than was sent"
    return ""


def cursor_at(told: datetime, now: datetime | None = None) -> str:
    """A cursor for "from here on" by a product's clock, overlapping backwards; never far ahead of
    our own, since what is written until a time that is not yet would not be seen."""
    moment = told.astimezone(UTC)
    if now is not None and moment > now + _AHEAD:
        moment = now
    return (moment - _OVERLAP).isoformat()


# ── what values can be ───────────────────────────────────────────────────────────────────────


def either(noun: str, *sorts: Sort) -> Sort:
    """One of several sorts of value."""

    def fit(value: Any) -> bool:
        for sort in sorts:  # noqa: SIM110  each value of each answer: no generator for every one
            if sort.fits(value):
                return True
        return False

    return Sort(noun, fit)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= ID_MAX and value.isprintable()


def _is_whole(value: Any, below: int = 10**18) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < below


def _is_number(value: Any, decimals_max: int) -> bool:
    """A number or its text; empty text counts as nothing told."""
    if type(value) is int:
        return -AMOUNT_BELOW < value < AMOUNT_BELOW
    if isinstance(value, str):
        if not value:
            return True
        if not _NUMBER.fullmatch(value):
            return False
        value = Decimal(value)
    if not isinstance(value, Decimal):
        return False
    number = value
    if not number.is_finite() or not -AMOUNT_BELOW < number < AMOUNT_BELOW:
        return False
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int), "it is finite"
    too_many = -exponent - decimals_max
    return too_many <= 0 or not any(digits[-too_many:])


def _is_day(value: Any) -> bool:
    """A day, alone or with a time behind it; empty text counts as nothing told."""
    if value == "":
        return True
    found = _DAY.fullmatch(value) if isinstance(value, str) and len(value) <= ID_MAX else None
    if found is None:
        return False
    try:
        date.fromisoformat(found[1])
    except ValueError:
        return False
    return True


def _is_instant(value: Any) -> bool:
    """A moment that any zone can tell; empty text counts as nothing told."""
    if value == "":
        return True
    if not isinstance(value, str) or len(value) > ID_MAX or not _DAY.fullmatch(value):
        return False
    try:
        return 1900 <= datetime.fromisoformat(value).year < 3000
    except ValueError:
        return False


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_objects(value: Any) -> bool:
    if not isinstance(value, list):
        return False
    for each in value:  # noqa: SIM110  as above
        if not isinstance(each, dict):
            return False
    return True


ID = Sort("an id", _is_id)
WHOLE = Sort("a whole number", _is_whole)
WHOLE_TEXT = Sort(
    "a whole number",
    lambda value: (
        _is_whole(value)
        or (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18)
    ),
)
ID_OR_WHOLE = either("an id", ID, Sort("a number of an id", lambda value: _is_whole(value, 10**20)))
"""Ids of nineteen digits are usual."""
AMOUNT = Sort("an amount", lambda value: _is_number(value, DECIMALS_MAX))
RATE = Sort(
    "a rate",
    lambda value: _is_number(value, RATE_DECIMALS_MAX) and not str(value).startswith("-"),
)
DAY = Sort("a date", _is_day)
INSTANT = Sort("a date with a time", _is_instant)
NAME = Sort("a word", lambda value: isinstance(value, str) and len(value) <= NAME_MAX)
TEXT = Sort("a text", lambda value: isinstance(value, str) and len(value) <= TEXT_MAX)
FLAG = Sort("yes or no", lambda value: isinstance(value, bool) or value in ("true", "false", ""))
OBJECT = Sort("an object", _is_object)
OBJECTS = Sort("a list of objects", _is_objects)


def rows(id_field: str, *needed: str) -> Sort:
    """A list of objects, each with its own id and what else no row can be without."""

    def fit(value: Any) -> bool:
        return (
            _is_objects(value)
            and not _without(value, (id_field, *needed))
            and not _twice(value, id_field)
        )

    return Sort(f"a list of rows, each with its own {id_field}", fit)


def _without(found: Iterable[Raw], needed: Iterable[str]) -> bool:
    for each in found:
        for name in needed:
            if each.get(name) in (None, ""):
                return True
    return False


def _twice(found: Iterable[Raw], id_field: str) -> bool:
    """Whether two rows are one by their id and not by what they say."""
    if isinstance(found, list) and len(found) < 2:
        return False
    first: dict[Any, Raw] = {}
    return any(first.setdefault(str(each[id_field]), each) != each for each in found)


def row(id_field: str, *needed: str) -> Sort:
    """One object with its id."""
    return Sort(
        f"an object with its {id_field}",
        lambda value: isinstance(value, dict) and not _without([value], (id_field, *needed)),
    )
