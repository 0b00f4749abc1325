"""The questions that planning and people ask of the outbox.

Planning asks of many loans at once: a question for each of them costs more than planning it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, or_, select

from bridge.core.books import Kind
from bridge.core.delivery import UNSETTLED, WAITS_FOR_A_PERSON, Operation, State
from bridge.core.identity import BooksId, base_reference
from bridge.store import tables
from bridge.store.bindings import WAIT
from bridge.store.engine import by, by_number
from bridge.store.outbox_rows import entry_of
from bridge.store.session import PARAMETERS, Part, by_installation, chunks
from bridge.store.trials import BY_BASE
from bridge.store.values import Entry, LoanKey

BINDING = tables.BINDING
OUTBOX = tables.OUTBOX
SUPERSEDABLE = (State.PENDING, State.REJECTED, State.DRIFTED, State.DROPPED)
TAKEN = (State.SENDING, State.IN_DOUBT, State.POSTED)
BY_LOAN, BY_STATE, BY_RUN = "ix_outbox_loan", "ix_outbox_claim", "ix_outbox_run"
BY_CUSTOMER = "ix_outbox_customer"


class Entries(Part):
    """The questions about the writes in the outbox: those of planning, and those of people."""

    def planned_before(
        self, where: BooksId, loans: Iterable[LoanKey]
    ) -> dict[LoanKey, list[Entry]]:
        """Loan → its entries that are neither on their way nor done: waiting to be sent, waiting
        for a person, or dropped by one."""
        found: dict[LoanKey, list[Entry]] = {}
        for entry in self._of_loans(where, loans, OUTBOX.c.state.in_(SUPERSEDABLE)):
            found.setdefault(entry.loan, []).append(entry)
        return found

    def unsettled(self, where: BooksId, loans: Iterable[LoanKey]) -> set[LoanKey]:
        """The loans of which a write is on its way or not yet proved."""
        t, books = OUTBOX.c, self._books_of(where)
        found: set[LoanKey] = set()
        for installation, part in by_installation(loans):
            query = select(t.loan).where(
                t.books == books,
                t.installation == installation,
                t.loan.in_(part),
                t.state.in_(TAKEN),
            )
            query = by(query, OUTBOX, BY_LOAN)
            found |= {(installation, loan) for loan in self._connection.execute(query).scalars()}
        return found

    def under_way(self, where: BooksId, bases: Iterable[str]) -> dict[str, set[LoanKey]]:
        """Base reference → the loans that have a new document of it that may still be made."""
        t, books = OUTBOX.c, self._books_of(where)
        found: dict[str, set[LoanKey]] = {}
        for part in chunks(bases, PARAMETERS):
            query = select(t.base, t.installation, t.loan).where(
                t.books == books,
                t.base.in_(part),
                t.operation == Operation.CREATE.value,
                t.state.in_((State.PENDING, *TAKEN)),
            )
            for row in self._connection.execute(by(query, OUTBOX, BY_BASE)):
                found.setdefault(row.base, set()).add((row.installation, row.loan))
        return found

    def live(self, where: BooksId, references: Iterable[str]) -> dict[str, Entry]:
        """Reference → its newest entry that the bridge or a person still has to deal with."""
        t, books = OUTBOX.c, self._books_of(where)
        found: dict[str, Entry] = {}
        for part in chunks(references, PARAMETERS):
            wanted = set(part)
            query = (
                select(OUTBOX)
                .where(
                    t.books == books,
                    t.base.in_({*map(base_reference, part)}),
                    t.state.in_(UNSETTLED | WAITS_FOR_A_PERSON),
                )
                .order_by(t.id)
            )
            for row in self._connection.execute(by(query, OUTBOX, BY_BASE)):
                if row.reference in wanted:
                    found[row.reference] = entry_of(row)
        return found

    def live_one(self, where: BooksId, reference: str) -> Entry | None:
        """The live entry of one reference."""
        return self.live(where, [reference]).get(reference)

    def _of_loans(
        self, where: BooksId, loans: Iterable[LoanKey], *wanted: ColumnElement[bool]
    ) -> Iterator[Entry]:
        """Entries of these loans, in the order in which they were written down."""
        t, books = OUTBOX.c, self._books_of(where)
        for installation, part in by_installation(loans):
            query = (
                select(OUTBOX)
                .where(t.books == books, t.installation == installation, t.loan.in_(part), *wanted)
                .order_by(t.id)
            )
            for row in self._connection.execute(by(query, OUTBOX, BY_LOAN)):
                yield entry_of(row)

    def of(
        self,
        where: BooksId,
        *,
        state: State | None = None,
        run: str | None = None,
        reference: str | None = None,
        loan: LoanKey | None = None,
        customer: str | None = None,
        operation: Operation | None = None,
        limit: int = 1000,
    ) -> list[Entry]:
        """Entries for a person to look at, oldest first; `customer`: those that name it."""
        t = OUTBOX.c
        wanted: list[ColumnElement[bool]] = [t.books == self._books_of(where)]
        index = ""
        if state is not None:
            wanted.append(t.state == state.value)
            index = BY_STATE
        if run is not None:
            wanted.append(t.run == run)
            index = BY_RUN
        if loan is not None:
            wanted += [t.installation == loan[0], t.loan == loan[1]]
            index = BY_LOAN
        if customer is not None:
            wanted.append(t.customer == customer)
            index = BY_CUSTOMER
        if reference is not None:
            wanted.append(t.base == base_reference(reference))
            wanted.append(or_(t.reference == reference, t.target == reference))
            index = BY_BASE
        if operation is not None:
            wanted.append(t.operation == operation.value)
        return self._entries(*wanted, index=index, limit=limit)

    def to_send(self, where: BooksId) -> Iterator[Entry]:
        """Every write that waits to be sent, in the order of posting, streamed."""
        t = OUTBOX.c
        query = (
            select(OUTBOX)
            .where(t.books == self._books_of(where), t.state == State.PENDING.value)
            .order_by(t.phase, t.id)
            .execution_options(yield_per=PARAMETERS)
        )
        for row in self._connection.execute(by(query, OUTBOX, BY_STATE)):
            yield entry_of(row)

    def to_create(self, where: BooksId) -> set[Kind]:
        """The kinds of which something new waits to be sent."""
        t = OUTBOX.c
        query = select(t.kind).where(
            t.books == self._books_of(where),
            t.state == State.PENDING.value,
            t.operation == Operation.CREATE.value,
        )
        return {Kind(kind) for kind in self._connection.execute(query.distinct()).scalars()}

    def numbered(self, entry_id: int) -> Entry | None:
        found = self._entries(OUTBOX.c.id == entry_id, index="", limit=1)
        return found[0] if found else None

    def _entries(self, *wanted: ColumnElement[bool], index: str, limit: int) -> list[Entry]:
        query = select(OUTBOX).where(*wanted).order_by(OUTBOX.c.id).limit(limit)
        if index:
            query = by(query, OUTBOX, index)
        return [entry_of(row) for row in self._connection.execute(query)]

    def behind(self, where: BooksId, references: Iterable[str]) -> dict[str, list[int]]:
        """Reference of a write → the entries that wait for it, also through others that wait."""
        books = self._books_of(where)
        found: dict[str, list[int]] = {}
        for first in sorted(set(references)):
            entries: dict[int, None] = {}
            ahead = {first, base_reference(first)}
            known = set(ahead)
            while ahead:
                named: set[str] = set()
                for part in chunks(sorted(ahead), PARAMETERS):
                    query = (
                        select(OUTBOX.c.id, OUTBOX.c.reference, OUTBOX.c.base)
                        .select_from(WAIT.join(OUTBOX, OUTBOX.c.id == WAIT.c.entry))
                        .where(WAIT.c.books == books, WAIT.c.reference.in_(part))
                        .order_by(OUTBOX.c.id)
                    )
                    query = by_number(query, OUTBOX)
                    for entry, reference, base in self._connection.execute(query):
                        entries[entry] = None
                        named |= {reference, base}
                ahead = named - known
                known |= named
            if entries:
                found[first] = list(entries)
        return found
