"""The documents that moved since a cursor: QuickBooks' change data capture.

30 days back, 1000 objects an answer without continuation, deleted objects as stubs
(FACTS Q26). A cursor is a UTC instant by QuickBooks' clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bridge.core.books import Kind, PostedDocument
from bridge.errors import QuestionRefused
from bridge.systems import truth
from bridge.systems.base import Changes
from bridge.systems.quickbooks.answers import deleted, posted
from bridge.systems.quickbooks.reading import kind_of
from bridge.systems.quickbooks.shapes import rows_of
from bridge.systems.quickbooks.translate import ENTITY
from bridge.systems.quickbooks.wire import Wire

DAYS = 29
"""One day less than the limit: what happens beyond it nobody says (FACTS Q27)."""

_FULL = 1000

Raw = dict[str, Any]


def cursor_at(server_time: str, now: datetime | None = None) -> str:
    """A cursor for "from here on", by QuickBooks' clock. Raises TryLater if none was told."""
    if not server_time:
        raise truth.untrue("QuickBooks", "time does not tell when it was given")
    return truth.cursor_at(datetime.fromisoformat(server_time), now)


def changes(wire: Wire, kinds: Sequence[Kind], cursor: str, now: datetime, home: str) -> Changes:
    """Every document of these kinds that was written or deleted since the cursor.

    One call for all kinds; when its answer is full, one for each entity. An answer that is full
    even then may have been cut. Whether QuickBooks cuts or refuses what is too much is UNVERIFIED
    (FACTS Q27): a refusal counts as full.
    """
    if now - datetime.fromisoformat(cursor) > timedelta(days=DAYS):
        return Changes(documents=(), cursor=cursor, complete=False)
    entities = tuple(dict.fromkeys(ENTITY[kind] for kind in kinds))
    rows, complete = captured(wire, entities, cursor)
    # The oldest answer's time: what moves between the calls is seen again with the next cursor.
    following = cursor_at(wire.server_time, now) if wire.server_time else cursor
    if not complete and len(entities) > 1:
        parts = [captured(wire, (entity,), cursor) for entity in entities]
        complete = all(whole for _, whole in parts)
        rows = [row for part, _ in parts for row in part]
    latest = {(entity, raw["Id"]): (entity, raw) for entity, raw in rows}
    documents = [
        document
        for entity, raw in latest.values()
        for document in _documents(entity, raw, kinds, home)
    ]
    return Changes(
        documents=tuple(documents), cursor=following if complete else cursor, complete=complete
    )


def captured(
    wire: Wire, entities: Sequence[str], cursor: str
) -> tuple[list[tuple[str, Raw]], bool]:
    """(entity, object) pairs of one answer, and whether it can have been all."""
    try:
        content = wire.get("cdc", entities=",".join(entities), changedSince=cursor)
    except QuestionRefused:
        return [], False
    responses = content.get("CDCResponse")
    if not responses or not all(isinstance(r.get("QueryResponse"), list) for r in responses):
        raise truth.untrue("QuickBooks", "it tells neither changes nor that there are none")
    rows = [
        (entity, raw)
        for response in responses
        for part in response["QueryResponse"]
        for entity in entities
        for raw in rows_of(part, entity)
    ]
    return rows, len(rows) < _FULL


def _documents(entity: str, raw: Raw, kinds: Sequence[Kind], home: str) -> list[PostedDocument]:
    """One document; of a deleted payment, whose kind is lost, one for each kind it may have been.

    They carry the same id, so whoever knows the id takes the one it knows.
    """
    if raw.get("status") == "Deleted":
        return [deleted(kind, raw) for kind in kinds if ENTITY[kind] == entity]
    kind = kind_of(entity, raw)
    return [posted(kind, raw, home)] if kind in kinds else []
