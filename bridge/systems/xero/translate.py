"""Documents in Xero's words. Pure; Xero's objects in ours are in `answers.py`.

Bodies hold only what we mean: quantity 1, amounts of two decimals, no computed fields. A contact
is named by its id alone, since any other field would change the contact (FACTS X13). Money stays
Decimal. Names and meanings: FACTS X7.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from bridge.core.books import (
    CreditNote,
    Customer,
    Document,
    Invoice,
    Kind,
    Line,
    PostedDocument,
    Receipt,
    Sale,
    Transaction,
)
from bridge.core.money import quantised
from bridge.systems.judging import Refusal, link
from bridge.systems.xero import stamps

CENTS = Decimal("0.01")
_RATE_STEP = Decimal("0.000001")
_TRACKING_MAX = 2
_REFERENCE_MAX = 255

Body = dict[str, Any]


class AccountFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of an account that writing must know."""

    code: str
    name: str
    is_bank: bool
    takes_payments: bool
    currency: str
    """Of a bank account, else the home currency."""


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """The organisation, as far as it decides how a document is written and read."""

    home_currency: str
    currencies: frozenset[str]
    accounts: dict[str, AccountFacts]
    ids_by_code: dict[str, str]
    exempt_tax: str = "NONE"
    """The tax type of lines that the mapping gives none."""


def body_of(document: Document, links: Mapping[str, str], company: Company) -> tuple[str, Body]:
    """The resource, and the element that creates the document there. Raises Refusal."""
    match document:
        case Customer():
            return "Contacts", _contact(document)
        case Invoice():
            body = head_of(document, links, company)
            body |= {
                "Type": "ACCREC",
                "InvoiceNumber": document.reference,
                "DueDate": document.due.isoformat(),
                "Status": "AUTHORISED",
                "SentToContact": False,  # of credit notes it can only be read (FACTS X17)
                **_lines(document, document.lines, company),
            }
            return "Invoices", _with_memo(body, document)
        case CreditNote():
            body = head_of(document, links, company)
            body |= {
                "Type": "ACCRECCREDIT",
                "CreditNoteNumber": document.reference,
                "Status": "AUTHORISED",
                **_lines(document, document.lines, company),
            }
            return "CreditNotes", _with_memo(body, document)
        case Receipt():
            return "Payments", _payment(document, links, company)
        case Sale():
            return "BankTransactions", _money_received(document, links, company)
        case _:
            raise AssertionError(f"an application is not a document of Xero's: {document.kind}")


def update_of(
    document: Document, links: Mapping[str, str], company: Company, current: Body
) -> tuple[str, Body]:
    """The element that turns `current`, as the books hold it, into the document.

    Lines keep their ids by position; Xero deletes those that are not sent. Of an invoice with
    payments Xero takes the due date and the texts only (FACTS X15), so then only those are
    sent, if nothing else differs.
    """
    resource, body = body_of(document, links, company)
    field = {"Contacts": "ContactID", "Invoices": "InvoiceID", "CreditNotes": "CreditNoteID"}.get(
        resource, "BankTransactionID"
    )
    body[field] = current[field]
    body.pop("Status", None)  # as it is; a paid document can not be made AUTHORISED
    body.pop("SentToContact", None)  # whether a person sent it is a person's
    if "LineItems" in body:
        old = [line.get("LineItemID") for line in current.get("LineItems") or ()]
        for line, line_id in zip(body["LineItems"], old, strict=False):
            if line_id:
                line["LineItemID"] = line_id
    if isinstance(document, Invoice) and _settled_in_part(current):
        kept = {field, "DueDate", "Reference"}
        if _same_amounts(body, current):
            body = {name: value for name, value in body.items() if name in kept}
    return resource, body


def void_of(kind: Kind, current: Body, now: PostedDocument) -> tuple[str, str, Body]:
    """(method, path, element) by which a document is taken back.

    Invoices and credit notes are voided and keep their number for good: what is posted again has
    another generation in its number, so none is renamed. Payments and receive-money transactions
    are deleted, and stay in the lists as DELETED.
    """
    if kind is Kind.INVOICE:
        return "POST", "Invoices", {"InvoiceID": current["InvoiceID"], "Status": "VOIDED"}
    if kind is Kind.CREDIT_NOTE:
        element = {"CreditNoteID": current["CreditNoteID"], "Status": "VOIDED"}
        return "POST", "CreditNotes", element
    if kind is Kind.SALE:
        element = {
            "BankTransactionID": current["BankTransactionID"],
            "Status": "DELETED",
            "Type": current["Type"],
            "BankAccount": {"AccountID": current["BankAccount"].get("AccountID", "")},
            "LineItems": [_own_line(line) for line in current.get("LineItems") or ()],
        }
        return "POST", "BankTransactions", element
    assert kind is Kind.RECEIPT, kind
    return "POST", f"Payments/{now.external_id}", {"Status": "DELETED"}


def foreign_rate(rate: Decimal) -> Decimal:
    """Foreign units for one of home: Xero's direction, with the six decimals that it keeps."""
    turned = (1 / rate).quantize(_RATE_STEP, ROUND_HALF_UP)
    if turned == 0:
        raise Refusal("rate_precision", f"At {rate}, six decimals of the inverse are nothing.")
    return turned


def money(amount: Decimal) -> Decimal:
    """The amount as Xero keeps it: two decimals, for every currency."""
    kept = amount.quantize(CENTS) if amount.as_tuple().exponent != 0 else amount
    if kept != amount:
        raise Refusal("amount_precision", f"{amount} has more decimals than Xero keeps (2).")
    return kept


def described(line: Line, reference: str) -> str:
    """Xero refuses a line without a description."""
    return line.description or reference


def as_told(document: Document) -> Document:
    """The document as Xero will tell it: with every line described."""
    if isinstance(document, Invoice | CreditNote | Sale):
        lines = tuple(
            msgspec.structs.replace(line, description=described(line, document.reference))
            for line in document.lines
        )
        return msgspec.structs.replace(document, lines=lines)
    return document


# ── inside ───────────────────────────────────────────────────────────────────────────────────


def _contact(document: Customer) -> Body:
    body: Body = {"Name": document.name, "ContactNumber": document.reference}
    if document.email:
        body["EmailAddress"] = document.email
    if document.phone:
        body["Phones"] = [{"PhoneType": "DEFAULT", "PhoneNumber": document.phone}]
    return body


def head_of(document: Transaction, links: Mapping[str, str], company: Company) -> Body:
    """The fields that invoices, credit notes and bank transactions have in common."""
    body: Body = {
        "Contact": {"ContactID": link(links, document.customer)},
        "Date": document.day.isoformat(),
        "CurrencyCode": document.currency,
    }
    rate = _rate_of(document, company)
    if rate is not None:
        body["CurrencyRate"] = foreign_rate(rate)
    return body


def _rate_of(document: Transaction, company: Company) -> Decimal | None:
    if document.currency == company.home_currency:
        return None
    if document.currency not in company.currencies:
        raise Refusal(
            "currency_not_subscribed",
            f"The organisation has no {document.currency}. Add it in Xero (Settings, Currencies); "
            f"it takes a plan with several currencies.",
        )
    if document.rate is None:
        # Left out, Xero takes the rate of XE.com for that day.
        raise Refusal("no_rate", f"There is no rate for {document.currency} on this day.")
    return document.rate


def _with_memo(body: Body, document: Transaction) -> Body:
    if document.memo:
        body["Reference"] = document.memo[:_REFERENCE_MAX]
    return body


def _lines(document: Transaction, lines: tuple[Line, ...], company: Company) -> Body:
    """The lines. With tax the amounts include it: what the ledger says is owed is the total."""
    tracking = [{"Name": name, "Option": option} for name, option in document.tags]
    elements = []
    for line in lines:
        element: Body = {
            "Description": described(line, document.reference),
            "Quantity": 1,
            "UnitAmount": money(line.amount),
            "AccountCode": code_of(line.account, company),
            "TaxType": line.tax or company.exempt_tax,  # left out, the account's own is taken
        }
        if tracking:
            element["Tracking"] = tracking[:_TRACKING_MAX]
        elements.append(element)
    taxed = any(line.tax not in ("", "NONE", company.exempt_tax) for line in lines)
    return {"LineAmountTypes": "Inclusive" if taxed else "NoTax", "LineItems": elements}


def _payment(document: Receipt, links: Mapping[str, str], company: Company) -> Body:
    (first, *more) = document.applications
    if more or first.amount != document.total:
        raise Refusal("receipt_parts", "A payment in Xero settles one invoice, and with all of it.")
    account = account_of(document.deposit_account, company)
    if not account.takes_payments:
        raise Refusal(
            "account_type",
            f'"{account.name}" takes no payments. Tick "Enable payments to this account" in '
            f"Xero's chart of accounts, or choose a bank account.",
        )
    body: Body = {
        "Invoice": {"InvoiceID": link(links, first.invoice)},
        "Account": {"AccountID": document.deposit_account},
        "Date": document.day.isoformat(),
        "Amount": money(document.total),
        "Reference": document.reference,
    }
    return body | payment_rate(document, company)


def payment_rate(document: Receipt, company: Company) -> Body:
    """The worth of the money at home.

    Into an account in home currency that is an amount, in its decimals (BankAmount, writable since
    2026-06-22, FACTS X22); six decimals of an inverse rate would not match the bank statement.
    """
    rate = _rate_of(document, company)
    if rate is None:
        return {}
    if account_of(document.deposit_account, company).currency == company.home_currency:
        return {"BankAmount": quantised(document.total * rate, company.home_currency)}
    return {"CurrencyRate": foreign_rate(rate)}


def _money_received(document: Sale, links: Mapping[str, str], company: Company) -> Body:
    account = bank_of(document.deposit_account, company, "money received")
    if account.currency != document.currency:
        raise Refusal(
            "account_currency",
            f'"{account.name}" is kept in {account.currency}, and Xero books money received in '
            f"the currency of its account. Choose an account in {document.currency}.",
        )
    head = head_of(document, links, company)
    head.pop("CurrencyCode")  # the account's; set on overpayments only (FACTS X23)
    return {
        **head,
        "Type": "RECEIVE",
        "Status": "AUTHORISED",
        "BankAccount": {"AccountID": document.deposit_account},
        "Reference": document.reference,
        **_lines(document, document.lines, company),
    }


def account_of(account_id: str, company: Company) -> AccountFacts:
    account = company.accounts.get(account_id)
    if account is None:
        raise Refusal("account", f"Account {account_id} is not in the chart of accounts.")
    return account


def bank_of(account_id: str, company: Company, what: str) -> AccountFacts:
    account = account_of(account_id, company)
    if not account.is_bank:
        raise Refusal(
            "account_type", f'Xero books {what} to bank accounts only; "{account.name}" is none.'
        )
    return account


def code_of(account_id: str, company: Company) -> str:
    account = account_of(account_id, company)
    if not account.code:
        raise Refusal("account", f'"{account.name}" has no code, by which lines name accounts.')
    return account.code


def _own_line(line: Body) -> Body:
    names = ("LineItemID", "Description", "Quantity", "UnitAmount", "AccountCode", "TaxType")
    return {name: line[name] for name in names if name in line}


def _settled_in_part(current: Body) -> bool:
    return any(Decimal(current.get(name) or 0) for name in ("AmountPaid", "AmountCredited"))


def _same_amounts(body: Body, current: Body) -> bool:
    """Whether only what may change on a paid invoice differs: its lines and its day stay."""
    ours = [(line["AccountCode"], line["UnitAmount"]) for line in body["LineItems"]]
    theirs = [
        (line.get("AccountCode"), line.get("LineAmount")) for line in current.get("LineItems") or ()
    ]
    day = stamps.day(current.get("Date"))
    return ours == theirs and day is not None and body["Date"] == day.isoformat()
