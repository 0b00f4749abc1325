"""Ledger rows for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bridge.core.books import Application as Applied
from bridge.core.books import Customer, Invoice, Kind, Line, PostedDocument, Receipt
from bridge.core.identity import BooksId
from bridge.core.ledger import (
    Adjustment,
    AdjustmentKind,
    Borrower,
    Entity,
    Loan,
    LoanKind,
    Origin,
    Repayment,
    SnapshotFacts,
)
from bridge.store import Accepted, Store

AT = "2026-11-20T06:00:00Z"
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
DAY = date(2026, 11, 2)
SYSTEM, COMPANY = "quickbooks", "4620816365000000001"
BOOKS = BooksId(SYSTEM, COMPANY)
ORIGIN = Origin("ledger.json", 1)
PHONE = "dev-7f3a"


def facts(**changed: Any) -> SnapshotFacts:
    values: dict[str, Any] = {
        "source": "deudores",
        "letters": "DY",
        "installation": PHONE,
        "as_of": date(2026, 11, 20),
        "generated_at": AT,
        "format": "deudores-snapshot/1",
        "complete": True,
        "locale": "es-CO",
        "default_currency": "COP",
    }
    return SnapshotFacts(**values | changed)


def borrower(id: str, **changed: Any) -> Borrower:
    values: dict[str, Any] = {"origin": ORIGIN, "name": f"Person {id}", "phone": f"+57390{id}"}
    return Borrower(id=id, **values | changed)


def loan(id: str, borrower: str, **changed: Any) -> Loan:
    values: dict[str, Any] = {
        "origin": ORIGIN,
        "kind": LoanKind.CASH_LOAN,
        "currency": "COP",
        "start": DAY,
        "opening": Decimal(120000),
    }
    return Loan(id=id, borrower=borrower, **values | changed)


def repayment(id: str, loan: str, amount: object = 20000, **changed: Any) -> Repayment:
    values: dict[str, Any] = {"origin": ORIGIN, "paid_on": DAY, "amount": Decimal(str(amount))}
    return Repayment(id=id, loan=loan, **values | changed)


def adjustment(
    id: str, loan: str, kind: AdjustmentKind, amount: object = 5000, **changed: Any
) -> Adjustment:
    values: dict[str, Any] = {"origin": ORIGIN, "on": DAY, "amount": Decimal(str(amount))}
    return Adjustment(id=id, loan=loan, kind=kind, **values | changed)


def take(store: Store, rows: Iterable[Entity], *, at: str = AT, **changed: Any) -> Accepted:
    """Stage and accept a delivery."""
    stage = store.stage(facts(**changed), iter(rows))
    try:
        return store.accept(stage, at)
    finally:
        stage.close()


def customer(reference: str = "DY7F3A-D1") -> Customer:
    return Customer(reference=reference, loan="", facts="f", name="Person", currency="COP")


def invoice(reference: str, customer: str = "DY7F3A-D1", amount: object = 120000) -> Invoice:
    return Invoice(
        reference=reference,
        loan="1",
        facts="f",
        customer=customer,
        day=DAY,
        due=DAY,
        currency="COP",
        lines=(Line(purpose="principal", amount=Decimal(str(amount))),),
    )


def receipt(reference: str, invoice: str, customer: str = "DY7F3A-D1") -> Receipt:
    total = Decimal(20000)
    return Receipt(
        reference=reference,
        loan="1",
        facts="f",
        customer=customer,
        day=DAY,
        currency="COP",
        total=total,
        deposit_account="35",
        applications=(Applied(invoice, total),),
    )


def posted(kind: Kind, external_id: str, version: str = "0", **changed: Any) -> PostedDocument:
    return PostedDocument(kind=kind, external_id=external_id, version=version, **changed)
