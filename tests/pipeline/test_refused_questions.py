"""A question about one lost reply that the product refuses holds up nobody, and ends."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bridge.sandbox.server import SandboxServer
from tests.pipeline.names import lent_to
from tests.pipeline.world import World

STRANGE = "Ana D’Angelo"


@pytest.fixture
def world(tmp_path: Path, sandbox: SandboxServer) -> World:
    made = World(tmp_path, sandbox, "quickbooks")
    made.control("POST", "reset")
    made.clock.sandbox_url = sandbox.url
    made.control("POST", "quickbooks/settings", query_signs="refuse", requestid="ignore")
    return made


def lose(world: World, when: str) -> None:
    """The replies to the creation of the first customers are lost."""
    match: dict[str, Any] = {"method": "POST", "path": "/customer"}
    world.control(
        "POST", "faults", system="quickbooks", kind="reset", when=when, count=3, match=match
    )


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("names", [(STRANGE,), ("Bob Ruiz", STRANGE, "Ánia Łoś", "Carla Gil")])
def test_each_lost_reply_is_settled_and_nobody_waits(
    world: World, names: tuple[str, ...], when: str
) -> None:
    lent_to(*names).write(world.snapshot)
    lose(world, when)
    for _ in range(3):
        result = world.sync()
        world.clock.move(600)
    assert result.verdict == "clean"
    found = Counter(d["number"] for d in world.live_documents())
    assert max(found.values()) == 1
    assert len([d for d in world.live_documents() if d["kind"] == "invoice"]) == len(names)
    assert [c["name"] for c in world.books()["customers"]].count(STRANGE) == 1
