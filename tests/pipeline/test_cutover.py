"""Going live in the middle of a portfolio: what was owed that day is one opening invoice a loan."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bridge.pipeline.reconcile import compare
from tests.pipeline.closed import documents
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.world import MAY_SHRINK, World, one

CUTOVER = "2026-07-04"


@pytest.fixture
def world(world: World) -> World:
    world.overrides |= {
        f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__CUTOVER": CUTOVER,
        **MAY_SHRINK,
    }
    return world


@pytest.fixture
def ledger() -> Ledger:
    """Two accounts of June; payment 7 is before the cutover, charge 8 and payment 9 are not."""
    made = small_ledger()
    made.movements[9] = {
        "movement_id": 9, "debt_id": 1, "type": "PAYMENT", "amount": 10_000,
        "date": "2026-08-01", "concept": "", "method": "CASH",
    }  # fmt: skip
    return made


def balances(world: World) -> dict[str, Decimal]:
    return {a["name"]: Decimal(a["balance"]) for a in world.books()["accounts"]}


def reconciled(world: World) -> tuple[bool, set[str]]:
    with world.bridge() as bridge:
        (found,) = compare(bridge, bridge.today, world.clock.now()).systems
    return found.agree, {item.cause for item in found.items}


def test_what_was_owed_is_one_invoice_and_only_what_follows_is_posted(
    world: World, ledger: Ledger
) -> None:
    before = balances(world)
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    found = {n: (d["kind"], d["date"], d["total"]) for n, d in documents(world).items()}
    assert found == {
        "DY7F3A-L1": ("invoice", CUTOVER, "47000.00"),
        "DY7F3A-L2": ("invoice", CUTOVER, "50000.00"),
        "DY7F3A-C8": ("invoice", CUTOVER, "2000.00"),
        "DY7F3A-P9": ("receipt", "2026-08-01", "10000.00"),
    }
    assert world.receivable("COP") == Decimal(47_000 + 50_000 + 2_000 - 10_000)
    moved = {n: v - before[n] for n, v in balances(world).items() if v != before[n]}
    assert Decimal(-97_000) in moved.values()  # opening balances, and no income of the past
    assert documents(world)["DY7F3A-L1"]["open"] == "37000.00"
    assert one(world.preview()).plan.figures.create == 0
    assert reconciled(world) == (True, set())


def test_a_payment_of_before_that_changes_later_is_no_document_of_its_own(
    world: World, ledger: Ledger
) -> None:
    ledger.write(world.snapshot)
    world.sync()
    ledger.movements[7]["amount"] = 4_000
    ledger.write(world.snapshot)
    world.sync()
    assert "DY7F3A-P7" not in documents(world)
    agree, causes = reconciled(world)
    assert (agree, causes) == (True, {"cutover.back_dated"})
    assert documents(world)["DY7F3A-L1"]["total"] == "47000.00"


def test_a_loan_that_was_paid_off_before_is_not_posted(world: World, ledger: Ledger) -> None:
    ledger.movements[7]["amount"] = 50_000
    del ledger.movements[8], ledger.movements[9]
    ledger.debts[1]["amount"] = 50_000
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    assert set(documents(world)) == {"DY7F3A-L2"}
    assert reconciled(world)[0]


def test_moving_the_day_of_going_live_afterwards_changes_nothing_that_is_posted(
    world: World, ledger: Ledger
) -> None:
    ledger.write(world.snapshot)
    world.sync()
    was = documents(world)
    section = f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__CUTOVER"
    for day in ("2026-09-01", "2026-05-01"):
        world.overrides[section] = day
        ledger.movements[9]["concept"] = f"Abono {day}"
        ledger.write(world.snapshot)
        assert world.sync().verdict == "clean"
        assert documents(world) == was
    assert reconciled(world)[0]
