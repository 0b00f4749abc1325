"""One loan's repayments and credits as documents, in order of date, not yet applied to invoices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from bridge.core import lending, parts
from bridge.core.books import (
    Application,
    CreditApplication,
    CreditNote,
    Receipt,
    Sale,
    Transaction,
)
from bridge.core.cutover import Carried, is_history
from bridge.core.cutover import carried_over as cutover_balance
from bridge.core.draft import Draft, repayment_facts
from bridge.core.findings import holds
from bridge.core.ledger import Adjustment, AdjustmentKind, Repayment, RepaymentKind
from bridge.core.plan import Hold


class Settling:
    """Makes receipts, credit notes, their uses and recoveries, holding what cannot be posted."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.file, self.loan = draft, draft.file, draft.loan
        self.booking = draft.booking
        self.holds: list[Hold] = []
        self.gone: frozenset[str] = frozenset()
        """Repayments that were reversed, and their reversals."""
        self.paid_by: dict[str, str] = {}
        """Receipt's reference → id of the repayment."""
        self.whole: set[str] = set()
        """References of receipts that are still to be split into parts."""

    def carried_over(self, cutover: date) -> Carried:
        """What the loan is carried over with. After `documents`."""
        return cutover_balance(self.file, cutover, self.gone)

    def documents(self) -> Iterator[Transaction]:
        """Every document in order of date; an application says only how much, as yet."""
        self.gone = gone = self._reversals()
        rows: list[Repayment | Adjustment] = [
            *self.file.repayments,
            *(a for a in self.file.adjustments if lending.effect(a) < 0),
        ]
        rows = sorted((row for row in rows if row.id not in gone), key=_when)
        written_off = self.loan.written_off_on
        for row in rows:
            code = next((note.code for note in row.notes if holds(note.code)), "")
            if lending.effect(row) == 0:
                continue
            if code:
                self._hold_row(row, code)
            elif is_history(row, self.loan, self.booking.cutover):
                if isinstance(row, Adjustment) and row.kind is AdjustmentKind.WRITE_OFF:
                    written_off = row.on
            elif isinstance(row, Adjustment):
                if row.kind is AdjustmentKind.WRITE_OFF:
                    written_off = row.on
                yield from self._credit(row)
            elif row.kind is RepaymentKind.RECOVERY or (written_off and row.paid_on >= written_off):
                yield from self._recovery(row)
            else:
                yield from self._repayment(row)

    def _repayment(self, row: Repayment) -> Iterator[Receipt]:
        day = row.paid_on
        if day < self.loan.start and self.booking.mapping.policies.before_loan == "loan_date":
            day = self.loan.start
        in_parts = self.booking.limits.receipt_parts
        if in_parts:
            facts = self.draft.facts(day, repayment_facts(row))
            posted = parts.kept(self.draft, row.id, facts, row.amount)
            self.paid_by |= {receipt.reference: row.id for receipt in posted}
            yield from posted
            if posted:
                return
        head, refused = self.draft.receipt_head(row, day)
        if head is None:
            self._hold_row(row, refused)
            return
        receipt = Receipt(
            **head.fields(),
            total=row.amount,
            deposit_account=self.booking.deposit_account(self.loan, row),
            method=self.booking.payment_methods.get(row.method, ""),
        )
        self.paid_by[receipt.reference] = row.id
        if in_parts:
            self.whole.add(receipt.reference)
        yield receipt if in_parts else self.draft.settled(receipt)

    def _recovery(self, row: Repayment) -> Iterator[Sale]:
        """Money on a written-off loan: income, not a receivable."""
        head, refused = self.draft.recovery_head(row)
        if head is None:
            self._hold_row(row, refused)
            return
        line = self.booking.line("recovery", row.amount, self.draft.describe("recovery", row))
        sale = Sale(
            **head.fields(),
            lines=(line,),
            deposit_account=self.booking.deposit_account(self.loan, row),
        )
        self._hold_row(row, "recovery.income")
        yield self.draft.settled(sale)

    def _credit(self, row: Adjustment) -> Iterator[CreditNote | CreditApplication]:
        """A discount or write-off: a credit note, and its application to what is open."""
        head, refused = self.draft.credit_head(row)
        if head is None:
            self._hold_row(row, refused)
            return
        purpose = "write_off" if row.kind is AdjustmentKind.WRITE_OFF else "discount"
        line = self.booking.line(purpose, row.amount, self.draft.describe(purpose, row))
        note = self.draft.settled(CreditNote(**head.fields(), lines=(line,)))
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
        gone: set[str] = set()
        payments: Mapping[str, Repayment] = {r.id: r for r in self.file.repayments}
        for row in self.file.adjustments:
            if row.kind is AdjustmentKind.REFUND:
                self.holds.append(self._hold("movement.refund", f"movement:{row.id}", row.amount))
            if row.kind is not AdjustmentKind.REVERSAL:
                continue
            target = payments.get(row.reverses)
            if target is None or target.id in gone or lending.effect(target) != -row.amount:
                code = "movement.reversal_unmatched"
                self.holds.append(self._hold(code, f"movement:{row.id}", row.amount))
            else:
                gone |= {target.id, row.id}
        for repayment in self.file.repayments:
            target = payments.get(repayment.reverses)
            if target is None or gone & {target.id, repayment.id}:
                continue
            if lending.effect(target) == -lending.effect(repayment) != 0:
                gone |= {target.id, repayment.id}
        return frozenset(gone)

    def _hold_row(self, row: Repayment | Adjustment, code: str) -> None:
        self.holds.append(self._hold(code, f"movement:{row.id}", lending.effect(row)))

    def _hold(self, code: str, subject: str, amount: Decimal) -> Hold:
        return Hold(code=code, subject=subject, currency=self.loan.currency, amount=amount)


def _when(row: Repayment | Adjustment) -> tuple[date, int, str]:
    day = row.paid_on if isinstance(row, Repayment) else row.on
    return (day, len(row.id), row.id)
