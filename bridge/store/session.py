"""The session that every part of a unit of work shares: its connection and the number of each
books."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Protocol, Self, TypeVar

from sqlalchemy import Connection, select

from bridge.core.identity import BooksId
from bridge.store import tables
from bridge.store.values import LoanKey

BOOKS = tables.BOOKS
NOBODY = 0
"""The number of books that the store has never heard of: they have no rows."""

PARAMETERS = 500
"""A list of values in one statement has at most so many."""

T = TypeVar("T")


class Session:
    """One transaction. Never outlives the `with` block of `Store.begin` or `Store.read`."""

    def __init__(self, connection: Connection, *, writes: bool) -> None:
        self.connection = connection
        self._writes = writes
        self._books: dict[BooksId, int] = {}
        self._numbered = 0

    def another(self) -> int:
        """A number for a temporary table that no other in this transaction has."""
        self._numbered += 1
        return self._numbered

    def books_of(self, where: BooksId) -> int:
        """The books' number. Writing makes it; reading answers NOBODY."""
        known = self._books.get(where)
        if known is not None:
            return known
        query = select(BOOKS.c.id).where(
            BOOKS.c.system == where.system, BOOKS.c.company == where.company
        )
        found = self.connection.execute(query).scalar()
        if found is None:
            if not self._writes:
                return NOBODY
            made = BOOKS.insert().values(
                system=where.system, company=where.company, planned_through=0
            )
            found = self.connection.execute(made.returning(BOOKS.c.id)).scalar_one()
        self._books[where] = int(found)
        return int(found)

    def named(self, books: int) -> BooksId:
        """System and company of a number."""
        for name, number in self._books.items():
            if number == books:
                return name
        query = select(BOOKS.c.system, BOOKS.c.company).where(BOOKS.c.id == books)
        row = self.connection.execute(query).one()
        named = BooksId(row.system, row.company)
        self._books[named] = books
        return named


class Part:
    """The questions of a transaction about one thing, and what is written down about it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection

    @classmethod
    def on(cls, work: HasSession) -> Self:
        """A part in the same transaction as another part."""
        return cls(work.session)

    def _books_of(self, where: BooksId) -> int:
        return self._session.books_of(where)


class HasSession(Protocol):
    """A unit of work, whose transaction a part may share."""

    session: Session


def chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values in lists of at most `size`."""
    remaining = iter(values)
    while part := list(islice(remaining, size)):
        yield part


def by_installation(loans: Iterable[LoanKey]) -> Iterator[tuple[str, list[str]]]:
    """The ids of loans in lists that fit into a statement, each of one installation."""
    several: dict[str, list[str]] = {}
    for installation, loan in loans:
        several.setdefault(installation, []).append(loan)
    for installation, ids in several.items():
        for part in chunks(ids, PARAMETERS):
            yield installation, part
