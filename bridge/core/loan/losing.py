"""Write-offs, and what they take off a loan as it is invoiced: first interest that is not due yet.

Where interest is invoiced as it falls due, nothing more falls due on what is written off: a
write-off takes the interest of later days first, the last instalment's before the others, and no
document is needed for that. The rest takes off what is invoiced, with a credit note; what of it is
interest, which nobody will earn any more, is no bad debt and has a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from bridge.core.findings import holds
from bridge.core.ledger import CHARGES, Instalment, LoanFile
from bridge.core.loan import lending
from bridge.core.loan.instalments import interest_due, parts_of, schedule_of
from bridge.core.loan.owed import Loss
from bridge.core.mapping.booking import Booking

ZERO = Decimal(0)


class LossNote(msgspec.Struct, frozen=True, kw_only=True):
    """The amounts of one write-off's credit note."""

    total: Decimal
    interest: Decimal = ZERO
    """How much of it is interest."""


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """The effect of one loan's write-offs on its invoices."""

    notes: Mapping[str, LossNote] = {}
    """Write-off → its credit note."""
    stopped: Mapping[int, Decimal] = {}
    """Number of an instalment → how much of its interest does not fall due any more."""


def lost(file: LoanFile, booking: Booking, losses: Iterable[Loss], *, carried: bool) -> Lost:
    """The effect of these losses on the loan's invoices. `carried`: the loan has one invoice for
    its balance at going live, in which nobody can tell the interest."""
    assert file.loan is not None
    loan, rounding = file.loan, booking.rounding_of(file)
    opening = lending.opening(loan, file.adjustments) if loan.agreed is None else loan.agreed
    parts = parts_of(loan, opening, booking.mapping, rounding) if opening > 0 else []
    interest = ZERO if carried else dict(parts).get("interest", ZERO)
    falling_due: list[tuple[Instalment, Decimal]] = []
    if interest and booking.mapping.interest == "as_due":
        schedule = schedule_of(file, opening, rounding)
        falling_due = list(interest_due(schedule, opening, interest, rounding))
    stopped: dict[int, Decimal] = {}
    notes = {}
    gone = never = told = ZERO
    for loss in losses:
        gone += loss.amount
        left = loss.amount
        for instalment, falls_due in reversed(falling_due):
            if instalment.due > loss.row.on:
                before = stopped.get(instalment.number, ZERO)
                taken = min(left, falls_due - before)
                stopped[instalment.number] = before + taken
                left -= taken
        never += loss.amount - left
        of_loan = min(max(gone - _charged(file, loss), ZERO), opening)
        share = lending.split(opening, interest, opening - of_loan, of_loan, rounding)
        share = min(max(share - never - told, ZERO), left)
        told += share
        notes[loss.row.id] = LossNote(total=left, interest=share)
    return Lost(notes=notes, stopped={n: amount for n, amount in stopped.items() if amount})


def _charged(file: LoanFile, loss: Loss) -> Decimal:
    """The charges made beside the loan itself until that day: they are lost first, and hold no
    interest."""
    rows = (row for row in file.adjustments if row.kind in CHARGES and row.on <= loss.row.on)
    return sum((r.amount for r in rows if not any(holds(note.code) for note in r.notes)), ZERO)
