"""A payment of before going live that comes after it is named as that, and as nothing else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bridge.core.loan.owed import balance
from bridge.core.loan.standing import receivable
from bridge.core.message import message
from tests.core.builders import LIMITS, Shelf, booking, file, loan, paid

BEGAN = date(2026, 9, 15)
EARLY = date(2026, 9, 1)
LATE = paid(9, "5000", EARLY)


def shelf_of(in_parts: bool, **changes: Any) -> Shelf:
    limits = msgspec.structs.replace(LIMITS, receipt_parts=in_parts)
    return Shelf(msgspec.structs.replace(booking(cutover=BEGAN, **changes), limits=limits))


@pytest.mark.parametrize("in_parts", [False, True])
@pytest.mark.parametrize("locked", [None, date(2026, 9, 30)])
@pytest.mark.parametrize("after", [(), (paid(2, "7000", date(2026, 10, 1)),)])
def test_a_back_dated_payment_has_a_hold_of_its_own(
    after: Any, locked: date | None, in_parts: bool
) -> None:
    shelf = shelf_of(in_parts)
    before = file(loan(), paid(1, "20000", EARLY), *after)
    shelf.sync(before)
    company = msgspec.structs.replace(shelf.booking.company, locked_through=locked)
    shelf.booking = msgspec.structs.replace(shelf.booking, company=company)
    now = file(loan(), paid(1, "20000", EARLY), *after, LATE)
    assert shelf.sync(now) == []
    assert shelf.last is not None
    held = [*shelf.last.holds, *shelf.closed]
    assert [(h.code, h.subject, h.amount, h.detail) for h in held] == [
        (
            "cutover.back_dated",
            "movement:9",
            Decimal(-5000),
            message("back_dated", day=date(2026, 9, 1), start=date(2026, 9, 15)),
        )
    ]
    posted = sum((receivable(b.document) for b in shelf.live()), Decimal(0))
    assert posted + sum(h.amount for h in held) == balance(now)
    assert shelf.sync(before) == []
    assert [*shelf.last.holds, *shelf.closed] == []


def test_with_the_day_on_which_it_came_it_is_a_receipt() -> None:
    shelf = shelf_of(in_parts=False)
    shelf.sync(file(loan()))
    assert shelf.sync(file(loan(), LATE)) == []
    assert shelf.sync(file(loan(), paid(9, "5000", BEGAN))) == ["create DY7F3A-P9"]
    assert shelf.last is not None
    assert shelf.last.holds == ()


def test_a_person_may_let_it_correct_the_opening_balance() -> None:
    shelf = shelf_of(False, policies={"amount_edited": "correct"})
    first = paid(1, "20000", date(2026, 10, 1))
    shelf.sync(file(loan(), first))
    assert shelf.sync(file(loan(), first, LATE)) == ["create DY7F3A-X84N1", "create DY7F3A-A84N1"]


def test_what_corrected_the_opening_balance_is_no_question_afterwards() -> None:
    """Not even where the mapping says by now that a person is to be asked."""
    shelf = shelf_of(False, policies={"amount_edited": "correct"})
    first = paid(1, "20000", date(2026, 10, 1))
    shelf.sync(file(loan(), first))
    shelf.sync(file(loan(), first, LATE))
    shelf.booking = shelf_of(False).booking
    assert shelf.sync(file(loan(), first, LATE)) == []
    assert shelf.last is not None
    assert [*shelf.last.holds, *shelf.closed] == []


def test_several_of_them_are_the_loans() -> None:
    shelf = shelf_of(in_parts=False)
    shelf.sync(file(loan()))
    assert shelf.sync(file(loan(), LATE, paid(10, "300", EARLY))) == []
    assert shelf.last is not None
    (hold,) = shelf.last.holds
    assert (hold.code, hold.subject, hold.amount) == ("cutover.back_dated", "loan:84", -5300)


def test_before_the_loan_is_carried_over_it_is_part_of_its_balance() -> None:
    shelf = shelf_of(in_parts=False)
    shelf.sync(file(loan(), LATE))
    assert shelf.last is not None
    assert shelf.last.holds == ()
    assert [b.document.total for b in shelf.live()] == [Decimal(115000)]  # type: ignore[union-attr]


def test_another_amount_of_the_loan_is_what_it_was() -> None:
    shelf = shelf_of(in_parts=False)
    first = paid(1, "20000", date(2026, 10, 1))
    shelf.sync(file(loan(), first))
    shelf.sync(file(loan("108000"), first))
    assert shelf.last is not None
    assert [(h.code, h.amount) for h in shelf.last.holds] == [("loan.amount_edited", -12000)]


@pytest.mark.parametrize(
    ("agreed", "says", "opened", "held"),
    [
        (None, "130000", "120000", None),
        (None, "120000", "120000", None),
        (None, "100000", "100000", "20000"),
        ("120000", "130000", "130000", "-10000"),
        ("120000", "120000", "120000", None),
        ("120000", "100000", "100000", "20000"),
    ],
)
def test_a_loan_without_movements_of_before_begins_with_what_its_source_says(
    agreed: str | None, says: str, opened: str, held: str | None
) -> None:
    """More than its terms come to is believed only where the source says what was agreed too."""
    shelf = shelf_of(False)
    of = loan(reported_balance=Decimal(says), agreed=None if agreed is None else Decimal(agreed))
    shelf.sync(file(of))
    assert receivable(shelf.bindings["DY7F3A-L84"].document) == Decimal(opened)
    assert shelf.last is not None
    found = [(hold.code, hold.amount) for hold in shelf.last.holds]
    assert found == ([("cutover.paid_before", Decimal(held))] if held else [])
