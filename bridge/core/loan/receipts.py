"""The receipts and recoveries of one payment, not yet applied to invoices."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from bridge.core.books import Receipt, Sale
from bridge.core.identity import Letter, reference
from bridge.core.ledger import Repayment
from bridge.core.loan import parts
from bridge.core.loan.draft import Draft, Head, closed_edit, recovery_facts, repayment_facts
from bridge.core.loan.made import NONE, Credits, Made, Paid, joined
from bridge.core.loan.standing import settled
from bridge.core.message import message
from bridge.core.money import quantised

ZERO = Decimal(0)
NO_CREDIT = "books.no_credit"
"""Holds what was paid beyond what was owed where the books have no place for it."""


def documents_of(draft: Draft, row: Repayment, recovered: Decimal) -> Credits:
    """The documents of a payment: a receipt for what was open, a recovery for what was written off
    (`recovered`)."""
    posted, was = _posted_recovery(draft, row) or (None, recovered)
    recovery = NONE
    if posted is not None and was != recovered:
        hold = draft.hold("books.period_closed", f"movement:{row.id}", recovered - was)
        recovery, recovered = Made(documents=(posted,), holds=(hold,)), was
    elif recovered:
        recovery = _recovery(draft, row, recovered)
    if row.amount <= recovered:
        return Credits(made=recovery)
    receipts = _receipts(draft, row, row.amount - recovered)
    return receipts if recovery is NONE else joined([Credits(made=recovery), receipts])


def _posted_recovery(draft: Draft, row: Repayment) -> tuple[Sale, Decimal] | None:
    """The recovery of a closed month and how much of the payment it is: nothing can undo one,
    so it stays, and what the ledger says otherwise now is a question."""
    bound = draft.already.bound(reference(draft.file.prefix, Letter.RECOVERY, row.id))
    if bound is None or bound.accepted or not draft.is_closed(bound.document):
        return None
    posted = bound.document
    if not isinstance(posted, Sale):
        return None
    was = posted.total
    if posted.currency != draft.loan.currency:  # told at home's: all of it, or nobody knows
        was = row.amount
        if posted.facts != draft.facts(row.paid_on, recovery_facts(row, was)):
            return None
    return (posted, was) if was <= row.amount else None


def _receipts(draft: Draft, row: Repayment, amount: Decimal) -> Credits:
    """The receipts of this amount of a payment: one, or those of its parts that are posted."""
    day = draft.receipt_day(row)
    in_parts = draft.booking.limits.receipt_parts
    if in_parts:
        facts = draft.facts(day, repayment_facts(row, amount))
        partly = _takes_no_credit(draft, row)
        posted, beside = parts.kept_parts(draft, row.id, facts, amount, partly=partly)
        if posted:
            kept = _kept(row, posted, beside)
            if not partly or parts.left_by_a_person(draft, row.id):
                return kept
            return joined([kept, _rest(draft, row, amount, posted)])
    head, refused = draft.receipt_head(row, day, amount)
    if head is None:
        return _edited_late(draft, row, amount, refused)
    receipt = _paid(draft, row, head, amount)
    if in_parts:
        return _whole(row, receipt, 1)
    receipt, beside = settled(draft.already, receipt)
    return _kept(row, [receipt], beside)


def _kept(row: Repayment, receipts: Sequence[Receipt], beside: Made) -> Credits:
    made = msgspec.structs.replace(beside, documents=tuple(receipts))
    return Credits(made=made, paid={receipt.reference: Paid(row.id) for receipt in receipts})


def _whole(row: Repayment, receipt: Receipt, first: int) -> Credits:
    """A receipt that is split into parts, numbered from `first`, once it is known what it
    settles."""
    paid = {receipt.reference: Paid(row.id, first)}
    return Credits(made=Made(documents=(receipt,)), paid=paid)


def _rest(draft: Draft, row: Repayment, amount: Decimal, posted: Sequence[Receipt]) -> Credits:
    """A receipt for the rest of a payment that is not posted yet, where the books hold no
    credit in its currency."""
    left = amount - sum((receipt.total for receipt in posted), ZERO)
    number = len(posted) + 1
    if left <= 0:
        return Credits()
    head, _ = draft.receipt_head(row, draft.receipt_day(row), amount, parts.part_of(number))
    if head is None:
        hold = draft.hold(NO_CREDIT, f"movement:{row.id}", -left)
        return Credits(made=Made(holds=(hold,)))
    return _whole(row, _paid(draft, row, head, left), number)


def _paid(draft: Draft, row: Repayment, head: Head, amount: Decimal) -> Receipt:
    return Receipt(
        **head.fields(),
        total=amount,
        deposit_account=draft.booking.deposit_account(draft.loan, row),
        method=draft.booking.payment_methods.get(row.method, ""),
    )


def _takes_no_credit(draft: Draft, row: Repayment) -> bool:
    account = draft.booking.deposit_account(draft.loan, row)
    return draft.booking.takes_no_credit(account, draft.loan.currency)


def _edited_late(draft: Draft, row: Repayment, amount: Decimal, refused: str) -> Credits:
    """The posted receipts of a payment that was edited after its month was closed: they stay,
    and the difference is held. If it was never posted, the whole payment is held."""
    subject = f"movement:{row.id}"
    closed = draft.closed(refused, reference(draft.file.prefix, Letter.REPAYMENT, row.id))
    if not isinstance(closed, Receipt):
        return Credits(made=Made(holds=(draft.hold(refused, subject, -amount),)))
    in_parts = draft.booking.limits.receipt_parts
    receipts = parts.posted(draft, row.id) if in_parts else [closed]
    was = sum((receipt.total for receipt in receipts), ZERO)
    detail = closed_edit(was, amount, draft.loan.currency)
    hold = draft.hold("books.period_closed", subject, was - amount, detail)
    return _kept(row, receipts, Made(holds=(hold,)))


def _recovery(draft: Draft, row: Repayment, amount: Decimal) -> Made:
    """Money on what was written off: income, and nothing that anybody owes."""
    head, refused = draft.recovery_head(row, amount)
    if head is None:
        detail = message("recovery_waits", amount=amount, currency=draft.loan.currency)
        hold = draft.hold(refused, f"movement:{row.id}", ZERO, detail)
        return Made(holds=(msgspec.structs.replace(hold, worth=amount),))
    account = draft.booking.deposit_account(draft.loan, row)
    text = draft.describe("recovery", row)
    if head.rate is not None and draft.booking.is_worth_at_home(account, head.currency):
        home = draft.booking.company.home_currency
        text = f"{text} ({amount} {head.currency} × {head.rate})"
        amount = quantised(amount * head.rate, home)
        head = msgspec.structs.replace(head, currency=home, rate=None)
    line = draft.booking.line("recovery", amount, text)
    sale = Sale(**head.fields(), lines=(line,), deposit_account=account)
    sale, beside = settled(draft.already, sale)
    return msgspec.structs.replace(beside, documents=(sale,))
