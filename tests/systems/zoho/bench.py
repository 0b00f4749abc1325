"""A Zoho organization of the sandbox with an adapter on it, and documents to post."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from bridge.clock import ManualClock
from bridge.core.books import (
    Application,
    Chart,
    CreditApplication,
    CreditNote,
    Customer,
    Document,
    Invoice,
    Kind,
    Line,
    PostedDocument,
    Receipt,
    Sale,
)
from bridge.core.delivery import Binding, Operation, Outcome, Outgoing, Posted
from bridge.core.identity import BooksId, key
from bridge.credentials import MemoryCredentials
from bridge.sandbox.server import SandboxServer
from bridge.systems.transport import Timeouts
from bridge.systems.zoho.adapter import ZohoBooks
from bridge.systems.zoho.settings import Settings
from tests.systems.servers import Call, relay

ORGANIZATION = "600000000001"
DAY = date(2026, 11, 20)
DUE = date(2027, 5, 20)


CUSTOMER = Customer(reference="DYT-D1", loan="", facts="", name="Ana O'Hara", currency="COP")
HAND = {Kind.APPLICATION: "credit_note", Kind.SALE: "journal"}
"""The sandbox's words for kinds, where they are not ours."""


Doc = TypeVar("Doc", bound=msgspec.Struct)


def changed(document: Doc, **fields: object) -> Doc:
    """The document with other content."""
    return msgspec.structs.replace(document, **fields)


class Documents:
    """One document of each kind, on the items and accounts of an organization."""

    def __init__(self, chart: Chart) -> None:
        self.item = {item.name: item.id for item in chart.items}
        self.behind = {item.name: item.account_id for item in chart.items}
        self.account = {account.name: account.id for account in chart.accounts}
        common: dict[str, Any] = {
            "loan": "1",
            "facts": "",
            "customer": "DYT-D1",
            "day": DAY,
            "currency": "COP",
        }
        self.invoice = Invoice(
            reference="DYT-L1",
            due=DUE,
            memo="loan 1",
            lines=(
                self.line("Loan principal", "1000000.50", "Loan"),
                self.line("Loan interest", "200000"),
            ),
            **common,
        )
        self.receipt = Receipt(
            reference="DYT-P1",
            total=Decimal("300000"),
            deposit_account=self.account["Store cash"],
            applications=(Application("DYT-L1", Decimal(250000)),),
            method="cash",
            memo="ledger payment 1",
            **common,
        )
        self.note = CreditNote(
            reference="DYT-K1",
            lines=(self.line("Bad debt write-off", "400"),),
            **common,
        )
        self.application = CreditApplication(
            reference="DYT-A1",
            credit_note="DYT-K1",
            applications=(Application("DYT-L1", Decimal(400)),),
            **common,
        )
        self.sale = Sale(
            reference="DYT-V1",
            deposit_account=self.account["Store cash"],
            lines=(self.line("Recovery", "75.25"),),
            **common,
        )
        self.each = (
            CUSTOMER,
            self.invoice,
            self.receipt,
            self.note,
            self.application,
            self.sale,
        )

    def line(self, item: str, amount: str, description: str = "") -> Line:
        return Line(
            purpose=item,
            amount=Decimal(amount),
            description=description,
            item=self.item[item],
            account=self.behind[item],
        )

    def of(self, kind: Kind) -> Document:
        return next(document for document in self.each if document.kind is kind)


class TwinClock(ManualClock):
    """Takes the sandbox's clock along when somebody waits, so that nobody really does."""

    def __init__(self, url: str) -> None:
        super().__init__(datetime.now(UTC))
        self._url = url

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            control(self._url, "POST", "clock", {"seconds": seconds})
        super().sleep(seconds)


def control(url: str, method: str, path: str, wish: Any = None) -> Any:
    request = urllib.request.Request(
        f"{url}/_sandbox/{path}",
        method=method,
        data=None if wish is None else json.dumps(wish).encode(),
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return msgspec.json.decode(response.read())


def _nothing(_: Call) -> None:
    """What happens around an undisturbed call."""


class Bench:
    """Posts documents one by one and remembers their ids, as the pipeline would."""

    def __init__(self, url: str, settings: Settings, docs: Documents | None = None) -> None:
        clock = TwinClock(url)
        self.url = url
        self.settings = settings
        self.system = ZohoBooks(
            settings,
            MemoryCredentials(),
            clock,
            jitter=lambda: 0,
            timeouts=Timeouts(connect_s=60, read_s=60),
        )
        self.clock = clock
        self.docs = docs or Documents(self.system.chart())
        self.links: dict[str, str] = {}
        self.bound: dict[str, Binding] = {}

    def outgoing(
        self, document: Document, operation: Operation = Operation.CREATE, salt: str = ""
    ) -> Outgoing:
        return Outgoing(
            entry=1,
            operation=operation,
            key=key(
                BooksId("zoho", ORGANIZATION), operation, document.reference, document.digest + salt
            ),
            document=document,
            links=dict(self.links),
            target=None if operation is Operation.CREATE else self.bound[document.reference],
        )

    def post(
        self, document: Document, operation: Operation = Operation.CREATE, salt: str = ""
    ) -> Outcome:
        (outcome,) = self.system.post([self.outgoing(document, operation, salt)])
        if isinstance(outcome, Posted):
            self.remember(document, outcome.document)
        return outcome

    def posted(self, document: Document, operation: Operation = Operation.CREATE) -> PostedDocument:
        outcome = self.post(document, operation)
        assert isinstance(outcome, Posted), outcome
        return outcome.document

    def remember(self, document: Document, posted: PostedDocument) -> None:
        self.links[document.reference] = posted.external_id
        self.bound[document.reference] = Binding(
            reference=document.reference,
            external_id=posted.external_id,
            version=posted.version,
            generation=1,
            document=document,
            posted=posted,
        )

    def find(self, document: Document) -> PostedDocument | None:
        found = self.system.find(document.kind, [document], self.links)
        return found.get(document.reference)

    @contextmanager
    def disturbed(
        self, before: Callable[[Call], None] = _nothing, after: Callable[[Call], None] = _nothing
    ) -> Iterator[Bench]:
        """A second bench on the same books, where something happens before or after its calls."""
        with relay(self.url, before, after) as url:
            settings = settings_for(url, parallel=1, lag_s=self.settings.lag_s)
            other = Bench(self.url, settings, self.docs)
            other.links, other.bound = self.links, self.bound
            try:
                yield other
            finally:
                other.system.close()

    def now(self, document: Document) -> PostedDocument | None:
        external_id = self.links[document.reference]
        return self.system.fetch(document.kind, [external_id]).get(external_id)

    def control(self, method: str, path: str, wish: Any = None) -> Any:
        return control(self.url, method, path, wish)

    def fault(self, kind: str, when: str = "after", count: int = 1, **match: str) -> None:
        wish = {"system": "zoho", "kind": kind, "when": when, "count": count}
        self.control("POST", "faults", {**wish, "match": match})

    def switch(self, **settings: Any) -> None:
        self.control("POST", "zoho/settings", settings)

    def edit(self, **wish: Any) -> Any:
        return self.control("POST", "zoho/edit", wish)

    def by_hand(self, action: str, document: Document, **wish: Any) -> Any:
        """What a bookkeeper does to one of our documents in the web site."""
        kind = HAND.get(document.kind, document.kind.value)
        return self.edit(action=action, kind=kind, id=self.links[document.reference], **wish)

    def count(self, document: Document) -> int:
        """How many documents or customers of the books carry its number or name."""
        books = self.control("GET", "zoho/books")
        if isinstance(document, Customer):
            return sum(c["name"] == document.name for c in books["customers"])
        if isinstance(document, CreditApplication):
            used = [d for d in books["documents"] if d["number"] == document.credit_note]
            return sum(Decimal(d["open"]) == 0 for d in used)
        return sum(d["number"] == document.reference for d in books["documents"])


def settings_for(url: str, **more: Any) -> Settings:
    return Settings(
        **{
            "company_id": ORGANIZATION,
            "base_url": f"{url}/zoho/books/v3",
            "token_url": f"{url}/zoho/oauth/v2/token",
            "access_token": "demo-access",
            "calls_per_minute": 0,
            **more,
        }
    )


@contextmanager
def benches(**more: Any) -> Iterator[Bench]:
    """A fresh sandbox company."""
    with SandboxServer(fast=True) as server:
        bench = Bench(server.url, settings_for(server.url, **more))
        try:
            yield bench
        finally:
            bench.system.close()
