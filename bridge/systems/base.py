"""What the bridge asks of an accounting system, in the bridge's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

import msgspec

from bridge.core.books import Chart, Document, Kind, PostedDocument
from bridge.core.delivery import Outcome, Outgoing


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What the product can do. `core` and `pipeline` ask this, never which product it is."""

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
    """True: a receipt is for one invoice and its whole total, or for none (then it is credit)."""
    two_steps: bool = False
    """True: a document is made as a draft and then made to count. One that stopped half-way is not
    in the books, and posting it again takes it up."""
    change_feed_days: int
    """How far back `changes` can see; 0 when there is no such feed."""


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What moved in the books since a cursor. Deleted documents have status DELETED."""

    documents: tuple[PostedDocument, ...]
    cursor: str
    complete: bool
    """False when the window was too long or too full: read everything instead."""


class CallCount(msgspec.Struct, frozen=True, kw_only=True):
    """Calls since the adapter was made: all of them, the metered ones, and refusals for rate."""

    total: int
    metered: int
    throttled: int
    by_day: Mapping[date, CallCount] = {}
    """The same for each UTC day, by which products meter; the inner ones have none."""


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

    def chart(self) -> Chart:
        """Company facts (home currency, lock date, ...), accounts with balances, items, lists.

        Few calls; what does not change within a run is asked for once.
        """

    def find(
        self, kind: Kind, wanted: Sequence[Document], links: dict[str, str]
    ) -> dict[str, PostedDocument]:
        """Those of `wanted` that exist in the books, by reference.

        Looked up by number, payment reference or name, whatever the product can search by, and
        then checked to be ours. A reference left out is surely absent; doubt raises TryLater.
        Voided documents are returned with their status. Two candidates raise PersonNeeded.
        """

    def read(self, kinds: Sequence[Kind]) -> Iterator[PostedDocument]:
        """Every document of these kinds that is not deleted, streamed page by page.

        A truncated or failing page raises TryLater; the end of the stream is the end of the books.
        """

    def changes(self, kinds: Sequence[Kind], cursor: str) -> Changes:
        """Everything that changed since the cursor (by anyone), deletions included."""

    def cursor(self) -> str:
        """A cursor for "from now on", with some overlap backwards. By the product's clock."""

    def fetch(self, kind: Kind, external_ids: Sequence[str]) -> dict[str, PostedDocument]:
        """Those documents as they are now, by external id; one left out is surely gone."""

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
        of what is void or gone already is `Posted`, unless another live document carries its
        number: then somebody entered it again, and it is `Drifted`.
        """
