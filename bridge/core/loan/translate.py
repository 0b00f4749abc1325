"""One loan's file into the documents that should be in the books, and what is held back.

The law of this module: what the documents add up to in receivables, plus the holds, is exactly
the loan's balance in the ledger. Every cent is in one or the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.books import (
    CreditApplication,
    CreditNote,
    Customer,
    Invoice,
    Kind,
    Receipt,
    Transaction,
    applied,
)
from bridge.core.delivery import Binding
from bridge.core.findings import Finding
from bridge.core.identity import Letter, base_reference, reference
from bridge.core.ledger import (
    LoanFile,
)
from bridge.core.loan import parts
from bridge.core.loan.allocation import Allocator, Asking
from bridge.core.loan.cutover import began_before
from bridge.core.loan.draft import Draft
from bridge.core.loan.holding import held_as_a_whole, not_posted
from bridge.core.loan.instalments import share_of
from bridge.core.loan.invoices import CORRECTION_PART, Invoicing
from bridge.core.loan.reversing import (
    Undoing,
    closed_documents,
    counting_again,
    keepable,
    reversals,
    settled,
    take_back_all,
    undone,
)
from bridge.core.loan.review import review
from bridge.core.loan.settling import NO_CREDIT, Settling
from bridge.core.loan.shape import as_posted
from bridge.core.loan.standing import Standing, is_gone
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.naming import customer
from bridge.core.message import Detail, message
from bridge.core.plan import Hold

ZERO = Decimal(0)
_BESIDE_A_TOLD_BALANCE = frozenset({"debt.balance_mismatch", "debt.paid_unexplained"})


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """The documents and holds of one loan: what the books should say of it.

    `keep` says that what is posted stays as it is (the loan as a whole is held), so `documents` is
    empty and means nothing.
    """

    customer: Customer | None
    documents: tuple[Transaction, ...]
    holds: tuple[Hold, ...]
    findings: tuple[Finding, ...]
    keep: bool = False
    noted: tuple[Binding, ...] = ()
    """Bindings to be written down anew: what a person decided, with what the ledger says now."""


def translate(file: LoanFile, booking: Booking, bound: Sequence[Binding]) -> Translation:
    """The documents of one loan, given what is already bound to it.

    Bindings matter in three ways: a receipt keeps the applications it was posted with, what is
    voided comes back under its next generation, and corrections already made count. What a person
    decided is written down before anything is made: the documents are those of a loan of which the
    answers are seen, and from which what is gone from both sides is gone.
    """
    noted: dict[str, Binding] = {}
    bound = counting_again(bound)
    made = _translated(file, booking, bound)
    while made.noted:  # an answer is seen once, and goes once
        noted |= {binding.reference: binding for binding in made.noted}
        bound = counting_again([noted.get(binding.reference, binding) for binding in bound])
        made = _translated(file, booking, bound)
    return msgspec.structs.replace(made, noted=tuple(noted.values()))


def _translated(file: LoanFile, booking: Booking, bound: Sequence[Binding]) -> Translation:
    """The translation of one loan, before its notes on a person's answers are put into the
    bindings."""
    findings = review(file)
    whole = held_as_a_whole(file, booking, bound)
    if whole is not None:
        return Translation(customer=None, documents=(), holds=whole, findings=findings, keep=True)
    if file.loan is None or file.loan.annulled:
        standing = Standing()
        pairs = undone(bound)
        alone = (b for b in bound if b.reference not in pairs and (b.in_force or is_gone(b)))
        left = take_back_all(file, booking, bound)
        stays = standing.unwanted(alone, frozenset(document.reference for document in left))
        return Translation(
            customer=None,
            documents=(*stays, *left),
            holds=tuple(standing.holds),
            findings=findings,
            noted=tuple(standing.noted.values()),
        )
    booking = as_posted(booking, file, bound)
    first = _Translator(file, booking, bound)
    made = first.run(findings)
    if not first.lost:
        return made
    again = [
        msgspec.structs.replace(b, restore=True) if base_reference(b.reference) in first.lost else b
        for b in bound
    ]
    return _Translator(file, booking, again).run(findings)


class _Translator:
    """Walks one loan's rows in order and makes its documents."""

    def __init__(self, file: LoanFile, booking: Booking, bound: Sequence[Binding]) -> None:
        assert file.loan is not None
        assert file.borrower is not None
        self.file, self.loan, self.booking = file, file.loan, booking
        self.borrower = file.borrower
        self.draft = Draft(file, booking, bound)
        self.undoing = Undoing(file, booking, bound)
        self.allocator = Allocator()
        self.documents: list[Transaction] = []
        self.holds: list[Hold] = []
        self.findings: list[Finding] = []
        self.settling = Settling(self.draft)
        self.staying: frozenset[str] = frozenset()
        self.lost: set[str] = set()
        """Bases of posted documents that settle something else now and cannot be changed in place:
        they are to be posted anew."""

    def run(self, findings: tuple[Finding, ...]) -> Translation:
        settling = list(self.settling.documents())
        self.staying = self._staying(settling)
        carried = None
        if began_before(self.loan, self.booking.cutover):
            assert self.booking.cutover is not None
            carried = self.settling.carried_over(self.booking.cutover)
            if carried.told:  # what its movements make is then not what it says, nor meant to be
                findings = tuple(f for f in findings if f.code not in _BESIDE_A_TOLD_BALANCE)
        invoicing = Invoicing(self.draft, self.staying, carried, self.settling.lost.stopped)
        invoices = invoicing.all()
        if invoicing.refused:
            code, live = invoicing.refused, self.draft.live()
            rest = not_posted(self.file, self.loan, code, live)
            return Translation(
                customer=None, documents=(), holds=rest, findings=findings, keep=True
            )
        self.holds.extend([*invoicing.holds, *self.settling.holds])
        self.allocator = Allocator(
            extends=Kind.RECEIPT in self.booking.limits.updates
            or self.booking.limits.receipt_parts,
            locked=self.booking.company.locked_through,
            dated_uses=self.booking.limits.dated_uses,
            share=share_of(self.file, invoicing.mapping, invoicing.rounding, invoices),
        )
        closed, reversals = self._undone(invoices, settling)
        self._open_invoices([*invoices, *closed, *reversals])
        self.allocator.keep(closed)
        self._settle([*self._with_applications(invoices), *settling])
        self.documents.extend(closed)
        self.documents.extend(settled(self.undoing, reversals, self.allocator))
        standing = self.draft.standing
        wanted_too = frozenset(document.reference for document in self.documents)
        left = (*self.draft.live(), *self.draft.earlier())
        self.documents.extend(standing.unwanted(left, wanted_too))
        wanted = None
        if self.documents:
            wanted = customer(self.file, self.borrower, self.loan.currency, self.booking)
        return Translation(
            customer=wanted,
            documents=tuple(self.documents),
            holds=(*self.holds, *standing.holds),
            findings=(*findings, *self.findings),
            noted=tuple(standing.noted.values()),
        )

    def _open_invoices(self, documents: Sequence[Transaction]) -> None:
        """Open the invoices that can be settled. An invoice that only a person's decision keeps, or
        one that is gone, keeps its applications and takes no new ones."""
        wanted = {document.reference for document in documents}
        left = [
            b.document
            for b in self.draft.live()
            if b.accepted and b.reference not in wanted and not is_gone(b)
        ]
        closed = {document.reference for document in left}
        closed |= {d.reference for d in documents if self.draft.is_gone(d.reference)}
        opened = [d for d in (*documents, *left) if isinstance(d, Invoice)]
        self.allocator.open_invoices(opened, frozenset(closed))

    def _undone(
        self, invoices: Sequence[Transaction], settling: Sequence[Transaction]
    ) -> tuple[list[Transaction], list[Invoice | CreditNote]]:
        """Documents of closed periods that stay although the ledger does not want them, and the new
        reversals that undo them."""
        wanted = {document.reference for document in (*invoices, *settling)}
        left = (*self.draft.live(), *self.draft.earlier())
        closed = closed_documents(self.booking, (b for b in left if b.reference not in wanted))
        made = reversals(self.undoing, closed)
        return [*self.draft.undone.values(), *keepable(closed, made)], made

    def _staying(self, settling: Sequence[Transaction]) -> frozenset[str]:
        """Posted receipts and applications that will still be there after this plan."""
        wanted = {document.reference for document in settling}
        corrections = reference(self.file.prefix, Letter.APPLICATION, self.loan.id, CORRECTION_PART)
        locked = self.booking.company.locked_through
        return frozenset(
            b.reference
            for b in self.draft.live()
            if not is_gone(b)
            and (
                b.reference in wanted
                or b.accepted
                or (
                    base_reference(b.reference).startswith(corrections)
                    and not self.draft.is_renewed(b)
                    and not self.draft.moved(b)
                )
                or (
                    locked is not None
                    and not isinstance(b.document, Customer)
                    and b.document.day <= locked
                )
            )
        )

    def _settle(self, unsettled: Sequence[Transaction]) -> None:
        """Apply receipts and credit notes; what is posted keeps what it was applied to."""
        asked = {document.reference for document in unsettled}
        wanted = asked | self.staying
        self.allocator.keep(b.document for b in self.draft.live() if b.reference in wanted)
        self.allocator.settle([self._asking(document) for document in self._asking_for(unsettled)])
        for document in unsettled:
            match document:
                case CreditApplication() if self.draft.stands(document.reference):
                    self.documents.append(self.draft.settled(document))
                case Receipt() if self.draft.stands(document.reference):
                    self.documents.append(document)
                case Receipt():
                    self._receipt(document)
                case CreditApplication():
                    used = self.allocator.applied(document.reference)
                    if used:
                        self.documents.append(msgspec.structs.replace(document, applications=used))
                case _:
                    self.documents.append(document)
        self._find_lost(asked)

    def _asking_for(
        self, unsettled: Sequence[Transaction]
    ) -> Iterator[Receipt | CreditApplication]:
        """The receipts and applications that look for invoices; one that a person left keeps its
        own."""
        settling = (d for d in unsettled if isinstance(d, Receipt | CreditApplication))
        return (d for d in settling if not self.draft.stands(d.reference))

    def _asking(self, document: Receipt | CreditApplication) -> Asking:
        return Asking(
            reference=document.reference,
            day=self._day_of(document),
            total=document.total,
            whole=isinstance(document, Receipt) and self._may_be_held(document),
            same_day=isinstance(document, Receipt) and self._takes_no_credit(document),
        )

    def _day_of(self, document: Transaction) -> date:
        """The ledger's day of a receipt or credit; what is from before the loan counts on its first
        day in the books."""
        first = self.loan.start
        if began_before(self.loan, self.booking.cutover):
            assert self.booking.cutover is not None
            first = self.booking.cutover
        return max(document.dated or document.day, first)

    def _may_be_held(self, receipt: Receipt) -> bool:
        """Whether this receipt waits while it is more than what is owed: the mapping holds
        overpayments, and it is not posted yet."""
        policy = self.booking.mapping.policies.overpayment
        return policy == "hold" and not self.draft.is_live(receipt.reference)

    def _takes_no_credit(self, receipt: Receipt) -> bool:
        """Whether the part of this receipt that exceeds what is owed on its day cannot be
        posted."""
        is_new = receipt.reference in self.settling.whole
        return is_new and self.booking.takes_no_credit(receipt.deposit_account, receipt.currency)

    def _find_lost(self, asked: Collection[str]) -> None:
        settled_now = {d.reference: applied(d) for d in self.documents}
        for binding in self.draft.live():
            if binding.accepted or binding.reference not in asked:
                continue
            fixed = not self.booking.limits.may_settle_otherwise(binding.document)
            if fixed and settled_now.get(binding.reference) != applied(binding.document):
                self.lost.add(base_reference(binding.reference))

    def _with_applications(self, documents: list[Transaction]) -> Iterator[Transaction]:
        """A credit note that corrects an invoice is applied like any other."""
        for document in documents:
            yield document
            if isinstance(document, CreditNote):
                part = base_reference(document.reference).rpartition(CORRECTION_PART)[2]
                yield self.settling.application(self.loan.id, f"{CORRECTION_PART}{part}", document)

    def _receipt(self, receipt: Receipt) -> None:
        applications = self.allocator.applied(receipt.reference)
        done = msgspec.structs.replace(receipt, applications=applications)
        if self.booking.limits.receipt_parts and applications and not receipt.applications:
            done = msgspec.structs.replace(done, on_account=True)
        if done.unapplied > 0:
            subject = f"debt:{self.loan.id}"
            excess = message("overpaid", amount=done.unapplied, currency=self.loan.currency)
            self.findings.append(
                Finding(
                    code="debt.overpaid",
                    subject=subject,
                    related=(f"movement:{self.settling.paid_by[receipt.reference]}",),
                    detail=excess,
                )
            )
            if self._may_be_held(receipt):
                self.holds.append(
                    self._hold("policy.overpayment", subject, -receipt.total, receipt.reference)
                )
                return
            if self._takes_no_credit(receipt):
                subject = f"movement:{self.settling.paid_by[receipt.reference]}"
                self.holds.append(self._hold(NO_CREDIT, subject, -done.unapplied))
                done = msgspec.structs.replace(done, total=done.total - done.unapplied)
        if receipt.reference in self.settling.whole:
            row_id = self.settling.paid_by[receipt.reference]
            day = self._day_of(receipt)
            later = {
                a.invoice for a in done.applications if self.allocator.is_later(a.invoice, day)
            }
            first = self.settling.whole[receipt.reference]
            self.documents.extend(parts.split(self.draft, row_id, done, later, first))
        else:
            self.documents.append(done)

    def _hold(self, code: str, subject: str, amount: Decimal, detail: Detail = "") -> Hold:
        return Hold(
            code=code, subject=subject, currency=self.loan.currency, amount=amount, detail=detail
        )
