"""One loan's repayments and credits as documents, in order of date, not yet applied to invoices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.books import (
    Application,
    CreditApplication,
    CreditNote,
    Customer,
    Invoice,
    Receipt,
    Sale,
    Transaction,
)
from bridge.core.delivery import Binding
from bridge.core.findings import holds
from bridge.core.identity import Letter, reference
from bridge.core.ledger import Adjustment, AdjustmentKind, Repayment
from bridge.core.loan import lending, losing, owed, parts
from bridge.core.loan.cutover import Carried, began_before, is_history
from bridge.core.loan.cutover import carried_over as cutover_balance
from bridge.core.loan.draft import Draft, Head, closed_edit, recovery_facts, repayment_facts
from bridge.core.loan.instalments import Parts
from bridge.core.loan.losing import Lost
from bridge.core.loan.owed import Course, Loss
from bridge.core.message import Detail, message
from bridge.core.money import quantised
from bridge.core.plan import Hold

ZERO = Decimal(0)
NO_CREDIT = "books.no_credit"
"""Holds what was paid beyond what was owed where the books have no place for it."""


class Settling:
    """Makes receipts, credit notes, their uses and recoveries, holding what cannot be posted."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.file, self.loan = draft, draft.file, draft.loan
        self.booking = draft.booking
        self.holds: list[Hold] = []
        self.course = Course()
        self.opened: Decimal | None = None
        """What the source told that the loan was opened with."""
        self.lost = Lost()
        self.gone: frozenset[str] = frozenset()
        """Repayments that were reversed, and their reversals."""
        self.paid_by: dict[str, str] = {}
        """Receipt's reference → id of the repayment."""
        self.whole: dict[str, int] = {}
        """Receipts that are still to be split into parts: reference → number of the first part."""

    def carried_over(self, cutover: date) -> Carried:
        """The loan's opening balance at going live. To be called after `documents`."""
        carried = cutover_balance(self.file, cutover, self.gone, self.course)
        return msgspec.structs.replace(carried, opened=self.opened)

    def documents(self) -> Iterator[Transaction]:
        """Every document in order of date; which invoices an application settles is decided
        later."""
        self.gone = gone = self._reversals()
        fixed = {row.id: self._fixed(row) for row in self.file.repayments}
        self.opened = self._told_opening(fixed)
        self.course = owed.course(self.file, fixed, self.opened)
        carried = began_before(self.loan, self.booking.cutover)
        self.lost = losing.lost(self.file, self.booking, self.course.losses, carried=carried)
        losses = {loss.row.id: loss for loss in self.course.losses}
        rows: list[Repayment | Adjustment] = [
            *self.file.repayments,
            *(a for a in self.file.adjustments if lending.effect(a) < 0),
        ]
        for row in sorted((row for row in rows if row.id not in gone), key=_when):
            code = next((note.code for note in row.notes if holds(note.code)), "")
            if lending.effect(row) == 0:
                continue
            if code:
                self._hold_row(row, code)
            elif is_history(row, self.loan, self.booking.cutover):
                continue
            elif isinstance(row, Repayment):
                yield from self._repayment(row)
            elif row.kind is AdjustmentKind.WRITE_OFF:
                yield from self._write_off(losses[row.id])
            else:
                yield from self._credit(row, [("discount", row.amount)])

    def _told_opening(self, fixed: Mapping[str, Decimal]) -> Decimal | None:
        """The opening balance at going live, if the source told it and its rows do not; recoveries
        of what was lost of it are left out."""
        if not began_before(self.loan, self.booking.cutover):
            return None
        assert self.booking.cutover is not None
        carried = self.carried_over(self.booking.cutover)
        if not carried.told:
            return None
        bound = self.draft.bound(reference(self.file.prefix, Letter.LOAN, self.loan.id))
        if bound is not None and isinstance(bound.document, Invoice):
            return bound.document.total
        self.course = owed.course(self.file, fixed, carried.balance)
        return self.carried_over(self.booking.cutover).balance

    def _fixed(self, row: Repayment) -> Decimal:
        """The part of a payment whose receipts nothing changes any more: all of it in a closed
        month, or the receipts that a person left. An answer about one receipt is about all of that
        payment."""
        bound = self._bound(Letter.REPAYMENT, row)
        in_parts = self.booking.limits.receipt_parts
        left = [bound] if bound is not None and bound.accepted else []
        if in_parts:
            left = parts.left_by_a_person(self.draft, row.id)
        if left:
            return sum((b.document.total for b in left if isinstance(b.document, Receipt)), ZERO)
        if bound is None or not isinstance(bound.document, Receipt) or not self._is_closed(bound):
            return ZERO
        facts = self.draft.facts(self._day(row), repayment_facts(row, row.amount))
        if in_parts:
            facts = parts.part_facts(facts, 1, bound.document)
        return row.amount if bound.document.facts == facts else ZERO

    def _is_closed(self, bound: Binding) -> bool:
        locked = self.booking.company.locked_through
        posted = bound.document
        return locked is not None and not isinstance(posted, Customer) and posted.day <= locked

    def _bound(self, letter: Letter, row: Repayment) -> Binding | None:
        return self.draft.bound(reference(self.file.prefix, letter, row.id))

    def _repayment(self, row: Repayment) -> Iterator[Receipt | Sale]:
        """The documents of a payment: a receipt for what was open, a recovery for what was written
        off."""
        recovered = self.course.recovered.get(row.id, ZERO)
        posted, was = self._posted_recovery(row) or (None, recovered)
        if posted is not None and was != recovered:
            subject = f"movement:{row.id}"
            self.holds.append(self._hold("books.period_closed", subject, recovered - was))
            recovered = was
            yield posted
        elif recovered:
            yield from self._recovery(row, recovered)
        if row.amount > recovered:
            yield from self._receipt(row, row.amount - recovered)

    def _posted_recovery(self, row: Repayment) -> tuple[Sale, Decimal] | None:
        """The recovery of a closed month and how much of the payment it is: nothing can undo one,
        so it stays, and what the ledger says otherwise now is a question."""
        bound = self._bound(Letter.RECOVERY, row)
        if bound is None or bound.accepted or not self._is_closed(bound):
            return None
        posted = bound.document
        if not isinstance(posted, Sale):
            return None
        was = posted.total
        if posted.currency != self.loan.currency:  # told at home's: all of it, or nobody knows
            was = row.amount
            if posted.facts != self.draft.facts(row.paid_on, recovery_facts(row, was)):
                return None
        return (posted, was) if was <= row.amount else None

    def _receipt(self, row: Repayment, amount: Decimal) -> Iterator[Receipt]:
        day = self._day(row)
        in_parts = self.booking.limits.receipt_parts
        if in_parts:
            facts = self.draft.facts(day, repayment_facts(row, amount))
            partly = self._takes_no_credit(row)
            posted = parts.kept(self.draft, row.id, facts, amount, partly=partly)
            self.paid_by |= {receipt.reference: row.id for receipt in posted}
            yield from posted
            if posted:
                if partly and not parts.left_by_a_person(self.draft, row.id):
                    yield from self._rest(row, amount, posted)
                return
        head, refused = self.draft.receipt_head(row, day, amount)
        if head is None:
            yield from self._edited_late(row, amount, refused)
            return
        receipt = self._paid(row, head, amount)
        if in_parts:
            self.whole[receipt.reference] = 1
        yield receipt if in_parts else self.draft.settled(receipt)

    def _rest(self, row: Repayment, amount: Decimal, posted: list[Receipt]) -> Iterator[Receipt]:
        """A receipt for the rest of a payment that is not posted yet, where the books hold no
        credit in its currency."""
        left = amount - sum((receipt.total for receipt in posted), ZERO)
        number = len(posted) + 1
        if left <= 0:
            return
        head, _ = self.draft.receipt_head(row, self._day(row), amount, parts.part_of(number))
        if head is None:
            self.holds.append(self._hold(NO_CREDIT, f"movement:{row.id}", -left))
            return
        receipt = self._paid(row, head, left)
        self.whole[receipt.reference] = number
        yield receipt

    def _paid(self, row: Repayment, head: Head, amount: Decimal) -> Receipt:
        receipt = Receipt(
            **head.fields(),
            total=amount,
            deposit_account=self.booking.deposit_account(self.loan, row),
            method=self.booking.payment_methods.get(row.method, ""),
        )
        self.paid_by[receipt.reference] = row.id
        return receipt

    def _takes_no_credit(self, row: Repayment) -> bool:
        account = self.booking.deposit_account(self.loan, row)
        return self.booking.takes_no_credit(account, self.loan.currency)

    def _day(self, row: Repayment) -> date:
        """The day of a payment's receipt."""
        moves = self.booking.mapping.policies.before_loan == "loan_date"
        return max(row.paid_on, self.loan.start) if moves else row.paid_on

    def _edited_late(self, row: Repayment, amount: Decimal, refused: str) -> Iterator[Receipt]:
        """The posted receipts of a payment that was edited after its month was closed: they stay,
        and the difference is held. If it was never posted, the whole payment is held."""
        closed = self.draft.closed(refused, reference(self.file.prefix, Letter.REPAYMENT, row.id))
        if not isinstance(closed, Receipt):
            self.holds.append(self._hold(refused, f"movement:{row.id}", -amount))
            return
        in_parts = self.booking.limits.receipt_parts
        receipts = parts.posted(self.draft, row.id) if in_parts else [closed]
        self.paid_by |= {receipt.reference: row.id for receipt in receipts}
        yield from receipts
        self._hold_edited(row, sum((receipt.total for receipt in receipts), ZERO), amount)

    def _hold_edited(self, row: Repayment | Adjustment, was: Decimal, now: Decimal) -> None:
        detail = closed_edit(was, now, self.loan.currency)
        subject = f"movement:{row.id}"
        self.holds.append(self._hold("books.period_closed", subject, was - now, detail))

    def _recovery(self, row: Repayment, amount: Decimal) -> Iterator[Sale]:
        """Money on what was written off: income, and nothing that anybody owes."""
        head, refused = self.draft.recovery_head(row, amount)
        if head is None:
            detail = message("recovery_waits", amount=amount, currency=self.loan.currency)
            hold = self._hold(refused, f"movement:{row.id}", ZERO, detail)
            self.holds.append(msgspec.structs.replace(hold, worth=amount))
            return
        account = self.booking.deposit_account(self.loan, row)
        text = self.draft.describe("recovery", row)
        if head.rate is not None and self.booking.is_worth_at_home(account, head.currency):
            home = self.booking.company.home_currency
            text = f"{text} ({amount} {head.currency} × {head.rate})"
            amount = quantised(amount * head.rate, home)
            head = msgspec.structs.replace(head, currency=home, rate=None)
        line = self.booking.line("recovery", amount, text)
        yield self.draft.settled(Sale(**head.fields(), lines=(line,), deposit_account=account))

    def _write_off(self, loss: Loss) -> Iterator[CreditNote | CreditApplication]:
        """The credit note for what is lost, and its application; an amount beyond what was owed and
        paid is held."""
        if loss.beyond:
            detail = message(
                "lost_beyond",
                shown=loss.row.amount,
                currency=self.loan.currency,
                amount=loss.amount,
            )
            subject = f"movement:{loss.row.id}"
            self.holds.append(
                self._hold("movement.written_off_beyond", subject, -loss.beyond, detail)
            )
        if loss.less:
            hold = self._hold("write_off.paid", f"movement:{loss.row.id}", ZERO)
            self.holds.append(msgspec.structs.replace(hold, worth=loss.less))
        note = self.lost.notes[loss.row.id]
        amounts = [("write_off", note.total)]
        if "write_off_interest" in self.booking.targets:
            amounts = [("write_off", note.total - note.interest)]
            amounts += [("write_off_interest", note.interest)]
        yield from self._credit(loss.row, amounts, note.interest)

    def _credit(
        self, row: Adjustment, amounts: Parts, interest: Decimal | None = None
    ) -> Iterator[CreditNote | CreditApplication]:
        """The credit note of a discount or write-off, and its application to what is open; neither
        where it takes nothing off what is invoiced."""
        told = [(purpose, amount) for purpose, amount in amounts if amount]
        if not told:
            return
        amount = sum((amount for _, amount in told), ZERO)
        head, refused = self.draft.credit_head(row, amount, interest)
        if head is None:
            base = reference(self.file.prefix, Letter.CREDIT, row.id)
            posted = self.draft.closed(refused, base)
            if not isinstance(posted, CreditNote):
                self.holds.append(self._hold(refused, f"movement:{row.id}", -amount))
                return
            yield posted
            yield self.application(row.id, "", posted)
            self._hold_edited(row, posted.total, amount)
            return
        lines = tuple(
            self.booking.line(purpose, part, self.draft.describe(purpose, row))
            for purpose, part in told
        )
        note = self.draft.settled(CreditNote(**head.fields(), lines=lines))
        yield note
        yield self.application(row.id, "", note)

    def application(self, native_id: str, part: str, note: CreditNote) -> CreditApplication:
        """The application of a credit note; its one application says only how much, as yet."""
        head = self.draft.application_head(native_id, part, note)
        return CreditApplication(
            **head.fields(),
            credit_note=note.reference,
            applications=(Application("", note.total),),
        )

    def _reversals(self) -> frozenset[str]:
        """Repayments taken back by a matching reversal, and the reversals themselves.

        Both vanish from the books: the receipt is voided, or never posted. A reversal that names
        no repayment, or one of another amount, is held.
        """
        found = owed.taken_back(self.file)
        unmatched = {row.id for row in found.unmatched}
        for row in self.file.adjustments:
            if row.kind is AdjustmentKind.REFUND:
                self.holds.append(self._hold("movement.refund", f"movement:{row.id}", row.amount))
            elif row.id in unmatched:
                code = "movement.reversal_unmatched"
                self.holds.append(self._hold(code, f"movement:{row.id}", row.amount))
        return found.rows

    def _hold_row(self, row: Repayment | Adjustment, code: str) -> None:
        self.holds.append(self._hold(code, f"movement:{row.id}", lending.effect(row)))

    def _hold(self, code: str, subject: str, amount: Decimal, detail: Detail = "") -> Hold:
        currency = self.loan.currency
        return Hold(code=code, subject=subject, currency=currency, amount=amount, detail=detail)


def _when(row: Repayment | Adjustment) -> tuple[date, int, str]:
    day = row.paid_on if isinstance(row, Repayment) else row.on
    return (day, len(row.id), row.id)
