"""A pass in which nothing changed asks the books nothing; what is in doubt is looked up as before.

Counted is what the sandbox was asked, by its own count.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bridge.core.delivery import Outcome, Outgoing, Rejected
from bridge.errors import LoginRequired
from bridge.pipeline.reconcile import compare
from bridge.pipeline.sync import SyncResult, sync
from bridge.store import schema
from tests.pipeline import world as worlds
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.world import MAY_SHRINK, ROOT, World, one

Case = Callable[[World, Ledger], None]
DAY_S = 86_400


@pytest.fixture
def world(world: World) -> World:
    world.overrides |= MAY_SHRINK
    return world


@pytest.fixture
def ledger() -> Ledger:
    return small_ledger()


def asked(world: World) -> int:
    return int(world.control("GET", f"{world.system}/calls")["total"])


def scheduled(world: World) -> SyncResult:
    """A pass as the daemon makes it: nobody waits for it."""
    with world.bridge() as bridge:
        for name, books in bridge.books.items():
            bridge.books[name] = replace(books, patient=True)
        return sync(bridge)


def calls_of(world: World, a_pass: Callable[[World], SyncResult] = World.sync) -> int:
    before = asked(world)
    done = one(a_pass(world))
    assert done.stopped is None
    assert done.calls == asked(world) - before
    return int(done.calls)


def settled(world: World, ledger: Ledger) -> None:
    """Everything is in the books, and a pass has seen that."""
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    world.sync()


def with_mapping(world: World, old: str, new: str) -> None:
    text = (ROOT / "mappings" / f"{world.system}.toml").read_text("utf-8")
    assert old in text
    path = world.folder / "mapping.toml"
    path.write_text(text.replace(old, new), "utf-8")
    world.overrides[f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__MAPPING"] = str(path)


def lock(world: World, day: str) -> None:
    world.control("POST", f"{world.system}/edit", action="lock", date=day)


def holds(world: World) -> set[str]:
    with world.dry() as bridge, bridge.store.read() as work:
        return {hold.code for hold in work.plans.holds(world.where)}


# -- nothing to do ---------------------------------------------------------------------------------


def the_same_file(world: World, ledger: Ledger) -> None:
    settled(world, ledger)


def written_again(world: World, ledger: Ledger) -> None:
    settled(world, ledger)
    world.snapshot.unlink()
    ledger.write(world.snapshot)


def another_stamp(world: World, ledger: Ledger) -> None:
    settled(world, ledger)
    told = json.loads(world.snapshot.read_text("utf-8"))
    told["generated_at"] = "2026-11-19T23:59:00-05:00"
    world.snapshot.write_text(json.dumps(told, indent=1), "utf-8")


def of_the_next_day(world: World, ledger: Ledger) -> None:
    settled(world, ledger)
    world.clock.sleep(DAY_S)
    ledger.as_of = "2026-11-20"
    ledger.write(world.snapshot)


def with_a_login_of_its_own(world: World, ledger: Ledger) -> None:
    """Nobody ever logged in with it: it is not even opened."""
    settled(world, ledger)
    world.overrides[f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__ACCESS"] = "oauth"


def a_row_that_is_held(world: World, ledger: Ledger) -> None:
    """More was paid than was owed, and the mapping says that a person decides."""
    with_mapping(world, 'overpayment = "credit"', 'overpayment = "hold"')
    ledger.movements[7]["amount"] = 90_000
    ledger.write(world.snapshot)
    world.sync()
    world.sync()
    assert holds(world) == {"policy.overpayment"}


def a_loan_without_a_borrower(world: World, ledger: Ledger) -> None:
    del ledger.debtors[2]
    ledger.write(world.snapshot)
    world.sync()
    world.sync()
    assert holds(world)


def a_refused_document(world: World, ledger: Ledger) -> None:
    settled(world, ledger)
    ledger.movements[9] = ledger.movements[7] | {"movement_id": 9}
    ledger.write(world.snapshot)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worlds.Mortal, "post", refused)
        assert one(world.sync()).rejected == 1
    assert one(world.sync()).rejected == 1


def refused(_: Any, batch: Sequence[Outgoing]) -> list[Outcome]:
    return [Rejected("not like this", "1") for _ in batch]


NOTHING_TO_DO: tuple[Case, ...] = (
    the_same_file,
    written_again,
    another_stamp,
    of_the_next_day,
    with_a_login_of_its_own,
    a_row_that_is_held,
    a_loan_without_a_borrower,
    a_refused_document,
)


@pytest.mark.spread
@pytest.mark.parametrize("case", NOTHING_TO_DO)
def test_a_pass_with_nothing_to_do_asks_nothing(case: Case, world: World, ledger: Ledger) -> None:
    case(world, ledger)
    assert (calls_of(world), calls_of(world, scheduled)) == (0, 0)


# -- what may have ended in the books --------------------------------------------------------------


def in_a_closed_month(world: World, ledger: Ledger) -> None:
    settled(world, ledger)
    lock(world, "2026-09-30")
    ledger.movements[7]["amount"] += 500
    ledger.write(world.snapshot)
    assert world.sync().verdict == "person"
    assert holds(world) == {"books.period_closed"}


def test_whoever_opens_a_month_sees_it_posted_by_the_next_pass(
    world: World, ledger: Ledger
) -> None:
    in_a_closed_month(world, ledger)
    lock(world, "2026-06-30")
    assert one(world.sync()).posting.confirmed
    assert holds(world) == set()


def test_a_closed_month_is_asked_about_once_a_day_where_nobody_waits(
    world: World, ledger: Ledger
) -> None:
    in_a_closed_month(world, ledger)
    calls_of(world, scheduled)  # something was sent in between
    assert calls_of(world, scheduled) == 0
    world.clock.sleep(DAY_S)
    assert calls_of(world, scheduled) > 0
    assert calls_of(world, scheduled) == 0
    lock(world, "2026-06-30")
    world.clock.sleep(DAY_S)
    assert one(scheduled(world)).posting.confirmed


def test_what_is_held_is_looked_at_again_when_the_mapping_changes(
    world: World, ledger: Ledger
) -> None:
    a_row_that_is_held(world, ledger)
    with_mapping(world, 'overpayment = "credit"', 'overpayment = "credit"')  # as it was
    assert one(scheduled(world)).posting.confirmed
    assert holds(world) == set()


# -- never at the price of safety ------------------------------------------------------------------


def a_new_row(world: World, ledger: Ledger) -> None:
    settled(world, ledger)
    ledger.movements[9] = ledger.movements[7] | {"movement_id": 9}
    ledger.write(world.snapshot)


def a_copy_put_in_place(world: World, ledger: Ledger) -> None:
    settled(world, ledger)
    state, copy = world.folder / "state.db", world.folder / "copy.db"
    schema.back_up(state, copy)
    copy.replace(state)
    for tail in ("-wal", "-shm"):
        Path(f"{state}{tail}").unlink(missing_ok=True)


def a_login_that_had_ended(world: World, ledger: Ledger) -> None:
    """The morning's comparison found nobody logged in; somebody has logged in since."""

    def nobody(*_: Any) -> Any:
        raise LoginRequired("log in again")

    settled(world, ledger)
    with world.bridge() as bridge:
        system = bridge.books[world.system].system
        system.chart, system.changes, system.read = nobody, nobody, nobody
        compare(bridge, bridge.today, world.clock.now())


def a_lost_answer(world: World, ledger: Ledger) -> None:
    a_new_row(world, ledger)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(worlds.Killed):
        patch.setattr(world, "dies", lambda moment: moment == "after the answer")
        world.sync()


IN_DOUBT: tuple[Case, ...] = (
    a_new_row,
    a_copy_put_in_place,
    a_login_that_had_ended,
    a_lost_answer,
)


@pytest.mark.spread
@pytest.mark.parametrize("case", IN_DOUBT)
def test_what_changed_or_is_in_doubt_is_looked_up_once(
    case: Case, world: World, ledger: Ledger
) -> None:
    case(world, ledger)
    assert calls_of(world, scheduled) > 0
    assert (calls_of(world), calls_of(world, scheduled)) == (0, 0)
