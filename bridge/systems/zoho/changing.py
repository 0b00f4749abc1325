"""Which calls change or take back a document. Pure.

A void keeps an invoice or credit note at nothing; payments and journals know no void and are
deleted; a credit note's use is taken off invoice by invoice (FACTS Z18).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from bridge.core.books import CreditApplication, Kind, PostedDocument, Status
from bridge.core.delivery import Operation, Outgoing
from bridge.systems.judging import gone, target
from bridge.systems.zoho import posted as inward
from bridge.systems.zoho.posted import Raw
from bridge.systems.zoho.translate import LISTING, Company, body_of, update_of

_DELETED = frozenset({Kind.RECEIPT, Kind.SALE, Kind.APPLICATION})


class Call(msgspec.Struct, frozen=True):
    """One call of a change."""

    method: str
    path: str
    body: dict[str, Any] | None = None


def calls(outgoing: Outgoing, raw: Raw, credited: Sequence[Raw], company: Company) -> list[Call]:
    """The calls that carry the change out, in order. Raises Refusal."""
    document, kind = outgoing.document, outgoing.document.kind
    listing = LISTING[kind]
    path = f"{listing.path}/{target(outgoing).external_id}"
    if isinstance(document, CreditApplication):
        return _reapplied(outgoing, document, path, credited, company)
    if outgoing.operation is Operation.UPDATE:
        return [Call("PUT", path, update_of(document, outgoing.links, company, raw))]
    if kind in _DELETED or inward.is_draft(raw):
        return [Call("DELETE", path)]
    return [Call("POST", f"{path}/status/void")]


def taken_back(outgoing: Outgoing, now: PostedDocument) -> PostedDocument:
    """The document left after a void, whose answer shows no document."""
    if outgoing.document.kind in _DELETED:
        return gone(outgoing)
    return msgspec.structs.replace(now, status=Status.VOIDED, open=Decimal(0))


def _reapplied(
    outgoing: Outgoing,
    document: CreditApplication,
    path: str,
    credited: Sequence[Raw],
    company: Company,
) -> list[Call]:
    """Take off what is not wanted (or all of it), then apply what is missing."""
    void = outgoing.operation is Operation.VOID
    body = body_of(document, outgoing.links, company)
    wanted = {} if void else {row["invoice_id"]: row["amount_applied"] for row in body["invoices"]}
    made = []
    for row in credited:
        invoice_id = inward.text(row, "invoice_id")
        used = inward.amount(row, "credited_amount") or inward.amount(row, "amount_applied")
        if wanted.get(invoice_id) == used:
            del wanted[invoice_id]
        else:
            use = inward.text(row, "creditnote_invoice_id")
            made.append(Call("DELETE", f"{path}/invoices/{use}"))
    if wanted:
        rows = [{"invoice_id": key, "amount_applied": value} for key, value in wanted.items()]
        made.append(Call("POST", f"{path}/invoices", {"invoices": rows}))
    return made
