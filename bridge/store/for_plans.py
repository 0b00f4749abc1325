"""What planning asks of the outbox and the bindings.

Of many loans at once: a question for each of them costs more than planning it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, select

from bridge.core.books import Kind
from bridge.core.delivery import UNSETTLED, WAITS_FOR_A_PERSON, Binding, Operation, State
from bridge.core.identity import BooksId, base_reference
from bridge.store import tables
from bridge.store.bindings import BY_BASE as BOUND_BY_BASE
from bridge.store.bindings import BY_LOAN as BOUND_BY_LOAN
from bridge.store.bindings import Bindings, decode_binding
from bridge.store.engine import by
from bridge.store.outbox_rows import entry_of
from bridge.store.session import PARAMETERS, by_installation, chunks
from bridge.store.trials import BY_BASE, Trials
from bridge.store.values import Entry, LoanKey

BINDING = tables.BINDING
OUTBOX = tables.OUTBOX
SUPERSEDABLE = (State.PENDING, State.REJECTED, State.DRIFTED, State.DROPPED)
TAKEN = (State.SENDING, State.IN_DOUBT, State.POSTED)
BY_LOAN = "ix_outbox_loan"


class ForPlans(Bindings, Trials):
    """The part of a unit of work that knows what there is already of what is to be planned."""

    def bindings_by_loan(
        self, where: BooksId, loans: Iterable[LoanKey]
    ) -> dict[LoanKey, list[Binding]]:
        """Loan → every binding of it, all generations, voided ones too, by reference."""
        t, books = BINDING.c, self._books_of(where)
        found: dict[LoanKey, list[Binding]] = {}
        for installation, part in by_installation(loans):
            query = (
                select(t.loan, t.body)
                .where(t.books == books, t.installation == installation, t.loan.in_(part))
                .order_by(t.reference)
            )
            for loan, body in self._connection.execute(by(query, BINDING, BOUND_BY_LOAN)):
                found.setdefault((installation, loan), []).append(decode_binding(body))
        return found

    def bound_under(
        self, where: BooksId, bases: Iterable[str]
    ) -> dict[str, list[tuple[LoanKey, Binding]]]:
        """Base reference → what is bound under it, all generations, and for which loan."""
        t, books = BINDING.c, self._books_of(where)
        found: dict[str, list[tuple[LoanKey, Binding]]] = {}
        for part in chunks(bases, PARAMETERS):
            query = select(t.base, t.installation, t.loan, t.body).where(
                t.books == books, t.base.in_(part)
            )
            for row in self._connection.execute(by(query, BINDING, BOUND_BY_BASE)):
                bound = ((row.installation, row.loan), decode_binding(row.body))
                found.setdefault(row.base, []).append(bound)
        return found

    def customer_bindings(self, where: BooksId, bases: Iterable[str]) -> dict[str, Binding]:
        """Base reference → the live binding of that customer; the newest generation if several."""
        t, books = BINDING.c, self._books_of(where)
        found: dict[str, Binding] = {}
        for part in chunks(bases, PARAMETERS):
            query = select(t.base, t.body).where(
                t.books == books,
                t.base.in_(part),
                t.kind == Kind.CUSTOMER.value,
                t.voided == 0,
            )
            for base, body in self._connection.execute(by(query, BINDING, BOUND_BY_BASE)):
                binding = decode_binding(body)
                if base not in found or binding.generation > found[base].generation:
                    found[base] = binding
        return found

    def customer_binding(self, where: BooksId, base: str) -> Binding | None:
        """The same of one customer."""
        return self.customer_bindings(where, [base]).get(base)

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
        """Those loans of which a write is on its way or not yet proved."""
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

    def live_entries(self, where: BooksId, references: Iterable[str]) -> dict[str, Entry]:
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

    def live_entry(self, where: BooksId, reference: str) -> Entry | None:
        """The same of one reference."""
        return self.live_entries(where, [reference]).get(reference)

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
