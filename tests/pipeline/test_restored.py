"""A copy of the state is put in place, and the books are ahead of it."""

from __future__ import annotations

import random
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.core.identity import BooksId
from bridge.pipeline.restored import caught_up
from bridge.store import Store
from tests.pipeline.faults import check_laws
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import NOW, Killed, World, one

pytestmark = pytest.mark.spread

DAY = 86400


@pytest.fixture
def world(world: World) -> World:
    world.overrides["LEDGER_BRIDGE_SOURCE__MAX_AGE_DAYS"] = "365"
    if world.system == "quickbooks":  # no key is remembered
        world.control("POST", "quickbooks/settings", requestid="ignore")
    return world


def copied(world: World) -> Path:
    copy = world.folder / "copy.db"
    with closing(Store.open(world.settings().state.url, migrate=False)) as store:
        store.back_up(copy)
    return copy


def put_in_place(world: World, copy: Path) -> None:
    for path in world.folder.glob("state.db*"):
        path.unlink()
    copy.rename(world.folder / "state.db")


def ahead(world: World) -> Ledger:
    """Books with a day that the state in place has never heard of; the ledger after that day."""
    ledger = Ledger.random(random.Random(7))
    ledger.write(world.snapshot)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    copy = copied(world)
    chance = random.Random(3)
    ledger.lend(6, chance)
    for _ in range(6):
        ledger.move(chance)
    payment = next(m for m in ledger.movements.values() if m["type"] == "PAYMENT")
    payment["amount"] += 500
    world.clock.move(DAY)
    ledger.write(world.snapshot)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    put_in_place(world, copy)
    world.clock.move(10 * DAY)
    return ledger


def reads(world: World) -> int:
    by_path = world.control("GET", f"{world.system}/calls")["by_path"]
    return sum(n for place, n in by_path.items() if "GET" in place or "/query" in place)


def history(world: World) -> list[str]:
    with world.dry() as bridge, bridge.store.read() as work:
        return [f"{each.verb} {each.reference}".strip() for each in work.decisions.latest()]


def test_what_the_books_are_ahead_of_is_found_and_not_posted_again(world: World) -> None:
    ahead(world)
    numbers = sorted(d["number"] for d in world.live_documents())
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert sorted(d["number"] for d in world.live_documents()) == numbers
    check_laws(world)
    assert history(world) == ["restored"]


def test_a_pass_that_dies_after_the_restoring_forgets_nothing(world: World) -> None:
    ledger = ahead(world)
    numbers = {d["number"] for d in world.live_documents()}
    ledger.lend(7, random.Random(4))  # something is to be sent, too
    ledger.write(world.snapshot)
    for where in ("before the request", "after the answer"):
        world.dies = lambda at, where=where: at == where  # type: ignore[misc]
        with pytest.raises(Killed):
            world.sync()
        world.clock.move(600)
    world.dies = lambda _: False
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert {d["number"] for d in world.live_documents()} > numbers
    check_laws(world)


def test_once_the_ledger_has_moved_on_nothing_is_looked_up_any_more(world: World) -> None:
    ledger = ahead(world)
    world.sync()
    chance = random.Random(5)
    looked = []
    for as_of in ("2026-11-20", "2026-12-24", "2026-12-25"):
        ledger.lend(max(ledger.debts) + 1, chance)
        ledger.as_of = as_of
        ledger.write(world.snapshot)
        world.clock.move(DAY)
        before = reads(world)
        done = world.sync()
        assert done.verdict == "clean"
        assert one(done).posting.posted > 0
        looked.append(reads(world) - before)
    assert history(world) == [f"caught_up {world.system} {world.company}", "restored"]
    assert looked[2] < looked[1]
    check_laws(world)


@pytest.mark.parametrize(("days", "trusted"), [(-1, False), (0, False), (1, True)])
def test_a_delivery_of_the_restoring_day_is_not_enough_to_trust_the_state(
    days: int, trusted: bool, tmp_path: Path
) -> None:
    """It may have been made in the morning, before what the copy does not know was posted."""
    day = date(2026, 11, 20)
    system: Any = SimpleNamespace(name="xero", company_id="x")
    with closing(Store.open(f"sqlite:///{tmp_path}/state.db")) as store:
        with store.begin() as work:
            work.marks.doubt_state("ana", f"{day}T11:00:00+00:00")
        caught_up(store, system, day + timedelta(days), NOW)
        with store.read() as work:
            assert bool(work.marks.restored_at(BooksId("xero", "x"))) is not trusted


def test_a_state_that_was_never_a_copy_is_not_doubted(world: World) -> None:
    ledger = Ledger.random(random.Random(7))
    ledger.write(world.snapshot)
    world.sync()
    copied(world)
    world.sync()
    assert history(world) == []
