"""A Xero organisation of the sandbox with an adapter on it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from typing import Any

from bridge.clock import SystemClock
from bridge.core.books import Customer, Document, Kind, PostedDocument
from bridge.core.delivery import Binding, Operation, Outcome, Outgoing, Posted
from bridge.core.identity import BooksId, key
from bridge.credentials import MemoryCredentials
from bridge.sandbox.server import SandboxServer
from bridge.systems.transport import Timeouts, from_json
from bridge.systems.xero.adapter import Xero
from bridge.systems.xero.settings import Settings
from tests.systems.servers import Call, relay
from tests.systems.xero import documents
from tests.systems.xero.documents import changed
from tests.systems.xero.scripted import TENANT

CODES = {
    documents.BANK: "090",
    documents.BANK_MXN: "093",
    documents.CASH: "092",
    documents.TILL: "651",
    documents.CLEARING: "640",
    documents.INTEREST: "270",
    documents.BAD_DEBT: "460",
    documents.RECOVERY: "273",
}
"""Accounts of the sample documents by their code in the sandbox's demo company."""

HAND = {Kind.SALE: "sales_receipt"}
"""The sandbox's words for kinds, where they are not ours."""


def _nothing(_: Call) -> None:
    """What happens around an undisturbed call."""


class Bench:
    """Posts documents one by one and remembers their ids, as the pipeline would."""

    def __init__(self, url: str, **more: Any) -> None:
        self.url = url
        self.system = Xero(
            settings_for(url, **more),
            MemoryCredentials({("xero", TENANT, "refresh_token"): "demo-refresh-xero"}),
            SystemClock(),
            jitter=lambda: 0,
            timeouts=Timeouts(connect_s=60, read_s=60),
        )
        self.links: dict[str, str] = {}
        self.bound: dict[str, Binding] = {}
        self._accounts: dict[str, str] = {}

    def __getitem__(self, sample: Any) -> Any:
        """A sample document, on the accounts of this organisation."""
        if not self._accounts:
            ids = {account.number: account.id for account in self.system.chart().accounts}
            self._accounts = {ours: ids[code] for ours, code in CODES.items()}
        fields: dict[str, Any] = {}
        if hasattr(sample, "deposit_account"):
            account = sample.deposit_account
            fields["deposit_account"] = self._accounts.get(account, account)
        if hasattr(sample, "lines"):
            fields["lines"] = tuple(
                changed(line, account=self._accounts.get(line.account, line.account))
                for line in sample.lines
            )
        return changed(sample, **fields)

    @property
    def each(self) -> list[Any]:
        return [self[document] for document in documents.EACH]

    def outgoing(
        self, document: Document, operation: Operation = Operation.CREATE, salt: str = ""
    ) -> Outgoing:
        return Outgoing(
            entry=1,
            operation=operation,
            key=key(BooksId("xero", TENANT), operation, document.reference, document.digest + salt),
            document=document,
            links=dict(self.links),
            target=None if operation is Operation.CREATE else self.bound[document.reference],
        )

    def send(
        self, *sent: Document, operation: Operation = Operation.CREATE, salt: str = ""
    ) -> list[Outcome]:
        outcomes = self.system.post([self.outgoing(d, operation, salt) for d in sent])
        for document, outcome in zip(sent, outcomes, strict=True):
            if isinstance(outcome, Posted):
                self.remember(document, outcome.document)
        return outcomes

    def post(self, document: Document, operation: Operation = Operation.CREATE) -> Outcome:
        return self.send(document, operation=operation)[0]

    def void(self, document: Document) -> Outcome:
        return self.post(document, Operation.VOID)

    def update(self, document: Document) -> Outcome:
        return self.post(document, Operation.UPDATE)

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

    def now(self, document: Document) -> PostedDocument:
        external_id = self.links[document.reference]
        return self.system.fetch(document.kind, [external_id])[external_id]

    @contextmanager
    def disturbed(
        self, before: Callable[[Call], None] = _nothing, after: Callable[[Call], None] = _nothing
    ) -> Iterator[Bench]:
        """A second bench on the same books, where something happens before or after its calls."""
        with relay(self.url, before, after) as url:
            other = Bench(url, parallel=1)
            other.links, other.bound = self.links, self.bound
            with closing(other.system):
                yield other

    def control(self, method: str, path: str, wish: Any = None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{path}",
            method=method,
            data=None if wish is None else json.dumps(wish).encode(),
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return from_json(response.read())

    def fault(self, kind: str, when: str = "after", count: int = 1, **match: str) -> None:
        wish = {"system": "xero", "kind": kind, "when": when, "count": count}
        self.control("POST", "faults", {**wish, "match": match})

    def switch(self, **settings: Any) -> None:
        self.control("POST", "xero/settings", settings)

    def edit(self, **wish: Any) -> Any:
        return self.control("POST", "xero/edit", wish)

    def by_hand(self, action: str, document: Document, **wish: Any) -> Any:
        """What a bookkeeper does to one of our documents in the web site."""
        kind = HAND.get(document.kind, document.kind.value)
        return self.edit(action=action, kind=kind, number=document.reference, **wish)

    def count(self, document: Document) -> int:
        """How many live documents or customers of the books carry its number or name."""
        books = self.control("GET", "xero/books")
        if isinstance(document, Customer):
            return sum(c["name"] == document.name for c in books["customers"])
        gone = ("void", "voided", "deleted")
        return sum(
            d["number"] == document.reference and d["status"] not in gone
            for d in books["documents"]
        )

    def balance(self, code: str) -> Decimal:
        """What an account stands at in the sandbox's own books."""
        books = self.control("GET", "xero/books")
        return next(Decimal(a["balance"]) for a in books["accounts"] if a["number"] == code)


def settings_for(url: str, **more: Any) -> Settings:
    given = {
        "company_id": TENANT,
        "base_url": f"{url}/xero/api.xro/2.0",
        "token_url": f"{url}/xero/connect/token",
        "access_token": "demo-access",
        "calls_per_minute": 0,
    }
    return Settings(**{**given, **more})


@contextmanager
def benches(*, fast: bool = True, **more: Any) -> Iterator[Bench]:
    """A fresh sandbox organisation."""
    with SandboxServer(fast=fast) as server:
        bench = Bench(server.url, **more)
        with closing(bench.system):
            yield bench
