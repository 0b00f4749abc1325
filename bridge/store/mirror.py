"""The mirror: what the books said last, so that reconciling reads only what changed there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal

import msgspec
from sqlalchemy import and_, func, select

from bridge.core.books import Kind, PostedDocument, Status, applied
from bridge.core.delivery import Binding
from bridge.core.identity import BooksId
from bridge.store import tables
from bridge.store.bindings import BINDING, BY_EXTERNAL_ID, decode_binding
from bridge.store.engine import by, upsert
from bridge.store.session import Part, chunks
from bridge.store.values import LoanKey, MirrorTotal, json

MIRROR = tables.MIRROR
CURSOR = tables.MIRROR_CURSOR
OTHERWISE = "~"
"""Ends the version of a document in the books, before what it holds otherwise in that version."""
_posted = msgspec.json.Decoder(PostedDocument).decode
_CHUNK = 1000
BY_CUSTOMER, BY_NUMBER, STRANGERS = "ix_mirror_customer", "ix_mirror_number", "ix_mirror_stranger"
CHANGES = "changes"
"""The cursor that says how far documents have been read; others are about other things."""
SAME = and_(
    MIRROR.c.books == BINDING.c.books,
    MIRROR.c.kind == BINDING.c.kind,
    MIRROR.c.external_id == BINDING.c.external_id,
)


class Mirror(Part):
    """The part of a unit of work that keeps and compares what the books said."""

    def put(self, where: BooksId, docs: Iterable[PostedDocument]) -> int:
        """Write documents as the books tell them now. Returns how many."""
        books = self._books_of(where)
        count = 0
        for part in chunks(docs, _CHUNK):
            upsert(self._connection, MIRROR, [_line(books, document) for document in part])
            count += len(part)
        return count

    def set_status(self, where: BooksId, kind: Kind, external_id: str, status: Status) -> bool:
        """The books said only this much of a document. False: it is not in the mirror."""
        document = self.document(where, kind, external_id)
        if document is None:
            return False
        self.put(where, [msgspec.structs.replace(document, status=status)])
        return True

    def clear(self, where: BooksId) -> None:
        """Forget every document that these books told: the next reading is a full one."""
        books = self._books_of(where)
        self._connection.execute(MIRROR.delete().where(MIRROR.c.books == books))
        self._connection.execute(
            CURSOR.delete().where(CURSOR.c.books == books, CURSOR.c.name == CHANGES)
        )

    def cursor(self, where: BooksId, name: str = CHANGES) -> str:
        """The point up to which the books have been read; empty before the first time."""
        query = select(CURSOR.c.cursor).where(
            CURSOR.c.books == self._books_of(where), CURSOR.c.name == name
        )
        return str(self._connection.execute(query).scalar() or "")

    def set_cursor(self, where: BooksId, cursor: str, name: str = CHANGES) -> None:
        line = {"books": self._books_of(where), "name": name, "cursor": cursor}
        upsert(self._connection, CURSOR, [line])

    def document(self, where: BooksId, kind: Kind, external_id: str) -> PostedDocument | None:
        query = select(MIRROR.c.body).where(
            MIRROR.c.books == self._books_of(where),
            MIRROR.c.kind == kind.value,
            MIRROR.c.external_id == external_id,
        )
        body = self._connection.execute(query).scalar()
        return None if body is None else _posted(body)

    def documents(self, where: BooksId, kind: Kind | None = None) -> Iterator[PostedDocument]:
        """Everything the books told, streamed."""
        query = select(MIRROR.c.body).where(MIRROR.c.books == self._books_of(where))
        if kind is not None:
            query = query.where(MIRROR.c.kind == kind.value)
        for body in self._connection.execute(query).scalars():
            yield _posted(body)

    def size(self, where: BooksId) -> int:
        """The number of documents that the books had when they were read last."""
        books = MIRROR.c.books == self._books_of(where)
        return int(self._connection.execute(select(func.count()).where(books)).scalar_one())

    def totals(self, where: BooksId) -> dict[tuple[Kind, str], MirrorTotal]:
        """(kind, currency) → live documents, their sum and what is open."""
        t = MIRROR.c
        query = (
            select(
                t.kind, t.currency, func.count(), func.sum(t.total_cents), func.sum(t.open_cents)
            )
            .where(t.books == self._books_of(where), t.status == Status.LIVE.value)
            .group_by(t.kind, t.currency)
        )
        return {
            (Kind(kind), currency): MirrorTotal(count=count, total=total, open=still_open)
            for kind, currency, count, total, still_open in self._connection.execute(query)
        }

    def owed_by(self, where: BooksId, customer: str) -> dict[str, Decimal]:
        """The sums that the invoices of one customer of the books have open, by currency; empty:
        nothing."""
        t = MIRROR.c
        query = (
            select(t.currency, func.sum(t.open_cents))
            .where(
                t.books == self._books_of(where),
                t.kind == Kind.INVOICE.value,
                t.status == Status.LIVE.value,
                t.customer_id == customer,
                t.open_cents != Decimal(0),
            )
            .group_by(t.currency)
        )
        query = by(query, MIRROR, BY_CUSTOMER)
        return dict(self._connection.execute(query).tuples().all())

    def missing(self, where: BooksId) -> Iterator[tuple[LoanKey, Binding, PostedDocument | None]]:
        """Bound documents that the books do not have live; with what they say, if anything."""
        query = (
            select(BINDING.c.installation, BINDING.c.loan, BINDING.c.body, MIRROR.c.body)
            .select_from(BINDING.outerjoin(MIRROR, SAME))
            .where(
                BINDING.c.books == self._books_of(where),
                BINDING.c.voided == 0,
                func.coalesce(MIRROR.c.status, "") != Status.LIVE.value,
            )
            .order_by(BINDING.c.reference)
        )
        for installation, loan, bound, posted in self._connection.execute(query):
            document = None if posted is None else _posted(posted)
            yield (installation, loan), decode_binding(bound), document

    def altered(self, where: BooksId) -> Iterator[tuple[LoanKey, Binding, PostedDocument]]:
        """Live documents whose version in the books is not the one that we saw when posting."""
        query = (
            select(BINDING.c.installation, BINDING.c.loan, BINDING.c.body, MIRROR.c.body)
            .select_from(BINDING.join(MIRROR, SAME))
            .where(
                BINDING.c.books == self._books_of(where),
                BINDING.c.voided == 0,
                MIRROR.c.status == Status.LIVE.value,
                MIRROR.c.version != BINDING.c.version,
            )
            .order_by(BINDING.c.reference)
        )
        for installation, loan, bound, posted in self._connection.execute(query):
            yield (installation, loan), decode_binding(bound), _posted(posted)

    def moved(self, where: BooksId, kinds: Collection[Kind]) -> Iterator[PostedDocument]:
        """Live bound documents of these kinds whose version is not the one that we saw last."""
        query = (
            select(MIRROR.c.body)
            .select_from(BINDING.join(MIRROR, SAME))
            .where(
                BINDING.c.books == self._books_of(where),
                BINDING.c.voided == 0,
                MIRROR.c.status == Status.LIVE.value,
                MIRROR.c.version != BINDING.c.version,
                MIRROR.c.kind.in_([kind.value for kind in kinds]),
            )
            .order_by(BINDING.c.kind, BINDING.c.reference)
        )
        for body in self._connection.execute(query).scalars():
            yield _posted(body)

    def posted_for(self, where: BooksId, receipts: Iterable[str]) -> dict[str, frozenset[str]]:
        """External id of a receipt of ours in force → the invoices that it was posted for."""
        found: dict[str, frozenset[str]] = {}
        for part in chunks(receipts, 500):
            query = select(BINDING.c.external_id, BINDING.c.body).where(
                BINDING.c.books == self._books_of(where),
                BINDING.c.kind == Kind.RECEIPT.value,
                BINDING.c.voided == 0,
                BINDING.c.external_id.in_(part),
            )
            query = by(query, BINDING, BY_EXTERNAL_ID)
            for external_id, body in self._connection.execute(query):
                found[external_id] = frozenset(applied(decode_binding(body).document))
        return found

    def same_versions(
        self, where: BooksId, documents: Iterable[PostedDocument]
    ) -> dict[tuple[Kind, str], PostedDocument]:
        """The documents that are bound in this very version, as the books answered about them
        when they were written."""
        versions: dict[Kind, dict[str, str]] = {}
        for each in documents:
            versions.setdefault(each.kind, {})[each.external_id] = each.version
        found: dict[tuple[Kind, str], PostedDocument] = {}
        t = BINDING.c
        for kind, version_of in versions.items():
            for part in chunks(version_of, 500):
                query = select(t.external_id, t.version, t.body).where(
                    t.books == self._books_of(where),
                    t.kind == kind.value,
                    t.voided == 0,
                    t.external_id.in_(part),
                )
                query = by(query, BINDING, BY_EXTERNAL_ID)
                for external_id, seen, body in self._connection.execute(query):
                    version = version_of[external_id]
                    if version and seen.partition(OTHERWISE)[0] == version:
                        posted = decode_binding(body).posted
                        if posted is not None:
                            found[kind, external_id] = posted
        return found

    def loans_of_customers(
        self, where: BooksId, external_ids: Collection[str]
    ) -> dict[str, set[LoanKey]]:
        """Customer of the books → the loans that have documents in force for it."""
        found: dict[str, set[LoanKey]] = {}
        for part in chunks(external_ids, 500):
            # Whatever is bound of what the mirror has, in that order: an inner join may be turned.
            query = (
                select(MIRROR.c.customer_id, BINDING.c.installation, BINDING.c.loan)
                .select_from(MIRROR.outerjoin(BINDING, and_(SAME, BINDING.c.voided == 0)))
                .where(
                    MIRROR.c.books == self._books_of(where),
                    MIRROR.c.status == Status.LIVE.value,
                    MIRROR.c.customer_id.in_(part),
                )
                .distinct()
            )
            query = by(by(query, MIRROR, BY_CUSTOMER), BINDING, BY_EXTERNAL_ID)
            for customer, installation, loan in self._connection.execute(query):
                if installation is not None:
                    found.setdefault(customer, set()).add((installation, loan))
        return found

    def has_altered(self, where: BooksId) -> bool:
        """Whether there is any of those."""
        query = (
            select(BINDING.c.reference)
            .select_from(BINDING.join(MIRROR, SAME))
            .where(
                BINDING.c.books == self._books_of(where),
                BINDING.c.voided == 0,
                MIRROR.c.status == Status.LIVE.value,
                MIRROR.c.version != BINDING.c.version,
            )
            .limit(1)
        )
        return self._connection.execute(query).first() is not None

    def revived(self, where: BooksId) -> Iterator[tuple[Binding, PostedDocument]]:
        """Documents that we voided and the books have live."""
        query = (
            select(BINDING.c.body, MIRROR.c.body)
            .select_from(BINDING.join(MIRROR, SAME))
            .where(
                BINDING.c.books == self._books_of(where),
                BINDING.c.voided == 1,
                MIRROR.c.status == Status.LIVE.value,
            )
            .order_by(BINDING.c.reference)
        )
        for bound, posted in self._connection.execute(query):
            yield decode_binding(bound), _posted(posted)


def _line(books: int, document: PostedDocument) -> dict[str, object]:
    return {
        "books": books,
        "kind": document.kind.value,
        "external_id": document.external_id,
        "version": document.version,
        "status": document.status.value,
        "number": document.number,
        "customer_id": document.customer_id,
        "currency": document.currency,
        "total_cents": document.total,
        "open_cents": document.open,
        "body": json(document),
    }
