"""Documents that the books never tell when they are asked for them: nobody knows what they hold."""

from __future__ import annotations

from bridge.core.delivery import Binding
from bridge.core.tie_out.items import Item, ItemKind

CAUSE = "books.unread"


def not_read(binding: Binding, came: str) -> Item:
    """The item of a document that the books did not tell, with what came back instead. It was not
    compared."""
    return Item(
        kind=ItemKind.MISMATCHED,
        currency=binding.document.currency,
        reference=binding.reference,
        external_id=binding.external_id,
        document=binding.document.kind.value,
        cause=CAUSE,
        action="look_there",
        detail=came,
    )
