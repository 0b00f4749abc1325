"""Updating and voiding every kind, and what somebody else did to it in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from bridge.core.books import Application, Document, Kind, Line, Status
from bridge.core.change.matching import differences
from bridge.core.delivery import Drifted, InDoubt, Operation, Posted, Unavailable
from tests.systems.quickbooks.bench import (
    APPLICATION,
    CUSTOMER,
    DAY,
    DUE,
    INTEREST,
    INVOICE,
    NOTE,
    RECEIPT,
    SALE,
    Bench,
    of_kind,
)
from tests.systems.servers import Call

VOIDABLE = [kind for kind in Kind if kind is not Kind.CUSTOMER]


def changed(document: Document, **fields: object) -> Document:
    return msgspec.structs.replace(document, **fields)


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
