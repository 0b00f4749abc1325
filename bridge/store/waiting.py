"""Writes that are not settled, each beside what is bound and what the books said of it last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from sqlalchemy import not_, or_, select

from bridge.core.books import PostedDocument, Status
from bridge.core.delivery import Binding, State
from bridge.core.identity import BooksId
from bridge.store.bindings import BINDING, BY_EXTERNAL_ID, OUTBOX, decode_binding
from bridge.store.engine import by
from bridge.store.entries import BY_STATE
from bridge.store.mirror import BY_NUMBER, MIRROR, SAME
from bridge.store.outbox_rows import entry_of
from bridge.store.session import Part, chunks
from bridge.store.trials import BY_BASE
from bridge.store.values import Entry

_posted = msgspec.json.Decoder(PostedDocument).decode
_AT_ONCE = 500
_WAITING = (
    State.PENDING,
    State.SENDING,
    State.IN_DOUBT,
    State.REJECTED,
    State.DRIFTED,
    State.DROPPED,
)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A write that is not settled, and what there is of it on either side."""

    entry: Entry
    bound: Binding | None = None
    now: PostedDocument | None = None
    """The bound document as the books told it last."""
    found: PostedDocument | None = None
    """A live document of the same number that no binding is about."""


class WaitingWrites(Part):
    """The part of a unit of work that looks at unsettled writes, on another unit's transaction."""

    def waiting(self, where: BooksId) -> Iterator[Waiting]:
        """Writes that are not settled, oldest first.

        One that a person dropped counts until a newer write says what is wanted instead.
        """
        books = self._books_of(where)
        newer = OUTBOX.alias("newer")
        t = OUTBOX.c
        later = select(newer.c.id).where(
            newer.c.books == t.books,
            newer.c.base == t.base,
            newer.c.reference == t.reference,
            newer.c.id > t.id,
        )
        replaced = by(later.correlate(OUTBOX), newer, BY_BASE).exists()
        query = (
            select(OUTBOX)
            .where(
                t.books == books,
                t.state.in_([state.value for state in _WAITING]),
                or_(t.state != State.DROPPED.value, not_(replaced)),
            )
            .order_by(t.id)
            .execution_options(yield_per=_AT_ONCE)
        )
        query = by(query, OUTBOX, BY_STATE)
        rows = (entry_of(row) for row in self._connection.execute(query))
        for part in chunks(rows, _AT_ONCE):
            yield from self._sides(books, part)

    def _sides(self, books: int, entries: Sequence[Entry]) -> Iterator[Waiting]:
        references = sorted({entry.reference for entry in entries})
        bound = {
            binding.reference: binding
            for binding in map(
                decode_binding,
                self._connection.execute(
                    select(BINDING.c.body).where(
                        BINDING.c.books == books, BINDING.c.reference.in_(references)
                    )
                ).scalars(),
            )
        }
        t = MIRROR.c
        now = {}
        for kind in {binding.document.kind for binding in bound.values()}:
            ids = {b.external_id for b in bound.values() if b.document.kind is kind}
            by_id = select(t.external_id, t.body).where(
                t.books == books, t.kind == kind.value, t.external_id.in_(sorted(ids))
            )
            for external_id, body in self._connection.execute(by_id):
                now[kind.value, external_id] = _posted(body)
        about = select(BINDING.c.reference).where(SAME, BINDING.c.voided == 0)
        about = by(about.correlate(MIRROR), BINDING, BY_EXTERNAL_ID)
        by_number = (
            select(t.kind, t.number, t.body)
            .where(
                t.books == books,
                t.status == Status.LIVE.value,
                t.number.in_(references),
                not_(about.exists()),
            )
            .order_by(t.external_id.desc())
        )
        by_number = by(by_number, MIRROR, BY_NUMBER)
        same = {(k, n): _posted(body) for k, n, body in self._connection.execute(by_number)}
        for entry in entries:
            binding = bound.get(entry.reference)
            key = (entry.kind.value, binding.external_id if binding else "")
            yield Waiting(
                entry=entry,
                bound=binding,
                now=now.get(key),
                found=None if binding else same.get((entry.kind.value, entry.reference)),
            )
