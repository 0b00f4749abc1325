"""What is taken back is gone from the receivables, and taking it back again does no harm."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bridge.core.books import Document, Kind, Status
from bridge.core.delivery import Posted
from tests.conformance.bench import Bench


def in_the_books(bench: Bench, kind: Kind) -> Document:
    """One document of that kind, posted."""
    invoice = bench.loan()
    note = bench.credit_note(1, "200.00")
    made: dict[Kind, list[Document]] = {
        Kind.INVOICE: [invoice],
        Kind.RECEIPT: [bench.receipt(1, "300.00", invoice)],
        Kind.CREDIT_NOTE: [note],
        Kind.APPLICATION: [note, bench.application(1, note, invoice, "200.00")],
        Kind.SALE: [bench.sale(1, "700.00")],
    }
    for document in made[kind]:
        if document is not invoice:
            bench.post(document)
    return made[kind][-1]


KINDS = [kind for kind in Kind if kind is not Kind.CUSTOMER]


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_can_be_taken_back(bench: Bench, kind: Kind) -> None:
    if kind not in bench.can.void:
        pytest.skip(f"the system cannot take back a {kind.value}")
    document = in_the_books(bench, kind)
    outcome = bench.void(document)
    assert isinstance(outcome, Posted), outcome
    assert outcome.document.status is not Status.LIVE
    found = bench.find(document).get(document.reference)
    assert found is None or found.status is not Status.LIVE
    left = {Kind.INVOICE: "0", Kind.APPLICATION: "1000"}.get(kind, "1200")
    assert bench.receivable() == Decimal(left)


@pytest.mark.parametrize("kind", KINDS)
def test_taking_back_what_is_gone_already_is_done(bench: Bench, kind: Kind) -> None:
    if kind not in bench.can.void:
        pytest.skip(f"the system cannot take back a {kind.value}")
    document = in_the_books(bench, kind)
    binding = bench.bindings[document.reference]
    bench.void(document)
    bench.bindings[document.reference] = binding
    again = bench.void(document)
    assert isinstance(again, Posted)
    if kind is not Kind.APPLICATION:  # which has no name that could have been entered again
        assert not again.sent


def test_a_receipt_taken_back_opens_its_invoice_again(bench: Bench) -> None:
    invoice = bench.loan()
    receipt = bench.receipt(1, "1200.00", invoice)
    bench.post(receipt)
    assert bench.now(invoice).open == 0
    bench.void(receipt)
    assert bench.now(invoice).open == Decimal(1200)
    again = bench.receipt(1, "500.00", invoice, reference=bench.ref("P1.2"))
    bench.post(again)
    assert bench.now(invoice).open == Decimal(700)


def test_after_a_void_the_next_generation_has_its_own_number(bench: Bench) -> None:
    bench.void(bench.loan())
    again = bench.invoice(1, reference=bench.ref("L1.2"))
    bench.post(again)
    assert bench.find(again)[again.reference].status is Status.LIVE
    assert bench.receivable() == Decimal(1200)
