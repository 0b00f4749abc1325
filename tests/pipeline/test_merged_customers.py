"""Customers that a bookkeeper merged are told as merged, and the way out is one command."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bridge.pipeline import decide
from bridge.pipeline.reconcile import compare
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.world import World


@pytest.fixture
def ledger(world: World) -> Ledger:
    """Two people with a loan each, posted."""
    made = small_ledger()
    made.write(world.snapshot)
    assert world.sync().verdict == "clean"
    world.clock.move(700)
    return made


def reconciled(world: World) -> Any:
    with world.bridge() as bridge:
        (found,) = compare(bridge, bridge.today, world.clock.now()).systems
    world.clock.move(700)
    return found


def customers(world: World) -> dict[str, str]:
    """Name → id of the two people."""
    return {c["name"]: c["id"] for c in world.books()["customers"] if c["name"].startswith("Pers")}


def merge(world: World) -> tuple[str, str]:
    """Merge the first into the second; the id of the one that is left, and its name."""
    (lost, _), (kept, kept_id) = sorted(customers(world).items())[:2]
    world.control(
        "POST",
        f"{world.system}/edit",
        action="merge",
        kind="customer",
        **{"from": lost, "into": kept},
    )
    world.clock.move(700)
    return kept_id, kept


def test_a_merged_customer_is_one_item_with_the_way_out(world: World, ledger: Ledger) -> None:
    kept_id, _ = merge(world)
    items = [i for i in reconciled(world).items if i.action != "none"]
    told = [(i.cause, i.action, i.external_id, i.amount) for i in items]
    assert told == [("customer.merged", "adopt_merged", kept_id, Decimal(0))]


def test_adopting_the_one_that_is_left_settles_it(world: World, ledger: Ledger) -> None:
    merge(world)
    (item,) = [i for i in reconciled(world).items if i.action != "none"]
    with world.bridge() as bridge:
        (books,) = bridge.books.values()
        now = world.clock.now()
        decide.adopt(bridge.store, books.system, item.reference, item.external_id, "ana", now)
    found = reconciled(world)
    assert [i.cause for i in found.items if i.action != "none"] == []
    assert found.agree
    number = max(ledger.movements) + 1
    for debt in (1, 2):
        ledger.movements[number + debt] = {
            "movement_id": number + debt, "debt_id": debt, "type": "PAYMENT", "amount": 1_000,
            "date": "2026-08-10", "concept": "", "method": "CASH",
        }  # fmt: skip
    ledger.write(world.snapshot)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert reconciled(world).agree


def test_one_that_is_only_inactive_is_no_merge(world: World, ledger: Ledger) -> None:
    name = min(customers(world))
    world.control(
        "POST",
        f"{world.system}/edit",
        action="inactivate",
        kind="customer",
        name=name,
    )
    world.clock.move(700)
    items = [i for i in reconciled(world).items if i.action != "none"]
    assert [i.cause for i in items] == ["customer.inactive"]
