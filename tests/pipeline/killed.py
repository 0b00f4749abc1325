"""A pass in a process of its own, which is killed at a drawn moment."""

from __future__ import annotations

from typing import Any

from tests.pipeline.world import World

PATIENCE_S = 600
GLANCE_S = 0.02
CALLS = {"quickbooks": 12, "xero": 12, "zoho": 60}
"""Within how many calls of a pass it is killed."""


def begin(world: World) -> None:
    """Slow enough to be killed in the middle, and with no key that is remembered."""
    if world.system == "quickbooks":
        world.control("POST", "quickbooks/settings", requestid="ignore")
    if world.system == "zoho":
        world.control("POST", "zoho/settings", read_lag_s=0)
    # Real time: nobody waits minutes here for what was cut off, or for listings to catch up.
    world.overrides[f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__CALLS_PER_MINUTE"] = "0"
    slow = {"quickbooks": 20, "xero": 60, "zoho": 4}[world.system]
    world.control("POST", f"{world.system}/latency", ms=slow)


def calls(world: World) -> int:
    counted: dict[str, Any] = world.control("GET", f"{world.system}/calls")
    return int(counted["total"])
