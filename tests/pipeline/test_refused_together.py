"""A batch that the product refuses whole, for the text of one document, costs only that one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bridge.sandbox.server import SandboxServer
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import World

DAY = 86400
LOANS = range(11, 17)
BATCH = {"quickbooks": "/batch", "xero": "/Invoices"}


@pytest.mark.parametrize("system", BATCH)
def test_what_is_refused_together_is_sent_apart(
    system: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    world = World(tmp_path, sandbox, system)
    world.control("POST", "reset")
    world.clock.sandbox_url = sandbox.url
    world.overrides[f"LEDGER_BRIDGE_SYSTEMS__{system.upper()}__MODE"] = "backfill"
    world.overrides["LEDGER_BRIDGE_SOURCE__MAX_AGE_DAYS"] = "365"
    ledger = Ledger()
    for debt in LOANS:
        ledger.lend(debt, random.Random(debt))
    ledger.write(world.snapshot)
    fault = {"system": system, "kind": "refuse", "code": "9999", "text": "No", "count": 0}
    match = {"path": BATCH[system], "body": '"DY7F3A-L13"'}
    world.control("POST", "faults", **fault, match=match)
    for _ in range(4):
        result = world.sync()
        world.clock.move(DAY)
    invoices = {d["number"] for d in world.live_documents() if d["kind"] == "invoice"}
    assert invoices == {f"DY7F3A-L{debt}" for debt in LOANS if debt != 13}
    (told,) = (task for task in result.answer.tasks if task.code.startswith("outbox."))
    assert (told.subject, told.count) == ("DY7F3A-L13", 1)
