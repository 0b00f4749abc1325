"""A run that is undone, and the books before and after it."""

from __future__ import annotations

from decimal import Decimal

from bridge.core.tie_out.reconciliation import SystemResult
from bridge.pipeline.reconcile import compare
from bridge.pipeline.sync import SyncResult, sync
from bridge.pipeline.undo import UndoResult, preview_undo, undo
from tests.pipeline.world import World

Balances = dict[str, Decimal]


def trial_balance(world: World) -> Balances:
    accounts = world.books()["accounts"]
    return {a["id"]: Decimal(a["balance"]) for a in accounts if Decimal(a["balance"])}


def taken_back(world: World, run: str, approve: str | None = None) -> UndoResult:
    with world.bridge() as bridge:
        return undo(bridge, run, "ana", approve)


def foreseen(world: World, run: str) -> UndoResult:
    with world.dry() as bridge:
        return preview_undo(bridge, run)


def resumed(world: World) -> SyncResult:
    with world.bridge() as bridge:
        return sync(bridge, resume="ana")


def reconciled(world: World) -> SystemResult:
    with world.bridge() as bridge:
        (found,) = compare(bridge, bridge.today, world.clock.now()).systems
    return found
