"""The entries that people made in Xero as manual journals.

Asked for with If-Modified-Since; voided and deleted ones are told with their status. A manual
journal may stand on any account but banks, customers and suppliers, and is in home currency
(FACTS X24). It needs a scope of its own (FACTS X4), which our older logins have not got.
Journals as such (`/Journals`) show everything, and only to the dearest tier (FACTS X38).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from bridge.core.books import EntryKind, HandEntry
from bridge.errors import LoginRequired, QuestionRefused
from bridge.systems.base import HandEntries
from bridge.systems.xero import stamps
from bridge.systems.xero.answers import account_told, amount
from bridge.systems.xero.changes import DAYS, cursor_at
from bridge.systems.xero.translate import Company
from bridge.systems.xero.wire import Wire

_NO_DAY = date(1970, 1, 1)
"""Of an entry that tells none."""

Raw = dict[str, Any]


def entries(wire: Wire, cursor: str, now: datetime, company: Company) -> HandEntries:
    """The entries made, changed or voided since the cursor; without one all there is."""
    if cursor and now - datetime.fromisoformat(cursor) > timedelta(days=DAYS):
        return HandEntries(cursor=cursor, complete=False)
    moment = stamps.modified_since(datetime.fromisoformat(cursor)) if cursor else ""
    # By an answer from before the reading, so that nothing entered meanwhile is missed.
    following = cursor_at(wire.server_time, now) if wire.server_time else cursor
    try:
        rows = list(wire.rows("ManualJournals", since=moment))
    except (QuestionRefused, LoginRequired) as refused:
        return HandEntries(refused=str(refused))
    found = tuple(_entry(raw, company) for raw in rows)
    return HandEntries(entries=found, cursor=following)


def _entry(raw: Raw, company: Company) -> HandEntry:
    counts = raw.get("Status") == "POSTED"
    lines = raw.get("JournalLines") or () if counts else ()
    return HandEntry(
        kind=EntryKind.JOURNAL,
        external_id=raw["ManualJournalID"],
        number=raw.get("Narration") or "",
        day=stamps.day(raw.get("Date")) or _NO_DAY,
        currency=company.home_currency,
        legs=tuple(
            (account_told(line, "AccountCode", company), amount(line, "LineAmount"))
            for line in lines
        ),
    )
