"""What sources leave open about QuickBooks: the adapter is right whichever way it turns out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from bridge.core.books import Kind, Status
from bridge.core.change.matching import differences
from bridge.core.delivery import InDoubt, Operation, Posted, Rejected
from bridge.systems.quickbooks import changes as feed
from tests.systems.quickbooks.bench import (
    APPLICATION,
    CUSTOMER,
    DUE,
    EACH,
    INVOICE,
    RECEIPT,
    Bench,
)

SWITCHES: list[dict[str, Any]] = [
    {"requestid": "ignore"},
    {"requestid_replays_faults": True},
    {"payment_moves_invoice_synctoken": True},
    {"payment_moves_invoice_time": False},
    {"require_currency_ref": True, "require_global_tax_calculation": True},
    {"sparse_requires_customer": True},
    {"quoted_numbers": "refuse"},
    {"query_strings": "insensitive"},
    {"query_order": "newest"},
    {"names_ignore_case": False},
    {"inactive_frees_name": False},
    {"batch_metering": "item"},
    {"foreign_undeposited": "refuse"},
    {"cdc_overflow": "error"},
    {"cdc_beyond_30_days": "cut"},
]


@pytest.mark.parametrize(
    "switch", SWITCHES, ids=lambda s: ",".join(f"{k}={v}" for k, v in s.items())
)
def test_the_life_of_every_kind_is_the_same_either_way(
    bench: Bench, switch: dict[str, Any]
) -> None:
    bench.switch(**switch)
    for document in EACH:
        posted = bench.posted(document)
        assert differences(document, posted, bench.links, descriptions=True, memo=True) == []
        assert bench.find(document) == bench.now(document)
    later = msgspec.structs.replace(INVOICE, due=date(2027, 8, 20))
    bench.posted(later, Operation.UPDATE)
    assert len(list(bench.system.read(list(Kind)))) >= len(EACH)
    for document in (APPLICATION, RECEIPT):
        bench.posted(document, Operation.VOID)
    assert bench.posted(later, Operation.VOID).status is Status.VOIDED


def test_a_lost_reply_is_settled_by_looking_also_when_keys_are_ignored(bench: Bench) -> None:
    bench.switch(requestid="ignore")
    bench.posted(CUSTOMER)
    bench.posted(INVOICE)
    bench.fault("reset", method="POST", path="/payment")
    assert isinstance(bench.post(RECEIPT), InDoubt)
    assert bench.find(RECEIPT) is not None
    assert bench.count(RECEIPT) == 1


def test_credit_that_quickbooks_applies_by_itself_shows_in_the_answer(bench: Bench) -> None:
    bench.switch(auto_apply_credit=True, auto_apply_payments=True)
    assert bench.system.chart().company.auto_applies_credit
    bench.posted(CUSTOMER)
    bench.posted(INVOICE)
    receipt = bench.posted(msgspec.structs.replace(RECEIPT, applications=()))
    now = bench.now(RECEIPT)
    assert now is not None
    assert (receipt.total, receipt.open, now.open) == (RECEIPT.total, 0, 0)


def test_an_invoice_whose_token_a_payment_moved_can_still_be_changed(bench: Bench) -> None:
    bench.switch(payment_moves_invoice_synctoken=True)
    for document in (CUSTOMER, INVOICE, RECEIPT):
        bench.posted(document)
    now = bench.now(INVOICE)
    assert now is not None
    assert now.version != bench.bound["DYT-L1"].version
    later = msgspec.structs.replace(INVOICE, due=date(2027, 8, 20))
    assert bench.posted(later, Operation.UPDATE).due == date(2027, 8, 20)


def test_a_refused_change_feed_asks_for_a_full_reading(full: Bench) -> None:
    full.switch(cdc_beyond_30_days="error")
    cursor = full.system.cursor()
    full.control("POST", "clock", {"days": 40})
    moved = full.system.changes([Kind.INVOICE, Kind.RECEIPT], cursor)
    assert not moved.complete
    assert moved.cursor == cursor
    assert timedelta(days=feed.DAYS) < timedelta(days=40)


def test_over_application_is_refused_or_left_unapplied_but_never_hidden(full: Bench) -> None:
    huge = msgspec.structs.replace(
        RECEIPT,
        reference="DYT-P2",
        total=RECEIPT.total * 10,
        applications=(msgspec.structs.replace(RECEIPT.applications[0], amount=RECEIPT.total * 10),),
    )
    refused = full.post(huge)
    assert isinstance(refused, Rejected)
    assert refused.code == "refused"
    full.switch(over_application="unapply")
    outcome = full.post(huge)
    assert isinstance(outcome, Posted)
    assert differences(huge, outcome.document, full.links) != []


def test_a_company_that_does_not_warn_of_duplicates_is_looked_up_by_number(full: Bench) -> None:
    full.switch(warn_duplicate_numbers=False, requestid="ignore")
    found = full.find(INVOICE)
    assert found is not None
    assert found.due == DUE
