"""A hand-made journal on the receivable account, in every system that allows one."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from bridge.core.tie_out.reconciliation import SystemResult
from bridge.pipeline.reconcile import compare
from bridge.sandbox.server import SandboxServer
from tests.pipeline.ledger import Ledger
from tests.pipeline.places import places
from tests.pipeline.world import NOW, World


@pytest.mark.parametrize("system", ["quickbooks", "zoho"])
def test_the_difference_has_a_name_and_with_it_both_sides_agree(
    system: str, tmp_path: Path, sandbox: SandboxServer
) -> None:
    world = World(tmp_path, sandbox, system)
    world.control("POST", "reset")
    ledger = Ledger.random(random.Random(7), loans=4)
    ledger.debts[2]["currency"] = "MXN"  # one account for all currencies, or one for each
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    before = morning(world)
    assert before.agree
    receivable, equity, customer = places(world)
    lines = [
        {"account": receivable, "debit": "90", "customer": customer},
        {"account": equity, "credit": "90"},
    ]
    wish = {"action": "add", "kind": "journal", "number": "J-1", "date": "2026-11-10"}
    world.control("POST", f"{system}/edit", lines=lines, **wish)
    after = morning(world)
    assert after.agree, after.items
    (item,) = set(after.items) - set(before.items)
    assert (item.cause, item.reference, item.amount) == ("control.journal", "J-1", Decimal(-90))
    assert (item.books, item.document) == ("2026-11-10", "journal")


def morning(world: World) -> SystemResult:
    with world.bridge() as bridge:
        (result,) = compare(bridge, bridge.today, NOW).systems
    assert result.checked, result.notices
    return result
