"""One loan's file into the documents that should be in the books, and what is held back.

The law of this module: what the documents add up to in receivables, plus the holds, is exactly
the loan's balance in the ledger. Every cent is in one or the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from bridge.core import lending, parts
from bridge.core.allocation import Allocator
from bridge.core.booking import Booking
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
from bridge.core.draft import Draft, repayment_facts
from bridge.core.findings import Finding, holds
from bridge.core.holding import held_as_a_whole, not_posted
from bridge.core.identity import base_reference
from bridge.core.invoices import CORRECTION_PART, Invoicing
from bridge.core.ledger import (
    Adjustment,
    AdjustmentKind,
    LoanFile,
    Repayment,
    RepaymentKind,
)
from bridge.core.naming import customer
from bridge.core.plan import Hold
from bridge.core.review import review

ZERO = Decimal(0)


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """What the books should say of one loan.

    `keep` says that what is posted stays as it is (the loan as a whole is held), so `documents`
    is empty and means nothing.
    """

    customer: Customer | None
    documents: tuple[Transaction, ...]
    holds: tuple[Hold, ...]
    findings: tuple[Finding, ...]
    keep: bool = False


def translate(file: LoanFile, booking: Booking, bound: Sequence[Binding]) -> Translation:
    """The documents of one loan, given what is already bound to it.

    Bindings matter in three ways: a receipt keeps the applications it was posted with, what is
    voided comes back under its next generation, and corrections already made count.
    """
    findings = review(file)
    whole = held_as_a_whole(file, booking, bound)
    if whole is not None:
        return Translation(customer=None, documents=(), holds=whole, findings=findings, keep=True)
    if file.loan is None or file.loan.annulled:
        return Translation(customer=None, documents=(), holds=(), findings=findings)
    return _Translator(file, booking, bound).run(findings)


class _Translator:
    """Walks one loan's rows in order and makes its documents."""

    def __init__(self, file: LoanFile, booking: Booking, bound: Sequence[Binding]) -> None:
        assert file.loan is not None
        assert file.borrower is not None
        self.file, self.loan, self.booking = file, file.loan, booking
        self.borrower = file.borrower
        self.draft = Draft(file, booking, bound)
        self.allocator = Allocator(extends=booking.limits.updates_receipts)
        self.documents: list[Transaction] = []
        self.holds: list[Hold] = []
        self.findings: list[Finding] = []
        self.paid_by: dict[str, str] = {}
        """Receipt's reference → id of the repayment."""
        self.whole: set[str] = set()
        """References of receipts that are still to be split into parts."""

    def run(self, findings: tuple[Finding, ...]) -> Translation:
        settling = list(self._unsettled())
        invoicing = Invoicing(self.draft, self._staying(settling))
        invoices = invoicing.all()
        if invoicing.refused:
            code, live = invoicing.refused, self.draft.live()
            rest = not_posted(self.file, self.loan, code, live)
            return Translation(
                customer=None, documents=(), holds=rest, findings=findings, keep=True
            )
        self.holds.extend(invoicing.holds)
        self.allocator.open_invoices(d for d in invoices if isinstance(d, Invoice))
        self._settle([*self._with_applications(invoices), *settling])
        wanted = None
        if self.documents:
            wanted = customer(self.file, self.borrower, self.loan.currency, self.booking)
        return Translation(
            customer=wanted,
            documents=tuple(self.documents),
            holds=tuple(self.holds),
            findings=(*findings, *self.findings),
        )

    def _staying(self, settling: Sequence[Transaction]) -> frozenset[str]:
        """Posted receipts and applications that will still be there after this plan."""
        wanted = {document.reference for document in settling}
        locked = self.booking.company.locked_through
        return frozenset(
            b.reference
            for b in self.draft.live()
            if b.reference in wanted
            or (
                locked is not None
                and not isinstance(b.document, Customer)
                and b.document.day <= locked
            )
        )

    def _settle(self, unsettled: Sequence[Transaction]) -> None:
        """Apply receipts and credit notes; what is posted keeps what it was applied to."""
        wanted = {document.reference for document in unsettled}
        self.allocator.keep(b.document for b in self.draft.live() if b.reference in wanted)
        for document in unsettled:
            match document:
                case Receipt():
                    self._receipt(document)
                case CreditApplication():
                    applied = self.allocator.apply(document.reference, document.total)
                    if applied:
                        self._add(document, applied)
                case _:
                    self.documents.append(document)

    def _with_applications(self, documents: list[Transaction]) -> Iterator[Transaction]:
        """A credit note that corrects an invoice is applied like any other."""
        for document in documents:
            yield document
            if isinstance(document, CreditNote):
                part = base_reference(document.reference).rpartition(CORRECTION_PART)[2]
                yield self._application(self.loan.id, f"{CORRECTION_PART}{part}", document)

    def _unsettled(self) -> Iterator[Transaction]:
        """The documents of repayments and credits in order of date, not yet applied to invoices."""
        gone = self._reversals()
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

    def _receipt(self, receipt: Receipt) -> None:
        applications = self.allocator.apply(receipt.reference, receipt.total)
        done = msgspec.structs.replace(receipt, applications=applications)
        if done.unapplied > 0:
            subject = f"debt:{self.loan.id}"
            excess = f"{done.unapplied} {self.loan.currency} more than was owed"
            self.findings.append(
                Finding(
                    code="debt.overpaid",
                    subject=subject,
                    related=(f"movement:{self.paid_by[receipt.reference]}",),
                    detail=excess,
                )
            )
            policy = self.booking.mapping.policies.overpayment
            if policy == "hold" and not self.draft.is_live(receipt.reference):
                self.allocator.give_back(applications)
                self.holds.append(
                    self._hold("policy.overpayment", subject, -receipt.total, receipt.reference)
                )
                return
        if receipt.reference in self.whole:
            row_id = self.paid_by[receipt.reference]
            self.documents.extend(parts.split(self.draft, row_id, done))
        else:
            self.documents.append(done)

    def _add(self, document: CreditApplication, applied: tuple[Application, ...]) -> None:
        self.documents.append(msgspec.structs.replace(document, applications=applied))

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
        yield self._application(row.id, "", note)

    def _application(self, native_id: str, part: str, note: CreditNote) -> CreditApplication:
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

    def _hold(self, code: str, subject: str, amount: Decimal, detail: str = "") -> Hold:
        return Hold(
            code=code, subject=subject, currency=self.loan.currency, amount=amount, detail=detail
        )


def _when(row: Repayment | Adjustment) -> tuple[date, int, str]:
    day = row.paid_on if isinstance(row, Repayment) else row.on
    return (day, len(row.id), row.id)
