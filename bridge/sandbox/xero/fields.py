"""The fields that filters and orders can name, as they are now."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.xero import sales
from bridge.sandbox.xero.company import CLASSES, Company
from bridge.sandbox.xero.faults import bad_filter
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import time_text

_SALE = (
    "Type",
    "Reference",
    "Date",
    "DueDate",
    "Total",
    "SubTotal",
    "TotalTax",
    "CurrencyCode",
    "CurrencyRate",
    "LineAmountTypes",
    "SentToContact",
)
STORED: dict[str, tuple[str, ...]] = {
    "Accounts": (
        "AccountID",
        "Code",
        "Name",
        "Type",
        "TaxType",
        "Status",
        "EnablePaymentsToAccount",
        "SystemAccount",
        "CurrencyCode",
        "Description",
        "BankAccountNumber",
    ),
    "BankTransactions": (
        "BankTransactionID",
        "Type",
        "Status",
        "Date",
        "Reference",
        "Total",
        "CurrencyCode",
        "IsReconciled",
        "OverpaymentID",
    ),
    "BatchPayments": ("BatchPaymentID", "Status", "Date", "Reference", "Type"),
    "ContactGroups": ("ContactGroupID", "Name", "Status"),
    "Contacts": (
        "ContactID",
        "Name",
        "ContactNumber",
        "AccountNumber",
        "EmailAddress",
        "ContactStatus",
        "FirstName",
        "LastName",
        "TaxNumber",
    ),
    "CreditNotes": ("CreditNoteID", "CreditNoteNumber", *_SALE),
    "Invoices": ("InvoiceID", "InvoiceNumber", *_SALE),
    "Items": ("ItemID", "Code", "Name", "Description"),
    "ManualJournals": ("ManualJournalID", "Narration", "Date", "Status"),
    "Overpayments": ("OverpaymentID", "Type", "Date", "Total", "CurrencyCode", "Reference"),
    "Payments": (
        "PaymentID",
        "PaymentType",
        "Status",
        "Date",
        "Amount",
        "BankAmount",
        "Reference",
        "IsReconciled",
        "CurrencyRate",
        "BatchPaymentID",
    ),
    "TaxRates": ("TaxType", "Name", "Status"),
    "TrackingCategories": ("TrackingCategoryID", "Name", "Status"),
}
_NAMES = {table: {name.lower(): name for name in names} for table, names in STORED.items()}
DOCUMENTS = {
    "Invoices": "InvoiceID",
    "CreditNotes": "CreditNoteID",
    "Overpayments": "OverpaymentID",
}
WITH_CONTACT = (*DOCUMENTS, "BankTransactions", "Payments")


def exists(table: str, name: str) -> bool:
    """Whether a resource has a field, by its name in any case."""
    wanted = name.lower()
    if wanted in _NAMES[table] or wanted == "updateddateutc":
        return True
    first, _, rest = wanted.partition(".")
    if first == "contact" and table in WITH_CONTACT:
        return exists("Contacts", rest)
    if first in ("bankaccount", "account") and table in ("BankTransactions", "BatchPayments"):
        return exists("Accounts", rest)
    return (
        (table == "Accounts" and wanted == "class")
        or (table == "Payments" and wanted in _PAYMENT)
        or (table in DOCUMENTS and wanted in _DOCUMENT)
    )


def check(table: str, name: str) -> None:
    """Refuse (16) a field that does not exist."""
    if not exists(table, name):
        raise bad_filter(f"No property or field '{name}' exists in type '{table.rstrip('s')}'")


def field(company: Company, table: str, row: Row, name: str) -> Any:
    """Return a field of a row by its name in any case; the name must exist."""
    wanted = name.lower()
    stored = _NAMES[table].get(wanted)
    if stored is not None:
        return row.get(stored)
    if wanted == "updateddateutc":
        return time_text(row["_ms"]).rstrip("Z")
    if table == "Accounts" and wanted == "class":
        return CLASSES[row["Type"]][0]
    if wanted.startswith("contact.") and table in WITH_CONTACT:
        contact = company.tables["Contacts"].rows[row["ContactID"]]
        return field(company, "Contacts", contact, wanted[8:])
    if table == "Payments" and wanted in _PAYMENT:
        return _PAYMENT[wanted](company, row)
    if table in ("BankTransactions", "BatchPayments") and wanted.startswith(
        ("bankaccount.", "account.")
    ):
        account = company.tables["Accounts"].rows[row["AccountID"]]
        return field(company, "Accounts", account, wanted.partition(".")[2])
    return _DOCUMENT[wanted](company, row, row[DOCUMENTS[table]])


def _open(company: Company, row: Row, row_id: str) -> Decimal:
    kept = company.books.documents.get(row_id)
    live = kept is not None and row["Status"] == "AUTHORISED"
    return kept.open if live and kept else row["Total"]


def _applied(company: Company, row_id: str, table: str) -> Decimal:
    rows = company.tables[table].rows
    return sum((use.amount for use in company.uses(row_id) if use.owner in rows), ZERO)


def _invoice_number(company: Company, row: Row) -> Any:
    target = company.tables["Invoices"].rows.get(row["TargetID"])
    return target["InvoiceNumber"] if target else None


def _account_of(name: str) -> Callable[[Company, Row], Any]:
    return lambda company, row: company.tables["Accounts"].rows[row["AccountID"]].get(name)


_DOCUMENT: dict[str, Callable[[Company, Row, str], Any]] = {
    "status": sales.shown_status,
    "amountdue": _open,
    "remainingcredit": _open,
    "amountpaid": lambda company, _row, row_id: _applied(company, row_id, "Payments"),
    "amountcredited": lambda company, _row, row_id: _applied(company, row_id, "Allocations"),
}
_PAYMENT: dict[str, Callable[[Company, Row], Any]] = {
    "invoice.invoiceid": lambda _c, row: row["TargetID"] if row["Target"] == "Invoice" else None,
    "invoice.invoicenumber": _invoice_number,
    "creditnote.creditnoteid": lambda _c, row: (
        row["TargetID"] if row["Target"] == "CreditNote" else None
    ),
    "overpayment.overpaymentid": lambda _c, row: (
        row["TargetID"] if row["Target"] == "Overpayment" else None
    ),
    "account.accountid": _account_of("AccountID"),
    "account.code": _account_of("Code"),
}
