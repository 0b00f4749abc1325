"""What a bookkeeper edits in the books, and what a person then decides about it."""

from __future__ import annotations

from typing import Any

from bridge.pipeline import decide
from tests.pipeline.world import ROOT, World

INVOICE, CHARGE, RECEIPT = "DY7F3A-L2", "DY7F3A-C8", "DY7F3A-P7"


def hand(world: World, action: str, number: str, **more: Any) -> None:
    kind = {"L": "invoice", "C": "invoice", "P": "receipt"}[number.rpartition("-")[2][0]]
    world.control("POST", f"{world.system}/edit", action=action, kind=kind, number=number, **more)


def accept(world: World, *references: str) -> None:
    with world.bridge() as bridge:
        system = bridge.books[world.system].system
        decide.accept(bridge.store, system, references, "ana", world.clock.now())


def repost(world: World, *references: str) -> None:
    with world.bridge() as bridge:
        system = bridge.books[world.system].system
        decide.repost(bridge.store, system, references, "ana", world.clock)


def owning(world: World, *fields: str) -> None:
    text = (ROOT / "mappings" / f"{world.system}.toml").read_text("utf-8")
    listed = ", ".join(f'"{field}"' for field in fields)
    path = world.folder / "mapping.toml"
    path.write_text(text.replace("own = []", f"own = [{listed}]"), "utf-8")
    world.overrides[f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__MAPPING"] = str(path)
