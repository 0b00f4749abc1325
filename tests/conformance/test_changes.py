"""What moved in the books since the last look: created, edited, voided, deleted, by anyone."""

from __future__ import annotations

import pytest

from bridge.core.books import Kind, PostedDocument, Status
from tests.conformance.bench import Bench

KINDS = (Kind.CUSTOMER, Kind.INVOICE, Kind.RECEIPT, Kind.CREDIT_NOTE)


def moved(bench: Bench, cursor: str) -> dict[str, PostedDocument]:
    """By id. Where the feed is not complete, everything is read, as a reconciliation does."""
    changes = bench.system.changes(KINDS, cursor)
    documents = changes.documents if changes.complete else bench.system.read(KINDS)
    return {document.external_id: document for document in documents}


@pytest.mark.sandbox_only("a bookkeeper's hand")
def test_everything_that_moved_is_seen(bench: Bench) -> None:
    kept, edited, voided = (bench.loan(n) for n in (1, 2, 3))
    cursor = bench.system.cursor()
    bench.wait(3600)
    created = bench.loan(4)
    bench.edit(action="edit", kind="invoice", number=edited.reference, set={"amount": "77"})
    bench.edit(action="void", kind="invoice", number=voided.reference)
    seen = moved(bench, cursor)
    ids = {
        i.reference: bench.posted[i.reference].external_id for i in (kept, edited, voided, created)
    }
    assert ids[created.reference] in seen
    assert seen[ids[edited.reference]].total == 77
    assert seen[ids[voided.reference]].status is not Status.LIVE


def test_the_cursor_looks_back_a_little(bench: Bench) -> None:
    invoice = bench.loan()
    seen = moved(bench, bench.system.cursor())
    assert bench.posted[invoice.reference].external_id in seen


@pytest.mark.sandbox_only("a bookkeeper's hand")
def test_a_deletion_is_seen_or_the_books_say_read_everything(bench: Bench) -> None:
    invoice = bench.loan()
    receipt = bench.receipt(1, "100.00", invoice)
    bench.post(receipt)
    cursor = bench.system.cursor()
    bench.wait(3600)
    bench.edit(action="delete", kind="receipt", number=receipt.reference)
    changes = bench.system.changes(KINDS, cursor)
    seen = {d.external_id: d.status for d in changes.documents}
    if changes.complete:
        assert seen[bench.posted[receipt.reference].external_id] is not Status.LIVE


def test_calls_are_counted(bench: Bench) -> None:
    before = bench.system.calls()
    bench.loan()
    after = bench.system.calls()
    assert after.total > before.total
    assert after.throttled == 0
