"""Sums over what the books said last, made by the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select, text

from bridge.core.books import Kind, Status
from bridge.store.engine import is_sqlite
from bridge.store.mirror import MIRROR
from bridge.store.session import Session


class MirrorSums(Session):
    """The part of a unit of work that adds up the mirror, on another unit's transaction."""

    @classmethod
    def on(cls, work: Session) -> MirrorSums:
        """The same transaction; writes nothing."""
        return cls(work._connection, writes=False)

    def dated_after(self, system: str, company: str, kinds: Iterable[Kind], day: date) -> int:
        """How many live documents of these kinds, anybody's, are dated after a day."""
        query = select(func.count()).where(
            MIRROR.c.books == self._books_of(system, company),
            MIRROR.c.status == Status.LIVE.value,
            MIRROR.c.kind.in_([kind.value for kind in kinds]),
            text(f"{self._field('day')} > :after").bindparams(after=day.isoformat()),
        )
        return int(self._connection.execute(query).scalar_one())

    def _field(self, name: str) -> str:
        """The SQL of a text field of the document's body."""
        if is_sqlite(self._connection):
            return f"json_extract(CAST(mirror.body AS TEXT), '$.{name}')"
        return f"convert_from(mirror.body, 'UTF8')::json ->> '{name}'"
