"""Dates are business days, never month first."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.source.dates import Order, date_reader, from_serial, order_of

READ = date_reader(ZoneInfo("America/Bogota"))
MONTHS = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]
DAYS = st.dates(date(1996, 1, 1), date(2063, 12, 31))


@given(DAYS)
def test_every_form_of_a_day_is_read_back(day):
    month = MONTHS[day.month - 1]
    epoch = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
    forms = [
        f"{day:%d/%m/%Y}", f"{day:%d-%m-%Y}", f"{day.day}/{day.month}/{day.year}", str(day),
        f"{day} 10:14:03", f"{day:%d/%m/%Y} 10:14", f"{day.day} de {month} de {day.year}",
        f"{day.day}-{month[:3]}-{day.year}", f"{day}T12:00:00-05:00",
        str((day - date(1899, 12, 30)).days),
    ]  # fmt: skip
    if abs(epoch) > 10**11 and epoch > 0:
        forms.append(str(epoch))
        assert READ(epoch) == day
    for form in forms:
        assert READ(form) == day, form


@given(st.dates(date(2000, 1, 1), date(2068, 12, 31)))
def test_two_digit_years_up_to_68_are_of_this_century(day):
    assert READ(f"{day:%d/%m/%y}") == day


def test_the_year_68_is_the_last_one_of_this_century():
    assert READ("01/02/68") == date(2068, 2, 1)


def test_a_blank_that_does_not_break_is_a_blank_and_other_unseen_signs_make_no_day():
    assert READ("12\u00a0nov\u00a02026") == date(2026, 11, 12)
    for text in ("12 n\u200eov 2026", "12/11/2026\u200e", "12 no\u00adv 2026", "12\u200b/11/2026"):
        assert READ(text) is None


def test_two_digit_years_from_69_are_of_the_last_century():
    assert READ("01/02/69") == date(1969, 2, 1)


@pytest.mark.parametrize(
    "text",
    [
        "13/25/2026", "11/13/2026", "31/02/2026", "0/1/2026", "2026-13-01", "", "ayer", "12/11",
        "1/1/0001", "99999", "12", "5 de brumario de 2026", "2026-11-20T99:00:00Z", "٢٠٢٦-٠١-٠١x",
    ],
)  # fmt: skip
def test_what_is_no_day_is_not_read(text):
    assert READ(text) is None


def test_an_instant_is_the_lenders_day():
    assert READ("2026-11-18T03:10:00Z") == date(2026, 11, 17)


def test_milliseconds_are_utc_midnight_of_the_local_day():
    assert READ(1788220800000) == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01/01/1950", date(1950, 1, 1)),
        ("31/12/1949", None),
        ("31/12/2100", date(2100, 12, 31)),
        ("01/01/2101", None),
        ("4133894400000", date(2100, 12, 31)),
        ("4133980800000", None),
    ],
)
def test_no_day_of_a_lender_is_before_1950_or_after_2100(text: str, day: date | None) -> None:
    assert READ(text) == day


def test_both_date_systems_of_workbooks_are_understood():
    assert from_serial(Decimal(46000)) == from_serial(Decimal(46000 - 1462), base_1904=True)


def test_truth_values_are_no_dates():
    assert READ(True) is None


@given(st.text(max_size=40))
def test_any_text_is_a_day_or_is_not(text):
    assert READ(text) is None or isinstance(READ(text), date)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("31/08/2026", Order.DAY_FIRST),
        ("13/12/2026", Order.DAY_FIRST),
        ("13/01/2026", Order.DAY_FIRST),
        ("08/31/2026", Order.MONTH_FIRST),
        ("12/13/2026", Order.MONTH_FIRST),
        ("01/13/2026", Order.MONTH_FIRST),
        ("11/12/2026", Order.EITHER),
        ("12/11/2026", Order.EITHER),
        ("12/12/2026", Order.SILENT),
        ("32/08/2026", Order.SILENT),
        ("08/32/2026", Order.SILENT),
        ("13/13/2026", Order.SILENT),
        ("13/00/2026", Order.SILENT),
        ("00/13/2026", Order.SILENT),
    ],
)
def test_only_a_day_after_the_twelfth_tells_the_order(text: str, order: Order) -> None:
    assert order_of(text) is order


def test_a_moment_in_a_cell_is_its_day_and_no_moment() -> None:
    read = date_reader(ZoneInfo("America/Bogota"))
    found = read(datetime(2026, 9, 1, 23, 30))  # noqa: DTZ001  a cell has no zone
    assert (found, type(found)) == (date(2026, 9, 1), date)
