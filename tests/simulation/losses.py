"""What was written off of a loan and what came in on it, worked out here and not by the product.

Money is laid on what is open, then on what is written off; what is left of it is a credit. A
write-off is laid on what is open, then on what the newest payments had covered. Of what is open it
takes interest that falls due on a later day first, where that is invoiced only then: it stops.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)
Row = dict[str, Any]
_OF_A_DAY = {"DISCOUNT": 1, "PAYMENT": 2, "WRITE_OFF": 3}


@dataclass
class Losses:
    """By movement."""

    lost: dict[int, Decimal] = field(default_factory=dict)
    """How much each write-off takes off the loan."""
    recovered: dict[int, Decimal] = field(default_factory=dict)
    """How much of each payment came in on what is written off."""
    stopped: dict[int, Decimal] = field(default_factory=dict)
    """How much of each write-off is interest that does not fall due any more."""


def losses(
    opening: Decimal,
    rows: Iterable[Row],
    charges: Iterable[str],
    falling_due: Iterable[tuple[str, Decimal]] = (),
) -> Losses:
    """`rows` are those of one loan that count, `charges` the types that raise what is owed;
    `falling_due` is the interest of the loan that is invoiced day by day."""
    by_day = list(falling_due)
    found = Losses()
    owes = opening
    covered: list[tuple[int, Decimal]] = []

    def key(row: Row) -> tuple[str, int, int]:
        return row["date"], _OF_A_DAY.get(row["type"], 0), row["movement_id"]

    for row in sorted(rows, key=key):
        number, amount = row["movement_id"], Decimal(row["amount"])
        match row["type"]:
            case "PAYMENT":
                still_lost = sum(found.lost.values()) - sum(found.recovered.values())
                on_loss = min(still_lost, amount - min(amount, max(owes, ZERO)))
                found.recovered[number] = Decimal(on_loss)
                covered.append((number, amount - on_loss))
                owes -= amount - on_loss
            case "WRITE_OFF":
                missing = amount - min(amount, max(owes, ZERO))
                if missing > sum(part for _, part in covered):
                    amount, missing = amount - missing, ZERO
                owes -= amount - missing
                found.lost[number] = amount
                later = sum(interest for day, interest in by_day if day > row["date"])
                later -= sum(found.stopped.values())
                found.stopped[number] = min(amount, max(Decimal(later), ZERO))
                left = []
                for paid, part in reversed(covered):
                    moved = min(part, missing)
                    found.recovered[paid] += moved
                    missing -= moved
                    left.append((paid, part - moved))
                covered = left[::-1]
            case "DISCOUNT":
                owes -= amount
            case kind if kind in charges:
                owes += amount
    return found
