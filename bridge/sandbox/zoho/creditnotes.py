"""Credit notes: drafts, open ones, applied to invoices, void, deleted."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.books.documents import Document
from bridge.sandbox.zoho import applications, custom, lines, payments
from bridge.sandbox.zoho.applications import CREDIT_NOTE, PAYMENT
from bridge.sandbox.zoho.faults import missing, refused
from bridge.sandbox.zoho.organization import Organization
from bridge.sandbox.zoho.tables import Row, sent

MODULE = "sales"
NUMBER = "CN-{:05d}"


def create(org: Organization, body: Row, *, own_number: bool = False, invoice_id: str = "") -> Row:
    """Add a credit note, open unless it is to be a draft; put it on an invoice if one is named."""
    customer = org.customer(body.get("customer_id"), refused(3004))
    own_number = own_number or body.get("ignore_auto_number_generation", False)
    row: Row = {"customer_id": customer["contact_id"], "creditnote_id": ""}
    if not body.get("date") and not org.by_hand:
        raise refused(4, "date")
    _fill(org, row, body, customer)
    row["custom"] = custom.values(org, "creditnote", body.get("custom_fields"), None)
    number = body.get("creditnote_number", "")
    if number and org.tables["creditnotes"].ids("creditnote_number", number):
        raise refused(12018)
    if invoice_id:
        _check_invoice(org, row, invoice_id)
    row["creditnote_number"] = org.own_number("creditnote", NUMBER, number, own=own_number)
    row["state"] = "draft" if body.get("is_draft") else "open"
    row["balance"] = row["total"]
    org.put("creditnotes", row)
    credit_id = row["creditnote_id"]
    if row["state"] == "open":
        org.books.post(document(org, row))
    if invoice_id and row["state"] == "open":
        amount = min(row["total"], org.books.documents[invoice_id].open)
        if amount:
            applications.apply(org, CREDIT_NOTE, credit_id, invoice_id, amount, row["date"])
    return org.tables["creditnotes"][credit_id]


def update(org: Organization, credit_id: str, body: Row) -> Row:
    """Change a credit note, never below what is used of it."""
    before = org.row("creditnotes", credit_id)
    if before["state"] == "void":
        raise refused(900022, "void", "changed")
    org.check_open(MODULE, before["date"])
    wanted = body.get("customer_id") or before["customer_id"]
    used = org.used_credit(credit_id)
    if wanted != before["customer_id"] and used:
        raise refused(900018)
    customer = org.tables["contacts"].rows.get(wanted) or org.customer(wanted, refused(3004))
    row = {**before, "customer_id": customer["contact_id"]}
    _fill(org, row, body, customer)
    if row["total"] < used:
        raise refused(900012)
    row["custom"] = custom.values(org, "creditnote", body.get("custom_fields"), before)
    number = body.get("creditnote_number") or before["creditnote_number"]
    if number != before["creditnote_number"]:
        if not (body.get("ignore_auto_number_generation") or org.by_hand):
            raise refused(4097)
        if org.tables["creditnotes"].ids("creditnote_number", number):
            raise refused(12018)
    row["creditnote_number"] = number
    org.put("creditnotes", row)
    if row["state"] == "open":
        org.books.repost(document(org, row))
    applications.refresh_credit(org, credit_id)
    return org.tables["creditnotes"][credit_id]


def void(org: Organization, credit_id: str) -> None:
    row = org.row("creditnotes", credit_id)
    if row["state"] == "void":
        raise refused(900008, "credit note")
    org.check_open(MODULE, row["date"])
    _free(org, credit_id, refused(900018))
    if credit_id in org.books.documents:
        org.books.void(credit_id)
    org.put("creditnotes", {**org.tables["creditnotes"][credit_id], "state": "void"})
    applications.refresh_credit(org, credit_id)


def set_state(org: Organization, credit_id: str, wanted: str) -> None:
    """Open a draft, or bring a void credit note back as a draft or open."""
    row = org.row("creditnotes", credit_id)
    allowed = {"draft": ("open",), "void": ("open", "draft")}
    if wanted not in allowed.get(row["state"], ()):
        raise refused(900022, status(row), wanted)
    org.check_open(MODULE, row["date"])
    if credit_id in org.books.documents:
        org.books.delete(credit_id)
    row = org.put("creditnotes", {**row, "state": wanted})
    if wanted == "open":
        org.books.post(document(org, row))
    applications.refresh_credit(org, credit_id)


def delete(org: Organization, credit_id: str) -> None:
    row = org.row("creditnotes", credit_id)
    org.check_open(MODULE, row["date"])
    _free(org, credit_id, refused(1040))
    if credit_id in org.books.documents:
        org.books.delete(credit_id)
    org.remove("creditnotes", credit_id)


def apply(org: Organization, credit_id: str, body: Row) -> None:
    """Settle invoices with a credit note, all of them or none."""
    row = org.row("creditnotes", credit_id)
    if row["state"] == "void":
        raise refused(12004)
    if status(row) == "closed":
        raise refused(12003)
    if row["state"] == "draft":
        raise refused(900022, "draft", "applied")
    parts = body.get("invoices")
    if parts is None and body.get("invoice_id"):
        parts = [{"invoice_id": body["invoice_id"], "amount_applied": body.get("amount_applied")}]
    wanted = applications.amounts(org, parts or [], "invoice_id", row["currency_code"])
    if not wanted:
        raise refused(4, "invoices")
    for invoice_id, amount in wanted.items():
        _check_invoice(org, row, invoice_id)
        if amount > org.books.documents[invoice_id].open:
            raise refused(24016)
    if sum(wanted.values(), ZERO) > row["balance"]:
        raise refused(900015)
    today = org.today().isoformat()
    org.check_open(MODULE, today)
    for invoice_id, amount in wanted.items():
        applications.apply(org, CREDIT_NOTE, credit_id, invoice_id, amount, today)


def apply_credits(org: Organization, invoice_id: str, body: Row) -> None:
    """Settle an invoice with earlier payments and with credit notes, with all of them or none."""
    invoice = org.row("invoices", invoice_id)
    _check_invoice(org, invoice, invoice_id)
    currency = invoice["currency_code"]
    notes = applications.amounts(
        org, body.get("apply_creditnotes") or [], "creditnote_id", currency
    )
    money = applications.amounts(org, body.get("invoice_payments") or [], "payment_id", currency)
    if not notes and not money:
        raise refused(4, "amount_applied")
    for credit_id, amount in notes.items():
        row = org.row("creditnotes", credit_id)
        if row["state"] == "void":
            raise refused(12004)
        if status(row) == "closed":
            raise refused(12003)
        if row["customer_id"] != invoice["customer_id"] or row["state"] == "draft":
            raise missing("creditnotes")
        if amount > row["balance"]:
            raise refused(900015)
    for payment_id, amount in money.items():
        payment = payments.check_exists(org, payment_id)
        if payment["customer_id"] != invoice["customer_id"]:
            raise missing("payments")
        if amount > payment["unused_amount"]:
            raise refused(900015)
    every = [*notes.values(), *money.values()]
    if sum(every, ZERO) > org.books.documents[invoice_id].open:
        raise refused(24016)
    today = org.today().isoformat()
    org.check_open(MODULE, today)
    for credit_id, amount in notes.items():
        applications.apply(org, CREDIT_NOTE, credit_id, invoice_id, amount, today)
    for payment_id, amount in money.items():
        applications.apply(org, PAYMENT, payment_id, invoice_id, amount, today)


def status(row: Row) -> str:
    if row["state"] != "open":
        return str(row["state"])
    return "open" if row["balance"] else "closed"


def document(org: Organization, row: Row) -> Document:
    return Document(
        id=row["creditnote_id"],
        kind="credit_note",
        number=row["creditnote_number"],
        date=row["date"],
        currency=row["currency_code"],
        rate=Decimal(row["exchange_rate"]),
        total=Decimal(row["total"]),
        customer=row["customer_id"],
        lines=lines.posted(org, row),
    )


def _fill(org: Organization, row: Row, body: Row, customer: Row) -> None:
    row["date"] = body.get("date") or row.get("date") or org.today().isoformat()
    org.check_open(MODULE, row["date"])
    lines.set_currency(org, row, customer, body, "credit note")
    for name in ("reference_number", "notes", "terms"):
        row[name] = sent(name, "", body, row)
    if "line_items" in body or "line_items" not in row:
        row["line_items"] = lines.built(org, body, row["currency_code"], accounts=True)
    lines.total(org, row)


def _check_invoice(org: Organization, row: Row, invoice_id: str) -> None:
    """Refuse an invoice that credits cannot go to."""
    invoice = org.row("invoices", invoice_id)
    if invoice["customer_id"] != row["customer_id"]:
        raise missing("invoices")
    if invoice["state"] == "draft":
        raise refused(12005)
    if invoice["state"] == "void":
        raise refused(12007)
    if not invoice["balance"]:
        raise refused(12006)


def _free(org: Organization, credit_id: str, fault: Exception) -> None:
    """Take a credit note off everything if a person does this, else refuse."""
    refunds = org.tables["refunds"].ids("credit_id", credit_id)
    uses = applications.of_credit(org, credit_id)
    if (refunds or uses) and not org.by_hand:
        raise fault
    for use in uses:
        applications.undo(org, use)
    for refund_id in refunds:
        org.books.delete(refund_id)
        org.remove("refunds", refund_id)
