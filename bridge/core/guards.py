"""Whether a delivery of the ledger can be trusted as a whole.

A snapshot that fails any of these is refused with every reason, and nothing is planned from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from bridge.core.ledger import SnapshotFacts
from bridge.errors import Problem


class SnapshotLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How much smaller a snapshot may be than the last one, in percent."""

    shrink_rows_percent: Decimal = Decimal(10)
    shrink_money_percent: Decimal = Decimal(30)
    rows_always_allowed: int = 5
    """So many rows may go missing however small the ledger is."""


class SnapshotFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted while reading, beside what the last accepted snapshot had."""

    counts: Mapping[str, int]
    """Rows by entity: loans, repayments, ..."""
    money: Mapping[str, Decimal]
    """Currency → gross amount of all loans."""
    previous_counts: Mapping[str, int]
    previous_money: Mapping[str, Decimal]
    reinstalled: Sequence[str] = ()
    """Ids that came back as something else altogether."""
    last_as_of: str = ""


def refuse(
    facts: SnapshotFacts, figures: SnapshotFigures, limits: SnapshotLimits, where: str
) -> list[Problem]:
    """Every reason to refuse the snapshot; none means that it can be accepted.

    That rows and hashes are those that the delivery itself declares is the reader's business. A
    delivery that is not complete deletes nothing, so its size says nothing.
    """
    if not facts.complete:
        return []
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


def _shrunk(figures: SnapshotFigures, limits: SnapshotLimits, where: str) -> list[Problem]:
    found = []
    for name, before in figures.previous_counts.items():
        now = figures.counts.get(name, 0)
        lost = before - now
        if lost > limits.rows_always_allowed and lost * 100 > before * limits.shrink_rows_percent:
            found.append(
                Problem(
                    where,
                    f"has {now} {name}, the last snapshot had {before}.",
                    f"A loss of more than {limits.shrink_rows_percent} % is not believed; if it is "
                    "true, raise [limits] shrink_rows_percent for one run.",
                )
            )
    for currency, money in figures.previous_money.items():
        lost_money = money - figures.money.get(currency, Decimal(0))
        if lost_money > 0 and lost_money * 100 > money * limits.shrink_money_percent:
            found.append(
                Problem(
                    where,
                    f"has loans of {figures.money.get(currency, Decimal(0))} {currency}, the last "
                    f"snapshot had {money}.",
                    f"A fall of more than {limits.shrink_money_percent} % is not believed; if it "
                    "is true, raise [limits] shrink_money_percent for one run.",
                )
            )
    return found
