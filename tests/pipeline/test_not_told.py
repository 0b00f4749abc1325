"""A document that the books never tell by its id costs the others nothing, and is a person's."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.pipeline import decide
from bridge.report.details import english
from bridge.sandbox.server import SandboxServer
from tests.pipeline.edited import INVOICE, RECEIPT
from tests.pipeline.for_ever import QUESTIONS
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.silence import compared, id_of, made, silence, strike
from tests.pipeline.world import COMPANIES, World

RECEIPTS = {"quickbooks": "/payment\\?", "xero": "/Payments", "zoho": "/customerpayments"}


@pytest.fixture(params=COMPANIES)
def world(request: pytest.FixtureRequest, tmp_path: Path, sandbox: SandboxServer) -> World:
    return made(request.param, tmp_path, sandbox)


def not_kept(world: World) -> Ledger:
    """A lender whose one receipt was confirmed and not kept."""
    ledger = small_ledger()
    ledger.write(world.snapshot)
    strike(world, {"kind": "unkept"}, path=RECEIPTS[world.system], body=RECEIPT)
    world.sync()
    world.control("DELETE", "faults")
    return ledger


def accept(world: World, reference: str) -> None:
    with world.bridge() as bridge:
        books = bridge.books[world.system]
        decide.accept(bridge.store, books.system, [reference], "ana", world.clock.now())


@pytest.mark.spread
@pytest.mark.parametrize("answer", QUESTIONS)
def test_one_that_is_absent_and_never_told(world: World, answer: str) -> None:
    not_kept(world)
    silence(world, id_of(world, RECEIPT), answer)
    for _ in range(2):
        found = compared(world)
        (system,) = found.systems
        assert system.checked, system.notices
        told = [(task.code, task.subject) for task in found.verdict.tasks]
        assert ("books.unread", RECEIPT) in told
        assert {subject for _, subject in told} <= {RECEIPT, ""}
        assert not found.verdict.green
    (task,) = [t for t in found.verdict.tasks if t.code == "books.unread"]
    assert english(task.detail), "what came back is told"
    world.control("DELETE", "faults")
    codes = [t.code for t in compared(world).verdict.tasks if t.subject == RECEIPT]
    assert codes == ["books.absent"]


def test_a_person_ends_it_for_one_that_is_gone(world: World) -> None:
    not_kept(world)
    silence(world, id_of(world, RECEIPT), "500")
    compared(world)
    accept(world, RECEIPT)
    assert [t.code for t in compared(world).verdict.tasks] == []


def test_one_that_somebody_wrote_and_is_never_told(tmp_path: Path, sandbox: SandboxServer) -> None:
    world = made("zoho", tmp_path, sandbox)
    small_ledger().write(world.snapshot)
    assert world.sync().verdict == "clean"
    world.clock.move(700)
    where = {"action": "edit", "kind": "invoice", "number": INVOICE}
    world.control("POST", "zoho/edit", **where, set={"due": "2026-12-24"})
    silence(world, id_of(world, INVOICE), "500")
    found = compared(world)
    assert [(t.code, t.subject) for t in found.verdict.tasks] == [("books.unread", INVOICE)]
    accept(world, INVOICE)
    assert compared(world).verdict.green
