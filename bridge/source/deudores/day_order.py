"""Which comes first in a table's dates, the day or the month: asked of its cells, never guessed.

`10/05/2026` is the tenth of May unless the same table has a date that only month-first explains.
Then whatever can be read in two ways is left to a person, until the mapping's `date_order` says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from bridge.core.message import Message
from bridge.source.dates import Order, order_of
from bridge.source.deudores.context import Cell


class Days(msgspec.Struct):
    """The evidence of a table's dates about the order of day and month: places, None when none
    does."""

    day_first: Message | None = None
    month_first: Message | None = None
    either: bool = False

    def see(self, order: Order, place: Message) -> None:
        """One cell that says something, and where it stands; the first of each order counts."""
        if order is Order.EITHER:
            self.either = True
        elif order is Order.DAY_FIRST:
            self.day_first = self.day_first or place
        elif order is Order.MONTH_FIRST:
            self.month_first = self.month_first or place

    def also(self, other: Days) -> Days:
        """The evidence of both tables' dates together."""
        return Days(
            day_first=self.day_first or other.day_first,
            month_first=self.month_first or other.month_first,
            either=self.either or other.either,
        )


def doubt(own: Days, others: Iterable[Callable[[], Days]]) -> Message | None:
    """The place that makes a table's dates doubtful; None when nothing does.

    A table that shows no order of its own is asked about when another one of the delivery, from
    the same hand, has the month first.
    """
    if own.month_first or own.day_first or not own.either:
        return own.month_first
    return next((place for days in others if (place := days().month_first)), None)


def in_doubt(cell: Cell, date_order: str) -> bool:
    """Whether a cell of a doubtful table is to be left to a person.

    Where the mapping says an order, text is read by it. What a spreadsheet took for a date came
    out day first: with month-first text beside it, it is the wrong day.
    """
    if order_of(cell) is not Order.EITHER or date_order == "day_first":
        return False
    return date_order == "hold" or not isinstance(cell, str)
