"""After a copy of the state was put in place: the books may hold more than the state knows.

A key protects against a second document only as long as the product remembers it. So until the
ledger has moved on from the day of the restoring, everything new is looked up before it is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

from bridge.core.delivery import Operation, Outcome, Outgoing, Posted
from bridge.store import Store
from bridge.systems.base import AccountingSystem


def safe_to_post_with(store: Store, system: AccountingSystem) -> AccountingSystem:
    """The system; one that looks before it creates when the state may be behind the books."""
    with store.read() as work:
        restored = work.restored_at(system.name)
    return cast(AccountingSystem, _LooksFirst(system)) if restored else system


def caught_up(store: Store, system: AccountingSystem, as_of: date, now: datetime) -> None:
    """Trust the state again once a delivery of a later day has been posted as a whole.

    It has every row that the state had not, so each of them has been looked up by now.
    """
    with store.read() as work:
        restored = work.restored_at(system.name)
    if restored and as_of > date.fromisoformat(restored[:10]):
        with store.begin() as work:
            work.trust_again(system.name, now.isoformat())


class _LooksFirst:
    """An accounting system whose new documents are looked up before they are sent."""

    def __init__(self, system: AccountingSystem) -> None:
        self._system = system

    def __getattr__(self, name: str) -> Any:
        return getattr(self._system, name)

    def post(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """As the system does, but for what is there already. Raises what looking up raises."""
        if not batch or batch[0].operation is not Operation.CREATE:
            return self._system.post(batch)
        links: dict[str, str] = {}
        for outgoing in batch:
            links |= outgoing.links
        wanted = [outgoing.document for outgoing in batch]
        found = self._system.find(wanted[0].kind, wanted, links)
        absent = [each for each in batch if each.document.reference not in found]
        sent = iter(self._system.post(absent) if absent else ())
        return [
            Posted(found[each.document.reference])
            if each.document.reference in found
            else next(sent)
            for each in batch
        ]
