"""Change data capture: what changed since a moment, by entity (FACTS Q26)."""

from __future__ import annotations

from itertools import islice

from bridge.sandbox.quickbooks import faults, schema
from bridge.sandbox.quickbooks.company import Company, moment_s
from bridge.sandbox.quickbooks.rendering import render, stub
from bridge.sandbox.quickbooks.tables import Row

DAYS = 30
MOST = 1000
DAY_S = 86_400
ELSEWHERE = frozenset(["estimate", "bill", "billpayment", "purchase", "purchaseorder"])
"""Entities that QuickBooks tells and this sandbox never has."""


def changes(company: Company, entities: str, since: str) -> Row:
    """Return full objects in the order of their update, deleted ones last, 1000 in all."""
    if not entities or not since:
        raise faults.missing("entities" if not entities else "changedSince")
    try:
        start = moment_s(since)
    except ValueError:
        raise faults.bad_format("changedSince", since) from None
    oldest = company.now_s() - DAYS * DAY_S
    if start < oldest:
        if company.settings.cdc_beyond_30_days == "error":
            raise faults.refused(
                "4001",
                "Invalid query",
                "QueryValidationError: changedSince must be within the last 30 days",
            )
        start = oldest
    room = MOST
    groups: list[Row] = []
    for name in entities.split(","):
        entity = schema.BY_PATH.get(name.strip().lower())
        if name.strip().lower() in ELSEWHERE:
            groups.append({})
            continue
        if entity is None or entity in schema.NOT_IN_CDC or name.strip() in schema.NOT_IN_CDC:
            raise faults.bad_enumeration("entities", name.strip())
        group = _group(company, entity, start, room)
        room -= len(group.get(entity, ()))
        groups.append(group)
    return {"CDCResponse": [{"QueryResponse": groups}], "time": company.time()}


def _group(company: Company, entity: str, start: int, room: int) -> Row:
    table = company.tables[entity]
    ids = list(islice(table.since(start), MOST + 1))[::-1]
    shown = [render(company, entity, table.rows[row_id]) for row_id in ids]
    gone = [row_id for row_id, moment in table.deleted.items() if moment >= start]
    shown += [stub(company, entity, row_id) for row_id in gone]
    if len(shown) > room:
        if company.settings.cdc_overflow == "error":
            raise faults.query_invalid(f"more than {MOST} objects changed")
        shown = shown[:room]
    if not shown:
        return {}
    return {
        entity: shown,
        "startPosition": 1,
        "maxResults": len(shown),
        "totalCount": len(shown),
    }
