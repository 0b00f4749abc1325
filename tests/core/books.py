"""What a system's books would hold of a shelf's documents."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bridge.core.books import (
    CreditApplication,
    Customer,
    Document,
    Invoice,
    PostedDocument,
    PostedLine,
    Receipt,
    Status,
    applied,
)
from bridge.core.delivery import Binding
from tests.core.builders import Shelf

WHOSE = "c11"
"""Id of the borrower's customer there."""


def told(document: Document, links: Mapping[str, str], **changes: object) -> PostedDocument:
    """A document as the books tell it, with their ids."""
    assert not isinstance(document, Customer)
    deposit = getattr(document, "deposit_account", "")
    facts: dict[str, object] = {
        "kind": document.kind,
        "external_id": links[document.reference],
        "version": "1",
        "number": document.reference,
        "customer_id": WHOSE,
        "day": document.day,
        "due": document.due if isinstance(document, Invoice) else None,
        "currency": document.currency,
        "rate": document.rate,
        "total": Decimal(0) if isinstance(document, CreditApplication) else document.total,
        "lines": tuple(
            PostedLine(amount=line.amount, item=line.item, account=line.account)
            for line in getattr(document, "lines", ())
        ),
        "applications": tuple((links[i], amount) for i, amount in applied(document).items()),
        "deposit_account": deposit,
        "memo": document.memo,
    }
    if isinstance(document, Receipt):
        facts["open"] = document.unapplied
    if isinstance(document, CreditApplication):
        facts["credit_note_id"] = links[document.credit_note]
    return PostedDocument(**(facts | changes))  # type: ignore[arg-type]


def links_of(shelf: Shelf) -> dict[str, str]:
    return {name: binding.external_id for name, binding in shelf.bindings.items()}


def held(shelf: Shelf) -> list[PostedDocument]:
    """Everything that the shelf has posted, what was taken back too."""
    links = links_of(shelf)
    return [
        told(b.document, links, status=Status.VOIDED if b.voided else Status.LIVE)
        for b in shelf.bindings.values()
    ]


def known(bindings: list[Binding]) -> dict[str, tuple[str, bool, str, str]]:
    """Reference → what counts of a binding."""
    return {b.reference: (b.external_id, b.voided, b.reversed_by, b.accepted) for b in bindings}
