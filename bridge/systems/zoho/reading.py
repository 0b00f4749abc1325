"""Looking documents up in Zoho Books, in as few calls as it takes.

Filters are loose, or ignored without a word, so every row is compared here. Listings lag behind
writes by seconds to minutes, so absence is concluded only when so much time has passed since the
write that is in doubt (FACTS Z27, Z29).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from bridge.core.books import (
    CreditApplication,
    Customer,
    Document,
    Found,
    Kind,
    MadeInBooks,
    PostedDocument,
    Status,
)
from bridge.core.change.matching import differences
from bridge.errors import TryLater
from bridge.systems.apart import Untold
from bridge.systems.base import Newest
from bridge.systems.candidates import the_one
from bridge.systems.settling import Settling
from bridge.systems.zoho import posted as inward
from bridge.systems.zoho.marking import MARKED_AS, Marking
from bridge.systems.zoho.posted import Raw
from bridge.systems.zoho.shapes import list_of
from bridge.systems.zoho.translate import LISTING, NUMBER_FIELD, Company
from bridge.systems.zoho.wire import CONTACTS, JOURNALS, NOTES, Listing, Wire

_SEARCH_MAX = 100
"""The longest text that a search takes (FACTS Z34)."""
_REMEMBERED = 20
"""So many of the newest rows are known again, should some of them be deleted."""
_A_FEW = 3
"""More than so many are looked for among the newest documents first, one call for all; and so many
of those found by a part of their remarks are looked at."""


class Reading:
    """Questions about one organization's documents."""

    def __init__(
        self,
        wire: Wire,
        company: Callable[[], Company],
        settling: Settling,
        marking: Marking,
    ) -> None:
        self._wire = wire
        self._company = company
        self._settling = settling
        self._marking = marking

    def find(
        self, kind: Kind, wanted: Sequence[Document], links: Mapping[str, str]
    ) -> dict[str, Found]:
        """See base. What is asked for is in doubt: where its reply was lost between creation and
        marking, the second half of that write is done here, on the very document that was sent.
        Any other draft posts nothing and is left out.
        """
        found = self.look(kind, wanted, links)
        missing = [document for document in wanted if document.reference not in found]
        if missing and self._settling.wait(document.reference for document in missing):
            found |= self.look(kind, missing, links)
        return found

    def look(
        self, kind: Kind, wanted: Sequence[Document], links: Mapping[str, str]
    ) -> dict[str, Found]:
        """The documents of `wanted` that can be seen now, which says nothing about the others."""
        if kind is Kind.APPLICATION:
            return self._applications(wanted, links)
        if kind is Kind.CUSTOMER:
            return self._customers([each for each in wanted if isinstance(each, Customer)])
        found: dict[str, Found] = {}
        candidates = self._candidates(kind, wanted, links)
        for document in wanted:
            assert not isinstance(document, Customer)
            ours = self._details(kind, document, candidates.get(document.reference, ()))
            ours = self._out_of_drafts(kind, document, ours, links)
            if ours:
                documents = [inward.posted(kind, raw, self._company()) for raw in ours]
                customer = links.get(document.customer, "")
                found[document.reference] = the_one(documents, customer)
        return found

    def named(self, kind: Kind, document: Document) -> list[Raw]:
        """Whatever carries the document's number or name, ours or not, drafts too, in full."""
        field = NUMBER_FIELD[kind]
        name = document.name if isinstance(document, Customer) else document.reference
        same = [
            inward.text(raw, LISTING[kind].id)
            for raw in self._search(LISTING[kind], field, name)
            if folded(inward.text(raw, field)) == folded(name)
        ]
        return [raw for external_id in same if (raw := self._wire.one(LISTING[kind], external_id))]

    def load(self, kind: Kind, external_id: str) -> Raw | None:
        """The object behind a document as it is now; None when it is gone."""
        return self._wire.one(LISTING[kind], external_id)

    def credited(self, note_id: str) -> list[Raw]:
        """The invoices that a credit note is used for, each with the id of that use."""
        content = self._wire.get(f"creditnotes/{note_id}/invoices") or {}
        return list_of(content, "invoices_credited")

    def fetch(self, kind: Kind, external_ids: Sequence[str]) -> dict[str, PostedDocument]:
        """See base: one call each. A credit note that is used for nothing is no application."""
        found = {}
        for external_id in dict.fromkeys(external_ids):
            raw = self.load(kind, external_id)
            if raw is None:
                continue
            document = self.seen(kind, raw)
            if kind is not Kind.APPLICATION or document.total:
                found[external_id] = document
        return found

    def seen(self, kind: Kind, raw: Raw) -> PostedDocument:
        """An object in full in our words."""
        if kind is not Kind.APPLICATION:
            return inward.posted(kind, raw, self._company())
        used = inward.amount(raw, "total") != inward.amount(raw, "balance")
        credited = self.credited(inward.text(raw, NOTES.id)) if used else []
        return inward.application(raw, credited, self._company())

    def read(self, kinds: Sequence[Kind]) -> Iterator[PostedDocument]:
        """Every document of these kinds, page by page; a listing once for all kinds in it.

        Applications come from the listing of credit notes, by what is used of each. Recoveries
        are read one by one, since the listing of journals does not name their customers; one that
        is not told by itself comes as the listing has it.
        """
        company, untold = self._company(), Untold()
        listings = dict.fromkeys(LISTING[kind] for kind in kinds)
        for listing in listings:
            here = [kind for kind in kinds if LISTING[kind] is listing]
            for raw in self._wire.rows(listing, **everything(listing)):
                yield from self._documents(here, listing, raw, company, untold)

    def newest(self, kinds: Sequence[Kind], cursors: Mapping[Kind, str]) -> Newest:
        """See base. Each listing from its newest end, to the page with one of those that were the
        newest when it was looked at last: rows of payments tell no time at which they were made.
        Without such, one page. Rows are not opened: they tell the number, and that is enough.
        """
        made: dict[tuple[Kind, str], MadeInBooks] = {}
        following: dict[Kind, str] = {}
        for listing in dict.fromkeys(LISTING[kind] for kind in kinds):
            here = [kind for kind in kinds if LISTING[kind] is listing]
            before = {name for kind in here for name in cursors.get(kind, "").split() if name}
            ids: list[str] = []
            for rows in self._pages_back(listing, before):
                ids += [inward.text(raw, listing.id) for raw in rows]
                for kind in here:
                    made |= {(kind, each.external_id): each for each in _made(kind, listing, rows)}
            following |= dict.fromkeys(here, " ".join(ids[:_REMEMBERED]))
        return Newest(made=tuple(made.values()), cursors=following)

    def _pages_back(self, listing: Listing, before: Collection[str]) -> Iterator[list[Raw]]:
        options = {"sort_column": listing.newest, "sort_order": "D", **everything(listing)}
        pages = self._wire.pages(listing)
        for number in itertools.count(1):
            rows, more = self._wire.page(listing, number, **options)
            yield rows
            known = any(inward.text(raw, listing.id) in before for raw in rows)
            if not more or known or not before:
                return
            pages.turn(len(rows))

    def _documents(
        self,
        kinds: Sequence[Kind],
        listing: Listing,
        raw: Raw,
        company: Company,
        untold: Untold,
    ) -> Iterator[PostedDocument]:
        if listing is CONTACTS and raw.get("contact_type", "customer") != "customer":
            return
        if listing is JOURNALS:
            if not inward.is_sale(raw):
                return
            journal_id = inward.text(raw, listing.id)
            try:
                whole = self._wire.one(listing, journal_id)
            except TryLater as trouble:
                untold.leave(journal_id, trouble)
                whole = raw
            if whole is None:
                return
            raw = whole
        for kind in kinds:
            document = inward.posted(kind, raw, company)
            if kind is not Kind.APPLICATION or document.total:
                yield document

    # ── looking up ───────────────────────────────────────────────────────────────────────────

    def _candidates(
        self, kind: Kind, wanted: Sequence[Document], links: Mapping[str, str]
    ) -> dict[str, list[str]]:
        """Reference → ids of what carries the number or name."""
        listing, field = LISTING[kind], NUMBER_FIELD[kind]
        names = {
            document.reference: folded(
                document.name if isinstance(document, Customer) else document.reference
            )
            for document in wanted
        }
        found: dict[str, list[str]] = {}
        if len(wanted) > _A_FEW:
            newest, _ = self._wire.page(listing, 1, sort_order="D", **everything(listing))
            by_name: dict[str, list[str]] = {}
            for raw in newest:
                name = folded(inward.text(raw, field))
                by_name.setdefault(name, []).append(inward.text(raw, listing.id))
            found = {ref: by_name[name] for ref, name in names.items() if name in by_name}
        for document in wanted:
            if document.reference in found:
                continue
            same, narrowed = names[document.reference], {}
            if isinstance(document, Customer):
                rows = self._search(listing, field, document.name)
            else:
                if kind is Kind.RECEIPT and document.customer in links:
                    narrowed["customer_id"] = links[document.customer]
                rows = self._search(listing, field, document.reference, **narrowed)
            found[document.reference] = [
                inward.text(raw, listing.id)
                for raw in rows
                if folded(inward.text(raw, field)) == same
            ]
        return found

    def _customers(self, wanted: Sequence[Customer]) -> dict[str, Found]:
        """By name; else, since a bookkeeper may have renamed one, by the field for our reference
        where the organization has it, whatever else was changed; else by the remarks."""
        found: dict[str, Found] = {}
        for way in (self._so_named, self._so_marked, self._so_noted):
            missing = [each for each in wanted if each.reference not in found]
            if not missing:
                break
            for document, external_ids in way(missing):
                ours = self._details(Kind.CUSTOMER, document, external_ids)
                if ours:
                    seen = [inward.posted(Kind.CUSTOMER, raw, self._company()) for raw in ours]
                    found[document.reference] = the_one(seen, "")
        return found

    def _so_named(self, wanted: Sequence[Customer]) -> Iterator[tuple[Customer, list[str]]]:
        candidates = self._candidates(Kind.CUSTOMER, wanted, {})
        for document in wanted:
            yield document, candidates.get(document.reference, [])

    def _so_marked(self, wanted: Sequence[Customer]) -> Iterator[tuple[Customer, list[str]]]:
        """By the field for our reference. No filter knows it, but rows tell it."""
        if Kind.CUSTOMER not in self._company().fields:
            return
        missing = {document.reference: document for document in wanted}
        for raw in self._wire.rows(CONTACTS, **everything(CONTACTS)):
            document = missing.pop(inward.own_field(raw), None)
            if document is not None:
                yield document, [inward.text(raw, CONTACTS.id)]
            if not missing:
                return

    def _so_noted(self, wanted: Sequence[Customer]) -> Iterator[tuple[Customer, list[str]]]:
        """The search is by parts of words, and D1 is a part of D12: the newest few are looked at,
        where one that is in doubt must be."""
        for document in wanted:
            options = {"sort_order": "D", "search_text": document.reference}
            newest, _ = self._wire.page(CONTACTS, 1, **options)
            yield document, [inward.text(raw, CONTACTS.id) for raw in newest[:_A_FEW]]

    def _search(self, listing: Listing, field: str, value: str, **narrowed: str) -> Iterator[Raw]:
        key = field
        if len(value) > _SEARCH_MAX:
            key, value = f"{field}_startswith", value[:_SEARCH_MAX]
        return self._wire.rows(listing, **{key: value, **narrowed})

    def _details(self, kind: Kind, document: Document, external_ids: Iterable[str]) -> list[Raw]:
        """The candidates in full that are the document's own."""
        whole = [self._wire.one(LISTING[kind], external_id) for external_id in external_ids]
        there = [raw for raw in whole if raw is not None]
        if kind is not Kind.CUSTOMER:
            return there
        return [raw for raw in there if inward.is_ours(raw, document.reference)]

    def _out_of_drafts(
        self, kind: Kind, document: Document, ours: list[Raw], links: Mapping[str, str]
    ) -> list[Raw]:
        """Without drafts; if there are only drafts, the one that is what we sent, marked."""
        there = [raw for raw in ours if not inward.is_draft(raw)]
        if there or kind not in MARKED_AS:
            return there
        for raw in ours:
            marked = {**raw, "status": MARKED_AS[kind]}
            as_sent = inward.posted(kind, marked, self._company())
            if differences(document, as_sent, links):
                continue
            done = self._marking.one(kind, inward.text(raw, LISTING[kind].id))
            if done.cause:
                raise TryLater(f"{document.reference} is a draft in Zoho for now: {done.cause}")
            return [marked] if done.done else []
        return []

    def _applications(
        self, wanted: Sequence[Document], links: Mapping[str, str]
    ) -> dict[str, Found]:
        found: dict[str, Found] = {}
        for document in wanted:
            assert isinstance(document, CreditApplication), document.reference
            note_id = links.get(document.credit_note, "")
            for seen in self.fetch(Kind.APPLICATION, [note_id] if note_id else []).values():
                found[document.reference] = seen
        return found


def _made(kind: Kind, listing: Listing, rows: Iterable[Raw]) -> Iterator[MadeInBooks]:
    """The rows of a listing, each with the number that tells whose it is. A draft is not in the
    books."""
    for raw in rows:
        number = inward.text(raw, NUMBER_FIELD[kind])
        yield MadeInBooks(
            kind=kind,
            external_id=inward.text(raw, listing.id),
            number=inward.own_field(raw) if kind is Kind.CUSTOMER else number,
            live=inward.status(raw) is Status.LIVE,
        )


def folded(name: str) -> str:
    """A name as Zoho may compare it: without case and outer spaces (UNVERIFIED: FACTS Z40)."""
    return " ".join(name.split()).casefold()


def everything(listing: Listing) -> dict[str, str]:
    """The filter that makes a listing show all: of contacts the inactive ones too."""
    return {"filter_by": "Status.All"} if listing is CONTACTS else {}
