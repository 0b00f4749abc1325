"""The API's answers about custom fields, locks, journals, users and what is switched off."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.zoho import custom, journals, locks, reading
from bridge.sandbox.zoho.calls import Answer, Call, created, told
from bridge.sandbox.zoho.faults import refused
from bridge.sandbox.zoho.master_routes import EMAIL
from bridge.sandbox.zoho.organization import HOME, Organization
from bridge.sandbox.zoho.tables import Row

NOT_TOLD = ("created_time", "last_modified_time", "is_custom_field")
"""Of a custom field."""


def list_fields(call: Call) -> Answer:
    rows = custom.listed(call.org, call.asked.get("entity", ""))
    return Answer({"fields": [_field(row) for row in rows]})


def create_field(call: Call) -> Answer:
    row = custom.create(call.org, call.body("field"))
    return created({"field": _field(row)}, "The field has been created.")


def update_field(call: Call) -> Answer:
    row = custom.update(call.org, call.ids[0], call.body("field"))
    return Answer({"field": _field(row)}, "The field has been updated.")


def delete_field(call: Call) -> Answer:
    custom.remove(call.org, call.ids[0])
    return told("The field has been deleted.")


def read_lock(call: Call) -> Answer:
    module = call.asked.get("transaction_lock_module") or "sales"
    return Answer({"transaction_lock": locks.shown(call.org, module)})


def list_locks(call: Call) -> Answer:
    made = [locks.shown(call.org, module) for module in locks.MODULES]
    context = {"page": 1, "per_page": 200, "has_more_page": False}
    return Answer({"transaction_locks": made, "page_context": context})


def put_lock(call: Call) -> Answer:
    return Answer({"transaction_lock": locks.put(call.org, call.body("lock"))})


def delete_lock(call: Call) -> Answer:
    call.body("unlock")
    locks.clear(call.org, call.asked.get("transaction_lock_id", ""))
    return told("The transaction lock has been deleted.")


def create_journal(call: Call) -> Answer:
    row = journals.write(call.org, call.body("journal"))
    return created(_journal(call.org, row), "The journal entry has been created.")


def list_journals(call: Call) -> Answer:
    return Answer(call.page("journals", "journals", _journal_listed))


def read_journal(call: Call) -> Answer:
    return Answer(_journal(call.org, call.org.row("journals", call.ids[0])))


def update_journal(call: Call) -> Answer:
    row = journals.write(call.org, call.body("journal"), call.ids[0])
    return Answer(_journal(call.org, row), "The journal entry has been updated.")


def delete_journal(call: Call) -> Answer:
    journals.delete(call.org, call.ids[0])
    return told("The selected journal entry has been deleted.")


def publish_journal(call: Call) -> Answer:
    journals.publish(call.org, call.ids[0])
    return Answer({}, "Journal has been published.", 201)


def reverse_journal(call: Call) -> Answer:
    day = reading.day(call.asked.get("reversal_date"), "reversal_date")
    row = journals.reverse(call.org, call.ids[0], day)
    return Answer(_journal(call.org, row), "The journal entry has been reversed.")


def apply_journal(call: Call) -> Answer:
    journals.apply(call.org, call.ids[0], call.ids[1], call.body("apply"))
    return told("Credits have been applied to the invoice(s).")


def transaction_journal(call: Call) -> Answer:
    if not call.asked.get("entity_type"):
        raise refused(4, "entity_type")
    return Answer({"journal": journals.entry(call.org, call.ids[0])})


def me(call: Call) -> Answer:
    return Answer(
        {
            "user": {
                "user_id": "4600000000000000001",
                "name": "Ledger bridge",
                "email_ids": [{"email": EMAIL, "is_selected": True}],
                "status": "active",
                "user_role": "admin",
                "user_type": "zoho",
                "is_employee": False,
            }
        }
    )


def list_taxes(call: Call) -> Answer:
    return Answer(
        {"taxes": [], "page_context": {"page": 1, "per_page": 200, "has_more_page": False}}
    )


def list_locations(call: Call) -> Answer:
    if not call.org.settings.locations:
        raise refused(900026)
    head_office = {"location_id": "4600000000000000002", "location_name": "Head Office"}
    return Answer({"locations": [{**head_office, "type": "general"}]})


def list_tags(call: Call) -> Answer:
    return Answer({"reporting_tags": []})


def _field(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in NOT_TOLD}


def _journal(org: Organization, row: Row) -> Row:
    return {"journal": journals.shown(org, row)}


def _journal_listed(org: Organization, row: Row) -> Row:
    names = (
        "journal_id",
        "journal_date",
        "entry_number",
        "reference_number",
        "currency_id",
        "notes",
        "journal_type",
        "total",
    )
    total = Decimal(row["total"]) * Decimal(row["exchange_rate"])
    return {
        **{name: row[name] for name in names},
        "entity_type": "journal",
        "bcy_total": org.rounded(total, HOME),
    }
