"""The fields that a request may carry, by the official description, and in which form (FACTS X7).

Names that the description does not have are ignored, as the real API ignores them.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from bridge.sandbox.xero.faults import Invalid, Refused, unreadable
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import is_id, read_day

WRONG_FORMAT = "Input string was not in a correct format."
INVOICE_STATUS = "one of:DRAFT,SUBMITTED,DELETED,AUTHORISED,PAID,VOIDED"
AMOUNT_TYPES = "one of:Exclusive,Inclusive,NoTax"
SALE = {
    "Type": "text",
    "Contact": "Contact",
    "LineItems": "[LineItem]",
    "Date": "day",
    "DueDate": "day",
    "LineAmountTypes": AMOUNT_TYPES,
    "Reference": "text:255",
    "BrandingThemeID": "id",
    "CurrencyCode": "text",
    "CurrencyRate": "number",
    "Status": INVOICE_STATUS,
    "SentToContact": "bool",
    "SubTotal": "number",
    "TotalTax": "number",
    "Total": "number",
}
NOTED: dict[str, dict[str, str]] = {
    "Invoice": {
        **SALE,
        "InvoiceID": "id",
        "InvoiceNumber": "text:255",
        "Url": "text",
        "ExpectedPaymentDate": "day",
        "PlannedPaymentDate": "day",
    },
    "CreditNote": {
        **SALE,
        "CreditNoteID": "id",
        "CreditNoteNumber": "text:255",
        "Allocations": "[Allocation]",
    },
    "LineItem": {
        "LineItemID": "id",
        "Description": "text:4000",
        "Quantity": "number",
        "UnitAmount": "number",
        "ItemCode": "text",
        "AccountCode": "text",
        "AccountID": "id",
        "TaxType": "text",
        "TaxAmount": "number",
        "LineAmount": "number",
        "DiscountRate": "number",
        "DiscountAmount": "number",
        "Tracking": "[Tracking]",
    },
    "Tracking": {
        "TrackingCategoryID": "id",
        "TrackingOptionID": "id",
        "Name": "text",
        "Option": "text",
    },
    "Contact": {
        "ContactID": "id",
        "ContactNumber": "text:50",
        "AccountNumber": "text:50",
        "ContactStatus": "one of:ACTIVE,ARCHIVED,GDPRREQUEST",
        "Name": "text:255",
        "FirstName": "text:255",
        "LastName": "text:255",
        "EmailAddress": "text:255",
        "CompanyNumber": "text:50",
        "TaxNumber": "text:50",
        "BankAccountDetails": "text",
        "DefaultCurrency": "text",
        "AccountsReceivableTaxType": "text",
        "SalesDefaultAccountCode": "text",
        "ContactPersons": "[any]",
        "Addresses": "[any]",
        "Phones": "[any]",
        "PaymentTerms": "any",
    },
    "Account": {
        "AccountID": "id",
        "Code": "text:10",
        "Name": "text:150",
        "Type": "text",
        "BankAccountNumber": "text",
        "BankAccountType": "text",
        "Status": "one of:ACTIVE,ARCHIVED,DELETED",
        "Description": "text",
        "CurrencyCode": "text",
        "TaxType": "text",
        "EnablePaymentsToAccount": "bool",
        "ShowInExpenseClaims": "bool",
        "AddToWatchlist": "bool",
    },
    "Item": {
        "ItemID": "id",
        "Code": "text:30",
        "Name": "text:50",
        "IsSold": "bool",
        "IsPurchased": "bool",
        "Description": "text:4000",
        "PurchaseDescription": "text:4000",
        "SalesDetails": "Price",
        "PurchaseDetails": "Price",
    },
    "Price": {"UnitPrice": "number", "AccountCode": "text", "TaxType": "text"},
    "Payment": {
        "PaymentID": "id",
        "Invoice": "Invoice",
        "CreditNote": "CreditNote",
        "Overpayment": "Overpayment",
        "Prepayment": "Prepayment",
        "InvoiceNumber": "text",
        "CreditNoteNumber": "text",
        "Account": "Account",
        "Code": "text",
        "Date": "day",
        "CurrencyRate": "number",
        "Amount": "number",
        "BankAmount": "number",
        "Reference": "text",
        "IsReconciled": "bool",
        "Status": "one of:AUTHORISED,DELETED",
    },
    "Overpayment": {"OverpaymentID": "id"},
    "Prepayment": {"PrepaymentID": "id"},
    "Allocation": {
        "AllocationID": "id",
        "Invoice": "Invoice",
        "Amount": "number",
        "Date": "day",
    },
    "BankTransaction": {
        "BankTransactionID": "id",
        "Type": "text",
        "Contact": "Contact",
        "LineItems": "[LineItem]",
        "BankAccount": "Account",
        "IsReconciled": "bool",
        "Date": "day",
        "Reference": "text:255",
        "CurrencyCode": "text",
        "CurrencyRate": "number",
        "Url": "text",
        "Status": "one of:AUTHORISED,DELETED,VOIDED",
        "LineAmountTypes": AMOUNT_TYPES,
    },
    "BatchPayment": {
        "BatchPaymentID": "id",
        "Account": "Account",
        "Reference": "text:255",
        "Particulars": "text:12",
        "Code": "text:12",
        "Details": "text:18",
        "Narrative": "text:18",
        "Date": "day",
        "Payments": "[Payment]",
        "Status": "one of:AUTHORISED,DELETED",
    },
    "ManualJournal": {
        "ManualJournalID": "id",
        "Narration": "text",
        "JournalLines": "[JournalLine]",
        "Date": "day",
        "LineAmountTypes": AMOUNT_TYPES,
        "Status": "one of:DRAFT,POSTED,DELETED,VOIDED,ARCHIVED",
        "Url": "text",
        "ShowOnCashBasisReports": "bool",
    },
    "JournalLine": {
        "LineAmount": "number",
        "AccountCode": "text",
        "AccountID": "id",
        "Description": "text",
        "TaxType": "text",
        "Tracking": "[Tracking]",
    },
    "TrackingCategory": {
        "TrackingCategoryID": "id",
        "Name": "text:100",
        "Status": "one of:ACTIVE,ARCHIVED,DELETED",
        "Options": "[Option]",
    },
    "Option": {
        "TrackingOptionID": "id",
        "Name": "text:100",
        "Status": "one of:ACTIVE,ARCHIVED,DELETED",
    },
    "ContactGroup": {
        "ContactGroupID": "id",
        "Name": "text",
        "Status": "one of:ACTIVE,DELETED",
        "Contacts": "[Contact]",
    },
    "Currency": {"Code": "text", "Description": "text"},
    "HistoryRecord": {"Details": "text"},
}


def clean(kind: str, element: Any) -> Row:
    """Return what Xero would read; Refused for a wrong form, Invalid for what is too long."""
    messages: list[str] = []
    found = _object(kind, element, messages)
    if messages:
        raise Invalid(*messages)
    return found


def _object(kind: str, element: Any, messages: list[str]) -> Row:
    if not isinstance(element, dict):
        raise unreadable(f"JSON request body could not be read, Error converting to {kind}")
    known, made = NOTED[kind], {}
    for name, value in element.items():
        form = known.get(name)
        if form is not None and value is not None:
            made[name] = _value(kind, name, form, value, messages)
    return made


def _value(kind: str, name: str, form: str, value: Any, messages: list[str]) -> Any:
    if form == "any":
        return value
    if form.startswith("["):
        if not isinstance(value, list):
            raise _unreadable(name)
        inner = form[1:-1]
        return value if inner == "any" else [_object(inner, each, messages) for each in value]
    if form in NOTED:
        return _object(form, value, messages)
    if form == "bool":
        return _boolean(name, value)
    if form == "number":
        return _number(value)
    if isinstance(value, (dict, list, bool)):
        raise _unreadable(name)
    return _text(kind, name, form, str(value), messages)


def _text(kind: str, name: str, form: str, text: str, messages: list[str]) -> str:
    rule, _, limit = form.partition(":")
    if rule == "id":
        if not is_id(text):
            raise _unreadable(name)
        return text.lower()
    if rule == "day":
        try:
            return read_day(text)
        except (ValueError, OverflowError):
            raise _unreadable(name) from None
    if rule == "one of" and text not in limit.split(","):
        raise _unreadable(name)
    if rule == "text" and limit and len(text) > int(limit):
        messages.append(f"The {kind} {name} cannot be longer than {limit} characters.")
    return text


def _boolean(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    raise _unreadable(name)


def _number(value: Any) -> Decimal:
    """Read a number; .NET takes one in quotes too."""
    try:
        if isinstance(value, (bool, dict, list)):
            raise unreadable(WRONG_FORMAT)
        found = Decimal(str(value))
    except InvalidOperation:
        raise unreadable(WRONG_FORMAT) from None
    if not found.is_finite() or abs(found) >= Decimal("1e18"):
        raise unreadable(WRONG_FORMAT)
    return found


def _unreadable(name: str) -> Refused:
    return unreadable(f"JSON request body could not be read, Error converting value '{name}'")
