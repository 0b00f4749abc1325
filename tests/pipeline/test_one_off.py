"""The one-off comparison, on machines that know these books, an older state of them, or nothing."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bridge.core.tie_out.items import ItemKind
from bridge.core.tie_out.reconciliation import SystemResult
from bridge.pipeline.one_off import OneOff, one_off
from bridge.pipeline.reconcile import compare
from tests.pipeline.edited import hand
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import SAMPLE, World, one


@pytest.fixture
def world(world: World) -> World:
    world.overrides["LEDGER_BRIDGE_LIMITS__SHRINK_MONEY_PERCENT"] = "100"
    return world


def looked(world: World) -> OneOff:
    """What the one-off comparison says; it leaves every file as it was."""
    before = files(world)
    with world.dry() as dry:
        told = one_off(dry)
    assert files(world) == before
    return told


def files(world: World) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(world.folder.rglob("*")) if p.is_file()}


def system(told: OneOff) -> SystemResult:
    (result,) = told.found.systems
    return result


def morning(world: World) -> SystemResult:
    with world.bridge() as bridge:
        (result,) = compare(bridge, bridge.today, world.clock.now()).systems
    return result


def lose_state(world: World) -> None:
    for path in world.folder.glob("state.db*"):
        path.unlink()


def planned(told: OneOff) -> tuple[int, int, int]:
    figures = one(told.plan).plan.figures
    return figures.create, figures.update, figures.void


def sums(result: SystemResult) -> dict[tuple[str, str], Decimal]:
    """(kind, currency) → what its items come to."""
    found: dict[tuple[str, str], Decimal] = {}
    for item in result.items:
        place = (item.kind.value, item.currency)
        found[place] = found.get(place, Decimal(0)) + item.amount
    return found


def test_before_the_first_sync_everything_is_still_to_be_posted(world):
    Ledger.random(random.Random(3)).write(world.snapshot)
    told = looked(world)
    result = system(told)
    create, _, _ = planned(told)
    pending = [item for item in result.items if item.kind is ItemKind.PENDING]
    assert create == len(pending) > 10
    assert told.found.as_of.isoformat() == "2026-11-19", "the ledger's own day, not today"
    for tie in result.tie_outs:
        assert tie.unexplained == 0
        owed = sum((i.amount for i in pending if i.currency == tie.currency), Decimal(0))
        assert tie.ledger == tie.difference == owed
    assert any(tie.ledger for tie in result.tie_outs)
    assert not (world.folder / "state.db").exists()


def test_after_the_state_was_lost_everything_is_known_again(world):
    Ledger.random(random.Random(4)).write(world.snapshot)
    world.sync()
    known = morning(world)
    lose_state(world)
    told = looked(world)
    result = system(told)
    assert planned(told) == (0, 0, 0)
    assert result.counts == known.counts
    assert [(i.kind, i.reference, i.amount) for i in result.items] == [
        (i.kind, i.reference, i.amount) for i in known.items
    ]
    assert result.tie_outs == known.tie_outs
    assert [n.code for n in result.notices if n.code == "books.known_again"] != []
    assert told.exit_code == 0


def test_what_another_machine_posted_since_is_no_difference_for_an_old_state(world):
    ledger = Ledger.random(random.Random(5))
    ledger.write(world.snapshot)
    world.sync()
    shutil.copy(world.folder / "state.db", world.folder / "old.db")
    for seed in range(3):
        ledger.change(random.Random(seed))
    ledger.as_of = "2026-11-20"
    ledger.write(world.snapshot)
    done = one(world.sync())
    assert done.rejected == 0
    assert done.posting.confirmed > 3
    lose_state(world)
    shutil.move(world.folder / "old.db", world.folder / "state.db")
    told = looked(world)
    result = system(told)
    assert {tie.difference - tie.explained for tie in result.tie_outs} == {Decimal(0)}
    assert {item.kind for item in result.items} <= {ItemKind.PENDING, ItemKind.FOREIGN}
    assert not any(item.amount for item in result.items if item.kind is ItemKind.PENDING)


def test_a_newer_delivery_is_compared_with_as_still_to_be_posted(world):
    ledger = Ledger.random(random.Random(6))
    ledger.write(world.snapshot)
    world.sync()
    ledger.change(random.Random(1))
    ledger.as_of = "2026-11-20"
    ledger.write(world.snapshot)
    told = looked(world)
    world.sync()
    after = morning(world)
    assert told.found.as_of.isoformat() == "2026-11-20"
    assert sum(planned(told)) > 0
    for before, later in zip(system(told).tie_outs, after.tie_outs, strict=True):
        assert before.unexplained == 0
        assert before.ledger == later.ledger
        pending = sums(system(told)).get(("pending", before.currency), Decimal(0))
        assert before.control_account + pending == later.control_account


def test_a_state_of_another_company_knows_nothing_of_this_one(world):
    Ledger.random(random.Random(7)).write(world.snapshot)
    world.sync()
    database = world.folder / "state.db"
    shutil.move(database, world.folder / "kept.db")
    for path in world.folder.glob("state.db*"):
        path.unlink()
    other = World(world.folder, world.sandbox, "zoho" if world.system != "zoho" else "xero")
    other.sync()
    told = looked(world)
    assert planned(told) == (0, 0, 0)
    assert system(told).agree
    assert system(told).counts["matched"] > 10


def test_a_refused_delivery_is_told_and_the_last_accepted_one_is_compared(world):
    ledger = Ledger.random(random.Random(8))
    ledger.write(world.snapshot)
    world.sync()
    world.snapshot.write_text("{", encoding="utf-8")
    told = looked(world)
    assert told.refused is not None
    assert told.exit_code == 1
    assert system(told).agree
    assert told.found.as_of.isoformat() == "2026-11-19"
    assert any(notice.code == "ledger.refused" for notice in system(told).notices)


def test_a_refused_delivery_with_no_earlier_one_is_not_checked(world):
    world.snapshot.write_text("{", encoding="utf-8")
    told = looked(world)
    assert not system(told).checked
    assert told.exit_code == 1
    assert any(notice.code == "unchecked.no_ledger" for notice in system(told).notices)


def test_a_plan_over_the_limits_is_compared_all_the_same(world):
    Ledger.random(random.Random(9)).write(world.snapshot)
    world.overrides["LEDGER_BRIDGE_LIMITS__DOCUMENTS"] = "3"
    told = looked(world)
    assert planned(told)[0] > 3
    assert system(told).agree, "the rest is what would be posted"
    assert one(told.plan).stopped is not None
    assert told.exit_code == 1


def test_what_was_edited_by_hand_is_told_without_a_state_too(world):
    Ledger.random(random.Random(10)).write(world.snapshot)
    world.sync()
    number = "DY7F3A-L1"
    hand(world, "edit", number, set={"amount": "999000"})
    lose_state(world)
    told = looked(world)
    assert not system(told).agree
    assert any(item.reference == number and item.amount for item in system(told).items)
    assert told.exit_code == 1


def test_a_copy_under_a_number_of_ours_stays_nobodys(world):
    """As the morning says it: only what the state may have forgotten is taken for ours."""
    Ledger.random(random.Random(12)).write(world.snapshot)
    world.sync()
    customer = next(d["customer"] for d in world.books()["documents"] if d["number"] == "DY7F3A-L1")
    wish = {"action": "add", "kind": "invoice", "number": "DY7F3A-L1.2", "date": "2026-07-01"}
    world.control("POST", f"{world.system}/edit", **wish, customer=customer, amount="5000")
    known = morning(world)
    result = system(looked(world))
    assert result.counts == known.counts
    assert result.counts["orphaned"] == 1
    assert result.items == known.items


def test_what_people_numbered_like_ours_keeps_nothing_from_being_compared(world):
    """Nobody posts here, so nobody has to end first."""
    ledger = Ledger()
    ledger.lend(1, random.Random(3))
    ledger.write(world.snapshot)
    edits = f"{world.system}/edit"
    world.control("POST", edits, action="add", kind="customer", name="Somebody")
    wish = {"number": "DY7F3A-L1", "customer": "Somebody", "amount": "700", "date": "2026-06-01"}
    for _ in range(1 + (world.system == "quickbooks")):  # the others refuse a number twice
        world.control("POST", edits, action="add", kind="invoice", due="2026-07-01", **wish)
    for state in ("none", "before anything was posted"):
        told = looked(world)
        assert system(told).checked, state
        assert one(told.plan).stopped is None
        world.sync()


def test_the_books_are_read_once(world):
    Ledger.random(random.Random(11)).write(world.snapshot)
    world.sync()
    lose_state(world)
    asked: list[str] = []

    def counted(name: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given: (asked.append(name), ask(*given))[1]

    with world.dry() as dry:
        reader = dry.books[world.system].system
        for name in ("read", "changes", "cursor"):
            setattr(reader, name, counted(name, getattr(reader, name)))
        told = one_off(dry)
    assert system(told).counts["matched"] > 10
    assert asked == ["cursor", "read"]


def test_the_sample_says_the_same_before_and_after_a_real_pass(world):
    shutil.copy(SAMPLE / "dia1" / "deudores_snapshot.json", world.snapshot)
    before = system(looked(world))
    world.sync()
    after = morning(world)
    kinds = ("held",)
    for kind in kinds:
        told = {c: a for (k, c), a in sums(before).items() if k == kind}
        assert told == {c: a for (k, c), a in sums(after).items() if k == kind}
    for first, then in zip(before.tie_outs, after.tie_outs, strict=True):
        assert first.ledger == then.ledger
        assert first.unexplained == then.unexplained == 0
        pending = sums(before).get(("pending", first.currency), Decimal(0))
        rounding = sums(after).get(("foreign", first.currency), Decimal(0))
        assert first.control_account + pending == then.control_account + rounding
    lose_state(world)
    again = system(looked(world))
    assert sums(again) == sums(after)
    assert again.counts == after.counts
