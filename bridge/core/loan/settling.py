"""One loan's receipts and credits applied to its invoices, and what is left of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

import msgspec

from bridge.core.books import (
    CreditApplication,
    Document,
    Invoice,
    Kind,
    Receipt,
    Transaction,
    applied,
)
from bridge.core.findings import Finding
from bridge.core.identity import base_reference
from bridge.core.loan import parts
from bridge.core.loan.allocation import Allocation, Asking, Terms, allocate
from bridge.core.loan.cutover import began_before
from bridge.core.loan.draft import Draft
from bridge.core.loan.instalments import share_of
from bridge.core.loan.made import NONE, Credits, Made, Paid, made_together
from bridge.core.loan.receipts import NO_CREDIT
from bridge.core.loan.reversing import Reversals
from bridge.core.loan.standing import settled, unwanted
from bridge.core.message import message


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one loan should have in the books, applied."""

    made: Made
    findings: tuple[Finding, ...] = ()
    lost: frozenset[str] = frozenset()
    """Bases of posted documents that settle something else now and cannot be changed in place:
    they are to be posted anew."""


class _Receipts(msgspec.Struct, frozen=True, kw_only=True):
    """The receipts of one payment after it was applied."""

    made: Made = NONE
    findings: tuple[Finding, ...] = ()


def settle(draft: Draft, invoices: Made, credits: Credits, reversals: Reversals) -> Settled:
    """Invoices, receipts and credits with what they settle; what is posted keeps what it was
    applied to. Then the documents of closed periods with what undoes them, and those that only a
    person's decision keeps."""
    unsettled = (*invoices.documents, *credits.made.documents)
    allocation = _allocation(draft, invoices, credits, reversals)
    done = [_settled(draft, document, credits, allocation) for document in unsettled]
    made = made_together(each.made for each in done)
    lost = _lost(draft, {document.reference for document in unsettled}, made.documents)
    undoing = (*reversals.kept, *reversals.settled(allocation))
    wanted = {document.reference for document in (*made.documents, *undoing)}
    noted = {b.reference for stage in (credits.made, invoices, made) for b in stage.noted}
    already = draft.already
    left = unwanted((*already.live, *already.earlier), wanted, noted)
    undone = Made(documents=undoing) if undoing else NONE
    return Settled(
        made=made_together([made, undone, left]),
        findings=tuple(finding for each in done for finding in each.findings),
        lost=lost,
    )


def _allocation(draft: Draft, invoices: Made, credits: Credits, reversals: Reversals) -> Allocation:
    """The applications of this loan's receipts and credits to its invoices."""
    unsettled = (*invoices.documents, *credits.made.documents)
    wanted = {document.reference for document in unsettled} | credits.staying
    posted = (b.document for b in draft.already.live if b.reference in wanted)
    opened, shut = _opened(draft, (*invoices.documents, *reversals.kept, *reversals.made))
    limits = draft.booking.limits
    return allocate(
        opened,
        kept=(*reversals.kept, *posted),
        asked=list(_asking(draft, unsettled, credits)),
        at_last=[(use.reference, use.total) for use in reversals.uses.values()],
        shut=shut,
        terms=Terms(
            extends=Kind.RECEIPT in limits.updates or limits.receipt_parts,
            locked=draft.booking.company.locked_through,
            dated_uses=limits.dated_uses,
            share=share_of(draft.file, draft.booking.mapping, draft.rounding, invoices.documents),
        ),
    )


def _opened(draft: Draft, documents: Sequence[Transaction]) -> tuple[list[Invoice], frozenset[str]]:
    """The invoices that are settled, and those of them that take nothing new: an invoice that only
    a person's decision keeps, or one that is gone, keeps its applications."""
    opened = [document for document in documents if isinstance(document, Invoice)]
    shut = {invoice.reference for invoice in opened if draft.already.is_gone(invoice.reference)}
    wanted = {document.reference for document in documents}
    for binding in draft.already.live:
        document: Document = binding.document
        if binding.accepted and binding.reference not in wanted and not binding.is_gone:
            shut.add(document.reference)
            opened += [document] if isinstance(document, Invoice) else []
    return opened, frozenset(shut)


def _asking(draft: Draft, unsettled: Sequence[Transaction], credits: Credits) -> Iterator[Asking]:
    """The receipts and uses of credit that look for invoices; one that a person left keeps its
    own."""
    for document in unsettled:
        if not isinstance(document, Receipt | CreditApplication):
            continue
        if draft.already.stands(document.reference):
            continue
        receipt = document if isinstance(document, Receipt) else None
        yield Asking(
            reference=document.reference,
            day=_day_of(draft, document),
            total=document.total,
            whole=receipt is not None and _may_be_held(draft, receipt),
            same_day=receipt is not None and _takes_no_credit(draft, receipt, credits),
        )


def _day_of(draft: Draft, document: Transaction) -> date:
    """The ledger's day of a receipt or credit; what is from before the loan counts on its first
    day in the books."""
    first = draft.loan.start
    if began_before(draft.loan, draft.booking.cutover):
        assert draft.booking.cutover is not None
        first = draft.booking.cutover
    return max(document.dated or document.day, first)


def _may_be_held(draft: Draft, receipt: Receipt) -> bool:
    """Whether this receipt waits while it is more than what is owed: the mapping holds
    overpayments, and it is not posted yet."""
    policy = draft.booking.mapping.policies.overpayment
    return policy == "hold" and draft.already.exactly(receipt.reference) is None


def _takes_no_credit(draft: Draft, receipt: Receipt, credits: Credits) -> bool:
    """Whether the part of this receipt that exceeds what is owed on its day cannot be
    posted."""
    paid = credits.paid.get(receipt.reference)
    is_new = paid is not None and paid.first > 0
    return is_new and draft.booking.takes_no_credit(receipt.deposit_account, receipt.currency)


def _settled(
    draft: Draft, document: Transaction, credits: Credits, allocation: Allocation
) -> _Receipts:
    """The document with what it settles, if it settles anything."""
    stands = draft.already.stands
    if isinstance(document, CreditApplication):
        if stands(document.reference):
            use, beside = settled(draft.already, document)
            return _Receipts(made=msgspec.structs.replace(beside, documents=(use,)))
        used = allocation.applied(document.reference)
        if not used:
            return _Receipts()
        document = msgspec.structs.replace(document, applications=used)
    elif isinstance(document, Receipt) and not stands(document.reference):
        return _receipts(draft, document, credits, allocation)
    return _Receipts(made=Made(documents=(document,)))


def _receipts(
    draft: Draft, receipt: Receipt, credits: Credits, allocation: Allocation
) -> _Receipts:
    """The receipt with the invoices that it settles, or its parts; what exceeds what was owed is
    told, and held where the mapping or the books demand it."""
    paid = credits.paid[receipt.reference]
    applications = allocation.applied(receipt.reference)
    done = msgspec.structs.replace(receipt, applications=applications)
    if draft.booking.limits.receipt_parts and applications and not receipt.applications:
        done = msgspec.structs.replace(done, on_account=True)
    found: tuple[Finding, ...] = ()
    beside = NONE
    if done.unapplied > 0:
        found = (_overpaid(draft, done, paid),)
        if _may_be_held(draft, receipt):
            subject = f"loan:{draft.loan.id}"
            hold = draft.hold("policy.overpayment", subject, -receipt.total, receipt.reference)
            return _Receipts(made=Made(holds=(hold,)), findings=found)
        if _takes_no_credit(draft, receipt, credits):
            hold = draft.hold(NO_CREDIT, f"movement:{paid.row}", -done.unapplied)
            beside = Made(holds=(hold,))
            done = msgspec.structs.replace(done, total=done.total - done.unapplied)
    documents = [done]
    if paid.first:
        day = _day_of(draft, receipt)
        later = {a.invoice for a in done.applications if allocation.is_later(a.invoice, day)}
        documents = parts.in_parts(draft, paid.row, done, later, paid.first)
    made = msgspec.structs.replace(beside, documents=tuple(documents))
    return _Receipts(made=made, findings=found)


def _overpaid(draft: Draft, receipt: Receipt, paid: Paid) -> Finding:
    return Finding(
        code="loan.overpaid",
        subject=f"loan:{draft.loan.id}",
        related=(f"movement:{paid.row}",),
        detail=message("overpaid", amount=receipt.unapplied, currency=draft.loan.currency),
    )


def _lost(draft: Draft, asked: Collection[str], documents: Sequence[Transaction]) -> frozenset[str]:
    """Bases of posted documents that settle something else now and cannot be changed in place."""
    settled_now = {d.reference: applied(d) for d in documents}
    limits = draft.booking.limits
    return frozenset(
        base_reference(b.reference)
        for b in draft.already.live
        if not b.accepted
        and b.reference in asked
        and not limits.may_settle_otherwise(b.document)
        and settled_now.get(b.reference) != applied(b.document)
    )
