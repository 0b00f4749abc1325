"""The changes after which the books say what the ledger says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from bridge.core.books import (
    Customer,
    Document,
    Transaction,
    applied,
    digest_of,
    without_text,
)
from bridge.core.change.remapping import REASON as BY_MAPPING
from bridge.core.delivery import Binding, Operation
from bridge.core.identity import base_reference
from bridge.core.loan.standing import receivable
from bridge.core.loan.translate import Translation
from bridge.core.mapping.booking import Booking
from bridge.core.message import message
from bridge.core.plan import Change, Hold

ZERO = Decimal(0)


def diff(
    translation: Translation, bound: Sequence[Binding], booking: Booking
) -> tuple[list[Change], list[Hold]]:
    """The changes of one loan, and what cannot be taken back because its period is closed.

    `bound` are all bindings of the loan, voided ones too. A live document that is not wanted under
    its reference is voided; a wanted one is created, or changed in place under its reference. What
    a person left as the books have it is not written.
    """
    if translation.keep:
        return [], []
    live = {b.reference: b for b in bound if not b.voided}
    wanted = {d.reference: d for d in translation.documents}
    locked = booking.company.locked_through
    changes: list[Change] = []
    holds: list[Hold] = []
    kept_bases: set[str] = set()
    for reference, binding in live.items():
        document = binding.document
        if reference in wanted or isinstance(document, Customer) or binding.accepted:
            continue
        if _is_closed(document, locked):
            base = base_reference(reference)
            kept_bases.add(base)
            now = next((d for r, d in wanted.items() if base_reference(r) == base), None)
            effect = receivable(now) if now else ZERO
            holds.append(_closed(document, effect - receivable(document)))
            continue
        moved = any(base_reference(r) == base_reference(reference) for r in wanted)
        reason = "edited" if moved else "removed"
        changes.append(_change(Operation.VOID, document, binding.generation, reason))
    for reference, document in wanted.items():
        if base_reference(reference) in kept_bases:
            continue
        posted = live.get(reference)
        if posted is None:
            generation = int(reference.partition(".")[2] or 1)
            reason = "new" if generation == 1 else "edited"
            changes.append(_change(Operation.CREATE, document, generation, reason))
        elif not _is_changed(document, posted):
            continue
        elif (
            _is_closed(posted.document, locked) or _is_closed(document, locked)
        ) and not _is_used_more(document, posted.document, booking):
            effect = receivable(document) - receivable(posted.document)
            holds.append(_closed(document, effect))
        else:
            changes.append(_change(Operation.UPDATE, document, posted.generation, "edited"))
    return changes, holds


def customer_change(wanted: Customer, bound: Binding | None, *, owns_name: bool) -> Change | None:
    """A customer is created once; renamed only where the mapping owns the name."""
    if bound is None:
        return _change(Operation.CREATE, wanted, 1, "new")
    if bound.restore or (owns_name and bound.document.facts != wanted.facts):
        return _change(Operation.UPDATE, wanted, bound.generation, "edited")
    return None


def plan_digest(changes: Sequence[Change]) -> str:
    """Digest of what a plan does: operations, references, amounts, dates, accounts.

    Free text is left out, so that formats that spell a note differently plan the same; but not
    where an edited mapping is what changes a document, since text may be all that it changes.
    """
    return digest_of([change_digest(change) for change in changes])


def change_digest(change: Change) -> str:
    by_mapping = change.reason == BY_MAPPING
    document = change.document if by_mapping else without_text(change.document)
    return digest_of((change.operation, change.document.reference, document))


def _is_changed(wanted: Document, posted: Binding) -> bool:
    """Whether a posted document must be written again. One that a person left as it is, or that was
    reversed, must not."""
    if posted.accepted or posted.reversed_by:
        return False
    return posted.restore or _differs(wanted, posted.document)


def _differs(wanted: Document, posted: Document) -> bool:
    """Whether the ledger's facts, or the applications of a receipt or credit note, are others than
    posted."""
    if wanted.facts != posted.facts:
        return True
    return applied(wanted) != applied(posted)


def _is_used_more(wanted: Document, posted: Document, booking: Booking) -> bool:
    """Whether credit of a closed month is only applied to more invoices, where the books date such
    uses by themselves."""
    more = applied(posted).items() < applied(wanted).items()
    return booking.limits.dated_uses and more and wanted.facts == posted.facts


def _is_closed(document: Document, locked: date | None) -> bool:
    return locked is not None and not isinstance(document, Customer) and document.day <= locked


def _closed(document: Transaction, effect: Decimal) -> Hold:
    return Hold(
        code="books.period_closed",
        subject=f"document:{document.reference}",
        currency=document.currency,
        amount=effect,
        detail=message("period_closed"),
    )


def _change(operation: Operation, document: Document, generation: int, reason: str) -> Change:
    return Change(operation=operation, document=document, generation=generation, reason=reason)
