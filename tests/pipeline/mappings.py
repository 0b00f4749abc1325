"""A mapping that is edited between passes."""

from __future__ import annotations

from bridge.pipeline.sync import SyncResult, sync
from tests.pipeline.world import ROOT, World

TARGETS = {
    "quickbooks": ('item = "Store sales"', 'item = "Late fee"'),
    "xero": ('account = "272"', 'account = "270"'),
    "zoho": ('item = "Store sales"', 'item = "Late fee"'),
}
CASH = {
    "quickbooks": ('account = "Store cash"', 'account = "Savings"'),
    "xero": ('account = "090"', 'account = "092"'),
    "zoho": ('account = "Store cash"', 'account = "Bank COP"'),
}


def edit_mapping(world: World, *edits: tuple[str, str]) -> None:
    text = (ROOT / "mappings" / f"{world.system}.toml").read_text("utf-8")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    path = world.folder / "mapping.toml"
    path.write_text(text, "utf-8")
    world.overrides[f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__MAPPING"] = str(path)


def applied(world: World) -> SyncResult:
    with world.bridge() as bridge:
        done = sync(bridge, remap=True)
    world.clock.move(120)
    return done
