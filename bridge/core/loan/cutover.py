"""Going live: a loan's history before the cutover becomes one opening balance.

Rows dated before that day are not posted one by one. The balance that they leave is one invoice
against the opening balance account, dated on the cutover, with the loan's own due date.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.findings import holds
from bridge.core.ledger import CHARGES, Adjustment, AdjustmentKind, Loan, LoanFile, Repayment
from bridge.core.loan import lending
from bridge.core.loan.owed import Course, recovered
from bridge.core.message import Message, message

ZERO = Decimal(0)


def began_before(loan: Loan, cutover: date | None) -> bool:
    """Whether the loan is carried over with a balance instead of its history."""
    return cutover is not None and loan.start < cutover


def is_history(row: Repayment | Adjustment, loan: Loan, cutover: date | None) -> bool:
    """Whether the row is part of the opening balance of its loan."""
    if cutover is None or loan.start >= cutover:
        return False
    return (row.paid_on if isinstance(row, Repayment) else row.on) < cutover


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """The balance with which a loan is carried over at going live."""

    balance: Decimal
    """What was owed when the cutover day began; below zero when more had been paid."""
    told: bool = False
    """Whether that is what the source itself says is owed: it has no movement of before."""
    beyond: Decimal = ZERO
    """How much more the source's movements leave owed: paid before, and written down nowhere."""
    opened: Decimal | None = None
    """What it is opened with, where what came in on what is lost was weighed against that."""


def carried_over(
    file: LoanFile, cutover: date, reversed_rows: Collection[str], course: Course
) -> Carried:
    """The loan's balance at going live, by its movements. Where the ledger has no movement from
    before that day and reports a lower balance itself, the reported one.

    Rows that are held, and pairs of a payment and its reversal (`reversed_rows`), are left out.
    """
    assert file.loan is not None
    rows: tuple[Repayment | Adjustment, ...] = (*file.repayments, *file.adjustments)
    history = [row for row in rows if is_history(row, file.loan, cutover)]
    counted = [row for row in history if row.id not in reversed_rows and _counts(row)]
    made = lending.opening(file.loan, file.adjustments)
    made += sum((lending.effect(row) for row in counted), ZERO)
    made += sum((course.recovered.get(row.id, ZERO) for row in counted), ZERO)
    made += sum((loss.less for loss in course.losses if loss.row in counted), ZERO)
    reported = file.loan.reported_balance
    if reported is None or any(lending.effect(row) for row in history):
        return Carried(balance=made)
    told = reported - sum((lending.effect(row) for row in rows), ZERO) - course.spared
    if file.loan.agreed is None and told >= made:
        return Carried(balance=made)
    beyond = made - told - course.spared + recovered(file)
    return Carried(balance=told, told=True, beyond=beyond)


def back_dated(file: LoanFile, began: date, less: Decimal) -> tuple[str, Message] | None:
    """The payment dated before going live that lowers the opening balance by `less`: the subject
    (its row, or the loan where several rows do it together) and the particulars. None where
    nothing is less, or there is no such payment."""
    loan = file.loan
    assert loan is not None
    paid = [row for row in file.repayments if is_history(row, loan, began)]
    if less <= 0 or not paid:
        return None
    alone = [row for row in paid if -lending.effect(row) == less]
    row = max(alone or paid, key=lambda row: (len(row.id), row.id))
    subject = f"movement:{row.id}" if alone else f"loan:{loan.id}"
    return subject, message("back_dated", day=row.paid_on, start=began)


def _counts(row: Repayment | Adjustment) -> bool:
    """Whether the row is part of the balance: it has no finding that holds it, and is of a kind
    that is posted."""
    if any(holds(note.code) for note in row.notes):
        return False
    if isinstance(row, Repayment):
        return True
    lowering = {AdjustmentKind.DISCOUNT, AdjustmentKind.WRITE_OFF}
    return row.kind in CHARGES or row.kind in lowering
