"""Calls to the books are kept by day, company by company."""

from __future__ import annotations

from datetime import date, timedelta

from bridge.core.identity import BooksId
from bridge.store import DayCalls, Store

DAY = date(2026, 11, 30)
NEXT = DAY + timedelta(days=1)
BOOKS = BooksId("quickbooks", "9")


def test_calls_of_a_day_add_up_and_outlive_the_store(store: Store) -> None:
    for day, metered in ((DAY, 3), (DAY, 4), (NEXT, 5)):
        with store.begin() as work:
            calls = DayCalls(total=10, metered=metered, throttled=1)
            work.calls.count(BOOKS, day, calls)
    store.close()
    again = Store.open(f"sqlite:///{store.name}")
    with again.read() as work:
        assert work.calls.between(BOOKS, DAY, DAY) == DayCalls(total=20, metered=7, throttled=2)
        assert work.calls.between(BOOKS, DAY.replace(day=1), NEXT).metered == 12
    again.close()


def test_every_company_has_its_own_count(store: Store) -> None:
    with store.begin() as work:
        work.calls.count(BOOKS, DAY, DayCalls(total=1, metered=1))
        work.calls.count(BooksId("quickbooks", "10"), DAY, DayCalls(total=2, metered=2))
    with store.read() as work:
        assert work.calls.between(BOOKS, DAY, DAY).metered == 1
        assert work.calls.between(BooksId("xero", "unheard of"), DAY, DAY) == DayCalls()
