"""Whether a delivery of the ledger can be trusted as a whole.

A snapshot that fails any of these is refused with every reason, and nothing is planned from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.ledger import SnapshotFacts
from bridge.core.message import Word, message
from bridge.errors import Problem


class SnapshotLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits on how much smaller a snapshot may be than the last one, in percent."""

    shrink_rows_percent: Decimal = Decimal(10)
    shrink_money_percent: Decimal = Decimal(30)
    rows_always_allowed: int = 5
    """So many rows may go missing from a small table, as long as they are not most of it."""


class SnapshotFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The counts and sums of a delivery that was read, beside those of the last accepted one."""

    counts: Mapping[str, int]
    """Rows by entity: loans, repayments, ..."""
    money: Mapping[str, Decimal]
    """Currency → gross amount of all loans."""
    previous_counts: Mapping[str, int]
    previous_money: Mapping[str, Decimal]
    paid: Mapping[str, Decimal] = {}
    """Currency → amount of all repayments."""
    previous_paid: Mapping[str, Decimal] = {}
    reinstalled: Sequence[str] = ()
    """Ids that came back as something else altogether."""
    last_as_of: str = ""


def refuse(
    facts: SnapshotFacts, figures: SnapshotFigures, limits: SnapshotLimits, where: str
) -> list[Problem]:
    """Every reason to refuse the snapshot; none means that it can be accepted.

    That rows and hashes are those that the delivery itself declares is the reader's business. A
    delivery that is not complete deletes nothing, so its size says nothing; but loans without any
    of the payments that there were would say that all of them are owed again.
    """
    if not facts.complete:
        return list(_without_payments(figures, where))
    if not figures.counts.get("loans") and figures.previous_counts.get("loans"):
        what = message("emptied", before=figures.previous_counts["loans"])
        return [Problem(where, what, message("mend_emptied"))]
    problems = list(_shrunk(figures, limits, where))
    if figures.last_as_of and facts.as_of.isoformat() < figures.last_as_of:
        problems.append(
            Problem(
                where,
                message(
                    "older_delivery",
                    day=facts.as_of,
                    start=date.fromisoformat(figures.last_as_of),
                ),
                message("mend_older_delivery"),
            )
        )
    if figures.reinstalled:
        shown = ", ".join(figures.reinstalled[:5])
        problems.append(
            Problem(
                where,
                message("reinstalled", number=len(figures.reinstalled), others=shown),
                message("mend_reinstalled"),
            )
        )
    return problems


def _without_payments(figures: SnapshotFigures, where: str) -> Iterator[Problem]:
    """The problem of a delivery that has loans and no payments, where the last one had some. (A
    delivery may be a part of the ledger, but not this part.)"""
    before = figures.previous_counts.get("repayments", 0)
    if before and figures.counts.get("loans") and not figures.counts.get("repayments"):
        yield Problem(
            where,
            message("without_payments", before=before),
            message("mend_without_payments"),
        )


def _shrunk(figures: SnapshotFigures, limits: SnapshotLimits, where: str) -> Iterator[Problem]:
    for name, before in figures.previous_counts.items():
        now = figures.counts.get(name, 0)
        if _is_lost(before - now, before, limits):
            yield Problem(
                where,
                message("fewer_rows", number=now, entity=Word("ledger", name), before=before),
                message("mend_fewer_rows", percent=f"{limits.shrink_rows_percent}"),
            )
    percent = limits.shrink_money_percent
    fix = message("mend_less_money", percent=f"{percent}")
    for currency, money in figures.previous_money.items():
        left = figures.money.get(currency, Decimal(0))
        if _has_fallen(money, left, percent):
            what = message("less_money", amount=left, currency=currency, shown=money)
            yield Problem(where, what, fix)
    for currency, money in figures.previous_paid.items():
        left = figures.paid.get(currency, Decimal(0))
        if _has_fallen(money, left, percent):
            what = message("less_paid", amount=left, currency=currency, shown=money)
            yield Problem(where, what, fix)


def _has_fallen(money: Decimal, left: Decimal, percent: Decimal) -> bool:
    """Whether a sum has fallen by more than `percent` of itself. At 100 percent no fall is too
    much: more may have been given back than was paid."""
    return percent < 100 and money > left and (money - left) * 100 > abs(money) * percent


def _is_lost(lost: int, before: int, limits: SnapshotLimits) -> bool:
    """Whether so many rows of a table cannot have been deleted by hand.

    A few may always go, but never all of them, nor more than half of the table.
    """
    if lost <= 0 or lost * 100 <= before * limits.shrink_rows_percent:
        return False
    return lost > limits.rows_always_allowed or lost * 2 > before
