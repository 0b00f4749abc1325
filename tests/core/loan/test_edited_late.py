"""What is edited after its month was closed is held once, by the difference."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bridge.core.ledger import AdjustmentKind
from bridge.core.loan.owed import balance
from bridge.core.loan.standing import receivable
from bridge.report.details import english
from tests.core.builders import LIMITS, Shelf, adjusted, booking, file, loan, paid

LOCKED = date(2026, 9, 30)
CHARGE, DISCOUNT = AdjustmentKind.LATE_FEE, AdjustmentKind.DISCOUNT
EDITS: dict[str, tuple[Any, Any, str, str, str]] = {
    "loan": ((loan(),), (loan("108000"),), "loan:84", "-12000", "120000"),
    "loan raised": ((loan(),), (loan("132000"),), "loan:84", "12000", "120000"),
    "payment": (
        (loan(), paid(1, "12000")),
        (loan(), paid(1, "10800")),
        "movement:1",
        "1200",
        "12000",
    ),
    "late fee": (
        (loan(), adjusted(1, CHARGE, "5000")),
        (loan("121000"), adjusted(1, CHARGE, "6000")),
        "loan:84",
        "1000",
        "5000",
    ),
    "discount": (
        (loan(), adjusted(1, DISCOUNT, "5000")),
        (loan(), adjusted(1, DISCOUNT, "6000")),
        "movement:1",
        "-1000",
        "5000",
    ),
}


@pytest.mark.parametrize("in_parts", [False, True])
@pytest.mark.parametrize("per", ["loan", "instalment"])
@pytest.mark.parametrize(("before", "after", "subject", "amount", "was"), EDITS.values(), ids=EDITS)
def test_an_edit_in_a_closed_month_is_one_hold_of_the_difference(
    before: Any, after: Any, subject: str, amount: str, was: str, per: str, in_parts: bool
) -> None:
    limits = msgspec.structs.replace(LIMITS, receipt_parts=in_parts)
    shelf = Shelf(msgspec.structs.replace(booking(invoice_per=per), limits=limits))
    first = file(_scheduled(before[0]), *before[1:])
    shelf.sync(first)
    posted = {b.reference: b.document for b in shelf.live()}
    shelf.booking = msgspec.structs.replace(booking(locked=LOCKED, invoice_per=per), limits=limits)
    edited = file(_scheduled(after[0]), *after[1:])
    assert shelf.sync(edited) == []
    assert shelf.last is not None
    held = [*shelf.last.holds, *shelf.closed]
    assert [(h.code, h.subject, h.amount) for h in held] == [
        ("books.period_closed", subject, Decimal(amount))
    ]
    assert english(held[0].detail).startswith(f"posted as {was} COP; the ledger says ")
    assert {b.reference: b.document for b in shelf.live()} == posted
    owed = sum((receivable(document) for document in posted.values()), Decimal(0))
    assert owed + sum(h.amount for h in held) == balance(edited)
    assert shelf.sync(first) == []
    assert [*shelf.last.holds, *shelf.closed] == []


def _scheduled(of: Any) -> Any:
    return msgspec.structs.replace(of, instalments=4, frequency=FREQUENCY)


FREQUENCY = loan(frequency="weekly").frequency


@pytest.mark.parametrize("in_parts", [False, True])
def test_a_correction_in_the_open_month_is_the_difference_too(in_parts: bool) -> None:
    correcting = {"policies": {"amount_edited": "correct"}}
    limits = msgspec.structs.replace(LIMITS, receipt_parts=in_parts)
    shelf = Shelf(msgspec.structs.replace(booking(**correcting), limits=limits))
    shelf.sync(file(loan()))
    shelf.booking = msgspec.structs.replace(booking(locked=LOCKED, **correcting), limits=limits)
    assert shelf.sync(file(loan("108000"))) == ["create DY7F3A-X84N1", "create DY7F3A-A84N1"]
    (note,) = [b.document for b in shelf.live() if "-X" in b.reference]
    assert (note.total, note.day > LOCKED) == (Decimal(12000), True)  # type: ignore[union-attr]
    assert shelf.last is not None
    assert [*shelf.last.holds, *shelf.closed] == []
    assert shelf.sync(file(loan("108000"))) == []


def test_another_due_date_in_a_closed_month_is_nothing_to_decide() -> None:
    shelf = Shelf()
    shelf.sync(file(loan()))
    shelf.booking = booking(locked=LOCKED)
    assert shelf.sync(file(loan(due=date(2026, 12, 3)))) == []
    assert shelf.last is not None
    assert [*shelf.last.holds, *shelf.closed] == []


def test_another_split_of_the_same_amount_in_a_closed_month_is_told() -> None:
    shelf = Shelf()
    shelf.sync(file(loan()))
    shelf.booking = booking(locked=LOCKED)
    assert shelf.sync(file(loan(principal="90000"))) == []
    assert shelf.last is not None
    (hold,) = [*shelf.last.holds, *shelf.closed]
    assert (hold.code, hold.amount) == ("books.period_closed", 0)


CLOSED = "books.period_closed"
NO_RATE = {"currencies": {"MXN": {"rates": [{"from": date(2026, 12, 1), "rate": Decimal("215")}]}}}
LATE: dict[str, tuple[date, date, dict[str, Any], str, list[str], list[tuple[str, str, str]]]] = {
    "on the last day that is closed": (
        LOCKED, LOCKED, {}, "", [], [(CLOSED, "movement:1", "1200")],
    ),
    "on the first day that is open": (
        date(2026, 10, 1), date(2026, 10, 1), {}, "",
        ["void DY7F3A-P1", "create DY7F3A-P1.2"], [],
    ),
    "dated back into a closed month": (
        date(2026, 10, 1), LOCKED, {}, "", ["void DY7F3A-P1"], [(CLOSED, "movement:1", "-10800")],
    ),
    "left by a person": (
        LOCKED, LOCKED, {}, "DY7F3A-P1", [],
        [(CLOSED, "movement:1", "-10800"), ("books.drifted", "document:DY7F3A-P1", "12000")],
    ),
    "dated where no rate is known any more": (
        LOCKED, date(2026, 10, 1), NO_RATE, "", [],
        [("rate.missing", "movement:1", "-10800"), (CLOSED, "document:DY7F3A-P1", "12000")],
    ),
}  # fmt: skip
"""The payment's day when it was posted and now, what of the mapping changed, which document a
person left as the books have it, what is done, and what is held."""


@pytest.mark.parametrize("in_parts", [False, True])
@pytest.mark.parametrize("case", LATE)
def test_what_is_held_of_a_payment_is_its_difference_only_where_it_stays_in_a_closed_month(
    case: str, in_parts: bool
) -> None:
    then, now, changes, answered, done, held = LATE[case]
    if in_parts and answered:  # all parts are weighed together, against the whole payment
        held = [("books.drifted", f"document:{answered}", "1200")]
    limits = msgspec.structs.replace(LIMITS, receipt_parts=in_parts)
    lent = loan(currency="MXN" if changes else "COP")
    shelf = Shelf(msgspec.structs.replace(booking(), limits=limits))
    shelf.sync(file(lent, paid(1, "12000", then)))
    if answered:
        shelf.accept(answered)
        assert shelf.sync(file(lent, paid(1, "12000", then))) == []
    shelf.booking = msgspec.structs.replace(booking(locked=LOCKED, **changes), limits=limits)
    edited = file(lent, paid(1, "10800", now))
    assert shelf.sync(edited) == done
    assert shelf.last is not None
    holds = [*shelf.last.holds, *shelf.closed]
    assert [(h.code, h.subject, str(h.amount)) for h in holds] == held
    owed = sum((receivable(binding.document) for binding in shelf.live()), Decimal(0))
    assert owed + sum(h.amount for h in holds) == balance(edited)
    assert shelf.sync(edited) == []
