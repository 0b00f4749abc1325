"""Documents that came when their month was closed, and were posted in the open one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import and_, select

from bridge.core.books import Customer, Kind, Transaction
from bridge.core.delivery import Operation, State
from bridge.core.identity import BooksId
from bridge.store.bindings import BINDING, OUTBOX, decode_binding
from bridge.store.engine import by, document_text
from bridge.store.entries import BY_RUN
from bridge.store.runs import RUN
from bridge.store.session import Part
from bridge.store.values import LoanKey

_DONE = (State.POSTED.value, State.CONFIRMED.value)


class LateQueries(Part):
    """The part of a unit of work that knows what came late. Looks through what was posted lately,
    not through everything that is bound."""

    def moved_to_open_month(
        self, where: BooksId, since: date, until: date
    ) -> Iterator[tuple[LoanKey, Transaction]]:
        """Documents in force that runs since one day and before another (UTC) posted in place of
        their own day, as they are in the books now."""
        t = OUTBOX.c
        runs = select(RUN.c.id).where(
            RUN.c.started_at >= since.isoformat(), RUN.c.started_at < until.isoformat()
        )
        in_force = and_(
            BINDING.c.books == t.books,
            BINDING.c.reference == t.reference,
            BINDING.c.voided == 0,
            BINDING.c.reversed == 0,
        )
        words = document_text(self._connection, t.document)
        query = (
            select(t.installation, t.loan, BINDING.c.body)
            .select_from(OUTBOX.join(BINDING, in_force))
            .where(
                t.books == self._books_of(where),
                t.run.in_(runs),
                t.state.in_(_DONE),
                t.operation == Operation.CREATE.value,
                t.kind != Kind.APPLICATION.value,
                words.contains('"dated":"'),
            )
            .order_by(t.id)
        )
        query = by(query, OUTBOX, BY_RUN)
        for installation, loan, body in self._connection.execute(query):
            document = decode_binding(body).document
            if not isinstance(document, Customer) and document.dated is not None:
                yield (installation, loan), document
