"""Charts, searches, listings and the change feed, against the sandbox."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from bridge.clock import ManualClock, SystemClock
from bridge.core.books import Customer, Document, Kind, PostedDocument, Several, Status
from bridge.core.delivery import Operation, Posted
from bridge.credentials import MemoryCredentials
from bridge.errors import LoginRequired, TryLater
from bridge.systems.budget import Budget
from bridge.systems.quickbooks import changes as feed
from bridge.systems.quickbooks import queries
from bridge.systems.quickbooks.adapter import QuickBooks
from tests.systems.quickbooks.bench import (
    APPLICATION,
    CUSTOMER,
    DAY,
    EACH,
    INVOICE,
    NOTE,
    REALM,
    RECEIPT,
    SALE,
    Bench,
    benches,
    settings_for,
)

KINDS = list(Kind)


def changed(document: Document, **fields: object) -> Document:
    return msgspec.structs.replace(document, **fields)


def by_number(documents: list[PostedDocument] | tuple[PostedDocument, ...]) -> set[str]:
    return {document.number for document in documents if document.number}


# ── the chart ────────────────────────────────────────────────────────────────────────────────


def test_the_chart_names_what_a_mapping_needs(full: Bench) -> None:
    chart = full.system.chart()
    assert chart.company.id == REALM
    assert chart.company.home_currency == "COP"
    assert chart.company.currencies == ("COP", "MXN", "USD")
    accounts = {account.name: account for account in chart.accounts}
    clearing = accounts["Loan clearing"]
    assert (clearing.classification, clearing.number) == ("asset", "1310")
    receivable = [account for account in chart.accounts if account.role == "receivable"]
    assert [account.balance for account in receivable] == [Decimal("899600.50")]
    items = {item.name: item.account_id for item in chart.items}
    assert items["Loan principal"] == clearing.id
    assert {"tax_code", "payment_method", "term"} <= set(chart.lists)


def test_a_run_with_nothing_to_do_costs_at_most_five_calls(full: Bench) -> None:
    cursor = full.system.cursor()
    with benches_on(full) as fresh:
        fresh.system.chart()
        fresh.system.changes(KINDS, cursor)
        fresh.system.cursor()
        fresh.system.chart()
        assert fresh.system.calls().total <= 5
        assert fresh.system.calls().metered <= 5


def test_the_chart_read_again_has_fresh_balances_and_asks_once(full: Bench) -> None:
    full.posted(changed(INVOICE, reference="DYT-L2"))
    calls = full.system.calls().total
    full.edit(action="lock", date="2026-10-31")
    chart = full.system.chart()
    assert full.system.calls().total == calls + 1
    assert chart.company.locked_through == date(2026, 10, 31)
    assert len(chart.items) > 5
    (receivable,) = (account for account in chart.accounts if account.role == "receivable")
    assert receivable.balance == Decimal("2099601.00")


def test_a_list_that_fills_its_share_is_read_by_itself(full: Bench) -> None:
    for n in range(70):
        full.system._wire.write("PaymentMethod", {"Name": f"Collector {n}"}, f"pm{n}")
    with benches_on(full) as fresh:
        assert len(fresh.system.chart().lists["payment_method"]) == 75


def test_probes_write_nothing_and_advise(full: Bench) -> None:
    full.switch(auto_apply_credit=True)
    books = full.control("GET", "quickbooks/books")
    found = {topic: (finding, advice) for topic, finding, advice in full.system.probes()}
    assert full.control("GET", "quickbooks/books") == books
    assert found["document numbers"] == ("our own", "")
    assert found["lock date"][0] == "not told"
    assert "Switch it off" in found["automatic application of credits"][1]
    assert found["items on asset accounts"] == ("2 found", "")


# ── finding ──────────────────────────────────────────────────────────────────────────────────


def test_a_reference_that_is_not_there_is_left_out(full: Bench) -> None:
    for document in EACH:
        other = changed(document, reference=f"{document.reference}9", **_named(document))
        assert full.find(other) is None


def _named(document: Document) -> dict[str, str]:
    return {"name": "Nobody"} if isinstance(document, Customer) else {}


@pytest.mark.parametrize("kind", ["500", "503", "html", "reset", "429"])
def test_trouble_while_finding_is_never_absence(full: Bench, kind: str) -> None:
    clock = ManualClock(SystemClock().now())
    system = QuickBooks(full.settings, MemoryCredentials(), clock, jitter=lambda: 0)
    system.chart()
    full.fault(kind, "before", count=9, method="POST", path="/query")
    with closing(system), pytest.raises(TryLater):
        system.find(Kind.INVOICE, [INVOICE], full.links)


def test_a_reference_in_the_notes_is_not_one_that_begins_alike(full: Bench) -> None:
    longer = changed(CUSTOMER, reference="DYT-D10", name="Ana Ten")
    full.posted(longer)
    assert full.find(changed(CUSTOMER, name="Ana Ten")) is None
    found = full.find(longer)
    assert found is not None
    assert found.number == "DYT-D10"


def test_an_inactive_customer_is_found_under_its_changed_name(full: Bench) -> None:
    full.edit(action="inactivate", kind="customer", name=CUSTOMER.name)
    found = full.find(CUSTOMER)
    assert found is not None
    assert found.status is Status.VOIDED


def add_receipt(bench: Bench, customer: str) -> None:
    wish = {"number": "DYT-P1", "customer": customer, "amount": "5", "date": "2026-11-20"}
    bench.edit(action="add", kind="receipt", **wish)


def test_two_live_receipts_of_one_reference_are_a_question(full: Bench) -> None:
    add_receipt(full, CUSTOMER.name)
    found = full.system.find(RECEIPT.kind, [RECEIPT], full.links)[RECEIPT.reference]
    assert isinstance(found, Several)
    assert full.links["DYT-P1"] in found.ids.split(", ")
    assert len(found.documents) == 2


def test_a_namesake_receipt_of_another_customer_does_not_hide_ours(full: Bench) -> None:
    add_receipt(full, "Somebody")
    found = full.find(RECEIPT)
    assert found is not None
    assert found.external_id == full.links["DYT-P1"]


def test_a_receipt_moved_to_another_customer_is_still_ours(full: Bench) -> None:
    other = changed(CUSTOMER, reference="DYT-D2", name="Beto")
    full.posted(other)
    full.by_hand("edit", RECEIPT, set={"customer": "Beto"})
    found = full.find(RECEIPT)
    assert found is not None
    assert found.customer_id == full.links["DYT-D2"]


def test_a_live_document_is_found_before_a_voided_one_of_its_number(full: Bench) -> None:
    full.by_hand("void", RECEIPT)
    again = full.posted(changed(RECEIPT, memo="second"))
    found = full.find(RECEIPT)
    assert found is not None
    assert found.external_id == again.external_id


def test_many_references_are_found_in_few_calls(bench: Bench) -> None:
    people = [changed(CUSTOMER, reference=f"DYT-D{n}", name=f"D'Arc {n}") for n in range(120)]
    outcomes = bench.system.post([bench.outgoing(person) for person in people])
    assert all(isinstance(outcome, Posted) for outcome in outcomes)
    calls = bench.system.calls().total
    assert len(bench.system.find(Kind.CUSTOMER, people, {})) == 120
    assert bench.system.calls().total == calls + 3


# ── reading everything ───────────────────────────────────────────────────────────────────────


def test_reading_everything_gives_each_document_once(full: Bench) -> None:
    documents = list(full.system.read(KINDS))
    assert by_number(documents) == {document.reference for document in EACH}
    kinds = {document.number: document.kind for document in documents if document.number}
    assert kinds == {document.reference: document.kind for document in EACH}


def test_receipts_alone_leave_applications_out(full: Bench) -> None:
    assert by_number(list(full.system.read([Kind.RECEIPT]))) == {"DYT-P1"}
    assert by_number(list(full.system.read([Kind.APPLICATION]))) == {"DYT-A1"}


def test_pages_beyond_a_thousand_are_read_to_the_end() -> None:
    with benches(mode="backfill") as bench:
        bench.posted(CUSTOMER)
        receipts = [changed(RECEIPT, reference=f"DYT-P{n}", applications=()) for n in range(2005)]
        for start in range(0, len(receipts), 120):
            part = receipts[start : start + 120]
            bench.system.post([bench.outgoing(receipt) for receipt in part])
        calls = bench.system.calls().total
        read = [document.number for document in bench.system.read([Kind.RECEIPT])]
        assert sorted(read) == sorted(receipt.reference for receipt in receipts)
        assert bench.system.calls().total == calls + 3


def test_rows_that_vanish_while_paging_are_noticed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 12)
    bench.posted(CUSTOMER)
    receipts = [changed(RECEIPT, reference=f"DYT-P{n}", applications=()) for n in range(30)]
    for receipt in receipts:
        bench.posted(receipt)
    reading = bench.system.read([Kind.RECEIPT])
    for _ in range(12):
        next(reading)
    for receipt in receipts[:12]:
        bench.by_hand("delete", receipt)
    with pytest.raises(TryLater, match="removed"):
        list(reading)


# ── the change feed ──────────────────────────────────────────────────────────────────────────


def test_the_feed_tells_what_was_written_edited_voided_and_deleted(full: Bench) -> None:
    cursor = full.system.cursor()
    full.by_hand("edit", INVOICE, set={"due": "2028-01-01"})
    full.by_hand("void", RECEIPT)
    full.by_hand("delete", SALE)
    moved = full.system.changes(KINDS, cursor)
    assert moved.complete
    found = {document.external_id: document for document in moved.documents}
    assert found[full.links["DYT-L1"]].due == date(2028, 1, 1)
    assert found[full.links["DYT-P1"]].status is Status.VOIDED
    assert found[full.links["DYT-V1"]].status is Status.DELETED
    assert moved.cursor >= cursor


def test_answers_that_never_tell_the_time_give_no_cursor(full: Bench) -> None:
    """It ended in an error of ours: there was nothing to begin from the next time."""
    lie = {"kind": "lie", "field": "time", "how": "drop", "count": 0, "match": {"path": "/"}}
    full.control("POST", "faults", {"system": "quickbooks", **lie})
    with full.disturbed() as other, pytest.raises(TryLater, match="tell when"):
        other.system.cursor()


def test_a_deleted_payment_is_told_for_each_kind_it_may_have_been(full: Bench) -> None:
    cursor = full.system.cursor()
    full.by_hand("delete", APPLICATION)
    moved = full.system.changes(KINDS, cursor)
    gone = {
        (document.kind, document.external_id)
        for document in moved.documents
        if document.status is Status.DELETED
    }
    external_id = full.links["DYT-A1"]
    assert gone == {(Kind.RECEIPT, external_id), (Kind.APPLICATION, external_id)}


def test_a_cursor_from_too_long_ago_asks_for_a_full_reading(full: Bench) -> None:
    calls = full.system.calls().total
    old = full.system._clock.now() - timedelta(days=feed.DAYS, hours=1)
    assert not full.system.changes(KINDS, old.isoformat()).complete
    assert full.system.calls().total == calls


def test_a_full_answer_is_asked_again_by_entity_and_then_not_trusted(full: Bench) -> None:
    cursor = full.system.cursor()
    for start in range(0, 1100, 100):
        receipts = [
            changed(RECEIPT, reference=f"DYT-P{n}", applications=())
            for n in range(start + 10, start + 110)
        ]
        full.system.post([full.outgoing(receipt) for receipt in receipts])
    assert not full.system.changes([Kind.CUSTOMER, Kind.RECEIPT], cursor).complete
    assert full.system.changes([Kind.CUSTOMER, Kind.INVOICE], cursor).complete


# ── the rest ─────────────────────────────────────────────────────────────────────────────────


def test_fetch_leaves_out_what_is_gone(full: Bench) -> None:
    full.posted(APPLICATION, Operation.VOID)
    full.posted(NOTE, Operation.VOID)
    ids = [full.links["DYT-K1"], "987654"]
    assert full.system.fetch(Kind.CREDIT_NOTE, ids) == {}


def test_a_rate_is_asked_for_once(full: Bench) -> None:
    assert full.system.rate("COP", DAY) == 1
    first = full.system.rate("USD", DAY)
    calls = full.system.calls().total
    assert full.system.rate("USD", DAY) == first
    assert full.system.calls().total == calls


def test_a_currency_that_the_company_has_not_got_has_no_rate(full: Bench) -> None:
    calls = full.system.calls().total
    assert full.system.rate("EUR", DAY) is None
    assert full.system.calls().total == calls


def test_a_wrong_company_needs_a_login(bench: Bench) -> None:
    settings = settings_for(bench.url, company_id="999")
    other = Bench(bench.url, settings)
    with pytest.raises(LoginRequired):
        other.system.chart()
    other.system.close()


def test_a_wrong_fixed_token_needs_a_login(bench: Bench) -> None:
    other = Bench(bench.url, settings_for(bench.url, access_token="nonsense"))
    with pytest.raises(LoginRequired):
        other.system.chart()
    other.system.close()


def test_a_used_up_budget_stops_reads_and_leaves_writes_alone(bench: Bench) -> None:
    other = Bench(bench.url, settings_for(bench.url, budget=Budget(per_day=3)))
    other.posted(CUSTOMER)
    other.find(CUSTOMER)
    with pytest.raises(TryLater, match="budget of 3"):
        other.find(CUSTOMER)
    other.posted(changed(CUSTOMER, reference="DYT-D2", name="Beto"))
    other.system.close()


def benches_on(bench: Bench) -> _Another:
    return _Another(bench)


class _Another:
    """A second adapter on the same company, as after a restart."""

    def __init__(self, bench: Bench) -> None:
        self._bench = Bench(bench.url, bench.settings)

    def __enter__(self) -> Bench:
        return self._bench

    def __exit__(self, *_: object) -> None:
        self._bench.system.close()
