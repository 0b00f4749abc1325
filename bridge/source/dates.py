"""Business days as files write them. Month first only where the mapping says so (FACTS L6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from zoneinfo import ZoneInfo

from bridge.source.texts import heading_key

_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:[ T,]+\d{1,2}:\d{2}.*)?")
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}.*(?:[Zz]|[+-]\d{2}:?\d{2})")
_WORDS = re.compile(
    r"(\d{1,2})[\s/.-]*(?:de\s+)?([^\W\d_]{3,12})\.?[\s/.,-]*(?:de[l]?\s+)?(\d{4}|\d{2})"
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_EPOCH_MS = re.compile(r"\d{12,13}")

FIRST_SERIAL, LAST_SERIAL = 35_000, 60_000
"""Excel day numbers taken for dates: 1995 to 2064. Anything else is not a date."""
_BASE_1900 = date(1899, 12, 30)
BASE_1904_SHIFT = 1462
FIRST_YEAR, LAST_YEAR = 1950, 2100
_CENTURY_TURN = 68

_MONTHS = {
    name: month
    for month, names in enumerate(
        ("ENERO ENE JANEIRO JAN JANUARY", "FEBRERO FEB FEVEREIRO FEV FEBRUARY",
         "MARZO MAR MARCO MARCH", "ABRIL ABR APR APRIL", "MAYO MAY MAIO MAI",
         "JUNIO JUN JUNHO JUNE", "JULIO JUL JULHO JULY", "AGOSTO AGO AUG AUGUST",
         "SEPTIEMBRE SETIEMBRE SEP SEPT SET SETEMBRO SEPTEMBER",
         "OCTUBRE OCT OUTUBRO OUT OCTOBER", "NOVIEMBRE NOV NOVEMBRO NOVEMBER",
         "DICIEMBRE DIC DEZEMBRO DEZ DEC DECEMBER"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip


class Order(Enum):
    """The answer of a cell about which comes first in its column, the day or the month."""

    SILENT = "silent"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    EITHER = "either"
    """A date both ways, and another one each way."""


def order_of(cell: object) -> Order:
    """The order of day and month that a cell shows. A date that a spreadsheet made of text may have
    been swapped by it."""
    if isinstance(cell, str):
        return order_of_text(cell)
    if isinstance(cell, date):
        return _either(cell.day, cell.month)
    return Order.SILENT


@lru_cache(maxsize=20_000)
def order_of_text(text: str) -> Order:
    """The order of day and month that a text shows; equal ones are looked at once."""
    match = _DAY_FIRST.fullmatch(text.strip().lstrip("'’"))
    if match is None:
        return Order.SILENT
    first, second = int(match[1]), int(match[2])
    if 12 < first <= 31 and 1 <= second <= 12:
        return Order.DAY_FIRST
    if 12 < second <= 31 and 1 <= first <= 12:
        return Order.MONTH_FIRST
    return _either(first, second)


def _either(first: int, second: int) -> Order:
    return Order.EITHER if first != second and first <= 12 >= second else Order.SILENT


DateReader = Callable[[object], date | None]


def date_reader(zone: ZoneInfo, month_first: bool = False) -> DateReader:
    """A function from a cell to the lender's business day; None when it is not a date.

    Takes text in any form of the field, a number (Excel day of the 1900 system, or milliseconds
    since 1970 at UTC midnight of the local date), or a date.
    """
    read_text = lru_cache(maxsize=20_000)(lambda text: _from_text(text, zone, month_first))

    def read(cell: object) -> date | None:
        if type(cell) is str:
            return read_text(cell)
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        if isinstance(cell, Decimal | int):  # a truth value too: as a number it is no day
            return _from_number(Decimal(cell))
        return None

    return read


def from_serial(number: Decimal, base_1904: bool = False) -> date | None:
    """The day of an Excel day number."""
    day = int(number) + (BASE_1904_SHIFT if base_1904 else 0)
    return _BASE_1900 + timedelta(days=day) if FIRST_SERIAL <= day <= LAST_SERIAL else None


def _from_number(number: Decimal) -> date | None:
    if not number.is_finite() or not 0 <= number < Decimal(10) ** 13:
        return None
    if number < 100_000:
        return from_serial(number)
    return _from_epoch_ms(int(number))


def _from_epoch_ms(milliseconds: int) -> date | None:
    # The phone stores UTC midnight of the local date: the local zone would slip every date a day.
    day = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)).date()
    return day if day.year <= LAST_YEAR else None


def _from_text(text: str, zone: ZoneInfo, month_first: bool) -> date | None:
    text = text.strip().lstrip("'’")
    if match := _DAY_FIRST.fullmatch(text):
        day, month = (match[2], match[1]) if month_first else (match[1], match[2])
        return _day(match[3], month, day)
    if _INSTANT.fullmatch(text):
        return _local_day(text, zone)
    if match := _ISO.fullmatch(text):
        return _day(match[1], match[2], match[3])
    if _SERIAL.fullmatch(text):
        return from_serial(Decimal(text.replace(",", ".")))
    if _EPOCH_MS.fullmatch(text):
        return _from_epoch_ms(int(text))
    if match := _WORDS.fullmatch(text):
        month = _MONTHS.get(heading_key(match[2]))
        return _day(match[3], str(month), match[1]) if month else None
    return None


def _local_day(text: str, zone: ZoneInfo) -> date | None:
    try:
        instant = datetime.fromisoformat(text)
        return instant.astimezone(zone).date()
    except (ValueError, OverflowError):
        return None


def _day(year: str, month: str, day: str) -> date | None:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number <= _CENTURY_TURN else 1900
    if not FIRST_YEAR <= number <= LAST_YEAR:
        return None
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None
