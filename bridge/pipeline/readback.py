"""Reading the books back into the mirror: everything the first time, then what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from bridge.core.books import Kind, PostedDocument, Status
from bridge.pipeline.context import Progress, silent
from bridge.store import Store, Work
from bridge.store.reconcile_queries import ReconcileQueries
from bridge.systems.base import AccountingReader

KINDS = tuple(Kind)
_PAGE = 1000
_LOOKED_UP = 200
"""Absent documents asked for one by one before a listing is believed about them."""


def read_back(
    store: Store, system: AccountingReader, *, full: bool = False, progress: Progress = silent
) -> bool:
    """Bring the mirror up to what the books say now. True: by reading everything.

    No transaction is open while the network is in use. The cursor is from before the reading, so
    that nothing written meanwhile is missed, and is set only after a complete one.
    """
    name, company = system.name, system.company_id
    with store.read() as work:
        cursor = work.mirror_cursor(name, company)
    if cursor and not full and system.capabilities.change_feed_days > 0:
        changes = system.changes(KINDS, cursor)
        if changes.complete:
            with store.begin() as work:
                work.mirror_put(name, company, _with_figures(work, system, changes.documents))
                work.set_mirror_cursor(name, company, changes.cursor)
                work.recognise(name, company)
            _look_up_absent(store, system)
            return False
    cursor = system.cursor()
    with store.begin() as work:
        work.mirror_clear(name, company)
    count = 0
    for page in _pages(system.read(KINDS)):
        with store.begin() as work:
            count += work.mirror_put(name, company, page)
        progress("read", count, 0)
    with store.begin() as work:
        work.set_mirror_cursor(name, company, cursor)
        work.recognise(name, company)
    _look_up_absent(store, system)
    return True


def _pages(documents: Iterator[PostedDocument]) -> Iterator[list[PostedDocument]]:
    while page := list(islice(documents, _PAGE)):
        yield page


def _with_figures(
    work: Work, system: AccountingReader, documents: Iterable[PostedDocument]
) -> Iterator[PostedDocument]:
    """A feed tells only the id of what was deleted: the rest is kept as it was last told."""
    for document in documents:
        known = None
        if document.status is Status.DELETED and not document.number:
            known = work.mirror_document(
                system.name, system.company_id, document.kind, document.external_id
            )
        yield msgspec.structs.replace(known, status=Status.DELETED) if known else document


def _look_up_absent(store: Store, system: AccountingReader) -> None:
    """Ask for what a listing left out, while it is little: a listing may lag behind."""
    with store.read() as work:
        absent = ReconcileQueries.on(work).absent(system.name, system.company_id, _LOOKED_UP)
    for kind, external_ids in absent.items():
        found = system.fetch(kind, external_ids)
        if found:
            with store.begin() as work:
                work.mirror_put(system.name, system.company_id, found.values())
