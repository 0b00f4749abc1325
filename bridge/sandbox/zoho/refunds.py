"""Money paid back to a customer, out of a payment's excess or a credit note."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ONE, ZERO
from bridge.sandbox.books.documents import Document
from bridge.sandbox.zoho import applications, payments
from bridge.sandbox.zoho.faults import missing, refused
from bridge.sandbox.zoho.organization import HOME, Organization
from bridge.sandbox.zoho.tables import Row

MODULE = "sales"
REQUIRED = ("date", "amount", "from_account_id")


def create(org: Organization, table: str, credit_id: str, body: Row) -> Row:
    """Pay back a part of what is left of a payment or credit note."""
    credit = org.row(table, credit_id)
    for name in REQUIRED:
        if body.get(name) in (None, ""):
            raise refused(4, name)
    org.check_open(MODULE, body["date"])
    amount = org.rounded(body["amount"], credit["currency_code"])
    if amount <= 0:
        raise refused(4, "Amount")
    kept = org.books.documents.get(credit_id)
    if kept is None or kept.void or amount > kept.open:
        raise refused(900010)
    account = payments.money_account(
        org, body["from_account_id"], credit["currency_code"], strict=True
    )
    rate = ONE
    if credit["currency_code"] != HOME:
        rate = Decimal(body.get("exchange_rate") or credit["exchange_rate"])
    row = org.put(
        "refunds",
        {
            "refund_id": "",
            "credit_id": credit_id,
            "of": table,
            "customer_id": credit["customer_id"],
            "date": body["date"],
            "refund_mode": body.get("refund_mode", "cash"),
            "reference_number": body.get("reference_number", ""),
            "description": body.get("description", ""),
            "amount": amount,
            "exchange_rate": rate,
            "from_account_id": account["account_id"],
            "currency_code": credit["currency_code"],
        },
    )
    made = Document(
        id=row["refund_id"],
        kind="credit_refund",
        number=row["reference_number"],
        date=row["date"],
        currency=row["currency_code"],
        rate=rate,
        total=amount,
        customer=row["customer_id"],
        money=row["from_account_id"],
    )
    org.books.post(made)
    org.books.settle(made.id, [(made, amount)], [(kept, amount)])
    applications.refresh_credit(org, credit_id)
    return row


def delete(org: Organization, credit_id: str, refund_id: str) -> None:
    row = one(org, credit_id, refund_id)
    org.check_open(MODULE, row["date"])
    org.books.delete(refund_id)
    org.remove("refunds", refund_id)
    applications.refresh_credit(org, credit_id)


def one(org: Organization, credit_id: str, refund_id: str) -> Row:
    row = org.tables["refunds"].rows.get(refund_id)
    if row is None or row["credit_id"] != credit_id:
        raise missing("refunds")
    return row


def confirmed(org: Organization, row: Row) -> Row:
    """Return a refund as the answer to its making tells it."""
    shown = {**_shown(row), "amount": row["amount"], "payment_form": ""}
    shown["description"] = row["description"]
    if row["of"] == "creditnotes":
        return {**shown, "customer_name": org.customer_name(row["customer_id"])}
    return {**shown, "exchange_rate": row["exchange_rate"]}


def listed(org: Organization, row: Row) -> Row:
    """Return a refund as lists tell it: with both amounts, and the number of what it is of."""
    shown = {
        **_shown(row),
        "customer_name": org.customer_name(row["customer_id"]),
        "amount_bcy": org.rounded(Decimal(row["amount"]) * Decimal(row["exchange_rate"]), HOME),
        "amount_fcy": row["amount"] + ZERO,
    }
    credit = org.tables[row["of"]].rows.get(row["credit_id"], {})
    if row["of"] == "creditnotes":
        more = {"payment_form": "", "description": row["description"]}
        return {**shown, **more, "creditnote_number": credit.get("creditnote_number", "")}
    return {**shown, "payment_number": credit.get("payment_number", "")}


def _shown(row: Row) -> Row:
    """Return what both answers tell; the two kinds differ in their keys too."""
    names = ("date", "refund_mode", "reference_number")
    common = {name: row[name] for name in names}
    if row["of"] == "creditnotes":
        return {
            "creditnote_refund_id": row["refund_id"],
            "creditnote_id": row["credit_id"],
            **common,
        }
    return {"payment_refund_id": row["refund_id"], "payment_id": row["credit_id"], **common}
