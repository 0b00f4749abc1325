"""A document of ours as the books tell it, where what we posted is not known any more."""

from __future__ import annotations

from datetime import date
from typing import Any

from bridge.core.books import (
    Application,
    CreditApplication,
    CreditNote,
    Customer,
    Invoice,
    Kind,
    Line,
    PostedDocument,
    PostedLine,
    Receipt,
    Sale,
    Transaction,
    digest_of,
)
from bridge.core.mapping.booking import Booking

REBUILT = "rebuilt"
"""What a person saw of the ledger when the books were left as they are: nothing. So it is asked."""


def fields_told(name: str, theirs: PostedDocument, as_of: date, booking: Booking) -> dict[str, Any]:
    """The fields that all documents have, as far as the books tell them; `as_of` stands for a day
    that they do not tell, the mapping's rate for a rate."""
    rate = theirs.rate
    if rate is None and theirs.currency not in {"", booking.company.home_currency}:
        rate = booking.rate(theirs.currency, theirs.day or as_of)
    return {
        "reference": name,
        "loan": "",
        "facts": digest_of((REBUILT, name)),
        "customer": "",
        "day": theirs.day or as_of,
        "currency": theirs.currency,
        "rate": rate,
        "memo": theirs.memo,
    }


def as_told(
    theirs: PostedDocument,
    fields: dict[str, Any],
    used: tuple[Application, ...],
    booking: Booking,
) -> Transaction:
    """A document of ours with these fields, and with lines and money as the books have them."""
    told = theirs.lines or (PostedLine(amount=theirs.total),)
    lines = tuple(_line(line, booking) for line in told)
    match theirs.kind:
        case Kind.INVOICE:
            return Invoice(**fields, due=theirs.due or fields["day"], lines=lines)
        case Kind.CREDIT_NOTE:
            return CreditNote(**fields, lines=lines)
        case Kind.SALE:
            return Sale(**fields, lines=lines, deposit_account=theirs.deposit_account)
        case Kind.APPLICATION:
            return CreditApplication(**fields, credit_note="", applications=used)
        case _:
            return Receipt(
                **fields,
                total=theirs.total,
                deposit_account=theirs.deposit_account,
                applications=used,
                on_account=theirs.on_account,
            )


def customer_told(number: str, theirs: PostedDocument, booking: Booking) -> Customer:
    """A customer whose borrower has no loan in the ledger any more."""
    currency = theirs.currency or booking.company.home_currency
    return Customer(
        reference=number,
        loan="",
        facts=digest_of((theirs.name, currency)),
        name=theirs.name,
        currency=currency,
        notes=number,
    )


def _line(line: PostedLine, booking: Booking) -> Line:
    """A line of the books, with the mapping's word for what is booked on its item or account."""
    purpose = next(
        (
            purpose
            for purpose, target in booking.targets.items()
            if (line.item and line.item == target.item)
            or (line.account and line.account == target.account)
        ),
        "",
    )
    return Line(
        purpose=purpose,
        amount=line.amount,
        description=line.description,
        item=line.item,
        account=line.account,
    )
