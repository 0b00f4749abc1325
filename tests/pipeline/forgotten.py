"""A lender whose state is lost or older than the books, and what is told of it."""

from __future__ import annotations

import random
from pathlib import Path

from bridge.core.tie_out.reconciliation import SystemResult
from bridge.pipeline.reconcile import compare
from bridge.pipeline.sync import SyncResult
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import World

HOUR = 3600
DAY = 86400


def state(world: World) -> Path:
    return world.folder / "state.db"


def delivered(ledger: Ledger, *worlds: World) -> None:
    for world in worlds:
        ledger.write(world.snapshot)


def clean(world: World) -> SyncResult:
    done = world.sync()
    assert done.verdict == "clean", done.reason
    return done


def codes(done: SyncResult) -> list[str]:
    return [task.code for task in done.answer.tasks]


def numbers(world: World) -> list[str]:
    return sorted(d["number"] for d in world.live_documents())


def compared(world: World, *, full: bool = True) -> SystemResult:
    with world.bridge() as bridge:
        (found,) = compare(bridge, bridge.today, world.clock.now(), full=full, listed=1000).systems
    return found


def a_day_passes(world: World, ledger: Ledger, chance: random.Random) -> None:
    """New loans, payments, and an edit of a payment, posted by the state that is in place."""
    ledger.lend(max(ledger.debts) + 1, chance)
    for _ in range(5):
        ledger.move(chance)
    payment = next(m for m in ledger.movements.values() if m["type"] == "PAYMENT")
    payment["amount"] += 500
    world.clock.move(DAY)
    delivered(ledger, world)
    clean(world)
