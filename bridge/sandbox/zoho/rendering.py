"""The look of invoices, payments and credit notes, in lists and one by one."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.zoho import applications, creditnotes, custom, invoices, lines
from bridge.sandbox.zoho.applications import CREDIT_NOTE, JOURNAL, PAYMENT
from bridge.sandbox.zoho.organization import HOME, Organization
from bridge.sandbox.zoho.tables import Row

INVOICE = (
    "invoice_id",
    "customer_id",
    "invoice_number",
    "reference_number",
    "date",
    "due_date",
    "currency_id",
    "currency_code",
    "total",
    "balance",
    "created_time",
    "last_modified_time",
    "last_payment_date",
    "salesperson_name",
    "adjustment",
    "write_off_amount",
    "exchange_rate",
)
CREDIT = (
    "creditnote_id",
    "creditnote_number",
    "reference_number",
    "date",
    "total",
    "balance",
    "customer_id",
    "currency_id",
    "currency_code",
    "created_time",
    "last_modified_time",
)
CREDIT_LINE = (
    "line_item_id",
    "item_id",
    "account_id",
    "name",
    "description",
    "quantity",
    "rate",
    "tags",
    "tax_id",
)
MONEY = (
    "payment_id",
    "payment_number",
    "date",
    "payment_mode",
    "amount",
    "unused_amount",
    "reference_number",
    "description",
    "customer_id",
    "currency_code",
    "account_id",
)


def invoice_listed(org: Organization, row: Row) -> Row:
    """Return an invoice without its lines and payments."""
    late = (org.today() - org.today().fromisoformat(row["due_date"])).days
    open_days = f"Overdue by {late} days" if late > 0 else f"Due in {-late} days"
    return {
        **{name: row[name] for name in INVOICE},
        "status": invoices.status(org, row),
        "last_modified_time": invoices.modified(org, row),
        "customer_name": org.customer_name(row["customer_id"]),
        "due_days": open_days if row["balance"] else "",
        "is_emailed": bool(row.get("mailed")),
        "is_viewed_by_client": False,
        "has_attachment": False,
        "reminders_sent": 0,
        "tags": [],
        **custom.shown(org, "invoice", row),
    }


def invoice_detailed(org: Organization, row: Row) -> Row:
    currency = org.currency(row["currency_id"])
    contact = org.tables["contacts"].rows.get(row["customer_id"], {})
    more = (
        "payment_terms",
        "payment_terms_label",
        "adjustment_description",
        "sub_total",
        "payment_made",
        "credits_applied",
        "notes",
        "terms",
    )
    shown = invoice_listed(org, row)
    shown.pop("due_days")
    rate = Decimal(row["exchange_rate"])
    made = [
        {"tax_id": "", **line, "bcy_rate": Decimal(line["rate"]) * rate, "discount": ZERO}
        for line in lines.shown(org, row["line_items"])
    ]
    return {
        **shown,
        **{name: row[name] for name in more},
        "line_items": made,
        "discount": ZERO,
        "is_inclusive_tax": False,
        "tax_total": row.get("tax_total", ZERO),
        "taxes": [],
        "price_precision": currency["price_precision"],
        "allow_partial_payments": False,
        "payment_options": {"payment_gateways": []},
        "contact_persons_associated": [],
        "billing_address": contact.get("billing_address", {}),
        "shipping_address": contact.get("shipping_address", {}),
    }


def payment_listed(org: Organization, row: Row) -> Row:
    """Return a payment with the numbers of its invoices, but not what went to which."""
    uses = applications.of_credit(org, row["payment_id"])
    numbers = [org.tables["invoices"][use["invoice_id"]]["invoice_number"] for use in uses]
    at_home = Decimal(row["amount"]) * Decimal(row["exchange_rate"])
    return {
        **{name: row[name] for name in MONEY},
        "customer_name": org.customer_name(row["customer_id"]),
        "account_name": org.tables["accounts"][row["account_id"]]["account_name"],
        "invoice_numbers": ", ".join(numbers),
        "bcy_amount": f"{org.rounded(at_home, HOME):f}",
        "tags": [],
        **custom.shown(org, "customer_payment", row),
    }


def payment_detailed(org: Organization, row: Row) -> Row:
    made = []
    for use in applications.of_credit(org, row["payment_id"]):
        invoice = org.tables["invoices"][use["invoice_id"]]
        made.append(
            {
                "invoice_id": use["invoice_id"],
                "invoice_payment_id": use["application_id"],
                "invoice_number": invoice["invoice_number"],
                "date": invoice["date"],
                "invoice_amount": invoice["total"],
                "amount_applied": use["amount"],
                "balance_amount": invoice["balance"],
                "tax_amount_withheld": ZERO,
            }
        )
    shown = payment_listed(org, row)
    shown.pop("invoice_numbers")
    shown.pop("bcy_amount")
    return {
        **shown,
        "status": "paid",
        "email": "",
        "invoices": made,
        "amount_refunded": row["amount_refunded"],
        "bank_charges": row["bank_charges"],
        "currency_symbol": org.currency(row["currency_id"])["currency_symbol"],
    }


def credit_listed(org: Organization, row: Row) -> Row:
    return {
        **{name: row[name] for name in CREDIT},
        "status": creditnotes.status(row),
        "customer_name": org.customer_name(row["customer_id"]),
        "is_emailed": False,
        **custom.shown(org, "creditnote", row),
    }


def credit_detailed(org: Organization, row: Row) -> Row:
    """Return a credit note in full: lines without totals, and another word for its last change."""
    uses = applications.of_credit(org, row["creditnote_id"])
    made = [
        {
            "invoice_id": use["invoice_id"],
            "invoice_number": org.tables["invoices"][use["invoice_id"]]["invoice_number"],
            "amount": use["amount"],
        }
        for use in uses
    ]
    shown = credit_listed(org, row)
    for name in ("currency_id", "is_emailed", "last_modified_time"):
        del shown[name]
    return {
        **shown,
        "notes": row["notes"],
        "terms": row["terms"],
        "line_items": [
            {name: line[name] for name in CREDIT_LINE if name in line} for line in row["line_items"]
        ],
        "invoices": made,
        "taxes": [],
        "tags": [],
        "contact_persons_associated": [],
        "currency_symbol": org.currency(row["currency_id"])["currency_symbol"],
        "updated_time": row["last_modified_time"],
    }


def invoice_payments(org: Organization, invoice_id: str) -> list[Row]:
    """Return the payments on an invoice."""
    made = []
    for use in applications.of_invoice(org, invoice_id, PAYMENT):
        payment = org.tables["payments"][use["credit_id"]]
        alone = len(applications.of_credit(org, use["credit_id"])) == 1
        made.append(
            {
                "payment_id": use["credit_id"],
                # Text in the answers about payments, a number here. 2026-11-20.
                "payment_number": int(payment["payment_number"]),
                "invoice_id": invoice_id,
                "invoice_payment_id": use["application_id"],
                "payment_mode": payment["payment_mode"],
                "description": payment["description"],
                "date": payment["date"],
                "reference_number": payment["reference_number"],
                "exchange_rate": payment["exchange_rate"],
                "amount": use["amount"],
                "tax_amount_withheld": ZERO,
                "is_single_invoice_payment": alone,
            }
        )
    return made


def invoice_credits(org: Organization, invoice_id: str) -> list[Row]:
    """Return the credit notes on an invoice."""
    made = []
    for use in applications.of_invoice(org, invoice_id, CREDIT_NOTE, JOURNAL):
        note = org.tables["creditnotes"].rows.get(use["credit_id"], {})
        made.append(
            {
                "creditnote_id": use["credit_id"],
                "creditnotes_invoice_id": use["application_id"],
                "creditnotes_number": note.get("creditnote_number", ""),
                "credited_date": use["date"],
                "amount_applied": use["amount"],
            }
        )
    return made


def credited_invoices(org: Organization, credit_id: str) -> list[Row]:
    """Return the invoices that a credit note settles."""
    note = org.row("creditnotes", credit_id)
    return [
        {
            "creditnote_id": credit_id,
            "invoice_id": use["invoice_id"],
            "creditnote_invoice_id": use["application_id"],
            "date": use["date"],
            "invoice_number": org.tables["invoices"][use["invoice_id"]]["invoice_number"],
            "creditnote_number": note["creditnote_number"],
            "credited_amount": use["amount"],
        }
        for use in applications.of_credit(org, credit_id)
    ]
