"""A bench for any accounting system: its adapter on some company, and small documents to try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bridge import mappingfiles
from bridge.core import identity
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
from bridge.core.identity import BooksId
from bridge.core.mapping.booking import Booking, resolve
from bridge.pipeline.plan import limits_of
from bridge.systems.base import AccountingSystem, Capabilities
from tests.conformance.ground import Ground

KEYS = "conformance"
"""In the place of the company's id in keys: it may not be on a recording, and references differ."""


@dataclass
class Bench:
    """One system on one company. Documents are made here, so that tests speak of behaviour."""

    ground: Ground
    token: str | None = None
    """Another access token than the ground's own; empty: the login is used."""
    posted: dict[str, PostedDocument] = field(default_factory=dict)
    bindings: dict[str, Binding] = field(default_factory=dict)
    _system: AccountingSystem | None = None
    _booking: Booking | None = None
    _owed_before: dict[str, Decimal] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.ground.system

    @property
    def system(self) -> AccountingSystem:
        if self._system is None:
            self._system = self.ground.adapter(self.token)
        return self._system

    @property
    def can(self) -> Capabilities:
        return self.system.capabilities

    @property
    def booking(self) -> Booking:
        if self._booking is None:
            mapping = mappingfiles.load_books_mapping(self.ground.mapping)
            made, problems = resolve(mapping, self.system.chart(), limits_of(self.can), self.name)
            assert made is not None, [str(p) for p in problems]
            self._booking = made
        return self._booking

    @property
    def home(self) -> str:
        return self.ground.home

    @property
    def foreign(self) -> str:
        return self.ground.foreign

    def begin(self) -> None:
        """Note what is owed before the test, where the company is not an empty one."""
        if not self.ground.empty:
            for currency in (self.home, self.foreign):
                self._owed_before[currency] = self._control_account(currency)

    def close(self) -> None:
        """Let go of the adapter; the next use makes another."""
        if self._system is not None:
            self.ground.release(self._system)
            self._system = None

    def log_in_with(self, token: str) -> None:
        self.close()
        self.token = token

    def control(self, method: str, path: str, **wish: Any) -> Any:
        return self.ground.control(method, path, wish)

    def wait(self, seconds: int) -> None:
        """Time passes, here and there."""
        self.control("POST", "clock", seconds=seconds)
        self.ground.clock.sleep(seconds)

    def edit(self, **wish: Any) -> Any:
        return self.control("POST", f"{self.name}/edit", **wish)

    def fault(self, kind: str, when: str, count: int = 1, **match: str) -> None:
        wish = {"system": self.name, "kind": kind, "when": when, "count": count, "match": match}
        self.control("POST", "faults", **wish)

    def receivable(self, currency: str = "") -> Decimal:
        """What the test has moved the control account by, as the adapter reads it."""
        currency = currency or self.home
        return self._control_account(currency) - self._owed_before.get(currency, Decimal(0))

    def _control_account(self, currency: str) -> Decimal:
        return sum(
            (
                a.balance
                for a in self.system.chart().accounts
                if a.role == "receivable" and (a.currency or self.home) == currency
            ),
            Decimal(0),
        )

    def count(self, reference: str) -> int:
        """How many live documents of that number the books hold."""
        return self.ground.count(self.system, reference)

    def ref(self, tail: str) -> str:
        """A reference of this test: `L1` and the like with the prefix."""
        return f"{self.ground.prefix}-{tail}"

    # ── documents ──────────────────────────────────────────────────────────────────────────────

    def customer(self, number: int = 1, currency: str = "", name: str = "") -> Customer:
        currency = currency or self.home
        reference = self.ref(f"D{number}{'' if currency == self.home else currency}")
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
        facts = {**self._head(f"L{number}", changes), "due": self.ground.due, "lines": tuple(lines)}
        return Invoice(**(facts | changes))

    def receipt(
        self, number: int, amount: str, invoice: Invoice | None = None, **changes: Any
    ) -> Receipt:
        currency = changes.get("currency", self.home)
        money = [rule for rule in self.booking.deposits if "renewal" not in rule.method]
        rule = next(r for r in money if not r.currency or currency in r.currency)
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
        currency = changes.get("currency", self.home)
        foreign = self.can.one_currency_per_customer and currency != self.home
        return {
            "reference": self.ref(tail),
            "loan": "1",
            "facts": "f",
            "customer": self.ref(f"D1{currency if foreign else ''}"),
            "day": self.ground.day,
            "currency": currency,
            "memo": f"Nota {tail}",
        }

    # ── writing ────────────────────────────────────────────────────────────────────────────────

    def outgoing(
        self, document: Document, operation: Operation = Operation.CREATE, target: str = ""
    ) -> Outgoing:
        key = identity.key(BooksId(self.name, KEYS), operation, document.reference, document.digest)
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
        if self.ref("D1") not in self.posted:
            self.post(self.customer())
        invoice = self.invoice(number, amount)
        self.post(invoice)
        return invoice


def references(found: Sequence[PostedDocument]) -> list[str]:
    return sorted(document.number for document in found)
