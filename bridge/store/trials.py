"""The number of attempts, and the time of the first, at writes that the books never clearly
answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, case, func, or_, select

from bridge.core.delivery import State
from bridge.core.identity import BooksId, base_reference
from bridge.core.tie_out.patience import LOOKED_FOR_FIRST
from bridge.store import tables
from bridge.store.engine import by, by_number, insertion, is_sqlite
from bridge.store.session import PARAMETERS, Part, chunks
from bridge.store.types import instant_of, instant_text

OUTBOX = tables.OUTBOX
TRIAL = tables.TRIAL
_AT_ONCE = 500
BY_BASE = "ix_outbox_base"
"""The index that finds the few writes of a reference, in any generation."""
_TRIED = (State.PENDING.value, State.SENDING.value, State.IN_DOUBT.value)


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """The attempts at one write without a clear answer."""

    unclear: int
    """How often what came back said nothing."""
    passes: int
    """In how many passes that was this document's own trouble."""
    since: datetime
    """When it was sent and not clearly answered for the first time."""


class Trials(Part):
    """The part of a unit of work that remembers what was tried in vain."""

    def tried_in_vain(self, entries: Iterable[int], now: datetime, *, counts: bool) -> None:
        """Write down that these writes were not clearly answered. `counts`: which makes one pass
        more of it. An earlier instant counts from then on: the clock was ahead before, or is behind
        now."""
        one = int(counts)
        lines = [
            {"entry": entry, "unclear": 1 - one, "passes": one, "since": instant_text(now)}
            for entry in entries
        ]
        if not lines:
            return
        made = insertion(TRIAL, sqlite=is_sqlite(self._connection))
        more = {
            "unclear": TRIAL.c.unclear + made.excluded.unclear,
            "passes": TRIAL.c.passes + made.excluded.passes,
            "since": case(
                (made.excluded.since < TRIAL.c.since, made.excluded.since), else_=TRIAL.c.since
            ),
        }
        statement = made.on_conflict_do_update(index_elements=["entry"], set_=more)
        self._connection.execute(statement, lines)

    def under_trial(self, where: BooksId) -> dict[int, Trial]:
        """The vain attempts at the writes that are still to be made, by entry."""
        t = TRIAL.c
        tried = select(OUTBOX.c.id).where(
            OUTBOX.c.id == t.entry,
            OUTBOX.c.books == self._books_of(where),
            OUTBOX.c.state.in_(_TRIED),
        )
        query = select(t.entry, t.unclear, t.passes, t.since).where(
            by_number(tried, OUTBOX).exists()
        )
        return {
            entry: Trial(unclear=unclear, passes=passes, since=instant_of(since))
            for entry, unclear, passes, since in self._connection.execute(query)
        }

    def given_up(self, where: BooksId, references: Collection[str]) -> set[str]:
        """The references of which a write was once given up."""
        return self._with(where, references, OUTBOX.c.code.in_(sorted(LOOKED_FOR_FIRST)))

    def perhaps_made(self, where: BooksId, references: Collection[str]) -> set[str]:
        """The references of which a write was sent and nobody knows what became of it."""
        doubt = OUTBOX.c.state.in_((State.IN_DOUBT.value, State.SENDING.value))
        given_up = OUTBOX.c.code.in_(sorted(LOOKED_FOR_FIRST))
        return self._with(where, references, or_(doubt, given_up))

    def _with(
        self, where: BooksId, references: Collection[str], wanted: ColumnElement[bool]
    ) -> set[str]:
        t, found = OUTBOX.c, set[str]()
        for part in chunks(sorted(references), _AT_ONCE):
            query = select(t.reference).where(
                t.books == self._books_of(where),
                t.base.in_(sorted({base_reference(reference) for reference in part})),
                t.reference.in_(part),
                wanted,
            )
            query = by(query, OUTBOX, BY_BASE)
            found.update(self._connection.execute(query).scalars())
        return found

    def refusals(self, where: BooksId, references: Iterable[str]) -> dict[str, int]:
        """Reference → how often the books have refused a write of it, for those they have."""
        t, books = OUTBOX.c, self._books_of(where)
        found: dict[str, int] = {}
        for part in chunks(references, PARAMETERS):
            wanted = set(part)
            query = (
                select(t.reference, func.count())
                .where(t.books == books, t.base.in_({*map(base_reference, part)}), t.code != "")
                .group_by(t.reference)
            )
            for reference, count in self._connection.execute(by(query, OUTBOX, BY_BASE)):
                if reference in wanted:
                    found[reference] = int(count)
        return found
