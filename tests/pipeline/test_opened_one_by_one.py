"""Where a reading opens what it finds one by one, one that is never told ends nothing: it is named,
and everything else is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.core.tie_out.reconciliation import Reconciliation
from bridge.errors import PersonNeeded
from bridge.pipeline import decide
from bridge.report.details import english
from bridge.sandbox.server import SandboxServer
from tests.pipeline.for_ever import ANSWERS, Lender
from tests.pipeline.journals import CLEARING, SALES, journal
from tests.pipeline.silence import compared, id_of, made, silence, strike
from tests.pipeline.world import COMPANIES, World

FIRST, SECOND = "DY7F3A-V11", "DY7F3A-V12"
INVOICE = "DY7F3A-L3"


@pytest.fixture
def world(tmp_path: Path, sandbox: SandboxServer) -> World:
    found = made("zoho", tmp_path, sandbox)
    recovered().write(found.snapshot)
    assert found.sync().verdict == "clean"
    assert compared(found).verdict.green
    return found


def recovered() -> Lender:
    """Two loans that were written off and paid for all the same, and one that is open."""
    ledger = Lender()
    ledger.borrower(1, "Ana Ruiz")
    for number in (1, 2, 3):
        ledger.lent(number, 1)
    for number in (1, 2):
        ledger.row(number, number, "WRITE_OFF", 60_000)
        ledger.row(10 + number, number, "PAYMENT", 1_000 * number, "2026-08-01")
    return ledger


def told(found: Reconciliation) -> list[tuple[str, str]]:
    (system,) = found.systems
    assert system.checked, system.notices
    return sorted((task.code, task.subject) for task in found.verdict.tasks)


@pytest.mark.parametrize("answer", ["500", "an unknown refusal", "a page"])
def test_a_recovery_that_is_never_told_is_named_and_the_rest_is_compared(
    world: World, answer: str
) -> None:
    silence(world, id_of(world, FIRST), answer)
    where = {"action": "edit", "kind": "invoice", "number": INVOICE}
    world.control("POST", "zoho/edit", **where, set={"due": "2026-12-24"})
    for _ in range(2):
        found = compared(world)
        assert told(found) == [("books.edited", INVOICE), ("books.unread", FIRST)]
    assert not found.verdict.green
    assert world.sync().verdict == "person"
    world.control("DELETE", "faults")
    assert told(compared(world)) == [("books.edited", INVOICE)]


def test_a_person_leaves_a_recovery_as_it_is(world: World) -> None:
    silence(world, id_of(world, FIRST), "500")
    assert told(compared(world)) == [("books.unread", FIRST)]
    with world.bridge() as bridge:
        books = bridge.books["zoho"]
        decide.accept(bridge.store, books.system, [FIRST], "ana", world.clock.now())
    world.control("DELETE", "faults")
    assert compared(world).verdict.green


def test_a_journal_of_somebody_that_is_never_told_is_named_until_it_is(world: World) -> None:
    silent = journal(world, "J-1", CLEARING["zoho"], SALES["zoho"])
    journal(world, "J-2", CLEARING["zoho"], SALES["zoho"], "10.00")
    strike(world, ANSWERS["500"], method="GET", path=f"journals/{silent['id']}")
    for _ in range(3):  # it is not forgotten when nothing changes
        found = compared(world)
        codes = [code for code, _ in told(found)]
        assert codes == ["principal.entry_unread", "principal.to_income"]
        (unread, _) = sorted(found.verdict.tasks, key=lambda task: task.code)
        assert (unread.external_id, unread.answerable) == (silent["id"], True)
        assert english(unread.detail), "what came back is told"
    world.control("DELETE", "faults")
    codes = [code for code, _ in told(compared(world))]
    assert codes == ["principal.to_income", "principal.to_income"]


def test_a_journal_that_was_told_and_is_so_no_more_stays_known(world: World) -> None:
    known = journal(world, "J-1", CLEARING["zoho"], SALES["zoho"])
    assert [code for code, _ in told(compared(world))] == ["principal.to_income"]
    strike(world, ANSWERS["500"], method="GET", path=f"journals/{known['id']}")
    for _ in range(2):
        codes = [code for code, _ in told(compared(world))]
        assert codes == ["principal.entry_unread", "principal.to_income"]
    world.control("DELETE", "faults")
    assert [code for code, _ in told(compared(world))] == ["principal.to_income"]


@pytest.mark.parametrize("system", COMPANIES)
def test_putting_back_what_is_not_told_says_which_and_ends_with_the_answer(
    system: str, tmp_path: Path, sandbox: SandboxServer
) -> None:
    world = made(system, tmp_path, sandbox)
    recovered().write(world.snapshot)
    assert world.sync().verdict == "clean"
    world.clock.move(700)
    where = {"action": "edit", "kind": "invoice", "number": INVOICE}
    world.control("POST", f"{system}/edit", **where, set={"due": "2026-12-24"})
    silence(world, id_of(world, INVOICE), "500")
    for _ in range(2):
        assert [subject for _, subject in told(compared(world))] == [INVOICE]
        with pytest.raises(PersonNeeded) as refused:
            put_back(world)
        assert [problem.where for problem in refused.value.problems] == [INVOICE]
    world.control("DELETE", "faults")
    put_back(world)
    assert world.sync().verdict == "clean"
    assert compared(world).verdict.green


def put_back(world: World) -> None:
    with world.bridge() as bridge:
        books = bridge.books[world.system]
        decide.repost(bridge.store, books.system, [INVOICE], "ana", world.clock)
