"""Paging, filters, order, custom fields, upserts, and what lists do not know yet."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.zoho.client import FLAG, Client


def numbers(zoho: Client, **query: str) -> list[str]:
    rows = zoho.get("invoices", sort_column="created_time", sort_order="A", **query)["invoices"]
    return [row["invoice_number"] for row in rows]


def test_pages_have_a_context(zoho: Client, customer: str) -> None:
    for place in range(5):
        zoho.draft(customer, invoice_number=f"L-{place}")
    answer = zoho.get("invoices", per_page="2", page="1")
    assert [row["invoice_number"] for row in answer["invoices"]] == ["L-4", "L-3"]
    context = answer["page_context"]
    assert (context["page"], context["per_page"], context["has_more_page"]) == (1, 2, True)
    answer = zoho.get("invoices", per_page="2", page="3")
    assert [row["invoice_number"] for row in answer["invoices"]] == ["L-0"]
    assert not answer["page_context"]["has_more_page"]
    assert zoho.get("invoices", per_page="500")["page_context"]["per_page"] == 200
    zoho.switch(page_size="refuse")
    assert zoho.refused("GET", "invoices", per_page="500") == (400, 2)
    assert zoho.refused("GET", "invoices", page="0") == (400, 2)
    zoho.switch(duplicate_rows=True)
    assert len(zoho.get("invoices", per_page="2", page="2")["invoices"]) == 3
    counted = zoho.get("invoices", response_option="2")
    assert "invoices" not in counted
    assert counted["page_context"]["total"] == 5
    assert zoho.get("invoices", response_option="1")["page_context"]["sum_columns"]["total"] == 5000


def test_rows_of_a_list_have_no_lines_and_no_payments(zoho: Client, customer: str) -> None:
    zoho.draft(customer)
    row = zoho.get("invoices")["invoices"][0]
    assert not {"line_items", "payments", "notes"} & set(row)
    assert {"total", "balance", "status", "last_modified_time", "write_off_amount"} <= set(row)


def test_a_plain_filter_finds_too_much_and_an_unknown_one_everything(
    zoho: Client, customer: str
) -> None:
    for name in ("L-1", "L-10", "X-2"):
        zoho.draft(customer, invoice_number=name, reference_number=f"ref:{name}")
    assert numbers(zoho, invoice_number="L-1") == ["L-1", "L-10"]
    assert numbers(zoho, reference_number="REF:l-1") == ["L-1", "L-10"]
    assert len(numbers(zoho, invoice_no="L-1")) == 3
    zoho.switch(loose_filters="exact")
    assert numbers(zoho, invoice_number="L-1") == ["L-1"]
    assert numbers(zoho, invoice_number_startswith="L-") == ["L-1", "L-10"]
    assert numbers(zoho, invoice_number_contains="10") == ["L-10"]
    assert numbers(zoho, search_text="x-2") == ["X-2"]


def test_filters_of_invoices(zoho: Client, customer: str) -> None:
    other = zoho.customer("Otra")
    sent = zoho.invoice(customer, 100, invoice_number="S", date="2026-10-01")
    zoho.draft(other, 200, invoice_number="D", due_date="2027-01-31")
    assert numbers(zoho, customer_id=other) == ["D"]
    assert numbers(zoho, status="draft") == ["D"]
    assert numbers(zoho, status="unpaid") == ["S"]
    assert numbers(zoho, filter_by="Status.Unpaid") == ["S"]
    assert numbers(zoho, filter_by="Status.Draft") == ["D"]
    assert numbers(zoho, date_start="2026-10-01", date_end="2026-10-31") == ["S"]
    assert numbers(zoho, date_after="2026-10-01") == ["D"]
    assert numbers(zoho, due_date="2027-01-31") == ["D"]
    assert numbers(zoho, total_greater_than="150") == ["D"]
    assert numbers(zoho, item_id=zoho.item("Late fee")) == []
    assert zoho.refused("GET", "invoices", filter_by="Status.Nope") == (400, 2)
    assert zoho.refused("GET", "invoices", sort_column="last_modified_time") == (400, 2)
    assert zoho.refused("GET", "invoices", date_start="yesterday") == (400, 2)
    assert zoho.refused("GET", "invoices", search_text="x" * 101) == (400, 4)
    unpaid = zoho.get(f"contacts/{customer}/unpaidinvoices")["invoices"]
    assert [row["invoice_id"] for row in unpaid] == [sent]


def test_what_changed_after_a_moment(zoho: Client, customer: str) -> None:
    first = zoho.draft(customer, invoice_number="A")
    zoho.control("POST", "clock", {"seconds": 60})
    zoho.draft(customer, invoice_number="B")
    moment = first["last_modified_time"]
    assert moment[-5:] == "-0500"
    assert numbers(zoho, last_modified_time=moment) == ["B"]
    assert zoho.refused("GET", "invoices", last_modified_time="2026-11-20") == (400, 2)
    contacts = zoho.get("contacts", last_modified_time="2030-01-01T00:00:00-0500")["contacts"]
    assert len(contacts) == 2, "contacts have no such filter"
    zoho.control("POST", "clock", {"seconds": 60})
    zoho.payment(customer, 10, {first["invoice_id"]: 10})
    assert numbers(zoho, last_modified_time=moment) == ["A", "B"]


def test_lists_follow_writes_after_a_lag(zoho: Client, customer: str) -> None:
    zoho.switch(read_lag_s=30)
    made = zoho.draft(customer, invoice_number="L-1")["invoice_id"]
    assert numbers(zoho) == []
    assert zoho.read(made)["status"] == "draft"
    status, answer = zoho.send(
        "POST", "invoices", zoho.invoice_body(customer, invoice_number="L-1"), **FLAG
    )
    assert (status, answer["code"]) == (400, 1001)
    zoho.control("POST", "clock", {"seconds": 31})
    assert numbers(zoho) == ["L-1"]
    zoho.ok("POST", f"invoices/{made}/status/sent")
    assert zoho.get("invoices")["invoices"][0]["status"] == "draft"
    zoho.control("POST", "clock", {"seconds": 31})
    assert zoho.get("invoices")["invoices"][0]["status"] == "sent"
    zoho.ok("DELETE", f"invoices/{made}")
    assert numbers(zoho) == ["L-1"]
    assert zoho.refused("GET", f"invoices/{made}") == (404, 1002)
    zoho.control("POST", "clock", {"seconds": 31})
    assert numbers(zoho) == []


def test_custom_fields_are_written_in_four_ways_and_read_in_three(
    zoho: Client, customer: str
) -> None:
    field = zoho.field("invoice")
    found = zoho.get("settings/fields", entity="invoice")["fields"]
    assert [(row["api_name"], row["is_unique"]) for row in found] == [("cf_ledger_id", True)]
    ways: list[dict[str, Any]] = [
        {"customfield_id": field},
        {"api_name": "cf_ledger_id"},
        {"label": "Ledger Id"},
        {"index": 1},
    ]
    for place, way in enumerate(ways):
        made = zoho.draft(customer, custom_fields=[{**way, "value": f"loan:{place}"}])
        assert made["custom_fields"][0]["value"] == f"loan:{place}"
        assert made["custom_field_hash"]["cf_ledger_id"] == f"loan:{place}"
        assert made["cf_ledger_id"] == made["cf_ledger_id_unformatted"] == f"loan:{place}"
    assert len(zoho.get("invoices", custom_field="loan:2")["invoices"]) == 1
    assert len(zoho.get("invoices", custom_field_startswith="loan:")["invoices"]) == 4
    twice = zoho.invoice_body(customer, custom_fields=[{**ways[0], "value": "loan:1"}])
    assert zoho.refused("POST", "invoices", twice) == (400, 900005)
    unknown = zoho.invoice_body(customer, custom_fields=[{"api_name": "cf_x", "value": "1"}])
    assert zoho.refused("POST", "invoices", unknown) == (400, 900016)
    longer = zoho.invoice_body(customer, custom_fields=[{**ways[0], "value": "x" * 256}])
    assert zoho.refused("POST", "invoices", longer) == (400, 4)
    row_id = zoho.get("invoices", custom_field="loan:2")["invoices"][0]["invoice_id"]
    zoho.ok("PUT", f"invoice/{row_id}/customfields", [{**ways[0], "value": "loan:22"}])
    assert zoho.read(row_id)["cf_ledger_id"] == "loan:22"
    zoho.draft(customer, custom_fields=[{**ways[0], "value": "loan:2"}])


def test_a_field_becomes_unique_only_if_its_values_are(zoho: Client, customer: str) -> None:
    field = zoho.field("customer_payment", is_unique=False)
    values = [{"label": "Ledger Id", "value": "pay:1"}]
    ids = [zoho.payment(customer, 5, custom_fields=values)["payment_id"] for _ in range(2)]
    path = f"settings/fields/{field}"
    assert zoho.refused("PUT", path, {"is_unique": True}) == (400, 900005)
    zoho.ok("DELETE", f"customerpayments/{ids[0]}")
    zoho.ok("PUT", path, {"is_unique": True})
    body = zoho.payment_body(customer, 5, custom_fields=values)
    assert zoho.refused("POST", "customerpayments", body) == (400, 900005)
    zoho.ok("DELETE", path)
    assert "cf_ledger_id" not in zoho.get(f"customerpayments/{ids[1]}")["payment"]
    again = {"label": "X", "entity": "loan", "data_type": "string", "show_on_pdf": False}
    assert zoho.refused("POST", "settings/fields", again) == (400, 4)


@pytest.mark.parametrize(
    ("switch", "refusal"), [("refuse", (400, 900031)), ("unauthorized", (401, 57))]
)
def test_an_organization_may_not_let_fields_be_made(
    zoho: Client, switch: str, refusal: tuple[int, int]
) -> None:
    zoho.switch(field_creation=switch)
    body = {"label": "Ledger Id", "data_type": "string", "entity": "contact", "show_on_pdf": False}
    assert zoho.refused("POST", "settings/fields", body) == refusal
    assert zoho.get("settings/fields", entity="contact")["fields"] == []


def test_a_new_field_may_have_to_be_made_unique_afterwards(zoho: Client) -> None:
    zoho.switch(field_unique_at_once=False)
    field = zoho.field("contact")
    assert not zoho.get("settings/fields", entity="contact")["fields"][0]["is_unique"]
    zoho.ok("PUT", f"settings/fields/{field}", {"is_unique": True})
    assert zoho.get("settings/fields", entity="contact")["fields"][0]["is_unique"]
    again = {"label": "ledger id", "data_type": "string", "entity": "contact"}
    assert zoho.refused("POST", "settings/fields", again) == (400, 900029)


@pytest.mark.parametrize("stored", ["no", "yes"])
def test_upsert_by_a_unique_field(zoho: Client, customer: str, stored: str) -> None:
    zoho.field("invoice")
    zoho.switch(header_value_stored=stored)
    headers = {
        "X-Unique-Identifier-Key": "cf_ledger_id",
        "X-Unique-Identifier-Value": "loan:1",
    }
    body = zoho.invoice_body(customer, 100, invoice_number="L-1")
    status, answer = zoho.send("PUT", "invoices", body, headers, **FLAG)
    assert (status, answer["code"]) == (400, 900006)
    insert = {**headers, "X-Upsert": "true"}
    if stored == "no":
        body["custom_fields"] = [{"api_name": "cf_ledger_id", "value": "loan:1"}]
    status, answer = zoho.send("PUT", "invoices", body, insert, **FLAG)
    assert (status, answer["code"]) == (201, 0)
    body["line_items"][0]["rate"] = 200
    status, answer = zoho.send("PUT", "invoices", body, insert, **FLAG)
    assert (status, answer["invoice"]["total"]) == (200, 200)
    assert len(zoho.get("invoices")["invoices"]) == 1
    wrong = {**headers, "X-Unique-Identifier-Key": "cf_other"}
    assert zoho.refused("PUT", "invoices", body, headers=wrong) == (400, 900007)
    assert zoho.refused("PUT", "invoices", body) == (400, 4)


@pytest.mark.parametrize(("status", "own_number"), [("201", True), ("200", False)])
def test_what_an_upsert_that_creates_answers_and_takes_are_switches(
    zoho: Client, customer: str, status: str, own_number: bool
) -> None:
    zoho.field("invoice")
    zoho.switch(upsert_created_status=status, upsert_accepts_number_flag=own_number)
    headers = {
        "X-Unique-Identifier-Key": "cf_ledger_id",
        "X-Unique-Identifier-Value": "loan:1",
        "X-Upsert": "true",
    }
    body = zoho.invoice_body(customer)
    assert zoho.send("PUT", "invoices", body, headers)[0] == int(status)
    numbered = {**body, "invoice_number": "L-1"}
    headers["X-Unique-Identifier-Value"] = "loan:2"
    code = zoho.send("PUT", "invoices", numbered, headers, **FLAG)[1]["code"]
    assert code == (0 if own_number else 4097)


def test_upserts_of_other_records(zoho: Client) -> None:
    for entity, path, body in (
        ("contact", "contacts", {"contact_name": "Zoe", "contact_type": "customer"}),
        ("item", "items", {"name": "Seguro", "rate": 5}),
    ):
        zoho.field(entity)
        headers = {
            "X-Unique-Identifier-Key": "cf_ledger_id",
            "X-Unique-Identifier-Value": "1",
            "X-Upsert": "true",
        }
        full = {**body, "custom_fields": [{"api_name": "cf_ledger_id", "value": "1"}]}
        assert zoho.send("PUT", path, full, headers)[0] == 201
        assert zoho.send("PUT", path, full, headers)[0] == 200


def test_contacts_are_filtered_by_one_thing_at_a_time(zoho: Client, customer: str) -> None:
    body = {"contact_name": "Papelería", "contact_type": "vendor"}
    zoho.ok("POST", "contacts", body)
    zoho.ok("POST", f"contacts/{customer}/inactive")

    def names(**query: str) -> list[str]:
        return [row["contact_name"] for row in zoho.get("contacts", **query)["contacts"]]

    assert names(filter_by="Status.Inactive") == ["Ana"]
    assert names(filter_by="Status.Vendors") == ["Papelería"]
    assert names(contact_type="customer", sort_column="contact_name") == [
        "Ana",
        "Cliente de ejemplo",
    ]
    assert names(contact_name="an") == ["Ana"]
    assert names(contact_name_startswith="cli") == ["Cliente de ejemplo"]
    noted = {"contact_name": "Zoe", "contact_type": "customer", "notes": "vive en el centro"}
    zoho.ok("POST", "contacts", noted)
    assert names(search_text="CENTRO") == ["Zoe"]
    assert names(search_text="zoe") == ["Zoe"]


def test_answers_can_be_noisy(zoho: Client, customer: str) -> None:
    zoho.draft(customer, "10.50")
    zoho.switch(type_noise=True)
    answer = zoho.get("invoices")
    row = answer["invoices"][0]
    assert (row["total"], row["has_attachment"]) == ("10.50", "false")
    assert isinstance(row["customer_id"], int)
    assert answer["page_context"][0]["has_more_page"] is False
