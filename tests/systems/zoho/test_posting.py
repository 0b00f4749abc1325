"""Posting and finding every kind, against the sandbox's real books."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bridge.core.books import Customer, Document, Invoice, Kind, Several
from bridge.core.change.matching import differences
from bridge.core.delivery import InDoubt, Operation, Posted, Rejected, Unavailable
from tests.systems.zoho.bench import CUSTOMER, Bench, benches, changed

KINDS = list(Kind)
WITHOUT_OWN_RULE = [Kind.RECEIPT, Kind.SALE]
"""Kinds of which Zoho takes two of the same number without a word."""


def before(bench: Bench, kind: Kind) -> Document:
    """The document of that kind, after posting what it depends on."""
    for document in bench.docs.each:
        if document.kind is kind:
            return document
        bench.posted(document)
    raise AssertionError(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_posted_is_what_the_books_hold(full: Bench, kind: Kind) -> None:
    document = full.docs.of(kind)
    found, fetched = full.find(document), full.now(document)
    assert found is not None
    assert found == fetched
    assert differences(document, found, full.links, descriptions=True, memo=True) == []


def test_the_books_balance_and_say_what_is_owed(full: Bench) -> None:
    invoice, receipt, note = (
        full.now(document) for document in (full.docs.invoice, full.docs.receipt, full.docs.note)
    )
    assert invoice and receipt and note
    assert invoice.open == Decimal("949600.50")
    assert receipt.open == Decimal(50000)
    assert note.open == 0
    books = full.control("GET", "zoho/books")
    assert books["trial_balance"]["debits"] == books["trial_balance"]["credits"]
    accounts = {account["name"]: Decimal(account["balance"]) for account in books["accounts"]}
    assert accounts["Loan clearing"] == Decimal("-1000000.50")
    assert accounts["Bad debts"] == Decimal(400)
    assert accounts["Recovery of written-off loans"] == Decimal("-75.25")


# ── lost replies ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lag_s", [0, 45])
@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_reply_is_in_doubt_and_the_document_is_found_in_the_end(
    kind: Kind, lag_s: int
) -> None:
    with benches(lag_s=60) as bench:
        document = before(bench, kind)
        bench.switch(read_lag_s=lag_s)
        bench.fault("reset", method="POST")
        assert isinstance(bench.post(document), InDoubt)
        found = bench.find(document)
        assert found is not None
        assert differences(document, found, bench.links) == []
        assert bench.count(document) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_never_arrived_is_absent_only_after_the_lag(kind: Kind) -> None:
    with benches(lag_s=60) as bench:
        document = before(bench, kind)
        bench.fault("reset", when="before", method="POST")
        assert isinstance(bench.post(document), InDoubt)
        asked_at = bench.clock.monotonic()
        assert bench.find(document) is None
        assert bench.clock.monotonic() - asked_at >= 60
        assert isinstance(bench.post(document), Posted)
        assert bench.count(document) == 1


@pytest.mark.parametrize("kind", WITHOUT_OWN_RULE)
def test_a_process_that_was_restarted_waits_as_if_the_write_had_just_left(kind: Kind) -> None:
    with benches(lag_s=60) as bench:
        document = before(bench, kind)
        bench.switch(read_lag_s=45)
        bench.fault("reset", method="POST")
        assert isinstance(bench.post(document), InDoubt)
        with bench.disturbed() as restarted:
            assert restarted.find(document) is not None


@pytest.mark.parametrize("kind", ["500", "503", "html", "reset"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_trouble_on_a_write_is_in_doubt_and_is_not_sent_again(
    full: Bench, kind: str, when: str
) -> None:
    receipt = changed(full.docs.receipt, reference="DYT-P2", applications=())
    full.fault(kind, when, method="POST", path="/customerpayments")
    assert isinstance(full.post(receipt), InDoubt)
    assert full.count(receipt) == (when == "after")


# ── drafts ───────────────────────────────────────────────────────────────────────────────────


def some_invoices(bench: Bench, count: int) -> list[Document]:
    bench.posted(CUSTOMER)
    return [changed(bench.docs.invoice, reference=f"DYT-L{n}") for n in range(1, count + 1)]


def statuses(bench: Bench) -> set[str]:
    return {d["status"] for d in bench.control("GET", "zoho/books")["documents"]}


def test_a_hundred_invoices_cost_a_hundred_and_two_calls_and_no_draft_stays(
    bench: Bench,
) -> None:
    invoices = some_invoices(bench, 100)
    calls = bench.system.calls().total
    outcomes = bench.system.post([bench.outgoing(invoice) for invoice in invoices])
    assert all(isinstance(outcome, Posted) for outcome in outcomes)
    assert bench.system.calls().total - calls == 102
    assert "draft" not in statuses(bench)


@pytest.mark.parametrize("kind", ["reset", "500", "html", "429"])
@pytest.mark.parametrize("count", [1, 3])
def test_a_marking_that_fails_once_is_made_up_for(bench: Bench, kind: str, count: int) -> None:
    invoices = some_invoices(bench, count)
    bench.fault(kind, "before", method="POST", path="status/sent")
    outcomes = bench.system.post([bench.outgoing(invoice) for invoice in invoices])
    assert all(isinstance(outcome, Posted) for outcome in outcomes), outcomes
    assert "draft" not in statuses(bench)


def test_a_marking_that_stays_lost_leaves_doubt_and_looking_finishes_it(bench: Bench) -> None:
    invoices = some_invoices(bench, 5)
    bench.fault("reset", "before", count=3, method="POST", path="status/sent")
    outcomes = bench.system.post([bench.outgoing(invoice) for invoice in invoices])
    assert all(isinstance(outcome, InDoubt) for outcome in outcomes)
    assert "draft" in statuses(bench)
    assert len(bench.system.find(Kind.INVOICE, invoices, bench.links)) == 5
    assert "draft" not in statuses(bench)


def test_a_draft_of_ours_is_taken_up_by_the_next_post(bench: Bench) -> None:
    (invoice,) = some_invoices(bench, 1)
    bench.fault("reset", "before", count=3, method="POST", path="status/sent")
    assert isinstance(bench.post(invoice), InDoubt)
    bench.posted(invoice)
    assert bench.count(invoice) == 1
    assert "draft" not in statuses(bench)


def test_a_draft_with_other_content_is_left_out_and_is_a_question(bench: Bench) -> None:
    (invoice,) = some_invoices(bench, 1)
    bench.fault("reset", "before", count=3, method="POST", path="status/sent")
    assert isinstance(bench.post(invoice), InDoubt)
    other = changed(invoice, due=date(2028, 1, 1))
    assert bench.find(other) is None
    outcome = bench.post(other)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "number_taken"
    assert statuses(bench) == {"draft"}


def test_a_draft_whose_month_is_locked_meanwhile_holds_nothing_else_up(bench: Bench) -> None:
    """It can neither be finished nor taken away: it is refused, and taken up when it is open."""
    first, second = some_invoices(bench, 2)
    bench.fault("reset", "before", count=3, method="POST", path="status/sent")
    assert isinstance(bench.post(first), InDoubt)
    bench.edit(action="lock", date="2027-12-31")
    assert bench.find(first) is None
    outcome = bench.post(first)
    assert isinstance(outcome, Rejected)
    assert statuses(bench) == {"draft"}
    bench.edit(action="lock", date=None)
    bench.posted(first)
    bench.posted(second)
    assert bench.count(first) == 1
    assert "draft" not in statuses(bench)


# ── refusals ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "path"), [("500", "/organizations"), ("429", "/organizations"), ("500", "/contacts")]
)
def test_what_cannot_be_asked_before_a_write_is_tried_again_after_a_wait(
    bench: Bench, kind: str, path: str
) -> None:
    """Never at once, also where nobody says how long: that would be every pass at full speed. One
    document about which nothing is told waits for the next pass by itself."""
    customer = bench.posted(CUSTOMER)
    bench.remember(CUSTOMER, customer)
    bench.fault(kind, "before", count=20, method="GET", path=path)
    with bench.disturbed() as other:
        outcome = other.post(changed(CUSTOMER, name="Otro nombre"), Operation.UPDATE)
    assert isinstance(outcome, Unavailable), outcome
    assert outcome.this_pass == (path != "/contacts")
    assert not outcome.this_pass or outcome.retry_after_s >= 5


def test_a_refusal_for_rate_is_unavailable_and_holds_back_the_rest(bench: Bench) -> None:
    bench.fault("429", "before", method="POST", path="/contacts")
    customers = [changed(CUSTOMER, reference=f"DYT-D{n}", name=f"Somebody {n}") for n in range(20)]
    outcomes = bench.system.post([bench.outgoing(customer) for customer in customers])
    assert all(isinstance(outcome, Posted | Unavailable) for outcome in outcomes)
    held = [outcome for outcome in outcomes if isinstance(outcome, Unavailable)]
    assert held
    assert bench.system.calls().throttled == 1


def test_a_failing_document_does_not_cost_another_its_outcome(full: Bench) -> None:
    good = [changed(full.docs.invoice, reference=f"DYT-L{n}") for n in (2, 3, 4)]
    lines = (changed(full.docs.invoice.lines[0], item="999"),)
    bad = changed(full.docs.invoice, reference="DYT-L5", lines=lines)
    outcomes = full.system.post([full.outgoing(d) for d in (good[0], bad, *good[1:])])
    assert [type(outcome) for outcome in outcomes] == [Posted, Rejected, Posted, Posted]
    assert isinstance(outcomes[1], Rejected)
    assert outcomes[1].code in {"inactive_reference", "gone"}


def test_more_than_the_balance_due_is_refused(full: Bench) -> None:
    receipt = changed(full.docs.receipt, reference="DYT-P2", total=Decimal(9000000))
    application = changed(receipt.applications[0], amount=Decimal(9000000))
    outcome = full.post(changed(receipt, applications=(application,)))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "over_applied"


def test_money_that_was_applied_before_is_recognised_by_its_reference(bench: Bench) -> None:
    before(bench, Kind.RECEIPT)
    receipt = bench.docs.receipt
    whole = changed(receipt, total=Decimal("1200000.50"))
    application = changed(receipt.applications[0], amount=Decimal("1200000.50"))
    whole = changed(whole, applications=(application,))
    first = bench.posted(whole)
    assert bench.posted(whole).external_id == first.external_id
    assert bench.count(receipt) == 1


def test_a_namesake_is_not_taken_for_our_customer(full: Bench) -> None:
    namesake = changed(CUSTOMER, reference="DYT-D2")
    assert full.find(namesake) is None
    outcome = full.post(namesake)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "name_taken"


@pytest.mark.parametrize("kind", [Kind.CUSTOMER, Kind.INVOICE, Kind.CREDIT_NOTE, Kind.APPLICATION])
def test_what_is_there_already_is_recognised(full: Bench, kind: Kind) -> None:
    document = full.docs.of(kind)
    if kind is Kind.CREDIT_NOTE:
        assert isinstance(full.post(document), Posted)
    assert full.posted(document).external_id == full.links[document.reference]
    assert full.count(document) == 1


@pytest.mark.parametrize("kind", [Kind.INVOICE, Kind.CREDIT_NOTE])
def test_a_number_taken_by_something_else_is_a_question(full: Bench, kind: Kind) -> None:
    outcome = full.post(changed(full.docs.of(kind), day=date(2026, 1, 1)))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "number_taken"


def test_two_payments_with_one_reference_are_a_question(full: Bench) -> None:
    receipt = changed(full.docs.receipt, applications=(), total=Decimal(1))
    full.posted(receipt)
    found = full.system.find(Kind.RECEIPT, [full.docs.receipt], full.links)["DYT-P1"]
    assert isinstance(found, Several)
    assert full.links["DYT-P1"] in found.ids.split(", ")
    assert len(found.documents) == 2


def test_a_credit_note_is_not_used_twice(full: Bench) -> None:
    other = changed(full.docs.application.applications[0], amount=Decimal(100))
    outcome = full.post(changed(full.docs.application, applications=(other,)))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "credit_used_up"


def test_a_closed_period_is_rejected_as_such(full: Bench) -> None:
    full.edit(action="lock", date="2026-12-31")
    chart = full.system.chart()
    assert chart.company.locked_through == date(2026, 12, 31)
    assert chart.company.lock_known
    outcome = full.post(changed(full.docs.invoice, reference="DYT-L2"))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "period_closed"


# ── foreign currency ─────────────────────────────────────────────────────────────────────────


def dollars(bench: Bench) -> tuple[Customer, Invoice]:
    customer = changed(CUSTOMER, reference="DYT-D1USD", name="Ana (USD)", currency="USD")
    invoice = changed(
        bench.docs.invoice,
        reference="DYT-L8",
        customer="DYT-D1USD",
        currency="USD",
        rate=Decimal("4123.4567"),
        lines=(bench.docs.line("Loan principal", "10.55"),),
    )
    return customer, invoice


def test_a_foreign_document_carries_its_rate(bench: Bench) -> None:
    customer, invoice = dollars(bench)
    assert bench.posted(customer).currency == "USD"
    posted = bench.posted(invoice)
    assert (posted.currency, posted.rate) == ("USD", Decimal("4123.4567"))
    assert posted.total == Decimal("10.55")


def test_every_kind_of_foreign_document_comes_back_with_its_rate(bench: Bench) -> None:
    customer, invoice = dollars(bench)
    more = {"customer": "DYT-D1USD", "currency": "USD", "rate": Decimal("4100.5")}
    five = bench.docs.line("Bad debt write-off", "5")
    bank = bench.docs.account["Bank USD"]
    note = changed(bench.docs.note, lines=(five,), **more)
    application = changed(
        bench.docs.application,
        applications=(
            changed(bench.docs.application.applications[0], invoice="DYT-L8", amount=Decimal(5)),
        ),
        **more,
    )
    receipt = changed(
        bench.docs.receipt,
        applications=(
            changed(bench.docs.receipt.applications[0], invoice="DYT-L8", amount=Decimal("5.55")),
        ),
        total=Decimal("5.55"),
        deposit_account=bank,
        **more,
    )
    sale = changed(bench.docs.sale, deposit_account=bank, **more)
    for document in (customer, invoice, note, application, receipt, sale):
        bench.posted(document)
        now = bench.now(document)
        assert now is not None
        assert differences(document, now, bench.links) == [], document.kind
    books = bench.control("GET", "zoho/books")
    assert books["trial_balance"]["debits"] == books["trial_balance"]["credits"]


def test_a_foreign_document_without_a_rate_never_leaves(bench: Bench) -> None:
    customer, invoice = dollars(bench)
    bench.posted(customer)
    calls = bench.system.calls().total
    outcome = bench.post(changed(invoice, rate=None))
    assert isinstance(outcome, Rejected)
    assert outcome.code == "no_rate"
    assert bench.system.calls().total == calls


def test_an_amount_finer_than_zoho_keeps_never_leaves(bench: Bench) -> None:
    bench.switch(price_precision=0)
    with bench.disturbed() as other:
        other.posted(CUSTOMER)
        outcome = other.post(other.docs.invoice)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "amount_precision"
