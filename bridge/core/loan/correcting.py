"""The invoices that the ledger wants, weighed against the invoices that are posted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

import msgspec

from bridge.core.books import CreditApplication, CreditNote, Invoice, Transaction, applied
from bridge.core.identity import CORRECTION_PART, Letter, base_reference, reference
from bridge.core.ledger import LoanKind
from bridge.core.loan.draft import Draft, closed_edit
from bridge.core.loan.made import NONE, Made, made_together
from bridge.core.loan.standing import weigh_invoice
from bridge.core.loan.uses import use_of
from bridge.core.mapping.templates import Value

ZERO = Decimal(0)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice as the ledger wants it."""

    invoice: Invoice
    closed: bool = False
    """Whether it is posted in a closed month, and wanted otherwise there."""


class _Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """The invoice that counts for a wanted one, and what the ledger wants beyond it."""

    made: Made
    difference: Decimal = ZERO
    closed: Decimal = ZERO
    """The posted total, where the difference is one of a closed month."""


def corrected(draft: Draft, wanted: Sequence[Wanted], staying: frozenset[str]) -> Made:
    """The wanted invoices, weighed against what is posted, and what corrects those that stay.

    An unpaid invoice of an open period is changed in place. A paid one, or one of a closed
    period, stays; the difference becomes a correcting document or a question (policy
    `amount_edited`), and so does an invoice that is no longer wanted.
    """
    before = corrections(draft)
    weighed = [_weighed(draft, each, bool(before), staying) for each in wanted]
    left = _no_longer_wanted(draft, wanted, staying)
    difference = sum((each.difference for each in weighed), ZERO)
    difference -= sum((invoice.total for invoice in left), ZERO)
    for document in before:
        if isinstance(document, Invoice):
            difference -= document.total
        elif isinstance(document, CreditNote):
            difference += document.total
    posted_then = sum((each.closed for each in weighed), ZERO)
    ask = draft.booking.mapping.policies.amount_edited == "ask"
    correction = NONE
    if ask and posted_then and (difference or not before):
        correction = _closed_edited(draft, difference, posted_then)
    elif difference:
        correction = _correction(draft, difference, before)
    kept = (*left, *(d for d in before if not isinstance(d, CreditApplication)))
    stays = Made(documents=kept) if kept else NONE
    made = [*(each.made for each in weighed), stays, correction]
    return _with_uses(draft, made_together(made))


def corrections(draft: Draft) -> list[Transaction]:
    """The loan's correcting documents that still count. A loan that moved to another customer
    or currency is invoiced anew, and keeps only corrections that a person chose to keep."""
    stem = _stem(draft)
    return [
        binding.document
        for binding in draft.already.live
        if base_reference(binding.reference).startswith(stem)
        and (not draft.moved(binding) or draft.already.stands(binding.reference))
        and isinstance(binding.document, Transaction)
    ]


def _stem(draft: Draft) -> str:
    """The beginning of every reference of the loan's corrections."""
    return reference(draft.file.prefix, Letter.CORRECTION, draft.loan.id, CORRECTION_PART)


def _weighed(draft: Draft, wanted: Wanted, corrected: bool, staying: frozenset[str]) -> _Weighed:
    """The wanted invoice, or the posted one where that stays. `corrected`: other documents correct
    the loan's amounts already."""
    invoice = wanted.invoice
    bound = draft.already.bound(base_reference(invoice.reference))
    posted = bound.document if bound else None
    if bound is not None and bound.accepted:
        stands, beside = weigh_invoice(bound, invoice, corrected=corrected)
        made = msgspec.structs.replace(beside, documents=(stands,))
        return _Weighed(made=made, difference=invoice.total - stands.total)
    if bound is None or not isinstance(posted, Invoice) or draft.moved(bound):
        return _Weighed(made=Made(documents=(invoice,)))
    if posted.facts == invoice.facts:
        return _Weighed(made=Made(documents=(posted,)))
    if _may_change(draft, posted, invoice, staying):
        return _Weighed(made=Made(documents=(invoice,)))
    is_edited = wanted.closed and invoice.lines != posted.lines
    return _Weighed(
        made=Made(documents=(posted,)),
        difference=invoice.total - posted.total,
        closed=posted.total if is_edited else ZERO,
    )


def _no_longer_wanted(
    draft: Draft, wanted: Iterable[Wanted], staying: frozenset[str]
) -> list[Invoice]:
    """Posted invoices that stay although the ledger wants none of them, since they are paid or of a
    closed period."""
    bases = {base_reference(each.invoice.reference) for each in wanted}
    stem = _stem(draft)
    left = []
    for binding in draft.already.live:
        posted = binding.document
        if not isinstance(posted, Invoice):
            continue
        base = base_reference(posted.reference)
        if base in bases or base.startswith(stem) or draft.already.stands(posted.reference):
            continue
        if not _is_free(draft, posted, staying):
            left.append(posted)
    return left


def _may_change(draft: Draft, posted: Invoice, wanted: Invoice, staying: frozenset[str]) -> bool:
    locked = draft.booking.company.locked_through
    is_open = locked is None or (posted.day > locked and wanted.day > locked)
    same_money = posted.total == wanted.total and posted.day == wanted.day
    return is_open and (same_money or _is_free(draft, posted, staying))


def _is_free(draft: Draft, posted: Invoice, staying: frozenset[str]) -> bool:
    """Whether the invoice is of an open period, and nothing that stays posted settles any of it."""
    locked = draft.booking.company.locked_through
    if locked is not None and posted.day <= locked:
        return False
    stays = (b.document for b in draft.already.live if b.reference in staying)
    return not any(
        posted.reference in applied(document)
        for documents in (stays, draft.already.undone.values())
        for document in documents
    )


def _closed_edited(draft: Draft, difference: Decimal, posted: Decimal) -> Made:
    """One hold of what changed in a closed month: not the old amount and the new one."""
    detail = closed_edit(posted, posted + difference, draft.loan.currency)
    subject = f"loan:{draft.loan.id}"
    return Made(holds=(draft.hold("books.period_closed", subject, difference, detail),))


def _correction(draft: Draft, difference: Decimal, before: Sequence[Transaction]) -> Made:
    """The document that corrects the loan's invoices by this difference, or the question."""
    subject, mapping = f"loan:{draft.loan.id}", draft.booking.mapping
    if mapping.policies.amount_edited == "ask":
        return Made(holds=(draft.hold("loan.amount_edited", subject, difference),))
    made = sum(not isinstance(d, CreditApplication) for d in before)
    running = draft.loan.kind is LoanKind.RUNNING_ACCOUNT
    purpose = "sale" if running else "principal"
    locked = draft.booking.company.locked_through
    day = draft.file.as_of
    if locked is not None and day <= locked:
        day = locked + timedelta(days=1)
    original = reference(draft.file.prefix, Letter.LOAN, draft.loan.id)
    words: dict[str, Value] = {"corrected": original, "original_date": draft.loan.start}
    head, refused = draft.head(
        Letter.CORRECTION,
        draft.loan.id,
        part=f"{CORRECTION_PART}{made + 1}",
        day=day,
        facts=difference,
        memo=mapping.memos.correction,
        words=words,
    )
    if head is None:
        return Made(holds=(draft.hold(refused, subject, difference),))
    line = draft.booking.line(purpose, abs(difference), draft.describe(purpose))
    if difference > 0:
        return Made(documents=(Invoice(**head.fields(), due=head.day, lines=(line,)),))
    return Made(documents=(CreditNote(**head.fields(), lines=(line,)),))


def _with_uses(draft: Draft, made: Made) -> Made:
    """The documents with the use of each credit note after it: one that corrects an invoice is
    applied like any other."""
    if not any(isinstance(document, CreditNote) for document in made.documents):
        return made
    parts = [msgspec.structs.replace(made, documents=())]
    for document in made.documents:
        parts.append(Made(documents=(document,)))
        if isinstance(document, CreditNote):
            part = base_reference(document.reference).rpartition(CORRECTION_PART)[2]
            parts.append(use_of(draft, draft.loan.id, f"{CORRECTION_PART}{part}", document))
    return made_together(parts)
