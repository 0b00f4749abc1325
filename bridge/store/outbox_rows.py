"""Outbox entries as rows of the database and as values."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Row

from bridge.core.books import CreditApplication, Customer, Document, Kind, Receipt
from bridge.core.delivery import Operation, State
from bridge.core.identity import base_reference
from bridge.store.values import Entry, NewEntry, json

document_from = msgspec.json.Decoder(Document).decode
NEVER_YET = ""
"""`not_before` of what may be sent at once."""


def named_by(document: Document) -> set[str]:
    """The references that a document names, which must be in the books before it."""
    if isinstance(document, Customer):
        return set()
    named = {document.customer}
    if isinstance(document, Receipt | CreditApplication):
        named.update(application.invoice for application in document.applications)
    if isinstance(document, CreditApplication):
        named.add(document.credit_note)
    return named


def is_void(entry: Entry | NewEntry) -> bool:
    """A void needs nothing else: what the document named may be gone before it."""
    return entry.operation is Operation.VOID


def is_about_a_binding(entry: Entry) -> bool:
    return entry.operation is not Operation.CREATE


def line_of(books: int, run: str, entry: NewEntry, waiting: int) -> dict[str, Any]:
    return {
        "books": books,
        "run": run,
        "phase": entry.phase,
        "operation": entry.operation.value,
        "kind": entry.document.kind.value,
        "reference": entry.document.reference,
        "base": base_reference(entry.document.reference),
        "target": entry.target,
        "generation": entry.generation,
        "key": entry.key,
        "installation": entry.loan[0],
        "loan": entry.loan[1],
        "reason": entry.reason,
        "state": State.PENDING.value,
        "attempt": 0,
        "not_before": NEVER_YET,
        "waiting": waiting,
        "code": "",
        "detail": "",
        "document": json(entry.document),
    }


def entry_of(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        run=row.run,
        operation=Operation(row.operation),
        kind=Kind(row.kind),
        document=document_from(row.document),
        generation=row.generation,
        key=row.key,
        phase=row.phase,
        loan=(row.installation, row.loan),
        target=row.target,
        reason=row.reason,
        state=State(row.state),
        attempt=row.attempt,
        not_before=row.not_before,
        waiting=row.waiting,
        code=row.code,
        detail=row.detail,
    )
