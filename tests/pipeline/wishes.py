"""A document made by hand in the books, as a wish to the sandbox."""

from __future__ import annotations

from typing import Any

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
