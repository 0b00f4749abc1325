"""A chart of accounts tells the ids of two bank accounts exchanged.

What is written then goes to the wrong one. The books say so by the account's code, which no id
of ours stands for, so the comparison never agrees, and a person can put it right.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.sandbox.server import SandboxServer
from tests.pipeline.closed import compared, put_back
from tests.pipeline.ledger import small_ledger
from tests.pipeline.world import World


@pytest.fixture
def world(tmp_path: Path, sandbox: SandboxServer) -> World:
    made = World(tmp_path, sandbox, "xero")
    made.control("POST", "reset")
    made.clock.sandbox_url = sandbox.url
    return made


def banked(world: World) -> dict[str, str]:
    """Code of an account of money → what stands on it."""
    accounts = world.control("GET", "xero/books")["accounts"]
    return {a["number"]: a["balance"] for a in accounts if a["number"] in ("090", "091")}


def test_money_on_the_wrong_account_is_told_until_a_person_puts_it_right(world: World) -> None:
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    lie = {"system": "xero", "kind": "lie", "field": "AccountID", "how": "swap", "count": 99}
    world.control("POST", "faults", **lie, match={"method": "GET", "path": "/Accounts"})
    ledger.movements[9] = ledger.movements[7] | {"movement_id": 9, "amount": 4_000}
    ledger.write(world.snapshot)
    world.clock.move(3600)
    world.sync()
    world.control("DELETE", "faults")
    assert banked(world) == {"090": "3000.00", "091": "4000.00"}
    for _ in range(2):
        world.clock.move(3600)
        compared(world)
        (task,) = world.sync().answer.tasks
        assert (task.code, task.subject) == ("posting.differs", "DY7F3A-P9")
    put_back(world, "DY7F3A-P9")
    assert world.sync().verdict == "clean"
    assert banked(world) == {"090": "7000.00", "091": "0.00"}
    assert compared(world).agree
