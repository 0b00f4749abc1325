"""Whether a day's figures can be made of what is kept, and what of the books is after that day."""

from __future__ import annotations

from datetime import date

from bridge.core.message import message
from bridge.core.tie_out.as_of import refuse_untrue
from bridge.core.tie_out.reconcile import RECEIVABLE
from bridge.core.tie_out.reconciliation import Notice
from bridge.store import Store
from bridge.store.mirror_sums import MirrorSums
from bridge.store.reconcile_queries import ReconcileQueries
from bridge.systems.base import AccountingReader, books_of


def refuse_day_not_kept(store: Store, asked: date, today: date) -> None:
    """Raises DayNotKept for a day before the newest ledger's, and for one still to come."""
    with store.read() as work:
        days = [day for *_, day in ReconcileQueries.on(work).installations()]
    refuse_untrue(asked, days, today)


def dated_after(store: Store, system: AccountingReader, day: date) -> list[Notice]:
    """A notice where documents of the books are dated after the day and are in its figures all the
    same."""
    with store.read() as work:
        where = books_of(system)
        count = MirrorSums.on(work).dated_after(where, RECEIVABLE, day)
    return [Notice("books.after_day", message("count", number=count))] if count else []
