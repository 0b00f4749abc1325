"""The part of the outbox that people see, and what they decide about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from bridge.core.delivery import WAITS_FOR_A_PERSON, Operation, State, may
from bridge.core.identity import BooksId
from bridge.core.message import Word, message
from bridge.errors import UsageError
from bridge.store import tables
from bridge.store.bindings import OUTBOX, WAIT
from bridge.store.outbox import Outbox
from bridge.store.outbox_rows import NEVER_YET, entry_of
from bridge.store.planning import Planning
from bridge.store.session import Part, Session
from bridge.store.trials import Trials
from bridge.store.values import DecisionRecord, NewEntry

DECISION = tables.DECISION
BRIDGE = "ledger-bridge"
"""Who decided, when it was nobody."""
_UNDO, _RESUME = "undo", "resume"
_NEW_COMPANY = "new-company"
_NOW = "now"


class Decisions(Part):
    """The part of a unit of work that answers to people."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._outbox, self._plans = Outbox(session), Planning(session)
        self._trials = Trials(session)

    def retry(self, entry_id: int, who: str, at: str) -> None:
        """A person decided to try a rejected, drifted or dropped entry again.

        Its loan is planned anew, with the mapping, rates and lock date of that moment. A customer,
        who belongs to no loan, is sent again under a new key: the old one may remember a refusal.
        """
        row = self._decide(entry_id, State.SUPERSEDED, "retry", who, at)
        where = self._session.named(row.books)
        if row.loan:
            loan = (row.installation, row.loan)
            self._plans.set_revisit(where, loan, "outbox.retry")
            return
        refused = self._trials.refusals(where, [row.reference]).get(row.reference, 0)
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
        self._outbox.enqueue(entry.run, where, [again])

    def drop(self, entry_id: int, who: str, at: str) -> None:
        """A person decided not to send an entry."""
        self._decide(entry_id, State.DROPPED, "drop", who, at)
        self._connection.execute(WAIT.delete().where(WAIT.c.entry == entry_id))

    def send_now(self, entry_id: int, who: str, at: str) -> None:
        """A person decided that an entry waits no longer for the time that was asked for."""
        row = self._connection.execute(select(OUTBOX).where(OUTBOX.c.id == entry_id)).first()
        if row is None:
            raise UsageError(message("no_entry", entry=entry_id))
        if row.state != State.PENDING.value:
            raise UsageError(
                message(
                    "entry_not_waiting", reference=row.reference, state=Word("outbox", row.state)
                )
            )
        self._lift(OUTBOX.c.id == entry_id)
        self.record(who, at, _NOW, row.reference, row.not_before, entry_id)

    def send_all_now(self, where: BooksId, who: str, at: str) -> int:
        """Send all now that waits for its time in these books; says how many entries there were."""
        lifted = self._lift(OUTBOX.c.books == self._books_of(where))
        if lifted:
            self.record(who, at, _NOW, where.company, where.system)
        return lifted

    def _lift(self, which: ColumnElement[bool]) -> int:
        t = OUTBOX.c
        waiting = (which, t.state == State.PENDING.value, t.not_before != NEVER_YET)
        done = self._connection.execute(
            OUTBOX.update().where(*waiting).values(not_before=NEVER_YET)
        )
        return done.rowcount

    def record(
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

    def newest(self) -> int:
        """The number of the newest decision; 0 before the first."""
        newest = self._connection.execute(select(func.max(DECISION.c.id))).scalar()
        return int(newest or 0)

    def pause(self, where: BooksId, run: str, who: str, at: str) -> None:
        """A run was undone in these books: they rest until a person lets them follow again."""
        self.record(who, at, _UNDO, run, written(where))

    def resume(self, where: BooksId, who: str, at: str) -> None:
        """A person decided that these books may follow the ledger again."""
        self.record(who, at, _RESUME, where.system, written(where))

    def paused_by(self, where: BooksId) -> str:
        """The run whose undoing these books rest after; empty when they follow the ledger."""
        t = DECISION.c
        query = (
            select(t.verb, t.reference)
            .where(t.verb.in_((_UNDO, _RESUME)), t.detail.in_(readings(where)))
            .order_by(t.id.desc())
        )
        last = self._connection.execute(query.limit(1)).first()
        return last.reference if last is not None and last.verb == _UNDO else ""

    def welcome_company(self, where: BooksId, who: str, at: str) -> None:
        """A person said that this company is meant, although another one has our documents."""
        self.record(who, at, _NEW_COMPANY, where.company, where.system)

    def is_welcome(self, where: BooksId) -> bool:
        """Whether a person has said so."""
        t = DECISION.c
        said = (t.verb == _NEW_COMPANY, t.reference == where.company, t.detail == where.system)
        return self._connection.execute(select(t.id).where(*said).limit(1)).first() is not None

    def latest(self, limit: int = 1000) -> list[DecisionRecord]:
        """The decisions of people, newest first."""
        t = DECISION.c
        query = select(DECISION).order_by(t.id.desc()).limit(limit)
        return [record_of(row) for row in self._connection.execute(query)]

    def _decide(self, entry_id: int, state: State, verb: str, who: str, at: str) -> Row[Any]:
        row = self._connection.execute(select(OUTBOX).where(OUTBOX.c.id == entry_id)).first()
        if row is None:
            raise UsageError(message("no_entry", entry=entry_id))
        allowed = may(State(row.state), state)
        if verb == "retry":
            allowed = State(row.state) in WAITS_FOR_A_PERSON | {State.DROPPED}
        if not allowed:
            raise UsageError(
                message(
                    "entry_unchangeable",
                    reference=row.reference,
                    state=Word("outbox", row.state),
                    verb=verb,
                )
            )
        created = row.operation == Operation.CREATE.value and row.state == State.DRIFTED.value
        if created and state is State.SUPERSEDED:
            raise UsageError(message("entry_in_books", reference=row.reference))
        self._outbox.steps([(row, state, {"code": row.code, "detail": row.detail})])
        self.record(who, at, verb, row.reference, row.detail, entry_id)
        return row


def written(where: BooksId) -> str:
    """The books as a decision about them names them."""
    return f"{where.system} {where.company}"


def readings(where: BooksId) -> tuple[str, str]:
    """All that names these books in a decision: one of before names the system alone."""
    return where.system, written(where)


def record_of(row: Row[Any]) -> DecisionRecord:
    return DecisionRecord(
        at=row.at,
        who=row.who,
        verb=row.verb,
        entry=row.entry,
        reference=row.reference,
        detail=row.detail,
    )
