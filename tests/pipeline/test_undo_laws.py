"""The law of undoing: run after run is taken back, and each time the books are as before that run.

Each seed makes a small ledger and days of change, a payment that moves to another loan among them.
Then the runs are undone, the latest first, with lost replies and a process that dies. In the end
the books follow the ledger again, and every document is there once.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from bridge.pipeline.undo import UndoResult
from bridge.sandbox.server import SandboxServer
from tests.pipeline.ledger import Ledger
from tests.pipeline.test_never_twice import Fate, break_things, check_laws, uncertain
from tests.pipeline.test_undo import foreseen, reconciled, resumed, taken_back, trial_balance
from tests.pipeline.world import COMPANIES, Killed, World, one

SEEDS = int(os.environ.get("BRIDGE_UNDO_SEEDS", "6"))
"""How many seeds for each system; 100 and more with BRIDGE_UNDO_SEEDS=100."""
DAYS = 3
RESTARTS = 20
Standing = dict[str, tuple[str, str, str, str, str]]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(fast=True) as running:
        yield running


def standing(world: World) -> Standing:
    """What is in the books and counts, whatever its generation."""
    return {
        d["number"].partition(".")[0]: (
            d["kind"], d["date"], d["customer"], d["currency"], d["total"],
        )
        for d in world.live_documents()
    }  # fmt: skip


def agrees(world: World) -> None:
    found = reconciled(world)
    told = [(i.kind.value, str(i.amount), i.currency, i.reference, i.cause) for i in found.items]
    assert found.agree, "\n".join(map(str, [*found.tie_outs, *told, *found.notices]))


def move_a_payment(ledger: Ledger, chance: random.Random) -> None:
    payments = [m for m in ledger.movements.values() if m["type"] == "PAYMENT"]
    if payments and len(ledger.debts) > 1:
        row = chance.choice(payments)
        currency = ledger.debts[row["debt_id"]]["currency"]
        others = [
            n for n, d in ledger.debts.items() if n != row["debt_id"] and d["currency"] == currency
        ]
        if others:
            row["debt_id"] = chance.choice(others)


def undone_until_quiet(world: World, run: str, chance: random.Random) -> UndoResult:
    world.dies = Fate(chance, deaths=3)
    for _ in range(RESTARTS):
        world.clock.move(600)
        try:
            result = taken_back(world, run)
        except Killed:
            continue
        if result.verdict != "later":
            break
    world.control("DELETE", "faults")
    world.dies = lambda _: False
    return result


@pytest.mark.parametrize("system", COMPANIES)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_run_after_run_is_taken_back_whatever_breaks(
    seed: int, system: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    world = World(tmp_path, sandbox, system)
    world.overrides = {
        "LEDGER_BRIDGE_LIMITS__SHRINK_MONEY_PERCENT": "100",
        "LEDGER_BRIDGE_LIMITS__SHRINK_ROWS_PERCENT": "100",
    }
    world.control("POST", "reset")
    world.clock.sandbox_url = sandbox.url
    uncertain(world, chance)
    ledger = Ledger.random(chance)
    runs: list[tuple[str, dict[str, Decimal], Standing]] = []
    for day in range(DAYS):
        if day:
            ledger.change(chance)
            move_a_payment(ledger, chance)
        ledger.write(world.snapshot)
        was = trial_balance(world), standing(world)
        done = world.sync()
        assert done.verdict == "clean", done.reason
        world.clock.move(600)
        runs.append((done.run, *was))
    for run, balances, documents in reversed(runs[chance.randrange(DAYS) :]):
        break_things(world, chance)
        done = undone_until_quiet(world, run, chance)
        assert done.verdict == "clean", done.reason
        assert done.systems[system].left == ()
        world.clock.move(600)  # listings catch up
        assert standing(world) == documents
        assert trial_balance(world) == balances
        agrees(world)
        assert foreseen(world, run).reason == "nothing to do"
    if chance.random() < 0.5:
        ledger.change(chance)
        ledger.write(world.snapshot)
        assert one(world.sync()).stopped is not None
        agrees(world)
        assert standing(world) == documents
    assert resumed(world).verdict == "clean"
    world.clock.move(600)
    check_laws(world)
    agrees(world)
