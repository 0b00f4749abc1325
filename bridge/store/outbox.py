"""The outbox: every write to the books, from the wish to the proof.

An entry is on disk before its request leaves, and each of its moves is one that
`core.delivery.MOVES` allows. An entry waits while a document that it names is not in the books.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, bindparam, func, not_, or_, select

from bridge.core.books import PostedDocument
from bridge.core.delivery import (
    Binding,
    Drifted,
    InDoubt,
    Operation,
    Outcome,
    Posted,
    Rejected,
    State,
    Unavailable,
    may,
)
from bridge.core.identity import BooksId
from bridge.core.message import Detail, message, written
from bridge.store.bindings import BINDING, OUTBOX, WAIT, Bindings
from bridge.store.engine import by
from bridge.store.entries import BY_STATE, SUPERSEDABLE
from bridge.store.outbox_rows import (
    document_from,
    due_after,
    entry_of,
    has_come,
    in_force_already,
    is_about_a_binding,
    is_void,
    line_of,
    named_by,
    none_of,
    void_before_it,
)
from bridge.store.session import PARAMETERS, Part, Session, chunks
from bridge.store.trials import Trials
from bridge.store.types import instant_of
from bridge.store.values import Entry, LoanKey, NewEntry, json

_SHRINKS, _ALONE = 8, 2
"""So many times smaller a batch is of what was not clearly answered; after so many times, one."""
_NEWEST = select(OUTBOX.c.id).order_by(OUTBOX.c.id.desc()).limit(1)
# Made once: for one row at a time, making a statement costs more than carrying it out.
_STEP = OUTBOX.update().where(OUTBOX.c.id == bindparam("entry"))
_CLAIMED = _STEP.values(state=State.SENDING.value, attempt=OUTBOX.c.attempt + 1)
_SUPERSEDED = _STEP.where(or_(*(OUTBOX.c.state == each.value for each in SUPERSEDABLE))).values(
    state=State.SUPERSEDED.value, waiting=0
)
_WAITS_NO_MORE = WAIT.delete().where(WAIT.c.entry == bindparam("entry"))


Values = Mapping[str, str | int]
"""What is written down of an entry, by column."""


class Outbox(Part):
    """The part of a unit of work that moves writes along."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._bindings, self._trials = Bindings(session), Trials(session)

    def enqueue(self, run: str, where: BooksId, entries: Sequence[NewEntry]) -> int:
        """Write down what is wanted, in order. Returns how many entries that were.

        The same intent under way twice is our mistake and raises IntegrityError.
        """
        books = self._books_of(where)
        for part in chunks(entries, PARAMETERS):
            named = [set() if is_void(e) else named_by(e.document) for e in part]
            bound = self._bindings.links(where, sorted(set().union(*named)))
            missing = [sorted(references - bound.keys()) for references in named]
            first = self._newest() + 1
            lines = [
                {"id": number, **line_of(books, run, entry, len(absent))}
                for number, (entry, absent) in enumerate(zip(part, missing, strict=True), first)
            ]
            self._connection.execute(OUTBOX.insert(), lines)
            waits = [
                {"books": books, "reference": reference, "entry": number}
                for number, absent in enumerate(missing, first)
                for reference in absent
            ]
            if waits:
                self._connection.execute(WAIT.insert(), waits)
        return len(entries)

    def _newest(self) -> int:
        """The number of the last entry; 0 before the first."""
        return int(self._connection.execute(_NEWEST).scalar() or 0)

    def supersede(self, entries: Sequence[Entry]) -> None:
        """Give up entries that are not on their way: newer ones say what is wanted now."""
        assert all(may(state, State.SUPERSEDED) for state in SUPERSEDABLE)
        if entries:
            lines = [{"entry": entry.id} for entry in entries]
            self._connection.execute(_WAITS_NO_MORE, lines)
            self._connection.execute(_SUPERSEDED, lines)

    def claim(
        self, where: BooksId, now: datetime, limit: int, besides: Collection[int] = ()
    ) -> list[Entry]:
        """Take the next to send, none of `besides`: one operation on one kind, lowest phase first.

        Only those whose time has come and whose named documents are all in the books; nothing of a
        loan before what is to be taken back of it first; and nothing new while its reference is in
        force in another generation, whichever loan has it. They are SENDING from here on, with
        their links and bindings filled in. Empty: nothing can be sent.

        What was sent and not clearly answered comes last, a few at a time, and by itself in the
        end: what is wrong with one of many must not be held against the others for ever.
        """
        unclear = {entry: trial.unclear for entry, trial in self._trials.under_trial(where).items()}
        others = none_of(besides)
        if unclear:
            found = self._claim(where, now, limit, *others, *none_of(unclear))
            if found:
                return found
            often = [entry for entry, number in unclear.items() if number >= _ALONE]
            few = max(limit // _SHRINKS, 1)
            found = self._claim(where, now, few, *others, *none_of(often))
            return found or self._claim(where, now, 1, *others)
        return self._claim(where, now, limit, *others)

    def _claim(
        self,
        where: BooksId,
        now: datetime,
        limit: int,
        *wanted: ColumnElement[bool],
    ) -> list[Entry]:
        books = self._books_of(where)
        t = OUTBOX.c
        ready = (
            *wanted,
            t.books == books,
            t.state == State.PENDING.value,
            t.waiting == 0,
            has_come(now),
            # Customers have no loan, and all of them would be looked through for each.
            or_(t.loan == "", ~void_before_it()),
            or_(t.operation != Operation.CREATE.value, ~in_force_already()),
        )
        order = (t.phase, t.operation, t.kind, t.id)
        while True:
            query = select(t.phase, t.operation, t.kind).where(*ready).order_by(*order).limit(1)
            first = self._connection.execute(by(query, OUTBOX, BY_STATE)).first()
            if first is None:
                return []
            same = (t.phase == first[0], t.operation == first[1], t.kind == first[2])
            those = select(OUTBOX).where(*ready, *same).order_by(t.id).limit(limit)
            those = by(those.with_for_update(skip_locked=True), OUTBOX, BY_STATE)
            found = self._connection.execute(those).fetchall()
            claimed = self._ready(books, self._complete(where, found))
            if claimed or not found:
                break
        if claimed:
            self._connection.execute(_CLAIMED, [{"entry": entry.id} for entry in claimed])
        return [
            msgspec.structs.replace(entry, state=State.SENDING, attempt=entry.attempt + 1)
            for entry in claimed
        ]

    def due_in_s(self, where: BooksId, now: datetime) -> float | None:
        """Seconds until the first entry is due that waits for its time alone, or None."""
        t = OUTBOX.c
        query = select(func.min(t.not_before)).where(
            t.books == self._books_of(where),
            t.state == State.PENDING.value,
            t.waiting == 0,
            not_(has_come(now)),
        )
        earliest = self._connection.execute(by(query, OUTBOX, BY_STATE)).scalar()
        return None if earliest is None else (instant_of(earliest) - now).total_seconds()

    def move(self, entry: Entry | int, outcome: Outcome, now: datetime) -> State:
        """Write down how an attempt, or looking up a doubtful one, ended.

        Bindings change in the same transaction. `Unavailable` for an entry in doubt means that it
        is surely absent from the books.
        """
        number = entry if isinstance(entry, int) else entry.id
        return self.move_all({number: outcome}, now)[number]

    def move_all(self, outcomes: Mapping[int, Outcome], now: datetime) -> dict[int, State]:
        """Write down the outcomes of several entries, by number. Returns where each is now."""
        rows = self._rows(outcomes)
        steps = [(rows[each], *_step_of(rows[each], outcomes[each], now)) for each in outcomes]
        self.steps(steps)
        in_vain = [each for each, outcome in outcomes.items() if isinstance(outcome, InDoubt)]
        self._trials.tried_in_vain(in_vain, now, counts=False)
        posted = [(rows[n], o.document) for n, o in outcomes.items() if isinstance(o, Posted)]
        self._bind(posted)
        return {row.id: then for row, then, _ in steps}

    def doubt_all(self, where: BooksId) -> int:
        """At start: what was being sent when the program ended is in doubt."""
        assert may(State.SENDING, State.IN_DOUBT)
        t = OUTBOX.c
        ended = (
            OUTBOX.update()
            .where(t.books == self._books_of(where), t.state == State.SENDING.value)
            .values(state=State.IN_DOUBT.value, detail=written(message("interrupted")))
        )
        return int(self._connection.execute(by(ended, OUTBOX, BY_STATE)).rowcount)

    def in_doubt(self, where: BooksId, limit: int = 100_000) -> list[Entry]:
        """Entries to look up in the books, with links and bindings."""
        return self._in_state(where, State.IN_DOUBT, limit)

    def posted(self, where: BooksId, limit: int = 100_000) -> list[Entry]:
        """Entries that were applied and are not proved yet, with links and bindings."""
        return self._in_state(where, State.POSTED, limit)

    def confirm_all(self, verdicts: Mapping[int, tuple[State, Detail]]) -> None:
        """The books were read back: they hold what was posted (CONFIRMED) or not (DRIFTED).
        Number of an entry → that state, and what to say of it."""
        assert {state for state, _ in verdicts.values()} <= {State.CONFIRMED, State.DRIFTED}
        rows = self._rows(verdicts)
        self.steps(
            [
                (rows[number], state, {"code": "", "detail": written(detail)})
                for number, (state, detail) in verdicts.items()
            ]
        )

    def counts(self, where: BooksId, run: str | None = None) -> dict[State, int]:
        """Entries by state; only states that occur."""
        t = OUTBOX.c
        query = (
            select(t.state, func.count()).where(t.books == self._books_of(where)).group_by(t.state)
        )
        if run is not None:
            query = query.where(t.run == run)
        return {State(state): number for state, number in self._connection.execute(query)}

    def _rows(self, entries: Iterable[int]) -> dict[int, Row[Any]]:
        found: dict[int, Row[Any]] = {}
        for part in chunks(entries, PARAMETERS):
            query = select(OUTBOX).where(OUTBOX.c.id.in_(part))
            found |= {row.id: row for row in self._connection.execute(query)}
            assert found.keys() >= set(part), f"no outbox entry {set(part) - found.keys()}"
        return found

    def steps(self, steps: Iterable[tuple[Row[Any], State, Values]]) -> None:
        """Move entries along, each with what is written down of it."""
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row, then, values in steps:
            assert may(State(row.state), then), f"{row.reference}: {row.state} to {then.value}"
            line = {"entry": row.id, "state": then.value, **values}
            alike.setdefault(tuple(line), []).append(line)
        for lines in alike.values():
            self._connection.execute(_STEP, lines)

    def _bind(self, posted: Iterable[tuple[Row[Any], PostedDocument]]) -> None:
        """Tie the documents that the books have now to what was wanted."""
        made: dict[BooksId, list[tuple[Binding, LoanKey]]] = {}
        for row, document in posted:
            where = self._session.named(row.books)
            if row.operation == Operation.VOID.value:
                self._bindings.mark_voided(where, row.target or row.reference, document)
            else:
                binding = self._bound_as(where, row, document)
                made.setdefault(where, []).append((binding, (row.installation, row.loan)))
        for where, bindings in made.items():
            self._bindings.put_all(where, bindings)

    def _bound_as(self, where: BooksId, row: Row[Any], posted: PostedDocument) -> Binding:
        reference, generation, reversed_by = row.reference, row.generation, ""
        if row.operation == Operation.UPDATE.value:
            reference = row.target or row.reference
            before = self._bindings.named(where, reference)
            assert before is not None, f"{reference} is updated and not bound"
            generation, reversed_by = before.generation, before.reversed_by
        return Binding(
            reference=reference,
            external_id=posted.external_id,
            version=posted.version,
            generation=generation,
            document=document_from(row.document),
            posted=posted,
            reversed_by=reversed_by,
        )

    def _in_state(self, where: BooksId, state: State, limit: int) -> list[Entry]:
        t = OUTBOX.c
        query = (
            select(OUTBOX)
            .where(t.books == self._books_of(where), t.state == state.value)
            .order_by(t.id)
            .limit(limit)
        )
        found = self._connection.execute(by(query, OUTBOX, BY_STATE)).fetchall()
        return self._complete(where, found)

    def _complete(self, where: BooksId, rows: Sequence[Row[Any]]) -> list[Entry]:
        """Entries with the external ids they need and the bindings they are about."""
        entries = [entry_of(row) for row in rows]
        named = [named_by(entry.document) for entry in entries]
        links = self._bindings.links(where, sorted(set().union(*named)))
        targets = sorted({e.target or e.reference for e in entries if is_about_a_binding(e)})
        bound = self._bound(where, targets)
        return [
            msgspec.structs.replace(
                entry,
                links={reference: links[reference] for reference in sorted(own & links.keys())},
                binding=bound.get(entry.target or entry.reference)
                if is_about_a_binding(entry)
                else None,
            )
            for entry, own in zip(entries, named, strict=True)
        ]

    def _bound(self, where: BooksId, references: Sequence[str]) -> dict[str, Binding]:
        books = self._books_of(where)
        found: dict[str, Binding] = {}
        for part in chunks(references, PARAMETERS):
            query = select(BINDING.c.body).where(
                BINDING.c.books == books, BINDING.c.reference.in_(part)
            )
            for body in self._connection.execute(query).scalars():
                binding = msgspec.json.decode(body, type=Binding)
                found[binding.reference] = binding
        return found

    def _ready(self, books: int, entries: Sequence[Entry]) -> list[Entry]:
        """Entries whose referenced documents are all in the books; the others (a document was
        voided since) go back to waiting."""
        ready = []
        for entry in entries:
            absent = set() if is_void(entry) else named_by(entry.document) - entry.links.keys()
            if not absent:
                ready.append(entry)
                continue
            lines = [{"books": books, "reference": r, "entry": entry.id} for r in sorted(absent)]
            self._connection.execute(WAIT.insert(), lines)
            self._connection.execute(
                OUTBOX.update().where(OUTBOX.c.id == entry.id).values(waiting=len(absent))
            )
        return ready


def _step_of(row: Row[Any], outcome: Outcome, now: datetime) -> tuple[State, Values]:
    """The state that an outcome takes an entry to, and the values written down of it."""
    match outcome:
        case Posted():
            return State.POSTED, {"code": "", "detail": ""}
        case Rejected(reason, code):
            return State.REJECTED, {"code": code, "detail": written(reason)}
        case InDoubt(cause):
            return State.IN_DOUBT, {"code": "", "detail": cause}
        case Drifted(current):
            return State.DRIFTED, {"code": "", "detail": json(current).decode()}
        case Unavailable(cause, retry_after_s, this_pass):
            due = due_after(now, retry_after_s)
            sent = max(row.attempt - int(not this_pass), 0)
            words = {"code": "", "detail": cause, "not_before": due}
            return State.PENDING, {**words, "attempt": sent}
