"""Every text that Xero refuses a document with, at least once."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.sandbox.xero import faults
from tests.sandbox.xero.client import (
    DAY,
    ZERO_ID,
    Client,
    credit,
    invoice,
    line,
    messages,
    overpayment,
    payment,
)


def put(api: Client, body: Any) -> list[str]:
    return api.refused("PUT", "Invoices", body)


def test_a_number_is_taken_for_good_even_by_a_voided_invoice(api: Client, ana: str) -> None:
    made = api.invoice(ana, InvoiceNumber="LN-1")
    assert put(api, invoice(ana, InvoiceNumber="ln-1")) == ["Invoice # must be unique."]
    api.post("Invoices", {"InvoiceID": made["InvoiceID"], "Status": "VOIDED"})
    assert put(api, invoice(ana, InvoiceNumber="LN-1")) == [faults.NUMBER_TAKEN]
    again = api.refused("POST", "Invoices", invoice(ana, InvoiceNumber="LN-1"))
    assert again == ["Invoice not of valid status for modification"]


def test_a_number_freed_by_renaming_before_the_void_can_be_used_again(
    api: Client, ana: str
) -> None:
    made = api.invoice(ana, InvoiceNumber="LN-1")["InvoiceID"]
    api.post("Invoices", {"InvoiceID": made, "InvoiceNumber": "LN-1-V1"})
    api.post("Invoices", {"InvoiceID": made, "Status": "VOIDED"})
    assert api.invoice(ana, InvoiceNumber="LN-1")["Status"] == "AUTHORISED"


@pytest.mark.parametrize(("switch", "taken"), [("kept", True), ("free", False)])
def test_whether_a_deleted_draft_keeps_its_number_is_a_switch(
    api: Client, ana: str, switch: str, taken: bool
) -> None:
    api.switch(deleted_number=switch)
    made = api.invoice(ana, InvoiceNumber="LN-1", Status="DRAFT")["InvoiceID"]
    api.post("Invoices", {"InvoiceID": made, "Status": "DELETED"})
    status, _ = api.send("PUT", "Invoices", invoice(ana, InvoiceNumber="LN-1"))
    assert status == (400 if taken else 200)


def test_lines_are_checked_and_all_that_is_wrong_is_told(api: Client, ana: str) -> None:
    lines = [
        line(1, "999"),
        {**line(1), "AccountCode": ""},
        line(1, "090"),
        line(1, "610"),
        line(1, "270", TaxType="NOPE"),
        line(1, "270", TaxType="INPUT"),
        line(1, Quantity=-1),
        line(1, LineAmount=2),
        line(1, Description=""),
        line(1, Tracking=[{"Name": "Region", "Option": "Nowhere"}]),
    ]
    body = invoice(ana, LineItems=lines, DueDate=None, LineAmountTypes="Exclusive")
    assert put(api, body) == [
        "Due date cannot be empty.",
        "Account code '999' is not a valid code for this document.",
        "Account code must be specified",
        "Account code '090' is not a valid code for this document.",
        "Account code '610' is not a valid code for this document.",
        "The TaxType code 'NOPE' is not valid",
        "The TaxType code 'INPUT' cannot be used with account code '270'",
        "The quantity value '-1.0000' is invalid. Quantity must not be less than zero.",
        "The line total 2.00 does not match the expected line total 1.00",
        "Description must be specified for each line item.",
        "The tracking option 'Region/Nowhere' does not exist or is not active.",
    ]
    assert put(api, invoice(ana, LineItems=[line(-1)])) == [faults.NEGATIVE_TOTAL]
    assert put(api, invoice(ana, LineItems=[])) == ["One or more line items must be specified"]
    assert put(api, invoice(ana, LineItems=[line(1, ItemCode="X")])) == [
        "Item code 'X' is not valid"
    ]


def test_an_archived_account_is_refused_by_name(api: Client, ana: str) -> None:
    api.edit(action="inactivate", kind="account", name="Loan clearing")
    expected = (
        "Account code '640' has been archived, or has been deleted. "
        "Each line item must reference a valid account."
    )
    assert put(api, invoice(ana)) == [expected]


def test_a_draft_loses_an_account_that_does_not_exist_and_is_warned(api: Client, ana: str) -> None:
    body = invoice(ana, Status="DRAFT", LineItems=[line(1, "476")])
    made = api.put("Invoices", body, summarizeErrors="false")[0]
    text = "Account code '476' has been removed as it does not match a recognised account."
    assert made["Warnings"] == [{"Message": text}]
    assert made["StatusAttributeString"] == "WARNING"
    assert "AccountCode" not in made["LineItems"][0]


def test_contacts_of_a_document_must_exist_and_be_active(api: Client, ana: str) -> None:
    assert put(api, {**invoice(ana), "Contact": {}}) == [faults.NO_CONTACT]
    unknown = {"ContactID": "11111111-1111-4111-8111-111111111111"}
    assert put(api, {**invoice(ana), "Contact": unknown}) == [faults.UNKNOWN_DOCUMENT]
    api.post("Contacts", {"ContactID": ana, "ContactStatus": "ARCHIVED"})
    assert put(api, invoice(ana)) == [faults.ARCHIVED_USE]
    assert api.refused("POST", "Contacts", {"ContactID": ana, "FirstName": "A"}) == [
        (
            "The specified contact details matched an archived contact. "
            "Archived contacts cannot currently be edited via the API."
        )
    ]
    revive = {"ContactID": ana, "ContactStatus": "ACTIVE"}
    assert api.refused("POST", "Contacts", revive) == [faults.ARCHIVED_EDIT]
    api.switch(unarchive_by_api="accept")
    assert api.post("Contacts", revive)["ContactStatus"] == "ACTIVE"


def test_contact_names_and_numbers_are_unique(api: Client) -> None:
    api.contact("Ana", ContactNumber="D-1")
    same = {"Name": "ANA", "ContactNumber": "D-1", "EmailAddress": "nobody"}
    assert api.refused("PUT", "Contacts", same) == [
        (
            "The contact name ANA is already assigned to another contact. "
            "The contact name must be unique across all active contacts."
        ),
        "Another contact has this contact number. Please enter a different contact number.",
        "Email address must be valid.",
    ]
    assert api.refused("PUT", "Contacts", {"FirstName": "x"}) == [faults.NO_CONTACT]
    assert api.refused("PUT", "Contacts", {"Name": " x  <y> "})[0].startswith("The contact name")
    long = {"Name": "x" * 256, "DefaultCurrency": "EUR"}
    assert "cannot be longer than 255" in api.refused("PUT", "Contacts", long)[0]
    euro = {"Name": "Eva", "DefaultCurrency": "EUR"}
    assert api.refused("PUT", "Contacts", euro) == [
        "Organisation is not subscribed to currency EUR"
    ]


def test_a_refused_contact_is_echoed_with_a_zero_id(api: Client) -> None:
    api.contact("Ana")
    _, answer = api.send("PUT", "Contacts", {"Contacts": [{"Name": "Ana"}]})
    element = answer["Elements"][0]
    assert (element["ContactID"], element["Name"]) == (ZERO_ID, "Ana")
    assert element["HasValidationErrors"] is True
    assert "StatusAttributeString" not in element


def test_payments_are_limited_by_what_is_due(api: Client, ana: str) -> None:
    made = api.invoice(ana, 100)["InvoiceID"]
    assert api.refused("PUT", "Payments", payment(made, "100.01")) == [
        "Payment amount exceeds the amount outstanding on this document"
    ]
    api.pay(made, 100)
    assert api.refused("PUT", "Payments", payment(made, 1)) == [
        "Payments can only be made against Authorised documents",
        "Payment amount exceeds the amount outstanding on this document",
    ]
    draft = api.invoice(ana, 5, Status="DRAFT")["InvoiceID"]
    assert faults.PAYMENT_TARGET in api.refused("PUT", "Payments", payment(draft, 5))
    zero = api.refused("PUT", "Payments", payment(made, 0))
    assert "greater than zero" in zero[0]
    both = {**payment(made, 1), "CreditNote": {"CreditNoteID": made}}
    assert "exactly one" in api.refused("PUT", "Payments", both)[0]
    unknown = payment("11111111-1111-4111-8111-111111111111", 1)
    assert api.refused("PUT", "Payments", unknown) == [faults.UNKNOWN_DOCUMENT]


def test_payments_go_to_banks_and_accounts_that_allow_them(api: Client, ana: str) -> None:
    made = api.invoice(ana, 100)["InvoiceID"]
    wrong = payment(made, 1, Account={"Code": "640"})
    assert api.refused("PUT", "Payments", wrong) == [
        "Account type is invalid for making a payment to/from"
    ]
    unknown = payment(made, 1, Account={"Code": "x"})
    assert api.refused("PUT", "Payments", unknown) == ["Account could not be found"]
    assert api.pay(made, 1, Account={"Code": "650"})["Account"]["Code"] == "650"
    foreign = payment(made, 1, Account={"Code": "093"})
    assert "MXN" in api.refused("PUT", "Payments", foreign)[0]


def test_a_payment_is_deleted_once_and_never_changed(api: Client, ana: str) -> None:
    made = api.invoice(ana, 100)["InvoiceID"]
    paid = api.pay(made, 100)["PaymentID"]
    assert api.one("Invoices", made)["Status"] == "PAID"
    assert "cannot be changed" in api.refused("POST", f"Payments/{paid}", {"Amount": 5})[0]
    assert api.post(f"Payments/{paid}", {"Status": "DELETED"})["Status"] == "DELETED"
    after = api.one("Invoices", made)
    assert (after["Status"], after["AmountDue"], after["Payments"]) == ("AUTHORISED", 100, [])
    assert api.refused("POST", f"Payments/{paid}", {"Status": "DELETED"}) == [
        "Payment not of valid status for modification"
    ]


def test_a_paid_invoice_cannot_be_voided_or_changed_in_amount(api: Client, ana: str) -> None:
    made = api.invoice(ana, 100)["InvoiceID"]
    api.pay(made, 40)
    for status in ("DRAFT", "DELETED", "PAID"):
        change = {"InvoiceID": made, "Status": status}
        if status == "PAID":
            continue
        assert api.refused("POST", "Invoices", change) == [
            "Invoice not of valid status for modification"
        ]
    assert api.refused("POST", f"Invoices/{made}", {"Status": "VOIDED"}) == [
        (
            "The status VOIDED cannot be applied to the invoice because it has payments or credit "
            "notes allocated to it."
        )
    ]
    more = {"InvoiceID": made, "LineItems": [line(200)]}
    assert api.refused("POST", "Invoices", more) == [faults.PAID_DOCUMENT]
    assert api.refused("POST", "Invoices", {"InvoiceID": made, "Date": "2026-11-19"}) == [
        "This document cannot be edited as it has a payment or credit note allocated to it."
    ]
    free = {"InvoiceID": made, "Reference": "r", "DueDate": "2027-01-01", "InvoiceNumber": "Z-1"}
    after = api.post("Invoices", {**free, "LineItems": [line(100, "641", Description="New")]})
    assert (after["Reference"], after["InvoiceNumber"]) == ("r", "Z-1")
    assert after["LineItems"][0]["AccountCode"] == "641"


def test_allocations_need_room_on_both_sides(api: Client, ana: str) -> None:
    made, other = api.invoice(ana, 100)["InvoiceID"], api.contact("Other")
    note = api.credit(ana, 80)["CreditNoteID"]
    place = f"CreditNotes/{note}/Allocations"
    body = {"Amount": 81, "Invoice": {"InvoiceID": made}}
    assert api.refused("PUT", place, body) == [
        "Credit Note cannot be allocated as amount is greater than amount outstanding"
    ]
    theirs = api.invoice(other, 100)["InvoiceID"]
    wrong = {"Amount": 1, "Invoice": {"InvoiceID": theirs}}
    assert "same contact" in api.refused("PUT", place, wrong)[0]
    api.pay(made, 100)
    body["Amount"] = 5
    assert api.refused("PUT", place, body) == [
        "The invoice you are trying to allocate to has already been paid off"
    ]
    draft = api.credit(ana, 5, Status="DRAFT")["CreditNoteID"]
    refused = api.refused("PUT", f"CreditNotes/{draft}/Allocations", body)
    assert refused == ["Credit Note not of valid status for modification"]


def test_ids_chosen_by_the_client_are_refused(api: Client, ana: str) -> None:
    chosen = "11111111-1111-4111-8111-111111111111"
    assert api.refused("PUT", "CreditNotes", credit(ana, CreditNoteID=chosen)) == [
        "An existing Credit Note with the specified CreditNoteID could not be found"
    ]
    assert api.refused("POST", "Invoices", {"InvoiceID": chosen, "Status": "VOIDED"}) == [
        "The document with the supplied id was not found for this endpoint."
    ]


@pytest.mark.parametrize(
    ("which", "text"), [("period", "period lock date"), ("year", "end of year lock date")]
)
def test_nothing_is_written_on_or_before_a_lock_date(
    api: Client, ana: str, which: str, text: str
) -> None:
    made = api.invoice(ana, 100)["InvoiceID"]
    paid = api.pay(made, 10)["PaymentID"]
    free = api.invoice(ana, 7)["InvoiceID"]
    api.edit(action="lock", which=which, date=DAY)
    expected = [f"The document date cannot be before the {text}, currently set at 20-Nov-2026"]
    assert put(api, invoice(ana)) == expected
    assert api.refused("PUT", "CreditNotes", credit(ana)) == expected
    assert api.refused("PUT", "Payments", payment(made, 1)) == expected
    assert api.refused("PUT", "BankTransactions", overpayment(ana, 1)) == expected
    assert api.refused("POST", "Invoices", {"InvoiceID": free, "Status": "VOIDED"}) == expected
    assert api.refused("POST", f"Payments/{paid}", {"Status": "DELETED"}) == [faults.PAYMENT_STATUS]
    api.switch(lock_day="accept")
    assert api.pay(made, 1)["Status"] == "AUTHORISED"
    name = "PeriodLockDate" if which == "period" else "EndOfYearLockDate"
    assert api.get("Organisation")["Organisations"][0][name] == "/Date(1795132800000+0000)/"
    api.edit(action="lock", which=which, date=None)
    assert name not in api.get("Organisation")["Organisations"][0]


def test_currencies_must_be_subscribed(api: Client, ana: str) -> None:
    expected = ["Organisation is not subscribed to currency EUR"]
    assert put(api, invoice(ana, CurrencyCode="EUR")) == expected
    status, answer = api.send("PUT", "Currencies", {"Code": "EUR"})
    assert (status, answer["Currencies"][0]["Code"]) == (200, "EUR")
    assert api.invoice(ana, CurrencyCode="EUR")["CurrencyRate"] == 1
    api.switch(multicurrency=False)
    assert "not subscribed" in put(api, invoice(ana, CurrencyCode="MXN"))[0]
    actions = {each["Name"]: each["Status"] for each in api.get("Organisation/Actions")["Actions"]}
    assert actions["UseMulticurrency"] == "NOT-ALLOWED"


def test_some_plans_limit_the_invoices_approved_in_a_month(api: Client, ana: str) -> None:
    api.switch(approvals_per_month=2)
    api.invoice(ana)
    draft = api.invoice(ana, Status="DRAFT")["InvoiceID"]
    api.post("Invoices", {"InvoiceID": draft, "Status": "AUTHORISED"})
    assert put(api, invoice(ana)) == ["You have reached the limit of invoices you can approve"]
    assert api.invoice(ana, Status="DRAFT")["Status"] == "DRAFT"


def test_what_cannot_be_read_is_error_14_and_what_is_empty_17(api: Client, ana: str) -> None:
    answer = api.http.put(f"{api.api}/Invoices", data=b"{nope", timeout=60).json()
    assert (answer["ErrorNumber"], answer["Type"]) == (14, "PostDataInvalidException")
    assert answer["Message"].startswith("JSON request body could not be read, Error")
    wrong = invoice(ana, LineItems=[line("one")])
    assert api.error("PUT", "Invoices", wrong) == (
        400,
        14,
        "Input string was not in a correct format.",
    )
    for change in (
        {"Date": "yesterday"},
        {"Status": "OPEN"},
        {"LineItems": {}},
        {"Contact": 7},
        {"InvoiceID": "x"},
        {"SentToContact": "perhaps"},
    ):
        assert api.error("PUT", "Invoices", {**invoice(ana), **change})[:2] == (400, 14), change
    assert api.error("PUT", "Invoices", {"Payments": []}) == (
        400,
        17,
        (
            "No data has been processed for this endpoint. This endpoint is expecting Invoice "
            "data to be specifed in the request body."
        ),
    )
    assert api.error("PUT", "Invoices", {"Invoices": []})[1] == 17


def test_nothing_of_an_unreadable_request_is_kept(api: Client, ana: str) -> None:
    good = invoice(ana, InvoiceNumber="LN-1")
    bad = invoice(ana, Date="soon")
    assert api.error("PUT", "Invoices", {"Invoices": [good, bad]})[1] == 14
    assert api.books()["documents"] == []


def test_what_does_not_exist_is_an_empty_page(api: Client) -> None:
    for path in ("Invoices/LN-9", "Nothing", "Contacts/x", "Prepayments/x", "Reports/X"):
        answer = api.call("GET", path)
        assert (answer.status_code, answer.content) == (404, b""), path
        assert answer.headers["content-type"].startswith("text/html")
    assert api.call("DELETE", "Invoices").status_code == 501
    assert api.call("PUT", "Overpayments", {}).status_code == 501


def test_with_summarize_errors_false_each_element_answers_for_itself(api: Client, ana: str) -> None:
    good = invoice(ana, InvoiceNumber="A-1")
    bad = invoice(ana, InvoiceNumber="A-1")
    made = api.put("Invoices", good, bad, invoice(ana), summarizeErrors="False")
    assert [each["StatusAttributeString"] for each in made] == ["OK", "ERROR", "OK"]
    assert messages(made[1]) == [faults.NUMBER_TAKEN]
    assert (made[1]["InvoiceID"], made[1]["HasErrors"]) == (ZERO_ID, True)
    assert len(api.many("Invoices")) == 2
    api.switch(bulk_order="reversed")
    made = api.put("Invoices", bad, invoice(ana), summarizeErrors="false")
    assert [each["StatusAttributeString"] for each in made] == ["OK", "ERROR"]


def test_a_refused_update_echoes_the_status_that_was_asked_for(api: Client, ana: str) -> None:
    made = api.invoice(ana)["InvoiceID"]
    body = {"Invoices": [{"InvoiceID": made, "Status": "DELETED"}]}
    status, answer = api.send("POST", "Invoices", body, summarizeErrors="false")
    element = answer["Invoices"][0]
    assert (status, element["Status"], element["StatusAttributeString"]) == (
        200,
        "DELETED",
        "ERROR",
    )
    assert api.one("Invoices", made)["Status"] == "AUTHORISED"


@pytest.mark.parametrize(("whole", "kept"), [(True, 0), (False, 2)])
def test_by_default_one_bad_element_refuses_them_all(
    api: Client, ana: str, whole: bool, kept: int
) -> None:
    api.switch(all_or_nothing=whole)
    new = {"Contact": {"Name": "Somebody new"}}
    bad = invoice(ana, LineItems=[line(1, "999")])
    body = {"Invoices": [{**invoice(ana), **new}, bad, invoice(ana)]}
    assert len(api.refused("PUT", "Invoices", body)) == 1
    assert len(api.many("Invoices")) == kept
    names = [each["name"] for each in api.books()["customers"]]
    assert ("Somebody new" in names) is not whole
