"""Fetching documents by id so that one that gets no answer never costs the others theirs."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.core.books import Kind, PostedDocument
from bridge.core.patience import short
from bridge.errors import TryLater
from bridge.systems.base import AccountingReader

BY_THEMSELVES = 20
"""So many are asked for one by one; more of them are the product's own trouble."""

Unread = dict[tuple[Kind, str], str]
"""Document of the books → what came back instead of it."""


def fetched(
    system: AccountingReader, kind: Kind, external_ids: Sequence[str], unread: Unread
) -> dict[str, PostedDocument]:
    """Those that were told, by id; adds to `unread` what got no answer even alone.

    Raises TryLater where the product asks to wait, or where it is not these documents' trouble.
    """
    if not external_ids:
        return {}
    try:
        return system.fetch(kind, external_ids)
    except TryLater as trouble:
        if trouble.retry_after_s is not None or len(unread) >= BY_THEMSELVES:
            raise
        if len(external_ids) == 1:
            unread[kind, external_ids[0]] = short(str(trouble))
            return {}
    half = len(external_ids) // 2
    first = fetched(system, kind, external_ids[:half], unread)
    return first | fetched(system, kind, external_ids[half:], unread)
