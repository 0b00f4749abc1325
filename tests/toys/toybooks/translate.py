"""Documents as the toy keeps them, which is in our words but for what it works out itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bridge.core.books import (
    CreditApplication,
    Customer,
    Document,
    Invoice,
    Kind,
    PostedDocument,
    PostedLine,
    Receipt,
    Status,
)
from bridge.systems.judging import Refusal, link

HOME = "COP"


def kept(
    document: Document, links: Mapping[str, str], external_id: str, version: str
) -> PostedDocument:
    """The document as it is kept. Raises Refusal."""
    known = {"kind": document.kind, "external_id": external_id, "version": version}
    if isinstance(document, Customer):
        return PostedDocument(
            **known, number=document.reference, name=document.name, currency=document.currency
        )
    if document.currency != HOME and document.rate is None:
        raise Refusal("no_rate", f"There is no rate for {document.currency} on this day.")
    told: dict[str, Any] = {
        **known,
        "number": document.reference,
        "customer_id": link(links, document.customer),
        "day": document.day,
        "currency": document.currency,
        "rate": document.rate,
        "total": document.total,
        "memo": document.memo,
    }
    if isinstance(document, Receipt | CreditApplication):
        told["applications"] = tuple(
            (link(links, each.invoice), each.amount) for each in document.applications
        )
    else:
        told["lines"] = tuple(
            PostedLine(amount=line.amount, description=line.description, account=line.account)
            for line in document.lines
        )
    if isinstance(document, CreditApplication):
        told["credit_note_id"] = link(links, document.credit_note)
    if isinstance(document, Invoice):
        told["due"] = document.due
    if isinstance(document, Receipt):
        told |= {"deposit_account": document.deposit_account, "on_account": document.on_account}
    return PostedDocument(**told)


def effect(document: PostedDocument) -> Decimal:
    """What a document moves the receivables by, in home currency."""
    signs = {Kind.INVOICE: 1, Kind.RECEIPT: -1, Kind.CREDIT_NOTE: -1}
    if document.status is not Status.LIVE:
        return Decimal(0)
    return signs.get(document.kind, 0) * document.total * (document.rate or 1)
