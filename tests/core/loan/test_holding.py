"""A loan that cannot be posted is held with what it owes less what is posted of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bridge.core.ledger import AdjustmentKind
from tests.core.builders import START, Shelf, account, adjusted, booking, file, loan, paid


def test_a_loan_that_vanished_is_held_in_the_currency_that_it_is_posted_in_now() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(currency="MXN")))
    shelf.sync(file(loan()))
    assert shelf.sync(file(None, paid(1, "500"))) == []
    assert shelf.last is not None
    held = {(hold.subject, hold.currency, hold.amount) for hold in shelf.last.holds}
    assert ("loan:84", "COP", Decimal(-120_000)) in held


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"reported_paid": True}, ["loan.paid_unexplained"]),
        ({"reported_balance": Decimal(0)}, ["loan.paid_unexplained"]),
        ({"reported_paid": True, "collected": Decimal(120_000)}, ["cutover.paid_before"]),
        ({"reported_paid": False}, []),
    ],
)
def test_a_loan_that_is_said_to_be_paid_while_nothing_paid_it_is_not_posted(
    changes: dict[str, Any], codes: list[str]
) -> None:
    shelf = Shelf()
    done = shelf.sync(file(loan(**changes)))
    assert shelf.last is not None
    assert [hold.code for hold in shelf.last.holds] == codes
    assert [hold.amount for hold in shelf.last.holds] == [Decimal(120_000)] * len(codes)
    assert done == ([] if codes else ["create DY7F3A-L84"])


@pytest.mark.parametrize(("cutover", "held"), [(START, True), (date(2026, 9, 1), False)])
def test_of_before_going_live_what_was_said_to_be_paid_is_a_matter_of_its_balance(
    cutover: date, held: bool
) -> None:
    shelf = Shelf(booking(cutover=cutover))
    shelf.sync(file(loan(reported_paid=True)))
    assert shelf.last is not None
    codes = {hold.code for hold in shelf.last.holds}
    assert ("loan.paid_unexplained" in codes) is held


@pytest.mark.parametrize("known", [START, date(2026, 9, 3), date(2026, 10, 3)])
def test_a_loan_whose_interest_has_invoices_of_its_own_is_posted_with_them_or_not_at_all(
    known: date,
) -> None:
    """The books tell the rate of one day, and not those of the others."""
    asked = booking(interest="as_due", currencies={"MXN": {"source": "books", "rates": []}})
    rates = {("MXN", known): Decimal("215.40")}
    shelf = Shelf(msgspec.structs.replace(asked, book_rates=rates))
    assert shelf.sync(file(loan(currency="MXN", instalments=2, frequency="monthly"))) == []
    assert shelf.last is not None
    held = [(hold.code, hold.currency, hold.amount) for hold in shelf.last.holds]
    assert held == [("rate.missing", "MXN", Decimal(120_000))]


def test_a_charge_of_a_closed_month_holds_back_no_account_that_is_not_posted_yet() -> None:
    """A running account that is all charges has no invoice of its own."""
    days = (date(2026, 9, 15), date(2026, 10, 5))
    charges = [adjusted(n, AdjustmentKind.CHARGE, "500", day) for n, day in enumerate(days, 1)]
    shelf = Shelf(booking(locked=date(2026, 9, 30)))
    assert shelf.sync(file(account("1000"), *charges)) == ["create DY7F3A-C2"]
    assert shelf.last is not None
    held = [(hold.code, hold.subject, hold.amount) for hold in shelf.last.holds]
    assert held == [("books.period_closed", "movement:1", Decimal(500))]
