"""A message: what was found, as a code and its values. Only `report/` and `cli/` make words of it.

What others wrote (an accounting system's reason, a particular of an older state) is text, and is
shown as it came.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec


class Amount(msgspec.Struct, frozen=True, tag_field="is", tag="amount"):
    """An amount in the message's value `currency`, or in a currency that nobody tells."""

    amount: Decimal


class Day(msgspec.Struct, frozen=True, tag_field="is", tag="day"):
    """A business day."""

    day: date


class Word(msgspec.Struct, frozen=True, tag_field="is", tag="word"):
    """A code of another table of the texts: `Word("ledger", "loans")`."""

    table: str
    code: str


class Message(msgspec.Struct, frozen=True, tag_field="is", tag="message"):
    """The code of what was found, and the values that its sentence names. Nobody changes them."""

    code: str
    values: dict[
        str, str | int | Amount | Day | Word | Message | tuple[str | Word | Message, ...]
    ] = {}

    def __hash__(self) -> int:
        return hash((self.code, frozenset(self.values.items())))

    def __str__(self) -> str:
        """The code and its values as they are, for logs and tests: no reader sees it."""
        return f"{self.code}({', '.join(f'{name}={value}' for name, value in self.values.items())})"

    def value(self, name: str) -> Value | None:
        """The value of that name; None where there is none."""
        return self.values.get(name)


Value = str | int | Amount | Day | Word | Message | tuple[str | Word | Message, ...]
Detail = str | Message
"""The particulars of what was found: a message of ours, or text that somebody else wrote."""
_Given = Value | Decimal | date | Iterable[str | Word | Message]


def message(code: str, /, **values: _Given) -> Message:
    """The message of a code. A test finds every call, so the code is written out where it stands
    and every value by its name."""
    return Message(code, {name: _value(value) for name, value in values.items()})


def _value(given: _Given) -> Value:
    if isinstance(given, Decimal):
        return Amount(given)
    if isinstance(given, date):
        return Day(given)
    if isinstance(given, str | int | Amount | Day | Word | Message):
        return given
    return tuple(given)


def together(parts: Iterable[Message]) -> Detail:
    """Several messages about one thing as one; nothing where there is none."""
    found = tuple(parts)
    if len(found) == 1:
        return found[0]
    return message("together", parts=found) if found else ""


_MARK = '{"is":"message"'


def written(detail: Detail) -> str:
    """The particulars as one text, to be kept where only text is kept."""
    return detail if isinstance(detail, str) else msgspec.json.encode(detail).decode()


def read(text: str) -> Detail:
    """The particulars of a kept text: a message, or the text as it is."""
    if not text.startswith(_MARK):
        return text
    try:
        return msgspec.json.decode(text, type=Message)
    except msgspec.DecodeError:
        return text


_PLACE = frozenset({"file", "row"})


def fact_of(detail: Detail) -> str:
    """The particulars without where they stand: the same while the fact is the same."""
    return detail if isinstance(detail, str) else written(_placeless(detail))


def _placeless(found: Message) -> Message:
    kept = {name: _without(each) for name, each in found.values.items() if name not in _PLACE}
    return Message(found.code, kept)


def _without(value: Value) -> Value:
    if isinstance(value, Message):
        return _placeless(value)
    if isinstance(value, tuple):
        return tuple(_placeless(part) if isinstance(part, Message) else part for part in value)
    return value
