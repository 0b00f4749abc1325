"""A run is taken back: the books are as before it, and rest until a person lets them go on."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from bridge.core.tie_out.items import ItemKind
from bridge.errors import UsageError
from bridge.pipeline.sync import SyncResult, preview
from bridge.pipeline.undo import UndoResult
from tests.in_words import in_words
from tests.pipeline.closed import documents, lock
from tests.pipeline.edited import hand, repost
from tests.pipeline.faults import check_laws
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.undoing import foreseen, reconciled, resumed, taken_back, trial_balance
from tests.pipeline.world import MAY_SHRINK, SAMPLE, Killed, World, one


@pytest.fixture
def world(world: World) -> World:
    world.overrides |= MAY_SHRINK
    return world


def delivered(world: World, ledger: Ledger) -> SyncResult:
    ledger.write(world.snapshot)
    done = world.sync()
    world.clock.move(120)
    return done


def test_undoing_the_first_pass_leaves_the_books_exactly_as_they_were(world: World) -> None:
    before = trial_balance(world)
    first = delivered(world, Ledger.random(random.Random(3), loans=8))
    assert trial_balance(world) != before
    done = taken_back(world, first.run)
    assert (done.verdict, done.exit_code) == ("clean", 0)
    assert trial_balance(world) == before
    assert world.live_documents() == []
    found = reconciled(world)
    assert found.agree
    assert {i.cause for i in found.items if i.kind is ItemKind.HELD} == {"run.undone"}


def test_what_a_later_run_did_is_undone_alone(world: World) -> None:
    ledger = small_ledger()
    delivered(world, ledger)
    before, was = trial_balance(world), documents(world)
    ledger.movements[7]["amount"] += 500  # a receipt that is taken back and posted anew
    ledger.movements[8]["amount"] += 700
    ledger.debts[1]["amount"] += 700
    ledger.debts[2]["amount"] += 3_000
    ledger.lend(3, random.Random(1))
    second = delivered(world, ledger)
    assert second.verdict == "clean"
    assert taken_back(world, second.run).verdict == "clean"
    assert trial_balance(world) == before
    kept = {n.partition(".")[0]: d["total"] for n, d in documents(world).items()}
    assert kept == {number: d["total"] for number, d in was.items()}
    assert reconciled(world).agree


def test_afterwards_the_books_rest_until_a_person_lets_them_go_on(world: World) -> None:
    ledger = Ledger.random(random.Random(5), loans=4)
    first = delivered(world, ledger)
    total = trial_balance(world)
    taken_back(world, first.run)
    ledger.lend(9, random.Random(2))
    resting = delivered(world, ledger)
    assert resting.exit_code == 1
    assert "sync --resume" in in_words(one(resting).stopped)
    assert world.live_documents() == []
    with world.dry() as bridge:
        assert one(preview(bridge)).stopped is not None
    with world.dry() as bridge:
        assert one(preview(bridge, resume="ana")).plan.figures.create > 5
    assert resumed(world).verdict == "clean"
    assert set(total) <= set(trial_balance(world))
    assert one(world.sync()).plan.figures.create == 0
    check_laws(world)
    assert reconciled(world).agree


def test_what_a_later_run_did_keeps_it_also_when_that_was_undone_and_brought_back(
    world: World,
) -> None:
    ledger = small_ledger()
    del ledger.movements[7]
    first = delivered(world, ledger)
    ledger.movements[7] = small_ledger().movements[7]
    second = delivered(world, ledger)
    undoing = taken_back(world, second.run)
    world.clock.move(120)
    assert taken_back(world, undoing.run).verdict == "clean"
    world.clock.move(120)
    done = taken_back(world, first.run)
    assert {"DY7F3A-L1"} <= {left.reference for left in done.systems[world.system].left}
    assert {"DY7F3A-L1", "DY7F3A-P7.2"} <= documents(world).keys()
    assert reconciled(world).agree


def test_in_closed_months_other_documents_undo_it(world: World) -> None:
    before = trial_balance(world)
    first = delivered(world, small_ledger())
    lock(world, "2026-09-30")
    held = documents(world)
    done = taken_back(world, first.run)
    assert (done.verdict, one_left(done)) == ("clean", [])
    after = documents(world)
    assert held.keys() < after.keys()
    assert {d["date"] for n, d in after.items() if n not in held} == {"2026-11-19"}
    owed = sum((Decimal(d["open"]) * side(d) for d in after.values()), Decimal(0))
    assert owed == 0
    moved = {k: v - before.get(k, Decimal(0)) for k, v in trial_balance(world).items()}
    money = {v for v in moved.values() if v}
    assert money == {Decimal(3000), Decimal(-3000)}  # received, and to be cleared
    assert reconciled(world).agree
    assert {task.code for task in resumed(world).answer.tasks} == {"books.period_closed"}
    assert reconciled(world).agree
    check_laws(world)


def one_left(done: UndoResult) -> list[tuple[str, str]]:
    (system,) = done.systems.values()
    return [(each.reference, each.why) for each in system.left]


def side(document: dict[str, Any]) -> int:
    return 1 if document["kind"] == "invoice" else -1


def test_what_somebody_edited_since_is_left_and_told(world: World) -> None:
    first = delivered(world, small_ledger())
    hand(world, "edit", "DY7F3A-L2", set={"amount": "51000"})
    world.clock.move(120)
    done = taken_back(world, first.run)
    assert done.verdict == "person"
    assert list(documents(world)) == ["DY7F3A-L2"]
    assert documents(world)["DY7F3A-L2"]["total"] == "51000.00"


def test_what_a_later_run_built_on_is_left_and_told(world: World) -> None:
    ledger = small_ledger()
    first = delivered(world, ledger)
    ledger.movements[9] = {
        "movement_id": 9, "debt_id": 2, "type": "PAYMENT", "amount": 700,
        "date": "2026-10-02", "concept": "", "method": "CASH",
    }  # fmt: skip
    second = delivered(world, ledger)
    done = taken_back(world, first.run)
    assert done.verdict == "person"
    assert one_left(done) == [("DY7F3A-L2", "changed_since")]
    assert sorted(documents(world)) == ["DY7F3A-L2", "DY7F3A-P9"]
    again = taken_back(world, second.run)
    assert (again.verdict, again.reason, one_left(again)) == ("clean", "1 changes", [])
    assert taken_back(world, first.run).verdict == "clean"
    assert documents(world) == {}
    assert reconciled(world).agree


def test_a_large_one_waits_for_approval_of_exactly_that_plan(world: World) -> None:
    before = delivered(world, Ledger.random(random.Random(3), loans=8))
    world.overrides["LEDGER_BRIDGE_LIMITS__VOIDS"] = "3"
    kept = documents(world)
    for refused in (taken_back(world, before.run), taken_back(world, before.run, "f" * 32)):
        assert refused.exit_code == 1
        assert documents(world) == kept
    digest = foreseen(world, before.run).digest
    assert digest == refused.digest
    assert taken_back(world, before.run, digest).verdict == "clean"
    assert documents(world) == {}


def test_a_dry_run_says_the_same_and_writes_nothing(world: World) -> None:
    first = delivered(world, small_ledger())
    books, files = world.books(), {p: p.read_bytes() for p in world.folder.glob("state.db*")}
    told = foreseen(world, first.run)
    assert (world.books(), {p: p.read_bytes() for p in world.folder.glob("state.db*")}) == (
        books,
        files,
    )
    done = taken_back(world, first.run)
    assert told.digest == done.digest
    plans = [next(iter(each.systems.values())).done.plan.figures for each in (told, done)]
    assert plans[0] == plans[1]


def test_killed_in_the_middle_it_is_finished_by_the_next_pass(world: World) -> None:
    before = trial_balance(world)
    first = delivered(world, Ledger.random(random.Random(3), loans=5))
    for where in ("before the request", "after the answer"):
        world.dies = lambda at, where=where: at == where  # type: ignore[misc]
        with pytest.raises(Killed):
            taken_back(world, first.run)
        world.clock.move(600)
    world.dies = lambda _: False
    assert taken_back(world, first.run).verdict == "clean"
    assert trial_balance(world) == before
    assert foreseen(world, first.run).systems[world.system].done.plan.figures.void == 0
    assert reconciled(world).agree


@pytest.mark.parametrize("number", ["DY7F3A-P7", "DY7F3A-L2"])
@pytest.mark.parametrize("action", ["void", "delete"])
def test_what_came_back_by_a_persons_word_goes_again(
    world: World, number: str, action: str
) -> None:
    """The bookkeeper took it out, a person had it posted anew, and that pass is undone."""
    ledger = small_ledger()
    delivered(world, ledger)
    hand(world, action, number)
    world.clock.move(60)
    without = trial_balance(world)
    repost(world, number)
    again = world.sync()
    world.clock.move(120)
    assert trial_balance(world) != without
    done = taken_back(world, again.run)
    assert (done.verdict, one_left(done)) == ("clean", [])
    assert trial_balance(world) == without
    found = reconciled(world)
    assert found.agree


def test_an_edit_that_was_put_back_is_not_said_to_be_there_again(world: World) -> None:
    """What the bookkeeper had written was never posted by anybody: it cannot come back, and the
    person is told so instead of "clean"."""
    delivered(world, small_ledger())
    hand(world, "edit", "DY7F3A-L2", set={"amount": "49000"})
    world.clock.move(60)
    repost(world, "DY7F3A-L2")
    again = world.sync()
    world.clock.move(120)
    put_back = trial_balance(world)
    done = taken_back(world, again.run)
    assert (done.verdict, done.exit_code) == ("person", 1)
    assert one_left(done) == [("DY7F3A-L2", "before_unknown")]
    assert trial_balance(world) == put_back
    assert not done.systems[world.system].rests
    assert world.sync().verdict == "clean"


def test_a_run_that_nobody_knows_is_told_with_those_there_are(world: World) -> None:
    first = delivered(world, small_ledger())
    with pytest.raises(UsageError, match=first.run):
        taken_back(world, "20200101T000000Z-sync")


def test_the_sample_day_is_taken_back_to_the_cent(world: World) -> None:
    world.overrides |= {
        "LEDGER_BRIDGE_SOURCE__PATH": str(SAMPLE / "dia1"),
        "LEDGER_BRIDGE_LIMITS__DOCUMENTS": "10000",
        "LEDGER_BRIDGE_LIMITS__VOIDS": "10000",
    }
    before = trial_balance(world)
    first = world.sync()
    world.clock.move(120)
    done = taken_back(world, first.run)
    for _ in range(3):  # a product that allows so many calls a day goes on the next one
        if done.verdict == "later":
            world.clock.move(86400)
            done = taken_back(world, first.run)
    assert (done.verdict, one_left(done)) == ("clean", [])
    assert trial_balance(world) == before
    assert reconciled(world).agree
