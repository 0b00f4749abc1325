"""The journals that people entered in Zoho Books.

A listing has no lines, no time of change, and a filter by that time which some saw work as
equality; sorted by it, the latest come first, and each is read until one is older than the last
look. A morning without news is two calls. What was deleted leaves no trace and is asked for by id.
All of it: FACTS Z39.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bridge.core.books import EntryKind, HandEntry
from bridge.errors import LoginRequired, QuestionRefused, TryLater
from bridge.systems.apart import Untold
from bridge.systems.base import HandEntries
from bridge.systems.zoho import posted as inward
from bridge.systems.zoho.posted import amount, day, text
from bridge.systems.zoho.wire import JOURNALS, Wire

OVERLAP = timedelta(minutes=10)
"""Listings lag behind writes, and clocks differ."""
_READ_MAX = 200
"""Journals read one by one in one look. More have changed: then all are looked through."""
_PAGES_MAX = 100
_NO_DAY = date(1970, 1, 1)
"""Of an entry that is no more."""

Raw = dict[str, Any]


def entries(
    wire: Wire,
    lent: Collection[str],
    income: Collection[str],
    cursor: str,
    known: Collection[str],
    now: datetime,
) -> HandEntries:
    """The entries that changed since the cursor; without one all that touch both sides."""
    following = (now - OVERLAP).astimezone(UTC).isoformat()
    opened = _Opened(wire)
    try:
        if not cursor:
            both = _ids(wire, lent) & _ids(wire, income)
            told = [each for name in sorted(both) if (each := opened.entry(name))]
            return HandEntries(entries=tuple(told), cursor=following, untold=opened.untold.came)
        found = _changed(wire, opened, datetime.fromisoformat(cursor))
        if found is None:
            return HandEntries(cursor=cursor, complete=False)
        told = [_entry(raw) for raw in found.values()]
        for external_id in known:
            if external_id not in found and external_id not in opened.untold.came:
                again = opened.entry(external_id)
                told += [again] if again is not None else []
    except (QuestionRefused, LoginRequired) as refused:
        return HandEntries(refused=str(refused))
    return HandEntries(entries=tuple(told), cursor=following, untold=opened.untold.came)


class _Opened:
    """Journals opened one by one in one look. One that is not told never costs the others."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.untold = Untold()

    def one(self, external_id: str) -> Raw | None:
        """The journal; None where it is no more, or is added to those that are not told."""
        try:
            return self._wire.one(JOURNALS, external_id)
        except TryLater as trouble:
            self.untold.leave(external_id, trouble)
        return None

    def entry(self, external_id: str) -> HandEntry | None:
        """The journal in our words: one that is no more has no legs."""
        raw = self.one(external_id)
        if raw is not None:
            return _entry(raw)
        if external_id in self.untold.came:
            return None
        return HandEntry(kind=EntryKind.JOURNAL, external_id=external_id, day=_NO_DAY, currency="")


def _changed(wire: Wire, opened: _Opened, since: datetime) -> dict[str, Raw] | None:
    """The journals written since then, by id; None when they are too many to be read."""
    found: dict[str, Raw] = {}
    for number in range(1, _PAGES_MAX):
        latest = {"sort_column": "last_modified_time", "sort_order": "D"}
        page, more = wire.page(JOURNALS, number, **latest)
        for row in page:
            if inward.is_sale(row):
                continue  # our own recovery, whose lines are a bank and income
            raw = opened.one(text(row, JOURNALS.id))
            if raw is None:
                continue
            if _written(raw) < since:
                return found
            found[text(raw, JOURNALS.id)] = raw
            if len(found) >= _READ_MAX:
                return None
        if not more:
            return found
    return None


def _ids(wire: Wire, accounts: Collection[str]) -> set[str]:
    """The journals that touch one of the accounts."""
    return {
        text(row, JOURNALS.id)
        for account in sorted(accounts)
        for row in wire.rows(JOURNALS, account_id=account)
        if not inward.is_sale(row)
    }


def _written(raw: Raw) -> datetime:
    """When it was written last; just now, where that is not told."""
    try:
        moment = datetime.fromisoformat(inward.version(raw))
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _entry(raw: Raw) -> HandEntry:
    lines = raw.get("line_items") or ()
    if text(raw, "status") == "draft":
        lines = ()
    return HandEntry(
        kind=EntryKind.JOURNAL,
        external_id=text(raw, JOURNALS.id),
        number=text(raw, "reference_number") or text(raw, "entry_number"),
        day=day(raw, "journal_date") or _NO_DAY,
        currency=text(raw, "currency_code"),
        legs=tuple(
            (
                text(line, "account_id"),
                amount(line, "amount") * (1 if text(line, "debit_or_credit") == "debit" else -1),
            )
            for line in lines
        ),
    )
