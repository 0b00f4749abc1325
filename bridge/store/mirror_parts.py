"""Parts of the mirror: what a reading of changes compares with, and what it takes away again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal

import msgspec
from sqlalchemy import func, select

from bridge.core.books import Kind, PostedDocument, Status
from bridge.core.identity import BooksId
from bridge.store.engine import by
from bridge.store.mirror import BY_CUSTOMER, MIRROR
from bridge.store.session import PARAMETERS, Part, chunks

_posted = msgspec.json.Decoder(PostedDocument).decode


class MirrorParts(Part):
    """The part of a unit of work that a reading of changes needs."""

    def known(
        self, where: BooksId, kind: Kind, external_ids: Iterable[str]
    ) -> dict[str, PostedDocument]:
        """The documents among these that the mirror has, by id."""
        books, found = self._books_of(where), {}
        for part in chunks(external_ids, PARAMETERS):
            query = select(MIRROR.c.external_id, MIRROR.c.body).where(
                MIRROR.c.books == books,
                MIRROR.c.kind == kind.value,
                MIRROR.c.external_id.in_(part),
            )
            for external_id, body in self._connection.execute(query):
                found[str(external_id)] = _posted(body)
        return found

    def owing(self, where: BooksId) -> set[str]:
        """Ids of the live invoices with anything open."""
        query = select(MIRROR.c.external_id).where(
            MIRROR.c.books == self._books_of(where),
            MIRROR.c.kind == Kind.INVOICE.value,
            MIRROR.c.status == Status.LIVE.value,
            MIRROR.c.open_cents != Decimal(0),
        )
        return set(self._connection.execute(query).scalars())

    def of_customers(self, where: BooksId, customers: Collection[str]) -> Iterator[PostedDocument]:
        """All documents of some customers of the books."""
        books = self._books_of(where)
        for part in chunks(customers, PARAMETERS):
            query = select(MIRROR.c.body).where(
                MIRROR.c.books == books, MIRROR.c.customer_id.in_(part)
            )
            query = by(query, MIRROR, BY_CUSTOMER)
            for body in self._connection.execute(query).scalars():
                yield _posted(body)

    def count(self, where: BooksId, kind: Kind) -> int:
        """The number of documents of a kind, in any state."""
        query = select(func.count()).where(
            MIRROR.c.books == self._books_of(where), MIRROR.c.kind == kind.value
        )
        return int(self._connection.execute(query).scalar_one())

    def ids(self, where: BooksId, kind: Kind) -> set[str]:
        query = select(MIRROR.c.external_id).where(
            MIRROR.c.books == self._books_of(where), MIRROR.c.kind == kind.value
        )
        return set(self._connection.execute(query).scalars())

    def forget(self, where: BooksId, kind: Kind, external_ids: Iterable[str]) -> None:
        """Take documents out that the books do not have any more."""
        books = self._books_of(where)
        for part in chunks(external_ids, PARAMETERS):
            self._connection.execute(
                MIRROR.delete().where(
                    MIRROR.c.books == books,
                    MIRROR.c.kind == kind.value,
                    MIRROR.c.external_id.in_(part),
                )
            )

    def forget_kind(self, where: BooksId, kind: Kind) -> None:
        """Take all documents of a kind out: they are read anew."""
        self._connection.execute(
            MIRROR.delete().where(
                MIRROR.c.books == self._books_of(where), MIRROR.c.kind == kind.value
            )
        )
