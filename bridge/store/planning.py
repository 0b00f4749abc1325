"""The things that planning remembers: how far it got, what to look at again, what it noticed and
held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Table, func, select

from bridge.core.identity import BooksId
from bridge.core.plan import Hold
from bridge.core.renamed import now
from bridge.store import tables
from bridge.store.engine import by, upsert
from bridge.store.session import BOOKS, Part, by_installation
from bridge.store.values import LoanKey, json

REVISIT = tables.REVISIT
HOLD = tables.HOLD
_hold = msgspec.json.Decoder(Hold).decode


class Planning(Part):
    """The part of a unit of work that planning reads and writes."""

    def planned_through(self, where: BooksId) -> int:
        """The last intake whose changes are planned for these books; 0 before the first."""
        books = self._books_of(where)
        query = select(BOOKS.c.planned_through).where(BOOKS.c.id == books)
        return int(self._connection.execute(query).scalar() or 0)

    def set_planned_through(self, where: BooksId, change_seq: int) -> None:
        books = self._books_of(where)
        self._connection.execute(
            BOOKS.update().where(BOOKS.c.id == books).values(planned_through=change_seq)
        )

    def revisits(self, where: BooksId) -> list[LoanKey]:
        """Loans to plan again although their rows did not change."""
        books = self._books_of(where)
        query = (
            select(REVISIT.c.installation, REVISIT.c.loan)
            .where(REVISIT.c.books == books)
            .order_by(REVISIT.c.installation, REVISIT.c.loan)
        )
        return [(installation, loan) for installation, loan in self._connection.execute(query)]

    def revisit_reasons(self, where: BooksId) -> dict[str, int]:
        """Reason → how many loans wait for it."""
        books = self._books_of(where)
        query = (
            select(REVISIT.c.reason, func.count())
            .where(REVISIT.c.books == books)
            .group_by(REVISIT.c.reason)
        )
        counts: Counter[str] = Counter()
        for reason, count in self._connection.execute(query):
            counts[now(reason)] += count
        return dict(counts)

    def set_revisit(self, where: BooksId, loan: LoanKey, reason: str | None) -> None:
        """Plan the loan again at the next pass, for this reason; None: no longer."""
        self.set_revisits(where, {loan: reason})

    def set_revisits(self, where: BooksId, reasons: Mapping[LoanKey, str | None]) -> None:
        """Plan several loans again at the next pass, each for its reason; None: no longer."""
        books = self._books_of(where)
        self._forget(REVISIT, books, (loan for loan, reason in reasons.items() if reason is None))
        lines = [
            {"books": books, "installation": loan[0], "loan": loan[1], "reason": reason}
            for loan, reason in reasons.items()
            if reason is not None
        ]
        if lines:
            upsert(self._connection, REVISIT, lines)

    def put_holds(self, where: BooksId, loan: LoanKey, holds: Sequence[Hold]) -> None:
        """Replace what is held back of a loan."""
        self.put_all_holds(where, {loan: holds})

    def put_all_holds(self, where: BooksId, holds: Mapping[LoanKey, Sequence[Hold]]) -> None:
        """Replace what is held back of several loans."""
        books = self._books_of(where)
        self._forget(HOLD, books, holds)
        lines = [
            {"books": books, "installation": loan[0], "loan": loan[1], "body": json(hold)}
            for loan, several in holds.items()
            for hold in several
        ]
        if lines:
            self._connection.execute(HOLD.insert(), lines)

    def holds(self, where: BooksId) -> list[Hold]:
        """Everything that the ledger has and the books do not get yet."""
        return [hold for _, hold in self.loan_holds(where)]

    def holds_of(self, where: BooksId, loan: LoanKey) -> list[Hold]:
        """The holds of a loan."""
        t = HOLD.c
        query = (
            select(t.body)
            .where(
                t.books == self._books_of(where),
                t.installation == loan[0],
                t.loan == loan[1],
            )
            .order_by(t.id)
        )
        query = by(query, HOLD, "ix_hold_loan")
        return [_hold(body) for body in self._connection.execute(query).scalars()]

    def loan_holds(self, where: BooksId) -> Iterator[tuple[LoanKey, Hold]]:
        """(loan, hold) pairs, streamed."""
        books = self._books_of(where)
        query = (
            select(HOLD.c.installation, HOLD.c.loan, HOLD.c.body)
            .where(HOLD.c.books == books)
            .order_by(HOLD.c.id)
        )
        for installation, loan, body in self._connection.execute(query):
            yield (installation, loan), _hold(body)

    def _forget(self, table: Table, books: int, loans: Iterable[LoanKey]) -> None:
        """Delete the rows of these loans."""
        t = table.c
        for installation, part in by_installation(loans):
            old = table.delete().where(
                t.books == books, t.installation == installation, t.loan.in_(part)
            )
            self._connection.execute(old)
