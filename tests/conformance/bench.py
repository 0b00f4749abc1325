"""A bench for any accounting system: its adapter, its sandbox, and small documents to try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import requests

from bridge import mappingfiles
from bridge.clock import ManualClock
from bridge.core import identity
from bridge.core.booking import Booking, resolve
from bridge.core.books import (
    Application,
    CreditApplication,
    CreditNote,
    Customer,
    Document,
    Invoice,
    PostedDocument,
    Receipt,
    Sale,
)
from bridge.core.delivery import Binding, Operation, Outcome, Outgoing, Posted
from bridge.credentials import MemoryCredentials
from bridge.pipeline.plan import limits_of
from bridge.sandbox.server import SandboxServer
from bridge.systems import registry
from bridge.systems.base import AccountingSystem, Capabilities

ROOT = Path(__file__).parents[2]
COMPANIES = {
    "quickbooks": "4620816365000000001",
    "xero": "70784a63-0000-4000-8000-000000000001",
    "zoho": "600000000001",
}
DAY = date(2026, 11, 10)
DUE = date(2026, 12, 10)
PREFIX = "DY7F3A"
GONE = ("void", "voided", "deleted", "draft")


@dataclass
class Bench:
    """One system on its sandbox. Documents are made here, so that tests speak of behaviour."""

    name: str
    sandbox: SandboxServer
    clock: ManualClock = field(default_factory=lambda: ManualClock(datetime.now(UTC)))
    token: str = "demo-access"
    more: dict[str, Any] = field(default_factory=dict)
    """Settings of the adapter that a test wants otherwise."""
    posted: dict[str, PostedDocument] = field(default_factory=dict)
    bindings: dict[str, Binding] = field(default_factory=dict)
    _system: AccountingSystem | None = None
    _booking: Booking | None = None

    @property
    def system(self) -> AccountingSystem:
        if self._system is None:
            adapter = registry.load(self.name)
            kind = adapter.settings_type
            urls = self.sandbox.urls()[self.name]
            given = {
                "company_id": COMPANIES[self.name],
                "base_url": urls["base"],
                "token_url": urls["token"],
                "access_token": self.token,
                "client_id": "demo-client",
                "client_secret": "demo-secret",
                "calls_per_minute": 0,
                "calls_per_second": 0,
                **self.more,
            }
            known = {f.name for f in msgspec.structs.fields(kind)}
            settings = kind(**{k: v for k, v in given.items() if k in known})
            company = COMPANIES[self.name]
            credentials = MemoryCredentials(
                {(self.name, company, "refresh_token"): f"demo-refresh-{self.name}"}
            )
            self._system = adapter(settings, credentials, self.clock)
        return self._system

    @property
    def can(self) -> Capabilities:
        return self.system.capabilities

    @property
    def booking(self) -> Booking:
        if self._booking is None:
            mapping = mappingfiles.load_books_mapping(ROOT / "mappings" / f"{self.name}.toml")
            made, problems = resolve(mapping, self.system.chart(), limits_of(self.can), self.name)
            assert made is not None, [str(p) for p in problems]
            self._booking = made
        return self._booking

    def control(self, method: str, path: str, **wish: Any) -> Any:
        url = f"{self.sandbox.url}/_sandbox/{path}"
        answer = requests.request(method, url, json=wish or None, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def wait(self, seconds: int) -> None:
        """Time passes, here and there."""
        self.clock.move(seconds)
        self.control("POST", "clock", seconds=seconds)

    def edit(self, **wish: Any) -> Any:
        return self.control("POST", f"{self.name}/edit", **wish)

    def fault(self, kind: str, when: str, count: int = 1, **match: str) -> None:
        wish = {"system": self.name, "kind": kind, "when": when, "count": count, "match": match}
        self.control("POST", "faults", **wish)

    def books(self) -> dict[str, Any]:
        found: dict[str, Any] = self.control("GET", f"{self.name}/books")
        return found

    def receivable(self, currency: str = "COP") -> Decimal:
        """The control account, as the adapter reads it."""
        return sum(
            (
                a.balance
                for a in self.system.chart().accounts
                if a.role == "receivable" and (a.currency or "COP") == currency
            ),
            Decimal(0),
        )

    def count(self, reference: str) -> int:
        """How many live documents of that number the books hold."""
        return sum(
            1
            for d in self.books()["documents"]
            if d["number"] == reference and d["status"] not in GONE
        )

    # ── documents ──────────────────────────────────────────────────────────────────────────────

    def customer(self, number: int = 1, currency: str = "COP", name: str = "") -> Customer:
        reference = f"{PREFIX}-D{number}{'' if currency == 'COP' else currency}"
        return Customer(
            reference=reference,
            loan="",
            facts="f",
            name=name or f"Persona {reference}",
            currency=currency,
            notes=reference,
        )

    def invoice(self, number: int, amount: str = "1200.00", **changes: Any) -> Invoice:
        principal = changes.pop("principal", amount)
        lines = [self.booking.line("principal", Decimal(principal), "Capital")]
        if Decimal(amount) != Decimal(principal):
            rest = Decimal(amount) - Decimal(principal)
            lines.append(self.booking.line("interest", rest, "Interés"))
        facts = {**self._head(f"L{number}", changes), "due": DUE, "lines": tuple(lines)}
        return Invoice(**(facts | changes))

    def receipt(
        self, number: int, amount: str, invoice: Invoice | None = None, **changes: Any
    ) -> Receipt:
        currency = changes.get("currency", "COP")
        rule = next(r for r in self.booking.deposits if not r.currency or currency in r.currency)
        applied = () if invoice is None else (Application(invoice.reference, Decimal(amount)),)
        facts = {
            **self._head(f"P{number}", changes),
            "total": Decimal(amount),
            "deposit_account": rule.account,
            "applications": applied,
        }
        return Receipt(**(facts | changes))

    def credit_note(self, number: int, amount: str, **changes: Any) -> CreditNote:
        line = self.booking.line("discount", Decimal(amount), "Descuento")
        return CreditNote(**({**self._head(f"K{number}", changes), "lines": (line,)} | changes))

    def application(
        self, number: int, note: CreditNote, invoice: Invoice, amount: str
    ) -> CreditApplication:
        return CreditApplication(
            **self._head(f"A{number}", {}),
            credit_note=note.reference,
            applications=(Application(invoice.reference, Decimal(amount)),),
        )

    def sale(self, number: int, amount: str) -> Sale:
        line = self.booking.line("recovery", Decimal(amount), "Recuperación")
        account = self.booking.deposits[-1].account
        return Sale(**self._head(f"V{number}", {}), lines=(line,), deposit_account=account)

    def _head(self, tail: str, changes: dict[str, Any]) -> dict[str, Any]:
        currency = changes.get("currency", "COP")
        foreign = self.can.one_currency_per_customer and currency != "COP"
        return {
            "reference": f"{PREFIX}-{tail}",
            "loan": "1",
            "facts": "f",
            "customer": f"{PREFIX}-D1{currency if foreign else ''}",
            "day": DAY,
            "currency": currency,
            "memo": f"Nota {tail}",
        }

    # ── writing ────────────────────────────────────────────────────────────────────────────────

    def outgoing(
        self, document: Document, operation: Operation = Operation.CREATE, target: str = ""
    ) -> Outgoing:
        key = identity.key(
            self.name, COMPANIES[self.name], operation, document.reference, document.digest
        )
        return Outgoing(
            entry=1,
            operation=operation,
            key=key,
            document=document,
            links={reference: p.external_id for reference, p in self.posted.items()},
            target=self.bindings.get(target or document.reference)
            if operation is not Operation.CREATE
            else None,
        )

    def send(self, *documents: Document, operation: Operation = Operation.CREATE) -> list[Outcome]:
        """Write documents of one kind; what was posted is remembered for links and bindings."""
        batch = [self.outgoing(document, operation) for document in documents]
        outcomes = self.system.post(batch)
        assert len(outcomes) == len(batch)
        for document, outcome in zip(documents, outcomes, strict=True):
            if isinstance(outcome, Posted):
                self.remember(document, outcome.document, operation)
        return outcomes

    def remember(
        self, document: Document, answer: PostedDocument, operation: Operation = Operation.CREATE
    ) -> None:
        self.posted[document.reference] = answer
        self.bindings[document.reference] = Binding(
            reference=document.reference,
            external_id=answer.external_id,
            version=answer.version,
            generation=1,
            document=document,
            posted=answer,
            voided=operation is Operation.VOID,
        )

    def post(self, *documents: Document) -> list[PostedDocument]:
        """Write documents and expect every one to be accepted."""
        outcomes = self.send(*documents)
        assert all(isinstance(o, Posted) for o in outcomes), outcomes
        return [self.posted[d.reference] for d in documents]

    def void(self, document: Document) -> Outcome:
        return self.send(document, operation=Operation.VOID)[0]

    def update(self, document: Document) -> Outcome:
        return self.send(document, operation=Operation.UPDATE)[0]

    def find(self, *documents: Document) -> dict[str, PostedDocument]:
        links = {reference: p.external_id for reference, p in self.posted.items()}
        return self.system.find(documents[0].kind, documents, links)

    def now(self, document: Document) -> PostedDocument:
        """The document as the books hold it now."""
        identifier = self.posted[document.reference].external_id
        return self.system.fetch(document.kind, [identifier])[identifier]

    def loan(self, number: int = 1, amount: str = "1200.00") -> Invoice:
        """A customer with an invoice in the books."""
        if f"{PREFIX}-D1" not in self.posted:
            self.post(self.customer())
        invoice = self.invoice(number, amount)
        self.post(invoice)
        return invoice


def references(found: Sequence[PostedDocument]) -> list[str]:
    return sorted(document.number for document in found)
