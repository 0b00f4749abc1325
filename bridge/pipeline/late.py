"""Late collections: those of a closed month that were posted in the open one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from bridge.core.identity import BooksId
from bridge.core.tie_out.reconciliation import Late, Lateness
from bridge.core.tie_out.tally import LISTED
from bridge.store import LoanKey, Work
from bridge.store.late import LateQueries


def came_late(work: Work, where: BooksId, as_of: date, shown: Callable[[LoanKey], str]) -> Lateness:
    """The documents posted in the month of `as_of` for a day of a closed month; `shown` is how
    items name a loan."""
    rows: list[Late] = []
    totals: dict[tuple[str, str], tuple[int, Decimal]] = {}
    month = as_of.replace(day=1)
    next_month = (month + timedelta(days=31)).replace(day=1)
    moved = LateQueries.on(work).moved_to_open_month(where, month, next_month)
    for loan, document in moved:
        assert document.dated is not None, f"{document.reference} is of its own day"
        kind, currency = document.kind.value, document.currency
        count, total = totals.get((kind, currency), (0, Decimal(0)))
        totals[kind, currency] = (count + 1, total + document.total)
        if len(rows) < LISTED:
            rows.append(
                Late(
                    reference=document.reference,
                    document=kind,
                    loan=shown(loan),
                    day=document.dated,
                    posted_on=document.day,
                    currency=currency,
                    amount=document.total,
                )
            )
    return Lateness(
        rows=tuple(sorted(rows, key=lambda row: (row.day, row.reference))),
        totals=tuple((*place, *sums) for place, sums in sorted(totals.items())),
    )
