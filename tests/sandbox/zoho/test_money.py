"""Payments, credit notes and refunds."""

from __future__ import annotations

from tests.sandbox.zoho.client import DAY, FLAG, Client


def test_an_excess_is_the_customers_credit(zoho: Client, customer: str) -> None:
    made = zoho.invoice(customer, 1000)
    paid = zoho.payment(customer, 1200, {made: 1000}, reference_number="P-1")
    assert paid["unused_amount"] == 200
    assert paid["invoices"][0]["balance_amount"] == 0
    contact = zoho.get(f"contacts/{customer}")["contact"]
    assert contact["outstanding_receivable_amount"] == 0
    assert contact["unused_credits_receivable_amount"] == 200
    assert zoho.balance("Bank COP") == 1200
    assert zoho.documents("P-1")[0]["open"] == "200.00"
    found = zoho.get(f"contacts/{customer}/receivables/unusedcredits")
    assert found["customer_payments"][0]["payment_id"] == paid["payment_id"]


def test_the_excess_can_stand_on_its_own_liability(zoho: Client, customer: str) -> None:
    zoho.switch(excess_account="unearned_revenue")
    made = zoho.invoice(customer, 1000)
    paid = zoho.payment(customer, 1200, {made: 900})
    assert zoho.balance("Unearned Revenue") == -300
    assert zoho.balance("Accounts Receivable") == 100
    part = [{"payment_id": paid["payment_id"], "amount_applied": 100}]
    zoho.ok("POST", f"invoices/{made}/credits", {"invoice_payments": part})
    assert zoho.balance("Unearned Revenue") == -200
    zoho.ok("DELETE", f"customerpayments/{paid['payment_id']}")
    assert (zoho.balance("Unearned Revenue"), zoho.balance("Bank COP")) == (0, 0)


def test_paying_a_draft_sends_it(zoho: Client, customer: str) -> None:
    made = zoho.draft(customer, 100)["invoice_id"]
    zoho.payment(customer, 100, {made: 100})
    assert zoho.read(made)["status"] == "paid"
    assert zoho.balance("Loan clearing") == -100


def test_a_deleted_payment_opens_its_invoices_again(zoho: Client, customer: str) -> None:
    made = zoho.invoice(customer, 100)
    paid = zoho.payment(customer, 100, {made: 100})["payment_id"]
    zoho.ok("DELETE", f"customerpayments/{paid}")
    assert (zoho.read(made)["balance"], zoho.read(made)["status"]) == (100, "sent")
    assert zoho.refused("DELETE", f"customerpayments/{paid}") == (404, 1002)
    both = [zoho.payment(customer, 10)["payment_id"] for _ in range(2)]
    ids = ",".join(both)
    assert zoho.refused("DELETE", "customerpayments", payment_ids=ids) == (400, 4)
    zoho.ok("DELETE", "customerpayments", payment_ids=ids, bulk_delete="true")
    assert zoho.get("customerpayments")["customerpayments"] == []


def test_a_payment_is_applied_anew_by_a_full_list(zoho: Client, customer: str) -> None:
    first, second = zoho.invoice(customer, 100), zoho.invoice(customer, 100)
    paid = zoho.payment(customer, 150, {first: 100})
    body = zoho.payment_body(customer, 150, {second: 90, first: 60})
    after = zoho.ok("PUT", f"customerpayments/{paid['payment_id']}", body)["payment"]
    assert after["unused_amount"] == 0
    assert (zoho.read(first)["balance"], zoho.read(second)["balance"]) == (40, 10)
    header = {"customer_id": customer, "description": "x"}
    after = zoho.ok("PUT", f"customerpayments/{paid['payment_id']}", header)["payment"]
    assert (after["description"], len(after["invoices"])) == ("x", 2)


def test_bank_charges_are_an_expense(zoho: Client, customer: str) -> None:
    zoho.payment(customer, 100, bank_charges=5)
    assert zoho.balance("Bank COP") == 95
    assert zoho.balance("Bank Fees and Charges") == 5
    body = zoho.payment_body(customer, 100, bank_charges=5, account_id="")
    assert zoho.refused("POST", "customerpayments", body) == (400, 4)


def test_reference_numbers_of_payments_are_not_unique(zoho: Client, customer: str) -> None:
    ids = {zoho.payment(customer, 5, reference_number="P-1")["payment_id"] for _ in range(2)}
    assert len(ids) == 2
    assert len(zoho.documents("P-1")) == 2


def test_what_a_payment_may_not_do(zoho: Client, customer: str) -> None:
    made, other = zoho.invoice(customer, 100), zoho.customer("Otra")

    def refused(*args: object, **more: object) -> tuple[int, int]:
        body = zoho.payment_body(*args, **more)  # type: ignore[arg-type]
        return zoho.refused("POST", "customerpayments", body)

    assert refused(customer, 200, {made: 101}) == (400, 24016)
    assert refused(customer, 50, {made: 60}) == (400, 900014)
    assert refused(customer, 50, {"4600000000000009999": 50}) == (400, 4038)
    assert refused(other, 50, {made: 50}) == (400, 4038)
    assert refused("nobody", 50) == (400, 3004)
    assert refused(customer, 0) == (400, 4)
    assert refused(customer, 5, account_id=zoho.account("Loan clearing")) == (400, 900017)
    assert refused(customer, 5, account_id=zoho.account("Bank MXN")) == (400, 900003)
    assert refused(customer, 5, account_id="1") == (400, 900017)
    assert refused(customer, 5, reference_number="x" * 101) == (400, 4)
    assert refused(customer, 5, date="20/11/2026") == (400, 2)
    assert refused(customer, 5, payment_mode="") == (400, 4)
    zoho.ok("POST", f"invoices/{made}/status/void")
    assert refused(customer, 50, {made: 50}) == (400, 24016)
    zoho.switch(deposit_account_types="any", payment_reference_length=50)
    assert refused(customer, 5, reference_number="x" * 51) == (400, 4)
    zoho.payment(customer, 5, account_id=zoho.account("Loan clearing"))


def test_an_excess_is_paid_back(zoho: Client, customer: str) -> None:
    made = zoho.invoice(customer, 100)
    paid = zoho.payment(customer, 150, {made: 100})["payment_id"]
    refund = {"date": DAY, "amount": 30, "from_account_id": zoho.account("Bank COP")}
    path = f"customerpayments/{paid}/refunds"
    assert zoho.refused("POST", path, {**refund, "amount": 51}) == (400, 900010)
    assert zoho.refused("POST", path, {"date": DAY, "amount": 1}) == (400, 4)
    (row,) = zoho.ok("POST", path, refund)["payment_refunds"]
    after = zoho.get(f"customerpayments/{paid}")["payment"]
    assert (after["unused_amount"], after["amount_refunded"]) == (20, 30)
    assert zoho.balance("Bank COP") == 120
    assert zoho.refused("DELETE", f"customerpayments/{paid}") == (400, 900027)
    assert len(zoho.get(path)["payment_refunds"]) == 1
    zoho.ok("DELETE", f"{path}/{row['payment_refund_id']}")
    assert zoho.balance("Bank COP") == 150
    zoho.ok("DELETE", f"customerpayments/{paid}")


def test_a_credit_note_settles_an_invoice(zoho: Client, customer: str) -> None:
    made, note = zoho.invoice(customer, 100), zoho.credit(customer, 60)
    assert zoho.apply(note, {made: 40}) == (200, 0)
    assert (zoho.read(made)["balance"], zoho.read(made)["credits_applied"]) == (60, 40)
    shown = zoho.get(f"creditnotes/{note}")["creditnote"]
    assert (shown["status"], shown["balance"]) == ("open", 20)
    assert zoho.refused("DELETE", f"creditnotes/{note}") == (400, 1040)
    assert zoho.refused("POST", f"creditnotes/{note}/status/void") == (400, 900018)
    use = zoho.get(f"creditnotes/{note}/invoices")["invoices_credited"][0]
    zoho.ok("DELETE", f"creditnotes/{note}/invoices/{use['creditnote_invoice_id']}")
    assert zoho.read(made)["balance"] == 100
    zoho.ok("DELETE", f"creditnotes/{note}")
    assert zoho.balance("Discounts given") == 0


def test_what_a_credit_note_may_not_do(zoho: Client, customer: str) -> None:
    made, draft = zoho.invoice(customer, 100), zoho.draft(customer)["invoice_id"]
    note = zoho.credit(customer, 200)
    assert zoho.apply(note, {draft: 5}) == (400, 12005)
    assert zoho.apply(note, {made: 101}) == (400, 24016)
    assert zoho.apply(note, {}) == (400, 4)
    assert zoho.apply(note, {"1": 5}) == (404, 1002)
    big = zoho.invoice(customer, 1000)
    assert zoho.apply(note, {big: 201}) == (400, 900015)
    zoho.apply(note, {made: 100})
    assert zoho.apply(note, {made: 1}) == (400, 12006)
    void = zoho.invoice(customer)
    zoho.ok("POST", f"invoices/{void}/status/void")
    assert zoho.apply(note, {void: 5}) == (400, 12007)
    zoho.apply(note, {big: 100})
    assert zoho.get(f"creditnotes/{note}")["creditnote"]["status"] == "closed"
    assert zoho.apply(note, {big: 1}) == (400, 12003)
    other = zoho.credit(customer, 5)
    zoho.ok("POST", f"creditnotes/{other}/status/void")
    assert zoho.apply(other, {big: 1}) == (400, 12004)
    assert zoho.refused("POST", f"creditnotes/{other}/status/void") == (400, 900008)


def test_credit_notes_have_their_own_numbers_and_accounts(zoho: Client, customer: str) -> None:
    line = {**zoho.line(10, "Discount"), "account_id": zoho.account("Bad debts")}
    body = {"customer_id": customer, "date": DAY, "creditnote_number": "C-1", "line_items": [line]}
    assert zoho.refused("POST", "creditnotes", body) == (400, 4097)
    flagged = {**body, "ignore_auto_number_generation": True}
    made = zoho.ok("POST", "creditnotes", flagged)["creditnote"]
    assert made["creditnote_number"] == "C-1"
    assert zoho.balance("Bad debts") == 10
    assert zoho.refused("POST", "creditnotes", body, **FLAG) == (400, 12018)
    draft = zoho.credit(customer, 7, is_draft=True)
    assert zoho.balance("Discounts given") == 0
    zoho.ok("POST", f"creditnotes/{draft}/status/open")
    assert zoho.balance("Discounts given") == 7
    owed = zoho.invoice(customer, 100)
    note = zoho.ok(
        "POST", "creditnotes", {**body, "creditnote_number": "C-2"}, invoice_id=owed, **FLAG
    )["creditnote"]
    assert (note["status"], zoho.read(owed)["balance"]) == ("closed", 90)
    raised = {"customer_id": customer, "date": DAY, "line_items": [zoho.line(5, "Discount")]}
    assert zoho.refused("PUT", f"creditnotes/{note['creditnote_id']}", raised) == (400, 900012)


def test_a_void_credit_note_comes_back_as_a_draft_or_open(zoho: Client, customer: str) -> None:
    note = zoho.credit(customer, 60)

    def status(wanted: str) -> None:
        zoho.ok("POST", f"creditnotes/{note}/status/{wanted}")

    status("void")
    assert (zoho.balance("Discounts given"), zoho.balance("Accounts Receivable")) == (0, 0)
    status("draft")
    assert zoho.balance("Discounts given") == 0
    status("open")
    assert zoho.balance("Discounts given") == 60
    assert zoho.refused("POST", f"creditnotes/{note}/status/draft") == (400, 900022)


def test_custom_fields_of_a_payment_change_by_themselves(zoho: Client, customer: str) -> None:
    field = zoho.field("customer_payment")
    paid = zoho.payment(customer, 5)["payment_id"]
    path = f"customerpayment/{paid}/customfields"
    zoho.ok("PUT", path, [{"customfield_id": field, "value": "pay:1"}])
    assert zoho.get(f"customerpayments/{paid}")["payment"]["cf_ledger_id"] == "pay:1"
    assert zoho.refused("PUT", path, {"value": "pay:1"}) == (400, 1038)


def test_a_credit_note_is_paid_back(zoho: Client, customer: str) -> None:
    note = zoho.credit(customer, 60)
    refund = {"date": DAY, "amount": 60, "from_account_id": zoho.account("Bank COP")}
    made = zoho.ok("POST", f"creditnotes/{note}/refunds", refund)["creditnote_refund"]
    assert made["creditnote_id"] == note
    assert zoho.get(f"creditnotes/{note}")["creditnote"]["status"] == "closed"
    assert zoho.balance("Bank COP") == -60
    assert zoho.balance("Accounts Receivable") == 0
    assert zoho.refused("DELETE", f"creditnotes/{note}") == (400, 1040)
    path = f"creditnotes/{note}/refunds/{made['creditnote_refund_id']}"
    zoho.ok("DELETE", path)
    assert zoho.refused("DELETE", path) == (404, 1002)
