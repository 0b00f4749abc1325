"""A loan that cannot be posted is held with what it owes less what is posted of it."""

from __future__ import annotations

from decimal import Decimal

from tests.core.builders import Shelf, file, loan, paid


def test_a_loan_that_vanished_is_held_in_the_currency_that_it_is_posted_in_now() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(currency="MXN")))
    shelf.sync(file(loan()))
    assert shelf.sync(file(None, paid(1, "500"))) == []
    assert shelf.last is not None
    held = {(hold.subject, hold.currency, hold.amount) for hold in shelf.last.holds}
    assert ("loan:84", "COP", Decimal(-120_000)) in held
