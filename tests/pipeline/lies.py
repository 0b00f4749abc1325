"""Lies in the answers of a product, drawn by a seed."""

from __future__ import annotations

from typing import Any

from tests.contract.openapi import words

DEEP = "[" * 49 + "]" * 49
BODIES = ("{}", "[]", "null", '"text"', DEEP, '{"a":' * 49 + "1" + "}" * 49, "1e400")
NO_IDS: tuple[Any, ...] = (["1"], {"value": "1"}, "", True, "1\n2", "9" * 65)
NO_AMOUNTS: tuple[Any, ...] = ("abc", "1e400", "NaN", "1_000", [], {}, True, "1" * 19)
NO_ROWS: tuple[Any, ...] = ({}, "text", [1], [[]], 7)
NO_DATES: tuple[Any, ...] = ("2026-13-45", "20261120", 7, ["2026-11-20"])
FIELDS: dict[str, dict[str, tuple[Any, ...]]] = {
    "quickbooks": {
        "Id": NO_IDS,
        "bId": ("q9", ["q1"], 1),
        "SyncToken": (["0"], 0),
        "TxnId": ({}, ""),
        "TotalAmt": NO_AMOUNTS,
        "Amount": NO_AMOUNTS[:4],
        "Balance": ([], "abc"),
        "CurrentBalance": ("1e400",),
        "TxnDate": NO_DATES,
        "DueDate": NO_DATES,
        "LastUpdatedTime": ("2026-13-45T00:00:00Z", 7),
        "time": (7, "9999-12-31T23:59:59Z", "2999-01-01T00:00:00Z"),
        "CustomerRef": ("1", [], {"value": ["1"]}),
        "Line": ({}, "text", [1]),
        "QueryResponse": ([], "text", 7),
        "CDCResponse": ({}, [], [{}]),
        "BatchItemResponse": ({}, [], "text"),
        "DocNumber": (["L"], "another", 7),
        "PrivateNote": ([], "x" * 200_000),
        "HomeCurrency": ("COP", {}),
    },
    "xero": {
        **dict.fromkeys(("ContactID", "InvoiceID", "CreditNoteID", "PaymentID"), NO_IDS),
        **dict.fromkeys(("BankTransactionID", "OverpaymentID", "AccountID"), NO_IDS[:2]),
        **dict.fromkeys(("Invoices", "Contacts", "Payments", "CreditNotes"), NO_ROWS),
        **dict.fromkeys(("Accounts", "Currencies", "Organisations", "Reports"), NO_ROWS),
        "Total": NO_AMOUNTS,
        "Amount": NO_AMOUNTS[:4],
        "AmountDue": ([], "abc"),
        "Value": ("1e400", "NaN", []),
        "Date": ("/Date(999999999999999999999)/", *NO_DATES),
        "DueDate": NO_DATES,
        "UpdatedDateUTC": ("/Date(x)/", 7),
        "DateTimeUTC": (7, "/Date(253402300799000)/", "/Date(0)/"),
        "Contact": ("1", [], {"ContactID": ["1"]}),
        "LineItems": ({}, "text", [1]),
        "Allocations": ({}, [1], [{"Invoice": []}]),
        "InvoiceNumber": (["L"], "another", 7),
        "Reference": ([], "x" * 200_000, "another"),
        "BaseCurrency": ([], ""),
        "CurrencyRate": ("0x1", [], -1),
        "pagination": ([], {"pageCount": "x"}, {"pageCount": -1}),
        "IsDeleted": ("x", []),
    },
    "zoho": {
        **dict.fromkeys(("contact_id", "invoice_id", "creditnote_id", "payment_id"), NO_IDS),
        **dict.fromkeys(("journal_id", "account_id", "item_id", "organization_id"), NO_IDS[:2]),
        **dict.fromkeys(("invoices", "contacts", "creditnotes", "customerpayments"), NO_ROWS),
        **dict.fromkeys(("journals", "currencies", "organizations", "invoices_credited"), NO_ROWS),
        **dict.fromkeys(("invoice", "contact", "payment", "creditnote", "journal"), NO_ROWS),
        "total": NO_AMOUNTS,
        "balance": NO_AMOUNTS[:4],
        "amount": ("1e400", [], "abc"),
        "current_balance": ("NaN", {}),
        "date": NO_DATES,
        "due_date": NO_DATES,
        "transaction_lock_date": NO_DATES,
        "last_modified_time": (7, [], "9999-12-31T23:59:59+1400"),
        "customer_id": ([], {"id": "1"}),
        "line_items": ({}, "text", [1]),
        "custom_fields": ({}, [1]),
        "invoice_number": (["L"], "another", {}),
        "reference_number": ([], "x" * 200_000, "another"),
        "currency_code": ([], ""),
        "price_precision": ("x", -1, [], "²"),
        "page_context": ("text", 7, [1], {"has_more_page": []}),
        "code": ("0", "²", [], 1e30, -1, True, "9" * 5000),
        "status": ([], 7, {}),
    },
}
TURNED = {
    "quickbooks": ("Id", "DocNumber", "PaymentRefNum", "CustomerRef", "bId", "TotalAmt"),
    "xero": words(
        "InvoiceID ContactID PaymentID InvoiceNumber Reference Total Invoices CreditNotes Accounts "
        "BaseCurrency DateTimeUTC pagination"
    ),
    "zoho": words(
        "invoice_id contact_id payment_id customer_id invoice_number reference_number total "
        "invoices invoices_credited transactions currency_code status page_context code item_id"
    ),
}
"""Fields that are left out, and exchanged between two objects."""
REPEATED = {
    "quickbooks": ("Invoice", "Payment", "Customer", "BatchItemResponse", "Line"),
    "xero": ("Invoices", "Payments", "Contacts", "CreditNotes", "Accounts"),
    "zoho": ("invoices", "contacts", "customerpayments", "creditnotes", "invoices_credited"),
}


def lies(system: str) -> list[dict[str, Any]]:
    """Every lie that a system is tried with."""
    fields = FIELDS[system].items()
    told: list[dict[str, Any]] = [
        {"kind": "lie", "field": field, "how": "set", "value": value}
        for field, values in fields
        for value in values
    ]
    for how, names in (("drop", TURNED), ("swap", TURNED), ("repeat", REPEATED)):
        told += [{"kind": "lie", "field": field, "how": how} for field in names[system]]
    return told + [{"kind": "answer", "when": "after", "text": text} for text in BODIES]
