"""Which comes first in a table's dates, the day or the month: asked of its cells, never guessed.

`10/05/2026` is the tenth of May unless the same table has a date that only month-first explains.
Then whatever can be read in two ways is left to a person, until the mapping's `date_order` says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from bridge.source.dates import Order, order_of
from bridge.source.deudores.context import Cell, as_text

_ORDERED = {
    "borrowers": ("created_on",),
    "loans": ("start", "due"),
    "movements": ("date",),
}


class Days(msgspec.Struct):
    """What a table's dates say about the order of day and month: places, empty when none does."""

    day_first: str = ""
    month_first: str = ""
    either: bool = False


def survey_days(
    file: str,
    kind: str,
    headings: dict[str, str],
    fields: tuple[str, ...],
    rows: Iterable[tuple[int, tuple[Cell, ...]]],
) -> Days:
    """A first look at a table's dates alone: nothing needs to be known of other tables."""
    at = [(field, fields.index(field)) for field in _ORDERED.get(kind, ())]
    days = Days()
    for line, cells in rows:
        for field, position in at:
            cell = cells[position]
            order = order_of(cell)
            if order is Order.EITHER:
                days.either = True
            elif order is Order.DAY_FIRST and not days.day_first:
                days.day_first = _place(file, line, headings.get(field, field), cell)
            elif order is Order.MONTH_FIRST and not days.month_first:
                days.month_first = _place(file, line, headings.get(field, field), cell)
    return days


def _place(file: str, line: int, heading: str, cell: Cell) -> str:
    return f'{file}, row {line}, column {heading} has "{as_text(cell)[:40]}"'


def doubt(own: Days, others: Iterable[Callable[[], Days]]) -> str:
    """The place that makes a table's dates doubtful; empty when nothing does.

    A table that shows no order of its own is asked about when another one of the delivery, from
    the same hand, has the month first.
    """
    if own.month_first or own.day_first or not own.either:
        return own.month_first
    return next((place for days in others if (place := days().month_first)), "")


def in_doubt(cell: Cell, date_order: str) -> bool:
    """Whether a cell of a doubtful table is to be left to a person.

    Where the mapping says an order, text is read by it. What a spreadsheet took for a date came
    out day first: with month-first text beside it, it is the wrong day.
    """
    if order_of(cell) is not Order.EITHER or date_order == "day_first":
        return False
    return date_order == "hold" or not isinstance(cell, str)
