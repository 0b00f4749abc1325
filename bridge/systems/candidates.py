"""Which document of the books a reference means, where more than one may carry it."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.core.books import PostedDocument, Several, Status


def the_one(found: Sequence[PostedDocument], customer: str) -> PostedDocument | Several:
    """The document that a reference means, of those that carry it.

    A live one before voided ones, and the expected customer's before others. A single document
    of another customer is still ours: somebody moved it, which comparing will show.
    """
    live = [document for document in found if document.status is Status.LIVE]
    if not live:
        return found[-1]
    if customer:
        live = [document for document in live if document.customer_id == customer] or live
    return live[0] if len(live) == 1 else Several(tuple(live))
