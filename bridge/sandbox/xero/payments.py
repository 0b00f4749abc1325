"""Payments: one each for an invoice, or paid back on a credit note or an overpayment.

As in FACTS X28.
"""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ONE, ZERO, cents
from bridge.sandbox.books.documents import Document
from bridge.sandbox.xero import faults
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.faults import Invalid
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import new_id

TARGETS = {
    "Invoice": ("Invoices", "InvoiceID", "InvoiceNumber", "ACCRECPAYMENT"),
    "CreditNote": ("CreditNotes", "CreditNoteID", "CreditNoteNumber", "ARCREDITPAYMENT"),
    "Overpayment": ("Overpayments", "OverpaymentID", "", "AROVERPAYMENTPAYMENT"),
}


def write(company: Company, body: Row, *, batch_id: str = "") -> str:
    """Enter a payment. There is no changing one: an id in the body finds nothing."""
    kind, target = _target(company, body)
    messages = []
    amount = body.get("Amount")
    if amount is None or amount <= 0 or amount != cents(amount):
        messages.append("The payment amount must be greater than zero, with two decimals at most.")
        amount = ZERO
    if target is None:
        raise Invalid(faults.UNKNOWN_DOCUMENT, *messages)
    table, id_name, *_ = TARGETS[kind]
    target_id = target[id_name]
    kept = company.books.documents.get(target_id)
    if target["Status"] != "AUTHORISED" or kept is None or kept.open == 0:
        messages.append(faults.PAYMENT_TARGET)
    if amount > (kept.open if kept else ZERO):
        messages.append(faults.PAYMENT_TOO_LARGE)
    day = body.get("Date") or company.today()
    messages += company.lock_messages(day)
    account = None
    try:
        account = payable(company, body.get("Account") or {"Code": body.get("Code", "")})
    except Invalid as refused:
        messages += refused.messages
    reference = str(body.get("Reference") or "")
    if len(reference) > company.settings.payment_reference_length:
        if company.settings.long_payment_reference == "refuse":
            messages.append("The payment Reference is too long.")
        reference = reference[: company.settings.payment_reference_length]
    if messages or account is None:
        raise Invalid(*messages)
    row: Row = {
        "PaymentID": new_id(),
        "PaymentType": TARGETS[kind][3],
        "Status": "AUTHORISED",
        "Date": day,
        "Amount": amount,
        "Reference": reference,
        "IsReconciled": bool(body.get("IsReconciled")),
        "AccountID": account["AccountID"],
        "Target": kind,
        "TargetID": target_id,
        "BatchPaymentID": batch_id,
        "CurrencyCode": target["CurrencyCode"],
        "ContactID": target["ContactID"],
    }
    row.update(_money(company, row, body, account))
    _enter(company, row)
    company.touch(table, target_id)
    return str(company.save("Payments", row)["PaymentID"])


def payable(company: Company, reference: Row) -> Row:
    """Return the account that money comes in or goes out by; it must allow payments."""
    account = company.account(reference)
    if account is None:
        raise Invalid(faults.ACCOUNT_UNKNOWN)
    allowed = account["Type"] == "BANK" or account["EnablePaymentsToAccount"]
    if not allowed or account["Status"] != "ACTIVE":
        raise Invalid(faults.PAYMENT_ACCOUNT)
    return account


def delete(company: Company, row_id: str) -> None:
    """Take a payment back: its document is open again. The row stays, DELETED."""
    row = company.tables["Payments"].rows[row_id]
    locked = company.lock_messages(row["Date"])
    if row["Status"] != "AUTHORISED" or locked:
        raise faults.wrong_status("Payment")
    if row["BatchPaymentID"] and not company.by_hand:
        raise Invalid(faults.PAYMENT_IN_BATCH)
    refuse = company.settings.reconciled_payment_delete == "refuse"
    if row["IsReconciled"] and refuse and not company.by_hand:
        raise Invalid("The payment is reconciled and cannot be deleted.")
    take_back(company, row)


def take_back(company: Company, row: Row) -> None:
    company.withdraw(row["PaymentID"])
    company.touch(TARGETS[row["Target"]][0], row["TargetID"])
    company.save("Payments", {**row, "Status": "DELETED", "IsReconciled": False})


def _target(company: Company, body: Row) -> tuple[str, Row | None]:
    """Find the one document that a payment is for."""
    wanted = {kind: dict(body[kind]) for kind in TARGETS if body.get(kind)}
    if body.get("InvoiceNumber"):
        wanted.setdefault("Invoice", {"InvoiceNumber": body["InvoiceNumber"]})
    if body.get("CreditNoteNumber"):
        wanted.setdefault("CreditNote", {"CreditNoteNumber": body["CreditNoteNumber"]})
    if len(wanted) != 1 or body.get("Prepayment"):
        raise Invalid("A payment must be for exactly one Invoice, CreditNote or Overpayment.")
    kind, reference = next(iter(wanted.items()))
    table_name, id_name, number_name, _ = TARGETS[kind]
    table = company.tables[table_name]
    if reference.get(id_name):
        return kind, table.rows.get(reference[id_name])
    number = str(reference.get(number_name) or "") if number_name else ""
    found = table.having("number", number.casefold()) if number else []
    return kind, next((row for row in reversed(found) if row["Status"] != "DELETED"), None)


def _money(company: Company, row: Row, body: Row, account: Row) -> Row:
    """Return the rate and the amount in the currency of the bank account."""
    currency, amount = row["CurrencyCode"], row["Amount"]
    bank = account.get("CurrencyCode") or company.home
    sent: Decimal | None = body.get("BankAmount")
    if bank not in (currency, company.home):
        raise Invalid(f"An account in {bank} cannot take a payment of a document in {currency}.")
    if currency == company.home:
        rate = ONE
    elif sent is not None and bank != currency:
        if sent <= 0:
            raise Invalid("The BankAmount must be greater than zero.")
        return {"CurrencyRate": company.as_rate(amount / sent), "BankAmount": cents(sent)}
    elif body.get("CurrencyRate") is not None:
        rate = company.as_rate(body["CurrencyRate"])
    else:
        rate = company.rate_on(currency, row["Date"])
    if rate <= 0:
        raise Invalid("The currency rate must be greater than zero.")
    banked = amount if bank == currency else cents(amount / rate)
    if sent is not None and cents(sent) != banked:
        raise Invalid("The BankAmount does not match the amount of the payment.")
    return {"CurrencyRate": rate, "BankAmount": banked}


def _enter(company: Company, row: Row) -> None:
    """Post the money and settle the document with it."""
    account = company.tables["Accounts"].rows[row["AccountID"]]
    bank = account.get("CurrencyCode") or company.home
    same = bank == row["CurrencyCode"]
    rate = ONE / row["CurrencyRate"] if same else row["BankAmount"] / row["Amount"]
    made = Document(
        id=row["PaymentID"],
        kind="receipt" if row["Target"] == "Invoice" else "credit_refund",
        number=row["Reference"],
        date=row["Date"],
        currency=row["CurrencyCode"],
        rate=rate,
        total=row["Amount"],
        customer=row["ContactID"],
        money=row["AccountID"],
    )
    company.enter(made)
    settled = (company.books.documents[row["TargetID"]], row["Amount"])
    own = (made, row["Amount"])
    debit, credit = (settled, own) if made.kind == "receipt" else (own, settled)
    company.settle(made.id, [debit], [credit])
