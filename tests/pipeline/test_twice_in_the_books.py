"""What the books have twice under one of our numbers is a task of its own, and stops nobody.

The reply to a receipt was lost, and a bookkeeper entered the same one by hand before the next
pass: which of the two is ours nobody can tell, and a third would be worse.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bridge.core.delivery import State
from bridge.pipeline.sync import SyncResult
from bridge.report.details import english
from bridge.store import Entry
from tests.pipeline.cut import SENT, dies_when_cut
from tests.pipeline.ledger import Rows
from tests.pipeline.lent import lent
from tests.pipeline.world import GONE, World

OURS = "DY7F3A-P11"
CASH = {"quickbooks": "Checking", "xero": "Nequi wallet", "zoho": "Nequi wallet"}


@pytest.fixture
def ledger(world: World) -> Rows:
    """One loan whose payment is there twice, and another loan that is still to be posted."""
    made = lent({1: "receipt"})
    made.write(world.snapshot)
    method, path = SENT[world.system]["receipt"]
    wish: dict[str, Any] = {"kind": "reset", "when": "after", "count": 1}
    match = {"method": method, "path": path}
    world.control("POST", "faults", system=world.system, **wish, match=match)
    dies_when_cut(world)
    (first,) = there(world)
    world.control(
        "POST", f"{world.system}/edit", action="add", kind="receipt", number=OURS,
        customer=first["customer"], currency="COP", amount="30000", date="2026-07-03",
        account=CASH[world.system], apply=[{"number": "DY7F3A-L1", "amount": "30000"}],
    )  # fmt: skip
    assert len(there(world)) == 2
    more = lent({1: "receipt", 2: "receipt"})
    more.write(world.snapshot)
    return more


def there(world: World) -> list[dict[str, Any]]:
    found = [d for d in world.books()["documents"] if d["number"] == OURS]
    return [d for d in found if d["status"] not in GONE]


def delete(world: World, document: dict[str, Any]) -> None:
    wish = {"action": "delete", "kind": "receipt", "id": document["id"]}
    world.control("POST", f"{world.system}/edit", **wish)
    world.clock.move(600)


def entries(world: World, state: State) -> list[Entry]:
    with world.dry() as bridge, bridge.store.read() as work:
        return work.entries.of(world.where, state=state)


def retried(world: World) -> SyncResult:
    (entry,) = entries(world, State.REJECTED)
    at: datetime = world.clock.now()
    with world.bridge() as bridge, bridge.store.begin() as work:
        work.decisions.retry(entry.id, "Ana", at.isoformat())
    return world.sync()


def test_it_is_one_documents_task_and_the_others_go_on(world: World, ledger: Rows) -> None:
    ids = {d["id"] for d in there(world)}
    result = world.sync()
    assert (result.verdict, result.exit_code) == ("person", 1)
    assert {d["number"] for d in world.live_documents()} >= {"DY7F3A-L2", "DY7F3A-P21"}
    (task,) = result.answer.tasks
    assert (task.code, task.subject) == ("outbox.rejected", OURS)
    (entry,) = entries(world, State.REJECTED)
    assert entry.code == "ambiguous"
    assert all(each.removeprefix("payment:") in english(entry.detail) for each in ids), english(
        entry.detail
    )
    assert len(there(world)) == 2


def test_the_one_that_is_left_is_ours_after_a_retry(world: World, ledger: Rows) -> None:
    world.sync()
    delete(world, there(world)[1])
    assert retried(world).verdict == "clean"
    assert len(there(world)) == 1
    assert world.sync().verdict == "clean"


def test_the_one_that_was_entered_by_hand_is_compared_where_it_is_left(
    world: World, ledger: Rows
) -> None:
    world.sync()
    delete(world, there(world)[0])
    assert {task.code for task in retried(world).answer.tasks} <= {"posting.differs"}
    assert len(there(world)) == 1


def test_where_both_are_taken_out_it_is_posted_once(world: World, ledger: Rows) -> None:
    world.sync()
    for document in there(world):
        delete(world, document)
    assert retried(world).verdict == "clean"
    assert len(there(world)) == 1
    assert world.sync().verdict == "clean"


def test_nothing_makes_a_third(world: World, ledger: Rows) -> None:
    """Neither trying again with both still there, nor the ledger's next change."""
    world.sync()
    assert retried(world).verdict == "person"
    assert len(there(world)) == 2
    ledger.movements[11]["amount"] = 20_000
    ledger.as_of = "2026-11-20"
    ledger.write(world.snapshot)
    world.clock.move(86_400)
    assert world.sync().verdict == "person"
    assert len(there(world)) == 2
