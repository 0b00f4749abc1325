"""Updating and voiding every kind, and what somebody else did to it in between."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bridge.core.books import Application, Document, Kind, Status
from bridge.core.change.matching import differences
from bridge.core.delivery import Drifted, InDoubt, Operation, Posted, Rejected
from tests.systems.servers import Call
from tests.systems.zoho.bench import CUSTOMER, Bench, changed

KINDS = list(Kind)
VOIDABLE = [kind for kind in Kind if kind is not Kind.CUSTOMER]
DELETED = {Kind.RECEIPT, Kind.SALE, Kind.APPLICATION}


def edited(bench: Bench, kind: Kind) -> Document:
    docs = bench.docs
    match kind:
        case Kind.CUSTOMER:
            return changed(CUSTOMER, name="Ana María O'Hara")
        case Kind.INVOICE:
            more = docs.line("Late fee", "5", "Fee")
            return changed(docs.invoice, due=date(2027, 8, 20), lines=(*docs.invoice.lines, more))
        case Kind.RECEIPT:
            return changed(docs.receipt, total=Decimal(310000), applications=())
        case Kind.CREDIT_NOTE:
            return changed(docs.note, memo="forgiven", day=date(2026, 11, 21))
        case Kind.APPLICATION:
            return changed(docs.application, applications=(Application("DYT-L1", Decimal(150)),))
        case Kind.SALE:
            return changed(docs.sale, lines=(docs.line("Recovery", "9"),))


def freed(bench: Bench, kind: Kind) -> None:
    """Take back what hangs on a document, in the order of the pipeline."""
    for dependent in {
        Kind.INVOICE: (Kind.APPLICATION, Kind.RECEIPT),
        Kind.CREDIT_NOTE: (Kind.APPLICATION,),
    }.get(kind, ()):
        bench.posted(bench.docs.of(dependent), Operation.VOID)


# ── updates ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_an_update_makes_the_books_say_the_new_content(full: Bench, kind: Kind) -> None:
    was, after = full.now(full.docs.of(kind)), edited(full, kind)
    posted = full.posted(after, Operation.UPDATE)
    assert was and posted.external_id == was.external_id
    now = full.now(after)
    assert now is not None
    assert differences(after, now, full.links, descriptions=True, memo=True) == []
    books = full.control("GET", "zoho/books")
    assert books["trial_balance"]["debits"] == books["trial_balance"]["credits"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_update_is_in_doubt_and_may_be_sent_again(
    full: Bench, kind: Kind, when: str
) -> None:
    after = edited(full, kind)
    method = "DELETE" if kind is Kind.APPLICATION else "PUT"
    full.fault("reset", when, method=method)
    bound = full.bound[after.reference]
    assert isinstance(full.post(after, Operation.UPDATE), InDoubt)
    assert full.bound[after.reference] == bound
    if when == "after" and kind is Kind.APPLICATION:
        # Taken off, and not yet put on again: a person looks, and nothing is guessed.
        assert isinstance(full.post(after, Operation.UPDATE), Drifted)
        return
    full.posted(after, Operation.UPDATE)
    now = full.now(after)
    assert now is not None
    assert differences(after, now, full.links) == []


def test_an_updated_receipt_moves_to_the_invoice_that_it_now_settles(full: Bench) -> None:
    second = changed(full.docs.invoice, reference="DYT-L2")
    full.posted(second)
    moved = changed(full.docs.receipt, applications=(Application("DYT-L2", Decimal(300000)),))
    full.posted(moved, Operation.UPDATE)
    first, other = full.now(full.docs.invoice), full.now(second)
    assert first and other
    assert (first.open, other.open) == (Decimal("1199600.50"), Decimal("900000.50"))


# ── voids ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", VOIDABLE)
def test_a_void_leaves_nothing_of_the_document(full: Bench, kind: Kind) -> None:
    freed(full, kind)
    document = full.docs.of(kind)
    posted = full.posted(document, Operation.VOID)
    expected = Status.DELETED if kind in DELETED else Status.VOIDED
    assert posted.status is expected
    now = full.now(document)
    assert now is None if kind in DELETED else now is not None and now.status is Status.VOIDED
    books = full.control("GET", "zoho/books")
    assert books["trial_balance"]["debits"] == books["trial_balance"]["credits"]


@pytest.mark.parametrize("kind", VOIDABLE)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_void_is_in_doubt_and_may_be_sent_again(full: Bench, kind: Kind, when: str) -> None:
    freed(full, kind)
    document = full.docs.of(kind)
    full.fault("reset", when, method="DELETE" if kind in DELETED else "POST")
    assert isinstance(full.post(document, Operation.VOID), InDoubt)
    assert full.posted(document, Operation.VOID).status is not Status.LIVE


@pytest.mark.parametrize("kind", VOIDABLE)
def test_what_is_gone_already_counts_as_voided(full: Bench, kind: Kind) -> None:
    freed(full, kind)
    document = full.docs.of(kind)
    bound = full.bound[document.reference]
    full.posted(document, Operation.VOID)
    full.bound[document.reference] = bound
    assert full.posted(document, Operation.VOID).status is not Status.LIVE


def test_a_draft_is_deleted_rather_than_voided(bench: Bench) -> None:
    bench.posted(CUSTOMER)
    bench.posted(bench.docs.invoice)
    external_id = bench.links["DYT-L1"]
    bench.system._wire.write("POST", f"invoices/{external_id}/status/void")
    bench.system._wire.write("POST", f"invoices/{external_id}/status/draft")
    now = bench.now(bench.docs.invoice)
    assert now is not None
    assert now.status is Status.DRAFT
    bench.posted(bench.docs.invoice, Operation.VOID)
    assert bench.count(bench.docs.invoice) == 0


# ── what others did ──────────────────────────────────────────────────────────────────────────


def by_hand(bench: Bench, kind: Kind) -> None:
    sets = {
        Kind.INVOICE: {"due": "2029-01-01"},
        Kind.RECEIPT: {"date": "2026-11-01"},
        Kind.CREDIT_NOTE: {"date": "2026-11-01"},
        Kind.SALE: {"date": "2026-11-01"},
    }
    bench.by_hand("edit", bench.docs.of(kind), set=sets[kind])


@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.VOID])
@pytest.mark.parametrize("kind", [Kind.INVOICE, Kind.RECEIPT, Kind.CREDIT_NOTE, Kind.SALE])
def test_what_somebody_edited_is_not_overwritten(
    full: Bench, kind: Kind, operation: Operation
) -> None:
    by_hand(full, kind)
    was = full.now(full.docs.of(kind))
    document = edited(full, kind) if operation is Operation.UPDATE else full.docs.of(kind)
    outcome = full.post(document, operation)
    assert isinstance(outcome, Drifted)
    assert outcome.current == was == full.now(full.docs.of(kind))


def test_a_customer_renamed_by_hand_is_drift(full: Bench) -> None:
    full.edit(action="rename", kind="customer", name=CUSTOMER.name, to="Somebody else")
    outcome = full.post(edited(full, Kind.CUSTOMER), Operation.UPDATE)
    assert isinstance(outcome, Drifted)


def test_what_somebody_deleted_is_drift_without_a_document(full: Bench) -> None:
    full.by_hand("delete", full.docs.receipt)
    assert full.post(edited(full, Kind.RECEIPT), Operation.UPDATE) == Drifted(None)


def test_a_document_that_goes_between_look_and_void_is_gone(full: Bench) -> None:
    def delete_first(call: Call) -> None:
        if call.method == "DELETE":
            full.by_hand("delete", full.docs.receipt)

    with full.disturbed(before=delete_first) as other:
        outcome = other.post(full.docs.receipt, Operation.VOID)
    assert isinstance(outcome, Posted)
    assert outcome.document.status is Status.DELETED


def test_an_update_in_a_closed_period_is_refused(full: Bench) -> None:
    full.edit(action="lock", date="2026-12-31")
    outcome = full.post(edited(full, Kind.INVOICE), Operation.UPDATE)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "period_closed"
