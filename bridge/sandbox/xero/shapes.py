"""The form of contacts and lists in an answer. Shapes as recorded. Last verified 2026-11-20."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.xero.company import CLASSES, Company
from bridge.sandbox.xero.currencies import CURRENCIES
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import ms_day, ms_time, number

PHONES = ("DEFAULT", "DDI", "FAX", "MOBILE")
ADDRESSES = ("STREET", "POBOX")


def contact(company: Company, row: Row, *, full: bool) -> Row:
    """Return a contact; lists without pages leave balances and terms out."""
    shown: Row = {
        "ContactID": row["ContactID"],
        "ContactStatus": row["ContactStatus"],
        "Name": row["Name"],
    }
    for name in (
        "ContactNumber",
        "AccountNumber",
        "FirstName",
        "LastName",
        "EmailAddress",
        "CompanyNumber",
        "TaxNumber",
        "AccountsReceivableTaxType",
        "SalesDefaultAccountCode",
        "DefaultCurrency",
    ):
        if row.get(name):
            shown[name] = row[name]
    addresses = {each.get("AddressType"): each for each in row.get("Addresses") or ()}
    blank = {"City": "", "Region": "", "PostalCode": "", "Country": ""}
    phones = {each.get("PhoneType"): each for each in row.get("Phones") or ()}
    nothing = {"PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}
    shown.update(
        BankAccountDetails=row.get("BankAccountDetails", ""),
        Addresses=[addresses.get(kind, {"AddressType": kind, **blank}) for kind in ADDRESSES],
        Phones=[phones.get(kind, {"PhoneType": kind, **nothing}) for kind in PHONES],
        UpdatedDateUTC=ms_time(row["_ms"]),
        ContactGroups=_groups(company, row["ContactID"]) if full else [],
        IsSupplier=False,
        IsCustomer=_is_customer(company, row["ContactID"]),
        ContactPersons=row.get("ContactPersons") or [],
        HasAttachments=False,
        HasValidationErrors=False,
    )
    if full:
        owed, late = _owed(company, row["ContactID"])
        receivable = {"Outstanding": number(owed), "Overdue": number(late)}
        payable = {"Outstanding": number(ZERO), "Overdue": number(ZERO)}
        if row.get("PaymentTerms"):
            shown["PaymentTerms"] = row["PaymentTerms"]
        if owed or shown["IsCustomer"]:
            shown["Balances"] = {"AccountsReceivable": receivable, "AccountsPayable": payable}
    return shown


def account(_company: Company, row: Row, *, full: bool) -> Row:
    shown = {name: value for name, value in row.items() if not name.startswith("_")}
    shown["Class"] = CLASSES[row["Type"]][0]
    shown.setdefault("ShowInExpenseClaims", False)
    shown.setdefault("AddToWatchlist", False)
    shown.update(HasAttachments=False, UpdatedDateUTC=ms_time(row["_ms"]))
    if row["Type"] != "BANK":
        shown.pop("CurrencyCode", None)
        shown["BankAccountType"] = ""
    return shown


def item(_company: Company, row: Row, *, full: bool) -> Row:
    shown = {name: value for name, value in row.items() if not name.startswith("_")}
    shown.setdefault("PurchaseDetails", {})
    shown.setdefault("SalesDetails", {})
    shown.update(IsTrackedAsInventory=False, UpdatedDateUTC=ms_time(row["_ms"]))
    return shown


def category(_company: Company, row: Row, *, full: bool) -> Row:
    return {
        "Name": row["Name"],
        "Status": row["Status"],
        "TrackingCategoryID": row["TrackingCategoryID"],
        "Options": [option(each) for each in row["Options"] if each["Status"] != "DELETED"],
    }


def option(row: Row) -> Row:
    return {
        **row,
        "HasValidationErrors": False,
        "IsDeleted": row["Status"] == "DELETED",
        "IsArchived": row["Status"] == "ARCHIVED",
        "IsActive": row["Status"] == "ACTIVE",
    }


def tax_rate(_company: Company, row: Row, *, full: bool) -> Row:
    shown = {name: value for name, value in row.items() if not name.startswith("_")}
    for name in ("EffectiveRate", "DisplayTaxRate"):
        shown[name] = number(row["EffectiveRate"])
    part = {"Name": "Tax", "Rate": number(row["EffectiveRate"])}
    shown["TaxComponents"] = [{**part, "IsCompound": False, "IsNonRecoverable": False}]
    return shown


def group(company: Company, row: Row, *, full: bool) -> Row:
    shown: Row = {name: row[name] for name in ("ContactGroupID", "Name", "Status")}
    shown["Contacts"] = []
    shown["HasValidationErrors"] = False
    if full:
        contacts = company.tables["Contacts"].rows
        shown["Contacts"] = [
            {"ContactID": each, "Name": contacts[each]["Name"]} for each in row["Members"]
        ]
    return shown


def currency(code: str) -> Row:
    return {"Code": code, "Description": CURRENCIES[code]}


def _groups(company: Company, contact_id: str) -> list[Row]:
    return [
        {name: row[name] for name in ("ContactGroupID", "Name", "Status")}
        for row in company.tables["ContactGroups"].rows.values()
        if contact_id in row["Members"] and row["Status"] == "ACTIVE"
    ]


def _is_customer(company: Company, contact_id: str) -> bool:
    tables = company.tables
    return bool(
        tables["Invoices"].ids("contact", contact_id)
        or tables["CreditNotes"].ids("contact", contact_id)
    )


def _owed(company: Company, contact_id: str) -> tuple[Decimal, Decimal]:
    """Return what a contact owes in the base currency, and the part that is overdue."""
    documents, today = company.books.documents, company.today()
    owed = late = ZERO
    for table, sign in (("Invoices", 1), ("CreditNotes", -1), ("Overpayments", -1)):
        for row_id in company.tables[table].ids("contact", contact_id):
            kept = documents.get(row_id)
            if kept is None or kept.void:
                continue
            owed += sign * kept.home_open
            if sign > 0 and kept.due < today:
                late += kept.home_open
    return owed, late


def journal(_company: Company, row: Row, *, full: bool) -> Row:
    shown = {
        "Date": ms_day(row["Date"]),
        "Status": row["Status"],
        "LineAmountTypes": row["LineAmountTypes"],
        "UpdatedDateUTC": ms_time(row["_ms"]),
        "ManualJournalID": row["ManualJournalID"],
        "Narration": row["Narration"],
        "JournalLines": [],
        "ShowOnCashBasisReports": row["ShowOnCashBasisReports"],
        "HasAttachments": False,
    }
    if full:
        shown["JournalLines"] = [
            {
                **{n: v for n, v in each.items() if v is not None},
                "LineAmount": number(each["LineAmount"]),
                "TaxAmount": number(ZERO),
                "IsBlank": False,
            }
            for each in row["JournalLines"]
        ]
    return shown
