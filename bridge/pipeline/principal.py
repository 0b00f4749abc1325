"""Items for money lent that is income this morning, asked of the live books.

The chart is what the comparison reads anyway. What people entered is asked for since the last look;
what was seen then is kept beside the cursor, so that a morning on which nobody entered anything
costs no more than that question.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

import msgspec

from bridge.core.books import Chart, HandEntry, Kind
from bridge.core.tie_out import principal
from bridge.core.tie_out.items import Item
from bridge.core.tie_out.principal import BookingPlace
from bridge.pipeline.context import Books, System
from bridge.store import Store, Work
from bridge.systems.base import HandEntries

_CURSOR = "principal"


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The findings of an earlier look at the books, as they are kept."""

    cursor: str = ""
    lent: tuple[str, ...] = ()
    """Accounts that have ever carried what was lent."""
    income: tuple[str, ...] = ()
    """The accounts of income then."""
    stood: dict[str, Decimal] = {}
    """Account of what was lent → its balance when it was no income."""
    behind: dict[str, str] = {}
    """Item → the account behind it then."""
    rebooked: bool = False
    """Documents of ours stood on income then."""
    entries: tuple[HandEntry, ...] = ()
    untold: tuple[str, ...] = ()
    """Ids of entries that the books have and did not tell."""


_decode = msgspec.json.Decoder(Seen).decode


def last_seen(store: Store, books: Books[System], *, afresh: bool = False) -> Seen:
    """The findings of the last look at these books; empty where there was none. `afresh`: read what
    people entered again."""
    with store.read() as work:
        text = work.mirror.cursor(books.id, _CURSOR)
    found = _decode(text) if text else Seen()
    return msgspec.structs.replace(found, cursor="", entries=(), untold=()) if afresh else found


def keep(work: Work, books: Books[System], now: Seen) -> None:
    text = msgspec.json.encode(now).decode()
    work.mirror.set_cursor(books.id, text, _CURSOR)


def principal_items(books: Books[System], chart: Chart, last: Seen) -> tuple[list[Item], Seen]:
    """An item for each way in which what was lent is income, or is not told; and what to keep.

    Raises TryLater when the books do not answer: then nothing is concluded.
    """
    can = books.system.capabilities
    found, gone = principal.places(books.mapping, chart, can.line_target)
    income = principal.of_income(chart)
    lent = principal.lent_on(found, cutover=books.cutover is not None)
    ours = (lent - income) | set(last.lent)
    now = msgspec.structs.replace(
        last,
        lent=tuple(sorted(ours)),
        income=tuple(sorted(income)),
        stood=last.stood | {a.id: a.balance for a in chart.accounts if a.id in ours - income},
        behind={place.item: place.account for place in found if place.item},
    )
    items = gone + principal.on_income(found, ours, chart, now.stood)
    now, told = _entries(books, last, now, income - ours)
    if told.refused:
        items.append(principal.unread(told.refused))
    items += [principal.entry_unread(*each) for each in sorted(told.untold.items())]
    items += principal.to_income(now.entries, ours, chart, books.cutover)
    past = _posted(books, chart, found, last, now) if can.items_rebook else []
    return [*items, *past], msgspec.structs.replace(now, rebooked=bool(past))


def _entries(
    books: Books[System], last: Seen, now: Seen, income: Collection[str]
) -> tuple[Seen, HandEntries]:
    """The entries that people made up to now, and how the books told them."""
    if not now.lent:
        return now, HandEntries()
    # An account that has become income, or carries what was lent since, was not looked at so far.
    afresh = set(income) - set(last.income) or set(now.lent) - set(last.lent)
    cursor = "" if afresh else last.cursor
    known = {entry.external_id: entry for entry in last.entries} if cursor else {}
    names = (*known, *last.untold) if cursor else ()
    told = books.system.hand_entries(now.lent, income, cursor, names)
    if cursor and not told.complete:
        known = {}
        told = books.system.hand_entries(now.lent, income, "", ())
    if told.refused:
        return msgspec.structs.replace(now, cursor="", entries=tuple(known.values())), told
    known |= {entry.external_id: entry for entry in told.entries}
    kept = tuple(e for e in known.values() if _touches(e, now.lent) and _touches(e, income))
    untold = tuple(told.untold)
    return msgspec.structs.replace(now, cursor=told.cursor, entries=kept, untold=untold), told


def _touches(entry: HandEntry, accounts: Collection[str]) -> bool:
    return any(account in accounts for account, _ in entry.legs)


def _posted(
    books: Books[System], chart: Chart, found: tuple[BookingPlace, ...], last: Seen, now: Seen
) -> list[Item]:
    """Items for invoices whose lines of what was lent stand on income now.

    They are read only after somebody has put another account behind an item, and as long as they
    stand there: no document tells that an item has taken it along.
    """
    moved = any(last.behind.get(item, account) != account for item, account in now.behind.items())
    if not (moved or last.rebooked):
        return []
    lent = {place.item for place in found if place.purpose in {"principal", "opening"}}
    income = principal.of_income(chart)
    sums: dict[tuple[str, str, str], tuple[int, Decimal]] = {}
    for document in books.system.read((Kind.INVOICE,)):
        for line in document.lines:
            if line.item in lent and line.account in income and line.amount:
                place = (line.item, line.account, document.currency)
                count, total = sums.get(place, (0, Decimal(0)))
                sums[place] = (count + 1, total + line.amount)
    return principal.posted_to_income(sums, chart)
