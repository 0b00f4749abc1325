"""Customers that somebody merged in the books: one is no more, and its documents are another's.

No system tells it in one word: QuickBooks makes the first one inactive or deletes it, Xero archives
it, in Zoho it is gone (UNVERIFIED: FACTS C4). In all of them its
documents show it: they stand, and all of them on one other customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from bridge.core.books import Customer, PostedDocument, Status
from bridge.core.delivery import Binding
from bridge.core.message import message
from bridge.core.tie_out.items import Item, ItemKind


class _Told(msgspec.Struct, frozen=True):
    loan: tuple[str, str]
    items: Sequence[Item]


class Merges:
    """Collects lost customers and moved documents, and tells a merge as one item once all are
    known."""

    def __init__(self) -> None:
        self._lost: dict[str, tuple[_Told, Binding, bool]] = {}
        self._went: dict[str, dict[str, list[_Told]]] = {}
        """Reference of the customer → id of the one that its documents are on now → what each of
        them is told with."""

    def waits(
        self,
        loan: tuple[str, str],
        binding: Binding,
        now: PostedDocument | None,
        items: Sequence[Item],
        *,
        owes: bool,
    ) -> bool:
        """Whether the items of this document must wait for those of others, as they may be one
        merge. `owes`: this customer still has open invoices, which a merged one never has."""
        document, told = binding.document, _Told(loan, items)
        if isinstance(document, Customer):
            if binding.is_gone or (now is not None and now.status is Status.LIVE):
                return False
            self._lost[binding.reference] = (told, binding, owes)
            return True
        if now is None or not items or any(i.field != "customer" or i.amount for i in items):
            return False
        on = self._went.setdefault(document.customer, {})
        on.setdefault(now.customer_id, []).append(told)
        return True

    def told(self) -> Iterator[tuple[tuple[str, str], Sequence[Item]]]:
        """(loan, items) of all documents that waited; a merge gives one item, and its documents
        none."""
        for reference, (lost, binding, owes) in self._lost.items():
            went = self._went.get(reference, {})
            if len(went) == 1 and not owes:
                ((keeper, documents),) = self._went.pop(reference).items()
                yield lost.loan, [_merged(binding, keeper, len(documents))]
            else:
                yield lost.loan, lost.items
        for on in self._went.values():
            for documents in on.values():
                for each in documents:
                    yield each.loan, each.items


def _merged(binding: Binding, keeper: str, documents: int) -> Item:
    """The item of a merged customer; its external id is that of the one that is left."""
    return Item(
        kind=ItemKind.TOMBSTONED,
        currency=binding.document.currency,
        reference=binding.reference,
        external_id=keeper,
        document=binding.document.kind.value,
        field="status",
        cause="customer.merged",
        action="adopt_merged",
        detail=message("merged_into", number=documents, keeper=keeper),
    )
