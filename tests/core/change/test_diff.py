"""What changes in the books when the ledger changes, step by step."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.books import Document, Invoice, Receipt
from bridge.core.change.diff import customer_change, plan_digest
from bridge.core.delivery import Operation
from bridge.core.ledger import AdjustmentKind, Loan
from bridge.core.loan.translate import translate
from bridge.core.mapping.naming import customer
from bridge.core.plan import Change, PlanFigures
from tests.core.builders import (
    BORROWER,
    Shelf,
    account,
    adjusted,
    booking,
    file,
    loan,
    paid,
)

L = "DY7F3A-L84"


def test_a_new_loan_is_created_once() -> None:
    shelf = Shelf()
    assert shelf.sync(file(loan(), paid(1, "500"))) == [f"create {L}", "create DY7F3A-P1"]
    assert shelf.sync(file(loan(), paid(1, "500"))) == []


def test_an_unpaid_loan_is_changed_in_place() -> None:
    shelf = Shelf()
    shelf.sync(file(loan()))
    assert shelf.sync(file(loan("130000"))) == [f"update {L}"]


def test_a_new_due_date_of_a_paid_loan_is_changed_in_place() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500")))
    assert shelf.sync(file(loan(due=date(2026, 12, 1)), paid(1, "500"))) == [f"update {L}"]


def test_an_amount_edited_after_payment_is_a_question() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500")))
    assert shelf.sync(file(loan("130000"), paid(1, "500"))) == []
    assert shelf.last is not None
    assert [(h.code, h.amount) for h in shelf.last.holds] == [
        ("loan.amount_edited", Decimal(10000))
    ]


def test_or_a_correcting_document_dated_today_when_the_mapping_says_so() -> None:
    shelf = Shelf(booking(policies={"amount_edited": "correct"}))
    shelf.sync(file(loan(), paid(1, "500")))
    assert shelf.sync(file(loan("130000"), paid(1, "500"))) == ["create DY7F3A-X84N1"]
    up = shelf.bindings["DY7F3A-X84N1"].document
    assert isinstance(up, Invoice)
    assert (up.total, up.day) == (Decimal(10000), date(2026, 11, 19))
    assert up.memo == f"DY7F3A-X84N1: corrects {L}, dated 2026-08-03"
    down = shelf.sync(file(loan("115000"), paid(1, "500")))
    assert down == ["create DY7F3A-X84N2", "create DY7F3A-A84N2"]
    assert shelf.sync(file(loan("115000"), paid(1, "500"))) == []


def test_an_edited_payment_is_voided_and_posted_under_its_next_generation() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500")))
    assert shelf.sync(file(loan(), paid(1, "600"))) == [
        "void DY7F3A-P1",
        "create DY7F3A-P1.2",
    ]
    assert shelf.sync(file(loan(), paid(1, "700"))) == [
        "void DY7F3A-P1.2",
        "create DY7F3A-P1.3",
    ]


def test_a_deleted_payment_is_voided_and_may_come_back() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500")))
    assert shelf.sync(file(loan())) == ["void DY7F3A-P1"]
    assert shelf.sync(file(loan(), paid(1, "500"))) == ["create DY7F3A-P1.2"]


def test_a_deleted_loan_takes_everything_with_it_receipts_first() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500"), adjusted(2, AdjustmentKind.DISCOUNT, "100")))
    assert shelf.sync(file(None, borrower=None)) == [
        "void DY7F3A-A2",
        "void DY7F3A-P1",
        "void DY7F3A-K2",
        f"void {L}",
    ]


def test_an_annulled_loan_is_taken_back() -> None:
    shelf = Shelf()
    shelf.sync(file(loan()))
    assert shelf.sync(file(loan(annulled=True))) == [f"void {L}"]


def test_a_loan_moved_to_another_borrower_is_posted_anew_for_that_customer() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500")))
    other = msgspec.structs.replace(BORROWER, id="12", name="Ana")
    done = shelf.sync(file(loan(borrower="12"), paid(1, "500"), borrower=other))
    assert done == [
        "void DY7F3A-P1",
        f"void {L}",
        f"create {L}.2",
        "create DY7F3A-P1.2",
    ]
    receipt = shelf.bindings["DY7F3A-P1.2"].document
    assert isinstance(receipt, Receipt)
    assert receipt.applications[0].invoice == f"{L}.2"


def test_what_is_undone_in_an_open_month_settles_its_invoice_once() -> None:
    """So what else settles it stays as it is, and what comes finds all that is open."""
    shelf = Shelf(booking(policies={"closed_period": "adjust"}))
    first, second = paid(1, "30000"), paid(2, "80000")
    shelf.sync(file(loan(), first, second))
    shelf.booking = booking(locked=date(2026, 9, 30), policies={"closed_period": "adjust"})
    rest = paid(3, "40000", date(2026, 11, 18))
    of = file(loan(), second, rest)
    assert shelf.sync(of) == ["create DY7F3A-ZP1", "create DY7F3A-P3"]
    settled = shelf.bindings["DY7F3A-P3"].document
    assert isinstance(settled, Receipt)
    assert {a.invoice: a.amount for a in settled.applications} == {
        L: Decimal(10000),
        "DY7F3A-ZP1": Decimal(30000),
    }
    assert shelf.sync(of) == []


def test_what_is_undone_is_not_put_back() -> None:
    """Although a person said so before it was undone, and its month is open again."""
    shelf = Shelf(booking(policies={"closed_period": "adjust"}))
    shelf.sync(file(loan(), paid(1, "30000")))
    shelf.booking = booking(locked=date(2026, 9, 30), policies={"closed_period": "adjust"})
    assert shelf.sync(file(loan())) == ["create DY7F3A-ZP1"]
    paid_once = shelf.bindings["DY7F3A-P1"]
    shelf.bindings["DY7F3A-P1"] = msgspec.structs.replace(paid_once, restore=True)
    shelf.booking = booking(policies={"closed_period": "adjust"})
    assert shelf.sync(file(loan())) == []


def test_what_is_posted_in_a_closed_period_stays_and_the_difference_is_held() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500")))
    shelf.booking = booking(locked=date(2026, 9, 30))
    assert shelf.sync(file(loan())) == []
    assert [(h.code, h.amount) for h in shelf.closed] == [("books.period_closed", Decimal(500))]


def test_a_credit_left_over_is_used_by_a_later_charge() -> None:
    shelf = Shelf()
    shelf.sync(file(account("10000"), paid(1, "12000")))
    charge = adjusted(2, AdjustmentKind.CHARGE, "5000")
    assert shelf.sync(file(account("15000"), paid(1, "12000"), charge)) == [
        "create DY7F3A-C2",
        "update DY7F3A-P1",
    ]


def test_editing_the_mapping_changes_nothing_that_is_posted() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "500")))
    shelf.booking = booking(memos={"invoice": "otro {reference}"}, deposits=[{"account": "1100"}])
    assert shelf.sync(file(loan(), paid(1, "500"))) == []


def test_a_customer_is_renamed_only_where_the_mapping_owns_the_name() -> None:
    shelf = Shelf()
    shelf.sync(file(loan()))
    before = customer(file(loan()), BORROWER, "COP", shelf.booking)
    bound = msgspec.structs.replace(shelf.bindings[L], document=before)
    renamed = msgspec.structs.replace(BORROWER, name="Luz Marina (vecina)")
    after = customer(file(loan()), renamed, "COP", shelf.booking)
    assert customer_change(after, bound, owns_name=False) is None
    change = customer_change(after, bound, owns_name=True)
    assert change is not None
    assert change.operation == "update"
    assert customer_change(before, bound, owns_name=True) is None


def test_free_text_does_not_change_a_plan_and_money_does() -> None:
    def digest(of: str, memo: str) -> str:
        documents = translate(
            file(loan(of), adjusted(2, AdjustmentKind.DISCOUNT, "100"), paid(1, "5")),
            booking(memos={"invoice": memo, "receipt": memo}),
            [],
        ).documents
        return plan_digest([change(Operation.CREATE, d) for d in documents])

    assert digest("120000", "{reference}") == digest("120000", "{name}")
    assert digest("120000", "{reference}") != digest("120001", "{reference}")


def test_figures_count_operations_and_money() -> None:
    documents = translate(file(loan(), paid(1, "500")), booking(), []).documents
    figures = PlanFigures()
    for operation in Operation:
        for document in documents:
            figures.add(change(operation, document))
    assert (figures.create, figures.update, figures.void) == (2, 2, 2)
    assert figures.by_kind["void.receipt"] == 1
    assert figures.posted_money == {"COP": Decimal(120500)}


def change(operation: Operation, document: Document) -> Change:
    return Change(operation=operation, document=document, generation=1, reason="new")


def test_an_invoice_that_a_person_left_is_asked_about_once_the_ledger_says_something_else() -> None:
    shelf = Shelf()
    shelf.sync(file(loan()))
    shelf.accept(L)

    def asked(of: Loan) -> list[tuple[str, Decimal]]:
        assert shelf.sync(file(of)) == []
        assert shelf.last is not None
        return [(hold.code, hold.amount) for hold in shelf.last.holds]

    for _ in range(3):
        assert asked(loan()) == []
    assert asked(loan(due=date(2026, 12, 9))) == [("books.drifted", Decimal(0))]
    assert asked(loan("130000")) == [("loan.amount_edited", Decimal(10_000))]
    assert asked(loan()) == []
