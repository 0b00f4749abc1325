"""Outbox entries as rows of the database and as values."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, or_, select

from bridge.core.books import CreditApplication, Customer, Document, Kind, Receipt
from bridge.core.delivery import UNSETTLED, WAITS_FOR_A_PERSON, Operation, State
from bridge.core.identity import base_reference
from bridge.core.message import read
from bridge.store.bindings import BINDING, BY_BASE, OUTBOX
from bridge.store.engine import by
from bridge.store.session import PARAMETERS, chunks
from bridge.store.types import instant_text
from bridge.store.values import Entry, NewEntry, json

document_from = msgspec.json.Decoder(Document).decode
NEVER_YET = ""
"""`not_before` of what may be sent at once."""
LONGEST_WAIT = timedelta(days=1)
"""What asks for more is asked again after a day. What seems to wait for longer was told so by a
clock that was far ahead, and is due."""


def has_come(now: datetime) -> ColumnElement[bool]:
    """Whether the time of an entry has come."""
    not_before = OUTBOX.c.not_before
    return or_(not_before <= instant_text(now), not_before > instant_text(now + LONGEST_WAIT))


def none_of(entries: Collection[int]) -> list[ColumnElement[bool]]:
    """The conditions that an entry is not one of these."""
    return [OUTBOX.c.id.not_in(part) for part in chunks(sorted(entries), PARAMETERS)]


def due_after(now: datetime, wait_s: float) -> str:
    """`not_before` of what was told to wait for so long."""
    return instant_text(now + min(timedelta(seconds=wait_s), LONGEST_WAIT))


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
        "customer": getattr(entry.document, "customer", ""),
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
        detail=read(row.detail),
    )


def in_force_already() -> ColumnElement[bool]:
    """Whether the books hold the same thing under this reference, whatever its generation."""
    bound = select(BINDING.c.reference).where(
        BINDING.c.books == OUTBOX.c.books,
        BINDING.c.base == OUTBOX.c.base,
        BINDING.c.voided == 0,
        BINDING.c.reversed == 0,
    )
    return by(bound.correlate(OUTBOX), BINDING, BY_BASE).exists()


def void_before_it() -> ColumnElement[bool]:
    """Whether a void of the same loan and an earlier phase is not done yet."""
    void = OUTBOX.alias("void")
    undone = sorted((UNSETTLED - {State.POSTED}) | WAITS_FOR_A_PERSON)
    before = select(void.c.id).where(
        void.c.books == OUTBOX.c.books,
        void.c.installation == OUTBOX.c.installation,
        void.c.loan == OUTBOX.c.loan,
        void.c.operation == Operation.VOID.value,
        void.c.phase < OUTBOX.c.phase,
        void.c.state.in_(undone),
    )
    return by(before.correlate(OUTBOX), void, "ix_outbox_loan").exists()
