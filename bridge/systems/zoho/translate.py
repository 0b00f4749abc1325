"""Documents in Zoho's words, and Zoho's objects in ours. Pure.

Bodies hold only what we mean: no computed totals, no names that Zoho would make new entries from,
and no nulls, which many of its pages refuse. Money stays Decimal both ways. Names and
meanings: FACTS Z7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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
from bridge.systems.judging import Refusal, link
from bridge.systems.zoho.wire import CONTACTS, INVOICES, JOURNALS, NOTES, PAYMENTS, Listing

LISTING: dict[Kind, Listing] = {
    Kind.CUSTOMER: CONTACTS,
    Kind.INVOICE: INVOICES,
    Kind.CREDIT_NOTE: NOTES,
    Kind.APPLICATION: NOTES,
    Kind.RECEIPT: PAYMENTS,
    Kind.SALE: JOURNALS,
}
"""Where documents of a kind are. An application is a part of its credit note; money received for
income at once is a journal: Zoho's invoices would need a payment of their own."""

NUMBER_FIELD: dict[Kind, str] = {
    Kind.CUSTOMER: "contact_name",
    Kind.INVOICE: "invoice_number",
    Kind.CREDIT_NOTE: "creditnote_number",
    Kind.RECEIPT: "reference_number",
    Kind.SALE: "reference_number",
}
"""What a document of that kind can be looked up by."""

OUR_FORM = re.compile(r"[A-Z0-9]{1,6}-[A-Z][A-Za-z0-9]+(?:\.\d+)?")
"""The form of our references (core/identity.py)."""

_IN_TEXT = re.compile(rf"(?<![\w.-])({OUR_FORM.pattern})(?![\w-])")

LOCATION = "location"
PAYMENT_MODES = (
    "cash",
    "check",
    "creditcard",
    "banktransfer",
    "bankremittance",
    "autotransaction",
    "others",
)
"""Zoho's own words; free text is taken too and becomes a mode (FACTS Z15)."""

Body = dict[str, Any]


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of the organization that decide how a document is written and read."""

    home_currency: str
    currencies: dict[str, str] = {}
    """Currency → currency_id."""
    decimals: dict[str, int] = {}
    """Currency → decimals that Zoho keeps; it would round more of them away."""
    fields: dict[Kind, str] = {}
    """Kind → customfield_id of the unique field with our reference, where there is one."""


def body_of(document: Document, links: Mapping[str, str], company: Company) -> Body:
    """The body that creates the document. Raises Refusal; asserts that every link is known."""
    match document:
        case Customer():
            return _customer(document, company)
        case Invoice():
            return _invoice(document, links, company)
        case CreditNote():
            return _credit_note(document, links, company)
        case Receipt():
            return _receipt(document, links, company)
        case CreditApplication():
            return {"invoices": _settled(document.applications, links, company, document.currency)}
        case Sale():
            return _journal(document, links, company)


def update_of(
    document: Document, links: Mapping[str, str], company: Company, current: Body
) -> Body:
    """The body that turns `current`, as the books hold it, into the document.

    Lists of lines and of invoices are complete, since they replace what is there; lines keep
    their ids by position. A bookkeeper's own notes on a contact and its people are left alone.
    """
    body = body_of(document, links, company)
    if isinstance(document, Customer):
        body.pop("currency_id")  # fixed once there are documents
        body.pop("contact_persons", None)  # those left out of a list would be deleted
        if has_reference(current.get("notes"), document.reference):
            body.pop("notes")
    if isinstance(document, Invoice | CreditNote):
        for line, old in zip(body["line_items"], current.get("line_items") or (), strict=False):
            if old.get("line_item_id"):
                line["line_item_id"] = str(old["line_item_id"])
    if isinstance(document, Sale):
        body.pop("status")
    return body


def _customer(document: Customer, company: Company) -> Body:
    notes = document.notes
    if not has_reference(notes, document.reference):
        notes = f"{notes}\nLedger reference: {document.reference}".strip()
    body: Body = {
        "contact_name": document.name,
        "contact_type": "customer",
        "customer_sub_type": "individual",
        "currency_id": _currency_id(document.currency, company),
        "notes": notes,
    }
    if document.phone or document.email:
        # At the top level they are ignored; they belong to a person (FACTS Z16).
        person: Body = {"first_name": document.name[:100], "is_primary_contact": True}
        if document.phone:
            person["mobile"] = document.phone[:50]
        if document.email:
            person["email"] = document.email[:100]
        body["contact_persons"] = [person]
    _own_field(body, document, company)
    return body


def _invoice(document: Invoice, links: Mapping[str, str], company: Company) -> Body:
    body: Body = {
        "customer_id": link(links, document.customer),
        "invoice_number": document.reference,
        "date": document.day.isoformat(),
        # Terms reach 100 days only; with 0 of them the due date is taken as it is sent (FACTS Z14).
        "payment_terms": 0,
        "due_date": document.due.isoformat(),
        "line_items": [_line(line, document, company) for line in document.lines],
    }
    if document.memo:
        body["notes"] = document.memo
    rate = _currency(body, document, company)
    if rate is not None:
        body["exchange_rate"] = rate
    _own_field(body, document, company)
    _tags(body, document)
    return body


def _credit_note(document: CreditNote, links: Mapping[str, str], company: Company) -> Body:
    lines = []
    for line in document.lines:
        item = _line(line, document, company)
        if line.account:
            item["account_id"] = line.account
        lines.append(item)
    body: Body = {
        "customer_id": link(links, document.customer),
        "creditnote_number": document.reference,
        "ignore_auto_number_generation": True,
        "date": document.day.isoformat(),
        "is_draft": False,
        "line_items": lines,
    }
    if document.memo:
        body["notes"] = document.memo
    rate = _currency(body, document, company)
    if rate is not None:
        body["exchange_rate"] = f"{rate:f}"  # text, alone among all pages (FACTS Z17)
    _own_field(body, document, company)
    _tags(body, document)
    return body


def _receipt(document: Receipt, links: Mapping[str, str], company: Company) -> Body:
    body: Body = {
        "customer_id": link(links, document.customer),
        "payment_mode": document.method or "others",
        "amount": money(document.total, document.currency, company),
        "date": document.day.isoformat(),
        "reference_number": document.reference,
        "account_id": document.deposit_account,
        "invoices": _settled(document.applications, links, company, document.currency),
    }
    if document.memo:
        body["description"] = document.memo
    rate = _rate(document, company)
    if rate is not None:
        body["exchange_rate"] = rate
    _own_field(body, document, company)
    _tags(body, document)
    return body


def _journal(document: Sale, links: Mapping[str, str], company: Company) -> Body:
    """Money in, income up, in one published journal that names the customer."""
    customer = link(links, document.customer)
    received: Body = {
        "account_id": document.deposit_account,
        "debit_or_credit": "debit",
        "amount": money(document.total, document.currency, company),
        "customer_id": customer,
    }
    earned = [_earned(line, document, customer, company) for line in document.lines]
    body: Body = {
        "journal_date": document.day.isoformat(),
        "reference_number": document.reference,
        "status": "published",
        "line_items": [received, *earned],
    }
    if document.memo:
        body["notes"] = document.memo
    rate = _currency(body, document, company)
    if rate is not None:
        body["exchange_rate"] = rate
    _tags(body, document)
    return body


def _earned(line: Line, document: Sale, customer: str, company: Company) -> Body:
    body: Body = {
        "account_id": line.account,
        "debit_or_credit": "credit",
        "amount": money(line.amount, document.currency, company),
        "customer_id": customer,
    }
    if line.description:
        body["description"] = line.description
    return body


def _line(line: Line, document: Invoice | CreditNote, company: Company) -> Body:
    """One line through its item: that is what steers it to an account (FACTS Z11)."""
    body: Body = {
        "item_id": line.item,
        "rate": money(line.amount, document.currency, company),
        "quantity": 1,
    }
    if line.description:
        body["description"] = line.description
    if line.tax:
        body["tax_id"] = line.tax
    return body


def _settled(
    applications: tuple[Application, ...],
    links: Mapping[str, str],
    company: Company,
    currency: str,
) -> list[Body]:
    return [
        {
            "invoice_id": link(links, application.invoice),
            "amount_applied": money(application.amount, currency, company),
        }
        for application in applications
    ]


def _own_field(body: Body, document: Document, company: Company) -> None:
    field = company.fields.get(document.kind)
    if field:
        body["custom_fields"] = [{"customfield_id": field, "value": document.reference}]


def _tags(body: Body, document: Invoice | CreditNote | Receipt | Sale) -> None:
    """The location, and reporting tags, whose ids are `tag:option`."""
    found = []
    for name, value in document.tags:
        if name == LOCATION:
            body["location_id"] = value
        else:
            tag, _, option = value.partition(":")
            found.append({"tag_id": tag, "tag_option_id": option})
    if found:
        body["tags"] = found


def _currency(
    body: Body, document: Invoice | CreditNote | Sale, company: Company
) -> Decimal | None:
    body["currency_id"] = _currency_id(document.currency, company)
    return _rate(document, company)


def _rate(document: Invoice | CreditNote | Receipt | Sale, company: Company) -> Decimal | None:
    """Home currency per unit; None for the home currency. Never left for Zoho to choose."""
    if document.currency == company.home_currency:
        return None
    _currency_id(document.currency, company)
    if document.rate is None:
        raise Refusal("no_rate", f"There is no rate for {document.currency} on this day.")
    return plain(document.rate)


def _currency_id(currency: str, company: Company) -> str:
    found = company.currencies.get(currency)
    if not found:
        raise Refusal(
            "no_currency",
            f"{currency} is not among the organization's currencies. Add it in Zoho: Settings, "
            f"Currencies (not on every plan).",
        )
    return found


def money(amount: Decimal, currency: str, company: Company) -> Decimal:
    """The amount as Zoho keeps it; it would round further decimals away by itself."""
    decimals = company.decimals.get(currency, 2)
    kept = amount.quantize(Decimal(1).scaleb(-decimals))
    if kept != amount:
        raise Refusal(
            "amount_precision",
            f"{amount:f} has more decimals than Zoho keeps of {currency} ({decimals}). Raise them "
            f"in Settings, Currencies.",
        )
    return plain(kept)


def plain(number: Decimal) -> Decimal:
    """A number without an exponent, which not every JSON reader takes."""
    exponent = number.as_tuple().exponent
    return number.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else number


def has_reference(text: object, reference: str) -> bool:
    """Whether a text names this reference, and not merely one that begins alike."""
    return isinstance(text, str) and reference in _IN_TEXT.findall(text)
