"""Documents that a person left as the books have them: `drift accept`.

They are never written again by themselves. While the ledger says what it said when the person
decided, nothing is asked; when it says something else, that is a new question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

import msgspec

from bridge.core.books import (
    CreditApplication,
    CreditNote,
    Document,
    Invoice,
    Receipt,
    Transaction,
)
from bridge.core.delivery import Binding, Decision, Saw, Seen, Unseen, Unwanted, decision_text
from bridge.core.identity import base_reference
from bridge.core.loan.already import AlreadyPosted
from bridge.core.loan.made import NONE, Made, made_together
from bridge.core.plan import Hold

Doc = TypeVar("Doc", bound=Transaction)
ZERO = Decimal(0)


def receivable(document: Document) -> Decimal:
    """The document's effect on receivables: an invoice raises them, a receipt lowers them."""
    match document:
        case Invoice():
            return document.total
        case Receipt() | CreditNote():
            return -document.total
        case _:
            return ZERO


def settled(already: AlreadyPosted, document: Doc) -> tuple[Doc, Made]:
    """The document as it was posted, when the ledger's facts behind it are still the same, and what
    is asked or noted where a person decided about it.

    So a mapping edited later, a rate or a closed period changes nothing that is posted.
    """
    found = already.bound(base_reference(document.reference))
    if found is None:
        return document, NONE
    if found.accepted:
        return weigh(found, document)
    if found.reference != document.reference or found.document.facts != document.facts:
        return document, NONE
    assert type(found.document) is type(document)
    return found.document, NONE


def weigh(bound: Binding, wanted: Doc) -> tuple[Doc, Made]:
    """The document that counts in place of `wanted`, where a person decided about `bound`, and what
    is asked or noted because of it."""
    posted = bound.document
    assert type(posted) is type(wanted), f"{bound.reference}: {wanted.kind}"
    match _decided(bound).saw:
        case Unseen():
            counts = msgspec.structs.replace(wanted, reference=bound.reference)
            if isinstance(posted, Receipt | CreditApplication):
                counts = msgspec.structs.replace(counts, applications=posted.applications)
            return counts, _noted(bound, Seen(wanted.facts), document=counts)
        case Seen(facts) if facts == wanted.facts:
            return posted, NONE
        case _:
            return posted, _asked(bound, receivable(wanted) - receivable(posted))


def weigh_invoice(bound: Binding, wanted: Invoice, *, corrected: bool) -> tuple[Invoice, Made]:
    """The invoice that counts in place of `wanted`, where a person decided about `bound`, and what
    is asked or noted because of it. Other documents correct its amounts: if the ledger wants more
    or less than the answered total, the caller corrects that or asks about it."""
    posted = bound.document
    assert isinstance(posted, Invoice)
    match _decided(bound).saw:
        case Unseen():
            counts = posted
            if not corrected:
                counts = msgspec.structs.replace(wanted, reference=bound.reference)
            return counts, _noted(bound, Seen(wanted.facts), document=counts)
        case Seen(facts) if facts == wanted.facts:
            return posted, NONE
        case _:
            return posted, _asked(bound, ZERO) if posted.total == wanted.total else NONE


def weigh_parts(bound: Sequence[Binding], facts: str, total: Decimal) -> tuple[list[Receipt], Made]:
    """The receipts of one repayment that count, where a person decided about any of them, and what
    is asked or noted because of it. `facts` and `total` are those of the whole repayment.

    Once the answer is seen, all receipts stand, and the first counts for what the others leave
    of the total.
    """
    receipts = [b.document for b in bound if isinstance(b.document, Receipt)]
    rest = total - sum((receipt.total for receipt in receipts), ZERO)
    saw = {decision.saw for b in bound if (decision := b.decision) is not None}
    if Unseen() in saw:
        receipts[0] = msgspec.structs.replace(receipts[0], total=receipts[0].total + rest)
        pairs = zip(bound, receipts, strict=True)
        return receipts, made_together(_noted(b, Seen(facts), document=r) for b, r in pairs)
    if saw != {Seen(facts)} or rest:
        return receipts, _asked(bound[0], -rest)
    return receipts, NONE


def unwanted(bound: Iterable[Binding], wanted: Collection[str], noted: Collection[str]) -> Made:
    """Documents that stay although the ledger wants none of them, as a person decided. Those that
    are gone from ledger and books alike are let go. `noted`: what is written down anew already."""
    return made_together(_unwanted(b, wanted, noted) for b in bound if b.accepted)


def _unwanted(binding: Binding, wanted: Collection[str], noted: Collection[str]) -> Made:
    document, decision = binding.document, _decided(binding)
    if not isinstance(document, Transaction):
        return NONE
    is_new = isinstance(decision.saw, Unseen)
    if binding.reference in wanted:
        if is_new and binding.reference not in noted:
            return _noted(binding, Seen(document.facts))
        return NONE
    if decision.gone:
        return _noted(binding, None, voided=True)
    stays = Made(documents=(document,))
    if isinstance(decision.saw, Seen):
        return made_together([stays, _asked(binding, -receivable(document))])
    seen = _noted(binding, Unwanted()) if is_new else NONE
    return made_together([stays, seen, _held("books.accepted", binding, -receivable(document))])


def _decided(binding: Binding) -> Decision:
    decision = binding.decision
    assert decision is not None, f"nobody decided about {binding.reference}"
    return decision


def _noted(binding: Binding, saw: Saw | None, **changes: object) -> Made:
    noted = msgspec.structs.replace(binding, accepted=decision_text(saw), **changes)
    return Made(noted=(noted,))


def _asked(binding: Binding, amount: Decimal) -> Made:
    return _held("books.tombstoned" if binding.is_gone else "books.drifted", binding, amount)


def _held(code: str, binding: Binding, amount: Decimal) -> Made:
    document = binding.document
    assert isinstance(document, Transaction)
    subject = f"document:{binding.reference}"
    hold = Hold(code=code, subject=subject, currency=document.currency, amount=amount)
    return Made(asked=(hold,))
