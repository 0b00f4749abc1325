"""Allocations: a credit note or an overpayment settles an invoice (FACTS X18)."""

from __future__ import annotations

from bridge.sandbox.books.amounts import ZERO, cents
from bridge.sandbox.xero import faults
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.faults import Invalid
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import new_id

SOURCES = {
    "CreditNotes": ("CreditNoteID", "Credit Note"),
    "Overpayments": ("OverpaymentID", "Overpayment"),
}


def write(company: Company, table: str, source: Row, body: Row) -> str:
    """Allocate a part of a credit to an invoice of the same contact and currency."""
    id_name, noun = SOURCES[table]
    invoice = _invoice(company, body.get("Invoice") or {})
    if invoice is None:
        raise Invalid(faults.UNKNOWN_DOCUMENT)
    documents = company.books.documents
    credit, debit = documents.get(source[id_name]), documents.get(invoice["InvoiceID"])
    amount = body.get("Amount")
    messages = []
    if credit is None or source["Status"] != "AUTHORISED":
        raise faults.wrong_status(noun)
    if debit is None or invoice["Status"] != "AUTHORISED":
        raise faults.wrong_status("Invoice")
    if credit.customer != debit.customer:
        messages.append(f"The {noun} and the invoice must be of the same contact.")
    if credit.currency != debit.currency:
        messages.append(f"The {noun} and the invoice must be in the same currency.")
    if amount is None or amount <= 0 or amount != cents(amount):
        messages.append(
            "The amount allocated must be greater than zero, with two decimals at most."
        )
    elif debit.open == 0:
        messages.append(faults.ALREADY_PAID)
    elif amount > min(credit.open, debit.open):
        messages.append(faults.CREDIT_TOO_LARGE)
    day = max(source["Date"], invoice["Date"])
    messages += company.lock_messages(day)
    if messages:
        raise Invalid(*messages)
    row: Row = {
        "AllocationID": new_id(),
        "Source": table,
        "SourceID": source[id_name],
        "InvoiceID": invoice["InvoiceID"],
        "Amount": amount or ZERO,
        "Date": day,
    }
    company.settle(row["AllocationID"], [(debit, row["Amount"])], [(credit, row["Amount"])])
    _touch(company, row)
    return str(company.save("Allocations", row)["AllocationID"])


def delete(company: Company, row: Row) -> None:
    """Undo an allocation: both documents are open again."""
    messages = company.lock_messages(row["Date"])
    if messages:
        raise Invalid(*messages)
    company.release(row["AllocationID"])
    _touch(company, row)
    company.drop("Allocations", row["AllocationID"])


def _touch(company: Company, row: Row) -> None:
    company.touch("Invoices", row["InvoiceID"])
    company.touch(row["Source"], row["SourceID"])


def _invoice(company: Company, reference: Row) -> Row | None:
    table = company.tables["Invoices"]
    if reference.get("InvoiceID"):
        return table.rows.get(reference["InvoiceID"])
    number = str(reference.get("InvoiceNumber") or "")
    found = table.having("number", number.casefold()) if number else []
    return next((row for row in reversed(found) if row["Status"] != "DELETED"), None)
