"""A loan's bindings made anew from the books alone are the ones that were lost."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bridge.core.books import Invoice, Kind, Receipt, Status
from bridge.core.change.rebuilding import rebuild_loan
from bridge.core.change.told import REBUILT, customer_told
from bridge.core.delivery import NEVER_COMPARED
from bridge.core.ledger import AdjustmentKind, LoanFile
from tests.core.books import WHOSE, held, known, links_of, told
from tests.core.builders import Shelf, account, adjusted, booking, file, loan, paid
from tests.core.change.days import days_of_one_loan
from tests.core.loan.parts import in_parts

BORROWER = {WHOSE: "DY7F3A-D11"}
LOCKED = date(2026, 9, 30)
ADJUST = {"closed_period": "adjust"}


def again(shelf: Shelf, of: LoanFile, **changes: Any) -> Shelf:
    """The shelf after its bindings were lost and made anew."""
    found = [msgspec.structs.replace(each, **changes) for each in held(shelf)]
    made = rebuild_loan(of, shelf.booking, found, BORROWER)
    fresh = Shelf(shelf.booking)
    fresh.bindings = {binding.reference: binding for binding in made.bindings}
    return fresh


@pytest.mark.parametrize("shape", [{}, {"invoice_per": "instalment"}, {"interest": "as_due"}])
@pytest.mark.parametrize("seed", range(40))
def test_whatever_was_posted_is_known_again_and_nothing_is_left_to_do(
    seed: int, shape: dict[str, Any]
) -> None:
    chance = random.Random(seed)
    book = booking(**shape)
    shelf = Shelf(in_parts(book) if seed % 2 else book)
    for of in days_of_one_loan(chance):
        shelf.sync(of)
    lost = known(list(shelf.bindings.values()))
    fresh = again(shelf, of)
    assert known(list(fresh.bindings.values())) == lost
    assert fresh.sync(of) == []


def test_what_was_undone_in_an_open_month_is_known_again() -> None:
    shelf = Shelf(booking(policies=ADJUST))
    shelf.sync(file(loan(), paid(1, "5000")))
    shelf.booking = booking(locked=LOCKED, policies=ADJUST)
    of = file(loan(), paid(1, "6000"))
    shelf.sync(of)
    assert "DY7F3A-ZP1" in shelf.bindings
    fresh = again(shelf, of)
    assert known(list(fresh.bindings.values())) == known(list(shelf.bindings.values()))
    assert fresh.sync(of) == []


def test_what_undid_a_document_that_is_gone_is_asked_about() -> None:
    shelf = Shelf(booking(policies=ADJUST))
    shelf.sync(file(loan(), paid(1, "5000")))
    shelf.booking = booking(locked=LOCKED, policies=ADJUST)
    shelf.sync(file(loan()))
    found = [
        msgspec.structs.replace(each, status=Status.DELETED) if each.number == "DY7F3A-P1" else each
        for each in held(shelf)
    ]
    made = rebuild_loan(file(loan()), shelf.booking, found, BORROWER)
    asked = {binding.reference for binding in made.bindings if binding.accepted == REBUILT}
    assert asked == {"DY7F3A-ZP1"}


@pytest.mark.parametrize("asked", [False, True], ids=["nothing asked", "asked about"])
def test_what_is_in_another_currency_without_its_rate_has_the_mappings(asked: bool) -> None:
    """Zoho tells none of receipts: what one weighs on the receivable account is known by it, also
    where it settles what no loan has and is asked about."""
    shelf = Shelf()
    of = file(loan(), paid(1, "5000"))
    shelf.sync(of)
    settles = (("of another loan", Decimal(5000)),) if asked else ()
    changes: dict[str, Any] = {"currency": "MXN", "rate": None, "applications": settles}
    found = [
        msgspec.structs.replace(each, **changes, open=each.total)
        if each.number == "DY7F3A-P1"
        else each
        for each in held(shelf)
    ]
    made = {b.reference: b for b in rebuild_loan(of, shelf.booking, found, BORROWER).bindings}
    posted = made["DY7F3A-P1"].posted
    assert made["DY7F3A-P1"].accepted == (REBUILT if asked else "")
    assert posted is not None
    assert posted.day is not None
    assert posted.rate == shelf.booking.rate("MXN", posted.day) is not None


def test_a_day_that_was_moved_is_told_by_the_memo_or_the_closed_month() -> None:
    shelf = Shelf(booking(locked=LOCKED, policies=ADJUST))
    of = file(loan(start=date(2026, 10, 2)), paid(1, "5000", date(2026, 9, 3)))
    shelf.sync(of)
    for memo in ({}, {"memo": ""}):
        document = again(shelf, of, **memo).bindings["DY7F3A-P1"].document
        assert isinstance(document, Receipt)
        assert (document.day, document.dated) == (date(2026, 10, 1), date(2026, 9, 3))


def test_what_the_books_hold_otherwise_is_taken_for_an_edit() -> None:
    shelf = Shelf()
    of = file(loan())
    shelf.sync(of)
    fresh = again(shelf, of, total=Decimal(119_000), lines=())
    binding = fresh.bindings["DY7F3A-L84"]
    assert binding.posted is not None
    assert (binding.document.total, binding.posted.total) == (Decimal(120_000), Decimal(120_000))  # type: ignore[union-attr]
    assert fresh.sync(of) == []


def test_what_no_row_accounts_for_is_asked_about() -> None:
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "5000")))
    fresh = again(shelf, file(loan()))
    assert fresh.bindings["DY7F3A-P1"].accepted == REBUILT
    assert fresh.sync(file(loan())) == []
    assert fresh.last is not None
    assert [hold.code for hold in fresh.last.holds] == ["books.drifted"]


def test_parts_that_are_not_one_repayment_are_asked_about() -> None:
    shelf = Shelf(in_parts(booking()))
    shelf.sync(file(account(), paid(1, "60000")))
    assert {"DY7F3A-P1", "DY7F3A-P1S2"} <= shelf.bindings.keys()
    del shelf.bindings["DY7F3A-P1"]
    fresh = again(shelf, file(account(), paid(1, "60000")))
    assert fresh.bindings["DY7F3A-P1S2"].accepted == REBUILT
    assert fresh.sync(file(account(), paid(1, "60000"))) == []
    assert fresh.last is not None
    assert [(h.code, h.amount) for h in fresh.last.holds] == [("books.drifted", Decimal(-50_000))]


def test_of_two_with_one_number_none_is_taken_and_of_two_generations_the_later() -> None:
    shelf = Shelf()
    of = file(loan(), paid(1, "5000"))
    shelf.sync(of)
    links = links_of(shelf)
    receipt = shelf.bindings["DY7F3A-P1"].document
    twin = told(receipt, links, external_id="twin")
    later = told(receipt, links, external_id="later", number="DY7F3A-P1.2")
    both = rebuild_loan(of, shelf.booking, [*held(shelf), twin], BORROWER)
    assert {b.reference for b in both.bindings} == {"DY7F3A-L84"}
    newer = rebuild_loan(of, shelf.booking, [*held(shelf), later], BORROWER)
    assert {b.reference for b in newer.bindings} == {"DY7F3A-L84", "DY7F3A-P1.2"}


def test_a_use_without_a_number_is_known_by_its_note() -> None:
    shelf = Shelf()
    of = file(loan(), adjusted(2, AdjustmentKind.DISCOUNT, "4000"))
    shelf.sync(of)
    found = [
        msgspec.structs.replace(each, number="") if each.kind is Kind.APPLICATION else each
        for each in held(shelf)
    ]
    made = rebuild_loan(of, shelf.booking, found, BORROWER)
    assert "DY7F3A-A2" in {b.reference for b in made.bindings}
    gone = [
        msgspec.structs.replace(each, status=Status.DELETED)
        if each.kind is Kind.APPLICATION
        else each
        for each in found
    ]
    assert "DY7F3A-A2" not in {
        b.reference for b in rebuild_loan(of, shelf.booking, gone, BORROWER).bindings
    }


def test_an_edited_mapping_is_seen_through_by_the_totals() -> None:
    shelf = Shelf(booking(interest="as_due"))
    of = file(loan(instalments=4, frequency="monthly"))
    shelf.sync(of)
    shelf.booking = booking()
    fresh = again(shelf, of)
    document = fresh.bindings["DY7F3A-L84"].document
    assert isinstance(document, Invoice)
    assert document.total == Decimal(100_000)
    assert fresh.sync(of) == []


def test_a_customer_without_loans_is_as_the_books_tell_it() -> None:
    theirs = told(
        with_loan().bindings["DY7F3A-L84"].document,
        {"DY7F3A-L84": "x"},
        kind=Kind.CUSTOMER,
        name="Ana",
    )
    made = customer_told("DY7F3A-D11", theirs, booking())
    assert (made.name, made.currency, made.notes) == ("Ana", "COP", "DY7F3A-D11")


def with_loan() -> Shelf:
    shelf = Shelf()
    shelf.sync(file(loan()))
    return shelf


@pytest.mark.parametrize("due", [date(2026, 9, 15), date(2026, 10, 1), date(2026, 12, 1)])
def test_an_invoice_that_was_moved_out_of_a_closed_month_is_known_again_whole(due: date) -> None:
    """It is never due before its day."""
    shelf = Shelf(booking(locked=LOCKED, policies=ADJUST))
    of = file(loan(due=due))
    shelf.sync(of)
    for memo in ({}, {"memo": ""}):
        fresh = again(shelf, of, **memo)
        before, after = shelf.bindings["DY7F3A-L84"].document, fresh.bindings["DY7F3A-L84"].document
        assert isinstance(before, Invoice) and isinstance(after, Invoice)
        assert (after.day, after.due, after.dated) == (before.day, before.due, before.dated)
        assert fresh.sync(of) == []


def test_a_foreign_document_is_known_again_with_the_rate_that_the_books_have() -> None:
    shelf = Shelf()
    of = file(loan(currency="MXN"), paid(1, "5000"))
    shelf.sync(of)
    fresh = again(shelf, of, rate=Decimal("210.10"))
    rates = {b.document.rate for b in fresh.bindings.values()}  # type: ignore[union-attr]
    assert rates == {Decimal("210.10")}
    at_home = Shelf()
    at_home.sync(file(loan(), paid(1, "5000")))
    known_again = again(at_home, file(loan(), paid(1, "5000")))
    assert {b.document.rate for b in known_again.bindings.values()} == {None}  # type: ignore[union-attr]


@pytest.mark.parametrize("undone", [True, False], ids=["undone there", "moved there"])
def test_what_the_books_tell_no_rate_of_weighs_what_it_was_posted_with(undone: bool) -> None:
    """Zoho tells none of receipts and credit notes. What undoes a document of a closed month has
    the rate of that one, and what was moved out of one the rate of the day it was moved to."""
    rates = [{"from": "2026-01-01", "rate": "210.40"}, {"from": "2026-10-01", "rate": "212.85"}]
    wish: dict[str, Any] = {"policies": ADJUST, "currencies": {"MXN": {"rates": rates}}}
    rows = (
        paid(1, "5000", date(2026, 9, 3)),
        adjusted(2, AdjustmentKind.DISCOUNT, "4000", date(2026, 9, 4)),
    )
    before, of = file(loan(currency="MXN"), *rows), file(loan(currency="MXN"))
    shelf = Shelf(booking(**wish))
    shelf.sync(before if undone else of)
    shelf.booking = booking(locked=LOCKED, **wish)
    now = msgspec.structs.replace(of, loan=None) if undone else before
    shelf.sync(now)
    assert ({"DY7F3A-ZL84", "DY7F3A-ZP1", "DY7F3A-ZK2"} <= shelf.bindings.keys()) is undone
    found = [
        each if each.kind is Kind.INVOICE else msgspec.structs.replace(each, rate=None)
        for each in held(shelf)
    ]
    made = rebuild_loan(now, shelf.booking, found, BORROWER).bindings
    assert {b.reference: b.document.rate for b in made} == {  # type: ignore[union-attr]
        name: b.document.rate  # type: ignore[union-attr]
        for name, b in shelf.bindings.items()
    }


def test_a_document_of_another_kind_under_a_number_of_ours_is_asked_about() -> None:
    """Somebody gave an invoice the number of our receipt."""
    shelf = Shelf()
    of = file(loan(), paid(1, "5000"))
    shelf.sync(of)
    found = [
        msgspec.structs.replace(each, kind=Kind.INVOICE, applications=())
        if each.number == "DY7F3A-P1"
        else each
        for each in held(shelf)
    ]
    made = {b.reference: b for b in rebuild_loan(of, shelf.booking, found, BORROWER).bindings}
    assert isinstance(made["DY7F3A-P1"].document, Invoice)
    assert made["DY7F3A-P1"].accepted == REBUILT
    assert not made["DY7F3A-L84"].accepted


def test_an_id_that_is_an_invoices_and_a_receipts_is_taken_for_the_invoice() -> None:
    """Some products number each kind of document by itself."""
    shelf = Shelf()
    of = file(loan(), paid(1, "5000"))
    shelf.sync(of)
    found = [
        msgspec.structs.replace(
            each,
            external_id="1",
            applications=tuple(("1", amount) for _, amount in each.applications),
        )
        for each in held(shelf)
    ]
    made = {b.reference: b for b in rebuild_loan(of, shelf.booking, found, BORROWER).bindings}
    receipt = made["DY7F3A-P1"].document
    assert isinstance(receipt, Receipt)
    assert [each.invoice for each in receipt.applications] == ["DY7F3A-L84"]


def test_a_day_in_a_memo_moves_nothing_that_is_on_its_day() -> None:
    shelf = Shelf()
    of = file(loan())
    shelf.sync(of)
    document = again(shelf, of, memo="lent [2026-08-03]").bindings["DY7F3A-L84"].document
    assert isinstance(document, Invoice)
    assert (document.day, document.dated) == (date(2026, 8, 3), None)


def test_only_what_was_edited_is_compared_again_at_once() -> None:
    """Else not before the books tell another version of it."""
    shelf = Shelf()
    shelf.sync(file(loan(), paid(1, "5000"), paid(2, "700")))
    found = [
        msgspec.structs.replace(each, total=Decimal(6000)) if each.number == "DY7F3A-P1" else each
        for each in held(shelf)
    ]
    made = rebuild_loan(file(loan(), paid(1, "5000")), shelf.booking, found, BORROWER)
    versions = {b.reference: b.version for b in made.bindings}
    assert versions == {"DY7F3A-L84": "1", "DY7F3A-P1": NEVER_COMPARED, "DY7F3A-P2": "1"}


def test_an_invoice_under_the_number_of_a_part_says_nothing_of_the_receipts() -> None:
    shelf = Shelf(in_parts(booking()))
    of = file(account(), paid(1, "60000"))
    shelf.sync(of)
    invoice = shelf.bindings["DY7F3A-L84"].document
    by_hand = told(invoice, links_of(shelf), external_id="by hand", number="DY7F3A-P1S3")
    made = rebuild_loan(of, shelf.booking, [*held(shelf), by_hand], BORROWER)
    assert [b.reference for b in made.bindings if b.accepted] == ["DY7F3A-P1S3"]


def test_another_step_of_the_instalments_since_is_seen_through_by_each_total() -> None:
    shape: dict[str, Any] = {"invoice_per": "instalment"}
    shelf = Shelf(booking(**shape, policies={"instalment_step": {"COP": "1000"}}))
    of = file(loan(instalments=7, frequency="monthly"))
    shelf.sync(of)
    shelf.booking = booking(**shape)
    totals = {name: b.document.total for name, b in shelf.bindings.items()}  # type: ignore[union-attr]
    assert totals["DY7F3A-L84I01"] == 18_000
    made = rebuild_loan(of, shelf.booking, held(shelf), BORROWER).bindings
    assert {b.reference: b.document.total for b in made} == totals  # type: ignore[union-attr]
    assert all(b.version != NEVER_COMPARED for b in made)


def test_a_rate_of_the_home_currency_is_nobodys() -> None:
    """A mapping may be that of two companies, each at home in what is foreign to the other."""
    one = {"rates": [{"from": "2026-01-01", "rate": "2"}]}
    shelf = Shelf(booking(currencies={"COP": one, "MXN": one}))
    of = file(loan(), paid(1, "5000"), paid(2, "700"))
    shelf.sync(of)
    made = rebuild_loan(file(loan(), paid(1, "5000")), shelf.booking, held(shelf), BORROWER)
    assert [b.accepted for b in made.bindings] == ["", "", REBUILT]
    assert {b.posted.rate for b in made.bindings if b.posted} == {None}
    assert {b.document.rate for b in made.bindings} == {None}  # type: ignore[union-attr]
