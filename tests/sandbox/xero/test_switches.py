"""What no source settles goes both ways."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.sandbox.xero.client import Client, credit, invoice, payment


def test_lines_on_asset_accounts(api: Client, ana: str) -> None:
    api.switch(asset_lines="refuse")
    assert api.refused("PUT", "Invoices", invoice(ana)) == [
        "Account code '640' is not a valid code for this document."
    ]


def test_contacts_by_name(api: Client, ana: str) -> None:
    assert api.post("Contacts", {"Name": "ana", "FirstName": "A"})["ContactID"] == ana
    api.switch(contact_name_match="refuse")
    assert "already assigned" in api.refused("POST", "Contacts", {"Name": "Ana"})[0]


def test_credit_notes_by_number(api: Client, ana: str) -> None:
    made = api.credit(ana, CreditNoteNumber="CN-1")["CreditNoteID"]
    taken = ["Credit Note # must be unique."]
    assert api.refused("PUT", "CreditNotes", credit(ana, CreditNoteNumber="CN-1")) == taken
    again = credit(ana, 5, CreditNoteNumber="CN-1")
    assert api.post("CreditNotes", again)["CreditNoteID"] == made
    api.switch(credit_note_number_match="refuse")
    assert api.refused("POST", "CreditNotes", again) == taken


def test_references_of_payments(api: Client, ana: str) -> None:
    made = api.invoice(ana)["InvoiceID"]
    api.switch(payment_reference_length=5)
    long = payment(made, 1, Reference="pay:98765")
    assert "too long" in api.refused("PUT", "Payments", long)[0]
    api.switch(long_payment_reference="cut")
    assert api.put("Payments", long)[0]["Reference"] == "pay:9"


@pytest.mark.parametrize(("switch", "status"), [("accept", 200), ("refuse", 400)])
def test_reconciled_payments(api: Client, ana: str, switch: str, status: int) -> None:
    api.switch(reconciled_payment_delete=switch)
    made = api.invoice(ana)["InvoiceID"]
    paid = api.pay(made, 1, IsReconciled=True)["PaymentID"]
    assert api.send("POST", f"Payments/{paid}", {"Status": "DELETED"})[0] == status


def test_decimals_of_rates(api: Client, ana: str) -> None:
    body = invoice(ana, CurrencyCode="USD", CurrencyRate="0.00025078")
    assert api.put("Invoices", body)[0]["CurrencyRate"] == Decimal("0.000251")
    api.switch(rate_decimals=8)
    assert api.put("Invoices", body)[0]["CurrencyRate"] == Decimal("0.00025078")


def test_errors_are_shown_by_element_when_the_default_says_so(api: Client, ana: str) -> None:
    api.switch(summarize_errors=False)
    status, answer = api.send("PUT", "Invoices", invoice(ana, CurrencyCode="EUR"))
    assert (status, answer["Invoices"][0]["StatusAttributeString"]) == (200, "ERROR")
