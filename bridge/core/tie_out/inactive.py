"""Borrowers whose customer somebody made inactive in the books."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bridge.core.books import Customer, PostedDocument, Status
from bridge.core.delivery import Binding
from bridge.core.message import message
from bridge.core.tie_out.items import Item, ItemKind


def is_inactive(binding: Binding, now: PostedDocument | None) -> bool:
    """Whether the document is a customer that was made inactive: it takes no more documents, and is
    not gone."""
    if not isinstance(binding.document, Customer) or now is None or binding.is_gone:
        return False
    return now.status is Status.VOIDED


def inactive(binding: Binding, owed: Mapping[str, Decimal]) -> list[Item]:
    """The item of an inactive customer, with what it owes in the books by currency. A person is
    asked even if it owes nothing: its documents may have gone to another customer."""
    sums = tuple(message("sum", amount=owed[each], currency=each) for each in sorted(owed))
    return [
        Item(
            kind=ItemKind.TOMBSTONED,
            currency=binding.document.currency,
            reference=binding.reference,
            external_id=binding.external_id,
            document=binding.document.kind.value,
            field="status",
            cause="customer.inactive",
            action="reactivate_customer",
            detail=message("still_owes", sums=sums) if owed else "",
        )
    ]
