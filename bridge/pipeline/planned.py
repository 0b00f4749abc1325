"""The figures of a plan in the scratch store, read from its outbox one change after another."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from bridge.core.books import Customer, Document
from bridge.core.change.planned import (
    AccountEffect,
    Effects,
    Held,
    HeldTally,
    Noticed,
    NoticeTally,
    Planned,
)
from bridge.core.delivery import Operation
from bridge.core.identity import BooksId, base_reference
from bridge.pipeline.context import Books, System
from bridge.store import Store, Work
from bridge.store.values import Entry


class PlannedChange(msgspec.Struct, frozen=True, kw_only=True):
    """One write that a pass would send, and what it does to the accounts."""

    entry: Entry
    customer: str
    """Its customer's name."""
    effects: list[AccountEffect]


def planned(store: Store, books: Books[System]) -> Planned:
    """The writes of a plan in figures, their effect on the accounts, and what is held back."""
    where = books.id
    held = HeldTally()
    with store.read() as work:
        places = {
            (each.code, each.subject): each
            for each in work.findings.all()
            if each.file and each.holds
        }
        for _, hold in work.plans.loan_holds(where):
            found = places.get((hold.code, hold.subject))
            file, row = (found.file, found.row) if found else ("", 0)
            held.add(Held(hold=hold, file=file, row=row))
        effects = None
        if next(work.entries.to_send(where), None) is not None:
            effects = Effects(books.system.chart())
            for entry in work.entries.to_send(where):
                effects.add(entry.operation, entry.document, _before(work, where, entry))
    return Planned(
        sums=effects.sums() if effects else (),
        accounts=effects.accounts() if effects else (),
        held=tuple(held.sums()),
        held_rows=tuple(held.rows),
    )


def changes(store: Store, books: Books[System]) -> Iterator[PlannedChange]:
    """Every write that a pass would send, in the order of posting."""
    where = books.id
    with store.read() as work:
        effects: Effects | None = None
        for entry in work.entries.to_send(where):
            effects = effects or Effects(books.system.chart())
            before = _before(work, where, entry)
            yield PlannedChange(
                entry=entry,
                customer=_customer(work, where, entry.document),
                effects=effects.add(entry.operation, entry.document, before),
            )


def noticed(store: Store) -> tuple[Noticed, ...]:
    """The findings about the ledger's rows, by code."""
    tally = NoticeTally()
    with store.read() as work:
        for _, finding in work.findings.scoped():
            tally.add(finding)
    return tally.notices()


def _before(work: Work, where: BooksId, entry: Entry) -> Document | None:
    """The document that an update replaces."""
    if entry.operation is not Operation.UPDATE:
        return None
    bound = work.bindings.named(where, entry.reference)
    return bound.document if bound else None


def _customer(work: Work, where: BooksId, document: Document) -> str:
    if isinstance(document, Customer):
        return document.name
    bound = work.bindings.customer(where, base_reference(document.customer))
    if bound is not None and isinstance(bound.document, Customer):
        return bound.document.name
    waiting = work.entries.live_one(where, document.customer)
    found = waiting.document if waiting else None
    return found.name if isinstance(found, Customer) else ""
