"""Customers, vendors and employees: one name for all three kinds."""

from __future__ import annotations

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.quickbooks import faults
from bridge.sandbox.quickbooks.company import Company
from bridge.sandbox.quickbooks.schema import PEOPLE
from bridge.sandbox.quickbooks.tables import Row

PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
PLAIN = ("DisplayName", "PrintOnCheckName", *PARTS)
DELETED = " (deleted)"


def build(company: Company, entity: str, row: Row, before: Row | None) -> Row:
    """Check a person and complete it; nothing is changed yet."""
    for name in PLAIN:
        if any(mark in str(row.get(name) or "") for mark in ":\t\n"):
            raise faults.business(f"{name} must not contain a colon, a tab or a new line.", name)
    if not row.get("DisplayName"):
        row["DisplayName"] = " ".join(str(row[part]) for part in PARTS if row.get(part))
    row["DisplayName"] = str(row["DisplayName"]).strip()
    if not row["DisplayName"]:
        raise faults.missing("DisplayName")
    row.setdefault("Active", before["Active"] if before else True)
    row["DisplayName"] = _marked(company, row, before)
    check_free(company, row["DisplayName"], entity, row.get("Id"))
    if entity == "Customer":
        _set_parent(company, row)
        row.setdefault("PrintOnCheckName", row["DisplayName"])
        row.setdefault("Taxable", False)
        row.setdefault("Job", False)
        row.setdefault("BillWithParent", False)
        row.setdefault("PreferredDeliveryMethod", "Print")
    if entity != "Employee":
        _set_currency(company, row, before)
    return row


def key(company: Company, name: str) -> str:
    """Return what must be unique of a name."""
    trimmed = " ".join(name.split())
    return trimmed.casefold() if company.settings.names_ignore_case else trimmed


def check_free(company: Company, name: str, entity: str, row_id: str | None) -> None:
    """Refuse a name that another customer, vendor or employee has."""
    holder = company.names.get(key(company, name))
    if holder and holder != (entity, row_id):
        raise faults.duplicate_name(of_a_person=True)


def register(company: Company, entity: str, row: Row, before: Row | None) -> None:
    """Note the name, and let go of the one it had before."""
    if before:
        company.names.pop(key(company, before["DisplayName"]), None)
    holder = (entity, row["Id"])
    company.names[key(company, row["DisplayName"])] = holder
    if not row["Active"] and not company.settings.inactive_frees_name:
        plain = row["DisplayName"].removesuffix(DELETED)
        company.names.setdefault(key(company, plain), holder)


def index(company: Company) -> None:
    """Note the names of everyone in the tables."""
    company.names.clear()
    for entity in PEOPLE:
        for row in company.tables[entity].rows.values():
            register(company, entity, row, None)


def render(company: Company, entity: str, row: Row) -> Row:
    shown = {**row, "domain": "QBO", "sparse": False}
    if entity == "Employee":
        return shown
    balance = company.books.receivables.balance(row["Id"]) if entity == "Customer" else ZERO
    shown["Balance"] = balance
    if entity == "Customer":
        shown["BalanceWithJobs"] = balance
        shown["FullyQualifiedName"] = full_name(company, row)
        shown["IsProject"] = False
        if row.get("ParentRef"):
            shown["Level"] = full_name(company, row).count(":")
    return shown


def full_name(company: Company, row: Row) -> str:
    """Return the name with those of the parents in front; five levels at most."""
    names = [row["DisplayName"]]
    while row.get("ParentRef") and len(names) < 5:
        row = company.tables["Customer"].rows[row["ParentRef"]["value"]]
        names.append(row["DisplayName"])
    return ":".join(reversed(names))


def _marked(company: Company, row: Row, before: Row | None) -> str:
    """Mark the name of an inactive person as QBO does (FACTS Q20)."""
    name = str(row["DisplayName"])
    if not row["Active"] and not name.endswith(DELETED):
        return name + DELETED
    if row["Active"] and before and not before["Active"]:
        return name.removesuffix(DELETED)
    return name


def _set_parent(company: Company, row: Row) -> None:
    if not row.get("ParentRef"):
        return
    parent = company.referred("Customer", row["ParentRef"], "ParentRef")
    if full_name(company, parent).count(":") >= 4:
        raise faults.business("You can have only 4 levels below the parent.", "ParentRef")
    row["ParentRef"] = {"value": parent["Id"]}


def _set_currency(company: Company, row: Row, before: Row | None) -> None:
    """Settle the currency for ever; a new one joins the company's list."""
    given = (row.get("CurrencyRef") or {}).get("value")
    if before:
        if given and given != before["CurrencyRef"]["value"]:
            raise faults.business("The currency of a customer or vendor can't be changed.")
        row["CurrencyRef"] = before["CurrencyRef"]
        return
    given = given or company.home
    if given != company.home and not company.settings.multicurrency:
        raise faults.business("Multicurrency is not enabled for this company.", "CurrencyRef")
    row["CurrencyRef"] = company.currency_reference(given)
