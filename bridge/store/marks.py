"""The marks that the passes themselves wrote down of a state: that it was a copy, and may have
forgotten."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from bridge.core.identity import BooksId
from bridge.store.decisions import BRIDGE, DECISION, Decisions, readings, record_of, written
from bridge.store.engine import A_COPY, is_sqlite
from bridge.store.session import Part, Session
from bridge.store.values import DecisionRecord

_RESTORED, _TRUSTED = "restored", "caught_up"


class Marks(Part):
    """The pass's own marks, which no person made."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._decisions = Decisions(session)

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
        self._decisions.record(who, at, _RESTORED, "", why)

    def restored_at(self, where: BooksId) -> str:
        """When a copy was put in place that these books may be ahead of; else empty."""
        last = self.restoring(where)
        return last.at if last is not None else ""

    def restoring(self, where: BooksId) -> DecisionRecord | None:
        """The putting in place of a copy that these books may be ahead of."""
        t = DECISION.c
        caught_up = and_(t.verb == _TRUSTED, t.reference.in_(readings(where)))
        query = select(DECISION).where(or_(t.verb == _RESTORED, caught_up)).order_by(t.id.desc())
        last = self._connection.execute(query.limit(1)).first()
        return record_of(last) if last is not None and last.verb == _RESTORED else None

    def trust_again(self, where: BooksId, at: str) -> None:
        """The state has caught up with these books."""
        self._decisions.record(BRIDGE, at, _TRUSTED, written(where))
