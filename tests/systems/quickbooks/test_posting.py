"""Posting and finding every kind, against the sandbox's real books."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from bridge.core.books import Document, Kind, Line
from bridge.core.change.matching import differences
from bridge.core.delivery import AMBIGUOUS, InDoubt, Posted, Rejected, Unavailable
from tests.systems.quickbooks.bench import (
    CUSTOMER,
    EACH,
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


def test_batches_are_on_their_way_together() -> None:
    """A batch takes seconds; one after another they would use a quarter of what is allowed."""
    together = threading.Barrier(3)

    def waits_for_the_others(call: Call) -> None:
        if b"BatchItemRequest" in call.body and b"create" in call.body:
            together.wait(60)

    with benches(mode="backfill", batch_size=10) as bench:
        bench.posted(CUSTOMER)
        invoices = [changed(INVOICE, reference=f"DYT-L{n}") for n in range(1, 31)]
        settings = {"mode": "backfill", "batch_size": 10, "parallel": 3}
        with bench.disturbed(before=waits_for_the_others, **settings) as other:
            outcomes = other.system.post([other.outgoing(each) for each in invoices])
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


@pytest.mark.parametrize("frees_name", [True, False])
def test_our_own_customer_made_inactive_is_not_taken_for_the_one_that_has_the_name(
    full: Bench, frees_name: bool
) -> None:
    """Nothing can be posted to an inactive one: what has the name is a question."""
    full.switch(inactive_frees_name=frees_name)
    full.edit(action="inactivate", kind="customer", name=CUSTOMER.name)
    if frees_name:
        full.edit(action="add", kind="customer", name=CUSTOMER.name)
    outcome = full.post(CUSTOMER, salt="other")
    assert isinstance(outcome, Rejected), outcome
    assert outcome.code == "name_taken"


def test_two_customers_with_our_reference_and_the_name_are_a_question(full: Bench) -> None:
    """The name of the second is as QuickBooks writes it of an inactive one; it is active."""
    second = changed(CUSTOMER, name=f"{CUSTOMER.name} (deleted)")
    full.post(second, salt="second")
    outcome = full.post(CUSTOMER, salt="other")
    assert isinstance(outcome, Rejected), outcome
    assert outcome.code == AMBIGUOUS


@pytest.mark.parametrize(
    ("document", "path"), [(INVOICE, "/invoice?"), (NOTE, "/creditmemo?"), (SALE, "/salesreceipt?")]
)
def test_a_name_that_is_said_to_be_taken_refuses_a_document_that_has_none(
    full: Bench, document: Document, path: str
) -> None:
    """A code that nobody expects there is a refusal like others, with the product's words."""
    said = {"code": "6240", "text": "Duplicate Name Exists Error", "status": 400}
    fault = {"system": "quickbooks", "kind": "refuse", "when": "before", "count": 1, **said}
    full.control("POST", "faults", {**fault, "match": {"method": "POST", "path": path}})
    outcome = full.post(changed(document, reference="DYT-X9"))
    assert isinstance(outcome, Rejected), outcome
    assert outcome.code == "name_taken"
    assert "Duplicate Name" in outcome.reason


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


def test_after_a_batch_that_could_not_be_sent_none_is_tried() -> None:
    with benches(mode="backfill", batch_size=1, parallel=1) as bench:
        bench.posted(CUSTOMER)
        several = [changed(INVOICE, reference=f"DYT-L{n}") for n in range(1, 4)]
        bench.fault("429", "before", path="/batch")
        outcomes = bench.system.post([bench.outgoing(each) for each in several])
        assert [type(each) for each in outcomes] == [Unavailable] * 3
        assert [bench.count(each) for each in several] == [0, 0, 0]


@pytest.mark.parametrize(("currency", "same"), [("COP", True), ("USD", False)])
def test_a_customer_with_our_reference_and_name_is_ours_only_in_its_currency(
    bench: Bench, currency: str, same: bool
) -> None:
    bench.posted(CUSTOMER)
    outcome = bench.post(changed(CUSTOMER, currency=currency), salt="again")
    assert isinstance(outcome, Posted if same else Rejected), outcome
