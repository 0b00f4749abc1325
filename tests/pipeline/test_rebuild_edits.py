"""What a person edited in the books, then the state is lost: it is asked about, never changed
back, whether that person's edit had been accepted before or not."""

from __future__ import annotations

import random
from typing import Any

import pytest

from bridge.core.tie_out.items import ItemKind
from tests.pipeline.edited import accept, hand, owning
from tests.pipeline.ledger import small_ledger
from tests.pipeline.rebuilding import compared, lose_state, planned, rebuilt, with_policies
from tests.pipeline.world import World, one

pytestmark = pytest.mark.spread

INVOICE, SETTLED, RECEIPT = "DY7F3A-L2", "DY7F3A-L1", "DY7F3A-P7"
EDITS: dict[str, dict[str, dict[str, str]]] = {
    "amounts": {INVOICE: {"amount": "49000"}, RECEIPT: {"amount": "2500"}},
    "dates": {INVOICE: {"date": "2026-06-03"}, RECEIPT: {"date": "2026-07-05"}},
    "a customer": {INVOICE: {"customer": "Persona 1"}, SETTLED: {"amount": "53000"}},
    "what is due": {INVOICE: {"due": "2026-12-24"}},
    "memos": {INVOICE: {"memo": "Hablé con ella"}, RECEIPT: {"memo": "Lo trajo su hija"}},
}
"""What is edited → document → what somebody wrote there."""
CASES = {"edited": (False, False), "accepted": (True, False), "accepted, and ours": (True, True)}
"""Whether the edit was accepted before, and whether the mapping says that such fields are ours."""


def documents(world: World) -> list[tuple[Any, ...]]:
    """Everything that a person sees of each, but for its id."""
    return sorted(
        tuple(sorted((key, str(value)) for key, value in each.items() if key != "id"))
        for each in world.books()["documents"]
    )


def asked(world: World) -> set[str]:
    (system,) = compared(world).systems
    told = [item for item in system.items if item.kind is not ItemKind.FOREIGN]
    return {item.reference or item.subject.removeprefix("document:") for item in told}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("edit", EDITS)
def test_what_was_edited_stays_after_a_rebuild(world: World, edit: str, case: str) -> None:
    accepted, ours = CASES[case]
    if ours:
        owning(world, "amount", "date", "due", "customer")
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    world.clock.move(60)
    for number, fields in EDITS[edit].items():
        hand(world, "edit", number, set=fields)
    world.clock.move(60)
    if accepted:
        accept(world, *EDITS[edit])
        world.sync()
    there = documents(world)
    lose_state(world)
    rebuilt(world)
    assert planned(world)[::2] == (0, 0)
    world.clock.move(3600)
    world.sync()
    assert documents(world) == there
    seen = asked(world)
    world.clock.move(3600)
    world.sync()
    assert documents(world) == there
    assert edit == "memos" or seen >= EDITS[edit].keys()  # memos are nobody's but the books'
    ledger.lend(3, random.Random(1))  # the others go on, to the customers that they were
    ledger.debts[3]["debtor_id"] = 2
    ledger.debtors.pop(3)
    ledger.write(world.snapshot)
    world.sync()
    assert set(there) <= set(documents(world))
    (new,) = [d for d in world.live_documents() if d["number"] == "DY7F3A-L3"]
    assert new["customer"] == "Persona 2"


def totals(world: World) -> dict[str, str]:
    return {d["number"]: d["total"] for d in world.live_documents()}


@pytest.mark.parametrize("change", [6_000, -6_000])
def test_a_correction_that_was_edited_is_told_and_not_offset_by_another(
    world: World, change: int
) -> None:
    """The ledger's change is posted already; what the person wrote there is theirs."""
    with_policies(world, amount_edited="correct")
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    ledger.debts[1]["amount"] += change
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    (correction,) = (d for d in world.live_documents() if "-X1N" in d["number"])
    world.clock.move(60)
    wish = {"kind": correction["kind"], "id": correction["id"], "set": {"amount": "5000"}}
    world.control("POST", f"{world.system}/edit", action="edit", **wish)
    world.clock.move(60)
    there = totals(world)
    lose_state(world)
    rebuilt(world)
    # Xero takes an edited note off its invoice: it is used again, as any note would be.
    assert one(world.preview()).plan.figures.by_kind.keys() <= {"create.application"}
    for _ in range(2):
        world.clock.move(3600)
        world.sync()
        assert totals(world) == there
        (system,) = compared(world).systems
        assert [tie.unexplained for tie in system.tie_outs if tie.unexplained] == []
        told = {(i.reference, i.field) for i in system.items if i.cause == "books.edited"}
        assert (correction["number"], "total") in told
    ledger.debts[1]["amount"] += 1_000  # what the ledger changes next is posted
    ledger.write(world.snapshot)
    world.sync()
    assert len([d for d in world.live_documents() if "-X1N" in d["number"]]) == 2
