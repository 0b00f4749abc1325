"""Changes in the books that the product does not tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bridge.core.tie_out.reconciliation import Reconciliation
from bridge.pipeline.reconcile import compare
from bridge.sandbox.server import SandboxServer
from tests.pipeline.for_ever import ANSWERS
from tests.pipeline.world import World


def made(system: str, folder: Path, sandbox: SandboxServer) -> World:
    world = World(folder, sandbox, system)
    world.control("POST", "reset")
    world.clock.sandbox_url = sandbox.url
    return world


def strike(world: World, wish: dict[str, Any], **match: str) -> None:
    full = {"system": world.system, "count": 0, **wish}
    world.control("POST", "faults", **full, match=match)


def compared(world: World) -> Reconciliation:
    world.clock.move(700)
    with world.bridge() as bridge:
        return compare(bridge, bridge.today, world.clock.now())


def id_of(world: World, reference: str) -> str:
    with world.bridge() as bridge, bridge.store.read() as work:
        bound = work.bindings.named(world.where, reference)
    assert bound is not None
    return bound.external_id


def silence(world: World, external_id: str, answer: str) -> None:
    """Every question about this id is answered so."""
    if world.system == "quickbooks":
        strike(world, ANSWERS[answer], path="/query", method="POST", body=f"'{external_id}'")
    else:
        strike(world, ANSWERS[answer], path=external_id, method="GET")
