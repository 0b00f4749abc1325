"""The age of open balances, in the buckets that a lender reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec

EDGES = (0, 30, 60, 90, 120)
"""Last day of each bucket in days past due; the last bucket is open-ended."""


class AgedTotal(msgspec.Struct, frozen=True, kw_only=True):
    """The open amounts in one currency: not yet due first, then one for each bucket."""

    currency: str
    amounts: tuple[Decimal, ...]


def bucket(due: date, as_of: date) -> int:
    """The bucket's place: 0 is not past due, the last one is beyond every edge."""
    late = (as_of - due).days
    return sum(1 for edge in EDGES if late > edge)


def aged(open_by_due: Iterable[tuple[str, date, Decimal]], as_of: date) -> tuple[AgedTotal, ...]:
    """Sums of (currency, due date, open amount) by bucket, currencies in order."""
    sums: dict[str, list[Decimal]] = {}
    for currency, due, amount in open_by_due:
        row = sums.setdefault(currency, [Decimal(0)] * (len(EDGES) + 1))
        row[bucket(due, as_of)] += amount
    return tuple(AgedTotal(currency=c, amounts=tuple(row)) for c, row in sorted(sums.items()))


def labels() -> tuple[tuple[int, int | None], ...]:
    """First and last day past due of each bucket after the first; None for open-ended."""
    lasts: list[int | None] = [*EDGES[1:], None]
    return tuple((edge + 1, last) for edge, last in zip(EDGES, lasts, strict=True))
