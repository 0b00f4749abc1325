"""Reading everything, in pages and with noise; charts, rates, limits and probes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import requests

from bridge.clock import ManualClock
from bridge.core.books import Kind, PostedDocument, Status
from bridge.core.change.matching import differences, drift
from bridge.core.delivery import Operation, Posted
from bridge.credentials import MemoryCredentials
from bridge.errors import LoginRequired, TryLater
from bridge.systems.transport import to_json
from bridge.systems.zoho.adapter import ZohoBooks
from bridge.systems.zoho.wire import INVOICES
from tests.systems.servers import Answered, Call, http_server
from tests.systems.zoho.bench import CUSTOMER, Bench, benches, changed, settings_for

KINDS = list(Kind)


def ours(bench: Bench, kind: Kind) -> list[PostedDocument]:
    known = bench.links[bench.docs.of(kind).reference]
    return [d for d in bench.system.read([kind]) if d.external_id == known]


# ── everything ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("noise", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_listing_shows_no_change_where_there_is_none(
    full: Bench, kind: Kind, noise: bool
) -> None:
    full.switch(type_noise=noise)
    document = full.docs.of(kind)
    (listed,) = ours(full, kind)
    posted = full.bound[document.reference].posted
    assert posted is not None
    assert drift(posted, listed) == []
    assert differences(document, listed, full.links) == []


@pytest.mark.parametrize("duplicates", [False, True])
def test_every_document_is_read_once_over_many_pages(bench: Bench, duplicates: bool) -> None:
    people = [changed(CUSTOMER, reference=f"DYT-D{n}", name=f"Somebody {n}") for n in range(450)]
    for start in range(0, 450, 100):
        batch = [bench.outgoing(person) for person in people[start : start + 100]]
        assert all(isinstance(outcome, Posted) for outcome in bench.system.post(batch))
    bench.switch(duplicate_rows=duplicates)
    names = [d.name for d in bench.system.read([Kind.CUSTOMER]) if d.name.startswith("Some")]
    assert sorted(names) == sorted(person.name for person in people)


def test_voided_documents_are_read_with_their_status_and_deleted_ones_are_not(
    full: Bench,
) -> None:
    for document in (full.docs.application, full.docs.receipt, full.docs.note, full.docs.invoice):
        full.posted(document, Operation.VOID)
    kinds = [Kind.INVOICE, Kind.CREDIT_NOTE, Kind.RECEIPT, Kind.APPLICATION]
    assert [(d.kind, d.status) for d in full.system.read(kinds)] == [
        (Kind.INVOICE, Status.VOIDED),
        (Kind.CREDIT_NOTE, Status.VOIDED),
    ]


def test_a_listing_serves_both_kinds_that_are_in_it(full: Bench) -> None:
    calls = full.system.calls().total
    found = list(full.system.read([Kind.CREDIT_NOTE, Kind.APPLICATION]))
    assert [d.kind for d in found] == [Kind.CREDIT_NOTE, Kind.APPLICATION]
    assert full.system.calls().total - calls == 1


def test_a_bookkeepers_own_journal_is_no_recovery(full: Bench) -> None:
    full.edit(
        action="add",
        kind="journal",
        number="J-1x",
        date="2026-11-02",
        lines=[
            {"account": "Bank COP", "debit": "9"},
            {"account": "Opening balances", "credit": "9"},
        ],
    )
    assert [d.number for d in full.system.read([Kind.SALE])] == ["DYT-V1"]


def test_there_is_no_feed_so_everything_has_to_be_read(full: Bench) -> None:
    calls = full.system.calls().total
    changes = full.system.changes(KINDS, full.system.cursor())
    assert not changes.complete
    assert full.system.calls().total == calls
    assert full.system.capabilities.change_feed_days == 0


def test_fetch_leaves_out_what_is_gone(full: Bench) -> None:
    full.by_hand("delete", full.docs.receipt)
    found = full.system.fetch(Kind.RECEIPT, [full.links["DYT-P1"], "999"])
    assert found == {}


# ── looking up ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("filters", ["substring", "exact"])
@pytest.mark.parametrize("count", [1, 5])
def test_what_merely_begins_alike_is_not_found(full: Bench, filters: str, count: int) -> None:
    full.switch(loose_filters=filters)
    longer = [changed(full.docs.invoice, reference=f"DYT-L1{n}") for n in range(count)]
    assert full.find(changed(full.docs.invoice, reference="DYT-L")) is None
    assert full.system.find(Kind.INVOICE, longer, full.links) == {}
    for invoice in longer:
        full.posted(invoice)
    found = full.system.find(Kind.INVOICE, [full.docs.invoice, *longer], full.links)
    assert {ref: d.number for ref, d in found.items()} == {ref: ref for ref in found}
    assert len(found) == count + 1


@pytest.mark.parametrize("kind", [Kind.INVOICE, Kind.RECEIPT, Kind.CREDIT_NOTE, Kind.SALE])
def test_a_filter_that_is_ignored_changes_nothing(full: Bench, kind: Kind) -> None:
    """Unknown filters give the whole list without a word (LIVE 4)."""

    def ignore(call: Call) -> str:
        for name in ("invoice_number", "reference_number", "creditnote_number", "customer_id"):
            call = call._replace(path=call.path.replace(f"&{name}=", "&unknown="))
        return call.path

    with rewriting(full, path=ignore) as other:
        assert other.find(full.docs.of(kind)) is not None
        assert other.find(changed(full.docs.of(kind), reference="DYT-X77")) is None


def test_a_voided_document_is_found_with_its_status(full: Bench) -> None:
    full.by_hand("void", full.docs.invoice)
    found = full.find(full.docs.invoice)
    assert found is not None
    assert found.status is Status.VOIDED


@pytest.mark.parametrize("kind", ["500", "503", "html", "reset"])
def test_a_question_is_asked_again_and_nothing_is_concluded_from_trouble(
    full: Bench, kind: str
) -> None:
    full.fault(kind, "before", count=2, method="GET")
    assert full.find(full.docs.receipt) is not None
    full.fault(kind, "before", count=9, method="GET")
    with pytest.raises(TryLater):
        full.find(full.docs.receipt)


def test_a_page_without_its_list_says_nothing() -> None:
    def answer(_: Call) -> Answered:
        return Answered(200, b'{"code":0,"message":"success"}')

    with pytest.raises(TryLater, match="without"), reading(answer) as system:
        list(system._wire.rows(INVOICES))


@pytest.mark.parametrize("context", [{"has_more_page": True}, [{"has_more_page": True}]])
def test_page_context_is_read_as_an_object_and_as_a_list(context: Any) -> None:
    def answer(call: Call) -> Answered:
        first = "&page=1&" in call.path or "?page=1&" in call.path
        number = 1 if first else 2
        body: dict[str, Any] = {"code": 0, "invoices": [{"invoice_id": number}]}
        if first:
            body["page_context"] = context
        return Answered(200, to_json(body))

    with reading(answer) as system:
        assert [raw["invoice_id"] for raw in system._wire.rows(INVOICES)] == [1, 2]


# ── chart, rates, limits ─────────────────────────────────────────────────────────────────────


def test_the_chart_has_classes_sides_and_the_receivable(full: Bench) -> None:
    chart = full.system.chart()
    assert (chart.company.home_currency, chart.company.currencies) == ("COP", ("COP", "MXN", "USD"))
    accounts = {account.name: account for account in chart.accounts}
    (receivable,) = (a for a in chart.accounts if a.role == "receivable")
    assert receivable.balance == Decimal("899600.50")
    assert accounts["Loan interest income"].balance == Decimal(-200000)
    assert accounts["Bad debts"].balance == Decimal(400)
    assert accounts["Bank USD"].currency == "USD"
    assert {a.classification for a in chart.accounts} == {
        "asset",
        "liability",
        "equity",
        "income",
        "expense",
    }
    items = {
        item.name: accounts[n].name
        for item in chart.items
        for n in accounts
        if accounts[n].id == item.account_id
    }
    assert items["Loan principal"] == "Loan clearing"


def test_lists_are_kept_and_balances_and_the_lock_are_read_again(bench: Bench) -> None:
    bench.system.chart()
    calls = bench.system.calls().total
    bench.edit(action="lock", date="2026-10-31")
    assert bench.system.chart().company.locked_through == date(2026, 10, 31)
    assert bench.system.calls().total - calls == 2


def test_a_rate_is_the_organizations_own_of_that_day_or_before(bench: Bench) -> None:
    rate = bench.system.rate
    assert rate("COP", date(2026, 1, 1)) == 1
    assert rate("USD", date(2026, 11, 20)) == Decimal("3987.45")
    assert rate("USD", date(2026, 5, 5)) == Decimal("4105.30")
    assert rate("USD", date(2020, 1, 1)) is None
    assert rate("EUR", date(2026, 1, 1)) is None


def test_accounts_are_in_the_currency_that_their_rows_name_by_id(bench: Bench) -> None:
    currencies = {account.name: account.currency for account in bench.system.chart().accounts}
    assert currencies["Bank MXN"] == "MXN"
    assert currencies["Bank COP"] == "COP"


def test_the_days_calls_are_capped_by_the_plan() -> None:
    with benches(calls_per_minute=100_000, lag_s=0) as bench:
        bench.switch(plan="Free")
        with bench.disturbed() as other:
            other.system.chart()
        bench.system._meter.cap_day(1)
        with pytest.raises(TryLater, match="budget of 4750 "):
            for _ in range(5000):
                bench.system._meter.require()
                bench.system._meter.count(metered=True, throttled=False)


def test_another_organization_is_not_ours(bench: Bench) -> None:
    system = ZohoBooks(
        settings_for(bench.url, company_id="123"),
        bench.system._credentials,
        bench.clock,
        jitter=lambda: 0,
    )
    with pytest.raises(LoginRequired):
        system.chart()
    system.close()


# ── servers ──────────────────────────────────────────────────────────────────────────────────


@contextmanager
def reading(answer: Callable[[Call], Answered]) -> Iterator[ZohoBooks]:
    """An adapter on a server that answers by a function."""
    with http_server(answer) as url:
        clock = ManualClock(datetime.now(UTC))
        system = ZohoBooks(settings_for(url), MemoryCredentials(), clock, jitter=lambda: 0)
        try:
            yield system
        finally:
            system.close()


@contextmanager
def rewriting(bench: Bench, path: Callable[[Call], str]) -> Iterator[Bench]:
    """A second bench on the same books that asks with other paths than the adapter wrote."""

    def answer(call: Call) -> Answered:
        headers = {"Authorization": "Zoho-oauthtoken demo-access"}
        url = bench.url + path(call)
        reply = requests.request(
            call.method, url, headers=headers, data=call.body or None, timeout=60
        )
        return Answered(reply.status_code, reply.content)

    with http_server(answer) as url:
        other = Bench(bench.url, settings_for(url, parallel=1), bench.docs)
        other.links, other.bound = bench.links, bench.bound
        try:
            yield other
        finally:
            other.system.close()
