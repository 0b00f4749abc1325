"""The books know more than the state remembers: an older copy of it, a lost log, another bridge."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from bridge.pipeline import decide
from bridge.pipeline.sync import sync
from bridge.report.details import english
from tests import lost_states
from tests.in_words import in_words
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
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import Killed, World, one

pytestmark = pytest.mark.spread


@pytest.fixture
def world(world: World) -> World:
    world.overrides["LEDGER_BRIDGE_SOURCE__MAX_AGE_DAYS"] = "365"
    if world.system == "quickbooks":  # no key is remembered
        world.control("POST", "quickbooks/settings", requestid="ignore")
    return world


def other(world: World, tmp_path: Path) -> World:
    """The same lender's bridge on another machine: a state store of its own."""
    folder = tmp_path / "other machine"
    folder.mkdir(exist_ok=True)
    made = World(folder, world.sandbox, world.system, clock=world.clock)
    made.overrides = dict(world.overrides)
    return made


def twice(world: World) -> list[str]:
    live = [d for d in world.live_documents() if d["kind"] != "customer"]
    return sorted(n for n, count in Counter(d["number"] for d in live).items() if count > 1)


def ahead(world: World, copy: Path) -> Ledger:
    """Books with two days of which the copy knows nothing."""
    chance = random.Random(7)
    ledger = Ledger.random(chance)
    delivered(ledger, world)
    clean(world)
    lost_states.plain_copy(state(world), copy)
    a_day_passes(world, ledger, chance)
    a_day_passes(world, ledger, chance)
    world.clock.move(DAY)
    return ledger


@pytest.mark.parametrize("looked", [False, True], ids=["at once", "after a comparison"])
@pytest.mark.parametrize("moved", [False, True], ids=["in its place", "on another machine"])
def test_an_older_plain_copy_posts_nothing_twice_and_says_so(
    world: World, tmp_path: Path, moved: bool, looked: bool
) -> None:
    """Whoever compares first has read the documents that this state has forgotten."""
    copy = tmp_path / "yesterday.db"
    ledger = ahead(world, copy)
    there = numbers(world)
    lost_states.put_back(copy, state(world))
    if moved:
        lost_states.forget_what_was_left(state(world))
    if looked:
        compared(world)
    done = world.sync()
    assert "pass.restored" in codes(done)
    assert looked or codes(done) == ["pass.restored"]
    (told,) = (task for task in done.answer.tasks if task.code == "pass.restored")
    assert "known again" in english(told.detail)
    assert twice(world) == []
    assert numbers(world) == there
    if looked:
        compared(world)  # the last one had not known them
    assert clean(world).changes == 0
    check_laws(world)
    a_day_passes(world, ledger, random.Random(9))
    check_laws(world)


def test_an_older_copy_on_another_machine_is_said_although_nothing_changed(
    world: World, tmp_path: Path
) -> None:
    """What a person had posted again since is in no delivery, and no pass has anything to do."""
    ledger = Ledger.random(random.Random(7))
    delivered(ledger, world)
    clean(world)
    copy = lost_states.plain_copy(state(world), tmp_path / "yesterday.db")
    receipt = next(each for each in numbers(world) if "-P" in each)
    world.control("POST", f"{world.system}/edit", action="delete", kind="receipt", number=receipt)
    world.clock.move(HOUR)
    compared(world)
    with world.bridge() as bridge:
        decide.repost(
            bridge.store, bridge.books[world.system].system, [receipt], "ana", world.clock
        )
    clean(world)
    there = numbers(world)
    world.clock.move(HOUR)
    lost_states.put_back(copy, state(world))
    lost_states.forget_what_was_left(state(world))
    assert codes(world.sync()) == ["pass.restored"]
    assert numbers(world) == there
    assert clean(world).changes == 0
    assert one(world.sync()).calls == 0
    check_laws(world)


def test_a_state_that_was_only_moved_is_looked_at_once(world: World) -> None:
    ledger = Ledger.random(random.Random(7))
    delivered(ledger, world)
    clean(world)
    lost_states.forget_what_was_left(state(world))
    world.clock.move(HOUR)
    assert [one(clean(world)).calls > 0 for _ in range(3)] == [True, False, False]


def test_a_second_old_copy_of_one_day_is_said_too(world: World, tmp_path: Path) -> None:
    """The state still catches up from the first one, and a comparison has read the books."""
    copy = tmp_path / "yesterday.db"
    ledger = ahead(world, copy)
    lost_states.put_back(copy, state(world))
    beside = state(world).with_suffix(".kept")
    assert codes(world.sync()) == ["pass.restored"]
    copy, was = lost_states.plain_copy(state(world), tmp_path / "old.db"), beside.read_bytes()
    ledger.lend(99, random.Random(3))
    delivered(ledger, world)
    world.clock.move(HOUR)
    clean(world)
    there = numbers(world)
    lost_states.put_back(copy, state(world))
    beside.write_bytes(was)
    compared(world)
    assert "pass.restored" in codes(world.sync())
    assert numbers(world) == there
    check_laws(world)


def test_a_copy_of_before_anything_was_posted_is_an_older_copy_too(
    world: World, tmp_path: Path
) -> None:
    chance = random.Random(7)
    ledger = Ledger.random(chance)
    delivered(ledger, world)
    world.dies = lambda where: where == "before the request"
    with pytest.raises(Killed):
        world.sync()
    copy = lost_states.plain_copy(state(world), tmp_path / "empty.db")
    world.dies = lambda _: False
    world.clock.move(HOUR)
    clean(world)
    there = numbers(world)
    lost_states.put_back(copy, state(world))
    world.clock.move(DAY)
    assert codes(world.sync()) == ["pass.restored"]
    assert numbers(world) == there
    check_laws(world)


def test_the_next_pass_says_it_where_the_one_that_found_it_died(
    world: World, tmp_path: Path
) -> None:
    copy = tmp_path / "yesterday.db"
    ledger = ahead(world, copy)
    lost_states.put_back(copy, state(world))
    ledger.lend(99, random.Random(3))
    delivered(ledger, world)
    world.dies = lambda where: where == "before the request"
    with pytest.raises(Killed):
        world.sync()
    world.dies = lambda _: False
    world.clock.move(HOUR)
    assert "pass.restored" in codes(world.sync())
    assert codes(world.sync()) == []


def test_what_is_known_again_of_a_loan_that_ended_meanwhile_is_asked_about(
    world: World, tmp_path: Path
) -> None:
    """The plan that finds it was made without it, and the ledger does not change any more."""
    ledger = Ledger.random(random.Random(7), loans=3)
    delivered(ledger, world)
    world.dies = lambda where: where == "before the request"
    with pytest.raises(Killed):
        world.sync()
    copy = lost_states.plain_copy(state(world), tmp_path / "empty.db")
    world.dies = lambda _: False
    world.clock.move(HOUR)
    clean(world)
    lost_states.put_back(copy, state(world))
    lost_states.forget_what_was_left(state(world))
    ledger.debts[2]["status"] = "Anulado"
    ledger.lend(99, random.Random(3))
    delivered(ledger, world)
    world.clock.move(HOUR)
    assert "pass.restored" in codes(world.sync())
    world.sync()
    found = compared(world)
    assert "ledger.not_planned" not in {item.cause for item in found.items}
    assert any(item.loan == "2" for item in found.items)
    assert all(tie.unexplained == 0 for tie in found.tie_outs)


def test_a_killed_pass_whose_log_is_gone_posts_nothing_twice(world: World, tmp_path: Path) -> None:
    """Copied at each death without its log, as a snapshot of the file alone has it."""
    chance = random.Random(11)
    ledger = Ledger.random(chance, loans=6)
    delivered(ledger, world)
    clean(world)
    copy = lost_states.plain_copy(state(world), tmp_path / "without its log.db", log=False)
    ledger.lend(99, chance)
    for _ in range(8):
        ledger.move(chance)
    delivered(ledger, world)
    told = []
    for deaths in (2, 1):
        left = [deaths]

        def dies(where: str, left: list[int] = left) -> bool:
            left[0] -= where == "after the answer"
            return left[0] == 0

        world.dies = dies
        world.clock.move(600)
        with pytest.raises(Killed):
            world.sync()
        lost_states.put_back(copy, state(world))
    world.dies = lambda _: False
    world.clock.move(600)
    told = codes(world.sync())
    assert told == ["pass.restored"]
    assert twice(world) == []
    clean(world)
    check_laws(world)


def test_another_bridge_on_the_same_company_is_refused_at_once(
    world: World, tmp_path: Path
) -> None:
    ledger = Ledger.random(random.Random(7))
    second = other(world, tmp_path)
    delivered(ledger, world, second)
    clean(world)
    there = numbers(world)
    world.clock.move(HOUR)
    for _ in range(2):
        done = second.sync()
        assert (done.exit_code, codes(done)) == (1, ["pass.second_writer"])
        assert "rebuild" in in_words(one(done).stopped)
    assert one(second.preview()).stopped is not None
    assert numbers(world) == there
    assert clean(world).changes == 0


def both_begin(world: World, second: World) -> Ledger:
    """Two bridges that both knew the books when nothing of ours was in them."""
    chance = random.Random(7)
    ledger = Ledger.random(chance)
    delivered(ledger, world, second)
    second.dies = lambda where: where == "before the request"
    with pytest.raises(Killed):
        second.sync()
    second.dies = lambda _: False
    world.clock.move(HOUR)
    clean(world)
    world.clock.move(HOUR)
    return ledger


def test_two_bridges_that_began_together_post_nothing_twice(world: World, tmp_path: Path) -> None:
    second = other(world, tmp_path)
    ledger = both_begin(world, second)
    there = numbers(world)
    done = second.sync()
    assert (done.exit_code, codes(done)) == (1, ["pass.second_writer"])
    assert "--take-over" in in_words(one(done).stopped)
    assert numbers(world) == there
    # A person stops the first one, and lets the second go on: it knows everything again.
    taken = second.sync(take_over="ana")
    assert codes(taken) == ["pass.restored"]
    assert numbers(world) == there
    chance = random.Random(5)
    a_day_passes(second, ledger, chance)
    check_laws(second)
    delivered(ledger, world)
    ledger.move(chance)
    delivered(ledger, world)
    world.clock.move(HOUR)
    refused = world.sync()
    assert codes(refused) == ["pass.second_writer"]
    assert twice(world) == []


def test_what_two_copies_of_one_state_post_in_the_same_minute_is_told_one_by_one(
    world: World, tmp_path: Path
) -> None:
    chance = random.Random(7)
    ledger = Ledger.random(chance)
    delivered(ledger, world)
    clean(world)
    world.clock.move(HOUR)
    second = other(world, tmp_path)
    lost_states.plain_copy(state(world), state(second))
    ledger.lend(max(ledger.debts) + 1, chance)
    for _ in range(5):
        ledger.move(chance)
    delivered(ledger, world, second)
    world.control("POST", "zoho/settings", read_lag_s=90)
    before = numbers(world)
    clean(second)
    done = world.sync()
    both = twice(world)
    if world.system != "zoho":  # it lists at once, or knows the key
        assert (codes(done), both) == (["pass.second_writer"], [])
        return
    # Nothing in Zoho keeps a payment from being there twice; a number of an invoice does.
    assert both
    assert not [number for number in both if "-L" in number]
    assert len(numbers(world)) == len({*numbers(world)}) + len(both)
    assert {*numbers(world)} > {*before}
    world.clock.move(HOUR)
    found = compared(world)
    told = [item for item in found.items if item.cause == "reference.unknown"]
    assert sorted(item.reference for item in told) == both
    assert not found.agree
    ledger.move(chance)
    delivered(ledger, world)
    assert "pass.second_writer" in codes(world.sync())
    assert twice(world) == both


def test_a_pass_with_nothing_to_write_asks_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered(Ledger.random(random.Random(7)), world)
    clean(world)
    world.clock.move(HOUR)
    assert questions(world, monkeypatch) == []


CALLS = {"quickbooks": 1, "xero": 3, "zoho": 1}
"""Calls that the question costs a pass that posts a payment. Xero has receipts in three lists."""


def test_the_question_before_a_payment_costs_few_calls(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger.random(random.Random(7))
    delivered(ledger, world)
    clean(world)
    asked = []
    for _ in range(3):
        ledger.move(random.Random(3))
        delivered(ledger, world)
        world.clock.move(HOUR)
        asked += questions(world, monkeypatch)
    assert len(asked) == 3
    assert max(asked) <= CALLS[world.system], asked


def questions(world: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The calls of each question for what is new in the books."""
    counted = []
    with world.bridge() as bridge:
        (books,) = bridge.books.values()
        newest = books.system.newest

        def asked(*given: object) -> object:
            before = books.system.calls().total
            found = newest(*given)
            counted.append(books.system.calls().total - before)
            return found

        monkeypatch.setattr(books.system.system, "newest", asked)
        done = sync(bridge)
    assert done.verdict == "clean", done.reason
    return counted
