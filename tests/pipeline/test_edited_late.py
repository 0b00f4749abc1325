"""An edit of a closed month, in every system: one task of the difference, or one correction."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from bridge.pipeline.reconcile import compare
from bridge.report.details import english
from tests.pipeline.closed import lock
from tests.pipeline.ledger import Ledger
from tests.pipeline.rebuilding import with_policies
from tests.pipeline.world import World, one

LOCKED = "2026-09-30"


@pytest.fixture
def ledger() -> Ledger:
    made = Ledger()
    made.lend(1, random.Random(1))
    made.debts[1] |= {
        "kind": "loan", "amount": 120_000, "principal": 100_000, "interest_pct": 20,
        "currency": "COP", "due_on": "2026-12-01",
    }  # fmt: skip
    made.movements[1] = {
        "movement_id": 1, "debt_id": 1, "type": "PAYMENT", "amount": 30_000, "date": "2026-08-01",
        "concept": "", "method": "CASH",
    }  # fmt: skip
    return made


def lowered(world: World, ledger: Ledger) -> None:
    """Posted, the month closed, and then 12,000 less was lent."""
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    lock(world, LOCKED)
    world.clock.move(700)
    ledger.debts[1] |= {"amount": 108_000, "principal": 90_000}
    ledger.write(world.snapshot)


def test_it_is_one_task_of_the_difference(world: World, ledger: Ledger) -> None:
    lowered(world, ledger)
    done = world.sync()
    told = [(t.code, t.action, t.subject, t.currency, t.amount) for t in done.answer.tasks]
    assert told == [
        ("books.period_closed", "open_period", "loan:1", "COP", Decimal(-12_000)),
    ]
    assert english(done.answer.tasks[0].detail).startswith("posted as 120000")
    assert world.receivable("COP") == Decimal(90_000)
    with world.bridge() as bridge:
        found = compare(bridge, bridge.today, world.clock.now())
    assert found.agree
    assert [(t.code, t.amount) for t in found.verdict.tasks] == [
        ("books.period_closed", Decimal(-12_000))
    ]


def test_a_correction_of_it_is_in_the_open_month(world: World, ledger: Ledger) -> None:
    with_policies(world, amount_edited="correct")
    lowered(world, ledger)
    assert world.sync().verdict == "clean"
    made = [d for d in world.live_documents() if d["kind"] == "credit_note"]
    assert [d["total"] for d in made] == ["12000.00"]
    assert all(d["date"] > LOCKED for d in made)
    assert world.receivable("COP") == Decimal(78_000)
    world.clock.move(700)
    assert one(world.preview()).plan.figures.by_kind == {}
