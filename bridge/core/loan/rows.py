"""The rows of one loan, and what they mean together: what was taken back, lost and recovered, and
what the loan was carried over with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.books import Invoice, Receipt
from bridge.core.identity import Letter, reference
from bridge.core.ledger import Adjustment, AdjustmentKind, Repayment
from bridge.core.loan import lending, losing, owed, parts
from bridge.core.loan.cutover import Carried, began_before, carried_over
from bridge.core.loan.draft import Draft, repayment_facts
from bridge.core.loan.losing import Lost
from bridge.core.loan.owed import Course, Loss, TakenBack
from bridge.core.plan import Hold

ZERO = Decimal(0)


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """One loan's payments and credits in order of date, and what they mean together."""

    lowering: tuple[Repayment | Adjustment, ...]
    """Payments, discounts and write-offs in order of date; none that was taken back."""
    losses: Mapping[str, Loss]
    """Write-off → what it took off the loan."""
    recovered: Mapping[str, Decimal]
    """Repayment → how much of it came in on what was written off; none of the others."""
    lost: Lost
    carried: Carried | None
    """The balance at going live, where that is all that is posted of the loan's history."""
    holds: tuple[Hold, ...]
    """Adjustments that are no document: refunds, and reversals that match no payment."""


def rows_of(draft: Draft) -> Rows:
    """The rows of this loan, read together: what money paid depends on all of them."""
    file, booking = draft.file, draft.booking
    back = owed.taken_back(file)
    fixed = {row.id: _fixed(draft, row) for row in file.repayments}
    cutover = booking.cutover if began_before(draft.loan, booking.cutover) else None
    opened = None if cutover is None else _told_opening(draft, cutover, back, fixed)
    course = owed.course(file, fixed, opened)
    carried = None
    if cutover is not None:
        carried = carried_over(file, cutover, back.rows, course)
        carried = msgspec.structs.replace(carried, opened=opened)
    rows: list[Repayment | Adjustment] = [
        *file.repayments,
        *(a for a in file.adjustments if lending.effect(a) < 0),
    ]
    return Rows(
        lowering=tuple(sorted((row for row in rows if row.id not in back.rows), key=_when)),
        losses={loss.row.id: loss for loss in course.losses},
        recovered=course.recovered,
        lost=losing.lost(file, booking, course.losses, carried=cutover is not None),
        carried=carried,
        holds=tuple(_no_documents(draft, back)),
    )


def _told_opening(
    draft: Draft, cutover: date, back: TakenBack, fixed: Mapping[str, Decimal]
) -> Decimal | None:
    """The opening balance at going live, if the source told it and its rows do not; recoveries
    of what was lost of it are left out."""
    carried = carried_over(draft.file, cutover, back.rows, Course())
    if not carried.told:
        return None
    bound = draft.already.bound(reference(draft.file.prefix, Letter.LOAN, draft.loan.id))
    if bound is not None and isinstance(bound.document, Invoice):
        return bound.document.total
    course = owed.course(draft.file, fixed, carried.balance)
    return carried_over(draft.file, cutover, back.rows, course).balance


def _fixed(draft: Draft, row: Repayment) -> Decimal:
    """The part of a payment whose receipts nothing changes any more: all of it in a closed
    month, or the receipts that a person left. An answer about one receipt is about all of that
    payment."""
    bound = draft.already.bound(reference(draft.file.prefix, Letter.REPAYMENT, row.id))
    in_parts = draft.booking.limits.receipt_parts
    left = [bound] if bound is not None and bound.accepted else []
    if in_parts:
        left = parts.left_by_a_person(draft, row.id)
    if left:
        return sum((b.document.total for b in left if isinstance(b.document, Receipt)), ZERO)
    if (
        bound is None
        or not isinstance(bound.document, Receipt)
        or not draft.is_closed(bound.document)
    ):
        return ZERO
    facts = draft.facts(draft.receipt_day(row), repayment_facts(row, row.amount))
    if in_parts:
        facts = parts.part_facts(facts, 1, bound.document)
    return row.amount if bound.document.facts == facts else ZERO


def _no_documents(draft: Draft, back: TakenBack) -> Iterator[Hold]:
    """Holds of adjustments that are no document.

    Repayments that a matching reversal takes back, and the reversals, vanish from the books: the
    receipt is voided, or never posted. A reversal that names no repayment, or one of another
    amount, is held.
    """
    unmatched = {row.id for row in back.unmatched}
    for row in draft.file.adjustments:
        if row.kind is AdjustmentKind.REFUND:
            yield draft.hold("movement.refund", f"movement:{row.id}", row.amount)
        elif row.id in unmatched:
            yield draft.hold("movement.reversal_unmatched", f"movement:{row.id}", row.amount)


def _when(row: Repayment | Adjustment) -> tuple[date, int, str]:
    day = row.paid_on if isinstance(row, Repayment) else row.on
    return (day, len(row.id), row.id)
