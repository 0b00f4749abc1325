"""Batch payments: many invoices, one line at the bank, all or nothing (FACTS X28)."""

from __future__ import annotations

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.xero import faults, payments
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.faults import Invalid
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import new_id


def write(company: Company, body: Row) -> str:
    """Enter a batch with its payments; only the base currency, only invoices."""
    parts = body.get("Payments") or []
    if not parts:
        raise Invalid("A batch payment must have payments.")
    row: Row = {
        "BatchPaymentID": new_id(),
        "Type": "RECBATCH",
        "Status": "AUTHORISED",
        "Date": body.get("Date") or company.today(),
        "Reference": body.get("Reference", ""),
        "AccountID": payments.payable(company, body.get("Account") or {})["AccountID"],
        "IsReconciled": False,
    }
    row.update({n: body[n] for n in ("Particulars", "Code", "Details", "Narrative") if body.get(n)})
    messages: list[str] = []
    for part in parts:
        element = {
            **part,
            "Account": {"AccountID": row["AccountID"]},
            "Date": row["Date"],
            "Reference": part.get("Reference") or row["Reference"],
        }
        try:
            if not part.get("Invoice"):
                raise Invalid("A batch payment can only be for invoices.")
            made = payments.write(company, element, batch_id=row["BatchPaymentID"])
            if company.tables["Payments"].rows[made]["CurrencyCode"] != company.home:
                raise Invalid("Batch payments are in the base currency only.")
        except Invalid as refused:
            messages += refused.messages
    if messages:
        raise Invalid(*messages)
    return str(company.save("BatchPayments", row)["BatchPaymentID"])


def delete(company: Company, row_id: str) -> None:
    """Take the whole batch back."""
    row = company.tables["BatchPayments"].rows.get(row_id)
    if row is None:
        raise Invalid(faults.UNKNOWN_DOCUMENT)
    if row["Status"] != "AUTHORISED" or company.lock_messages(row["Date"]):
        raise faults.wrong_status("Batch payment")
    for payment in members(company, row_id):
        payments.take_back(company, payment)
    company.save("BatchPayments", {**row, "Status": "DELETED"})


def members(company: Company, row_id: str) -> list[Row]:
    found = company.tables["Payments"].having("batch", row_id)
    return [row for row in found if row["Status"] == "AUTHORISED"]


def total(company: Company, row: Row) -> object:
    found = company.tables["Payments"].having("batch", row["BatchPaymentID"])
    return sum((each["Amount"] for each in found), ZERO)
