"""Work that is put into the outbox and claimed from it."""

from __future__ import annotations

from bridge.core.books import Document
from bridge.core.delivery import Operation
from bridge.store import Entry, LoanKey, NewEntry, Store
from tests.store.rows import BOOKS, NOW

ONE: LoanKey = ("dev-7f3a", "1")


def new(
    document: Document,
    phase: int,
    operation: Operation = Operation.CREATE,
    loan: LoanKey = ONE,
    target: str = "",
    key: str = "",
) -> NewEntry:
    return NewEntry(
        operation=operation,
        document=document,
        key=key or f"{operation.value} {document.reference}",
        phase=phase,
        loan=loan,
        target=target,
    )


def enqueue(store: Store, *entries: NewEntry) -> None:
    with store.begin() as work:
        work.outbox.enqueue("run-1", BOOKS, entries)


def claimed(store: Store, limit: int = 10) -> list[Entry]:
    with store.begin() as work:
        return work.outbox.claim(BOOKS, NOW, limit)
