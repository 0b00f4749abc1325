"""The questions that the bridge asks of an accounting system, in the bridge's words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

import msgspec

from bridge.core.books import (
    Chart,
    ControlEntry,
    Document,
    Found,
    HandEntry,
    Kind,
    MadeInBooks,
    PostedDocument,
)
from bridge.core.delivery import Outcome, Outgoing
from bridge.core.identity import BooksId
from bridge.core.message import Detail


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """The things that the product can do. `core` and `pipeline` ask this, never which product it
    is."""

    line_target: str
    """"item" or "account": what a line of an invoice points at."""
    void: frozenset[Kind]
    """Kinds that can be taken back, by void or by deletion."""
    update: frozenset[Kind]
    claim_size: int
    """How many entries of one kind are handed to `post` at once."""
    unique_numbers: frozenset[Kind]
    """Kinds for which the product itself refuses a second document of the same number."""
    name_length: int
    name_forbidden: str
    memo_length: int
    description_length: int
    one_currency_per_customer: bool
    unique_names: bool
    receipt_parts: bool = False
    """True: a receipt is for one invoice and its whole total, or for none: then it is credit, and
    an update changes what it is put to use for, and nothing else."""
    sales_in_account_currency: bool = False
    """Whether money that is income at once is booked in the currency of the account it goes to."""
    dated_uses: bool = False
    """True: what credit is put to use for has a day of its own, the later of the credit's and the
    invoice's: it may change although the credit is of a closed month."""
    two_steps: bool = False
    """True: a document is made as a draft and then made to count. One that stopped half-way is not
    in the books, and posting it again takes it up."""
    items_rebook: bool = False
    """True: another account for an item may take along what was posted with it, and no document
    tells."""
    listed_in_part: frozenset[Kind] = frozenset()
    """Kinds of which a listing leaves out what they are made of: their lines, or what they settle.
    One that somebody wrote is fetched before it counts as the same."""
    change_feed_days: int
    """How far back `changes` can see; 0 when there is no such feed."""


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """The documents that moved in the books since a cursor. Deleted documents have status
    DELETED."""

    documents: tuple[PostedDocument, ...]
    cursor: str
    complete: bool
    """False when the window was too long or too full: read everything instead."""


Known = Callable[[Kind, Sequence[str]], Mapping[str, PostedDocument]]
"""Those of some documents that are known already, by external id."""


class Since(msgspec.Struct, frozen=True, kw_only=True):
    """The facts that books without a feed of changes tell of the time since a cursor."""

    documents: tuple[PostedDocument, ...]
    """What was made or written, as far as lists tell it, and each invoice with anything open."""
    listed: Mapping[Kind, frozenset[str]]
    """Kind → the ids of all its documents, where its list was read to the end."""
    complete: bool
    """False when a list did not heed what it was asked: read everything instead."""


class ReadInPart(Protocol):
    """Reading what changed where no feed tells it, and what proves that nothing else did."""

    every_days: int
    """What shows in no figure is read afresh within so many days; 1: everything, each day."""
    worth_it_from: int
    """Books with fewer documents cost no more calls when they are read in full."""
    page_size: int

    def today(self) -> date:
        """The day on which the books are read."""

    def calls_a_day(self) -> int | None:
        """The calls that the product allows in a day, for all programs together, as it told last.
        None where it does not say. Asks for nothing."""

    def since(self, cursor: str, known: Known) -> Since:
        """The documents made or written since, and those with anything open. Deletions are not in
        it."""

    def are_exactly(self, kind: Kind, count: int) -> bool:
        """Whether the books have so many documents of a kind, in any state. One call."""

    def of_customer(self, customer_id: str) -> Iterator[PostedDocument]:
        """All receipts, credit notes and their applications of one customer; others may be among
        them."""

    def pages(self, kind: Kind, first: int, last: int) -> Iterator[PostedDocument]:
        """The documents of a kind on some pages of its list, oldest first."""


class Newest(msgspec.Struct, frozen=True, kw_only=True):
    """The documents made in the books since some cursors; those made before may be among them."""

    made: tuple[MadeInBooks, ...] = ()
    cursors: Mapping[Kind, str] = {}
    complete: bool = True
    """False when the window was too long or too full: read everything instead."""

    @staticmethod
    def by(changes: Changes, kinds: Collection[Kind]) -> Newest:
        """The newest documents as a feed of changes tells them."""
        return Newest(
            made=tuple(map(MadeInBooks.of, changes.documents)),
            cursors=dict.fromkeys(kinds, changes.cursor),
            complete=changes.complete,
        )


class HandEntries(msgspec.Struct, frozen=True, kw_only=True):
    """The entries that people made beside documents since a cursor; one that they took back has no
    legs."""

    entries: tuple[HandEntry, ...] = ()
    cursor: str = ""
    complete: bool = True
    """False when the window was too long or too full: ask for everything instead."""
    refused: str = ""
    """Why the product does not let this login see them; then nothing is told."""
    untold: Mapping[str, str] = {}
    """Id of an entry that is there and is not told → what came back instead. It is asked for again
    when it is among `known`."""


class CallCount(msgspec.Struct, frozen=True, kw_only=True):
    """Calls since the adapter was made: all of them, the metered ones, and refusals for rate."""

    total: int
    metered: int
    throttled: int
    by_day: Mapping[date, CallCount] = {}
    """The same for each UTC day, by which products meter; the inner ones have none."""


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one thing that a company should have for the bridge, in words."""

    what: Detail
    state: Literal["made", "there", "missing"]
    why: Detail = ""
    """Why it is missing."""
    advice: Detail = ""


class AccountingReader(Protocol):
    """One company's books in one accounting product, to look at.

    REFERENCE    our name for a document; printed on it; unique in the company.
    EXTERNAL ID  the product's name for the same document.
    KEY          sent with a write; the same key never makes two documents.

    Every method raises `LoginRequired` when the connection has ended, and `TryLater` when the
    product cannot be reached or answered in a way that says nothing (then nothing is concluded).
    """

    name: str
    company_id: str
    capabilities: Capabilities
    in_part: ReadInPart | None
    """How changes are read where `changes` cannot tell them; None: it can."""

    def chart(self) -> Chart:
        """Company facts (home currency, lock date, ...), accounts with balances, items, lists.

        Few calls; what does not change within a run is asked for once.
        """

    def find(
        self, kind: Kind, wanted: Sequence[Document], links: dict[str, str]
    ) -> dict[str, Found]:
        """The documents of `wanted` that exist in the books, by reference.

        Looked up by number, payment reference or name, whatever the product can search by, and
        then checked to be ours. A reference left out is surely not there now; doubt is TryLater;
        whether a write of it may still come is what `settles_in_s` says.
        Voided documents are returned with their status; `Several` are a person's to judge.
        """

    def read(self, kinds: Sequence[Kind]) -> Iterator[PostedDocument]:
        """Every document of these kinds that is not deleted, streamed page by page.

        A truncated or failing page raises TryLater; the end of the stream is the end of the books.
        """

    def changes(self, kinds: Sequence[Kind], cursor: str) -> Changes:
        """Everything that changed since the cursor (by anyone), deletions included."""

    def newest(self, kinds: Sequence[Kind], cursors: Mapping[Kind, str]) -> Newest:
        """The documents made in the books, by anyone, since the cursors that it gave the last time.

        Asked before a pass writes, so in as few calls as it takes: one, or one for each list. Of a
        kind without a cursor at least the newest page is told, or the answer is not complete.
        """

    def cursor(self) -> str:
        """A cursor for "from now on", with some overlap backwards. By the product's clock."""

    def fetch(self, kind: Kind, external_ids: Sequence[str]) -> dict[str, PostedDocument]:
        """The documents as they are now, by external id; one left out is surely gone."""

    def control_entries(self) -> Iterator[ControlEntry]:
        """The entries that a person put on the receivable accounts besides invoices, receipts,
        credit notes.

        Only asked when there is something to explain, since it may cost many calls. It explains
        and proves nothing: what the product does not tell is left out.
        """

    def hand_entries(
        self, lent: Collection[str], income: Collection[str], cursor: str, known: Collection[str]
    ) -> HandEntries:
        """The entries of people that may move money from accounts of `lent` to accounts of
        `income`.

        With a cursor what changed since, in one or two calls where nothing did; without one all
        there is. Entries between other accounts may be among them or not. Of the entries of
        before, `known` names those that are to be told again if they are no more, or were not told.
        """

    def companies(self) -> Mapping[str, str]:
        """Id → name of the companies that the login reaches; empty where a login is for one."""

    def rate(self, currency: str, day: date) -> Decimal | None:
        """Home currency per unit of `currency` on that day, as the company's own list has it."""

    def calls(self) -> CallCount:
        """Calls made so far."""

    def probes(self) -> Iterator[tuple[str, str, str]]:
        """(topic, finding, advice) from the smallest harmless questions about uncertain facts.

        Writes nothing. The advice is empty where the finding is fine.
        """


class AccountingSystem(AccountingReader, Protocol):
    """Books that can be written to. A dry run never holds one."""

    def post(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """Carry out writes of one kind and one operation, in as few calls as the product allows.

        One outcome for each, in order; never raises for a single document. One bad document
        never costs another its outcome. Updates and voids read the document first and are
        `Drifted`, not sent, when the books no longer hold what `target` says we posted. A void
        of what is void or gone already is `Posted`. What carries a tax office's mark is `Rejected`
        (stamped), not sent: it is never changed or taken back.
        """

    def settles_in_s(self, references: Collection[str]) -> float:
        """Seconds until the product cannot be at work any more on a write of these documents
        whose answer was lost, now or in an earlier process; 0 when that is so already."""

    def set_up(self) -> Sequence[Prepared]:
        """Make what the company should have for the bridge and lacks; empty where that is nothing.

        A person's wish: no pass calls it. Done again, it makes nothing again. What the product
        refuses is told, with what to do; documents are posted without it all the same.
        """


def books_of(system: AccountingReader) -> BooksId:
    """The books that an adapter is of."""
    return BooksId(system.name, system.company_id)
