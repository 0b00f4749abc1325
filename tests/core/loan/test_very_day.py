"""On the very day that a rule names, and with the very amount: each rule includes it, or does not.

The last day of a closed period is closed, and the day after is open. The cutover day is the first
of the new books. Interest is due on its day.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bridge.core.books import Application, CreditNote, Invoice
from bridge.core.ledger import AdjustmentKind
from bridge.core.loan.allocation import Terms, allocate
from bridge.core.loan.cutover import began_before, is_history
from bridge.core.loan.translate import translate
from tests.core.builders import START, Shelf, account, adjusted, booking, file, loan, paid

L = "DY7F3A-L84"
PAID = date(2026, 9, 1)
ADJUST = {"closed_period": "adjust"}
CORRECT = {"amount_edited": "correct"}
DAY = timedelta(days=1)
LAST_OPEN_OR_CLOSED = pytest.mark.parametrize("closed", [True, False])


def locked(day: date, closed: bool) -> date:
    """The lock date that has this day as its last one, or leaves it as the first open one."""
    return day if closed else day - DAY


@LAST_OPEN_OR_CLOSED
def test_a_payment_of_the_last_closed_day_is_not_taken_back(closed: bool) -> None:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500", PAID)))
    shelf.booking = booking(locked=locked(PAID, closed))
    assert shelf.sync(file(loan())) == ([] if closed else ["void DY7F3A-P1"])
    assert [hold.code for hold in shelf.closed] == (["books.period_closed"] if closed else [])


@LAST_OPEN_OR_CLOSED
def test_an_invoice_of_the_last_closed_day_is_corrected_and_not_taken_back(closed: bool) -> None:
    shelf = Shelf(booking(policies=CORRECT))
    shelf.sync(file(loan()))
    shelf.booking = booking(locked=locked(START, closed), policies=CORRECT)
    done = shelf.sync(file(loan("0", "0")))
    credited = ["create DY7F3A-X84N1", "create DY7F3A-A84N1"]
    assert done == (credited if closed else [f"void {L}"])
    assert shelf.closed == []


@LAST_OPEN_OR_CLOSED
def test_an_invoice_of_the_last_closed_day_is_not_changed(closed: bool) -> None:
    shelf = Shelf(booking(policies=CORRECT))
    shelf.sync(file(loan()))
    shelf.booking = booking(locked=locked(START, closed), policies=CORRECT)
    done = shelf.sync(file(loan("130000")))
    assert done == (["create DY7F3A-X84N1"] if closed else [f"update {L}"])


@LAST_OPEN_OR_CLOSED
def test_another_due_date_on_the_last_closed_day_is_neither_written_nor_held(
    closed: bool,
) -> None:
    """No money changes, so there is nothing to decide."""
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500", PAID)))
    shelf.booking = booking(locked=locked(START, closed))
    done = shelf.sync(file(loan(due=date(2026, 12, 1)), paid(1, "500", PAID)))
    assert done == ([] if closed else [f"update {L}"])
    assert shelf.last is not None
    assert [*shelf.closed, *shelf.last.holds] == []


@LAST_OPEN_OR_CLOSED
def test_a_loan_does_not_move_onto_the_last_closed_day(closed: bool) -> None:
    later = START + timedelta(days=40)
    shelf = Shelf()
    shelf.sync(file(loan(start=later)))
    shelf.booking = booking(locked=locked(START, closed))
    done = shelf.sync(file(loan(start=START)))
    assert done == ([f"void {L}"] if closed else [f"update {L}"])


@LAST_OPEN_OR_CLOSED
def test_what_is_of_the_last_closed_day_is_undone_by_a_document_of_the_open_period(
    closed: bool,
) -> None:
    shelf = Shelf(booking(policies=ADJUST))
    shelf.sync(file(loan(), paid(1, "500", PAID)))
    shelf.booking = booking(locked=locked(PAID, closed), policies=ADJUST)
    done = shelf.sync(file(loan()))
    assert done == (["create DY7F3A-ZP1"] if closed else ["void DY7F3A-P1"])


@LAST_OPEN_OR_CLOSED
def test_what_undoes_it_is_dated_on_the_first_open_day(closed: bool) -> None:
    delivered = date(2026, 11, 19)
    shelf = Shelf(booking(policies=ADJUST))
    shelf.sync(file(loan(), paid(1, "500", PAID)))
    shelf.booking = booking(locked=locked(delivered, closed), policies=ADJUST)
    shelf.sync(file(loan(), as_of=delivered))
    undone = shelf.bindings["DY7F3A-ZP1"].document
    assert isinstance(undone, Invoice)
    assert undone.day == (delivered + DAY if closed else delivered)


@LAST_OPEN_OR_CLOSED
def test_a_correction_is_dated_on_the_first_open_day(closed: bool) -> None:
    delivered = date(2026, 11, 19)
    shelf = Shelf(booking(policies=CORRECT))
    shelf.sync(file(loan(), as_of=delivered))
    shelf.booking = booking(locked=locked(delivered, closed), policies=CORRECT)
    shelf.sync(file(loan("130000"), as_of=delivered))
    made = shelf.bindings["DY7F3A-X84N1"].document
    assert isinstance(made, Invoice)
    assert made.day == (delivered + DAY if closed else delivered)


def test_a_loan_of_the_cutover_day_has_its_history() -> None:
    assert not began_before(loan(), START)
    assert began_before(loan(), START + DAY)
    assert not began_before(loan(), None)
    shelf = Shelf(booking(cutover=START))
    assert shelf.sync(file(loan(), paid(1, "500", START))) == [f"create {L}", "create DY7F3A-P1"]


@pytest.mark.parametrize(
    "row",
    [paid(1, "500", PAID), adjusted(1, AdjustmentKind.DISCOUNT, "500", PAID)],
)
def test_a_movement_of_the_cutover_day_is_no_history(row: object) -> None:
    assert not is_history(row, loan(), PAID)  # type: ignore[arg-type]
    assert is_history(row, loan(), PAID + DAY)  # type: ignore[arg-type]
    assert not is_history(row, loan(start=PAID), PAID)  # type: ignore[arg-type]


@pytest.mark.parametrize(("days", "waits"), [(-1, "100"), (0, "50"), (1, "50")])
def test_interest_is_due_on_its_own_day(days: int, waits: str) -> None:
    second = date(2026, 10, 3)
    of = loan("1150", "1000", instalments=3, frequency="monthly", first_due=date(2026, 9, 3))
    made = translate(file(of, as_of=second + timedelta(days)), booking(interest="as_due"), [])
    assert [(hold.code, hold.amount) for hold in made.holds] == [
        ("interest.not_due", Decimal(waits))
    ]


@pytest.mark.parametrize(
    ("insurance", "lines"),
    [
        ("5000", {"principal": 100_000, "interest": 15_000, "insurance": 5_000}),
        ("4999", {"principal": 100_000, "interest": 20_000}),
        ("5001", {"principal": 100_000, "interest": 20_000}),
    ],
)
def test_insurance_is_apart_only_where_the_parts_make_up_the_loan(
    insurance: str, lines: dict[str, int]
) -> None:
    of = loan(interest=Decimal(15_000), insurance=Decimal(insurance))
    (invoice,) = [d for d in translate(file(of), booking(), []).documents if d.kind == "invoice"]
    assert isinstance(invoice, Invoice)
    assert {line.purpose: int(line.amount) for line in invoice.lines} == lines


def test_what_is_kept_settles_no_more_than_the_invoice_is() -> None:
    """An invoice that was lowered since is settled for what it is by now, and the rest of the
    receipt goes to the next one."""
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500", PAID)))
    invoice = shelf.bindings[L].document
    receipt = shelf.bindings["DY7F3A-P1"].document
    assert isinstance(invoice, Invoice)
    lowered = _with_total(invoice, "300")
    other = _with_total(invoice, "1000", "DY7F3A-L85")
    at_last = [("DY7F3A-P2", Decimal(5000))]
    made = allocate([lowered, other], kept=[receipt], at_last=at_last)
    assert made.applied("DY7F3A-P1") == (Application(L, Decimal(300)),)
    assert made.applied("DY7F3A-P2") == (Application("DY7F3A-L85", Decimal(1000)),)


def test_one_peso_is_applied_too() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "1", PAID)))
    receipt = shelf.bindings["DY7F3A-P1"].document
    invoice = shelf.bindings[L].document
    assert isinstance(invoice, Invoice)
    made = allocate([invoice], kept=[receipt])
    assert made.applied("DY7F3A-P1") == (Application(L, Decimal(1)),)
    made = allocate([invoice], kept=[receipt], at_last=[("DY7F3A-P1", Decimal(3))])
    assert made.applied("DY7F3A-P1") == (Application(L, Decimal(3)),)


@pytest.mark.parametrize(
    ("dated_uses", "extends", "gets"),
    [(False, True, "open"), (True, True, "open"), (True, False, "nothing"), (False, None, "open")],
)
def test_the_rest_of_a_receipt_of_an_open_month_settles_what_is_left(
    dated_uses: bool, extends: bool | None, gets: str
) -> None:
    """Of an invoice of the closed month too: only a receipt of that month is kept from it."""
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500", PAID)))
    invoice, receipt = shelf.bindings[L].document, shelf.bindings["DY7F3A-P1"].document
    assert isinstance(invoice, Invoice)
    facts: dict[str, bool] = {} if extends is None else {"extends": extends}
    terms = Terms(locked=PAID - DAY, dated_uses=dated_uses, **facts)
    at_last = [("DY7F3A-P1", Decimal(700))]
    made = allocate([invoice], kept=[receipt], at_last=at_last, terms=terms)
    settled = Decimal(700 if gets == "open" else 500)
    assert made.applied("DY7F3A-P1") == (Application(L, settled),)


def _with_total(invoice: Invoice, total: str, name: str = L) -> Invoice:
    (line, *_) = invoice.lines
    lines = (msgspec.structs.replace(line, amount=Decimal(total)),)
    return msgspec.structs.replace(invoice, reference=name, lines=lines)


@LAST_OPEN_OR_CLOSED
def test_an_invoice_that_a_receipt_of_the_closed_month_settles_is_not_changed(closed: bool) -> None:
    """The payment is gone from the ledger and stays in the books: its month is closed."""
    shelf = Shelf()
    started = PAID + 9 * DAY
    shelf.sync(file(loan(start=started), paid(1, "500", PAID)))
    shelf.booking = booking(locked=locked(PAID, closed))
    done = shelf.sync(file(loan("130000", start=started)))
    assert done == ([] if closed else ["void DY7F3A-P1", f"update {L}"])
    assert shelf.last is not None
    held = {hold.code for hold in (*shelf.closed, *shelf.last.holds)}
    assert held == ({"books.period_closed", "loan.amount_edited"} if closed else set())


def test_the_rest_of_a_receipt_of_a_closed_month_settles_only_what_is_posted_after_it() -> None:
    """Where the books give each use a day of its own: one of that month would change it."""
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500", PAID)))
    invoice, receipt = shelf.bindings[L].document, shelf.bindings["DY7F3A-P1"].document
    assert isinstance(invoice, Invoice)
    later = msgspec.structs.replace(_with_total(invoice, "300", "DY7F3A-C2"), day=PAID + DAY)
    made = allocate(
        [invoice, later],
        kept=[receipt],
        at_last=[("DY7F3A-P1", Decimal(900))],
        terms=Terms(locked=PAID, dated_uses=True),
    )
    assert made.applied("DY7F3A-P1") == (
        Application(L, Decimal(500)),
        Application("DY7F3A-C2", Decimal(300)),
    )


@pytest.mark.parametrize(("of", "purpose"), [(loan, "principal"), (account, "sale")])
def test_what_corrects_a_sale_is_a_sale(of: Any, purpose: str) -> None:
    shelf = Shelf(booking(policies=CORRECT))
    shelf.sync(file(of("50000", principal=None), paid(1, "10000", PAID)))
    shelf.sync(file(of("48000", principal=None), paid(1, "10000", PAID)))
    made = shelf.bindings["DY7F3A-X84N1"].document
    assert isinstance(made, CreditNote)
    assert [(line.purpose, line.amount) for line in made.lines] == [(purpose, Decimal(2000))]


def test_a_posted_payment_that_becomes_too_much_is_held_like_a_new_one() -> None:
    shelf = Shelf(booking(policies={"overpayment": "hold"}))
    shelf.sync(file(loan(), paid(1, "5000")))
    assert shelf.sync(file(loan(), paid(1, "125000"))) == ["void DY7F3A-P1"]
    assert shelf.last is not None
    assert [(h.code, h.amount) for h in shelf.last.holds] == [("policy.overpayment", -125_000)]
