"""The freshness of books that are read by what changed, and the figure that proves the reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from bridge.core.books import ControlEntry, EntryKind, Kind
from bridge.core.message import message
from bridge.core.tie_out.reconciliation import Notice
from bridge.errors import TryLater
from bridge.store import Store, Work
from bridge.store.mirror_parts import MirrorParts
from bridge.systems.base import AccountingReader, ReadInPart, books_of

ZERO = Decimal(0)
_NAME = "in_part"
_BESIDE = frozenset({EntryKind.JOURNAL, EntryKind.OPENING_BALANCE, EntryKind.REVALUATION})
"""What moves a receivable account and no document. A refund moves what a receipt has open too."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The freshness of one company's mirror."""

    whole_since: date
    """Each document has been read on this day or later."""
    round_from: date
    """The last day before the round of readings that is going on."""
    page: int = 0
    """Pages of receipts that were read in it."""
    beyond: dict[str, Decimal] | None = None
    """Currency → what the receivable accounts held beyond documents when all of it was read."""

    beside: dict[str, Decimal] | None = None
    """Account → its balance without the lines of our documents, when invoices were opened last."""
    unopened: dict[str, str] = {}
    """Id of an invoice that moved because we paid it and was not opened → its version."""
    opened_on: date | None = None
    """The day on which those were opened last whose turn it was."""

    def back(self, pages: int) -> Standing:
        return self.at(max(self.page - pages, 0))

    def at(self, page: int) -> Standing:
        return msgspec.structs.replace(self, page=page)

    def next_round(self, begun: date, today: date) -> Standing:
        return msgspec.structs.replace(self, whole_since=begun, round_from=today, page=0)


def standing_of(work: Work, system: AccountingReader) -> Standing | None:
    """None: the books were never read to the end by a program that reads in part."""
    told = work.mirror.cursor(books_of(system), _NAME)
    return msgspec.json.decode(told, type=Standing) if told else None


def keep_standing(work: Work, system: AccountingReader, standing: Standing) -> None:
    told = msgspec.json.encode(standing).decode()
    work.mirror.set_cursor(books_of(system), told, _NAME)


def adds_up(
    store: Store,
    system: AccountingReader,
    beyond: Mapping[str, Decimal],
    room: Callable[[str], Decimal],
    *,
    fully: bool,
) -> tuple[bool, list[ControlEntry] | None]:
    """True where receivable accounts hold as much beyond documents (`beyond`) and people's entries
    as when everything was read. Only a change that was not read moves it, so False means
    that everything must be. Read `fully`, it is written down. Also the entries, where asked for.
    """
    part = system.in_part
    if part is None or part.every_days <= 1:
        return True, None
    with store.read() as work:
        standing = standing_of(work, system)
        if work.mirror.size(books_of(system)) < part.worth_it_from:
            return True, None
    if standing is None:
        return fully, None
    try:
        entries = list(system.control_entries())
    except TryLater:
        return fully, None
    rest = dict(beyond)
    for entry in entries:
        if entry.kind in _BESIDE:
            rest[entry.currency] = rest.get(entry.currency, ZERO) - entry.amount
    if fully:
        with store.begin() as work:
            keep_standing(work, system, msgspec.structs.replace(standing, beyond=rest))
        return True, entries
    before = standing.beyond or {}
    return all(
        abs(rest.get(currency, ZERO) - before.get(currency, ZERO)) <= room(currency)
        for currency in {*rest, *before}
    ), entries


def notices(work: Work, system: AccountingReader) -> list[Notice]:
    """Since when all of it has been read, and until when a change that moves no figure may stay
    unseen."""
    standing, part = standing_of(work, system), system.in_part
    if standing is None or part is None:
        return []
    days = part.every_days * (2 if standing.unopened else 1)
    until = part.today() + timedelta(days=days)
    return [
        Notice("read.in_part", standing.whole_since.isoformat()),
        Notice("read.unseen_until", until.isoformat()),
        *_too_many_calls(work, system, part),
    ]


def _too_many_calls(work: Work, system: AccountingReader, part: ReadInPart) -> list[Notice]:
    """The notice that comes before readings take the calls that payments need.

    The last morning of a round may take half a day's calls; a reading of everything, which any
    morning may come to, must fit in a day: it would never end otherwise.
    """
    allowed, parts, where = part.calls_a_day(), MirrorParts.on(work), books_of(system)
    if allowed is None:
        return []

    def pages(*kinds: Kind) -> int:
        return sum(-(-parts.count(where, kind) // part.page_size) for kind in kinds)

    besides = pages(Kind.CUSTOMER, Kind.INVOICE, Kind.CREDIT_NOTE)
    besides += parts.count(where, Kind.APPLICATION)  # each is opened
    receipts = pages(Kind.RECEIPT)
    morning, whole = besides + -(-receipts // part.every_days), besides + receipts
    if 2 * morning <= allowed and whole <= allowed:
        return []
    told = message("calls_of_readings", morning=morning, whole=whole, allowed=allowed)
    return [Notice("read.too_many_calls", told)]
