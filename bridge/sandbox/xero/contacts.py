"""Contacts: names unique among the active, our numbers, archives. Last verified 2026-11-20."""

from __future__ import annotations

import re

from bridge.sandbox.xero import faults
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.faults import Invalid
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import new_id

IDENTITY = ("ContactID", "ContactNumber", "Name")
PERSONS = 5
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def write(company: Company, body: Row, *, create: bool, row_id: str = "") -> str:
    """Create a contact, or (POST) change the one that the body names."""
    before = (
        None if create else find(company, {**body, **({"ContactID": row_id} if row_id else {})})
    )
    if create and body.get("ContactID"):
        raise Invalid(faults.UNKNOWN_DOCUMENT)
    if not create and (body.get("ContactID") or row_id) and before is None:
        raise Invalid(faults.UNKNOWN_DOCUMENT)
    if before is None:
        if not body.get("Name"):
            raise Invalid(faults.NO_CONTACT)
        before = {"ContactID": new_id(), "ContactStatus": "ACTIVE"}
    elif before["ContactStatus"] == "ARCHIVED" and not company.by_hand:
        revived = body.get("ContactStatus") == "ACTIVE"
        if not (revived and company.settings.unarchive_by_api == "accept"):
            raise Invalid(faults.ARCHIVED_EDIT)
    row = {**before, **{name: value for name, value in body.items() if name != "ContactID"}}
    _check(company, row)
    return str(company.save("Contacts", row)["ContactID"])


def find(company: Company, body: Row) -> Row | None:
    """Find the contact that a body names: by id, else number, else (switch) name."""
    table = company.tables["Contacts"]
    if body.get("ContactID"):
        return table.rows.get(body["ContactID"])
    if body.get("ContactNumber"):
        found = table.having("number", body["ContactNumber"].casefold())
        if found:
            return found[0]
    if body.get("Name") and company.settings.contact_name_match == "match":
        return active_named(company, body["Name"])
    return None


def active_named(company: Company, name: str) -> Row | None:
    found = company.tables["Contacts"].having("name", name.casefold())
    return next((row for row in found if row["ContactStatus"] == "ACTIVE"), None)


def refer(company: Company, body: Row | None) -> str:
    """Return the contact of a document. More than an id changes it, an unknown name makes one."""
    if not body or not any(body.get(name) for name in IDENTITY):
        raise Invalid(faults.NO_CONTACT)
    table = company.tables["Contacts"]
    if body.get("ContactID"):
        row = table.rows.get(body["ContactID"])
        if row is None:
            raise Invalid(faults.UNKNOWN_DOCUMENT)
    else:
        found = table.having("number", str(body.get("ContactNumber") or "").casefold())
        row = found[0] if found and body.get("ContactNumber") else None
        if row is None and body.get("Name"):
            row = active_named(company, body["Name"])
        if row is None:
            return write(company, body, create=True)
    if row["ContactStatus"] != "ACTIVE" and not company.by_hand:
        raise Invalid(faults.ARCHIVED_USE)
    known = ("ContactPersons", "Addresses", "Phones", "ContactStatus")
    change = {name: value for name, value in body.items() if name not in known}
    if any(value not in ("", row.get(name)) for name, value in change.items()):
        write(company, change, create=False, row_id=row["ContactID"])
    return str(row["ContactID"])


def _check(company: Company, row: Row) -> None:
    messages = []
    name = row.get("Name") or ""
    if (
        not name
        or name != " ".join(name.split(" ")).strip()
        or "  " in name
        or set(name) & {"<", ">"}
    ):
        messages.append(
            "The contact name is not valid: it is empty, or has < or >, or idle spaces."
        )
    holder = active_named(company, name)
    if row["ContactStatus"] == "ACTIVE" and holder and holder["ContactID"] != row["ContactID"]:
        messages.append(faults.name_taken(name))
    number = row.get("ContactNumber") or ""
    others = company.tables["Contacts"].ids("number", number.casefold()) if number else []
    if any(other != row["ContactID"] for other in others):
        messages.append(faults.CONTACT_NUMBER_TAKEN)
    email = row.get("EmailAddress") or ""
    if email and not EMAIL.fullmatch(email):
        messages.append(faults.EMAIL)
    if len(row.get("ContactPersons") or ()) > PERSONS:
        messages.append(f"A contact can have at most {PERSONS} additional people.")
    currency = row.get("DefaultCurrency")
    if currency and currency not in (company.home, *company.currencies):
        messages.append(faults.no_currency(currency))
    if messages:
        raise Invalid(*messages)


def write_group(company: Company, body: Row, *, create: bool, row_id: str = "") -> str:
    """Create a contact group, rename it, or (Status DELETED) do away with it."""
    table = company.tables["ContactGroups"]
    if create:
        before: Row = {"ContactGroupID": new_id(), "Status": "ACTIVE", "Members": []}
        if len([row for row in table.rows.values() if row["Status"] == "ACTIVE"]) >= 100:
            raise Invalid("You’ve reached the limit of 100 contact groups.")
    else:
        found = table.rows.get(row_id or body.get("ContactGroupID", ""))
        if found is None:
            raise Invalid(faults.UNKNOWN_DOCUMENT)
        before = found
    row: Row = {**before, **{name: body[name] for name in ("Name", "Status") if name in body}}
    if not row.get("Name"):
        raise Invalid("A contact group must have a name.")
    same = table.having("name", row["Name"].casefold())
    if any(
        each["Status"] == "ACTIVE" and each["ContactGroupID"] != row["ContactGroupID"]
        for each in same
    ):
        raise Invalid("A contact group with this name exists already.")
    return str(company.save("ContactGroups", row)["ContactGroupID"])


def join_group(company: Company, group_id: str, elements: list[Row]) -> list[str]:
    """Add contacts to a group and return their ids."""
    group = company.tables["ContactGroups"].rows[group_id]
    ids = []
    for body in elements:
        found = find(company, body)
        if found is None:
            raise Invalid(faults.UNKNOWN_DOCUMENT)
        ids.append(found["ContactID"])
    members = list(dict.fromkeys([*group["Members"], *ids]))
    company.save("ContactGroups", {**group, "Members": members})
    return ids


def leave_group(company: Company, group_id: str, contact_id: str) -> None:
    group = company.tables["ContactGroups"].rows[group_id]
    members = [] if not contact_id else [each for each in group["Members"] if each != contact_id]
    company.save("ContactGroups", {**group, "Members": members})
