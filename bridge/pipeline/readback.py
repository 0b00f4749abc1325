"""Reading the books back into the mirror: everything the first time, then what changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter

import msgspec

from bridge.core.books import Kind, PostedDocument, Status
from bridge.pipeline.apart import Unread, fetched
from bridge.pipeline.as_opened import as_opened, moved, opened_before, with_moves
from bridge.pipeline.context import Progress, silent
from bridge.pipeline.in_part import read_in_part, read_wholly
from bridge.pipeline.unopened import left_for_later
from bridge.store import Store, Work
from bridge.store.reconcile_queries import ReconcileQueries
from bridge.systems.base import AccountingReader, books_of

KINDS = tuple(Kind)
_PAGE = 1000
_LOOKED_UP = 200
"""Absent documents asked for one by one before a listing is believed about them."""
_OPENED_AT_ONCE = 50
"""Documents opened between two transactions: what was opened is not asked for again."""


def read_back(
    store: Store,
    system: AccountingReader,
    *,
    full: bool = False,
    progress: Progress = silent,
    unread: Unread | None = None,
) -> bool:
    """Bring the mirror up to what the books say now. True: by reading everything.

    A document that the books never tell when asked for by its id is added to `unread`: of that one
    nothing is known, whatever the mirror has of it.
    No transaction is open while the network is in use. The cursor is from before the reading, so
    that nothing written meanwhile is missed, and is set only after a complete one.
    """
    unread = {} if unread is None else unread
    where = books_of(system)
    with store.read() as work:
        cursor = work.mirror.cursor(where)
    if cursor and not full:
        paid_by_us = read_in_part(store, system, cursor, unread)
        if paid_by_us is not None:
            _look_up_absent(store, system, unread)
            _open_moved(store, system, unread, left_for_later(store, system, paid_by_us))
            return False
    if cursor and not full and system.capabilities.change_feed_days > 0:
        changes = system.changes(KINDS, cursor)
        if changes.complete:
            with store.begin() as work:
                changed = list(_with_figures(work, system, changes.documents))
                work.mirror.put(where, with_moves(work, system, changed))
                work.mirror.set_cursor(where, changes.cursor)
                work.strangers.recognise(where)
            _look_up_absent(store, system, unread)
            _open_moved(store, system, unread)
            return False
    cursor = system.cursor()
    opened = opened_before(store, system)
    with store.begin() as work:
        work.mirror.clear(where)
    count = 0
    for page in _pages(system.read(KINDS)):
        with store.begin() as work:
            told = as_opened(with_moves(work, system, page), opened)
            count += work.mirror.put(where, told)
        progress("read", count, 0)
    with store.begin() as work:
        work.mirror.set_cursor(where, cursor)
        read_wholly(work, system)
        work.strangers.recognise(where)
    _look_up_absent(store, system, unread)
    _open_moved(store, system, unread)
    return True


def _pages(documents: Iterator[PostedDocument]) -> Iterator[list[PostedDocument]]:
    while page := list(islice(documents, _PAGE)):
        yield page


def _with_figures(
    work: Work, system: AccountingReader, documents: Iterable[PostedDocument]
) -> Iterator[PostedDocument]:
    """The documents, with the figures that were told last for those of which a feed tells only that
    they were deleted."""
    for document in documents:
        known = None
        if document.status is Status.DELETED and not document.number:
            known = work.mirror.document(books_of(system), document.kind, document.external_id)
        yield msgspec.structs.replace(known, status=Status.DELETED) if known else document


def _look_up_absent(store: Store, system: AccountingReader, unread: Unread) -> None:
    """Ask for what a listing left out, while it is little: a listing may lag behind."""
    with store.read() as work:
        absent = ReconcileQueries.on(work).absent(books_of(system), _LOOKED_UP)
    for kind, external_ids in absent.items():
        found = fetched(system, kind, external_ids, unread)
        if found:
            with store.begin() as work:
                work.mirror.put(books_of(system), found.values())
                work.strangers.recognise(books_of(system))


def _open_moved(
    store: Store, system: AccountingReader, unread: Unread, later: Collection[str] = ()
) -> None:
    """Fetch each document of ours that somebody wrote, where listings leave out its lines or what
    it settles: nobody can say from such a listing that it is the same."""
    with store.read() as work:
        listed = {(d.kind, d.external_id): d.version for d in moved(work, system) if not d.whole}
    for external_id in later:
        listed.pop((Kind.INVOICE, external_id), None)
    for kind, group in groupby(listed, key=itemgetter(0)):
        ids = [external_id for _, external_id in group]
        for start in range(0, len(ids), _OPENED_AT_ONCE):
            part = ids[start : start + _OPENED_AT_ONCE]
            found = fetched(system, kind, part, unread)
            told = [each for each in part if (kind, each) not in unread]
            with store.begin() as work:
                # Without a time of its last write, the version that moved is the listing's.
                opened = [
                    each
                    if each.updated_at
                    else msgspec.structs.replace(each, version=listed[kind, each.external_id])
                    for each in found.values()
                ]
                work.mirror.put(books_of(system), with_moves(work, system, opened))
                for gone in set(told) - set(found):
                    where = (books_of(system), kind, gone)
                    work.mirror.set_status(*where, Status.DELETED)
