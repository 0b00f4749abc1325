"""The API's answers about invoices, payments and credit notes."""

from __future__ import annotations

from bridge.sandbox.zoho import (
    applications,
    creditnotes,
    custom,
    invoices,
    payments,
    refunds,
    rendering,
)
from bridge.sandbox.zoho.calls import Answer, Call, created, told
from bridge.sandbox.zoho.faults import missing, refused
from bridge.sandbox.zoho.organization import Organization
from bridge.sandbox.zoho.tables import Row
from bridge.sandbox.zoho.upserts import upsert

INVOICE = ("The invoice has been created.", "Invoice information has been updated.")
PAYMENT = ("The payment has been created.", "The payment details have been updated.")
NOTE = ("The credit note has been created.", "The credit note has been updated.")
FLAG = "ignore_auto_number_generation"


def create_invoice(call: Call) -> Answer:
    own = call.flag(FLAG)
    send = call.flag("send") if "send" in call.asked else call.org.settings.mail_invoices
    row = invoices.create(call.org, call.body("invoice"), own_number=own, send=send)
    return created(_invoice(call.org, row), INVOICE[0])


def list_invoices(call: Call) -> Answer:
    return Answer(call.page("invoices", "invoices", rendering.invoice_listed))


def read_invoice(call: Call) -> Answer:
    return Answer(_invoice(call.org, call.org.row("invoices", call.ids[0])))


def update_invoice(call: Call) -> Answer:
    row = invoices.update(call.org, call.ids[0], call.body("invoice"), own_number=call.flag(FLAG))
    return Answer(_invoice(call.org, row), INVOICE[1])


def upsert_invoice(call: Call) -> Answer:
    own = call.flag(FLAG) and call.org.settings.upsert_accepts_number_flag
    return upsert(
        call,
        "invoice",
        call.body("invoice"),
        lambda org, body: invoices.create(org, body, own_number=own),
        lambda org, row_id, body: invoices.update(org, row_id, body, own_number=own),
        lambda row: _invoice(call.org, row),
        INVOICE,
    )


def delete_invoice(call: Call) -> Answer:
    invoices.delete(call.org, call.ids[0])
    return told("The invoice has been deleted.")


def delete_invoices(call: Call) -> Answer:
    ids = call.many("invoice_ids")
    for row_id in ids:
        call.org.row("invoices", row_id)
    for row_id in ids:
        invoices.delete(call.org, row_id)
    return told("The invoices have been deleted.")


def invoice_status(call: Call) -> Answer:
    row_id, wanted = call.ids
    if wanted == "sent":
        invoices.mark_sent(call.org, row_id)
        return told("Invoice status has been changed to Sent.")
    if wanted == "void":
        invoices.void(call.org, row_id)
        return told("Invoice status has been changed to Void.")
    if wanted == "draft":
        invoices.to_draft(call.org, row_id)
        return told("Invoice status has been changed to Draft.")
    raise refused(5)


def invoices_status(call: Call) -> Answer:
    """Change several; those after one that is refused are left as they are."""
    action = {"sent": invoices.mark_sent, "void": invoices.void}.get(call.ids[0])
    if action is None:
        raise refused(5)
    for row_id in call.many("invoice_ids"):
        action(call.org, row_id)
    sent = "The invoices have been marked as sent."
    return told(
        sent if call.ids[0] == "sent" else "The selected invoices have been marked as void."
    )


def write_off(call: Call) -> Answer:
    invoices.write_off(call.org, call.ids[0])
    return told("Invoice has been written off")


def write_off_several(call: Call) -> Answer:
    for row_id in call.many("invoice_ids"):
        invoices.write_off(call.org, row_id)
    return told("The invoices have been written off.")


def cancel_write_off(call: Call) -> Answer:
    invoices.cancel_write_off(call.org, call.ids[0])
    return told("The write off done for this invoice has been cancelled.")


def invoice_payments(call: Call) -> Answer:
    call.org.row("invoices", call.ids[0])
    return Answer({"payments": rendering.invoice_payments(call.org, call.ids[0])})


def remove_invoice_payment(call: Call) -> Answer:
    invoice_id, use_id = call.ids
    call.org.row("invoices", invoice_id)
    use = applications.one(
        call.org, use_id, missing("payments"), invoice_id=invoice_id, source=applications.PAYMENT
    )
    payments.remove_from_invoice(call.org, use)
    return told("The payment has been deleted.")


def invoice_credits(call: Call) -> Answer:
    call.org.row("invoices", call.ids[0])
    return Answer({"credits": rendering.invoice_credits(call.org, call.ids[0])})


def apply_credits(call: Call) -> Answer:
    creditnotes.apply_credits(call.org, call.ids[0], call.body("credits"))
    return told("Credits have been applied to the invoice(s).")


def remove_invoice_credit(call: Call) -> Answer:
    invoice_id, use_id = call.ids
    use = applications.one(call.org, use_id, missing("creditnotes"), invoice_id=invoice_id)
    call.org.check_open(invoices.MODULE, use["date"])
    applications.undo(call.org, use)
    return told("Credits applied to an invoice have been deleted.")


def invoice_custom_fields(call: Call) -> Answer:
    sent = call.raw()
    if not isinstance(sent, list):
        raise refused(1038)
    invoices.set_custom_fields(call.org, call.ids[0], sent)
    return told("Custom Fields Updated Successfully")


def invoice_comments(call: Call) -> Answer:
    row = call.org.row("invoices", call.ids[0])
    made = {
        "comment_id": row["invoice_id"],
        "description": f"Invoice {row['invoice_number']} created.",
        "date": row["created_time"][:10],
        "comment_type": "system",
    }
    return Answer({"comments": [made]})


def create_payment(call: Call) -> Answer:
    row = payments.create(call.org, call.body("payment"))
    return created(_payment(call.org, row), PAYMENT[0])


def list_payments(call: Call) -> Answer:
    return Answer(call.page("payments", "customerpayments", rendering.payment_listed))


def read_payment(call: Call) -> Answer:
    return Answer(_payment(call.org, call.org.row("payments", call.ids[0])))


def update_payment(call: Call) -> Answer:
    row = payments.update(call.org, call.ids[0], call.body("payment"))
    return Answer(_payment(call.org, row), PAYMENT[1])


def upsert_payment(call: Call) -> Answer:
    return upsert(
        call,
        "customer_payment",
        call.body("payment"),
        payments.create,
        payments.update,
        lambda row: _payment(call.org, row),
        PAYMENT,
    )


def delete_payment(call: Call) -> Answer:
    payments.delete(call.org, call.ids[0])
    return told("The payment has been deleted.")


def delete_payments(call: Call) -> Answer:
    ids = call.many("payment_ids")
    if not call.flag("bulk_delete"):
        raise refused(4, "bulk_delete")
    for row_id in ids:
        call.org.row("payments", row_id)
    for row_id in ids:
        payments.delete(call.org, row_id)
    return told("The selected customer payments have been deleted.")


def refund_payment(call: Call) -> Answer:
    row = refunds.create(call.org, "payments", call.ids[0], call.body("refund"))
    # One source has a list under the plural, another the singular: both are there. 2026-11-20.
    shown = refunds.confirmed(call.org, row)
    return Answer(
        {"payment_refunds": [shown], "payment_refund": shown},
        "The refund information for this payment has been saved.",
    )


def refund_creditnote(call: Call) -> Answer:
    row = refunds.create(call.org, "creditnotes", call.ids[0], call.body("refund"))
    return Answer(
        {"creditnote_refund": refunds.confirmed(call.org, row)},
        "The credit note amount is refunded successfully.",
    )


def _list_refunds(call: Call, table: str, key: str) -> Answer:
    call.org.row(table, call.ids[0])
    rows = call.org.tables["refunds"].where("credit_id", call.ids[0])
    context = {"page": 1, "per_page": 200, "has_more_page": False}
    made = [refunds.listed(call.org, row) for row in rows]
    return Answer({key: made, "page_context": context})


def payment_refunds(call: Call) -> Answer:
    return _list_refunds(call, "payments", "payment_refunds")


def creditnote_refunds(call: Call) -> Answer:
    return _list_refunds(call, "creditnotes", "creditnote_refunds")


def delete_payment_refund(call: Call) -> Answer:
    refunds.delete(call.org, call.ids[0], call.ids[1])
    return told("The refund has been deleted.")


def delete_creditnote_refund(call: Call) -> Answer:
    refunds.delete(call.org, call.ids[0], call.ids[1])
    return told("The refund has been successfully deleted.")


def create_creditnote(call: Call) -> Answer:
    row = creditnotes.create(
        call.org,
        call.body("creditnote"),
        own_number=call.flag(FLAG),
        invoice_id=call.asked.get("invoice_id", ""),
    )
    return created(_note(call.org, row), NOTE[0])


def list_creditnotes(call: Call) -> Answer:
    return Answer(call.page("creditnotes", "creditnotes", rendering.credit_listed))


def read_creditnote(call: Call) -> Answer:
    return Answer(_note(call.org, call.org.row("creditnotes", call.ids[0])))


def update_creditnote(call: Call) -> Answer:
    row = creditnotes.update(call.org, call.ids[0], call.body("creditnote"))
    return Answer(_note(call.org, row), NOTE[1])


def upsert_creditnote(call: Call) -> Answer:
    own = call.flag(FLAG) and call.org.settings.upsert_accepts_number_flag
    return upsert(
        call,
        "creditnote",
        call.body("creditnote"),
        lambda org, body: creditnotes.create(org, body, own_number=own),
        creditnotes.update,
        lambda row: _note(call.org, row),
        NOTE,
    )


def delete_creditnote(call: Call) -> Answer:
    creditnotes.delete(call.org, call.ids[0])
    return told("The credit note has been deleted.")


def creditnote_status(call: Call) -> Answer:
    row_id, wanted = call.ids
    if wanted == "void":
        creditnotes.void(call.org, row_id)
        return told("The credit note has been marked as void.")
    if wanted not in ("open", "draft"):
        raise refused(5)
    creditnotes.set_state(call.org, row_id, wanted)
    if wanted == "draft":
        return told("The credit note has been marked as Draft.")
    return told("Status of the credit note has been changed to open.")


def apply_creditnote(call: Call) -> Answer:
    creditnotes.apply(call.org, call.ids[0], call.body("apply"))
    return told("Credits have been applied to the invoice(s).")


def credited_invoices(call: Call) -> Answer:
    return Answer({"invoices_credited": rendering.credited_invoices(call.org, call.ids[0])})


def remove_credited_invoice(call: Call) -> Answer:
    credit_id, use_id = call.ids
    use = applications.one(call.org, use_id, missing("creditnotes"), credit_id=credit_id)
    call.org.check_open(creditnotes.MODULE, use["date"])
    applications.undo(call.org, use)
    return told("Credits applied to an invoice have been deleted.")


def invoice_template(call: Call) -> Answer:
    return Answer({"templates": []})


def set_payment_custom_fields(call: Call) -> Answer:
    sent = call.raw()
    if not isinstance(sent, list):
        raise refused(1038)
    row = call.org.row("payments", call.ids[0])
    values = custom.values(call.org, "customer_payment", sent, row)
    call.org.put("payments", {**row, "custom": values})
    return told("Custom Fields Updated Successfully")


def _invoice(org: Organization, row: Row) -> Row:
    return {"invoice": rendering.invoice_detailed(org, row)}


def _payment(org: Organization, row: Row) -> Row:
    return {"payment": rendering.payment_detailed(org, row)}


def _note(org: Organization, row: Row) -> Row:
    return {"creditnote": rendering.credit_detailed(org, row)}
