"""Documents as a listing tells them, with what was learned when somebody's edit was opened."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from bridge.core.books import Kind, PostedDocument, Status
from bridge.core.change.matching import drift
from bridge.store import Store, Work
from bridge.store.mirror import OTHERWISE
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
    posted for: a listing may tell the invoices' numbers, but not when somebody moved one. And for
    those that hold otherwise what they held in this very version: a version may be the time of the
    last write, and somebody may write in the moment in which we do."""
    told = [document.external_id for document in page if document.settles is not None]
    wanted = work.mirror.posted_for(books_of(system), told) if told else {}
    same = work.mirror.same_versions(books_of(system), page)
    in_part = system.capabilities.listed_in_part
    for document in page:
        before = same.get((document.kind, document.external_id))
        posted_for = wanted.get(document.external_id)
        if posted_for is None or document.settles is None or posted_for == {*document.settles}:
            other = _otherwise(before, document, in_part) if before is not None else ""
            version = f"{document.version}{OTHERWISE}{other}" if other else document.version
            yield msgspec.structs.replace(document, version=version)
        else:
            version = f"{document.version}|{','.join(document.settles)}"
            yield msgspec.structs.replace(document, version=version)


def _otherwise(then: PostedDocument, now: PostedDocument, in_part: Collection[Kind]) -> str:
    """The fields of a listing that a document holds otherwise than it did; else empty."""
    if {then.status, now.status} != {Status.LIVE}:
        return ""
    if now.kind not in in_part and then.whole and now.whole:
        return "|".join(f"{each.field} {each.theirs}" for each in drift(then, now))
    pairs = (
        ("total", then.total, now.total),
        ("currency", then.currency, now.currency),
        ("day", then.day, now.day),
        ("due", then.due, now.due),
        ("customer", then.customer_id, now.customer_id),
        ("name", then.name, now.name),
    )
    known = ((field, was, told) for field, was, told in pairs if was and told)
    return "|".join(f"{field} {told}" for field, was, told in known if was != told)


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
