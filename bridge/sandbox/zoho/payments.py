"""Customer payments: money received, and the invoices that it settles."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.books.documents import Document, Line
from bridge.sandbox.zoho import applications, custom, invoices, lines
from bridge.sandbox.zoho.applications import PAYMENT
from bridge.sandbox.zoho.faults import missing, refused
from bridge.sandbox.zoho.organization import BANK_CHARGES, HOME, UNDEPOSITED, Organization
from bridge.sandbox.zoho.tables import Row, sent

MODULE = "sales"
MONEY_TYPES = ("bank", "cash", "payment_clearing")
# The description requires these; what it requires besides (invoices, invoice_id,
# amount_applied) real traffic leaves out (FACTS Z20).
REQUIRED = ("payment_mode", "amount", "date")


def create(org: Organization, body: Row) -> Row:
    """Record money and apply it; what is not applied is the customer's credit."""
    customer = org.customer(body.get("customer_id"), refused(3004))
    if not org.by_hand:
        for name in REQUIRED:
            if body.get(name) in (None, ""):
                raise refused(4, name)
    row: Row = {"customer_id": customer["contact_id"], "payment_id": ""}
    parts = _fill(org, row, body, customer)
    row["custom"] = custom.values(org, "customer_payment", body.get("custom_fields"), None)
    wanted = _wanted(org, row, parts, "")
    row["payment_number"] = org.own_number("payment", "{}", "", own=False)
    row.update(unused_amount=row["amount"], amount_refunded=ZERO)
    org.put("payments", row)
    org.books.post(document(org, row))
    _apply(org, row, wanted)
    return org.tables["payments"][row["payment_id"]]


def update(org: Organization, payment_id: str, body: Row) -> Row:
    """Change a payment; `invoices`, when sent, replaces what it is applied to."""
    before = org.row("payments", payment_id)
    org.check_open(MODULE, before["date"])
    wanted_customer = body.get("customer_id") or before["customer_id"]
    customer = org.tables["contacts"].rows.get(wanted_customer)
    if customer is None or wanted_customer != before["customer_id"]:
        customer = org.customer(wanted_customer, refused(3004))
    row: Row = {**before, "customer_id": customer["contact_id"]}
    parts = _fill(org, row, body, customer)
    row["custom"] = custom.values(org, "customer_payment", body.get("custom_fields"), before)
    uses = applications.of_credit(org, payment_id)
    if wanted_customer != before["customer_id"] and parts is None:
        parts = []
    if parts is None:
        parts = [{"invoice_id": use["invoice_id"], "amount_applied": use["amount"]} for use in uses]
    wanted = _wanted(org, row, parts, payment_id)
    refunded = Decimal(before["amount_refunded"])
    if refunded and (
        sum(wanted.values(), refunded) > row["amount"]
        or wanted_customer != before["customer_id"]
        or row["currency_code"] != before["currency_code"]
    ):
        raise refused(900027)
    for use in uses:
        applications.undo(org, use)
    org.put("payments", row)
    org.books.repost(document(org, row))
    applications.refresh_credit(org, payment_id)
    _apply(org, row, wanted)
    return org.tables["payments"][payment_id]


def delete(org: Organization, payment_id: str) -> None:
    """Erase a payment; its invoices are open again."""
    row = org.row("payments", payment_id)
    org.check_open(MODULE, row["date"])
    if org.tables["refunds"].ids("credit_id", payment_id):
        if not org.by_hand:
            raise refused(900027)
        for refund_id in org.tables["refunds"].ids("credit_id", payment_id):
            org.books.delete(refund_id)
            org.remove("refunds", refund_id)
    for use in applications.of_credit(org, payment_id):
        applications.undo(org, use)
    org.books.journal.remove(f"{payment_id}/excess")
    org.books.delete(payment_id)
    org.remove("payments", payment_id)


def remove_from_invoice(org: Organization, use: Row) -> None:
    """Take a payment off one invoice; the switch says what becomes of the money."""
    row = org.tables["payments"][use["credit_id"]]
    org.check_open(MODULE, row["date"])
    applications.undo(org, use)
    if org.settings.removed_invoice_payment == "excess":
        return
    left = Decimal(row["amount"]) - Decimal(use["amount"])
    if left <= 0:
        delete(org, row["payment_id"])
    else:
        changed = org.put("payments", {**org.tables["payments"][row["payment_id"]], "amount": left})
        org.books.repost(document(org, changed))
        applications.refresh_credit(org, row["payment_id"])


def document(org: Organization, row: Row) -> Document:
    charges = []
    if row["bank_charges"]:
        fee = Decimal(row["bank_charges"])
        charges = [Line(row["account_id"], fee), Line(row["bank_charges_account_id"], -fee)]
    return Document(
        id=row["payment_id"],
        kind="receipt",
        number=row["reference_number"],
        date=row["date"],
        currency=row["currency_code"],
        rate=Decimal(row["exchange_rate"]),
        total=Decimal(row["amount"]),
        customer=row["customer_id"],
        money=row["account_id"],
        lines=charges,
    )


def money_account(org: Organization, account_id: str, currency: str, *, strict: bool) -> Row:
    """Return an account that money may go to or come from, in a currency that fits."""
    account = org.account(account_id)
    default = account["account_name"] == UNDEPOSITED
    if strict and not default and account["account_type"] not in MONEY_TYPES:
        raise refused(900017)
    if account["account_type"] in lines.CONTROL_TYPES:
        raise refused(900017)
    if account["currency_code"] not in (HOME, currency):
        raise refused(900003, "account")
    return account


def _fill(org: Organization, row: Row, body: Row, customer: Row) -> list[Row] | None:
    """Set every field of a payment; return the invoices it names, None if it names none."""
    row["date"] = body.get("date") or row.get("date") or org.today().isoformat()
    org.check_open(MODULE, row["date"])
    lines.set_currency(org, row, customer, body, "payment")
    amount = sent("amount", ZERO, body, row)
    row["amount"] = org.rounded(amount, row["currency_code"])
    if row["amount"] <= 0:
        raise refused(4, "Amount")
    for name in ("reference_number", "description"):
        row[name] = sent(name, "", body, row)
    if len(row["reference_number"]) > org.settings.payment_reference_length:
        raise refused(4, "reference_number")
    row["payment_mode"] = body.get("payment_mode") or row.get("payment_mode", "cash")
    charges = sent("bank_charges", ZERO, body, row)
    row["bank_charges"] = org.rounded(charges, row["currency_code"])
    if row["bank_charges"] < 0 or row["bank_charges"] > row["amount"]:
        raise refused(4, "bank_charges")
    given = body.get("account_id") or row.get("account_id")
    if row["bank_charges"] and not given:
        raise refused(4, "account_id")
    strict = org.settings.deposit_account_types == "bank_and_cash" and not org.by_hand
    account = money_account(
        org, given or org.account_named(UNDEPOSITED), row["currency_code"], strict=strict
    )
    row["account_id"] = account["account_id"]
    fees = body.get("bank_charges_account_id") or row.get("bank_charges_account_id")
    row["bank_charges_account_id"] = org.account(fees or org.account_named(BANK_CHARGES))[
        "account_id"
    ]
    parts: list[Row] | None = body.get("invoices")
    if parts is None and body.get("invoice_id"):
        part = {"invoice_id": body["invoice_id"], "amount_applied": body.get("amount_applied")}
        parts = [{**part, "amount_applied": part["amount_applied"] or row["amount"]}]
    return parts


def _wanted(
    org: Organization, row: Row, parts: list[Row] | None, payment_id: str
) -> dict[str, Decimal]:
    """Return what goes to which invoice, or refuse before anything is changed."""
    wanted = applications.amounts(org, parts or [], "invoice_id", row["currency_code"])
    for invoice_id, amount in wanted.items():
        invoice = org.tables["invoices"].rows.get(invoice_id)
        if invoice is None or invoice["customer_id"] != row["customer_id"]:
            raise refused(4038)
        if invoice["state"] == "draft":
            org.check_open(MODULE, invoice["date"])
            left = invoice["total"]
        else:
            # An invoice that was void before it was sent is not in the books at all.
            kept = org.books.documents.get(invoice_id)
            left = kept.open if kept else ZERO
            for use in applications.of_invoice(org, invoice_id, PAYMENT):
                if use["credit_id"] == payment_id:
                    left += use["amount"]
        if amount > left:
            raise refused(24016)
    if sum(wanted.values(), ZERO) > row["amount"]:
        raise refused(900014)
    return wanted


def _apply(org: Organization, row: Row, wanted: dict[str, Decimal]) -> None:
    for invoice_id, amount in wanted.items():
        # Paying a draft sends it, as was seen 863 times (FACTS Z23).
        if org.tables["invoices"][invoice_id]["state"] == "draft":
            invoices.mark_sent(org, invoice_id)
        applications.apply(org, PAYMENT, row["payment_id"], invoice_id, amount, row["date"])
    if not wanted:
        applications.refresh_credit(org, row["payment_id"])


def check_exists(org: Organization, payment_id: str) -> Row:
    found = org.tables["payments"].rows.get(payment_id)
    if found is None:
        raise missing("payments")
    return found
