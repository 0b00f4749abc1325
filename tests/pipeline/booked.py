"""What is booked on which account, and for what money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bridge.pipeline.plan import booking_of
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import World

RECEIVABLE = "receivable"
Moves = dict[str, Decimal]
"""Purpose, `cash` or `receivable` → by how much its account moved, debits first."""


def row(ledger: Ledger, kind: str, amount: int, day: str = "2026-08-01", **more: Any) -> None:
    number = max(ledger.movements, default=0) + 1
    ledger.movements[number] = {
        "movement_id": number, "debt_id": 1, "type": kind, "amount": amount, "date": day,
        "concept": "", "method": "CASH",
    } | more  # fmt: skip


def accounts(world: World) -> dict[str, str]:
    """Account id → what the mapping uses it for."""
    with world.dry() as bridge:
        (books,) = bridge.books.values()
        booking = booking_of(books)
        chart = books.system.chart()
    found = {a.id: RECEIVABLE for a in chart.accounts if a.role == "receivable"}
    found |= {rule.account: "cash" for rule in booking.deposits}
    return found | {target.account: purpose for purpose, target in booking.targets.items()}


def balances(world: World) -> dict[str, Decimal]:
    return {a["id"]: Decimal(a["balance"]) for a in world.books()["accounts"]}


def amounts(**moves: int) -> Moves:
    return {name: Decimal(amount) for name, amount in moves.items()}
