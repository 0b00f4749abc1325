"""Documents that a person left as the books have them: `drift accept`.

They are never written again by themselves. While the ledger says what it said when the person
decided, nothing is asked; when it says something else, that is a new question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

import msgspec

from bridge.core.books import (
    CreditApplication,
    CreditNote,
    Document,
    Invoice,
    Receipt,
    Status,
    Transaction,
)
from bridge.core.delivery import NOTHING, UNSEEN, Binding
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


def is_gone(binding: Binding) -> bool:
    """Whether a person accepted that the books no longer have this document."""
    return (
        bool(binding.accepted)
        and binding.posted is not None
        and binding.posted.status is not Status.LIVE
    )


class Standing:
    """The documents of one loan that a person left as the books have them, and the questions and
    notes that follow from it."""

    def __init__(self) -> None:
        self.holds: list[Hold] = []
        self.noted: dict[str, Binding] = {}
        """Bindings to be written down anew, with what the person has now seen."""

    def weigh(self, bound: Binding, wanted: Doc) -> Doc:
        """The document that counts in place of `wanted`, where a person decided about `bound`."""
        posted = bound.document
        assert type(posted) is type(wanted), f"{bound.reference}: {wanted.kind}"
        if bound.accepted == UNSEEN:
            counts = msgspec.structs.replace(wanted, reference=bound.reference)
            if isinstance(posted, Receipt | CreditApplication):
                counts = msgspec.structs.replace(counts, applications=posted.applications)
            self._note(bound, document=counts, accepted=wanted.facts)
            return counts
        if bound.accepted != wanted.facts:
            self._ask(bound, receivable(wanted) - receivable(posted))
        return posted

    def weigh_invoice(self, bound: Binding, wanted: Invoice, corrected: bool) -> Invoice:
        """The invoice that counts in place of `wanted`, where a person decided about `bound`. Other
        documents correct its amounts: if the ledger wants more or less than the answered total, the
        caller corrects that or asks about it."""
        posted = bound.document
        assert isinstance(posted, Invoice)
        if bound.accepted == UNSEEN:
            counts = posted
            if not corrected:
                counts = msgspec.structs.replace(wanted, reference=bound.reference)
            self._note(bound, document=counts, accepted=wanted.facts)
            return counts
        if bound.accepted != wanted.facts and posted.total == wanted.total:
            self._ask(bound, ZERO)
        return posted

    def weigh_parts(self, bound: Sequence[Binding], facts: str, total: Decimal) -> list[Receipt]:
        """The receipts of one repayment that count, where a person decided about any of them.
        `facts` and `total` are those of the whole repayment.

        Once the answer is seen, all receipts stand, and the first counts for what the others leave
        of the total.
        """
        receipts = [b.document for b in bound if isinstance(b.document, Receipt)]
        rest = total - sum((receipt.total for receipt in receipts), ZERO)
        seen = {b.accepted for b in bound if b.accepted}
        if UNSEEN in seen:
            receipts[0] = msgspec.structs.replace(receipts[0], total=receipts[0].total + rest)
            for binding, receipt in zip(bound, receipts, strict=True):
                self._note(binding, document=receipt, accepted=facts)
        elif seen != {facts} or rest:
            self._ask(bound[0], -rest)
        return receipts

    def unwanted(self, bound: Iterable[Binding], wanted: frozenset[str]) -> list[Transaction]:
        """Documents that stay although the ledger wants none of them. Those that are gone from
        ledger and books alike are let go."""
        left: list[Transaction] = []
        for binding in bound:
            document = binding.document
            if not binding.accepted or not isinstance(document, Transaction):
                continue
            if binding.reference in wanted:
                if binding.accepted == UNSEEN and binding.reference not in self.noted:
                    self._note(binding, accepted=document.facts)
                continue
            if is_gone(binding):
                self._note(binding, voided=True, accepted="")
                continue
            left.append(document)
            if binding.accepted == UNSEEN:
                self._note(binding, accepted=NOTHING)
            if binding.accepted in {UNSEEN, NOTHING}:
                self._hold("books.accepted", binding, -receivable(document))
            else:
                self._ask(binding, -receivable(document))
        return left

    def _note(self, binding: Binding, **changes: object) -> None:
        self.noted[binding.reference] = msgspec.structs.replace(binding, **changes)

    def _ask(self, binding: Binding, amount: Decimal) -> None:
        code = "books.tombstoned" if is_gone(binding) else "books.drifted"
        self._hold(code, binding, amount)

    def _hold(self, code: str, binding: Binding, amount: Decimal) -> None:
        document = binding.document
        assert isinstance(document, Transaction)
        self.holds.append(
            Hold(
                code=code,
                subject=f"document:{binding.reference}",
                currency=document.currency,
                amount=amount,
            )
        )
