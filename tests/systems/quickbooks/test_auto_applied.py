"""Credit that QuickBooks puts to use by itself is used once, and never behind our back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from bridge.core.books import Application, PostedDocument, Status
from bridge.core.change.matching import differences
from bridge.core.delivery import InDoubt, Operation, Posted, Rejected, Unavailable
from tests.systems.quickbooks.bench import (
    APPLICATION,
    CUSTOMER,
    INVOICE,
    NOTE,
    RECEIPT,
    Bench,
)

OTHER = msgspec.structs.replace(INVOICE, reference="DYT-L7", due=date(2026, 12, 1))
"""Due earlier: QuickBooks settles it first."""
BATCHED = {"mode": "backfill"}


def uses(bench: Bench) -> list[PostedDocument]:
    """Every payment of nothing that the books hold."""
    return list(bench.system.read([APPLICATION.kind]))


def one_use(bench: Bench) -> PostedDocument:
    (found,) = uses(bench)
    return found


def prepared(bench: Bench, *more: object) -> Bench:
    bench.switch(auto_apply_credit=True)
    for document in (CUSTOMER, INVOICE, *more, NOTE):
        bench.posted(document)  # type: ignore[arg-type]
    return bench


def test_what_quickbooks_made_of_it_as_wanted_becomes_ours(bench: Bench) -> None:
    prepared(bench)
    made = one_use(bench)
    assert made.number == ""
    ours = bench.posted(APPLICATION)
    assert ours.external_id == made.external_id
    assert one_use(bench).number == APPLICATION.reference
    assert differences(APPLICATION, ours, bench.links, memo=True) == []
    assert bench.find(APPLICATION) == ours
    note = bench.now(NOTE)
    assert note is not None
    assert note.open == 0


def test_it_can_be_taken_back_like_any_other(bench: Bench) -> None:
    prepared(bench)
    bench.posted(APPLICATION)
    assert bench.posted(APPLICATION, Operation.VOID).status is Status.DELETED
    assert uses(bench) == []
    assert bench.posted(NOTE, Operation.VOID).status is Status.DELETED


def test_a_use_for_another_invoice_is_shown_and_not_used_a_second_time(bench: Bench) -> None:
    prepared(bench, OTHER)
    answer = bench.posted(APPLICATION)
    assert answer.external_id == one_use(bench).external_id
    wrong = {d.field: (d.ours, d.theirs) for d in differences(APPLICATION, answer, bench.links)}
    assert wrong["applications"] == ("DYT-L1 400.00", "DYT-L7 400.00")


def test_credit_used_in_part_elsewhere_is_shown_too(bench: Bench) -> None:
    small = msgspec.structs.replace(
        OTHER, lines=(msgspec.structs.replace(OTHER.lines[0], amount=Decimal(150)),)
    )
    prepared(bench, small)
    answer = bench.posted(APPLICATION)
    assert answer.applications
    (difference,) = [
        d for d in differences(APPLICATION, answer, bench.links) if d.field == "applications"
    ]
    assert "DYT-L7 150.00" in difference.theirs
    assert len(uses(bench)) == 1


def test_several_are_told_apart(bench: Bench) -> None:
    prepared(bench)
    second_note = msgspec.structs.replace(NOTE, reference="DYT-K2")
    second = msgspec.structs.replace(APPLICATION, reference="DYT-A2", credit_note="DYT-K2")
    bench.posted(second_note)
    outcomes = bench.system.post([bench.outgoing(APPLICATION), bench.outgoing(second)])
    assert all(isinstance(outcome, Posted) for outcome in outcomes)
    assert {use.number for use in uses(bench)} == {"DYT-A1", "DYT-A2"}


@pytest.mark.parametrize("capped", ["refuse", "unapply"])
def test_where_the_setting_is_not_told_the_refusal_says_it(bench: Bench, capped: str) -> None:
    """The books answer that the setting is off, and do it all the same."""
    bench.posted(CUSTOMER)
    bench.posted(INVOICE)
    bench.system.chart()
    bench.switch(auto_apply_credit=True, over_application=capped)
    bench.posted(NOTE)
    bench.switch(auto_apply_credit=False)
    made = one_use(bench)
    assert bench.posted(APPLICATION).external_id == made.external_id
    assert one_use(bench).number == APPLICATION.reference


def test_another_refusal_stays_one(bench: Bench) -> None:
    for document in (CUSTOMER, INVOICE, NOTE):
        bench.posted(document)
    bench.edit(action="lock", date="2026-12-31")
    assert isinstance(bench.post(APPLICATION), Rejected)
    assert uses(bench) == []


def test_a_reply_lost_while_it_becomes_ours_is_looked_up(bench: Bench) -> None:
    prepared(bench)
    bench.switch(requestid="ignore")
    bench.fault("reset", method="POST", path="/payment")
    assert isinstance(bench.post(APPLICATION), InDoubt)
    found = bench.find(APPLICATION)
    assert found is not None
    assert found.external_id == one_use(bench).external_id
    assert bench.posted(APPLICATION).external_id == found.external_id
    assert len(uses(bench)) == 1


def test_refused_for_rate_it_waits(bench: Bench) -> None:
    prepared(bench)
    bench.fault("429", when="before", method="POST", path="/payment")
    assert isinstance(bench.post(APPLICATION), Unavailable)
    assert one_use(Bench(bench.url, bench.settings)).number == ""  # this one has a minute to wait


def test_without_the_setting_nothing_more_is_asked(bench: Bench) -> None:
    for document in (CUSTOMER, INVOICE, NOTE):
        bench.posted(document)
    before = bench.system.calls().metered
    bench.posted(APPLICATION)
    assert bench.system.calls().metered == before


def test_money_that_quickbooks_applies_to_another_loan_is_shown(bench: Bench) -> None:
    bench.switch(auto_apply_payments=True)
    bench.posted(CUSTOMER)
    bench.posted(INVOICE)
    unapplied = msgspec.structs.replace(RECEIPT, applications=())
    answer = bench.posted(unapplied)
    (difference,) = differences(unapplied, answer, bench.links)
    assert (difference.field, difference.ours) == ("applications", "")
    assert difference.theirs == "DYT-L1 300000.00"


def test_what_a_payment_left_over_goes_to_a_new_invoice_and_shows_as_a_change(bench: Bench) -> None:
    bench.switch(auto_apply_payments=True)
    for document in (CUSTOMER, INVOICE, RECEIPT):
        bench.posted(document)
    assert bench.bound["DYT-P1"].posted is not None
    assert bench.bound["DYT-P1"].posted.open == 50000
    bench.posted(msgspec.structs.replace(INVOICE, reference="DYT-L8", due=date(2026, 12, 1)))
    now = bench.now(RECEIPT)
    assert now is not None
    assert (now.total, now.open) == (RECEIPT.total, 0)
    (difference,) = differences(RECEIPT, now, bench.links)
    assert difference.field == "applications"
    assert "DYT-L8 50000.00" in difference.theirs
    assert Application("DYT-L1", Decimal(250000)) in RECEIPT.applications
