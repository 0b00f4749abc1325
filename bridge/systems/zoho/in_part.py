"""Changes in Zoho Books since a time, though no one list tells them.

Invoices and credit notes are filtered by their last change, contacts sorted by it (FACTS Z45);
payments tell no such time, so those that were made since are read, newest first, until known ones
come (FACTS Z33). A payment that is changed or taken away moves what its invoices have open, but
perhaps not their time of change (FACTS Z46), so every invoice with anything open is told too; and
an exact count tells of what is gone, which no list does (FACTS Z32).
The caller compares all of it with what it knows, and reads more where that does not add up.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime

from bridge.core.books import Kind, PostedDocument
from bridge.errors import TryLater
from bridge.systems.apart import Untold
from bridge.systems.base import Known, Since
from bridge.systems.needs import Clock
from bridge.systems.zoho import posted as inward
from bridge.systems.zoho.posted import Raw
from bridge.systems.zoho.reading import everything
from bridge.systems.zoho.settings import Settings
from bridge.systems.zoho.translate import LISTING, Company
from bridge.systems.zoho.wire import (
    CONTACTS,
    INVOICES,
    JOURNALS,
    NOTES,
    PAGE,
    PAYMENTS,
    Listing,
    Wire,
)

_KNOWN_AT_THE_END = 20
"""A page that ends with so many known payments is the last: what came later came before them."""
_STAMP = "%Y-%m-%dT%H:%M:%S%z"


class InPart:
    """See base: reading what changed, and what proves that nothing else did."""

    page_size = PAGE

    def __init__(
        self,
        wire: Wire,
        company: Callable[[], Company],
        settings: Settings,
        clock: Clock,
        calls_a_day: Callable[[], int | None],
    ) -> None:
        self.calls_a_day = calls_a_day
        self._wire = wire
        self._company = company
        self._clock = clock
        self.every_days = settings.whole_every_days
        self.worth_it_from = settings.in_part_from

    def today(self) -> date:
        return self._clock.now().date()

    def since(self, cursor: str, known: Known) -> Since:
        """See base."""
        moment = datetime.fromisoformat(cursor)
        told: dict[tuple[Kind, str], PostedDocument] = {}
        for listing in (INVOICES, NOTES):
            stamp = moment.astimezone(UTC).strftime(_STAMP)
            self._put(told, listing, self._wire.rows(listing, last_modified_time=stamp))
        filtered = set(told)
        owing = list(self._wire.rows(INVOICES, filter_by="Status.Unpaid"))
        self._put(told, INVOICES, owing)
        contacts, in_order = self._contacts(moment)
        self._put(told, CONTACTS, contacts)
        self._put(told, PAYMENTS, self._payments(known))
        sales, ids = self._journals(moment, known)
        self._put(told, JOURNALS, sales)
        # The filter is loose or ignored in places (FACTS Z27): what surely changed must be in it.
        heeded = all(
            (Kind.INVOICE, inward.text(raw, INVOICES.id)) in filtered
            for raw in owing
            if (written := _written(raw)) is not None and written > moment
        )
        return Since(
            documents=tuple(told.values()),
            listed={Kind.SALE: frozenset(ids)},
            complete=heeded and in_order,
        )

    def are_exactly(self, kind: Kind, count: int) -> bool:
        """See base. Oldest first and one to a page, the page of that number is the last one
        (FACTS Z47)."""
        listing = LISTING[kind]
        options = {"sort_order": "A", "sort_column": "created_time", **everything(listing)}
        rows, more = self._wire.page(listing, count or 1, per_page="1", **options)
        return bool(rows) == bool(count) and not more

    def of_customer(self, customer_id: str) -> Iterator[PostedDocument]:
        """See base."""
        for listing in (PAYMENTS, NOTES):
            for raw in self._wire.rows(listing, customer_id=customer_id):
                yield from self._documents(listing, raw)

    def pages(self, kind: Kind, first: int, last: int) -> Iterator[PostedDocument]:
        """See base."""
        listing = LISTING[kind]
        for number in range(first, last + 1):
            rows, more = self._wire.page(listing, number, sort_order="A", **everything(listing))
            for raw in rows:
                yield from self._documents(listing, raw)
            if not more:
                return

    def _put(
        self,
        told: dict[tuple[Kind, str], PostedDocument],
        listing: Listing,
        rows: Iterable[Raw],
    ) -> None:
        for raw in rows:
            for document in self._documents(listing, raw):
                told[document.kind, document.external_id] = document

    def _documents(self, listing: Listing, raw: Raw) -> Iterator[PostedDocument]:
        for kind, of in LISTING.items():
            if of is listing:
                yield inward.posted(kind, raw, self._company())

    def _contacts(self, moment: datetime) -> tuple[list[Raw], bool]:
        """The contacts that were changed since; and whether they came in the order asked for."""
        found: list[Raw] = []
        latest = {"sort_column": "last_modified_time", "sort_order": "D", **everything(CONTACTS)}
        before: datetime | None = None
        pages = self._wire.pages(CONTACTS)
        for number in itertools.count(1):
            rows, more = self._wire.page(CONTACTS, number, **latest)
            for raw in rows:
                written = _written(raw)
                if written is None or (before is not None and written > before):
                    return [], False
                before = written
            found += [raw for raw in rows if raw.get("contact_type", "customer") == "customer"]
            if not more or before is None or before < moment:
                return found, True
            pages.turn(len(rows))
        raise AssertionError("unreachable")

    def _payments(self, known: Known) -> Iterator[Raw]:
        newest = {"sort_column": PAYMENTS.newest, "sort_order": "D"}
        pages = self._wire.pages(PAYMENTS)
        for number in itertools.count(1):
            rows, more = self._wire.page(PAYMENTS, number, **newest)
            yield from rows
            ids = [inward.text(raw, PAYMENTS.id) for raw in rows]
            there = known(Kind.RECEIPT, ids)
            last = ids[-_KNOWN_AT_THE_END:]
            if not more or all(external_id in there for external_id in last):
                return
            pages.turn(len(rows))

    def _journals(self, moment: datetime, known: Known) -> tuple[list[Raw], set[str]]:
        """Our recoveries that are new or were written since, in full; and the ids of all of them.

        The list has no lines and no time, so the latest are opened until one is older.
        """
        opened: list[Raw] = []
        ids: set[str] = set()
        untold = Untold()
        latest, going = {"sort_column": "last_modified_time", "sort_order": "D"}, True
        pages = self._wire.pages(JOURNALS)
        for number in itertools.count(1):
            rows, more = self._wire.page(JOURNALS, number, **latest)
            ours = [raw for raw in rows if inward.is_sale(raw)]
            there = known(Kind.SALE, [inward.text(raw, JOURNALS.id) for raw in ours])
            for row in ours:
                journal_id = inward.text(row, JOURNALS.id)
                if not going and _as_known(row, there.get(journal_id)):
                    ids.add(journal_id)
                    continue
                try:
                    raw = self._wire.one(JOURNALS, journal_id)
                except TryLater as trouble:
                    untold.leave(journal_id, trouble)
                    raw = row
                if raw is None:
                    continue
                ids.add(journal_id)
                opened.append(raw)
                written = _written(raw)
                going = going and (written is None or written >= moment)
            if not more:
                return opened, ids
            pages.turn(len(rows))
        raise AssertionError("unreachable")


def _as_known(row: Raw, known: PostedDocument | None) -> bool:
    """True where the list tells of a journal what is known of it."""
    if known is None:
        return False
    told = (inward.text(row, "reference_number"), inward.day(row, "journal_date"))
    return told == (known.number, known.day) and inward.amount(row, "total") == known.total


def _written(raw: Raw) -> datetime | None:
    try:
        moment = datetime.fromisoformat(inward.version(raw))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
