"""The bookkeeper's hand, the books, the switches and the data file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bridge.sandbox.server import SandboxServer
from tests.sandbox.xero.client import Client, invoice


def standing(api: Client, number: str) -> list[tuple[str, str, str]]:
    found = [each for each in api.books()["documents"] if each["number"] == number]
    return [(each["kind"], each["total"], each["status"]) for each in found]


def test_every_field_of_an_invoice_can_be_edited(api: Client, ana: str) -> None:
    made = api.invoice(ana, InvoiceNumber="L-1")
    change = {"amount": "900", "date": "2026-10-01", "due": "2026-12-01", "memo": "mine"}
    told = api.edit(action="edit", kind="invoice", number="L-1", set=change)
    assert (told["id"], told["number"]) == (made["InvoiceID"], "L-1")
    after = api.one("Invoices", "L-1")
    assert (after["Total"], after["Reference"], after["DateString"][:10]) == (
        900,
        "mine",
        "2026-10-01",
    )
    api.contact("Other")
    api.pay(made["InvoiceID"], 100)
    api.edit(
        action="edit", kind="invoice", number="L-1", set={"customer": "Other", "number": "L-2"}
    )
    after = api.one("Invoices", "L-2")
    assert (after["Contact"]["Name"], after["AmountDue"]) == ("Other", 900)
    assert [each["Status"] for each in api.many("Payments")] == ["DELETED"]


def test_an_invoice_edited_below_what_was_paid_loses_its_payments(api: Client, ana: str) -> None:
    made = api.invoice(ana, InvoiceNumber="L-1")["InvoiceID"]
    api.pay(made, 800)
    api.edit(action="edit", kind="invoice", number="L-1", set={"amount": 900})
    assert api.one("Invoices", made)["AmountDue"] == 100
    api.edit(action="edit", kind="invoice", number="L-1", set={"amount": 500})
    assert api.one("Invoices", made)["AmountDue"] == 500
    assert api.balance("090") == 0


def test_an_edited_payment_is_a_deleted_one_and_a_new_one(api: Client, ana: str) -> None:
    made = api.invoice(ana)["InvoiceID"]
    first = api.pay(made, 400, Reference="P-1")["PaymentID"]
    told = api.edit(
        action="edit", kind="receipt", number="P-1", set={"amount": 250, "account": "Nequi wallet"}
    )
    assert told["id"] != first
    assert api.one("Payments", first)["Status"] == "DELETED"
    assert (api.balance("092"), api.balance("090")) == (250, 0)
    api.overpay(ana, 30, Reference="P-2")
    api.edit(action="edit", kind="receipt", number="P-2", set={"amount": 20, "number": "P-3"})
    assert standing(api, "P-3") == [("receipt", "20.00", "open")]
    assert api.one("Invoices", made)["AmountDue"] == 750


def test_documents_can_be_taken_back_with_all_that_hangs_on_them(api: Client, ana: str) -> None:
    made = api.invoice(ana, InvoiceNumber="L-1")["InvoiceID"]
    api.pay(made, 100, Reference="P-1")
    note = api.credit(ana, 50, CreditNoteNumber="C-1")["CreditNoteID"]
    api.allocate(note, made, 50)
    api.edit(action="void", kind="invoice", number="L-1")
    assert api.one("Invoices", made)["Status"] == "VOIDED"
    assert standing(api, "C-1") == [("credit_note", "50.00", "open")]
    api.edit(action="delete", kind="credit_note", number="C-1")
    draft = api.invoice(ana, Status="DRAFT")["InvoiceID"]
    assert api.edit(action="delete", kind="invoice", id=draft)["status"] == "DELETED"
    over = api.overpay(ana, 30, Reference="P-2")
    api.edit(action="void", kind="receipt", number="P-2")
    assert api.one("Overpayments", over["OverpaymentID"])["Status"] == "VOIDED"
    assert api.balance("610") == 0


def test_documents_can_be_added_by_hand(api: Client) -> None:
    api.edit(action="add", kind="customer", name="Lupe", currency="MXN")
    api.edit(
        action="add",
        kind="invoice",
        number="H-1",
        customer="Lupe",
        amount="500",
        date="2026-11-01",
        rate="200",
        currency="MXN",
    )
    assert api.balance("610") == 100_000
    api.edit(action="add", kind="invoice", number="H-2", customer="Eva", amount=100)
    api.edit(action="add", kind="credit_note", number="H-3", customer="Eva", amount=10)
    apply = [{"number": "H-2", "amount": 60}]
    api.edit(action="add", kind="receipt", number="R-1", customer="Eva", amount=80, apply=apply)
    assert standing(api, "R-1") == [
        ("receipt", "60.00", "applied"),
        ("receipt", "20.00", "open"),
    ]
    api.edit(action="add", kind="receipt", number="R-2", customer="Eva", amount=40, apply="auto")
    assert standing(api, "H-2") == [("invoice", "100.00", "paid")]
    lines = [{"account": "090", "debit": 5}, {"account": "Opening Balance Equity", "credit": 5}]
    assert "090" in api.misunderstood(action="add", kind="journal", number="J", lines=lines)
    lines[0]["account"] = "650"
    api.edit(action="add", kind="journal", number="J-1", lines=lines)
    assert standing(api, "J-1") == [("journal", "5.00", "posted")]
    api.edit(action="void", kind="journal", number="J-1")
    api.edit(action="add", kind="sales_receipt", number="S-1", customer="Eva", amount=7)
    api.edit(action="edit", kind="sales_receipt", number="S-1", set={"amount": 9})
    assert standing(api, "S-1") == [("sales_receipt", "9.00", "posted")]
    api.edit(action="add", kind="spending", number="S-2", customer="Eva", amount=7)
    api.edit(action="void", kind="spending", number="S-2")
    assert standing(api, "S-2") == []
    assert api.balance("090") == 60 + 20 + 40 + 9
    created = [row["InvoiceNumber"] for row in api.many("Invoices", createdByMyApp="true")]
    assert created == []


def test_contacts_can_be_renamed_merged_and_archived(api: Client, ana: str) -> None:
    api.invoice(ana, 100, InvoiceNumber="L-1")
    other = api.contact("Other")
    api.edit(action="rename", kind="customer", name="Other", to="Beto")
    api.edit(action="merge", **{"from": "Ana", "into": "Beto"})
    assert api.one("Invoices", "L-1")["Contact"]["ContactID"] == other
    assert api.one("Contacts", ana)["ContactStatus"] == "ARCHIVED"
    owed = {each["name"]: each["open_balance"] for each in api.books()["customers"]}
    assert (owed["Ana"], owed["Beto"]) == ("0.00", "100.00")
    api.edit(action="inactivate", kind="customer", name="Beto")
    api.edit(action="reactivate", kind="customer", name="Beto")
    api.edit(action="rename", kind="account", name="Loan clearing", to="Loans")
    api.edit(action="inactivate", kind="account", number="640")
    shown = api.many("Accounts", where='Code=="640"')[0]
    assert (shown["Name"], shown["Status"]) == ("Loans", "ARCHIVED")


@pytest.mark.parametrize(
    "wish",
    [
        {"action": "juggle"},
        {"action": "edit", "kind": "invoice", "number": "none", "set": {"amount": 1}},
        {"action": "edit", "kind": "invoice", "number": "L-1"},
        {"action": "edit", "kind": "invoice", "number": "L-1", "set": {"colour": 1}},
        {"action": "edit", "kind": "invoice", "number": "L-1", "set": {"amount": "much"}},
        {"action": "edit", "kind": "invoice", "number": "L-1", "set": {"date": "soon"}},
        {"action": "edit", "kind": "receipt", "number": "P-1", "set": {"colour": 1}},
        {"action": "edit", "kind": "invoice", "number": "L-1", "set": {"customer": "Nobody"}},
        {"action": "void", "kind": "deposit", "number": "L-1"},
        {"action": "add", "kind": "deposit"},
        {"action": "add", "kind": "receipt", "customer": "Ana", "amount": 0},
        {
            "action": "add",
            "kind": "receipt",
            "customer": "Ana",
            "amount": 1,
            "apply": [{"id": "x"}],
        },
        {"action": "lock", "which": "never"},
        {"action": "inactivate", "kind": "item", "name": "BOOK"},
        {"action": "merge", "from": "Ana", "into": "Ana"},
        {"action": "rename", "kind": "thing", "name": "Ana"},
    ],
)
def test_what_cannot_be_done_by_hand_is_told_and_leaves_no_trace(
    api: Client, ana: str, wish: dict[str, Any]
) -> None:
    made = api.invoice(ana, InvoiceNumber="L-1")["InvoiceID"]
    api.pay(made, 100, Reference="P-1")
    before = api.books()
    assert api.misunderstood(**wish)
    assert api.books() == before


def test_switches_are_checked(api: Client) -> None:
    for wish in ({"nope": 1}, {"limits": "yes"}, {"lock_day": "perhaps"}):
        assert "error" in api.control("POST", "xero/settings", wish)
    assert api.control("GET", "xero/settings")["lock_day"] == "refuse"


def test_everything_is_there_again_after_a_restart(tmp_path: Path) -> None:
    data = tmp_path / "books.json"
    with SandboxServer(data=data, fast=True) as server, Client(server) as api:
        ana = api.contact()
        key = {"Idempotency-Key": "k1"}
        first = api.call("PUT", "Invoices", invoice(ana, InvoiceNumber="L-1"), key)
        api.pay(api.one("Invoices", "L-1")["InvoiceID"], 100)
        api.edit(action="lock", date="2026-01-31")
        before = api.books()
    with SandboxServer(data=data, fast=True) as server, Client(server) as api:
        assert api.books() == before
        again = api.call("PUT", "Invoices", invoice(ana, InvoiceNumber="L-1"), key)
        assert again.content == first.content
        assert api.one("Invoices", "L-1")["AmountDue"] == 900
        assert "PeriodLockDate" in api.get("Organisation")["Organisations"][0]


def test_without_a_static_token_there_is_none() -> None:
    with SandboxServer(fast=True, static_token=False) as server, Client(server) as api:
        assert "access_token" not in api.urls["xero"]
        assert api.call("GET", "Organisation").status_code == 401
