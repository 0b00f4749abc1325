"""Calls to the accounting systems, by UTC day: what a budget has left outlives the process."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from bridge.core.identity import BooksId
from bridge.store import tables
from bridge.store.engine import insertion, is_sqlite
from bridge.store.session import Part
from bridge.store.values import DayCalls

CALL_DAY = tables.CALL_DAY
_COUNTS = (CALL_DAY.c.total, CALL_DAY.c.metered, CALL_DAY.c.throttled)


class Calls(Part):
    """The part of a unit of work that keeps how often the books were called."""

    def count(self, where: BooksId, day: date, calls: DayCalls) -> None:
        """Add to what is known of that day."""
        statement = insertion(CALL_DAY, sqlite=is_sqlite(self._connection)).values(
            books=self._books_of(where),
            day=day,
            total=calls.total,
            metered=calls.metered,
            throttled=calls.throttled,
        )
        more = {count.name: count + statement.excluded[count.name] for count in _COUNTS}
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["books", "day"], set_=more)
        )

    def between(self, where: BooksId, first: date, last: date) -> DayCalls:
        """All calls of these days, both included, as far as finished runs have told."""
        query = select(*(func.coalesce(func.sum(count), 0) for count in _COUNTS)).where(
            CALL_DAY.c.books == self._books_of(where), CALL_DAY.c.day.between(first, last)
        )
        total, metered, throttled = self._connection.execute(query).one()
        return DayCalls(total=int(total), metered=int(metered), throttled=int(throttled))
