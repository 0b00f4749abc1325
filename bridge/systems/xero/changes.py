"""The documents that moved since a cursor: every list asked with If-Modified-Since.

Any age will do; deleted and voided documents are told with their status. Whether the instant
itself is included is UNVERIFIED (FACTS X33), so cursors overlap. A few edits without money (a due
date on an invoice paid in part) may not count as changes: a full reading sees them (FACTS X32). A
cursor is a UTC instant by Xero's clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bridge.core.books import Kind, PostedDocument
from bridge.systems import truth
from bridge.systems.base import Changes
from bridge.systems.xero import reading, stamps
from bridge.systems.xero.translate import Company
from bridge.systems.xero.wire import Wire

DAYS = 365
"""Xero sets no limit; a longer time without a look is better ended by reading everything."""

_FIRST_YEAR = 2006
"""Xero is no older."""
_MANY = 50_000
"""Changed documents beyond which reading everything is the smaller work."""


def cursor_at(server_time: str, now: datetime | None = None) -> str:
    """A cursor for "from here on", by Xero's clock. Raises TryLater if none was told."""
    moment = stamps.instant(server_time)
    if moment is None or moment.year < _FIRST_YEAR:
        raise truth.untrue("Xero", "DateTimeUTC does not tell when it was given")
    return truth.cursor_at(moment, now)


def changes(
    wire: Wire, kinds: Sequence[Kind], cursor: str, now: datetime, company: Company
) -> Changes:
    """Every document of these kinds that was written or deleted since the cursor."""
    start = datetime.fromisoformat(cursor)
    if now - start > timedelta(days=DAYS):
        return Changes(documents=(), cursor=cursor, complete=False)
    moment = stamps.modified_since(start)
    following = ""
    found: dict[tuple[Kind, str], PostedDocument] = {}
    for resource in reading.resources(kinds):
        for raw in reading.since(wire, resource, moment):
            # The first answer's time: what moves between the calls is seen again next time.
            following = following or cursor_at(wire.server_time, now)
            for document in reading.documents(resource, raw, kinds, company):
                found[document.kind, document.external_id] = document
            if len(found) > _MANY:
                return Changes(documents=(), cursor=cursor, complete=False)
        following = following or cursor_at(wire.server_time, now)
    return Changes(documents=tuple(found.values()), cursor=following or cursor, complete=True)
