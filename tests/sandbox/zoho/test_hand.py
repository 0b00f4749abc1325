"""The bookkeeper's hand in the Zoho web site."""

from __future__ import annotations

import pytest

from tests.sandbox.zoho.client import DAY, Client


def test_documents_are_added_by_hand(zoho: Client) -> None:
    made = zoho.edit(
        action="add",
        kind="invoice",
        number="H-1",
        customer="Ana",
        amount="500",
        date=DAY,
        due="2026-12-01",
        item="Loan principal",
        memo="x",
    )
    assert zoho.documents("H-1") == [
        {
            "id": made["id"],
            "kind": "invoice",
            "number": "H-1",
            "date": DAY,
            "due": "2026-12-01",
            "customer": "Ana",
            "currency": "COP",
            "rate": "1",
            "total": "500.00",
            "open": "500.00",
            "status": "open",
        }
    ]
    zoho.edit(
        action="add",
        kind="receipt",
        number="H-2",
        customer="Ana",
        amount="200",
        date=DAY,
        account="Bank COP",
        apply=[{"number": "H-1", "amount": "150"}],
    )
    assert zoho.documents("H-1")[0]["status"] == "partial"
    zoho.edit(
        action="add",
        kind="receipt",
        customer="Ana",
        amount="400",
        date=DAY,
        account="1000",
        apply="auto",
    )
    assert zoho.read(made["id"])["balance"] == 0
    zoho.edit(action="add", kind="credit_note", number="C-1", customer="Ana", amount="9", date=DAY)
    sides = [{"account": "Bank COP", "debit": "9"}, {"account": "Opening balances", "credit": "9"}]
    zoho.edit(action="add", kind="journal", number="J-1", date=DAY, lines=sides)
    zoho.edit(action="add", kind="customer", name="Lupe", currency="MXN")
    zoho.edit(action="add", kind="invoice", number="D-1", customer="Lupe", amount="5", draft=True)
    assert zoho.documents("D-1")[0]["status"] == "draft"
    books = zoho.books()
    assert books["trial_balance"]["debits"] == books["trial_balance"]["credits"]
    assert {each["name"]: each["open_balance"] for each in books["customers"]} == {
        "Cliente de ejemplo": "0.00",
        "Ana": "-109.00",
        "Lupe": "0.00",
    }


def test_every_field_of_a_document_can_be_edited(zoho: Client, customer: str) -> None:
    made = zoho.invoice(customer, 1000, invoice_number="L-1")
    zoho.payment(customer, 800, {made: 800}, reference_number="P-1")
    zoho.edit(
        action="edit",
        kind="invoice",
        number="L-1",
        set={
            "amount": "500",
            "date": "2026-10-01",
            "due": "2026-12-01",
            "memo": "m",
            "number": "L-2",
        },
    )
    after = zoho.read(made)
    assert (after["total"], after["balance"], after["status"]) == (500, 0, "paid")
    assert (after["invoice_number"], after["notes"], after["date"]) == ("L-2", "m", "2026-10-01")
    zoho.edit(
        action="edit",
        kind="receipt",
        number="P-1",
        set={"amount": 300, "account": "Route cash Bogotá"},
    )
    assert zoho.read(made)["balance"] == 200
    assert zoho.balance("Route cash Bogotá") == 300
    zoho.customer("Otra")
    zoho.edit(action="edit", kind="invoice", id=made, set={"customer": "Otra"})
    assert (zoho.read(made)["customer_name"], zoho.read(made)["balance"]) == ("Otra", 500)


def test_a_person_may_remove_what_the_api_may_not(zoho: Client, customer: str) -> None:
    made = zoho.invoice(customer, 100, invoice_number="L-1")
    zoho.payment(customer, 40, {made: 40}, reference_number="P-1")
    note = zoho.credit(customer, 10, creditnote_number="C-1")
    zoho.apply(note, {made: 10})
    zoho.edit(action="lock", date="2026-12-31")
    zoho.edit(action="void", kind="credit_note", number="C-1")
    zoho.edit(action="delete", kind="invoice", number="L-1")
    zoho.edit(action="void", kind="receipt", number="P-1")
    zoho.edit(action="lock", date=None)
    assert zoho.balance("Accounts Receivable") == 0
    assert zoho.refused("GET", f"invoices/{made}") == (404, 1002)
    zoho.invoice(customer)


def test_customers_are_renamed_and_merged(zoho: Client, customer: str) -> None:
    other = zoho.customer("Ana María")
    made = zoho.invoice(customer, 100)
    zoho.payment(customer, 40, {made: 30})
    zoho.edit(action="merge", kind="customer", **{"from": "Ana", "into": "Ana María"})
    assert zoho.refused("GET", f"contacts/{customer}") == (404, 1002)
    contact = zoho.get(f"contacts/{other}")["contact"]
    assert contact["outstanding_receivable_amount"] == 70
    assert contact["unused_credits_receivable_amount"] == 10
    zoho.edit(action="rename", kind="customer", name="Ana María", to="Ana M.")
    assert zoho.read(made)["customer_name"] == "Ana M."
    fee = zoho.item("Late fee")
    zoho.edit(action="rename", kind="item", name="Late fee", to="Mora")
    assert zoho.get(f"items/{fee}")["item"]["name"] == "Mora"
    zoho.edit(action="rename", kind="account", name="Late fees", to="Moras")
    zoho.edit(action="inactivate", kind="account", name="Moras")
    line = [{"item_id": fee, "rate": 1}]
    refused = zoho.refused("POST", "invoices", zoho.invoice_body(other, line_items=line))
    assert refused == (400, 900004)
    zoho.edit(action="reactivate", kind="account", name="Moras")
    zoho.edit(action="inactivate", kind="customer", id=other)
    assert zoho.refused("POST", "invoices", zoho.invoice_body(other)) == (400, 900004)


@pytest.mark.parametrize(
    "wish",
    [
        {"action": "sing"},
        {"action": "edit", "kind": "invoice", "number": "none", "set": {"memo": "x"}},
        {"action": "edit", "kind": "loan", "number": "1"},
        {"action": "add", "kind": "loan"},
        {"action": "add", "kind": "invoice", "customer": "Ana", "amount": "x"},
        {"action": "add", "kind": "invoice", "customer": "Ana", "amount": "1", "item": "none"},
        {"action": "rename", "kind": "planet", "name": "x"},
        {"action": "merge", "from": "a", "into": "b"},
        {"action": "lock", "date": "tomorrow"},
    ],
)
def test_a_wish_that_cannot_be_followed_is_told(zoho: Client, wish: dict[str, object]) -> None:
    assert zoho.control("POST", "zoho/edit", wish)["error"]


def test_switches_are_checked(zoho: Client) -> None:
    for wish in ({"nothing": 1}, {"plan": "Gold"}, {"limits": "yes"}, {"price_precision": 3}):
        assert "error" in zoho.control("POST", "zoho/settings", wish)
