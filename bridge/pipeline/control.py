"""Journal entries and the like that people booked on receivables, with no document behind them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bridge.core.books import ControlEntry
from bridge.core.tie_out.reconciliation import Notice
from bridge.errors import TryLater
from bridge.store import Work
from bridge.store.reconcile_queries import ReconcileQueries
from bridge.systems.base import AccountingReader, books_of


def entered_by_hand(
    system: AccountingReader,
    currencies: Collection[str],
    told: Sequence[ControlEntry] | None = None,
) -> tuple[list[ControlEntry], list[Notice]]:
    """The journal entries on receivables in these currencies; with no currency given, none is asked
    for.

    A product that does not answer costs the explanation, not the comparison: the difference stays
    unexplained, and a notice says why.
    """
    if not currencies:
        return [], []
    try:
        entries = system.control_entries() if told is None else told
        return [e for e in entries if e.currency in currencies], []
    except TryLater as error:
        return [], [Notice("control.unread", error.what)]


def our_borrowers(
    work: Work, system: AccountingReader, entries: Collection[ControlEntry]
) -> set[str]:
    """The customers named by these entries that are borrowers of ours."""
    named = {customer for entry in entries for customer in entry.customers}
    queries = ReconcileQueries.on(work)
    return queries.are_borrowers(books_of(system), named)
