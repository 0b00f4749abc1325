"""The columns of a reconciliation's items, each named once, for JSON, CSV and the workbook.

Programs read codes (JSON and CSV), people read words (the workbook). The writers know kinds of
columns and none by name: what is added here is in every format that it says.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Any

import msgspec

from bridge.core import money
from bridge.core.tie_out.items import Item
from bridge.report.details import plainly
from bridge.report.texts import Texts
from bridge.report.view import Line, read


class Kind(StrEnum):
    """The kind of value that a column holds; each format has its own way to write it."""

    TEXT = "text"
    MONEY = "money"
    """In the currency of its item."""
    COUNT = "count"
    DAY = "day"
    PLACE = "place"
    """File and row of the ledger."""
    PERSON = "person"
    """A borrower's name: where a report names nobody, the workbook has no such column."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One item with what its report says around it, as far as the format needs that."""

    item: Item
    system: str = ""
    as_of: date | None = None
    borrower: str = ""
    texts: Texts | None = None
    line: Line | None = None
    """The item in words, in what people read."""


Getter = Callable[[Told], Any]


class Sheet(msgspec.Struct, frozen=True):
    """A column's place among those of the workbook, its width, and its head and cell in words."""

    place: int
    width: int
    head: str
    """Key of the catalogue's table `words`."""
    words: Getter


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One column: its key, what it holds, and the formats that have it."""

    key: str
    value: Getter
    """In codes."""
    kind: Kind = Kind.TEXT
    json: bool = True
    csv: bool = True
    sheet: Sheet | None = None

    def plain(self, told: Told) -> Any:
        """The value as programs read it, in JSON's own kinds."""
        value = self.value(told)
        match self.kind:
            case Kind.MONEY:
                return money.text(value, told.item.currency)
            case Kind.COUNT | Kind.PLACE:
                return value
            case _:
                return str(value)


def _field(name: str, place: int, width: int, kind: Kind = Kind.TEXT, *, head: str = "") -> Column:
    """The column of an item's field, in words as its line says it."""
    words = _as_read if kind is Kind.MONEY else attrgetter(f"line.{name}")
    sheet = Sheet(place, width, head or name, words)
    return Column(key=name, value=attrgetter(f"item.{name}"), kind=kind, sheet=sheet)


def _as_read(told: Told) -> Decimal:
    """The amount with the sign that people read it with."""
    return read(told.item)


def _system(told: Told) -> str:
    return told.texts.of("systems", told.system) if told.texts else told.system


def _cause(told: Told) -> str:
    return told.texts.cause(told.item.cause) if told.texts else told.item.cause


def _action(told: Told) -> str:
    return told.texts.of("actions", told.item.action) if told.texts else told.item.action


def _detail(told: Told) -> str:
    """In the report's language where it has one, with figures as programs read them."""
    return plainly(told.item.detail, told.texts)


def _where(told: Told) -> dict[str, str | int]:
    return {"file": told.item.file, "row": told.item.row}


ITEM = (
    Column(
        key="system", value=attrgetter("system"), json=False, sheet=Sheet(0, 14, "system", _system)
    ),
    Column(key="as_of", value=attrgetter("as_of"), kind=Kind.DAY, json=False),
    _field("kind", 1, 26),
    _field("currency", 5, 11),
    _field("amount", 6, 16, Kind.MONEY),
    _field("reference", 2, 18),
    _field("external_id", 15, 16),
    _field("document", 4, 16),
    _field("field", 7, 16),
    _field("ledger", 8, 24, head="in_ledger"),
    _field("books", 9, 24, head="in_books"),
    _field("cause", 10, 60),
    _field("action", 11, 60),
    Column(key="detail", value=_detail, sheet=Sheet(12, 40, "detail", attrgetter("line.detail"))),
    _field("subject", 13, 18),
    Column(key="where", value=_where, kind=Kind.PLACE, csv=False),
    _field("loan", 14, 12),
    Column(
        key="borrower",
        value=attrgetter("borrower"),
        kind=Kind.PERSON,
        json=False,
        sheet=Sheet(3, 24, "borrower", attrgetter("line.borrower")),
    ),
    _field("count", 16, 10, Kind.COUNT),
    Column(key="cause_text", value=_cause, json=False),
    Column(key="action_text", value=_action, json=False),
)
"""In the order of JSON and CSV."""

JSON = tuple(column for column in ITEM if column.json)
CSV = tuple(column for column in ITEM if column.csv)
SHEET = sorted(
    ((column.kind, column.sheet) for column in ITEM if column.sheet is not None),
    key=lambda pair: pair[1].place,
)
"""Kind and sheet of each, from left to right."""
