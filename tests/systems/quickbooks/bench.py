"""A QuickBooks company of the sandbox with an adapter on it, and documents to post."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from bridge.clock import SystemClock
from bridge.core.books import (
    Application,
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
from bridge.systems.quickbooks.adapter import QuickBooks
from bridge.systems.quickbooks.settings import Settings
from bridge.systems.transport import Timeouts
from tests.systems.servers import Call, relay

REALM = "4620816365000000001"
DAY = date(2026, 11, 20)
DUE = date(2027, 5, 20)

CASH, BANK_USD = "30", "33"
PRINCIPAL, INTEREST, WRITE_OFF, RECOVERY = "2", "3", "6", "8"

CUSTOMER = Customer(reference="DYT-D1", loan="", facts="", name="Ana O'Hara", currency="COP")
INVOICE = Invoice(
    reference="DYT-L1",
    loan="1",
    facts="",
    customer="DYT-D1",
    day=DAY,
    due=DUE,
    currency="COP",
    memo="loan 1",
    lines=(
        Line(purpose="principal", amount=Decimal("1000000.50"), description="Loan", item=PRINCIPAL),
        Line(purpose="interest", amount=Decimal(200000), item=INTEREST),
    ),
)
RECEIPT = Receipt(
    reference="DYT-P1",
    loan="1",
    facts="",
    customer="DYT-D1",
    day=DAY,
    currency="COP",
    total=Decimal("300000"),
    deposit_account=CASH,
    applications=(Application("DYT-L1", Decimal(250000)),),
    method="1",
    memo="ledger payment 1",
)
NOTE = CreditNote(
    reference="DYT-K1",
    loan="1",
    facts="",
    customer="DYT-D1",
    day=DAY,
    currency="COP",
    lines=(Line(purpose="write_off", amount=Decimal(400), item=WRITE_OFF),),
)
APPLICATION = CreditApplication(
    reference="DYT-A1",
    loan="1",
    facts="",
    customer="DYT-D1",
    day=DAY,
    currency="COP",
    credit_note="DYT-K1",
    applications=(Application("DYT-L1", Decimal(400)),),
)
SALE = Sale(
    reference="DYT-V1",
    loan="1",
    facts="",
    customer="DYT-D1",
    day=DAY,
    currency="COP",
    deposit_account=CASH,
    lines=(Line(purpose="recovery", amount=Decimal("75.25"), item=RECOVERY),),
)
HAND = {Kind.SALE: "sales_receipt", Kind.APPLICATION: "receipt"}
"""The sandbox's words for kinds, where they are not ours."""
EACH = (CUSTOMER, INVOICE, RECEIPT, NOTE, APPLICATION, SALE)


def _nothing(_: Call) -> None:
    """What happens around an undisturbed call."""


class Bench:
    """Posts documents one by one and remembers their ids, as the pipeline would."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.url = url
        self.settings = settings
        self.system = QuickBooks(
            settings,
            MemoryCredentials(),
            SystemClock(),
            jitter=lambda: 0,
            timeouts=Timeouts(connect_s=60, read_s=60),
        )
        self.links: dict[str, str] = {}
        self.bound: dict[str, Binding] = {}

    def outgoing(
        self, document: Document, operation: Operation = Operation.CREATE, salt: str = ""
    ) -> Outgoing:
        return Outgoing(
            entry=1,
            operation=operation,
            key=key(
                BooksId("quickbooks", REALM), operation, document.reference, document.digest + salt
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
        self,
        before: Callable[[Call], None] = _nothing,
        after: Callable[[Call], None] = _nothing,
        **settings: Any,
    ) -> Iterator[Bench]:
        """A second bench on the same books, where something happens before or after its calls."""
        with relay(self.url, before, after) as url:
            other = Bench(self.url, settings_for(url, **{"parallel": 1, **settings}))
            other.links, other.bound = self.links, self.bound
            try:
                yield other
            finally:
                other.system.close()

    def now(self, document: Document) -> PostedDocument | None:
        external_id = self.links[document.reference]
        return self.system.fetch(document.kind, [external_id]).get(external_id)

    def control(self, method: str, path: str, wish: Any = None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{path}",
            method=method,
            data=None if wish is None else json.dumps(wish).encode(),
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return msgspec.json.decode(response.read())

    def fault(self, kind: str, when: str = "after", count: int = 1, **match: str) -> None:
        wish = {"system": "quickbooks", "kind": kind, "when": when, "count": count}
        self.control("POST", "faults", {**wish, "match": match})

    def switch(self, **settings: Any) -> None:
        self.control("POST", "quickbooks/settings", settings)

    def edit(self, **wish: Any) -> Any:
        return self.control("POST", "quickbooks/edit", wish)

    def by_hand(self, action: str, document: Document, **wish: Any) -> Any:
        """What a bookkeeper does to one of our documents in the web site."""
        kind = HAND.get(document.kind, document.kind.value)
        return self.edit(action=action, kind=kind, id=self.links[document.reference], **wish)

    def count(self, document: Document) -> int:
        """How many documents or customers of the books carry its number or name."""
        books = self.control("GET", "quickbooks/books")
        if isinstance(document, Customer):
            return sum(c["name"] == document.name for c in books["customers"])
        return sum(d["number"] == document.reference for d in books["documents"])


def settings_for(url: str, **more: Any) -> Settings:
    return Settings(
        **{
            "company_id": REALM,
            "base_url": f"{url}/quickbooks",
            "token_url": f"{url}/quickbooks/oauth2/v1/tokens/bearer",
            "access_token": "demo-access",
            "calls_per_minute": 0,
            "calls_per_second": 0,
            "batches_per_minute": 0,
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


def of_kind(kind: Kind) -> Document:
    return next(document for document in EACH if document.kind is kind)
