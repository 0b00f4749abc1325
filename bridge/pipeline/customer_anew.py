"""Customers that are gone from the books and made anew there; what waits for one is sent after it.

Nobody takes away a customer that has documents: one that is gone was never kept, or was merged.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import groupby

from bridge.core import identity
from bridge.core.books import Customer, Status
from bridge.core.delivery import Binding, Operation, State
from bridge.core.plan import Change
from bridge.errors import TryLater, UsageError
from bridge.pipeline.apart import Unread, fetched
from bridge.store import Entry, NewEntry, Store, Work
from bridge.systems.base import AccountingReader, books_of

_WAIT = (State.PENDING, State.REJECTED)
_UNDER_WAY = (State.SENDING, State.IN_DOUBT)
_MOST = 1_000_000


def on_another(store: Store, system: AccountingReader, customer: Customer) -> str:
    """The id of the customer that documents of this one are on in the books now; empty where none
    of them is in the books. Raises TryLater where none tells it and some are not told."""
    with store.read() as work:
        ours = work.bindings.of_customer(books_of(system), customer.reference)
    ours.sort(key=lambda binding: binding.document.kind)
    unread = Unread()
    for kind, group in groupby(ours, key=lambda binding: binding.document.kind):
        found = fetched(system, kind, [binding.external_id for binding in group], unread)
        for document in found.values():
            if document.status is Status.LIVE:
                return document.customer_id or "?"
    if unread:
        raise TryLater(next(iter(unread.values())))
    return ""


def refuse_while_under_way(work: Work, system: AccountingReader, reference: str) -> None:
    """Raise UsageError while nobody knows what became of a write that names this customer."""
    for entry in _naming(work, system, reference, _UNDER_WAY):
        raise UsageError(
            f"What became of {entry.reference}, which is for {reference}, is not known yet: run "
            f"ledger-bridge sync first."
        )


def enqueue(work: Work, system: AccountingReader, binding: Binding, at: datetime) -> None:
    """Have the customer made again under a new key, since the old one may remember the first time;
    what waits to be sent for it, or was refused without it, is planned again."""
    document, where = binding.document, books_of(system)
    reference = binding.reference
    waiting = _naming(work, system, reference, _WAIT)
    work.outbox.supersede(waiting)
    for loan in {entry.loan for entry in waiting if entry.loan[1]}:
        work.plans.set_revisit(where, loan, "drift.repost")
    before = work.entries.of(where, reference=reference, limit=_MOST)
    change = Change(
        operation=Operation.CREATE,
        document=document,
        generation=binding.generation,
        reason="new",
    )
    key = identity.key(where, change.operation, reference, document.digest)
    again = NewEntry(
        operation=change.operation,
        document=document,
        key=f"{key}-R{len(before)}",
        phase=change.phase,
        generation=change.generation,
        reason=change.reason,
    )
    run = before[-1].run if before else work.runs.start("drift", system.name, at.isoformat())
    work.outbox.enqueue(run, where, [again])


def _naming(
    work: Work, system: AccountingReader, reference: str, states: Collection[State]
) -> list[Entry]:
    """Writes in one of these states that are for this customer."""
    entries = work.entries.of(books_of(system), customer=reference, limit=_MOST)
    return [entry for entry in entries if entry.state in states]
