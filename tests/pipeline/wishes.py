"""Documents and customers made by hand in the books, and what a person says of them."""

from __future__ import annotations

from typing import Any

from bridge.pipeline import decide
from bridge.pipeline.adoption import Proposal, Wish
from tests.pipeline.world import World


def by_hand(world: World, **wish: Any) -> dict[str, Any]:
    told: dict[str, Any] = world.control("POST", f"{world.system}/edit", action="add", **wish)
    return told


def wish(proposal: Proposal, *, same: bool) -> Wish:
    return Wish(
        system=proposal.system,
        reference=proposal.wanted.reference,
        external_id=proposal.theirs.external_id,
        loan=proposal.loan[1],
        same=same,
        where=f"row of {proposal.wanted.reference}",
    )


def adopt_customer(world: World, person: str) -> None:
    name = f"persona {person}"
    (customer,) = [c for c in world.books()["customers"] if c["name"].casefold() == name]
    with world.bridge() as bridge:
        system = bridge.books[world.system].system
        reference, now = f"DY7F3A-D{person}", world.clock.now()
        decide.adopt(bridge.store, system, reference, customer["id"], "ana", now)
