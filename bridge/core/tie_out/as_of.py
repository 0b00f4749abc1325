"""The days that this morning's figures may be given under."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bridge.errors import UsageError


class DayNotKept(UsageError):
    """The figures of another day were asked for, and only today's can be made: of a ledger its
    newest delivery is kept, of the books what they say now."""

    def __init__(self, asked: date, first: date, last: date) -> None:
        super().__init__(
            f"--as-of {asked}: only the newest ledger is kept, and books are read as they are now. "
            f"Ask for a day from {first} (the newest ledger's) to {last} (today)."
        )
        self.asked, self.first, self.last = asked, first, last


def refuse_untrue(asked: date, ledgers: Iterable[date], today: date) -> None:
    """Raises DayNotKept for a day before the newest ledger's own, whose loans and payments are not
    known any more, and for one that is still to come. `ledgers`: the day of each one that is kept,
    none where none was ever read."""
    first = min(max(ledgers, default=today), today)
    if not first <= asked <= today:
        raise DayNotKept(asked, first, today)
