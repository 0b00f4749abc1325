"""One invoice in the books, and what the ledger says of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from bridge.core.books import Invoice, Line

DAY = date(2026, 11, 2)


def invoice(reference: str, amount: Decimal, currency: str = "COP") -> Invoice:
    return Invoice(
        reference=reference, loan="7", facts="f", customer="DY-D1", day=DAY, due=DAY,
        currency=currency, lines=(Line(purpose="principal", amount=amount, item="21"),),
    )  # fmt: skip


BILL = invoice("DY-L7", Decimal(600))
