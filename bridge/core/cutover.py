"""Going live: what happened before the cutover is one opening balance for each loan.

Rows dated before it are not posted one by one. What they leave owed is one invoice against the
opening balance account, dated on the cutover, with the loan's own due date.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from bridge.core import lending
from bridge.core.findings import holds
from bridge.core.ledger import CHARGES, Adjustment, AdjustmentKind, Loan, LoanFile, Repayment

ZERO = Decimal(0)


def began_before(loan: Loan, cutover: date | None) -> bool:
    """Whether the loan is carried over with a balance instead of its history."""
    return cutover is not None and loan.start < cutover


def is_history(row: Repayment | Adjustment, loan: Loan, cutover: date | None) -> bool:
    """Whether the row is part of the opening balance of its loan."""
    if cutover is None or loan.start >= cutover:
        return False
    return (row.paid_on if isinstance(row, Repayment) else row.on) < cutover


def carried_over(file: LoanFile, cutover: date, reversed_rows: Collection[str]) -> Decimal:
    """What was owed when the cutover day began; below zero when more had been paid.

    Rows that are held, and pairs of a payment and its reversal (`reversed_rows`), are left out.
    """
    assert file.loan is not None
    rows: tuple[Repayment | Adjustment, ...] = (*file.repayments, *file.adjustments)
    history = [
        row
        for row in rows
        if is_history(row, file.loan, cutover) and row.id not in reversed_rows and _counts(row)
    ]
    start = lending.opening(file.loan, file.adjustments)
    return start + sum((lending.effect(row) for row in history), ZERO)


def _counts(row: Repayment | Adjustment) -> bool:
    """Whether the row is neither held for what it says nor one that is always held."""
    if any(holds(note.code) for note in row.notes):
        return False
    if isinstance(row, Repayment):
        return True
    lowering = {AdjustmentKind.DISCOUNT, AdjustmentKind.WRITE_OFF}
    return row.kind in CHARGES or row.kind in lowering
