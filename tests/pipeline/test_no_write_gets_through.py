"""The law: where the books answer questions and take no write at all, a person is told after some
days; no document is blamed for it, and when the answer changes all that waited is posted by itself.
"""

from __future__ import annotations

from typing import Any

import pytest

from bridge.core.tie_out.patience import A_FEW, LONG_DAYS
from bridge.core.tie_out.tasks import Task
from bridge.pipeline.known import standing
from bridge.pipeline.sync import SyncResult
from bridge.report.details import english
from tests.pipeline.for_ever import (
    DAY_S,
    LIMIT,
    Lender,
    deliver,
    first_day,
    strike,
    there,
    twice_never,
)
from tests.pipeline.world import World

WRITES: dict[str, list[dict[str, str]]] = {
    "quickbooks": [
        {"path": "/(customer|invoice|payment|creditmemo|salesreceipt)\\?"},
        {"path": "/batch\\?", "body": '"operation"'},
    ],
    "xero": [{"path": "/"}],
    "zoho": [{"path": "/"}],
}
TOLD = "pass.no_writes"
LOANS = range(101, 101 + A_FEW + 3)


def refused_from_now_on(world: World, wish: dict[str, Any]) -> Lender:
    """A lender with some loans more, in whose books no write is taken any more."""
    ledger = first_day()
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    for match in WRITES[world.system]:
        strike(world, match, wish)
    for number in LOANS:
        ledger.lent(number, 1)
    return ledger


def morning(world: World, ledger: Lender) -> SyncResult:
    world.clock.move(DAY_S)
    deliver(world, ledger)
    done = world.sync()
    twice_never(world)
    return done


def told_in(tasks: tuple[Task, ...]) -> list[Task]:
    return [task for task in tasks if task.code == TOLD]


def of_the_morning(world: World) -> tuple[Task, ...]:
    """What the doors say that only look at the state."""
    with world.bridge() as bridge, bridge.store.read() as work:
        return standing(work, {world.system: world.where}, bridge.fresh).tasks


@pytest.mark.spread
@pytest.mark.parametrize("wish", [{"kind": "500"}, {"kind": "503"}, LIMIT], ids=lambda w: w["kind"])
def test_a_person_is_told_after_some_days_and_all_is_posted_when_the_answer_changes(
    world: World, wish: dict[str, Any]
) -> None:
    ledger = refused_from_now_on(world, wish)
    done = morning(world, ledger)
    since = world.clock.now().date().isoformat()
    for _ in range(LONG_DAYS - 1):
        assert (done.exit_code, done.answer.tasks) == (75, ())
        done = morning(world, ledger)
    for _ in range(2):
        done = morning(world, ledger)
        assert done.exit_code == 1
        (task,) = done.answer.tasks
        assert (task.code, task.action) == (TOLD, "look_why_none")
        waiting = f"{len(LOANS)} documents wait, and none has got through since {since}: "
        assert english(task.detail).startswith(waiting)
        assert english(task.detail) != waiting
        assert told_in(of_the_morning(world)) == [task]

    world.control("DELETE", "faults")
    done = morning(world, ledger)
    assert (done.verdict, done.reason) == ("clean", done.reason), done.answer.tasks
    assert {f"L{number}" for number in LOANS} <= there(world)
    assert of_the_morning(world) == ()


def test_days_are_counted_anew_once_a_write_got_through(world: World) -> None:
    ledger = refused_from_now_on(world, {"kind": "500"})
    for _ in range(LONG_DAYS):
        assert told_in(morning(world, ledger).answer.tasks) == []
    world.control("DELETE", "faults")
    assert morning(world, ledger).verdict == "clean"

    for match in WRITES[world.system]:
        strike(world, match, {"kind": "500"})
    for number in LOANS:
        ledger.lent(100 + number, 1)
    for _ in range(LONG_DAYS):
        assert told_in(morning(world, ledger).answer.tasks) == []
    assert len(told_in(morning(world, ledger).answer.tasks)) == 1


def test_a_product_that_stops_every_pass_is_told_after_some_days(world: World) -> None:
    ledger = first_day()
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    world.control("POST", "faults", system=world.system, kind="503", count=0)
    ledger.lent(101, 1)
    done = morning(world, ledger)
    since = world.clock.now().date().isoformat()
    for _ in range(LONG_DAYS - 1):
        assert (done.exit_code, done.answer.tasks) == (75, ())
        done = morning(world, ledger)
    for _ in range(2):
        done = morning(world, ledger)
        assert done.exit_code == 1
        (task,) = done.answer.tasks
        assert (task.code, task.action) == ("pass.no_end", "look_why_ended")
        assert english(task.detail).startswith(f"no process has come to its end since {since}: ")
        assert of_the_morning(world) == (task,)

    world.control("DELETE", "faults")
    assert morning(world, ledger).verdict == "clean"
    assert "L101" in there(world)
    world.control("POST", "faults", system=world.system, kind="503", count=0)
    ledger.lent(102, 1)
    done = morning(world, ledger)
    assert (done.exit_code, done.answer.tasks) == (75, ())
