"""Until when books wait because their product asked for it, for people to see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bridge.core.identity import BooksId
from bridge.core.tie_out.reconciliation import Notice
from bridge.store import Store, Work
from bridge.systems.base import AccountingReader, books_of


def waits_until(work: Work, where: BooksId, now: datetime) -> datetime | None:
    """When the first write may be sent of those that wait for their time alone; None: none does."""
    wait_s = work.outbox.due_in_s(where, now)
    return None if wait_s is None else now + timedelta(seconds=wait_s)


def asked_to_wait(store: Store, system: AccountingReader, now: datetime) -> list[Notice]:
    """The words of a report for a product that asked to wait."""
    with store.read() as work:
        until = waits_until(work, books_of(system), now)
    return [] if until is None else [Notice("books.wait", told(until))]


def told(moment: datetime) -> str:
    """A moment as every door tells it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
