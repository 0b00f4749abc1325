"""Contacts: unique names, a currency that stays, and what they owe."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.zoho import custom
from bridge.sandbox.zoho.faults import refused
from bridge.sandbox.zoho.organization import HOME, Organization
from bridge.sandbox.zoho.tables import Row, sent

PLAIN = (
    "company_name",
    "website",
    "customer_sub_type",
    "notes",
    "payment_terms_label",
    "legal_name",
    "owner_id",
)
PERSON = (
    "salutation",
    "first_name",
    "last_name",
    "email",
    "phone",
    "mobile",
    "designation",
    "department",
    "skype",
)
DOCUMENTS = ("invoices", "payments", "creditnotes", "refunds")
NUMBER = "CUS-{:05d}"


def create(org: Organization, body: Row) -> Row:
    """Add a contact, active and with nothing due."""
    row: Row = {"contact_id": "", "status": "active", "contact_type": "customer"}
    if body.get("opening_balances"):
        raise refused(900025, "opening balances of contacts")
    currency = body.get("currency_id") or org.base_currency()["currency_id"]
    _fill(org, row, body, currency)
    own = body.get("ignore_auto_number_generation", False)
    row["contact_number"] = org.own_number(
        "contact", NUMBER, body.get("contact_number", ""), own=own
    )
    row["custom"] = custom.values(org, "contact", body.get("custom_fields"), None)
    return org.put("contacts", row)


def update(org: Organization, contact_id: str, body: Row) -> Row:
    """Change a contact; persons that are left out of a list that is sent are deleted."""
    before = org.row("contacts", contact_id)
    row = dict(before)
    currency = body.get("currency_id") or before["currency_id"]
    if currency != before["currency_id"] and has_documents(org, contact_id):
        raise refused(900021)
    if not org.by_hand:
        for name in ("contact_name", "contact_type"):
            if not body.get(name):
                raise refused(3013) if name == "contact_name" else refused(4, name)
    _fill(org, row, body, currency)
    if body.get("contact_number"):
        row["contact_number"] = body["contact_number"]
    row["custom"] = custom.values(org, "contact", body.get("custom_fields"), before)
    return org.put("contacts", row)


def set_status(org: Organization, contact_id: str, wanted: str) -> None:
    row = org.row("contacts", contact_id)
    if row["status"] == wanted:
        raise refused(3031 if wanted == "active" else 3032)
    org.put("contacts", {**row, "status": wanted})


def delete(org: Organization, contact_id: str) -> None:
    org.row("contacts", contact_id)
    if has_documents(org, contact_id):
        raise refused(3000)
    org.remove("contacts", contact_id)


def has_documents(org: Organization, contact_id: str) -> bool:
    if any(org.tables[name].ids("customer_id", contact_id) for name in DOCUMENTS):
        return True
    journals = org.tables["journals"].rows.values()
    return any(
        line.get("customer_id") == contact_id for row in journals for line in row["line_items"]
    )


def amounts(org: Organization, contact_id: str) -> tuple[Decimal, Decimal]:
    """Return what a customer owes and what credit it has; neither reduces the other."""
    owed = credit = ZERO
    for row in org.tables["invoices"].where("customer_id", contact_id):
        if row["state"] == "sent":
            owed += row["balance"]
    for row in org.tables["payments"].where("customer_id", contact_id):
        credit += row["unused_amount"]
    for row in org.tables["creditnotes"].where("customer_id", contact_id):
        if row["state"] == "open":
            credit += row["balance"]
    for row in org.tables["journals"].rows.values():
        kept = org.books.documents.get(row["journal_id"])
        if kept and kept.customer == contact_id and kept.open:
            owed += kept.open if kept.side > 0 else ZERO
            credit += kept.open if kept.side < 0 else ZERO
    return owed, credit


def _fill(org: Organization, row: Row, body: Row, currency_id: str) -> None:
    name = sent("contact_name", "", body, row).strip()
    if not name:
        raise refused(3013)
    currency = org.currency(currency_id)
    kind = body.get("contact_type") or row["contact_type"]
    if kind not in ("customer", "vendor"):
        raise refused(4, "contact_type")
    if not org.settings.duplicate_contact_names:
        for other in _with_name(org, name):
            if other["contact_id"] != row["contact_id"] and other["contact_type"] == kind:
                raise refused(3062, name)
    row.update(contact_name=name, contact_type=kind, folded_name=name.casefold())
    row.update(currency_id=currency["currency_id"], currency_code=currency["currency_code"])
    for field in PLAIN:
        row[field] = sent(field, "", body, row)
    terms = sent("payment_terms", 0, body, row)
    row["payment_terms"] = terms
    row["credit_limit"] = sent("credit_limit", ZERO, body, row)
    for side in ("billing_address", "shipping_address"):
        row[side] = {**row.get(side, {}), **body.get(side, {})}
    if "contact_persons" in body or "contact_persons" not in row:
        persons = body.get("contact_persons") or []
        row["contact_persons"] = [_person(org, each, n) for n, each in enumerate(persons)]


def _with_name(org: Organization, name: str) -> list[Row]:
    return org.tables["contacts"].where("folded_name", name.casefold())


def _person(org: Organization, given: Row, place: int) -> Row:
    made = {field: given.get(field, "") for field in PERSON}
    return {
        "contact_person_id": given.get("contact_person_id") or org.next_id(),
        **made,
        "is_primary_contact": given.get("is_primary_contact", place == 0),
        "enable_portal": False,
    }


def listed(org: Organization, row: Row) -> Row:
    """Return a contact as lists show it."""
    owed, credit = amounts(org, row["contact_id"])
    first: Row = next(
        (each for each in row["contact_persons"] if each["is_primary_contact"]),
        dict.fromkeys(PERSON, ""),
    )
    return {
        "contact_id": row["contact_id"],
        "contact_name": row["contact_name"],
        "company_name": row["company_name"],
        "contact_type": row["contact_type"],
        "status": row["status"],
        "payment_terms": row["payment_terms"],
        "payment_terms_label": row["payment_terms_label"],
        "currency_id": row["currency_id"],
        "currency_code": row["currency_code"],
        "outstanding_receivable_amount": owed,
        "unused_credits_receivable_amount": credit,
        "first_name": first["first_name"],
        "last_name": first["last_name"],
        "email": first["email"],
        "phone": first["phone"],
        "mobile": first["mobile"],
        "created_time": row["created_time"],
        "last_modified_time": row["last_modified_time"],
        **custom.shown(org, "contact", row),
    }


def detailed(org: Organization, row: Row) -> Row:
    """Return a contact in full."""
    owed, credit = amounts(org, row["contact_id"])
    latest = Decimal(1)
    if row["currency_code"] != HOME:
        latest = org.rate_on(row["currency_id"], org.today().isoformat())
    primary = [each for each in row["contact_persons"] if each["is_primary_contact"]]
    shown = {
        name: row[name]
        for name in (
            "contact_id",
            "contact_name",
            "contact_type",
            "contact_number",
            "status",
            "payment_terms",
            "credit_limit",
            "currency_id",
            "currency_code",
            "billing_address",
            "shipping_address",
            "contact_persons",
            "created_time",
            "last_modified_time",
            *(name for name in PLAIN if name != "language_code"),
        )
    }
    return {
        **shown,
        "has_transaction": has_documents(org, row["contact_id"]),
        "primary_contact_id": primary[0]["contact_person_id"] if primary else "",
        "currency_symbol": org.currency(row["currency_id"])["currency_symbol"],
        "is_taxable": True,
        "payment_reminder_enabled": False,
        "opening_balances": [],
        "outstanding_receivable_amount": owed,
        "outstanding_receivable_amount_bcy": org.rounded(owed * latest, HOME),
        "unused_credits_receivable_amount": credit,
        "unused_credits_receivable_amount_bcy": org.rounded(credit * latest, HOME),
        **custom.shown(org, "contact", row),
    }
