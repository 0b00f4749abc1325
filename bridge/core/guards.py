"""Whether a delivery of the ledger can be trusted as a whole.

A snapshot that fails any of these is refused with every reason, and nothing is planned from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from bridge.core.ledger import SnapshotFacts
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
        what = f"has no loans; the last snapshot had {figures.previous_counts['loans']}."
        return [Problem(where, what, "Export again from the app. Nothing was planned.")]
    problems = list(_shrunk(figures, limits, where))
    if figures.last_as_of and facts.as_of.isoformat() < figures.last_as_of:
        problems.append(
            Problem(
                where,
                f"is of {facts.as_of.isoformat()}, older than the last one accepted "
                f"({figures.last_as_of}).",
                "A phone restored from a backup does this. Export again.",
            )
        )
    if figures.reinstalled:
        shown = ", ".join(figures.reinstalled[:5])
        problems.append(
            Problem(
                where,
                f"{len(figures.reinstalled)} ids are other people's now (such as {shown}): the app "
                "was reinstalled and counts from 1 again.",
                "Give the phone a new installation id; the old loans stay as they are.",
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
            f"has loans and no payments; the last one had {before} payments.",
            "Deliver the sheet of payments too: without it all of them would be owed again.",
        )


def _shrunk(figures: SnapshotFigures, limits: SnapshotLimits, where: str) -> Iterator[Problem]:
    for name, before in figures.previous_counts.items():
        now = figures.counts.get(name, 0)
        if _is_lost(before - now, before, limits):
            yield Problem(
                where,
                f"has {now} {name}, the last snapshot had {before}.",
                f"A loss of more than {limits.shrink_rows_percent} %, or of most of a small table, "
                "is not believed; if it is true, raise [limits] shrink_rows_percent (100 believes "
                "an empty table) for one run.",
            )
    for what, previous, current in (
        ("loans", figures.previous_money, figures.money),
        ("payments", figures.previous_paid, figures.paid),
    ):
        for currency, money in previous.items():
            left = current.get(currency, Decimal(0))
            if _has_fallen(money, left, limits.shrink_money_percent):
                yield Problem(
                    where,
                    f"has {what} of {left} {currency}, the last snapshot had {money}.",
                    f"A fall of more than {limits.shrink_money_percent} % is not believed; if it "
                    "is true, raise [limits] shrink_money_percent (100 believes any fall) for one "
                    "run.",
                )


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
