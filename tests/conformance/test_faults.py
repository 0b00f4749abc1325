"""Networks lie. What surely was not applied, what may have been, and what was: told apart."""

from __future__ import annotations

import pytest

from bridge.core.books import Status
from bridge.core.delivery import InDoubt, Posted, Unavailable
from bridge.errors import BridgeError, TryLater
from bridge.systems import registry
from tests.conformance.bench import Bench
from tests.conformance.ground import SandboxGround

pytestmark = pytest.mark.sandbox_only("faults")


def strike(bench: Bench, kind: str, when: str, count: int = 1) -> None:
    bench.fault(kind, when, count, method=registry.about(bench.name).receipts[0])


def ready(bench: Bench) -> None:
    """A customer in the books, and what the adapter asks once asked."""
    bench.post(bench.customer())
    bench.invoice(1)


@pytest.mark.parametrize("kind", ["reset", "500", "503", "html"])
def test_a_lost_reply_is_in_doubt_and_the_document_is_there(bench: Bench, kind: str) -> None:
    ready(bench)
    invoice = bench.invoice(1)
    strike(bench, kind, "after")
    (outcome,) = bench.send(invoice)
    assert isinstance(outcome, InDoubt), outcome
    bench.wait(3600)
    if bench.can.two_steps and invoice.reference not in bench.find(invoice):
        bench.post(invoice)
    found = bench.find(invoice)[invoice.reference]
    assert (found.total, found.status) == (invoice.total, Status.LIVE)
    assert bench.count(invoice.reference) == 1


@pytest.mark.parametrize("kind", ["reset", "500", "503", "html"])
def test_a_request_that_never_arrived_is_not_taken_for_done(bench: Bench, kind: str) -> None:
    ready(bench)
    invoice = bench.invoice(1)
    strike(bench, kind, "before")
    (outcome,) = bench.send(invoice)
    assert isinstance(outcome, InDoubt | Unavailable), outcome
    bench.wait(3600)
    assert bench.find(invoice) == {}
    bench.post(invoice)
    assert bench.count(invoice.reference) == 1


def test_a_refusal_for_rate_is_surely_not_applied(bench: Bench) -> None:
    ready(bench)
    invoice = bench.invoice(1)
    strike(bench, "429", "before")
    (outcome,) = bench.send(invoice)
    assert isinstance(outcome, Unavailable), outcome
    assert bench.count(invoice.reference) == 0


def test_of_a_batch_with_a_lost_reply_nothing_is_lost_or_doubled(bench: Bench) -> None:
    ready(bench)
    made = [bench.invoice(n) for n in range(1, 8)]
    strike(bench, "reset", "after")
    outcomes = bench.send(*made)
    assert len(outcomes) == 7
    bench.wait(3600)
    found = bench.find(*made)
    for document, outcome in zip(made, outcomes, strict=True):
        if isinstance(outcome, Posted):
            assert document.reference in found
        if isinstance(outcome, Unavailable):
            assert document.reference not in found
        assert bench.count(document.reference) <= 1


def test_doubt_while_looking_up_is_no_answer(bench: Bench) -> None:
    ready(bench)
    bench.fault("500", "before", 50)
    with pytest.raises(TryLater):
        bench.find(bench.invoice(1))
    with pytest.raises(BridgeError):
        list(bench.system.read([bench.invoice(1).kind]))


def test_a_server_that_is_not_there_is_unavailable(bench: Bench) -> None:
    ready(bench)
    invoice = bench.invoice(1)
    assert isinstance(bench.ground, SandboxGround)
    bench.ground.sandbox.stop()
    try:
        (outcome,) = bench.send(invoice)
        assert isinstance(outcome, Unavailable | InDoubt), outcome
    finally:
        bench.ground.sandbox.start()
