"""Documents in QuickBooks' words. Pure; QuickBooks' objects in ours are in `answers.py`.

Bodies hold only what we mean: no Qty or UnitPrice (a half cent would be error 6070, FACTS Q6), no
computed fields, always a rate (FACTS Q9). Money stays Decimal both ways. Names: FACTS Q5.
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

ENTITY = {
    Kind.CUSTOMER: "Customer",
    Kind.INVOICE: "Invoice",
    Kind.CREDIT_NOTE: "CreditMemo",
    Kind.RECEIPT: "Payment",
    Kind.APPLICATION: "Payment",
    Kind.SALE: "SalesReceipt",
}

NUMBER_FIELD = {
    Kind.CUSTOMER: "DisplayName",
    Kind.INVOICE: "DocNumber",
    Kind.CREDIT_NOTE: "DocNumber",
    Kind.RECEIPT: "PaymentRefNum",
    Kind.APPLICATION: "PaymentRefNum",
    Kind.SALE: "DocNumber",
}
"""What a document of that kind can be looked up by."""

CENTS = Decimal("0.01")

CUSTOMER_REFERENCE = re.compile(r"(?<![\w.-])([A-Z0-9]{1,6}-D[A-Za-z0-9]+(?:\.\d+)?)(?![\w-])")

Body = dict[str, Any]


_PAID_ONLINE = ("AllowOnlineCreditCardPayment", "AllowOnlineACHPayment")
"""Ways in which an invoice would ask its customer for money by a link (FACTS Q5)."""


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """The company settings that decide how a document is written and read."""

    home_currency: str
    in_the_us: bool = False
    multicurrency: bool = False
    own_numbers: bool = True
    class_per_line: bool = False
    auto_applies_credit: bool = False
    exempt_tax: str = ""
    """The tax code of lines that the mapping gives none, where the company has such a one."""


def body_of(document: Document, links: Mapping[str, str], company: Company) -> Body:
    """The body that creates the document. Raises Refusal; asserts that every link is known."""
    if isinstance(document, Customer):
        return _customer(document)
    if isinstance(document, Receipt):
        body = _receipt(document, links)
    elif isinstance(document, CreditApplication):
        body = _application(document, links)
    else:
        body = _sales(document, company)
    _head(body, document, links, company)
    return body


def update_of(
    document: Document, links: Mapping[str, str], company: Company, current: Body
) -> Body:
    """The sparse body that turns `current`, as the books hold it, into the document.

    Line arrays are complete, since a partial one would delete the rest, and lines keep their ids
    by position. A bookkeeper's own notes on a customer are left alone.
    """
    body = body_of(document, links, company)
    if isinstance(document, Customer):
        body.pop("CurrencyRef")  # fixed for ever at creation
        if has_reference(current.get("Notes", ""), document.reference):
            body.pop("Notes")
    else:
        body.setdefault("PrivateNote", "")  # an empty text clears; an absent one does not
        for name in ("EmailStatus", *_PAID_ONLINE):
            body.pop(name, None)  # what a person chose since is a person's
        if not isinstance(document, Receipt | CreditApplication):
            old = [line.get("Id") for line in current.get("Line", ()) if sales_detail(line)]
            for line, line_id in zip(body["Line"], old, strict=False):
                if line_id:
                    line["Id"] = line_id
    return {**body, **handle(current), "sparse": True}


def handle(current: Body) -> Body:
    """The Id and SyncToken by which QuickBooks knows one version of one object."""
    return {"Id": current["Id"], "SyncToken": current["SyncToken"]}


def _customer(document: Customer) -> Body:
    notes = document.notes
    if not has_reference(notes, document.reference):
        notes = f"{notes}\nLedger reference: {document.reference}".strip()
    body: Body = {
        "DisplayName": document.name,
        "Notes": notes,
        "CurrencyRef": {"value": document.currency},
    }
    if document.phone:
        body["PrimaryPhone"] = {"FreeFormNumber": document.phone}
    if document.email:
        body["PrimaryEmailAddr"] = {"Address": document.email}
    return body


def _head(
    body: Body,
    document: Invoice | CreditNote | Receipt | CreditApplication | Sale,
    links: Mapping[str, str],
    company: Company,
) -> None:
    """The fields that all transactions have in common."""
    body["CustomerRef"] = {"value": link(links, document.customer)}
    body["TxnDate"] = document.day.isoformat()
    body["CurrencyRef"] = {"value": document.currency}
    if document.currency != company.home_currency:
        if not company.multicurrency:
            raise Refusal(
                "no_multicurrency",
                f"The company keeps books in {company.home_currency} only; {document.currency} "
                f"needs multicurrency, which a person must switch on in QuickBooks.",
            )
        if document.rate is None:
            # Left out, QuickBooks takes 1 for the rate, not today's.
            raise Refusal("no_rate", f"There is no rate for {document.currency} on this day.")
        body["ExchangeRate"] = plain(document.rate)
    if document.memo:
        body["PrivateNote"] = document.memo
    department = dict(document.tags).get("department")
    if department:
        body["DepartmentRef"] = {"value": department}


def _sales(document: Invoice | CreditNote | Sale, company: Company) -> Body:
    if not company.own_numbers:
        raise Refusal(
            "own_numbers_off",
            "The company numbers its documents itself. Switch on 'Custom transaction numbers' "
            "(Account and settings, Sales), so that documents carry the ledger's numbers.",
        )
    tag = dict(document.tags).get("class", "")
    in_lines = tag if company.class_per_line else ""
    body: Body = {
        "DocNumber": document.reference,
        "Line": [_line(line, in_lines, company.exempt_tax) for line in document.lines],
    }
    if tag and not in_lines:
        body["ClassRef"] = {"value": tag}
    if not company.in_the_us:
        body["GlobalTaxCalculation"] = "NotApplicable"
    body["EmailStatus"] = "NotSet"
    if isinstance(document, Invoice):
        body["DueDate"] = document.due.isoformat()
        body |= dict.fromkeys(_PAID_ONLINE, False)
    if isinstance(document, Sale):
        body["DepositToAccountRef"] = {"value": document.deposit_account}
    return body


def _line(line: Line, tag: str, exempt: str) -> Body:
    """One line. Its tax code is always sent where there is one: without, QuickBooks would take the
    item's in the US, and refuse the line elsewhere (6000)."""
    detail: Body = {"ItemRef": {"value": line.item}}
    if line.tax or exempt:
        detail["TaxCodeRef"] = {"value": line.tax or exempt}
    if tag:
        detail["ClassRef"] = {"value": tag}
    body: Body = {
        "Amount": money(line.amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }
    if line.description:
        body["Description"] = line.description
    return body


def _receipt(document: Receipt, links: Mapping[str, str]) -> Body:
    body: Body = {
        "TotalAmt": money(document.total),
        "PaymentRefNum": document.reference,
        "DepositToAccountRef": {"value": document.deposit_account},
        "Line": [_settled(a, links) for a in document.applications],
    }
    if document.method:
        body["PaymentMethodRef"] = {"value": document.method}
    return body


def _application(document: CreditApplication, links: Mapping[str, str]) -> Body:
    """A payment of nothing: a credit memo and invoices of the same total cancel each other."""
    note = {"TxnId": link(links, document.credit_note), "TxnType": "CreditMemo"}
    return {
        "TotalAmt": Decimal(0),
        "PaymentRefNum": document.reference,
        "Line": [
            *(_settled(a, links) for a in document.applications),
            {"Amount": money(document.total), "LinkedTxn": [note]},
        ],
    }


def _settled(application: Application, links: Mapping[str, str]) -> Body:
    invoice = {"TxnId": link(links, application.invoice), "TxnType": "Invoice"}
    return {"Amount": money(application.amount), "LinkedTxn": [invoice]}


def money(amount: Decimal) -> Decimal:
    """The amount as QuickBooks keeps it; it would round a third decimal away by itself."""
    kept = amount.quantize(CENTS) if amount.as_tuple().exponent != 0 else amount
    if kept != amount:
        raise Refusal("amount_precision", f"{amount} has more decimals than QuickBooks keeps (2).")
    return kept


def plain(number: Decimal) -> Decimal:
    """A number without an exponent, which not every JSON reader takes."""
    exponent = number.as_tuple().exponent
    return number.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else number


def has_reference(notes: str | None, reference: str) -> bool:
    """Whether the notes name this reference, and not merely one that begins alike."""
    return reference in CUSTOMER_REFERENCE.findall(notes or "")


def sales_detail(line: Body) -> Body | None:
    """The part of a line that names its item; the subtotal that QuickBooks adds has none."""
    return line.get("SalesItemLineDetail")
