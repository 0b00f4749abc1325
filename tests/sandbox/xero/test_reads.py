"""Filters, pages, orders, and what has changed since."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.sandbox.xero.client import Client, invoice


@pytest.fixture
def many(api: Client, ana: str) -> list[str]:
    """Seven invoices for 1 to 7, numbered L-1 to L-7; the last one is a draft."""
    bodies = [invoice(ana, n, InvoiceNumber=f"L-{n}") for n in range(1, 7)]
    bodies.append(invoice(ana, 7, InvoiceNumber="L-7", Status="DRAFT"))
    return [each["InvoiceID"] for each in api.put("Invoices", *bodies)]


def numbers(rows: list[Any]) -> list[str]:
    return sorted(row["InvoiceNumber"] for row in rows)


def test_pages_have_lines_and_say_how_many_there_are(api: Client, many: list[str]) -> None:
    found = api.get("Invoices", page="2", pageSize="3")
    assert found["pagination"] == {"page": 2, "pageSize": 3, "pageCount": 3, "itemCount": 7}
    assert len(found["Invoices"]) == 3
    assert found["Invoices"][0]["LineItems"]
    assert api.get("Invoices", page="9")["Invoices"] == []
    assert api.get("Invoices", page="0", pageSize="9999")["pagination"]["pageSize"] == 1000


def test_without_a_page_all_come_without_lines(api: Client, many: list[str]) -> None:
    found = api.get("Invoices")
    assert "pagination" not in found
    assert len(found["Invoices"]) == 7
    assert found["Invoices"][0]["LineItems"] == []
    assert "ContactStatus" not in found["Invoices"][0]["Contact"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"InvoiceNumbers": "L-1,l-3,L-99"}, ["L-1", "L-3"]),
        ({"Statuses": "DRAFT"}, ["L-7"]),
        ({"where": 'Status=="AUTHORISED" AND AmountDue>=5'}, ["L-5", "L-6"]),
        ({"where": 'InvoiceNumber=="L-1" OR (Total<3 && Total!=1)'}, ["L-1", "L-2"]),
        ({"where": 'Reference==null OR Status=="DRAFT"'}, ["L-7"]),
        ({"where": 'InvoiceNumber.Contains("-4")'}, ["L-4"]),
        ({"where": 'Type=="ACCREC" && Date>=DateTime(2026,11,21)'}, []),
        ({"where": "Date<DateTime(2026, 11, 21) and Total==3"}, ["L-3"]),
        ({"where": "!(AmountDue<7) and SentToContact==false"}, ["L-7"]),
        ({"where": 'Contact.Name=="ANA" AND Total==2'}, ["L-2"]),
        ({"searchTerm": "l-5"}, ["L-5"]),
        ({"where": "AmountPaid>0"}, []),
        ({"createdByMyApp": "true", "where": "Total==1"}, ["L-1"]),
    ],
)
def test_what_is_asked_for_is_found(
    api: Client, many: list[str], query: dict[str, str], expected: list[str]
) -> None:
    assert numbers(api.many("Invoices", **query)) == expected


def test_ids_and_contacts_can_be_listed(api: Client, many: list[str], ana: str) -> None:
    assert numbers(api.many("Invoices", IDs=f"{many[0]},{many[2].upper()}")) == ["L-1", "L-3"]
    assert len(api.many("Invoices", ContactIDs=ana)) == 7
    assert api.many("Invoices", where=f'Contact.ContactID==guid("{ana}") AND Total>9') == []
    paid = api.pay(many[0], 1, Reference="pay:1")["PaymentID"]
    found = api.many("Payments", where=f'Invoice.InvoiceId==guid("{many[0]}")')
    assert [each["PaymentID"] for each in found] == [paid]
    assert api.many("Payments", where='Reference=="pay:1"')[0]["Account"]["Code"] == "090"
    assert len(api.many("Contacts", IDs=ana)) == 1
    assert [each["Code"] for each in api.many("Accounts", where='Type=="BANK"')][:1] == ["090"]


@pytest.mark.parametrize(
    "where", ["Total=", "Nope==1", 'Total=="x" AND', "(Total==1", "Total>guid(1)", 'Total>"x"', "?"]
)
def test_a_filter_that_cannot_be_read_is_error_16(api: Client, many: list[str], where: str) -> None:
    status, number, _ = api.error("GET", "Invoices", where=where)
    assert (status, number) == (400, 16)


def test_summaries_leave_out_lines_and_payments(api: Client, many: list[str]) -> None:
    found = api.get("Invoices", summaryOnly="true")
    assert found["pagination"]["pageSize"] == 100
    assert not {"LineItems", "Payments", "HasAttachments"} & set(found["Invoices"][0])


def test_orders(api: Client, many: list[str]) -> None:
    totals = [row["Total"] for row in api.many("Invoices", order="Total DESC", page="1")]
    assert totals == [7, 6, 5, 4, 3, 2, 1]
    api.post("Invoices", {"InvoiceID": many[0], "Reference": "r"})
    assert api.many("Invoices", page="1")[-1]["InvoiceID"] == many[0]


def test_what_has_changed_is_told_and_payments_move_their_invoice(
    api: Client, many: list[str]
) -> None:
    api.control("POST", "clock", {"seconds": 100})
    since = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 50))
    header = {"If-Modified-Since": since}
    assert api.many("Invoices", header, page="1") == []
    paid = api.pay(many[1], 1)
    assert [row["InvoiceID"] for row in api.many("Invoices", header, page="1")] == [many[1]]
    api.control("POST", "clock", {"seconds": 100})
    stamp = api.one("Payments", paid["PaymentID"])["UpdatedDateUTCString"]
    exact = {"If-Modified-Since": stamp}
    assert len(api.many("Payments", exact)) == 1
    api.switch(modified_since="exclusive")
    assert api.many("Payments", exact) == []
    assert len(api.many("Invoices", {"If-Modified-Since": "soon"})) == 7
    header = {"If-Modified-Since": "2030-01-01T00:00:00+00:00"}
    assert api.many("Invoices", header) == []


def test_due_dates_of_part_paid_invoices_may_move_quietly(api: Client, many: list[str]) -> None:
    api.switch(quiet_due_dates=True)
    api.pay(many[1], 1)
    before = api.one("Invoices", many[1])["UpdatedDateUTC"]
    api.control("POST", "clock", {"seconds": 100})
    after = api.post("Invoices", {"InvoiceID": many[1], "DueDate": "2027-05-05"})
    assert after["UpdatedDateUTC"] == before
    assert after["DueDateString"] == "2027-05-05T00:00:00"


def test_archived_contacts_are_shown_when_asked_for(api: Client, ana: str) -> None:
    api.post("Contacts", {"ContactID": ana, "ContactStatus": "ARCHIVED"})
    assert ana not in [row["ContactID"] for row in api.many("Contacts")]
    assert ana in [row["ContactID"] for row in api.many("Contacts", includeArchived="true")]


def test_balances_come_with_pages_only(api: Client, ana: str) -> None:
    api.invoice(ana, 100, DueDate="2020-01-01")
    listed = [row for row in api.many("Contacts") if row["ContactID"] == ana]
    assert "Balances" not in listed[0]
    paged = [row for row in api.many("Contacts", page="1") if row["ContactID"] == ana]
    owed = paged[0]["Balances"]["AccountsReceivable"]
    assert (owed["Outstanding"], owed["Overdue"]) == (100, 100)


def test_answers_are_xml_unless_json_is_asked_for(api: Client) -> None:
    for path, status, root in (("Organisation", 200, "Response"), ("Invoices", 400, "ApiEx")):
        query = {"where": "x"} if status == 400 else {}
        answer = api.call("GET", path, headers={"Accept": "*/*"}, **query)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/xml")
        assert f"<{root}" in answer.text
