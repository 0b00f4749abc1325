"""Of each kind of document, a write whose reply was lost is looked for, and not sent again.

In books that remember no key nothing else keeps it from being there twice. Whatever would be sent
a second time meets a refusal here, so that the pass could not end clean. An adapter may look once
more by itself before it sends: what it is given is counted too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bridge.core.delivery import Outcome, Outgoing
from bridge.pipeline.sync import SyncResult, sync
from bridge.sandbox.server import SandboxServer
from tests.pipeline.lent import lent
from tests.pipeline.world import World

LOANS = {
    "invoice": {11: "invoice"},
    "receipt": {12: "receipt"},
    "credit note": {13: "credit note"},
    "application": {13: "credit note"},
    "sale": {14: "recovery"},
    "update": {11: "invoice"},
}
NAMED = {"invoice": "L11", "receipt": "P121", "credit note": "K132", "sale": "V144"}
OTHERWISE: dict[tuple[str, str], dict[str, str]] = {
    ("zoho", "application"): {"method": "POST", "path": "/creditnotes/.+/invoices"},
    ("quickbooks", "credit note"): {"method": "POST", "path": "/creditmemo"},
    ("quickbooks", "application"): {"method": "POST", "body": "DY7F3A-A132"},
    ("zoho", "update"): {"method": "PUT", "body": "DY7F3A-L11"},
    ("quickbooks", "update"): {"method": "POST", "body": "DY7F3A-L11"},
}
PASSES = 4


@dataclass
class Counting:
    """An accounting system, and how often it was given each write."""

    system: Any
    given: Counter[tuple[str, str]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.system, name)

    def post(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        self.given.update((each.operation.value, each.document.reference) for each in batch)
        outcomes: list[Outcome] = self.system.post(batch)
        return outcomes


def counted(world: World, given: Counter[tuple[str, str]]) -> SyncResult:
    with world.bridge() as bridge:
        for name, books in bridge.books.items():
            system: Any = Counting(books.system, given)
            bridge.books[name] = replace(books, system=system)
        return sync(bridge, None)


def match_of(system: str, what: str) -> dict[str, str]:
    found = OTHERWISE.get((system, what))
    return found or {"method": "POST", "body": f"DY7F3A-{NAMED[what]}"}


@pytest.mark.parametrize("system", ["quickbooks", "zoho"])
@pytest.mark.parametrize("what", LOANS)
def test_a_write_that_arrived_without_a_reply_is_not_sent_again(
    system: str, what: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    world = World(tmp_path, sandbox, system)
    world.control("POST", "reset")
    world.clock.sandbox_url = sandbox.url
    if system == "quickbooks":
        world.control("POST", "quickbooks/settings", requestid="ignore")
    ledger = lent(LOANS[what])
    if what == "update":
        ledger.write(world.snapshot)
        assert world.sync().verdict == "clean"
        ledger.debts[11]["due_on"] = "2027-01-01"
    ledger.write(world.snapshot)
    wish: dict[str, Any] = {"system": system, "match": match_of(system, what)}
    world.control("POST", "faults", **wish, kind="reset", when="after", count=1)
    world.control("POST", "faults", **wish, kind="refuse", when="before", count=0)
    given: Counter[tuple[str, str]] = Counter()
    for _ in range(PASSES):
        result = counted(world, given)
        if result.verdict == "clean":
            break
        world.clock.move(600)
    assert result.verdict == "clean", result.reason
    left = world.control("GET", "faults")["faults"]
    assert len(left) == 1, "no reply was lost"
    assert set(given.values()) == {1}
    numbers = Counter(d["number"] for d in world.live_documents())
    assert max(numbers.values()) == 1
