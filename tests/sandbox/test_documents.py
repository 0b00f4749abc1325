"""What documents do to the books, and what the API shows of them afterwards."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.sandbox.client import (
    AMY,
    OPENING_EQUITY,
    RECEIVABLE,
    Client,
    invoice,
    item_line,
    journal,
    link,
    payment,
    version,
)

SAMPLES = json.loads(
    Path(__file__).parents[1].joinpath("data/specs/quickbooks/samples.json").read_text("utf-8")
)


def test_the_demo_company_starts_with_empty_balanced_books(api: Client) -> None:
    books = api.books()
    assert books["company"] == "Crédito Fácil SAS"
    assert books["home_currency"] == "COP"
    assert books["trial_balance"] == {"debits": "0.00", "credits": "0.00"}
    assert books["documents"] == []
    names = {account["name"]: account["class"] for account in books["accounts"]}
    assert names["Loan clearing"] == "asset"
    assert names["Interest income"] == "income"


@pytest.mark.parametrize(
    ("entity", "request_name", "response_name"),
    [("Invoice", "invoice_create_request", "invoice_create_response")],
)
def test_official_bodies_are_answered_with_the_official_keys(
    api: Client, entity: str, request_name: str, response_name: str
) -> None:
    made = api.post(entity, SAMPLES[request_name]["body"])
    official = SAMPLES[response_name]["body"][entity]
    assert set(official) - {"DocNumber"} <= set(made)
    assert set(official["Line"][0]) <= set(made["Line"][0])
    assert made["Line"][-1]["DetailType"] == "SubTotalLineDetail"


def test_the_official_payment_body_is_answered_with_the_official_keys(api: Client) -> None:
    customers = [api.customer(f"Customer {n}") for n in range(3, 21)]
    assert customers[-1] == "20"
    made = api.post("Payment", SAMPLES["payment_create_request"]["body"])
    assert set(SAMPLES["payment_response"]["body"]["Payment"]) <= set(made)
    assert made["UnappliedAmt"] == 25


def test_the_official_customer_and_currency_answers_have_the_official_keys(api: Client) -> None:
    made = api.post("Customer", {"GivenName": "Bill", "FamilyName": "Lucchini"})
    given = {"PrimaryEmailAddr", "GivenName", "FamilyName"}
    official = set(SAMPLES["customer_response"]["body"]["Customer"])
    assert official - given <= set(made)
    assert made["DisplayName"] == "Bill Lucchini"
    made = api.post("CompanyCurrency", SAMPLES["companycurrency_create"]["request_body"])
    assert set(SAMPLES["companycurrency_create"]["body"]["CompanyCurrency"]) <= set(made)
    assert made["Name"] == "British Pound Sterling"


def test_principal_goes_to_clearing_and_never_to_income(api: Client) -> None:
    made = api.invoice(Decimal("1500000"), DocNumber="LN-1", DueDate="2027-05-20")
    assert (made["TotalAmt"], made["Balance"], made["SyncToken"]) == (1500000, 1500000, "0")
    assert api.balance("Loan clearing") == -1500000
    assert api.balance("Accounts Receivable (A/R)") == 1500000


def test_a_payment_settles_and_what_is_left_is_credit(api: Client) -> None:
    made = api.invoice(1000)
    paid = api.payment(1200, {made["Id"]: 1000})
    assert paid["UnappliedAmt"] == 200
    after = api.read("Invoice", made["Id"])
    assert after["Balance"] == 0
    assert after["LinkedTxn"] == [{"TxnId": paid["Id"], "TxnType": "Payment"}]
    assert api.read("Customer", AMY)["Balance"] == -200
    assert api.balance("Checking") == 1200


def test_a_payment_can_be_applied_later(api: Client) -> None:
    made, paid = api.invoice(1000), api.payment(300, {})
    change = version(paid, sparse=True, Line=[link(300, made["Id"])])
    assert api.post("Payment", change)["UnappliedAmt"] == 0
    assert api.read("Invoice", made["Id"])["Balance"] == 700


def test_voiding_a_payment_opens_its_invoice(api: Client) -> None:
    made = api.invoice(1000)
    paid = api.payment(400, {made["Id"]: 400}, PrivateNote="ledger payment 7")
    gone = api.post("Payment", version(paid, sparse=True), operation="update", include="void")
    assert {name: gone[name] for name in ("TotalAmt", "UnappliedAmt", "Line")} == {
        "TotalAmt": 0,
        "UnappliedAmt": 0,
        "Line": [],
    }
    assert gone["PrivateNote"].startswith("Voided")
    assert gone["SyncToken"] == "1"
    assert api.read("Invoice", made["Id"])["Balance"] == 1000
    assert api.balance("Checking") == 0


def test_deleting_a_payment_opens_its_invoice_and_answers_with_a_stub(api: Client) -> None:
    made = api.invoice(1000)
    paid = api.payment(400, {made["Id"]: 400})
    stub = api.post("Payment", version(paid), operation="delete")
    assert stub == {"status": "Deleted", "domain": "QBO", "Id": paid["Id"]}
    assert api.read("Invoice", made["Id"])["Balance"] == 1000


def test_voiding_an_invoice_keeps_number_and_lines_at_zero(api: Client) -> None:
    made = api.invoice(1000, DocNumber="LN-9")
    paid = api.payment(400, {made["Id"]: 400})
    gone = api.post("Invoice", version(made), operation="void")
    assert (gone["TotalAmt"], gone["Balance"], gone["DocNumber"]) == (0, 0, "LN-9")
    assert (gone["PrivateNote"], gone["LinkedTxn"]) == ("Voided", [])
    assert [line["Amount"] for line in gone["Line"]] == [0]
    after = api.read("Payment", paid["Id"])
    assert (after["UnappliedAmt"], after["Line"]) == (400, [])
    assert api.balance("Loan clearing") == 0


def test_a_credit_memo_is_applied_by_a_payment_of_nothing(api: Client) -> None:
    made, memo = api.invoice(300), api.credit(300)
    assert memo["RemainingCredit"] == 300
    body = payment(0, {})
    body["Line"] = [link(300, made["Id"]), link(300, memo["Id"], "CreditMemo")]
    linking = api.post("Payment", body)
    assert (linking["TotalAmt"], linking["UnappliedAmt"]) == (0, 0)
    assert api.read("Invoice", made["Id"])["Balance"] == 0
    assert api.read("CreditMemo", memo["Id"])["RemainingCredit"] == 0
    api.post("Payment", version(linking), operation="delete")
    assert api.read("CreditMemo", memo["Id"])["RemainingCredit"] == 300


def test_a_full_update_without_total_computes_it_as_in_the_reference(api: Client) -> None:
    made, memo, paid = api.invoice(300), api.credit(300), api.payment(50, {})
    lines = [link(300, made["Id"]), link(300, memo["Id"], "CreditMemo")]
    body = version(paid, sparse=False, CustomerRef={"value": AMY}, Line=lines)
    assert api.post("Payment", body)["TotalAmt"] == 0


def test_an_omitted_rate_books_foreign_money_at_one(api: Client) -> None:
    mexican = api.customer("Lupe", "MXN")
    made = api.invoice(Decimal("100.50"), mexican, CurrencyRef={"value": "MXN"})
    assert (made["ExchangeRate"], made["HomeTotalAmt"]) == (1, Decimal("100.50"))
    assert api.balance("Loan clearing") == Decimal("-100.50")
    accounts = {each["name"]: each for each in api.books()["accounts"]}
    control = accounts["Accounts Receivable (A/R) - MXN"]
    assert (control["currency"], control["balance"]) == ("MXN", "100.50")


def test_settling_at_another_rate_realises_a_gain(api: Client) -> None:
    mexican = api.customer("Lupe", "MXN")
    made = api.invoice(100, mexican, ExchangeRate=200)
    api.payment(100, {made["Id"]: 100}, mexican, ExchangeRate=210)
    assert api.balance("Exchange Gain or Loss") == -1000
    accounts = {each["name"]: each for each in api.books()["accounts"]}
    assert accounts["Accounts Receivable (A/R) - MXN"]["home_balance"] == "0.00"
    assert api.balance("Checking") == 21000


def test_a_line_array_is_taken_whole_even_in_a_sparse_update(api: Client) -> None:
    body = invoice(100, PrivateNote="keep me")
    body["Line"].append(item_line(50))
    made = api.post("Invoice", body)
    changed = api.post("Invoice", version(made, sparse=True, Line=[item_line(30)]))
    assert (changed["TotalAmt"], changed["PrivateNote"]) == (30, "keep me")


def test_a_full_update_blanks_what_it_leaves_out_and_sparse_clears_on_request(
    api: Client,
) -> None:
    made = api.invoice(100, PrivateNote="note", DocNumber="A-1")
    kept = api.post("Invoice", version(made, sparse=True, PrivateNote=None))
    assert kept["PrivateNote"] == "note"
    cleared = api.post("Invoice", version(kept, sparse=True, PrivateNote=""))
    assert "PrivateNote" not in cleared
    assert cleared["DocNumber"] == "A-1"
    full = api.post("Invoice", {**invoice(100), **version(cleared)})
    assert "DocNumber" not in full


def test_a_line_without_an_item_is_text(api: Client) -> None:
    body = invoice(100)
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"Qty": 1}}
    body["Line"].append(line)
    assert api.post("Invoice", body)["TotalAmt"] == 100


def test_amounts_are_rounded_half_up_and_quoted_numbers_are_numbers(api: Client) -> None:
    assert api.invoice("1861.075")["TotalAmt"] == Decimal("1861.08")
    api.switch(quoted_numbers="refuse")
    assert api.refused("Invoice", invoice("10"))["code"] == "2080"


def test_the_due_date_follows_the_terms_unless_it_is_sent(api: Client) -> None:
    assert api.invoice(1)["DueDate"] == "2026-12-20"
    assert api.invoice(1, SalesTermRef={"value": "2"})["DueDate"] == "2026-12-05"
    assert api.invoice(1, DueDate="2027-01-01")["DueDate"] == "2027-01-01"


def test_numbering_follows_the_company(api: Client) -> None:
    assert "DocNumber" not in api.invoice(1)
    assert api.invoice(1, DocNumber="AUTO_GENERATE")["DocNumber"] == "1001"
    api.switch(custom_txn_numbers=False)
    assert api.invoice(1)["DocNumber"] == "1002"
    assert api.get("preferences")["Preferences"]["SalesFormsPrefs"]["CustomTxnNumbers"] is False


def test_a_journal_moves_a_customers_balance_and_cannot_be_voided(api: Client) -> None:
    body = journal(("Debit", 500, RECEIVABLE), ("Credit", 500, OPENING_EQUITY), customer=AMY)
    made = api.post("JournalEntry", body)
    assert api.read("Customer", AMY)["Balance"] == 500
    status, answer = api.send("journalentry", version(made), operation="void")
    assert (status, answer["BatchItemResponse"]) == (200, [])
    assert api.read("Customer", AMY)["Balance"] == 500
    paid = payment(500, {})
    paid["Line"] = [link(500, made["Id"], "JournalEntry")]
    assert api.post("Payment", paid)["UnappliedAmt"] == 0
    assert api.read("Customer", AMY)["Balance"] == 0


def test_a_deposit_holds_its_payments(api: Client) -> None:
    body = payment(70, {})
    del body["DepositToAccountRef"]
    paid = api.post("Payment", body)
    assert api.balance("Undeposited Funds") == 70
    lines = [{"Amount": 70, "LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment"}]}]
    deposit = api.post("Deposit", {"DepositToAccountRef": {"value": "1"}, "Line": lines})
    assert (api.balance("Undeposited Funds"), api.balance("Checking")) == (0, 70)
    error = api.refused("Payment", version(paid), operation="delete")
    assert error["code"] == "6540"
    assert error["Message"] == "Deposited Transaction cannot be changed"
    api.post("Deposit", version(deposit), operation="delete")
    api.post("Payment", version(paid), operation="delete")
    assert api.balance("Undeposited Funds") == 0


def test_a_rate_that_moved_before_the_deposit_is_a_gain(api: Client) -> None:
    mexican = api.customer("Lupe", "MXN")
    body = payment(10, {}, mexican, ExchangeRate=200)
    del body["DepositToAccountRef"]
    paid = api.post("Payment", body)
    lines = [{"Amount": 10, "LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment"}]}]
    bank = {"value": "32"}
    api.post("Deposit", {"DepositToAccountRef": bank, "ExchangeRate": 210, "Line": lines})
    assert api.balance("Undeposited Funds") == 0
    assert api.balance("Exchange Gain or Loss") == -100
    accounts = {each["name"]: each for each in api.books()["accounts"]}
    assert accounts["Bank MXN"]["balance"] == "10.00"
    assert accounts["Bank MXN"]["home_balance"] == "2100.00"


def test_sales_and_refund_receipts_move_money_at_once(api: Client) -> None:
    sale = api.post("SalesReceipt", invoice(80, DepositToAccountRef={"value": "1"}))
    refund = api.post("RefundReceipt", invoice(30, DepositToAccountRef={"value": "1"}))
    assert api.balance("Checking") == 50
    assert api.read("Customer", AMY)["Balance"] == 0
    api.post("SalesReceipt", version(sale, sparse=True), operation="update", include="void")
    api.post("RefundReceipt", version(refund), operation="delete")
    assert api.balance("Checking") == 0


def test_what_the_company_does_by_itself_with_credits_is_a_switch(api: Client) -> None:
    api.switch(auto_apply_credit=True, auto_apply_payments=True)
    made = api.invoice(100)
    memo = api.credit(40)
    assert memo["RemainingCredit"] == 0
    assert api.read("Invoice", made["Id"])["Balance"] == 60
    paid = api.payment(60, {})
    assert paid["UnappliedAmt"] == 0
    assert api.read("Invoice", made["Id"])["Balance"] == 0


def test_whether_a_payment_moves_the_invoices_version_is_a_switch(api: Client) -> None:
    made = api.invoice(100)
    api.payment(10, {made["Id"]: 10})
    assert api.read("Invoice", made["Id"])["SyncToken"] == "0"
    api.switch(payment_moves_invoice_synctoken=True)
    api.payment(10, {made["Id"]: 10})
    assert api.read("Invoice", made["Id"])["SyncToken"] == "1"


def test_over_application_can_be_capped_instead_of_refused(api: Client) -> None:
    made = api.invoice(100)
    assert api.refused("Payment", payment(150, {made["Id"]: 150}))["code"] == "6000"
    api.switch(over_application="unapply")
    assert api.payment(150, {made["Id"]: 150})["UnappliedAmt"] == 50


def test_a_paid_invoice_cannot_shrink_below_its_payments_unless_switched(api: Client) -> None:
    made = api.invoice(100)
    paid = api.payment(80, {made["Id"]: 80})
    smaller = version(made, sparse=True, Line=[item_line(50)])
    assert api.refused("Invoice", smaller)["code"] == "6000"
    api.switch(paid_document_reduction="unapply")
    assert api.post("Invoice", smaller)["Balance"] == 50
    assert api.read("Payment", paid["Id"])["UnappliedAmt"] == 80


def test_a_customers_opening_balance_is_a_transaction(api: Client) -> None:
    made = api.post("Customer", {"DisplayName": "Old debt", "Balance": 500})
    assert api.read("Customer", made["Id"])["Balance"] == 500
    assert api.balance("Opening Balance Equity") == -500


def test_a_customer_with_a_new_currency_adds_it_to_the_list(api: Client) -> None:
    api.customer("Inés", "PEN")
    codes = [row["Code"] for row in api.query("select * from CompanyCurrency")["CompanyCurrency"]]
    assert "PEN" in codes


def test_exchange_rates_are_read_by_day_and_can_be_set(api: Client) -> None:
    asked = {"sourcecurrencycode": "USD", "asofdate": "2026-03-01"}
    rate = api.get("exchangerate", **asked)["ExchangeRate"]
    official = set(SAMPLES["exchangerate_get"]["body"]["ExchangeRate"])
    assert official <= set(rate)
    assert rate["Rate"] == Decimal("4105.30")
    body = {"SourceCurrencyCode": "USD", "Rate": 4000.5, "AsOfDate": "2026-03-01"}
    api.post("ExchangeRate", body)
    assert api.get("exchangerate", **asked)["ExchangeRate"]["Rate"] == Decimal("4000.5")
