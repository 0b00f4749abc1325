"""Books that are closed up to a day, and what is put back in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from bridge.core.tie_out.reconciliation import SystemResult
from bridge.pipeline import decide
from bridge.pipeline.reconcile import compare
from tests.pipeline.world import ROOT, World


def adjusting(world: World) -> None:
    text = (ROOT / "mappings" / f"{world.system}.toml").read_text("utf-8")
    path = world.folder / "mapping.toml"
    path.write_text(text.replace('closed_period = "hold"', 'closed_period = "adjust"'), "utf-8")
    world.overrides[f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__MAPPING"] = str(path)


def lock(world: World, day: str) -> None:
    world.control("POST", f"{world.system}/edit", action="lock", date=day)


def documents(world: World) -> dict[str, dict[str, Any]]:
    return {d["number"]: d for d in world.live_documents()}


def compared(world: World, as_of: date | None = None) -> SystemResult:
    with world.bridge() as bridge:
        day = as_of or bridge.today
        (found,) = compare(bridge, day, world.clock.now()).systems
    return found


def put_back(world: World, reference: str) -> None:
    with world.bridge() as bridge:
        system = bridge.books[world.system].system
        decide.repost(bridge.store, system, [reference], "ana", world.clock)
