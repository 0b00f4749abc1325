"""Invoices: draft, sent, paid, written off, void, deleted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.books.documents import Document, Line
from bridge.sandbox.zoho import applications, custom, lines
from bridge.sandbox.zoho.applications import CREDIT_NOTE, JOURNAL, PAYMENT, WRITE_OFF
from bridge.sandbox.zoho.faults import refused, taken
from bridge.sandbox.zoho.organization import BAD_DEBT, Organization
from bridge.sandbox.zoho.tables import Row, sent

MODULE = "sales"
LONGEST_TERMS = 100
NUMBER = "INV-{:06d}"
PLAIN = ("reference_number", "notes", "terms", "salesperson_name", "payment_terms_label")


def create(org: Organization, body: Row, *, own_number: bool = False, send: bool = False) -> Row:
    """Add an invoice: a draft, which posts nothing until it is sent."""
    customer = org.customer(body.get("customer_id"), refused(3004))
    _refuse_extras(body)
    if org.settings.salesperson_mandatory and not body.get("salesperson_name"):
        raise refused(120104)
    _check_reference(org, body)
    row: Row = {"customer_id": customer["contact_id"], "state": "draft", "invoice_id": ""}
    row["date"] = body.get("date") or org.today().isoformat()
    org.check_open(MODULE, row["date"])
    lines.set_currency(org, row, customer, body, "invoice")
    _fill(org, row, body)
    row["custom"] = custom.values(org, "invoice", body.get("custom_fields"), None)
    if _holder(org, body.get("invoice_number", ""), ""):
        raise taken(f"Invoice {body['invoice_number']}")
    row["invoice_number"] = org.own_number(
        "invoice", NUMBER, body.get("invoice_number", ""), own=own_number
    )
    row.update(
        payment_made=ZERO,
        credits_applied=ZERO,
        write_off_amount=ZERO,
        last_payment_date="",
        balance=row["total"],
    )
    org.put("invoices", row)
    if send:
        org.put("invoices", {**row, "mailed": True}, modified=False)
        mark_sent(org, row["invoice_id"])
    return org.tables["invoices"][row["invoice_id"]]


def update(org: Organization, invoice_id: str, body: Row, *, own_number: bool = False) -> Row:
    """Change an invoice; lines that are sent replace all lines."""
    before = org.row("invoices", invoice_id)
    _refuse_extras(body)
    _check_reference(org, body)
    if before["state"] == "void":
        raise refused(900022, "void", "changed")
    uses = applications.of_invoice(org, invoice_id)
    if not org.by_hand:
        if (
            before["state"] == "sent"
            and not before["balance"]
            and not org.settings.paid_invoice_edit
        ):
            raise refused(900028)
        if "line_items" not in body and not org.settings.header_only_edit:
            raise refused(4, "line_items")
    row = {**before, "date": body.get("date") or before["date"]}
    org.check_open(MODULE, before["date"], row["date"])
    wanted = body.get("customer_id") or before["customer_id"]
    if wanted != before["customer_id"]:
        if any(use["source"] == PAYMENT for use in uses):
            raise refused(3010)
        if uses:
            raise refused(3009)
    customer = org.tables["contacts"].rows.get(wanted)
    if wanted != before["customer_id"] or customer is None:
        customer = org.customer(wanted, refused(3004))
    row["customer_id"] = customer["contact_id"]
    lines.set_currency(org, row, customer, body, "invoice")
    _fill(org, row, body)
    if row["total"] < org.used_credit(invoice_id):
        raise refused(900012)
    row["custom"] = custom.values(org, "invoice", body.get("custom_fields"), before)
    number = body.get("invoice_number") or before["invoice_number"]
    if number != before["invoice_number"]:
        if not own_number and not org.by_hand:
            raise refused(4097)
        if _holder(org, number, invoice_id):
            raise taken(f"Invoice {number}")
    row["invoice_number"] = number
    org.put("invoices", row)
    if row["state"] == "sent":
        org.books.repost(document(org, row))
    applications.refresh_invoice(org, invoice_id)
    return org.tables["invoices"][invoice_id]


def set_custom_fields(org: Organization, invoice_id: str, sent: list[Row]) -> None:
    """Change custom fields and nothing else."""
    row = org.row("invoices", invoice_id)
    org.put("invoices", {**row, "custom": custom.values(org, "invoice", sent, row)})


def mark_sent(org: Organization, invoice_id: str) -> None:
    """Post a draft. No mail goes out."""
    row = org.row("invoices", invoice_id)
    if row["state"] == "void":
        raise refused(900022, "void", "sent")
    if row["state"] == "sent":
        raise refused(900009)
    org.check_open(MODULE, row["date"])
    row = org.put("invoices", {**row, "state": "sent"})
    if invoice_id in org.books.documents:
        org.books.delete(invoice_id)
    org.books.post(document(org, row))
    applications.refresh_invoice(org, invoice_id)


def void(org: Organization, invoice_id: str) -> None:
    """Keep the invoice with no effect; what was paid on it is the customer's credit again."""
    row = org.row("invoices", invoice_id)
    if row["state"] == "void":
        raise refused(900008, "invoice")
    org.check_open(MODULE, row["date"])
    _free(org, invoice_id)
    if invoice_id in org.books.documents:
        org.books.void(invoice_id)
    org.put("invoices", {**org.tables["invoices"][invoice_id], "state": "void"})
    applications.refresh_invoice(org, invoice_id)


def to_draft(org: Organization, invoice_id: str) -> None:
    """Bring a void invoice back as a draft."""
    row = org.row("invoices", invoice_id)
    if row["state"] != "void":
        raise refused(900022, status(org, row), "draft")
    org.check_open(MODULE, row["date"])
    if invoice_id in org.books.documents:
        org.books.delete(invoice_id)
    org.put("invoices", {**row, "state": "draft"})
    applications.refresh_invoice(org, invoice_id)


def delete(org: Organization, invoice_id: str) -> None:
    """Erase an invoice; nothing tells that it was there."""
    row = org.row("invoices", invoice_id)
    org.check_open(MODULE, row["date"])
    if org.by_hand:
        _free(org, invoice_id)
    cancelled = list(applications.of_invoice(org, invoice_id, WRITE_OFF))
    if applications.of_invoice(org, invoice_id, PAYMENT):
        raise refused(4001)
    if applications.of_invoice(org, invoice_id, CREDIT_NOTE, JOURNAL):
        raise refused(12008)
    for use in cancelled:
        _cancel(org, use)
    if invoice_id in org.books.documents:
        org.books.delete(invoice_id)
    org.remove("invoices", invoice_id)


def write_off(org: Organization, invoice_id: str) -> None:
    """Charge the whole balance to bad debt, today."""
    row = org.row("invoices", invoice_id)
    today = org.today().isoformat()
    org.check_open(MODULE, today)
    if row["state"] != "sent" or not row["balance"]:
        raise refused(900011)
    made = Document(
        id=org.next_id(),
        kind="write_off",
        number="",
        date=today,
        currency=row["currency_code"],
        total=row["balance"],
        customer=row["customer_id"],
        rate=Decimal(row["exchange_rate"]),
        lines=[Line(org.account_named(BAD_DEBT), row["balance"])],
    )
    org.books.post(made)
    applications.apply(org, WRITE_OFF, made.id, invoice_id, row["balance"], today)


def cancel_write_off(org: Organization, invoice_id: str) -> None:
    org.row("invoices", invoice_id)
    uses = applications.of_invoice(org, invoice_id, WRITE_OFF)
    if not uses:
        raise refused(900023)
    for use in uses:
        org.check_open(MODULE, use["date"])
        _cancel(org, use)


def _cancel(org: Organization, use: Row) -> None:
    applications.undo(org, use)
    org.books.delete(use["credit_id"])


def _free(org: Organization, invoice_id: str) -> None:
    """Take every credit off an invoice; written-off amounts come back."""
    for use in applications.of_invoice(org, invoice_id):
        if use["source"] == WRITE_OFF:
            _cancel(org, use)
        else:
            applications.undo(org, use)


def document(org: Organization, row: Row) -> Document:
    return Document(
        id=row["invoice_id"],
        kind="invoice",
        number=row["invoice_number"],
        date=row["date"],
        due=row["due_date"],
        currency=row["currency_code"],
        rate=Decimal(row["exchange_rate"]),
        total=Decimal(row["total"]),
        customer=row["customer_id"],
        lines=lines.posted(org, row),
    )


def status(org: Organization, row: Row) -> str:
    """Return the status as the API shows it: a matter of state, balance and today's date."""
    if row["state"] != "sent":
        return str(row["state"])
    if not row["balance"]:
        return "paid"
    partly = row["balance"] < row["total"]
    late = row["due_date"] < org.today().isoformat()
    if late and (not partly or org.settings.overdue_hides_partially_paid):
        return "overdue"
    return "partially_paid" if partly else "sent"


def modified(org: Organization, row: Row) -> str:
    """Return when an invoice changed last; by the switch, becoming overdue is a change."""
    written: str = row["last_modified_time"]
    if not org.settings.overdue_moves_modified_time or status(org, row) != "overdue":
        return written
    overdue = org.midnight_after(row["due_date"])
    return max(written, overdue, key=datetime.fromisoformat)


def _fill(org: Organization, row: Row, body: Row) -> None:
    """Set everything that does not depend on what was there before."""
    terms = sent("payment_terms", 0, body, row)
    if terms > LONGEST_TERMS:
        raise refused(4, "payment_terms")
    row["payment_terms"] = terms
    for name in PLAIN:
        row[name] = sent(name, "", body, row)
    if body.get("due_date"):
        row["due_date"] = body["due_date"]
    elif "due_date" not in row or "payment_terms" in body:
        later = timedelta(days=max(terms, 0))
        row["due_date"] = (date.fromisoformat(row["date"]) + later).isoformat()
    if "line_items" in body or "line_items" not in row:
        honoured = org.by_hand or org.settings.invoice_line_account == "honour"
        row["line_items"] = lines.built(org, body, row["currency_code"], accounts=honoured)
    row["adjustment"] = sent("adjustment", ZERO, body, row)
    row["adjustment_description"] = sent("adjustment_description", "Adjustment", body, row)
    lines.total(org, row)


def _holder(org: Organization, number: str, but: str) -> bool:
    return bool(number) and any(
        row_id != but for row_id in org.tables["invoices"].ids("invoice_number", number)
    )


def _check_reference(org: Organization, body: Row) -> None:
    if len(body.get("reference_number", "")) > org.settings.reference_number_length:
        raise refused(4, "reference_number")


def _refuse_extras(body: Row) -> None:
    for name in ("discount", "shipping_charge"):
        if str(body.get(name) or "0").rstrip("%").strip("0.") != "":
            raise refused(900025, name)
    if body.get("batch_payments"):
        raise refused(900025, "batch_payments")
