"""Whether something to be posted is in the books already, entered by somebody's hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bridge.core.books import Customer, Transaction
from bridge.core.change.lookalike import Likeness, Stranger, likeness
from bridge.core.delivery import Operation
from bridge.core.identity import BooksId, base_reference
from bridge.core.mapping.booking import Booking
from bridge.core.plan import Change
from bridge.store import Work

_KNOWN_BY_HEART = 50_000
"""Totals kept in memory, so that most documents are told apart without asking the database."""


class Lookalikes:
    """The search, during one plan, for strangers in the books as they were read last."""

    def __init__(self, work: Work, where: BooksId, booking: Booking) -> None:
        self._work = work
        self._where = where
        self._days = booking.mapping.policies.lookalike_days
        work.strangers.recognise(where)
        self._totals = work.strangers.totals(where, _KNOWN_BY_HEART)
        self._alone = self._totals == set()
        prefixes = [] if self._alone else work.ledger.prefixes()
        self._numbers = work.strangers.numbers(where, prefixes)
        self._apart = set() if self._alone else work.strangers.told_apart()

    def of(self, changes: Iterable[Change], customer: Customer | None) -> list[Likeness]:
        """Every stranger that may be one of the documents to be created."""
        if self._alone or customer is None:
            return []
        return [found for change in changes for found in self._candidates(change, customer)]

    def _candidates(self, change: Change, customer: Customer) -> Iterator[Likeness]:
        wanted = change.document
        if change.operation is not Operation.CREATE or isinstance(wanted, Customer):
            return
        base = base_reference(wanted.reference)
        strangers = list(self._strangers(wanted, base))
        if not strangers:  # of nearly every document
            return
        bound = self._work.bindings.customer(self._where, wanted.customer)
        customer_id = bound.external_id if bound else ""
        seen: set[str] = set()
        for stranger in strangers:
            found = likeness(wanted, customer, customer_id, stranger, self._days)
            external_id = stranger.document.external_id
            if found and external_id not in seen and (base, external_id) not in self._apart:
                seen.add(external_id)
                yield found

    def _strangers(self, wanted: Transaction, base: str) -> Iterator[Stranger]:
        if wanted.kind in self._numbers.get(base, ()):
            yield from self._work.strangers.with_number(self._where, wanted.kind, base)
        if self._totals is None or wanted.total in self._totals:
            yield from self._work.strangers.of_total(self._where, wanted.kind, wanted.total)
