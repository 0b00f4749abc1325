"""The interest of a loan as it falls due, worked out here and not by the product.

What is owed on day one is paid in equal instalments, the last of which takes what rounding leaves;
of what has fallen due by a day, as much is interest as of the whole loan.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from itertools import count, islice
from typing import Any

SUNDAY = 6
CENTS = ("MXN", "USD")
"""Currencies in which cents are paid; of the others nobody pays a part of one."""


def falling_due(debt: dict[str, Any], opening: Decimal) -> Iterator[tuple[str, Decimal]]:
    """(day, interest) of every instalment of a loan; of one without instalments none."""
    number, lent = debt["instalments"], debt["principal"]
    if not number or not lent or not 0 < lent < opening:
        return
    unit = Decimal("0.01") if debt["currency"] in CENTS else Decimal(1)
    each = _to(opening / number, unit, ROUND_CEILING)
    told = Decimal(0)
    days = islice(_days(date.fromisoformat(debt["created_on"]), debt["frequency"]), number)
    for place, day in enumerate(days, start=1):
        due = opening if place == number else min(each * place, opening)
        interest = opening - lent
        if due < opening:
            interest = _to(due * interest / opening, unit, ROUND_HALF_UP)
        yield day.isoformat(), interest - told
        told = interest


def _days(start: date, often: str) -> Iterator[date]:
    """A month after the start and every month after that day, or every week; every day but
    Sundays."""
    first = _months_later(start, 1)
    for step in count(1):
        day = start + timedelta(days=7 * step if often == "WEEKLY" else step)
        if often == "MONTHLY":
            yield _months_later(first, step - 1)
        elif often == "WEEKLY" or day.weekday() != SUNDAY:
            yield day


def _months_later(day: date, months: int) -> date:
    """The same day of that month, or its last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _to(amount: Decimal, unit: Decimal, way: str) -> Decimal:
    return (amount / unit).to_integral_value(way) * unit
