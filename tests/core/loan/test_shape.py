"""A loan that is posted keeps its shape, whatever the settings say later: it never counts twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.core.builders import Shelf, booking, file, loan, paid

LENT = loan(instalments=4, frequency="monthly")
BEGAN = date(2026, 9, 15)
SHAPES: dict[str, dict[str, Any]] = {
    "whole": {},
    "instalments": {"invoice_per": "instalment"},
    "interest as due": {"interest": "as_due"},
    "carried over": {"cutover": BEGAN},
}


@pytest.mark.parametrize("then", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("now", SHAPES.values(), ids=SHAPES)
def test_a_loan_is_not_posted_again_in_another_shape(
    then: dict[str, Any], now: dict[str, Any]
) -> None:
    shelf = Shelf(booking(**then))
    shelf.sync(file(LENT, paid(1, "5000")))
    shelf.booking = booking(**now)
    done = shelf.sync(file(LENT, paid(1, "5000"), paid(2, "7000", date(2026, 10, 1))))
    assert done == ["create DY7F3A-P2"]
    assert shelf.sync(file(LENT, paid(1, "5000"), paid(2, "7000", date(2026, 10, 1)))) == []


def test_a_loan_that_was_taken_back_takes_the_shape_of_the_day() -> None:
    shelf = Shelf()
    shelf.sync(file(LENT))
    shelf.sync(file(loan(annulled=True)))
    shelf.booking = booking(invoice_per="instalment")
    assert "create DY7F3A-L84I01" in shelf.sync(file(LENT))


def test_interest_that_falls_due_later_is_still_invoiced_then() -> None:
    shelf = Shelf(booking(interest="as_due"))
    shelf.sync(file(LENT, as_of=date(2026, 9, 10)))
    shelf.booking = booking()
    assert shelf.sync(file(LENT, as_of=date(2026, 10, 10))) == ["create DY7F3A-L84F02"]


@pytest.mark.parametrize("shape", [{}, {"invoice_per": "instalment"}])
def test_interest_of_a_month_that_was_closed_holds_itself_and_not_what_comes_later(
    shape: dict[str, str],
) -> None:
    shelf = Shelf(booking(interest="as_due", **shape))
    shelf.sync(file(LENT, as_of=date(2026, 8, 20)))
    shelf.booking = booking(interest="as_due", locked=date(2026, 9, 30), **shape)
    assert shelf.sync(file(LENT, as_of=date(2026, 10, 10))) == ["create DY7F3A-L84F02"]
    assert shelf.last is not None
    closed = [h for h in shelf.last.holds if h.code == "books.period_closed"]
    assert [(h.subject, h.amount) for h in closed] == [("loan:84", Decimal(5000))]
