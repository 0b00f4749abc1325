"""The form of each resource in an answer. Shapes as recorded. Last verified 2026-11-20."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.xero import batches, sales, shapes
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import day_text, ms_day, ms_time, number, time_text

SUMMED = ("SubTotal", "TotalTax", "Total")


def contact_on(company: Company, contact_id: str, *, full: bool) -> Row:
    """Return the contact as documents carry it."""
    row = company.tables["Contacts"].rows[contact_id]
    shown: Row = {
        "ContactID": contact_id,
        "Name": row["Name"],
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }
    if row.get("ContactNumber"):
        shown["ContactNumber"] = row["ContactNumber"]
    if full:
        shown.update(ContactStatus=row["ContactStatus"], UpdatedDateUTC=ms_time(row["_ms"]))
    return shown


def sale(company: Company, form: sales.Form, row: Row, *, full: bool) -> Row:
    """Return an invoice or a credit note; `full` has its lines."""
    row_id = row[form.id]
    kept = company.books.documents.get(row_id)
    is_invoice = form is sales.INVOICE
    live = kept is not None and row["Status"] == "AUTHORISED"
    paid, credited, parts = _settled(company, row_id) if live else (ZERO, ZERO, {})
    # A voided invoice keeps the amount due that it had. FACTS X16.
    rest = kept.open if live and kept else row["Total"]
    status = sales.shown_status(company, row, row_id)
    shown: Row = {
        "Type": row["Type"],
        form.id: row_id,
        form.number: row[form.number],
        "Reference": row["Reference"],
        "Payments": parts.get("Payments", []),
    }
    if is_invoice:
        shown.update(
            CreditNotes=parts.get("CreditNotes", []),
            Prepayments=[],
            Overpayments=parts.get("Overpayments", []),
            AmountDue=number(rest),
            AmountPaid=number(paid),
            AmountCredited=number(credited),
            SentToContact=row["SentToContact"],
            IsDiscounted=any(line.get("DiscountRate") for line in row["LineItems"]),
            InvoicePaymentServices=[],
        )
        for name in ("Url", "BrandingThemeID"):
            if row.get(name):
                shown[name] = row[name]
    else:
        shown["ID"] = row_id
        shown["RemainingCredit"] = number(rest)
        shown["Allocations"] = parts.get("Allocations", [])
    shown.update(
        CurrencyRate=number(row["CurrencyRate"]),
        HasErrors=False,
        HasAttachments=False,
        Contact=contact_on(company, row["ContactID"], full=full),
        Status=status,
        LineAmountTypes=row["LineAmountTypes"],
        LineItems=[line(each) for each in row["LineItems"]] if full else [],
        CurrencyCode=row["CurrencyCode"],
        **_days(row, "Date", "DueDate"),
        **_times(row),
        **{name: number(row[name]) for name in SUMMED},
    )
    for name in ("ExpectedPaymentDate", "PlannedPaymentDate"):
        if row.get(name):
            shown[name] = ms_day(row[name])
    settled = sales.last_use(company, row_id) if status == "PAID" else ""
    if settled:
        shown["FullyPaidOnDate"] = ms_day(settled)
    return shown


def line(row: Row) -> Row:
    shown = {
        "Description": row.get("Description", ""),
        "UnitAmount": number(row["UnitAmount"]),
        "TaxType": row.get("TaxType", "NONE"),
        "TaxAmount": number(row["TaxAmount"]),
        "LineAmount": number(row["LineAmount"]),
        "Tracking": row.get("Tracking") or [],
        "Quantity": number(row["Quantity"]),
        "LineItemID": row["LineItemID"],
        "ValidationErrors": [],
    }
    for name in ("AccountCode", "AccountID", "ItemCode"):
        if row.get(name):
            shown[name] = row[name]
    for name in ("DiscountRate", "DiscountAmount"):
        if row.get(name) is not None:
            shown[name] = number(row[name])
    return shown


def overpayment(company: Company, row: Row, *, full: bool) -> Row:
    row_id = row["OverpaymentID"]
    kept = company.books.documents.get(row_id)
    _, _, parts = _settled(company, row_id) if kept else (ZERO, ZERO, {})
    rest = kept.open if kept else ZERO
    return {
        "OverpaymentID": row_id,
        "ID": row_id,
        "Type": row["Type"],
        "Reference": row["Reference"],
        "CurrencyRate": number(row["CurrencyRate"]),
        "RemainingCredit": number(rest),
        "Allocations": parts.get("Allocations", []),
        "Payments": parts.get("Payments", []),
        "HasAttachments": False,
        "Contact": contact_on(company, row["ContactID"], full=full),
        "Status": sales.shown_status(company, row, row_id),
        "LineAmountTypes": row["LineAmountTypes"],
        "LineItems": [line(each) for each in row["LineItems"]] if full else [],
        "CurrencyCode": row["CurrencyCode"],
        **_days(row, "Date"),
        **_times(row),
        **{name: number(row[name]) for name in SUMMED},
    }


def payment(company: Company, row: Row, *, full: bool) -> Row:
    """Return a payment with what it was for."""
    account = company.tables["Accounts"].rows[row["AccountID"]]
    shown: Row = {
        "PaymentID": row["PaymentID"],
        "Date": ms_day(row["Date"]),
        "BankAmount": number(row["BankAmount"]),
        "Amount": number(row["Amount"]),
        "Reference": row["Reference"],
        "CurrencyRate": number(row["CurrencyRate"]),
        "PaymentType": row["PaymentType"],
        "Status": row["Status"],
        **_times(row),
        "HasAccount": True,
        "IsReconciled": row["IsReconciled"],
        "Account": {"AccountID": account["AccountID"], "Code": account.get("Code", "")},
        row["Target"]: _target(company, row, full=full),
        "HasValidationErrors": False,
    }
    if row["BatchPaymentID"]:
        shown["BatchPaymentID"] = row["BatchPaymentID"]
        shown["BatchPayment"] = batch(company, _batch_of(company, row), full=False)
    return shown


def bank_transaction(company: Company, row: Row, *, full: bool) -> Row:
    account = company.tables["Accounts"].rows[row["AccountID"]]
    shown: Row = {
        "BankTransactionID": row["BankTransactionID"],
        "BankAccount": {n: account.get(n, "") for n in ("AccountID", "Code", "Name")},
        "Type": row["Type"],
        "Reference": row["Reference"],
        "IsReconciled": row["IsReconciled"],
        "HasAttachments": False,
        "Contact": contact_on(company, row["ContactID"], full=full),
        **_days(row, "Date"),
        "Status": row["Status"],
        "LineAmountTypes": row["LineAmountTypes"],
        "LineItems": [line(each) for each in row["LineItems"]] if full else [],
        **{name: number(row[name]) for name in SUMMED},
        "UpdatedDateUTC": ms_time(row["_ms"]),
        "CurrencyCode": row["CurrencyCode"],
    }
    if row["CurrencyCode"] != company.home:
        shown["CurrencyRate"] = number(row["CurrencyRate"])
    for name in ("OverpaymentID", "Url"):
        if row.get(name):
            shown[name] = row[name]
    return shown


def batch(company: Company, row: Row, *, full: bool) -> Row:
    shown = {
        "Account": {"AccountID": row["AccountID"]},
        "BatchPaymentID": row["BatchPaymentID"],
        **_days(row, "Date"),
        "Type": row["Type"],
        "Status": row["Status"],
        "TotalAmount": number(Decimal(str(batches.total(company, row)))),
        "UpdatedDateUTC": ms_time(row["_ms"]),
        "IsReconciled": row["IsReconciled"],
    }
    for name in ("Reference", "Particulars", "Code", "Details", "Narrative"):
        if row.get(name):
            shown[name] = row[name]
    if full:
        found = company.tables["Payments"].having("batch", row["BatchPaymentID"])
        shown["Payments"] = [
            {
                "Invoice": {"InvoiceID": each["TargetID"], "LineItems": [], "ValidationErrors": []},
                "PaymentID": each["PaymentID"],
                "Amount": number(each["Amount"]),
                "Reference": each["Reference"],
            }
            for each in found
        ]
    return shown


def allocation(company: Company, row: Row) -> Row:
    """Return an allocation as its own endpoint answers it."""
    source = "CreditNote" if row["Source"] == "CreditNotes" else "Overpayment"
    return {
        "AllocationID": row["AllocationID"],
        "Amount": number(row["Amount"]),
        "Date": ms_day(row["Date"]),
        "Invoice": _invoice_reference(company, row["InvoiceID"]),
        source: {f"{source}ID": row["SourceID"], "ID": row["SourceID"], "LineItems": []},
        "ValidationErrors": [],
    }


def _invoice_reference(company: Company, invoice_id: str) -> Row:
    row = company.tables["Invoices"].rows[invoice_id]
    return {
        "InvoiceID": invoice_id,
        "InvoiceNumber": row["InvoiceNumber"],
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "HasErrors": False,
        "IsDiscounted": False,
        "LineItems": [],
        "ValidationErrors": [],
    }


def _settled(company: Company, row_id: str) -> tuple[Decimal, Decimal, dict[str, list[Row]]]:
    """Return what was paid, what was credited, and the parts in the shapes of a document."""
    paid = credited = ZERO
    parts: dict[str, list[Row]] = {}
    tables = company.tables
    for use in company.uses(row_id):
        row = tables["Payments"].rows.get(use.owner)
        if row:
            paid += use.amount
            parts.setdefault("Payments", []).append(_part_payment(row))
            continue
        row = tables["Allocations"].rows[use.owner]
        credited += use.amount
        if row["InvoiceID"] == row_id:
            kind, shown = _part_credit(company, row)
        else:
            kind, shown = "Allocations", _part_allocation(company, row)
        parts.setdefault(kind, []).append(shown)
    return paid, credited, parts


def _part_payment(row: Row) -> Row:
    return {
        "PaymentID": row["PaymentID"],
        "Date": ms_day(row["Date"]),
        "Amount": number(row["Amount"]),
        "Reference": row["Reference"],
        "CurrencyRate": number(row["CurrencyRate"]),
        "HasAccount": False,
        "HasValidationErrors": False,
    }


def _part_credit(company: Company, row: Row) -> tuple[str, Row]:
    """Return what settles an invoice, as the invoice shows it."""
    source = company.tables[row["Source"]].rows[row["SourceID"]]
    shown: Row = {
        "AppliedAmount": number(row["Amount"]),
        **_days(row, "Date"),
        "Total": number(source["Total"]),
        "ID": row["SourceID"],
        "LineItems": [],
    }
    if row["Source"] == "CreditNotes":
        shown.update(
            CreditNoteID=row["SourceID"],
            CreditNoteNumber=source["CreditNoteNumber"],
            HasErrors=False,
        )
    else:
        shown["OverpaymentID"] = row["SourceID"]
    return str(row["Source"]), shown


def _part_allocation(company: Company, row: Row) -> Row:
    return {
        "AllocationID": row["AllocationID"],
        "Amount": number(row["Amount"]),
        "Date": ms_day(row["Date"]),
        "Invoice": _invoice_reference(company, row["InvoiceID"]),
        "IsDeleted": False,
    }


def _target(company: Company, row: Row, *, full: bool) -> Row:
    """Return the document of a payment in the short shape that payments carry."""
    if row["Target"] == "Overpayment":
        found = company.tables["Overpayments"].rows[row["TargetID"]]
        return overpayment(company, {**found, "LineItems": []}, full=False)
    form = sales.INVOICE if row["Target"] == "Invoice" else sales.CREDIT_NOTE
    target = company.tables[form.table].rows[row["TargetID"]]
    kept = company.books.documents.get(row["TargetID"])
    rest = kept.open if kept and not kept.void else target["Total"]
    shown: Row = {
        "Type": target["Type"],
        form.id: row["TargetID"],
        form.number: target[form.number],
        "Payments": [],
        "HasErrors": False,
        "Contact": contact_on(company, target["ContactID"], full=False),
        "LineItems": [],
        "CurrencyCode": target["CurrencyCode"],
    }
    if form is sales.INVOICE:
        shown.update(CreditNotes=[], Prepayments=[], Overpayments=[], IsDiscounted=False)
        if full:
            due = number(rest)
            paid = number(target["Total"] - rest)
            shown.update(
                AmountDue=due, AmountPaid=paid, CurrencyRate=number(target["CurrencyRate"])
            )
    else:
        shown["ID"] = row["TargetID"]
        shown["RemainingCredit"] = number(rest)
    return shown


def _batch_of(company: Company, row: Row) -> Row:
    return company.tables["BatchPayments"].rows[row["BatchPaymentID"]]


def _days(row: Row, *names: str) -> Row:
    """Return dates in both forms; payments and allocations have no readable twin (FACTS X36)."""
    shown: Row = {}
    for name in names:
        if row.get(name):
            shown[f"{name}String"] = day_text(row[name])
            shown[name] = ms_day(row[name])
    return shown


def _times(row: Row) -> Row:
    return {
        "UpdatedDateUTC": ms_time(row["_ms"]),
        "UpdatedDateUTCString": time_text(row["_ms"]),
    }


Shape = Callable[..., Row]
SHAPES: Mapping[str, Shape] = {
    "Accounts": shapes.account,
    "BankTransactions": bank_transaction,
    "BatchPayments": batch,
    "ContactGroups": shapes.group,
    "Contacts": shapes.contact,
    "CreditNotes": lambda company, row, *, full: sale(company, sales.CREDIT_NOTE, row, full=full),
    "Invoices": lambda company, row, *, full: sale(company, sales.INVOICE, row, full=full),
    "Items": shapes.item,
    "ManualJournals": shapes.journal,
    "Overpayments": overpayment,
    "Payments": payment,
    "TaxRates": shapes.tax_rate,
    "TrackingCategories": shapes.category,
}


def show(company: Company, table: str, row: Row, *, full: bool = True) -> Any:
    return SHAPES[table](company, row, full=full)
