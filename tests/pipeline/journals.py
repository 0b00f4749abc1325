"""A journal in the books that moves what an invoice earned."""

from __future__ import annotations

from typing import Any

from tests.pipeline.world import World

CLEARING = {"quickbooks": "Loan clearing", "xero": "640", "zoho": "Loan clearing"}
SALES = {"quickbooks": "Services", "xero": "200", "zoho": "Sales"}


def hand(world: World, **wish: Any) -> Any:
    world.clock.move(60)
    return world.control("POST", f"{world.system}/edit", **wish)


def journal(world: World, number: str, debit: str, credit: str, amount: str = "90.25") -> Any:
    lines = [{"account": debit, "debit": amount}, {"account": credit, "credit": amount}]
    wish = {"action": "add", "kind": "journal", "number": number, "date": "2026-11-10"}
    return hand(world, lines=lines, **wish)
