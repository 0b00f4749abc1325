"""The sentences told of a cell that stopped its row: what it has, and what would be right."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from bridge.core.message import Message, message
from bridge.core.money import NO_CURRENCY
from bridge.source.dates import Order, order_of
from bridge.source.deudores.context import Cell, Context, as_text

_SHOWN = 40


class Wrong(NamedTuple):
    """One cell, the code of what is wrong with it, and that."""

    code: str
    field: str
    what: Message


def no_amount(context: Context, field: str, cell: Cell, currency: str) -> Wrong:
    """An amount that cannot be read, or that says it is of another currency than its debt."""
    shown = as_text(cell)[:_SHOWN]
    other = context.amounts.in_another(cell, currency)
    if other is not None:
        what = message("in_another_currency", text=shown, other=other[1], currency=currency)
        return Wrong("amount.other_currency", field, what)
    right = "1.234.567,89" if context.amounts.grouping(currency) == "." else "1,234,567.89"
    return Wrong("amount.unreadable", field, message("not_an_amount_like", text=shown, right=right))


def no_day(context: Context, field: str, cell: Cell) -> Wrong:
    """A date that cannot be read, or only with the month first."""
    shown = as_text(cell)[:_SHOWN]
    if order_of(cell) is Order.MONTH_FIRST and context.mapping.date_order != "month_first":
        return Wrong("date.unreadable", field, message("month_first", text=shown))
    return Wrong("date.unreadable", field, message("not_a_date_like", text=shown))


def no_currency(context: Context, written: str) -> Message:
    """The mistake in the word for a debt's currency, and what would be right."""
    shown = written[:20]
    meant = sorted(context.amounts.currencies.meanings(written))
    if len(meant) > 1:
        return message("currency_of_several", text=shown, codes=meant)
    return message("no_currency_write", text=shown, currency=context.default_currency)


def worth(context: Context, cell: Cell, currency: str) -> tuple[Decimal, str] | None:
    """The amount that a cell is worth as far as it can be told, for a person to see: never
    posted."""
    amount = context.amounts.money(cell, currency)
    if amount is not None:
        return amount.value, currency
    other = context.amounts.in_another(cell, currency)
    if other is not None:
        return other
    hint = context.amounts.hint(cell, currency)
    return (hint, "" if currency == NO_CURRENCY else currency) if hint is not None else None
