"""The law: a document that the books never tell costs the others nothing when a state is tied to
the books again; its loan waits whole, it is told, and the same again later ends it."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.core.books import Kind
from bridge.core.tie_out.tasks import Task
from bridge.pipeline import forgotten
from bridge.pipeline.rebuild import RebuildResult, rebuild
from bridge.pipeline.untied import note_untied, untied
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.rebuilding import bindings, lose_state
from tests.pipeline.silence import silence
from tests.pipeline.world import World, one

pytestmark = pytest.mark.spread

UNTOLD = "DY7F3A-P7"
TRIES = 4
"""Calls that a question costs that gets no answer: reads are tried again."""


def again(world: World) -> RebuildResult:
    with world.bridge() as bridge:
        return rebuild(bridge, "ana")


def posted(world: World, currency: str) -> dict[str, str]:
    """Number → id of what is posted of a loan with two invoices and a receipt, and of another."""
    ledger = small_ledger()
    ledger.debts[1]["currency"] = currency
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    return {d["number"]: d["id"] for d in world.live_documents()}


def told_in(tasks: tuple[Task, ...]) -> list[Task]:
    return [task for task in tasks if task.code == "rebuild.untold"]


def is_whole(world: World, ids: dict[str, str], before: dict[str, Any]) -> None:
    """All is tied as it was, nothing is there twice, and nothing is anybody's to do."""
    done = world.sync()
    assert (done.verdict, done.reason) == ("clean", done.reason), done.answer.tasks
    found = bindings(world)
    assert {name: b.external_id for name, b in found.items()} == ids
    assert {name: b.accepted for name, b in found.items()} == dict.fromkeys(ids, "")
    totals = {name: b.document.total for name, b in before.items()}
    assert {name: b.document.total for name, b in found.items()} == totals
    assert {d["number"]: d["id"] for d in world.live_documents()} == ids


@pytest.mark.parametrize("mended", ["by the next pass", "by another rebuild"])
@pytest.mark.parametrize("currency", ["COP", "MXN"])
def test_one_document_that_is_never_told_costs_the_others_nothing(
    world: World, currency: str, mended: str
) -> None:
    ids = posted(world, currency)
    before = bindings(world)
    lose_state(world)
    silence(world, ids[UNTOLD], "500")
    done = again(world)
    assert "DY7F3A-L2" in bindings(world)
    told = told_in(done.answer.tasks)
    if not told:  # listings tell all of it, and nothing was asked
        assert world.system != "zoho"
        is_whole(world, ids, before)
        return
    assert [task.detail.startswith(f"{UNTOLD}: ") for task in told] == [True]
    for _ in range(2):
        later = world.sync()
        assert later.exit_code == 1
        assert told_in(later.answer.tasks) == told
        assert UNTOLD not in bindings(world)
        assert {d["number"]: d["id"] for d in world.live_documents()} == ids
        world.clock.move(3600)
    assert told_in(again(world).answer.tasks) == told

    world.control("DELETE", "faults")
    if mended == "by another rebuild":
        assert told_in(again(world).answer.tasks) == []
    is_whole(world, ids, before)


def a_pass_with_another_loan(world: World, ledger: Ledger, number: int) -> int:
    """The calls of a pass that has something to plan."""
    ledger.debts[number] = ledger.debts[2] | {"debt_id": number}
    ledger.write(world.snapshot)
    world.clock.move(3600)
    return one(world.sync()).calls


def test_while_one_is_not_told_a_pass_asks_for_that_one_and_reads_no_books(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every pass that planned something read all of the books again, for as long as it lasted."""
    ledger = small_ledger()
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    read: list[str] = []
    really = forgotten.read_back
    monkeypatch.setattr(forgotten, "read_back", lambda *a, **k: read.append("") or really(*a, **k))
    usual = [a_pass_with_another_loan(world, ledger, number) for number in (31, 32)]
    (ours,) = (d["id"] for d in world.live_documents() if d["number"] == UNTOLD)
    key = ("dev-7f3a", "1")
    with world.bridge() as bridge, bridge.store.begin() as work:
        note_untied(work, world.where, {key: f"{UNTOLD}: 500"}, {(Kind.RECEIPT, ours)})
    silence(world, ours, "500")
    again = [a_pass_with_another_loan(world, ledger, number) for number in (41, 42, 43, 44)]
    assert read == []
    assert max(again) <= max(usual) + TRIES
    with world.bridge() as bridge, bridge.store.read() as work:
        assert untied(work, world.where).keys() == {key}
    world.control("DELETE", "faults")
    a_pass_with_another_loan(world, ledger, 51)
    assert read == [""]
    with world.bridge() as bridge, bridge.store.read() as work:
        assert untied(work, world.where) == {}
