"""Xero's objects in our words. Pure. Statuses and fields: FACTS X7."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec

from bridge.core.books import Kind, PostedDocument, PostedLine, Status
from bridge.systems.fiscal import mark_in
from bridge.systems.xero import stamps
from bridge.systems.xero.on_account import CREDIT, OVERPAYMENT, TAKEN_BACK
from bridge.systems.xero.translate import Company

Body = dict[str, Any]

RESOURCE = {
    Kind.CUSTOMER: "Contacts",
    Kind.INVOICE: "Invoices",
    Kind.CREDIT_NOTE: "CreditNotes",
    Kind.APPLICATION: "CreditNotes",
    Kind.RECEIPT: "Payments",
    Kind.SALE: "BankTransactions",
}
"""Where documents of a kind are. Receipts that settle nothing are Overpayments besides."""

_STATUS = {"VOIDED": Status.VOIDED, "DELETED": Status.DELETED}
_NOT_IN_THE_BOOKS = frozenset({"DRAFT", "SUBMITTED"})
_OUR_CUSTOMER = re.compile(r"[A-Z0-9]{1,6}-D[A-Za-z0-9]+(\.\d+)?")
_OUR_NUMBER = re.compile(r"[A-Z0-9]{1,6}-P[A-Za-z0-9.-]+")
_OUR_RECEIPT = re.compile(r"[A-Z0-9]{1,6}-P[A-Za-z0-9]+(\.\d+)?")


def is_overpayment(raw: Body) -> bool:
    """Whether the object is an Overpayment, or the bank transaction that made one."""
    return "PaymentID" not in raw and bool(raw.get("OverpaymentID"))


def is_money_on_account(note: Body) -> bool:
    """Whether a credit note is a receipt of ours, which settled nothing when it came."""
    return _OUR_RECEIPT.fullmatch(note.get("CreditNoteNumber") or "") is not None


def in_the_books(raw: Body) -> bool:
    """A draft is a thought: it moves no account."""
    return raw.get("Status") not in _NOT_IN_THE_BOOKS


def posted(kind: Kind, raw: Body, company: Company) -> PostedDocument:
    """An object of the books in our words."""
    match kind:
        case Kind.CUSTOMER:
            return _contact(raw)
        case Kind.INVOICE | Kind.CREDIT_NOTE:
            return _sales(kind, raw, company)
        case Kind.SALE:
            return _money_received(raw, company)
        case Kind.APPLICATION:
            return application(raw)
        case Kind.RECEIPT:
            return _receipt(raw, company)


def application(note: Body) -> PostedDocument:
    """The invoices that a credit note settles: one document for each note, named by the note's own
    id.

    That document has no number, date or total of its own in Xero. A note that settles nothing has
    no application: it is told as deleted, for those who knew one.
    """
    pairs = allocations(note)
    live = bool(pairs) and note.get("Status") not in _STATUS
    return PostedDocument(
        kind=Kind.APPLICATION,
        external_id=note["CreditNoteID"],
        version=_version(note),
        status=Status.LIVE if live else Status.DELETED,
        customer_id=_id(note, "Contact", "ContactID"),
        currency=note.get("CurrencyCode") or "",
        total=sum((amount for _, amount in pairs), Decimal(0)),
        applications=pairs,
        credit_note_id=note["CreditNoteID"],
        updated_at=_updated_at(note),
    )


def allocations(raw: Body) -> tuple[tuple[str, Decimal], ...]:
    """(invoice id, amount) pairs that a credit note or overpayment settles."""
    return tuple(
        (_id(row, "Invoice", "InvoiceID"), amount(row, "Amount"))
        for row in raw.get("Allocations") or ()
        if not row.get("IsDeleted")
    )


def overpayment_number(raw: Body) -> str:
    """Our reference on an overpayment: its Reference, or where Xero keeps none, the first word."""
    if raw.get("Reference"):
        return str(raw["Reference"])
    for line in raw.get("LineItems") or ():
        if found := _OUR_NUMBER.match(line.get("Description") or ""):
            return found.group().rstrip(".-")
    return ""


def contact_number(raw: Body) -> str:
    """Our reference on a contact: its ContactNumber, which only programs can write.

    A person who says that a contact of the books is our customer writes the reference into its
    AccountNumber, which Xero shows.
    """
    told = [str(raw.get(field) or "") for field in ("ContactNumber", "AccountNumber")]
    return next((number for number in told if _OUR_CUSTOMER.fullmatch(number)), told[0])


def amount(raw: Body, field: str) -> Decimal:
    """An amount of a decoded body, exact; 0 when it is not there."""
    return _optional(raw, field) or Decimal(0)


def _contact(raw: Body) -> PostedDocument:
    balances = raw.get("Balances") or {}
    return PostedDocument(
        kind=Kind.CUSTOMER,
        external_id=raw["ContactID"],
        version=_version(raw),
        # An archived contact takes no more documents: what a void is for a document.
        status=Status.LIVE if raw.get("ContactStatus", "ACTIVE") == "ACTIVE" else Status.VOIDED,
        number=contact_number(raw),
        name=raw.get("Name") or "",
        open=amount(balances.get("AccountsReceivable") or {}, "Outstanding"),
        updated_at=_updated_at(raw),
    )


def _sales(kind: Kind, raw: Body, company: Company) -> PostedDocument:
    status = _STATUS.get(raw.get("Status") or "", Status.LIVE)
    invoice = kind is Kind.INVOICE
    rest = amount(raw, "AmountDue" if invoice else "RemainingCredit")
    return PostedDocument(
        kind=kind,
        external_id=raw["InvoiceID" if invoice else "CreditNoteID"],
        version=_version(raw),
        status=status,
        number=raw.get("InvoiceNumber" if invoice else "CreditNoteNumber") or "",
        name=(raw.get("Contact") or {}).get("Name") or "",
        customer_id=_id(raw, "Contact", "ContactID"),
        day=stamps.day(raw.get("Date") or raw.get("DateString")),
        due=stamps.day(raw.get("DueDate") or raw.get("DueDateString")) if invoice else None,
        currency=raw.get("CurrencyCode") or company.home_currency,
        rate=_rate(raw, company),
        total=amount(raw, "Total"),
        # A voided document keeps its AmountDue (FACTS X16).
        open=rest if status is Status.LIVE else Decimal(0),
        lines=_lines(raw, company),
        tax_amount=_optional(raw, "TotalTax"),
        tags=_tags(raw),
        memo=raw.get("Reference") or "",
        stamp=stamp_of(raw),
        updated_at=_updated_at(raw),
    )


def stamp_of(raw: Body) -> str:
    """The tax office's mark that an invoice or credit note shows: Xero has no custom fields, so
    add-ons use its reference, its link to a source document, or the text of a line."""
    lines = (line.get("Description") for line in raw.get("LineItems") or ())
    return mark_in((), (raw.get("Reference"), raw.get("Url"), *lines))


def _money_received(raw: Body, company: Company) -> PostedDocument:
    return PostedDocument(
        kind=Kind.SALE,
        external_id=raw["BankTransactionID"],
        version=_version(raw),
        status=_STATUS.get(raw.get("Status") or "", Status.LIVE),
        number=raw.get("Reference") or "",
        name=(raw.get("Contact") or {}).get("Name") or "",
        customer_id=_id(raw, "Contact", "ContactID"),
        day=stamps.day(raw.get("Date") or raw.get("DateString")),
        currency=raw.get("CurrencyCode") or company.home_currency,
        rate=_rate(raw, company),
        total=amount(raw, "Total"),
        lines=_lines(raw, company),
        tax_amount=_optional(raw, "TotalTax"),
        tags=_tags(raw),
        deposit_account=_account(raw.get("BankAccount"), company),
        updated_at=_updated_at(raw),
    )


def _receipt(raw: Body, company: Company) -> PostedDocument:
    if is_overpayment(raw):
        return _overpayment(raw, company)
    return _credit(raw, company) if "CreditNoteID" in raw else _payment(raw, company)


def _payment(raw: Body, company: Company) -> PostedDocument:
    invoice = raw.get("Invoice") or {}
    status = _STATUS.get(raw.get("Status") or "", Status.LIVE)
    total = amount(raw, "Amount")
    invoice_id = invoice.get("InvoiceID")
    return PostedDocument(
        kind=Kind.RECEIPT,
        external_id=raw["PaymentID"],
        version=_version(raw),
        status=status,
        number=raw.get("Reference") or "",
        name=(invoice.get("Contact") or {}).get("Name") or "",
        customer_id=_id(invoice, "Contact", "ContactID"),
        day=stamps.day(raw.get("Date") or raw.get("DateString")),
        currency=invoice.get("CurrencyCode") or company.home_currency,
        rate=_payment_rate(raw, company),
        total=total,
        applications=((invoice_id, total),) if invoice_id else (),
        deposit_account=_account(raw.get("Account"), company),
        updated_at=_updated_at(raw),
    )


def _overpayment(raw: Body, company: Company) -> PostedDocument:
    number = overpayment_number(raw)
    status = _STATUS.get(raw.get("Status") or "", Status.LIVE)
    if status is Status.LIVE and _returned(raw, number):
        status = Status.VOIDED
    total = amount(raw, "Total")
    # The bank transaction that made it does not tell what is left.
    rest = amount(raw, "RemainingCredit") if "RemainingCredit" in raw else total
    return PostedDocument(
        kind=Kind.RECEIPT,
        external_id=OVERPAYMENT + raw["OverpaymentID"],
        version=_version(raw),
        status=status,
        number=number,
        name=(raw.get("Contact") or {}).get("Name") or "",
        customer_id=_id(raw, "Contact", "ContactID"),
        day=stamps.day(raw.get("Date") or raw.get("DateString")),
        currency=raw.get("CurrencyCode") or company.home_currency,
        rate=_rate(raw, company),
        total=total,
        open=rest if status is Status.LIVE else Decimal(0),
        applications=allocations(raw),
        on_account=True,
        deposit_account=_account(raw.get("BankAccount"), company),
        updated_at=_updated_at(raw),
    )


def _credit(raw: Body, company: Company) -> PostedDocument:
    """A credit note that is money on account: its line is on the account that it came into."""
    note = _sales(Kind.CREDIT_NOTE, raw, company)
    accounts = {line.account for line in note.lines}
    return msgspec.structs.replace(
        note,
        kind=Kind.RECEIPT,
        external_id=CREDIT + note.external_id,
        applications=allocations(raw),
        on_account=True,
        deposit_account=accounts.pop() if len(accounts) == 1 else "",
        lines=(),
    )


def _returned(raw: Body, number: str) -> bool:
    """Whether we took the whole overpayment back by a payment.

    By that payment's reference; where Xero does not tell one, by its amount. Money that a
    bookkeeper gave back has a reference of its own, and is no void.
    """
    payments = raw.get("Payments") or ()
    references = [payment.get("Reference") for payment in payments]
    if any(references):
        return number + TAKEN_BACK in references
    paid = sum((amount(payment, "Amount") for payment in payments), Decimal(0))
    return bool(payments) and paid == amount(raw, "Total")


def _lines(raw: Body, company: Company) -> tuple[PostedLine, ...]:
    return tuple(
        PostedLine(
            amount=amount(line, "LineAmount"),
            description=line.get("Description") or "",
            account=_line_account(line, company),
            tax=line.get("TaxType"),
        )
        for line in raw.get("LineItems") or ()
    )


def _tags(raw: Body) -> tuple[tuple[str, str], ...] | None:
    """The tracking of the lines. A line without a category that others have is told too."""
    lines = raw.get("LineItems")
    if not lines:
        return None
    tracked = [
        {
            str(each.get("Name")): str(each.get("Option") or "")
            for each in line.get("Tracking") or ()
        }
        for line in lines
    ]
    names = {name for each in tracked for name in each}
    return tuple(sorted({(name, each.get(name, "")) for each in tracked for name in names}))


def _line_account(line: Body, company: Company) -> str:
    return account_told(line, "AccountCode", company)


def _account(raw: Body | None, company: Company) -> str:
    return account_told(raw, "Code", company) if raw else ""


def account_told(raw: Body, code_field: str, company: Company) -> str:
    """The account that an answer names. Its code goes before its id: a chart of accounts that told
    the ids of two accounts exchanged would make money on the wrong one look like money on ours."""
    code = raw.get(code_field) or ""
    return company.ids_by_code.get(code) or raw.get("AccountID") or code


def _rate(raw: Body, company: Company) -> Decimal | None:
    """Home currency for one foreign unit; Xero's CurrencyRate is the other way round."""
    if (raw.get("CurrencyCode") or company.home_currency) == company.home_currency:
        return None
    rate = _optional(raw, "CurrencyRate")
    return 1 / rate if rate else None


def _payment_rate(raw: Body, company: Company) -> Decimal | None:
    """The rate of a payment, as `_rate` has it or by the amount that reached an account in home
    currency: that is exact."""
    currency = (raw.get("Invoice") or {}).get("CurrencyCode") or company.home_currency
    if currency == company.home_currency:
        return None
    at_home, foreign = _optional(raw, "BankAmount"), _optional(raw, "Amount")
    account = company.accounts.get(_account(raw.get("Account"), company))
    if at_home and foreign and account and account.currency == company.home_currency:
        return at_home / foreign
    rate = _optional(raw, "CurrencyRate")
    return 1 / rate if rate else None


def _id(raw: Body, part: str, field: str) -> str:
    return (raw.get(part) or {}).get(field) or ""


def _version(raw: Body) -> str:
    return raw.get("UpdatedDateUTC") or ""


def _updated_at(raw: Body) -> str:
    moment = stamps.instant(raw.get("UpdatedDateUTC"))
    return moment.isoformat() if moment else ""


def _optional(raw: Body, field: str) -> Decimal | None:
    value = raw.get(field)
    return None if value is None or value == "" else Decimal(value)
