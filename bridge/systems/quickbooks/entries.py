"""The entries that people made in QuickBooks beside sales forms: journal entries and deposits.

Change data capture tells both in one call, deleted ones as stubs (FACTS Q26); neither can be
asked for by account (FACTS Q29). Cheques and expenses are from a bank or a card and not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bridge.core.books import EntryKind, HandEntry
from bridge.errors import QuestionRefused
from bridge.systems.base import HandEntries
from bridge.systems.quickbooks.answers import amount
from bridge.systems.quickbooks.changes import DAYS, captured, cursor_at
from bridge.systems.quickbooks.wire import Wire

_KINDS = {"JournalEntry": EntryKind.JOURNAL, "Deposit": EntryKind.DEPOSIT}
_DETAIL = {"JournalEntry": "JournalEntryLineDetail", "Deposit": "DepositLineDetail"}
_NO_DAY = date(1970, 1, 1)
"""Of a deleted entry, which tells none."""

Raw = dict[str, Any]


def entries(wire: Wire, cursor: str, now: datetime, home: str) -> HandEntries:
    """The entries made, changed or deleted since the cursor; without one all there is."""
    if not cursor:
        return _all(wire, now, home)
    if now - datetime.fromisoformat(cursor) > timedelta(days=DAYS):
        return HandEntries(cursor=cursor, complete=False)
    rows, complete = captured(wire, tuple(_KINDS), cursor)
    following = cursor_at(wire.server_time, now) if wire.server_time and complete else cursor
    latest = {(entity, raw["Id"]): _entry(entity, raw, home) for entity, raw in rows}
    return HandEntries(entries=tuple(latest.values()), cursor=following, complete=complete)


def _all(wire: Wire, now: datetime, home: str) -> HandEntries:
    # The time of an answer from before the reading, so that nothing entered meanwhile is missed.
    cursor = cursor_at(wire.server_time, now) if wire.server_time else now.isoformat()
    try:
        found = [_entry(entity, raw, home) for entity in _KINDS for raw in wire.rows(entity)]
    except QuestionRefused as refused:
        return HandEntries(refused=str(refused))
    return HandEntries(entries=tuple(found), cursor=cursor)


def _entry(entity: str, raw: Raw, home: str) -> HandEntry:
    gone = raw.get("status") == "Deleted"
    return HandEntry(
        kind=_KINDS[entity],
        external_id=raw["Id"],
        number=raw.get("DocNumber") or "",
        day=_NO_DAY if gone else date.fromisoformat(raw["TxnDate"][:10]),
        currency=(raw.get("CurrencyRef") or {}).get("value") or home,
        legs=() if gone else tuple(_legs(entity, raw)),
    )


def _legs(entity: str, raw: Raw) -> Iterator[tuple[str, Decimal]]:
    """Each line's account and amount; a deposit's lines are what the bank's debit comes from."""
    for line in raw.get("Line") or ():
        detail = line.get(_DETAIL[entity]) or {}
        account = (detail.get("AccountRef") or {}).get("value") or ""
        if account:
            debit = detail.get("PostingType") == "Debit"
            yield account, amount(line, "Amount") if debit else -amount(line, "Amount")
