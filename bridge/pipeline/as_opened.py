"""Documents as a listing tells them, with what was learned when somebody's edit was opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from bridge.core.books import Kind, PostedDocument
from bridge.store import Store, Work
from bridge.systems.base import AccountingReader, books_of

Key = tuple[Kind, str]


def opened_before(store: Store, system: AccountingReader) -> dict[Key, PostedDocument]:
    """The documents that somebody wrote and that were fetched since: each is fetched once, not on
    every morning on which it waits for a person."""
    with store.read() as work:
        # Without a time of its last write, a version need not tell all that was written.
        there = moved(work, system)
        return {(d.kind, d.external_id): d for d in there if d.whole and d.updated_at}


def with_moves(
    work: Work, system: AccountingReader, page: Sequence[PostedDocument]
) -> Iterator[PostedDocument]:
    """The documents, with another version for those that now settle other invoices than they were
    posted for: a listing may tell the invoices' numbers, but not when somebody moved one."""
    told = [document.external_id for document in page if document.settles is not None]
    wanted = work.mirror.posted_for(books_of(system), told) if told else {}
    for document in page:
        posted_for = wanted.get(document.external_id)
        if posted_for is None or document.settles is None or posted_for == {*document.settles}:
            yield document
        else:
            version = f"{document.version}|{','.join(document.settles)}"
            yield msgspec.structs.replace(document, version=version)


def as_opened(
    page: Iterable[PostedDocument], opened: Mapping[Key, PostedDocument]
) -> Iterator[PostedDocument]:
    for document in page:
        known = opened.get((document.kind, document.external_id))
        same = known is not None and (known.version, known.status, known.open) == (
            document.version,
            document.status,
            document.open,
        )
        yield known if known is not None and same else document


def moved(work: Work, system: AccountingReader) -> Iterator[PostedDocument]:
    kinds = system.capabilities.listed_in_part
    if not kinds:
        return iter(())
    return work.mirror.moved(books_of(system), kinds)
