"""Locked periods, and journals with the double entry behind documents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.zoho.client import DAY, Client


def lock(zoho: Client, day: str = DAY, **more: str) -> Any:
    wish = {"transaction_lock_status": "enabled", "transaction_lock_date": day, **more}
    return zoho.ok("PUT", "transactionlock", wish)["transaction_lock"]


def test_a_locked_period_refuses_every_write(zoho: Client, customer: str) -> None:
    made = zoho.invoice(customer, 100)
    paid = zoho.payment(customer, 10, {made: 10})["payment_id"]
    note = zoho.credit(customer, 10)
    assert lock(zoho)["transaction_lock_status"] == "enabled"
    before = zoho.books()
    note_body = {"customer_id": customer, "date": DAY, "line_items": [zoho.line(5)]}
    for method, path, body in (
        ("POST", "invoices", zoho.invoice_body(customer)),
        ("PUT", f"invoices/{made}", {"customer_id": customer, "notes": "x"}),
        ("PUT", f"invoices/{made}", zoho.invoice_body(customer, date="2026-12-01")),
        ("DELETE", f"invoices/{made}", None),
        ("POST", f"invoices/{made}/status/void", None),
        ("POST", f"invoices/{made}/writeoff", None),
        ("POST", "customerpayments", zoho.payment_body(customer, 5)),
        ("PUT", f"customerpayments/{paid}", {"customer_id": customer, "description": "x"}),
        ("DELETE", f"customerpayments/{paid}", None),
        ("POST", "creditnotes", note_body),
        ("POST", f"creditnotes/{note}/status/void", None),
        ("DELETE", f"creditnotes/{note}", None),
    ):
        status, answer = zoho.send(method, path, body)
        assert (status, answer["code"]) == (400, 900002), (method, path)
        assert "lock" in answer["message"]
    assert zoho.books() == before
    later = zoho.payment_body(customer, 5, {made: 5}, date="2026-12-01")
    zoho.ok("POST", "customerpayments", later)
    zoho.ok("DELETE", "transactionlock", {"reason": "year-end"}, transaction_lock_id="")
    zoho.ok("DELETE", f"customerpayments/{paid}")
    assert zoho.get("transactionlock")["transaction_lock"]["transaction_lock_date"] == ""


@pytest.mark.parametrize("the_day_itself", [True, False])
def test_whether_the_day_of_the_lock_is_locked_is_a_switch(
    zoho: Client, customer: str, the_day_itself: bool
) -> None:
    zoho.switch(lock_includes_the_day=the_day_itself)
    lock(zoho)
    assert zoho.send("POST", "invoices", zoho.invoice_body(customer))[0] == (
        400 if the_day_itself else 201
    )
    earlier = zoho.invoice_body(customer, date="2026-11-19")
    assert zoho.refused("POST", "invoices", earlier) == (400, 900002)


def test_each_module_has_a_lock_of_its_own(zoho: Client, customer: str) -> None:
    lock(zoho, transaction_lock_module="purchase")
    zoho.draft(customer)
    lock(zoho, transaction_lock_module="accountant")
    zoho.draft(customer)
    body = {"journal_date": DAY, "line_items": sides(zoho)}
    assert zoho.refused("POST", "journals", body) == (400, 900002)
    shown = {
        each["transaction_lock_module"]: each["transaction_lock_status"]
        for each in zoho.get("transactionlocks")["transaction_locks"]
    }
    assert [name for name, state in shown.items() if state == "enabled"] == [
        "purchase",
        "accountant",
    ]
    assert len(shown) == 5
    zoho.switch(lock_names_module=False)
    rows = zoho.get("transactionlocks")["transaction_locks"]
    assert not any("transaction_lock_module" in each for each in rows)


@pytest.mark.parametrize(
    "wrong",
    [
        {"transaction_lock_status": "ajar"},
        {"transaction_lock_module": "kitchen"},
        {"transaction_lock_date": ""},
    ],
)
def test_a_lock_that_makes_no_sense_is_refused(zoho: Client, wrong: dict[str, str]) -> None:
    wish = {"transaction_lock_status": "enabled", "transaction_lock_date": DAY, **wrong}
    assert zoho.send("PUT", "transactionlock", wish)[0] == 400


def sides(
    zoho: Client, debit: str = "Bank COP", credit: str = "Loan clearing", amount: Any = 9
) -> list[dict[str, Any]]:
    return [
        {"account_id": zoho.account(name), "debit_or_credit": side, "amount": amount}
        for name, side in ((debit, "debit"), (credit, "credit"))
    ]


def test_a_journal_is_posted_changed_reversed_and_deleted(zoho: Client) -> None:
    body = {"journal_date": DAY, "reference_number": "J-1", "line_items": sides(zoho)}
    made = zoho.ok("POST", "journals", body)["journal"]
    path = f"journals/{made['journal_id']}"
    assert zoho.balance("Bank COP") == 9
    zoho.ok("PUT", path, {**body, "line_items": sides(zoho, amount=7)})
    assert zoho.balance("Bank COP") == 7
    turned = zoho.ok("POST", f"{path}/reverse", reversal_date=DAY)["journal"]
    assert turned["line_items"][0]["debit_or_credit"] == "credit"
    assert zoho.balance("Bank COP") == 0
    draft = zoho.ok("POST", "journals", {**body, "status": "draft"})["journal"]["journal_id"]
    assert zoho.balance("Bank COP") == 0
    assert zoho.send("POST", f"journals/{draft}/status/publish")[0] == 201
    assert zoho.balance("Bank COP") == 9
    zoho.ok("DELETE", f"journals/{draft}")
    assert zoho.balance("Bank COP") == 0
    assert zoho.refused("GET", f"journals/{draft}") == (404, 1002)
    assert len(zoho.get("journals", reference_number="J-1")["journals"]) == 2


def test_what_a_journal_may_not_be(zoho: Client) -> None:
    def post(*lines: dict[str, Any]) -> tuple[int, int]:
        return zoho.refused("POST", "journals", {"journal_date": DAY, "line_items": list(lines)})

    debit, credit = sides(zoho)
    assert post(debit, {**credit, "amount": 8}) == (400, 21004)
    assert post() == (400, 21004)
    assert post(debit, {**debit, "debit_or_credit": "credit"}) == (400, 4)
    assert post({**debit, "amount": 0}, {**credit, "amount": 0}) == (400, 4)
    assert post(debit, sides(zoho, credit="Accounts Receivable")[1]) == (400, 900024)


def test_a_journal_that_credits_a_customer_settles_invoices(zoho: Client, customer: str) -> None:
    lines = sides(zoho, credit="Accounts Receivable")
    lines[1]["customer_id"] = customer
    body = {"journal_date": DAY, "line_items": lines}
    made = zoho.ok("POST", "journals", body)["journal"]
    invoice = zoho.invoice(customer, 100)
    line = made["line_items"][1]["line_id"]
    path = f"journals/{made['journal_id']}/credits/{line}/invoices"
    parts = {"invoices": [{"invoice_id": invoice, "amount_applied": 9}]}
    zoho.ok("POST", path, parts)
    assert zoho.read(invoice)["balance"] == 91
    assert zoho.refused("POST", path, parts) == (400, 900015)
    assert zoho.refused("PUT", f"journals/{made['journal_id']}", body) == (400, 900030)


@pytest.mark.parametrize("mode", ["equal", "after"])
def test_the_time_filter_of_journals_may_mean_equal(zoho: Client, mode: str) -> None:
    zoho.switch(journal_modified_filter=mode)
    body = {"journal_date": DAY, "line_items": sides(zoho)}
    first = zoho.ok("POST", "journals", body)["journal"]
    zoho.control("POST", "clock", {"seconds": 60})
    second = zoho.ok("POST", "journals", body)["journal"]
    found = zoho.get("journals", last_modified_time=first["last_modified_time"])["journals"]
    expected = first if mode == "equal" else second
    assert [row["journal_id"] for row in found] == [expected["journal_id"]]


def test_the_double_entry_of_any_document_can_be_read(zoho: Client, customer: str) -> None:
    lupe = zoho.customer("Lupe", "MXN")
    owed = zoho.invoice(lupe, 100, exchange_rate=200)
    body = zoho.payment_body(lupe, 100, {owed: 100}, exchange_rate=210)
    paid = zoho.ok("POST", "customerpayments", {**body, "account_id": zoho.account("Bank MXN")})

    def entry(document_id: str, kind: str) -> dict[tuple[str, str], Any]:
        path = f"transactions/{document_id}/journals"
        found = zoho.get(path, entity_type=kind)["journal"]["line_items"]
        return {(leg["account_name"], leg["debit_or_credit"]): leg["bcy_amount"] for leg in found}

    assert entry(owed, "invoice") == {
        ("Accounts Receivable", "debit"): 20000,
        ("Loan clearing", "credit"): 20000,
    }
    gain = entry(paid["payment"]["payment_id"], "customer_payment")
    assert gain[("Bank MXN", "debit")] == 21000
    assert gain[("Exchange Gain or Loss", "credit")] == 1000
    assert zoho.refused("GET", f"transactions/{owed}/journals") == (400, 4)
    draft = zoho.draft(customer)["invoice_id"]
    path = f"transactions/{draft}/journals"
    assert zoho.refused("GET", path, entity_type="invoice") == (404, 1002)
