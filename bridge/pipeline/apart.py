"""Fetching documents by id so that one that gets no answer never costs the others theirs."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.core.books import Kind, PostedDocument
from bridge.systems.apart import BY_THEMSELVES, told_apart
from bridge.systems.base import AccountingReader

Unread = dict[tuple[Kind, str], str]
"""Document of the books → what came back instead of it."""


def fetched(
    system: AccountingReader, kind: Kind, external_ids: Sequence[str], unread: Unread
) -> dict[str, PostedDocument]:
    """The documents that were told, by id; adds to `unread` those that got no answer even alone.

    Raises TryLater where the product asks to wait, or where it is not these documents' trouble.
    """
    room = max(BY_THEMSELVES - len(unread), 0)
    found, untold = told_apart(
        lambda part: system.fetch(kind, part), external_ids, system.chart, room
    )
    unread |= {(kind, external_id): came for external_id, came in untold.items()}
    return found
