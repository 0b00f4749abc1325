"""Documents to post, and an organisation to post them to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from bridge.core.books import (
    Application,
    CreditApplication,
    CreditNote,
    Customer,
    Document,
    Invoice,
    Kind,
    Line,
    Receipt,
    Sale,
)
from bridge.systems.xero.translate import AccountFacts, Company

DAY = date(2026, 11, 20)
DUE = date(2027, 5, 20)


def guid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


BANK, BANK_MXN, CASH, TILL, CLEARING, INTEREST, BAD_DEBT, RECOVERY = (guid(n) for n in range(1, 9))


def _account(code: str, name: str, currency: str = "COP", **more: Any) -> AccountFacts:
    facts = {"is_bank": False, "takes_payments": False, **more}
    return AccountFacts(code=code, name=name, currency=currency, **facts)


ACCOUNTS = {
    BANK: _account("090", "Bank", is_bank=True, takes_payments=True),
    BANK_MXN: _account("091", "Bank MXN", "MXN", is_bank=True, takes_payments=True),
    CASH: _account("", "Cash", is_bank=True, takes_payments=True),
    TILL: _account("615", "Till", takes_payments=True),
    CLEARING: _account("620", "Loan clearing"),
    INTEREST: _account("260", "Interest"),
    BAD_DEBT: _account("460", "Bad debts"),
    RECOVERY: _account("270", "Recoveries"),
}
COMPANY = Company(
    home_currency="COP",
    currencies=frozenset({"COP", "MXN", "USD"}),
    accounts=ACCOUNTS,
    ids_by_code={facts.code: key for key, facts in ACCOUNTS.items() if facts.code},
)
LINKS = {"DYT-D1": guid(100), "DYT-L1": guid(101), "DYT-K1": guid(102)}

_HEAD: dict[str, Any] = {
    "loan": "1",
    "facts": "",
    "customer": "DYT-D1",
    "day": DAY,
    "currency": "COP",
}
CUSTOMER = Customer(
    reference="DYT-D1", loan="", facts="", name="Ana O'Hara", currency="COP", notes="DYT-D1"
)
INVOICE = Invoice(
    **_HEAD,
    reference="DYT-L1",
    due=DUE,
    memo="loan 1",
    lines=(
        Line(
            purpose="principal",
            amount=Decimal("1000000.50"),
            description="Loan",
            account=CLEARING,
        ),
        Line(purpose="interest", amount=Decimal(200000), account=INTEREST),
    ),
)
RECEIPT = Receipt(
    **_HEAD,
    reference="DYT-P1",
    memo="ledger payment 1",
    total=Decimal(250000),
    deposit_account=BANK,
    applications=(Application("DYT-L1", Decimal(250000)),),
)
CREDIT = Receipt(
    **_HEAD, reference="DYT-P2", memo="too much", total=Decimal("50.25"), deposit_account=BANK
)
NOTE = CreditNote(
    **_HEAD,
    reference="DYT-K1",
    memo="written off",
    lines=(
        Line(purpose="write_off", amount=Decimal(400), description="Bad debt", account=BAD_DEBT),
    ),
)
APPLICATION = CreditApplication(
    **_HEAD,
    reference="DYT-A1",
    credit_note="DYT-K1",
    applications=(Application("DYT-L1", Decimal(400)),),
)
SALE = Sale(
    **_HEAD,
    reference="DYT-V1",
    deposit_account=BANK,
    lines=(
        Line(
            purpose="recovery",
            amount=Decimal("75.25"),
            description="Recovered",
            account=RECOVERY,
        ),
    ),
)
EACH: tuple[Document, ...] = (CUSTOMER, INVOICE, RECEIPT, CREDIT, NOTE, APPLICATION, SALE)


def changed(document: Any, **fields: object) -> Any:
    return msgspec.structs.replace(document, **fields)


def of_kind(kind: Kind) -> Document:
    return next(document for document in EACH if document.kind is kind)
