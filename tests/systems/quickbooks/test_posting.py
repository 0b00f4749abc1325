"""Posting, finding, updating and voiding every kind, against the sandbox's real books."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from bridge.core.books import Application, Document, Kind, Line, Status
from bridge.core.delivery import Drifted, InDoubt, Operation, Posted, Rejected, Unavailable
from bridge.core.matching import differences
from tests.systems.quickbooks.bench import (
    APPLICATION,
    CUSTOMER,
    DAY,
    DUE,
    EACH,
    INTEREST,
    INVOICE,
    NOTE,
    PRINCIPAL,
    RECEIPT,
    SALE,
    Bench,
    benches,
    of_kind,
)
from tests.systems.servers import Call

KINDS = list(Kind)
VOIDABLE = [kind for kind in Kind if kind is not Kind.CUSTOMER]


def changed(document: Document, **fields: object) -> Document:
    return msgspec.structs.replace(document, **fields)


def before(bench: Bench, kind: Kind) -> Document:
    """The document of that kind, after posting what it depends on."""
    for document in EACH:
        if document.kind is kind:
            return document
        bench.posted(document)
    raise AssertionError(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_posted_is_what_the_books_hold(full: Bench, kind: Kind) -> None:
    document = of_kind(kind)
    found, fetched = full.find(document), full.now(document)
    assert found is not None
    assert found == fetched
    assert differences(document, found, full.links, descriptions=True, memo=True) == []


def test_the_books_balance_and_say_what_is_owed(full: Bench) -> None:
    invoice, receipt, note = full.now(INVOICE), full.now(RECEIPT), full.now(NOTE)
    assert invoice and receipt and note
    assert invoice.open == Decimal("949600.50")
    assert receipt.open == Decimal(50000)
    assert note.open == 0
    books = full.control("GET", "quickbooks/books")
    assert books["trial_balance"]["debits"] == books["trial_balance"]["credits"]
    accounts = {account["name"]: Decimal(account["balance"]) for account in books["accounts"]}
    assert accounts["Loan clearing"] == Decimal("-1000000.50")
    assert accounts["Bad debts"] == Decimal(400)


@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_reply_is_in_doubt_and_the_document_is_there(bench: Bench, kind: Kind) -> None:
    document = before(bench, kind)
    bench.system.chart()
    bench.fault("reset")
    assert isinstance(bench.post(document), InDoubt)
    assert bench.find(document) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_key_makes_one_document(bench: Bench, kind: Kind) -> None:
    document = before(bench, kind)
    first, second = bench.posted(document), bench.posted(document)
    assert first.external_id == second.external_id
    assert bench.count(document) == 1


@pytest.mark.parametrize("kind", ["500", "503", "html", "reset"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_trouble_on_a_write_is_in_doubt_and_is_not_retried(
    bench: Bench, kind: str, when: str
) -> None:
    bench.system.chart()
    bench.fault(kind, when, method="POST", path="/customer")
    assert isinstance(bench.post(CUSTOMER), InDoubt)
    assert bench.count(CUSTOMER) == (when == "after")


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("status", ["429", "403"])
def test_a_refusal_for_rate_is_unavailable_and_holds_back_the_rest(
    bench: Bench, form: str, status: str
) -> None:
    bench.system.chart()
    bench.switch(throttle_format=form, throttle_status=status)
    bench.fault("429", "before", method="POST", path="/customer")
    customers = [changed(CUSTOMER, reference=f"DYT-D{n}", name=f"Somebody {n}") for n in range(20)]
    outcomes = bench.system.post([bench.outgoing(customer) for customer in customers])
    assert all(isinstance(outcome, Posted | Unavailable) for outcome in outcomes)
    held = [outcome for outcome in outcomes if isinstance(outcome, Unavailable)]
    assert held
    assert all(50 < outcome.retry_after_s <= 60 for outcome in held)
    assert bench.system.calls().throttled == 1


def test_a_failing_document_does_not_cost_another_its_outcome(full: Bench) -> None:
    good = [changed(INVOICE, reference=f"DYT-L{n}") for n in (2, 3, 4)]
    bad = changed(
        INVOICE, reference="DYT-L5", lines=(Line(purpose="x", amount=Decimal(1), item="999"),)
    )
    outcomes = full.system.post([full.outgoing(d) for d in (good[0], bad, *good[1:])])
    assert [type(outcome) for outcome in outcomes] == [Posted, Rejected, Posted, Posted]
    assert isinstance(outcomes[1], Rejected)
    assert outcomes[1].code == "inactive_reference"


def test_backfill_posts_thirty_in_a_call_and_matches_answers_by_name() -> None:
    with benches(mode="backfill") as bench:
        bench.posted(CUSTOMER)
        invoices = [changed(INVOICE, reference=f"DYT-L{n}") for n in range(1, 71)]
        bad = changed(INVOICE, reference="DYT-L99", customer="DYT-D9")
        bench.links["DYT-D9"] = "12345"
        calls = bench.system.calls().total
        outcomes = bench.system.post([bench.outgoing(d) for d in (*invoices, bad)])
        assert bench.system.calls().total - calls == 3
    assert isinstance(outcomes[-1], Rejected)
    numbers = [o.document.number for o in outcomes if isinstance(o, Posted)]
    assert numbers == [invoice.reference for invoice in invoices]


def test_a_lost_batch_leaves_every_item_in_doubt() -> None:
    with benches(mode="backfill") as bench:
        bench.posted(CUSTOMER)
        bench.fault("reset", method="POST", path="/batch")
        invoices = [changed(INVOICE, reference=f"DYT-L{n}") for n in range(1, 11)]
        outcomes = bench.system.post([bench.outgoing(invoice) for invoice in invoices])
        assert all(isinstance(outcome, InDoubt) for outcome in outcomes)
        assert len(bench.system.find(Kind.INVOICE, invoices, bench.links)) == 10


# ── foreign currency ─────────────────────────────────────────────────────────────────────────


def dollars() -> tuple[Document, Document]:
    customer = changed(CUSTOMER, reference="DYT-D1USD", name="Ana (USD)", currency="USD")
    invoice = changed(
        INVOICE,
        reference="DYT-L8",
        customer="DYT-D1USD",
        currency="USD",
        rate=Decimal("4123.4567"),
        lines=(Line(purpose="principal", amount=Decimal("10.55"), item=PRINCIPAL),),
    )
    return customer, invoice


def test_a_foreign_document_carries_its_rate(bench: Bench) -> None:
    customer, invoice = dollars()
    assert bench.posted(customer).currency == "USD"
    posted = bench.posted(invoice)
    assert (posted.currency, posted.rate) == ("USD", Decimal("4123.4567"))
    assert posted.total == Decimal("10.55")


def test_a_foreign_document_without_a_rate_never_leaves(bench: Bench) -> None:
    customer, invoice = dollars()
    bench.posted(customer)
    calls = bench.system.calls().total
    outcome = bench.post(changed(invoice, rate=None))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "no_rate"
    assert bench.system.calls().total == calls


def test_a_company_without_multicurrency_refuses_before_posting(bench: Bench) -> None:
    customer, invoice = dollars()
    bench.posted(customer)
    bench.switch(multicurrency=False)
    bench.system.chart()
    outcome = bench.post(invoice)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "no_multicurrency"


def test_a_company_that_numbers_by_itself_is_not_sent_our_numbers(full: Bench) -> None:
    full.switch(custom_txn_numbers=False)
    assert not full.system.chart().company.own_numbers
    outcome = full.post(changed(INVOICE, reference="DYT-L2"))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "own_numbers_off"


def test_an_amount_finer_than_a_cent_never_leaves(full: Bench) -> None:
    lines = (Line(purpose="principal", amount=Decimal("1.005"), item=PRINCIPAL),)
    outcome = full.post(changed(INVOICE, reference="DYT-L2", lines=lines))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "amount_precision"


# ── names and numbers that are taken ─────────────────────────────────────────────────────────


def test_a_namesake_is_not_taken_for_our_customer(full: Bench) -> None:
    namesake = changed(CUSTOMER, reference="DYT-D2")
    assert full.find(namesake) is None
    outcome = full.post(namesake)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "name_taken"


def test_our_own_customer_under_another_key_is_recognised(full: Bench) -> None:
    outcome = full.post(CUSTOMER, salt="other")
    assert isinstance(outcome, Posted)
    assert outcome.document.external_id == full.links["DYT-D1"]


@pytest.mark.parametrize("document", [INVOICE, NOTE, SALE])
def test_our_own_number_under_another_key_is_recognised(full: Bench, document: Document) -> None:
    outcome = full.post(document, salt="other")
    assert isinstance(outcome, Posted)
    assert outcome.document.external_id == full.links[document.reference]
    assert full.count(document) == 1


def test_a_number_taken_by_something_else_is_a_question(full: Bench) -> None:
    outcome = full.post(changed(INVOICE, due=date(2028, 1, 1)), salt="other")
    assert isinstance(outcome, Rejected)
    assert outcome.code == "number_taken"


def test_a_closed_period_is_rejected_as_such(full: Bench) -> None:
    full.edit(action="lock", date="2026-12-31")
    chart = full.system.chart()
    assert chart.company.locked_through == date(2026, 12, 31)
    assert chart.company.lock_known
    outcome = full.post(changed(INVOICE, reference="DYT-L2"))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "period_closed"


@pytest.mark.parametrize("code", ["610", "2500"])
def test_an_inactive_reference_is_rejected_as_such(full: Bench, code: str) -> None:
    full.switch(inactive_reference=code)
    lines = (Line(purpose="x", amount=Decimal(1), item="424242"),)
    outcome = full.post(changed(INVOICE, reference="DYT-L2", lines=lines))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "inactive_reference"


def test_an_ended_subscription_is_not_the_documents_fault(full: Bench) -> None:
    full.switch(subscription="ended")
    outcome = full.post(changed(INVOICE, reference="DYT-L2"))
    assert isinstance(outcome, Unavailable)
    assert outcome.retry_after_s >= 3600


# ── updates ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Edit:
    document: Document
    after: Document


EDITS = [
    Edit(CUSTOMER, changed(CUSTOMER, name="Ana María O'Hara")),
    Edit(
        INVOICE,
        changed(
            INVOICE,
            due=date(2027, 8, 20),
            memo="",
            lines=(
                *INVOICE.lines,
                Line(purpose="fee", amount=Decimal(5), description="Fee", item=INTEREST),
            ),
        ),
    ),
    Edit(RECEIPT, changed(RECEIPT, total=Decimal(310000), applications=())),
    Edit(NOTE, changed(NOTE, memo="forgiven", day=date(2026, 11, 21))),
    Edit(SALE, changed(SALE, lines=(Line(purpose="r", amount=Decimal(9), item=INTEREST),))),
    Edit(
        APPLICATION,
        changed(APPLICATION, applications=(Application("DYT-L1", Decimal(150)),)),
    ),
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.document.kind.value)
def test_an_update_makes_the_books_say_the_new_content(full: Bench, edit: Edit) -> None:
    was = full.now(edit.document)
    posted = full.posted(edit.after, Operation.UPDATE)
    assert was and posted.external_id == was.external_id
    assert posted.version != was.version
    now = full.now(edit.after)
    assert now is not None
    assert differences(edit.after, now, full.links, descriptions=True, memo=True) == []


def test_an_update_to_and_fro_is_not_answered_from_memory(full: Bench) -> None:
    other = changed(INVOICE, due=date(2027, 8, 20))
    for wanted in (other, INVOICE, other, INVOICE):
        full.posted(wanted, Operation.UPDATE)
        now = full.now(INVOICE)
        assert now is not None
        assert now.due == wanted.due


@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.VOID])
@pytest.mark.parametrize("document", [INVOICE, RECEIPT, NOTE, SALE])
def test_what_a_person_edited_is_drift_and_not_overwritten(
    full: Bench, document: Document, operation: Operation
) -> None:
    full.by_hand("edit", document, set={"date": "2026-11-01"})
    outcome = full.post(document, operation)
    assert isinstance(outcome, Drifted)
    assert outcome.current is not None
    assert outcome.current.day == date(2026, 11, 1)


def test_a_memo_written_by_a_person_is_no_drift(full: Bench) -> None:
    full.by_hand("edit", INVOICE, set={"memo": "called twice"})
    full.posted(changed(INVOICE, due=date(2027, 8, 20)), Operation.UPDATE)


def test_a_note_written_on_a_customer_survives_our_update(full: Bench) -> None:
    external_id = full.links["DYT-D1"]
    notes = "pays on Fridays\nLedger reference: DYT-D1"
    full.system._wire.write(
        "Customer",
        {"Id": external_id, "SyncToken": "0", "sparse": True, "Notes": notes},
        "by-hand",
    )
    posted = full.posted(changed(CUSTOMER, name="Ana"), Operation.UPDATE)
    assert (posted.name, posted.memo) == ("Ana", notes)


def test_an_update_of_what_was_deleted_is_drift_without_a_document(full: Bench) -> None:
    full.by_hand("delete", SALE)
    assert full.post(SALE, Operation.UPDATE) == Drifted(None)


def before_writes(bench: Bench, times: int, change: dict[str, str]) -> Callable[[Call], None]:
    """Somebody edits the invoice just before each of our first writes to it arrives."""
    left = list(range(times))

    def step(call: Call) -> None:
        if "/invoice?" in call.path and left:
            left.pop()
            bench.by_hand("edit", INVOICE, set={**change, "memo": f"edit {len(left)}"})

    return step


LATER = changed(INVOICE, due=date(2027, 8, 20))


def test_a_write_by_somebody_else_in_between_is_sent_again_once(full: Bench) -> None:
    """A 5010 on the first send; only the token and a memo had moved."""
    with full.disturbed(before_writes(full, 1, {})) as bench:
        assert bench.posted(LATER, Operation.UPDATE).due == date(2027, 8, 20)


def test_a_real_edit_in_between_is_drift(full: Bench) -> None:
    with full.disturbed(before_writes(full, 1, {"date": "2026-11-01"})) as bench:
        outcome = bench.post(LATER, Operation.UPDATE)
    assert isinstance(outcome, Drifted)
    assert outcome.current is not None
    assert outcome.current.due == DUE


def test_a_document_that_somebody_keeps_writing_to_is_left_for_later(full: Bench) -> None:
    with full.disturbed(before_writes(full, 9, {})) as bench:
        assert isinstance(bench.post(LATER, Operation.UPDATE), Unavailable)
    now = full.now(INVOICE)
    assert now is not None
    assert now.due == DUE


# ── voids ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", VOIDABLE)
def test_a_void_takes_the_document_back(full: Bench, kind: Kind) -> None:
    if kind in (Kind.INVOICE, Kind.CREDIT_NOTE):
        full.posted(APPLICATION, Operation.VOID)
        full.posted(RECEIPT, Operation.VOID)
    document = of_kind(kind)
    left = full.posted(document, Operation.VOID)
    gone = kind in (Kind.CREDIT_NOTE, Kind.APPLICATION)
    assert left.status is (Status.DELETED if gone else Status.VOIDED)
    found = full.find(document)
    assert found is None if gone else found is not None and found.status is Status.VOIDED


@pytest.mark.parametrize("kind", [Kind.RECEIPT, Kind.SALE, Kind.APPLICATION])
def test_a_void_of_what_is_gone_already_is_posted(full: Bench, kind: Kind) -> None:
    document = of_kind(kind)
    full.by_hand("delete", document)
    assert full.posted(document, Operation.VOID).status is Status.DELETED


def test_a_void_of_what_is_void_already_is_posted_without_a_write(full: Bench) -> None:
    full.by_hand("void", RECEIPT)
    calls = full.system.calls().total
    assert full.posted(RECEIPT, Operation.VOID).status is Status.VOIDED
    assert full.system.calls().total == calls + 1


def test_voids_read_a_hundred_documents_in_one_call(bench: Bench) -> None:
    bench.posted(CUSTOMER)
    receipts = [
        changed(RECEIPT, reference=f"DYT-P{n}", applications=(), day=DAY) for n in range(60)
    ]
    for outcome, receipt in zip(
        bench.system.post([bench.outgoing(r) for r in receipts]), receipts, strict=True
    ):
        assert isinstance(outcome, Posted)
        bench.remember(receipt, outcome.document)
    calls = bench.system.calls()
    outcomes = bench.system.post([bench.outgoing(r, Operation.VOID) for r in receipts])
    assert all(isinstance(outcome, Posted) for outcome in outcomes)
    assert bench.system.calls().total - calls.total == 61
    assert bench.system.calls().metered - calls.metered == 1


def test_a_lost_void_is_in_doubt_and_its_document_is_void(full: Bench) -> None:
    full.fault("reset", method="POST", path="include=void")
    assert isinstance(full.post(RECEIPT, Operation.VOID), InDoubt)
    now = full.now(RECEIPT)
    assert now is not None
    assert now.status is Status.VOIDED
