"""The API's answers about organizations, contacts, items, accounts, journals and settings."""

from __future__ import annotations

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.zoho import lists, people, reading, rendering
from bridge.sandbox.zoho.calls import Answer, Call, created, told
from bridge.sandbox.zoho.faults import missing, refused
from bridge.sandbox.zoho.listing import found
from bridge.sandbox.zoho.organization import NAME, ORGANIZATION_ID, ZONE_NAME, Organization
from bridge.sandbox.zoho.tables import Row
from bridge.sandbox.zoho.upserts import upsert

CONTACT = ("The contact has been created", "Contact has been updated successfully")
ITEM = ("The item has been added.", "Item details have been saved.")
EMAIL = "contabilidad@creditofacil.example"


def list_organizations(call: Call) -> Answer:
    """Answer without an organization_id and without a page_context."""
    plan = {"plan_name": call.org.settings.plan.upper(), "plan_period": "Monthly"}
    shown = {**_organization(call.org), **plan, "fiscal_year_start_month": 0}
    return Answer({"organizations": [shown]})


def read_organization(call: Call) -> Answer:
    if call.ids[0] != ORGANIZATION_ID:
        raise refused(6041, call.ids[0])
    shown = _organization(call.org)
    # The list has a number here, the detail a name; only the list tells the plan (FACTS Z35).
    shown["fiscal_year_start_month"] = "january"
    shown["date_format"], shown["field_separator"] = "dd/MM/yyyy", "/"
    shown["address"] = {"street_address1": "Carrera 7 71-21", "city": "Bogotá"}
    return Answer({"organization": shown})


def _organization(org: Organization) -> Row:
    base = org.base_currency()
    return {
        "organization_id": ORGANIZATION_ID,
        "name": NAME,
        "contact_name": "Contadora",
        "email": EMAIL,
        "is_default_org": True,
        "language_code": org.settings.language,
        "account_created_date": "2025-01-01",
        "time_zone": ZONE_NAME,
        "is_org_active": org.settings.subscription == "active",
        "country_code": org.settings.country,
        "currency_id": base["currency_id"],
        "currency_code": base["currency_code"],
        "currency_symbol": base["currency_symbol"],
        "currency_format": base["currency_format"],
        "price_precision": base["price_precision"],
    }


def create_contact(call: Call) -> Answer:
    return created(_contact(call.org, people.create(call.org, call.body("contact"))), CONTACT[0])


def list_contacts(call: Call) -> Answer:
    return Answer(call.page("contacts", "contacts", people.listed))


def read_contact(call: Call) -> Answer:
    return Answer(_contact(call.org, call.org.row("contacts", call.ids[0])))


def update_contact(call: Call) -> Answer:
    row = people.update(call.org, call.ids[0], call.body("contact"))
    return Answer(_contact(call.org, row), CONTACT[1])


def upsert_contact(call: Call) -> Answer:
    return upsert(
        call,
        "contact",
        call.body("contact"),
        people.create,
        people.update,
        lambda row: _contact(call.org, row),
        CONTACT,
    )


def delete_contact(call: Call) -> Answer:
    people.delete(call.org, call.ids[0])
    return told("The contact has been deleted.")


def delete_contacts(call: Call) -> Answer:
    for row_id in call.many("contact_ids"):
        people.delete(call.org, row_id)
    return told("The contacts have been deleted.")


def contact_status(call: Call) -> Answer:
    row_id, wanted = call.ids
    people.set_status(call.org, row_id, wanted)
    return told(f"The contact has been marked as {wanted}.")


def unpaid_invoices(call: Call) -> Answer:
    call.org.row("contacts", call.ids[0])
    also = {"customer_id": call.ids[0], "status": "unpaid"}
    rows = found(call.org, "invoices", {}, also)
    return Answer({"invoices": [rendering.invoice_listed(call.org, row) for row in rows]})


def unused_credits(call: Call) -> Answer:
    """Return the open credit notes and the payments with an excess."""
    org, contact_id = call.org, call.ids[0]
    org.row("contacts", contact_id)
    notes = org.tables["creditnotes"].where("customer_id", contact_id)
    money = org.tables["payments"].where("customer_id", contact_id)
    return Answer(
        {
            "creditnotes": [
                rendering.credit_listed(org, row)
                for row in notes
                if row["state"] == "open" and row["balance"]
            ],
            "customer_payments": [
                rendering.payment_listed(org, row) for row in money if row["unused_amount"]
            ],
        }
    )


def create_item(call: Call) -> Answer:
    row = lists.write_item(call.org, call.body("item"))
    return created({"item": lists.shown_item(call.org, row)}, ITEM[0])


def list_items(call: Call) -> Answer:
    return Answer(call.page("items", "items", lists.shown_item))


def item_details(call: Call) -> Answer:
    rows = [call.org.row("items", row_id) for row_id in call.many("item_ids")]
    return Answer({"items": [lists.shown_item(call.org, row) for row in rows]})


def read_item(call: Call) -> Answer:
    row = call.org.row("items", call.ids[0])
    return Answer({"item": lists.shown_item(call.org, row)})


def update_item(call: Call) -> Answer:
    row = lists.write_item(call.org, call.body("item"), call.ids[0])
    return Answer({"item": lists.shown_item(call.org, row)}, ITEM[1])


def upsert_item(call: Call) -> Answer:
    return upsert(
        call,
        "item",
        call.body("item"),
        lists.write_item,
        lambda org, row_id, body: lists.write_item(org, body, row_id),
        lambda row: {"item": lists.shown_item(call.org, row)},
        ITEM,
    )


def delete_item(call: Call) -> Answer:
    lists.delete_item(call.org, call.ids[0])
    return told("The item has been deleted.")


def item_status(call: Call) -> Answer:
    lists.set_item_status(call.org, *call.ids)
    return told(f"The item has been marked as {call.ids[1]}.")


def create_account(call: Call) -> Answer:
    row = lists.write_account(call.org, call.body("account"))
    return created(_account(call.org, row), "The account has been created.")


def list_accounts(call: Call) -> Answer:
    balance = call.flag("showbalance")
    return Answer(
        call.page(
            "accounts",
            "chartofaccounts",
            lambda org, row: lists.listed_account(org, row, balance=balance),
        )
    )


def read_account(call: Call) -> Answer:
    row = call.org.row("accounts", call.ids[0])
    balance = {"closing_balance": lists.natural_balance(call.org, row["account_id"])}
    return Answer({"chart_of_account": {**lists.shown_account(call.org, row), **balance}})


def update_account(call: Call) -> Answer:
    row = lists.write_account(call.org, call.body("account"), call.ids[0])
    return Answer(_account(call.org, row), "The details of the account have been updated.")


def delete_account(call: Call) -> Answer:
    lists.delete_account(call.org, call.ids[0])
    return told("The account has been deleted.")


def account_status(call: Call) -> Answer:
    lists.set_account_active(call.org, call.ids[0], call.ids[1] == "active")
    return Answer({}, f"The account has been marked as {call.ids[1]}.", 201)


def accounts_status(call: Call) -> Answer:
    for row_id in call.many("account_ids"):
        lists.set_account_active(call.org, row_id, call.ids[0] == "active")
    return told(f"The account has been marked as {call.ids[0]}.")


KINDS = {
    "invoice": "invoice",
    "receipt": "customer_payment",
    "credit_note": "credit_notes",
    "journal": "journal",
    "write_off": "invoice_writeoff",
    "credit_refund": "creditnote_refund",
}
"""The words of the description; a write-off has none there (FACTS Z37)."""


def account_transactions(call: Call) -> Answer:
    """Return the ledger of one account, oldest first."""
    org, asked = call.org, call.asked
    row = org.row("accounts", asked.get("account_id"))
    made: list[Row] = []
    for key, legs in org.books.journal.entries.items():
        kept = org.books.documents.get(key.partition("/")[0])
        for leg in legs:
            if leg.account == row["account_id"]:
                day = kept.date if kept else ""
                if kept is None:
                    use = org.tables["applications"].rows.get(key.partition("/")[0], {})
                    day = use.get("date", "")
                made.append(
                    {
                        "transaction_id": key.partition("/")[0],
                        "categorized_transaction_id": key,
                        "transaction_type": KINDS[kept.kind] if kept else "exchange_difference",
                        "transaction_date": day,
                        "account_id": leg.account,
                        "customer_id": leg.customer,
                        "payee": org.customer_name(leg.customer),
                        "entry_number": kept.number if kept else "",
                        "reference_number": kept.number if kept else "",
                        "currency_code": leg.currency,
                        "debit_or_credit": "debit" if leg.home > 0 else "credit",
                        "debit_amount": max(leg.home, ZERO),
                        "credit_amount": max(-leg.home, ZERO),
                    }
                )
    first, last = asked.get("date_start", ""), asked.get("date_end", "9999")
    kind = asked.get("transaction_type", "")
    made = [
        each
        for each in made
        if first <= each["transaction_date"] <= last and kind in ("", each["transaction_type"])
    ]
    made.sort(key=lambda each: str(each["transaction_date"]))
    number, size = int(asked.get("page", "1")), min(int(asked.get("per_page", "10")), 200)
    part = made[(number - 1) * size : number * size]
    context = {"page": number, "per_page": size, "has_more_page": number * size < len(made)}
    return Answer({"transactions": part, "page_context": context})


def list_banks(call: Call) -> Answer:
    rows = [
        row
        for row in found(call.org, "accounts", {})
        if call.asked.get("filter_by") != "Status.Active" or row["is_active"]
    ]
    return Answer({"bankaccounts": lists.bank_rows(call.org, rows)})


def list_currencies(call: Call) -> Answer:
    return Answer(call.page("currencies", "currencies", lists.listed_currency))


def create_currency(call: Call) -> Answer:
    row = lists.write_currency(call.org, call.body("currency"))
    shown = lists.shown_currency(row)
    return created({"currency": shown}, "The currency has been added.")


def read_currency(call: Call) -> Answer:
    row = call.org.row("currencies", call.ids[0])
    return Answer({"currency": lists.shown_currency(row)})


def update_currency(call: Call) -> Answer:
    row = lists.write_currency(call.org, call.body("currency"), call.ids[0])
    shown = lists.shown_currency(row)
    return Answer({"currency": shown}, "Currency information has been saved.")


def list_rates(call: Call) -> Answer:
    day = call.asked.get("from_date", "")
    if day:
        reading.day(day, "from_date")
    rows = lists.rates(call.org, call.ids[0], day, current=call.flag("is_current_date"))
    return Answer({"exchange_rates": [lists.shown_rate(row) for row in rows]})


def create_rate(call: Call) -> Answer:
    """Answer with the rate alone, a number, as every answer about one rate does."""
    row = lists.write_rate(call.org, call.ids[0], call.body("rate"))
    return created({"exchange_rate": row["rate"]}, "The exchange rate has been added.")


def read_rate(call: Call) -> Answer:
    return Answer({"exchange_rate": lists.one_rate(call.org, *call.ids)["rate"]})


def contact_by_reference(call: Call) -> Answer:
    raise missing("contacts")


def _contact(org: Organization, row: Row) -> Row:
    return {"contact": people.detailed(org, row)}


def _account(org: Organization, row: Row) -> Row:
    return {"chart_of_account": lists.shown_account(org, row)}
