"""What people see of the outbox, and what they decide about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from bridge.core.books import Kind
from bridge.core.delivery import WAITS_FOR_A_PERSON, Operation, State, may
from bridge.core.identity import BooksId, base_reference
from bridge.errors import UsageError
from bridge.store import tables
from bridge.store.bindings import OUTBOX, WAIT
from bridge.store.engine import A_COPY, by, is_sqlite
from bridge.store.for_plans import BY_LOAN
from bridge.store.outbox import BY_CUSTOMER, BY_RUN, BY_STATE, Outbox
from bridge.store.outbox_rows import NEVER_YET, entry_of
from bridge.store.planning import Planning
from bridge.store.session import PARAMETERS
from bridge.store.trials import BY_BASE
from bridge.store.values import DecisionRecord, Entry, LoanKey, NewEntry

DECISION = tables.DECISION
BRIDGE = "ledger-bridge"
"""Who decided, when it was nobody."""
_RESTORED, _TRUSTED = "restored", "caught_up"
_UNDO, _RESUME = "undo", "resume"
_NEW_COMPANY = "new-company"
_NOW = "now"


class Decisions(Outbox, Planning):
    """The part of a unit of work that answers to people."""

    def entries(
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

    def entry(self, entry_id: int) -> Entry | None:
        found = self._entries(OUTBOX.c.id == entry_id, index="", limit=1)
        return found[0] if found else None

    def _entries(self, *wanted: ColumnElement[bool], index: str, limit: int) -> list[Entry]:
        query = select(OUTBOX).where(*wanted).order_by(OUTBOX.c.id).limit(limit)
        if index:
            query = by(query, OUTBOX, index)
        return [entry_of(row) for row in self._connection.execute(query)]

    def retry(self, entry_id: int, who: str, at: str) -> None:
        """A person decided to try a rejected, drifted or dropped entry again.

        Its loan is planned anew, with the mapping, rates and lock date of that moment. A customer,
        who belongs to no loan, is sent again under a new key: the old one may remember a refusal.
        """
        row = self._decide(entry_id, State.SUPERSEDED, "retry", who, at)
        where = self._named(row.books)
        if row.loan:
            loan = (row.installation, row.loan)
            self.set_revisit(where, loan, "outbox.retry")
            return
        refused = self.refusals(where, [row.reference]).get(row.reference, 0)
        entry = entry_of(row)
        again = NewEntry(
            operation=entry.operation,
            document=entry.document,
            key=f"{entry.key.partition('-')[0]}-{refused}",
            phase=entry.phase,
            generation=entry.generation,
            target=entry.target,
            reason=entry.reason,
        )
        self.enqueue(entry.run, where, [again])

    def drop(self, entry_id: int, who: str, at: str) -> None:
        """A person decided not to send an entry."""
        self._decide(entry_id, State.DROPPED, "drop", who, at)
        self._connection.execute(WAIT.delete().where(WAIT.c.entry == entry_id))

    def send_now(self, entry_id: int, who: str, at: str) -> None:
        """A person decided that an entry waits no longer for the time that was asked for."""
        row = self._connection.execute(select(OUTBOX).where(OUTBOX.c.id == entry_id)).first()
        if row is None:
            raise UsageError(f"outbox entry {entry_id} does not exist; see `outbox list`")
        if row.state != State.PENDING.value:
            raise UsageError(f"{row.reference} is {row.state}: it does not wait to be sent")
        self._lift(OUTBOX.c.id == entry_id)
        self.record_decision(who, at, _NOW, row.reference, row.not_before, entry_id)

    def send_all_now(self, where: BooksId, who: str, at: str) -> int:
        """The same of all that waits for its time in these books; says how many there were."""
        lifted = self._lift(OUTBOX.c.books == self._books_of(where))
        if lifted:
            self.record_decision(who, at, _NOW, where.company, where.system)
        return lifted

    def _lift(self, which: ColumnElement[bool]) -> int:
        t = OUTBOX.c
        waiting = (which, t.state == State.PENDING.value, t.not_before != NEVER_YET)
        done = self._connection.execute(
            OUTBOX.update().where(*waiting).values(not_before=NEVER_YET)
        )
        return done.rowcount

    def record_decision(
        self,
        who: str,
        at: str,
        verb: str,
        reference: str,
        detail: str = "",
        entry: int | None = None,
    ) -> None:
        """Keep what a person decided."""
        self._connection.execute(
            DECISION.insert().values(
                at=at, who=who, verb=verb, entry=entry, reference=reference, detail=detail
            )
        )

    def last_decision(self) -> int:
        """The number of the newest decision; 0 before the first."""
        newest = self._connection.execute(select(func.max(DECISION.c.id))).scalar()
        return int(newest or 0)

    def note_restored(self, at: str) -> bool:
        """Write down that this state was a copy until now, if it was: the books may know more."""
        if not is_sqlite(self._connection):
            return False
        marked = self._connection.exec_driver_sql("PRAGMA user_version").scalar() == A_COPY
        if marked:
            self._connection.exec_driver_sql("PRAGMA user_version = 0")
            self.doubt_state(BRIDGE, at)
        return marked

    def doubt_state(self, who: str, at: str, why: str = "") -> None:
        """Write down that the books may know more than this state; `why` where nobody knew it."""
        self.record_decision(who, at, _RESTORED, "", why)

    def restored_at(self, system: str) -> str:
        """When a copy was put in place that these books may be ahead of; else empty."""
        last = self.restoring(system)
        return last.at if last is not None else ""

    def restoring(self, system: str) -> DecisionRecord | None:
        """The putting in place of a copy that these books may be ahead of."""
        t = DECISION.c
        query = (
            select(DECISION)
            .where(or_(t.verb == _RESTORED, and_(t.verb == _TRUSTED, t.reference == system)))
            .order_by(t.id.desc())
        )
        last = self._connection.execute(query.limit(1)).first()
        return _record(last) if last is not None and last.verb == _RESTORED else None

    def trust_again(self, system: str, at: str) -> None:
        """The state has caught up with these books."""
        self.record_decision(BRIDGE, at, _TRUSTED, system)

    def pause(self, system: str, run: str, who: str, at: str) -> None:
        """A run was undone in these books: they rest until a person lets them follow again."""
        self.record_decision(who, at, _UNDO, run, system)

    def resume(self, system: str, who: str, at: str) -> None:
        """These books may follow the ledger again."""
        self.record_decision(who, at, _RESUME, system, system)

    def paused_by(self, system: str) -> str:
        """The run whose undoing these books rest after; empty when they follow the ledger."""
        t = DECISION.c
        query = (
            select(t.verb, t.reference)
            .where(t.verb.in_((_UNDO, _RESUME)), t.detail == system)
            .order_by(t.id.desc())
        )
        last = self._connection.execute(query.limit(1)).first()
        return last.reference if last is not None and last.verb == _UNDO else ""

    def welcome_company(self, where: BooksId, who: str, at: str) -> None:
        """A person said that this company is meant, although another one has our documents."""
        self.record_decision(who, at, _NEW_COMPANY, where.company, where.system)

    def is_welcome(self, where: BooksId) -> bool:
        """Whether a person has said so."""
        t = DECISION.c
        said = (t.verb == _NEW_COMPANY, t.reference == where.company, t.detail == where.system)
        return self._connection.execute(select(t.id).where(*said).limit(1)).first() is not None

    def decisions(self, limit: int = 1000) -> list[DecisionRecord]:
        """What people decided, newest first."""
        t = DECISION.c
        query = select(DECISION).order_by(t.id.desc()).limit(limit)
        return [_record(row) for row in self._connection.execute(query)]

    def _decide(self, entry_id: int, state: State, verb: str, who: str, at: str) -> Row[Any]:
        row = self._connection.execute(select(OUTBOX).where(OUTBOX.c.id == entry_id)).first()
        if row is None:
            raise UsageError(f"outbox entry {entry_id} does not exist; see `outbox list`")
        allowed = may(State(row.state), state)
        if verb == "retry":
            allowed = State(row.state) in WAITS_FOR_A_PERSON | {State.DROPPED}
        if not allowed:
            raise UsageError(f"{row.reference} is {row.state}; it cannot be changed by {verb}")
        created = row.operation == Operation.CREATE.value and row.state == State.DRIFTED.value
        if created and state is State.SUPERSEDED:
            raise UsageError(
                f"{row.reference} is in the books already, with other content: correct it there, "
                "or drop this entry"
            )
        self._steps([(row, state, {"code": row.code, "detail": row.detail})])
        self.record_decision(who, at, verb, row.reference, row.detail, entry_id)
        return row


def _record(row: Row[Any]) -> DecisionRecord:
    return DecisionRecord(
        at=row.at,
        who=row.who,
        verb=row.verb,
        entry=row.entry,
        reference=row.reference,
        detail=row.detail,
    )
