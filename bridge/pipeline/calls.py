"""The count of calls to the books: kept by day, so that a budget holds across runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bridge.store import DayCalls, Store
from bridge.systems.base import AccountingReader, books_of


def keep_calls(store: Store, systems: Iterable[AccountingReader]) -> None:
    """Add what these adapters counted since they were made. Once, when they are done with."""
    counted = [
        (system, day, calls) for system in systems for day, calls in system.calls().by_day.items()
    ]
    if not counted:
        return
    with store.begin() as work:
        for system, day, calls in counted:
            made = DayCalls(total=calls.total, metered=calls.metered, throttled=calls.throttled)
            work.calls.count(books_of(system), day, made)


def metered_on(day: date, store: Store, system: AccountingReader) -> int:
    """Metered calls of a UTC day: those of runs that ended, and this one's so far."""
    with store.read() as work:
        before = work.calls.between(books_of(system), day, day).metered
    ours = system.calls().by_day.get(day)
    return before + (ours.metered if ours else 0)
