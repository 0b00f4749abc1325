"""Which credit settles which invoice: applied, undone, and shown on both sides."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.books.journal import Posting
from bridge.sandbox.zoho.faults import refused
from bridge.sandbox.zoho.organization import UNEARNED, Organization
from bridge.sandbox.zoho.tables import Row

CREDIT_NOTE, PAYMENT, JOURNAL, WRITE_OFF = "creditnote", "payment", "journal", "write_off"


def apply(
    org: Organization, source: str, credit_id: str, invoice_id: str, amount: Decimal, day: str
) -> Row:
    """Settle a part of an invoice with a credit; both must have that much open."""
    documents = org.books.documents
    row = org.put(
        "applications",
        {
            "invoice_id": invoice_id,
            "credit_id": credit_id,
            "source": source,
            "amount": amount,
            "date": day,
        },
    )
    debit, credit = documents[invoice_id], documents[credit_id]
    org.books.settle(row["application_id"], [(debit, amount)], [(credit, amount)])
    _show(org, row)
    return row


def undo(org: Organization, row: Row) -> None:
    """Open both sides again by what was applied."""
    org.books.release(row["application_id"])
    org.remove("applications", row["application_id"])
    _show(org, row)


def of_invoice(org: Organization, invoice_id: str, *sources: str) -> list[Row]:
    rows = org.tables["applications"].where("invoice_id", invoice_id)
    return [row for row in rows if not sources or row["source"] in sources]


def of_credit(org: Organization, credit_id: str) -> list[Row]:
    return org.tables["applications"].where("credit_id", credit_id)


def one(org: Organization, row_id: str, missing: Exception, **wanted: str) -> Row:
    """Return an application by id that belongs where the path says."""
    row = org.tables["applications"].rows.get(row_id)
    if row is None or any(row[name] != value for name, value in wanted.items()):
        raise missing
    return row


def amounts(org: Organization, sent: list[Row], key: str, currency: str) -> dict[str, Decimal]:
    """Return what is to be applied by id, summed and rounded; parts of zero fall away."""
    found: dict[str, Decimal] = {}
    for part in sent:
        amount = org.rounded(part.get("amount_applied", ZERO), currency)
        if amount < 0:
            raise refused(4, "amount_applied")
        row_id = str(part.get(key) or "")
        found[row_id] = found.get(row_id, ZERO) + amount
    return {row_id: amount for row_id, amount in found.items() if amount}


def _show(org: Organization, row: Row) -> None:
    refresh_invoice(org, row["invoice_id"])
    refresh_credit(org, row["credit_id"])


def refresh_invoice(org: Organization, invoice_id: str) -> None:
    """Write what is paid, credited, written off and open into the invoice's row."""
    row = org.tables["invoices"].rows.get(invoice_id)
    if row is None:
        return
    sums = dict.fromkeys((PAYMENT, CREDIT_NOTE, JOURNAL, WRITE_OFF), ZERO)
    last = ""
    for use in of_invoice(org, invoice_id):
        sums[use["source"]] += use["amount"]
        if use["source"] == PAYMENT:
            last = max(last, use["date"])
    kept = org.books.documents.get(invoice_id)
    balance = kept.open if kept and not kept.void else ZERO
    after = {
        **row,
        "payment_made": sums[PAYMENT],
        "credits_applied": sums[CREDIT_NOTE] + sums[JOURNAL],
        "write_off_amount": sums[WRITE_OFF],
        "last_payment_date": last,
        "balance": row["total"] if row["state"] == "draft" else balance,
    }
    if after != row:
        org.put("invoices", after, modified=org.settings.payment_moves_invoice_time)


def refresh_credit(org: Organization, credit_id: str) -> None:
    """Write what is left into the row of a payment or credit note."""
    kept = org.books.documents.get(credit_id)
    if credit_id in org.tables["payments"]:
        row = org.tables["payments"][credit_id]
        refunds = org.tables["refunds"].where("credit_id", credit_id)
        after = {
            **row,
            "unused_amount": kept.open if kept else ZERO,
            "amount_refunded": sum((each["amount"] for each in refunds), ZERO),
        }
        if after != row:
            org.put("payments", after)
    elif credit_id in org.tables["creditnotes"]:
        row = org.tables["creditnotes"][credit_id]
        balance = kept.open if kept and not kept.void else ZERO
        after = {**row, "balance": row["total"] if row["state"] == "draft" else balance}
        if after != row:
            org.put("creditnotes", after)
    show_excess(org, credit_id)


def show_excess(org: Organization, credit_id: str) -> None:
    """Keep the unused part of a payment on its own liability account, if the switch says so."""
    key, kept = f"{credit_id}/excess", org.books.documents.get(credit_id)
    apart = org.settings.excess_account == "unearned_revenue"
    if kept is None or kept.kind != "receipt" or not kept.open or not apart:
        org.books.journal.remove(key)
        return
    org.books.journal.post(
        key,
        [
            Posting(org.receivable_id, kept.open, kept.currency, kept.home_open, kept.customer),
            Posting(
                org.account_named(UNEARNED),
                -kept.open,
                kept.currency,
                -kept.home_open,
                kept.customer,
            ),
        ],
    )
