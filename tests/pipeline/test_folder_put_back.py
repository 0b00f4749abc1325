"""The whole folder of the state was put back, with all that says how it was left.

Nothing beside it tells that it is old; only the books do, whoever has read them in the meantime.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bridge.errors import SnapshotRefused
from tests import lost_states
from tests.in_words import in_words
from tests.pipeline.closed import adjusting, lock
from tests.pipeline.closed import put_back as posted_again
from tests.pipeline.faults import check_laws
from tests.pipeline.forgotten import (
    DAY,
    HOUR,
    a_day_passes,
    clean,
    codes,
    compared,
    delivered,
    numbers,
    state,
)
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.world import World, one

pytestmark = pytest.mark.spread


@pytest.fixture
def world(world: World) -> World:
    world.overrides["LEDGER_BRIDGE_SOURCE__MAX_AGE_DAYS"] = "365"
    return world


@pytest.mark.parametrize("goes_on", [False, True], ids=["nothing new", "a new loan"])
@pytest.mark.parametrize("full", [None, False, True], ids=["at once", "what changed", "all"])
def test_a_whole_folder_put_back_is_said_whoever_has_read_the_books_meanwhile(
    world: World, tmp_path: Path, full: bool | None, goes_on: bool
) -> None:
    """With what stood beside the state nothing here tells that it is old: it looks as if somebody
    else had posted, and no plan may take that for what a person entered before."""
    chance = random.Random(7)
    ledger = Ledger.random(chance)
    delivered(ledger, world)
    clean(world)
    folder = lost_states.whole_folder(state(world), tmp_path / "yesterday")
    a_day_passes(world, ledger, chance)
    world.clock.move(DAY)
    there = numbers(world)
    lost_states.put_folder_back(folder, state(world))
    if full is not None:
        compared(world, full=full)
    if goes_on:
        ledger.lend(99, chance)
        delivered(ledger, world)
    for _ in range(2):
        done = world.sync()
        assert (done.exit_code, "pass.second_writer" in codes(done)) == (1, True)
        assert "put back" in in_words(one(done).stopped)
    assert one(world.preview()).stopped is not None
    assert numbers(world) == there
    taken = world.sync(take_over="ana")
    assert "pass.restored" in codes(taken)
    compared(world)
    assert clean(world).changes == 0
    assert set(there) <= set(numbers(world))
    check_laws(world)


def test_a_number_of_ours_that_no_row_has_is_told_and_stops_no_pass(world: World) -> None:
    """Somebody's hand wrote it; nothing that the ledger has is waiting to be taken for it."""
    ledger = Ledger.random(random.Random(7))
    delivered(ledger, world)
    clean(world)
    by_hand(world, "DY7F3A-L999", "Somebody", "700")
    world.clock.move(HOUR)
    found = compared(world)
    assert "reference.unknown" in {item.cause for item in found.items}
    ledger.debtors[1]["phone"] = "3000000001"
    delivered(ledger, world)
    assert "pass.second_writer" not in codes(world.sync())


def by_hand(world: World, number: str, customer: str, amount: str) -> None:
    where = f"{world.system}/edit"
    dates = {"date": "2026-06-01", "due": "2026-12-01"}
    world.control("POST", where, action="add", kind="customer", name=customer)
    wish = {"kind": "invoice", "number": number, "customer": customer, "amount": amount}
    world.control("POST", where, action="add", **wish, **dates)


def test_two_copies_that_have_seen_equally_many_passes_are_not_taken_for_one(
    world: World, tmp_path: Path
) -> None:
    """One is moved to another machine and works on there; then the other stands in its place."""
    chance = random.Random(7)
    ledger = Ledger.random(chance)
    delivered(ledger, world)
    clean(world)
    first = lost_states.plain_copy(state(world), tmp_path / "first.db")
    a_day_passes(world, ledger, chance)
    a_day_passes(world, ledger, chance)
    second = lost_states.plain_copy(state(world), tmp_path / "second.db")
    a_day_passes(world, ledger, chance)
    world.clock.move(DAY)
    lost_states.put_back(first, state(world))
    lost_states.forget_what_was_left(state(world))
    world.snapshot.unlink()
    for _ in range(2):  # nothing is delivered; so many passes the second one has seen
        with pytest.raises(SnapshotRefused):
            world.sync()
    lost_states.put_back(second, state(world))
    there = numbers(world)
    ledger.lend(99, chance)
    delivered(ledger, world)
    done = world.sync()
    assert ("pass.restored" in codes(done), "pass.second_writer" in codes(done)) == (True, False)
    assert set(there) < set(numbers(world))
    compared(world)
    check_laws(world)


def posting_little(world: World) -> Ledger:
    """A ledger so small that one row more or less is much of it."""
    for what in ("MONEY", "ROWS"):
        world.overrides[f"LEDGER_BRIDGE_LIMITS__SHRINK_{what}_PERCENT"] = "100"
    return small_ledger()


def rested(world: World, tmp_path: Path) -> Path:
    """A copy of the state, a day before what comes now."""
    copy = lost_states.plain_copy(state(world), tmp_path / "yesterday.db")
    world.clock.move(DAY)
    return copy


def stands_again(world: World, copy: Path) -> None:
    world.clock.move(DAY)
    lost_states.put_back(copy, state(world))
    assert "pass.restored" in codes(world.sync())
    world.sync()


def edited(world: World, number: str, amount: str) -> None:
    (document,) = (d for d in world.live_documents() if d["number"] == number)
    wish = {"kind": document["kind"], "number": number, "id": document["id"]}
    where = f"{world.system}/edit"
    world.control("POST", where, action="edit", set={"amount": amount}, **wish)


@pytest.mark.parametrize("more", [500, -500], ids=["more", "less"])
@pytest.mark.parametrize("kind", ["PAYMENT", "DISCOUNT"])
def test_what_undoes_a_document_and_was_edited_is_told_by_a_state_that_forgot_it(
    world: World, tmp_path: Path, kind: str, more: int
) -> None:
    """Taken as the books had it, the two came to nothing no more, and nobody was told why."""
    adjusting(world)
    ledger = posting_little(world)
    ledger.movements[7]["type"] = kind
    delivered(ledger, world)
    clean(world)
    lock(world, "2026-09-30")
    copy = rested(world, tmp_path)
    ledger.movements[7]["amount"] += 700
    delivered(ledger, world)
    clean(world)
    letter = "P" if kind == "PAYMENT" else "K"
    edited(world, f"DY7F3A-Z{letter}7", str(3_000 + more))
    stands_again(world, copy)
    found = compared(world)
    told = {(i.reference, i.field): i.amount for i in found.items if i.amount}
    assert told == {(f"DY7F3A-Z{letter}7", "total"): -more}
    assert not any(tie.unexplained for tie in found.tie_outs)


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("now", ["wanted", "taken back", "another loan's"])
def test_of_what_was_posted_anew_since_one_generation_counts(
    world: World, tmp_path: Path, now: str, closed: bool
) -> None:
    """The one that a copy knows is not in the books any more; what is deleted is not listed."""
    ledger = posting_little(world)
    delivered(ledger, world)
    clean(world)
    copy = rested(world, tmp_path)
    where = f"{world.system}/edit"
    world.control("POST", where, action="delete", kind="receipt", number="DY7F3A-P7")
    compared(world)
    posted_again(world, "DY7F3A-P7")
    clean(world)
    assert "DY7F3A-P7.2" in numbers(world)
    if now == "another loan's":
        ledger.movements[7]["debt_id"] = 2
        delivered(ledger, world)
        clean(world)
    if now == "taken back":
        row = {"movement_id": 9, "type": "REVERSAL", "reverses": 7, "date": "2026-11-19"}
        ledger.movements[9] = ledger.movements[7] | row
        delivered(ledger, world)
    if closed:
        lock(world, "2026-09-30")
    stands_again(world, copy)
    found = compared(world)
    assert not any(tie.unexplained for tie in found.tie_outs)
    assert "DY7F3A-P7" not in {item.reference for item in found.items}
