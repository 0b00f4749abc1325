"""Who put on the receivable account what no document accounts for."""

from __future__ import annotations

from collections.abc import Collection

from bridge.core.books import ControlEntry
from bridge.core.reconciliation import Notice
from bridge.errors import TryLater
from bridge.store import Work
from bridge.store.reconcile_queries import ReconcileQueries
from bridge.systems.base import AccountingReader


def entered_by_hand(
    system: AccountingReader, currencies: Collection[str]
) -> tuple[list[ControlEntry], list[Notice]]:
    """The entries in these currencies. None is asked for when there is nothing to explain.

    A product that does not answer costs the explanation, not the comparison: what is left stays
    unexplained, and a notice says why.
    """
    if not currencies:
        return [], []
    try:
        return [e for e in system.control_entries() if e.currency in currencies], []
    except TryLater as error:
        return [], [Notice("control.unread", str(error))]


def our_borrowers(
    work: Work, system: AccountingReader, entries: Collection[ControlEntry]
) -> set[str]:
    """Which of the customers that these entries name are borrowers of ours."""
    named = {customer for entry in entries for customer in entry.customers}
    queries = ReconcileQueries.on(work)
    return queries.are_borrowers(system.name, system.company_id, named)
