"""Invoices from draft to void, with what each step does to the books."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.sandbox.zoho.client import DAY, FLAG, Client


def test_a_draft_posts_nothing_until_it_is_sent(zoho: Client, customer: str) -> None:
    made = zoho.draft(customer, 1500, invoice_number="LN-1")
    assert (made["status"], made["balance"]) == ("draft", 1500)
    assert zoho.balance("Loan clearing") == 0
    zoho.ok("POST", f"invoices/{made['invoice_id']}/status/sent")
    assert zoho.balance("Loan clearing") == -1500
    assert zoho.balance("Accounts Receivable") == 1500
    assert zoho.read(made["invoice_id"])["status"] == "sent"
    assert zoho.documents("LN-1")[0]["status"] == "open"


def test_own_numbers_need_the_flag_in_the_query(zoho: Client, customer: str) -> None:
    body = zoho.invoice_body(customer, invoice_number="LN-1")
    assert zoho.refused("POST", "invoices", body) == (400, 4097)
    flagged = {**body, "ignore_auto_number_generation": True}
    assert zoho.refused("POST", "invoices", flagged) == (400, 4097)
    assert zoho.ok("POST", "invoices", body, **FLAG)["invoice"]["invoice_number"] == "LN-1"
    status, answer = zoho.send("POST", "invoices", body, **FLAG)
    assert (status, answer) == (400, {"code": 1001, "message": "Invoice LN-1 already exists"})
    assert zoho.draft(customer)["invoice_number"] == "INV-000001"
    given = zoho.invoice_body(customer, invoice_number="INV-000002")
    assert zoho.ok("POST", "invoices", given)["invoice"]["invoice_number"] == "INV-000002"


def test_a_deleted_invoice_leaves_no_trace_and_frees_its_number(
    zoho: Client, customer: str
) -> None:
    made = zoho.invoice(customer, 10, invoice_number="LN-1")
    zoho.ok("DELETE", f"invoices/{made}")
    assert zoho.refused("GET", f"invoices/{made}") == (404, 1002)
    assert zoho.refused("DELETE", f"invoices/{made}") == (404, 1002)
    assert zoho.get("invoices")["invoices"] == []
    assert zoho.balance("Accounts Receivable") == 0
    zoho.invoice(customer, 10, invoice_number="LN-1")


def test_void_keeps_the_invoice_and_frees_what_was_paid(zoho: Client, customer: str) -> None:
    made = zoho.invoice(customer, 1000, invoice_number="LN-1")
    paid = zoho.payment(customer, 300, {made: 300})
    zoho.ok("POST", f"invoices/{made}/status/void")
    after = zoho.read(made)
    assert (after["status"], after["balance"], after["total"]) == ("void", 0, 1000)
    assert zoho.get(f"customerpayments/{paid['payment_id']}")["payment"]["unused_amount"] == 300
    assert zoho.balance("Accounts Receivable") == -300
    assert zoho.refused("POST", f"invoices/{made}/status/void") == (400, 900008)
    assert zoho.refused(
        "POST", "invoices", zoho.invoice_body(customer, invoice_number="LN-1"), **FLAG
    ) == (400, 1001)
    zoho.ok("POST", f"invoices/{made}/status/draft")
    assert zoho.read(made)["status"] == "draft"
    assert zoho.refused("POST", f"invoices/{made}/status/draft") == (400, 900022)
    zoho.ok("POST", f"invoices/{made}/status/sent")
    assert zoho.balance("Accounts Receivable") == 700
    assert zoho.refused("POST", f"invoices/{made}/status/sent") == (400, 900009)


def test_a_draft_and_a_paid_invoice_can_be_void_too(zoho: Client, customer: str) -> None:
    draft = zoho.draft(customer, 100)["invoice_id"]
    paid = zoho.invoice(customer, 200)
    zoho.payment(customer, 200, {paid: 200})
    note = zoho.credit(customer, 50)
    credited = zoho.invoice(customer, 100)
    zoho.apply(note, {credited: 50})
    for row_id in (draft, paid, credited):
        zoho.ok("POST", f"invoices/{row_id}/status/void")
        after = zoho.read(row_id)
        assert (after["status"], after["balance"]) == ("void", 0)
    assert zoho.balance("Loan clearing") == 0
    assert zoho.get(f"creditnotes/{note}")["creditnote"]["balance"] == 50
    body = zoho.payment_body(customer, 5, {draft: 5})
    assert zoho.refused("POST", "customerpayments", body) == (400, 24016)
    assert zoho.refused("PUT", f"invoices/{draft}", zoho.invoice_body(customer)) == (400, 900022)
    assert zoho.refused("POST", f"invoices/{draft}/status/sent") == (400, 900022)


def test_a_write_off_takes_the_balance_to_bad_debt_and_back(zoho: Client, customer: str) -> None:
    made = zoho.invoice(customer, 1000)
    zoho.payment(customer, 300, {made: 300})
    zoho.ok("POST", f"invoices/{made}/writeoff")
    after = zoho.read(made)
    assert (after["status"], after["write_off_amount"], after["balance"]) == ("paid", 700, 0)
    assert zoho.balance("Bad Debt") == 700
    assert zoho.refused("POST", f"invoices/{made}/writeoff") == (400, 900011)
    zoho.ok("POST", f"invoices/{made}/writeoff/cancel")
    after = zoho.read(made)
    assert (after["write_off_amount"], after["balance"]) == (0, 700)
    assert zoho.balance("Bad Debt") == 0
    assert zoho.refused("POST", f"invoices/{made}/writeoff/cancel") == (400, 900023)
    draft = zoho.draft(customer)["invoice_id"]
    assert zoho.refused("POST", f"invoices/{draft}/writeoff") == (400, 900011)


def test_lines_that_are_sent_replace_all_lines(zoho: Client, customer: str) -> None:
    made = zoho.draft(customer, 10)
    row_id, first = made["invoice_id"], made["line_items"][0]["line_item_id"]
    body = zoho.invoice_body(customer)
    body["line_items"] = [
        {**zoho.line(20), "line_item_id": first},
        zoho.line("5.005", "Loan interest"),
    ]
    after = zoho.ok("PUT", f"invoices/{row_id}", body)["invoice"]
    assert after["total"] == Decimal("25.01")
    assert after["line_items"][0]["line_item_id"] == first
    zoho.ok("POST", f"invoices/{row_id}/status/sent")
    assert zoho.balance("Loan interest income") == Decimal("-5.01")
    kept = zoho.ok("PUT", f"invoices/{row_id}", {"customer_id": customer, "notes": "hi"})
    assert (kept["invoice"]["notes"], len(kept["invoice"]["line_items"])) == ("hi", 2)


def test_an_edit_respects_what_was_paid(zoho: Client, customer: str) -> None:
    made = zoho.invoice(customer, 1000)
    zoho.payment(customer, 600, {made: 600})
    path, other = f"invoices/{made}", zoho.customer("Otra")
    assert zoho.refused("PUT", path, zoho.invoice_body(customer, 500)) == (400, 900012)
    assert zoho.refused("PUT", path, zoho.invoice_body(other)) == (400, 3010)
    assert zoho.refused("DELETE", path) == (400, 4001)
    credited = zoho.invoice(customer, 100)
    zoho.apply(zoho.credit(customer, 50), {credited: 50})
    assert zoho.refused("PUT", f"invoices/{credited}", zoho.invoice_body(other)) == (400, 3009)
    assert zoho.refused("DELETE", f"invoices/{credited}") == (400, 12008)
    assert zoho.ok("PUT", path, zoho.invoice_body(customer, 600))["invoice"]["status"] == "paid"
    zoho.switch(paid_invoice_edit=False)
    assert zoho.refused("PUT", path, zoho.invoice_body(customer, 700)) == (400, 900028)
    zoho.switch(header_only_edit=False)
    body = {"customer_id": customer, "notes": "x"}
    assert zoho.refused("PUT", f"invoices/{credited}", body) == (400, 4)


def test_time_makes_an_invoice_overdue(zoho: Client, customer: str) -> None:
    made = zoho.invoice(customer, 100, due_date="2026-12-31")
    assert zoho.read(made)["status"] == "sent"
    zoho.control("POST", "clock", {"days": 60})
    assert zoho.read(made)["status"] == "overdue"
    zoho.payment(customer, 40, {made: 40})
    assert zoho.read(made)["status"] == "overdue"
    zoho.switch(overdue_hides_partially_paid=False)
    assert zoho.read(made)["status"] == "partially_paid"


@pytest.mark.parametrize("moves", [False, True])
def test_whether_becoming_overdue_is_a_change_is_a_switch(
    zoho: Client, customer: str, moves: bool
) -> None:
    zoho.switch(overdue_moves_modified_time=moves)
    made = zoho.invoice(customer, 100, due_date="2026-12-31")
    zoho.control("POST", "clock", {"days": 30})
    asked = {"last_modified_time": "2026-12-01T00:00:00-0500"}
    assert zoho.get("invoices", **asked)["invoices"] == []
    zoho.control("POST", "clock", {"days": 30})
    assert len(zoho.get("invoices", **asked)["invoices"]) == moves
    stamp = zoho.read(made)["last_modified_time"]
    assert stamp == "2027-01-01T00:00:00-0500" if moves else stamp < "2026-12"


@pytest.mark.parametrize("moves", [True, False])
def test_whether_a_payment_is_a_change_of_its_invoice_is_a_switch(
    zoho: Client, customer: str, moves: bool
) -> None:
    zoho.switch(payment_moves_invoice_time=moves)
    made = zoho.invoice(customer, 100)
    before = zoho.read(made)["last_modified_time"]
    zoho.control("POST", "clock", {"seconds": 60})
    zoho.payment(customer, 40, {made: 40})
    assert (zoho.read(made)["last_modified_time"] > before) is moves


def test_several_at_once(zoho: Client, customer: str) -> None:
    ids = [zoho.draft(customer)["invoice_id"] for _ in range(3)]
    zoho.ok("POST", "invoices/status/sent", invoice_ids=",".join(ids))
    assert {zoho.read(each)["status"] for each in ids} == {"sent"}
    zoho.ok("POST", "invoices/writeoff", invoice_ids=ids[0])
    zoho.ok("POST", "invoices/status/void", invoice_ids=",".join(ids[1:]))
    zoho.ok("DELETE", "invoices", invoice_ids=",".join(ids[1:]))
    assert [row["invoice_id"] for row in zoho.get("invoices")["invoices"]] == [ids[0]]
    assert zoho.refused("POST", "invoices/status/sent", invoice_ids="") == (400, 4)
    fresh = [zoho.draft(customer)["invoice_id"] for _ in range(2)]
    half = ",".join([fresh[0], ids[0], fresh[1]])
    assert zoho.refused("POST", "invoices/status/sent", invoice_ids=half) == (400, 900009)
    assert [zoho.read(each)["status"] for each in fresh] == ["sent", "draft"]
    assert zoho.refused("POST", "invoices/status/paid", invoice_ids=ids[0]) == (404, 5)


@pytest.mark.parametrize(("precision", "total"), [(0, "3"), (1, "2.5"), (2, "2.55")])
def test_amounts_are_rounded_to_the_price_precision(
    zoho: Client, customer: str, precision: int, total: str
) -> None:
    zoho.switch(price_precision=precision)
    made = zoho.draft(customer, "2.545")
    assert (made["total"], made["price_precision"]) == (Decimal(total), precision)
    assert zoho.get("organizations")["organizations"][0]["price_precision"] == precision


def test_a_foreign_invoice_is_kept_in_base_currency(zoho: Client) -> None:
    lupe = zoho.customer("Lupe", "MXN")
    made = zoho.invoice(lupe, 100, exchange_rate="216.5")
    assert zoho.read(made)["currency_code"] == "MXN"
    assert zoho.balance("Accounts Receivable") == 21650
    paid = zoho.payment_body(lupe, 100, {made: 100}, exchange_rate=220)
    zoho.ok("POST", "customerpayments", {**paid, "account_id": zoho.account("Bank MXN")})
    assert (zoho.balance("Bank MXN"), zoho.balance("Accounts Receivable")) == (100, 0)
    assert zoho.balance("Exchange Gain or Loss") == -350
    shown = {each["currency"]: each["balance"] for each in zoho.books()["receivables"]}
    assert shown == {"COP": "0.00", "MXN": "0.00", "USD": "0.00"}
    assert zoho.draft(lupe)["exchange_rate"] == Decimal("216.73")
    wrong = zoho.invoice_body(lupe, currency_id=zoho.currency("USD"))
    assert zoho.refused("POST", "invoices", wrong) == (400, 900003)
    unknown = zoho.invoice_body(lupe, currency_id="1")
    assert zoho.refused("POST", "invoices", unknown) == (400, 9004)


def test_an_account_on_a_line_counts_only_if_the_switch_says_so(
    zoho: Client, customer: str
) -> None:
    line = {**zoho.line(10), "account_id": zoho.account("Late fees")}
    body = zoho.invoice_body(customer, line_items=[line])
    shown = zoho.ok("POST", "invoices", body)["invoice"]["line_items"][0]
    assert shown["account_name"] == "Loan clearing"
    zoho.switch(invoice_line_account="honour")
    shown = zoho.ok("POST", "invoices", body)["invoice"]["line_items"][0]
    assert shown["account_name"] == "Late fees"
    free = zoho.invoice_body(customer, line_items=[{"name": "Papel", "rate": 5}])
    assert zoho.ok("POST", "invoices", free)["invoice"]["line_items"][0]["account_name"] == "Sales"
    zoho.switch(item_account_types="income")
    assert zoho.refused("POST", "invoices", zoho.invoice_body(customer)) == (400, 900017)


def test_credits_and_payments_on_an_invoice_are_listed(zoho: Client, customer: str) -> None:
    made = zoho.invoice(customer, 1000)
    paid = zoho.payment(customer, 500, {made: 200}, reference_number="P-1")
    note = zoho.credit(customer, 100)
    applied = {
        "invoice_payments": [{"payment_id": paid["payment_id"], "amount_applied": 50}],
        "apply_creditnotes": [{"creditnote_id": note, "amount_applied": 30}],
    }
    zoho.ok("POST", f"invoices/{made}/credits", applied)
    after = zoho.read(made)
    assert (after["payment_made"], after["credits_applied"], after["balance"]) == (250, 30, 720)
    payments = zoho.get(f"invoices/{made}/payments")["payments"]
    assert [each["amount"] for each in payments] == [200, 50]
    credits = zoho.get(f"invoices/{made}/creditsapplied")["credits"]
    assert [each["amount_applied"] for each in credits] == [30]
    zoho.ok("DELETE", f"invoices/{made}/creditsapplied/{credits[0]['creditnotes_invoice_id']}")
    zoho.ok("DELETE", f"invoices/{made}/payments/{payments[1]['invoice_payment_id']}")
    assert zoho.read(made)["balance"] == 800
    zoho.switch(removed_invoice_payment="reduce")
    zoho.ok("DELETE", f"invoices/{made}/payments/{payments[0]['invoice_payment_id']}")
    assert zoho.get(f"customerpayments/{paid['payment_id']}")["payment"]["amount"] == 300
    too_much = {"apply_creditnotes": [{"creditnote_id": note, "amount_applied": 101}]}
    assert zoho.refused("POST", f"invoices/{made}/credits", too_much) == (400, 900015)
    assert zoho.read(made)["date"] == DAY
