"""The law of undoing: run after run is taken back, and each time the books are as before that run.

Each seed makes a small ledger and days of change, a payment that moves to another loan among them.
Then the runs are undone, the latest first, with lost replies and a process that dies. In the end
the books follow the ledger again, and every document is there once.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest

from bridge.core.identity import reversal_name
from bridge.errors import UsageError
from bridge.pipeline.undo import UndoResult
from bridge.sandbox.server import SandboxServer
from tests.pipeline.closed import lock
from tests.pipeline.faults import Fate, born, break_things, check_laws
from tests.pipeline.ledger import Ledger
from tests.pipeline.undoing import foreseen, reconciled, resumed, taken_back, trial_balance
from tests.pipeline.world import COMPANIES, Killed, World, one

SEEDS = int(os.environ.get("BRIDGE_UNDO_SEEDS", "1"))
"""How many seeds for each system; 100 and more with BRIDGE_UNDO_SEEDS=100."""
DAYS = 3
RESTARTS = 20
Standing = dict[str, tuple[str, str, str, str, str]]


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


def counts_once(world: World) -> None:
    """No number is in the books in two generations, but for what another document undid."""
    numbers = [d["number"] for d in world.live_documents()]
    bases = Counter(n.partition(".")[0] for n in numbers if f"{reversal_of(n)}" not in numbers)
    assert [n for n, count in bases.items() if count > 1] == []


def reversal_of(number: str) -> str:
    prefix = number.rpartition("-")[0]
    return f"{prefix}-Z{reversal_name(number)}"


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
    world = born(tmp_path, sandbox, system, chance)
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


def kept_out_by_closed_months(world: World) -> int:
    """How much waits for a person to open a month; nothing else may wait."""
    with world.dry() as bridge, bridge.store.read() as work:
        codes = [hold.code for hold in work.plans.holds(world.where)]
    assert set(codes) <= {"books.period_closed"}
    return len(codes)


@pytest.mark.parametrize("system", COMPANIES)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_in_any_order_and_with_closed_months_all_of_it_is_explained(
    seed: int, system: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    """Runs undone out of order, undoings undone, months that close, passes in between."""
    chance = random.Random(1000 + seed)
    world = born(tmp_path, sandbox, system, chance)
    ledger = Ledger.random(chance)
    ledger.write(world.snapshot)
    runs = [world.sync().run]
    for _ in range(7):
        world.clock.move(600)
        what = chance.choice(["undo", "undo", "undo", "pass", "pass", "lock", "annul"])
        if what == "undo":
            with suppress(UsageError):  # of a run that had nothing to do
                runs.append(taken_back(world, chance.choice(runs)).run)
        elif what == "lock":
            lock(world, chance.choice(["2026-06-30", "2026-07-31", "2026-09-30"]))
        else:
            ledger.change(chance)
            move_a_payment(ledger, chance)
            if what == "annul":
                ledger.debts[chance.choice(sorted(ledger.debts))]["status"] = "ANNULLED"
            ledger.write(world.snapshot)
            runs.append((resumed if chance.random() < 0.6 else World.sync)(world).run)
        world.clock.move(600)
        agrees(world)
        counts_once(world)
    done = resumed(world)
    kept_out = kept_out_by_closed_months(world)
    assert done.verdict == ("person" if kept_out else "clean")
    assert not kept_out or done.reason.endswith(f": {kept_out} books.period_closed")
    world.clock.move(600)
    check_laws(world)
    agrees(world)
