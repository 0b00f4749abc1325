"""After a copy of the state was put in place: the books may hold more than the state knows.

A key protects against a second document only as long as the product remembers it. So until the
ledger has moved on from the day of the restoring, everything new is looked up before it is sent;
and always what the books had more than once, since a person may have left one of them, and what was
given up, since nobody knows what became of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

from bridge.core.delivery import Operation, Outcome, Outgoing, Unavailable
from bridge.core.tie_out.patience import A_FEW
from bridge.errors import TryLater
from bridge.pipeline.absence import find_surely, outcome_of
from bridge.pipeline.context import Time
from bridge.store import Store
from bridge.systems.base import AccountingSystem, books_of


def safe_to_post_with(store: Store, system: AccountingSystem, clock: Time) -> AccountingSystem:
    """The system; it looks before it creates what the books may have already."""
    return cast(AccountingSystem, _LooksFirst(store, system, clock))


def caught_up(store: Store, system: AccountingSystem, as_of: date, now: datetime) -> None:
    """Trust the state again once a delivery of a later day has been posted as a whole.

    It has every row that the state had not, so each of them has been looked up by now.
    """
    with store.read() as work:
        restored = work.marks.restored_at(books_of(system))
    if restored and as_of > date.fromisoformat(restored[:10]):
        with store.begin() as work:
            work.marks.trust_again(books_of(system), now.isoformat())


class _LooksFirst:
    """An accounting system whose new documents are looked up before they are sent: all of them
    where the state may be behind the books, else those that were there more than once or of which
    nobody knows."""

    def __init__(self, store: Store, system: AccountingSystem, clock: Time) -> None:
        self._store, self._system, self._clock = store, system, clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._system, name)

    def post(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """Post what is not there already; the outcome of what is there comes from looking it up.
        Raises what looking up raises."""
        if not batch or batch[0].operation is not Operation.CREATE:
            return self._system.post(batch)
        where = books_of(self._system)
        references = [each.document.reference for each in batch]
        with self._store.read() as work:
            everything = bool(work.marks.restored_at(where))
            unsure = work.strangers.were_several(where, references)
            unsure |= work.trials.given_up(where, references)
        asked = [each for each in batch if each.document.reference in unsure]
        there = self._all_known(batch) if everything else self._known(asked)
        absent = [each for each in batch if each.document.reference not in there]
        sent = iter(self._system.post(absent) if absent else ())
        return [there.get(each.document.reference) or next(sent) for each in batch]

    def _all_known(self, batch: Sequence[Outgoing]) -> dict[str, Outcome]:
        """The outcomes of those writes that the books have already, by one question where that is
        answered."""
        try:
            return self._there(batch)
        except TryLater:
            return self._known(batch)

    def _known(self, asked: Sequence[Outgoing]) -> dict[str, Outcome]:
        """The outcomes of those writes that the books have already, by a question for each; one
        about which the books do not say is not sent. Raises TryLater when they say nothing of
        several, which is the product's trouble."""
        found: dict[str, Outcome] = {}
        untold = 0
        for place, each in enumerate(asked):  # a question without an answer costs nobody else's
            try:
                found |= self._there([each])
            except TryLater as trouble:
                untold += 1
                if place == untold - 1 == A_FEW:
                    raise
                cause = f"not sent, since the books do not say whether they have it: {trouble}"
                found[each.document.reference] = Unavailable(cause, this_pass=False)
        return found

    def _there(self, asked: Sequence[Outgoing]) -> dict[str, Outcome]:
        links: dict[str, str] = {}
        for outgoing in asked:
            links |= outgoing.links
        wanted = [outgoing.document for outgoing in asked]
        found = find_surely(self._system, self._clock, wanted[0].kind, wanted, links)
        return {reference: outcome_of(reference, each) for reference, each in found.items()}
