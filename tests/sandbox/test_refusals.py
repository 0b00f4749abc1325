"""Every refusal of the API at least once, with the texts that were seen in the wild."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.client import (
    AMY,
    OPENING_EQUITY,
    RECEIVABLE,
    Client,
    invoice,
    item_line,
    journal,
    payment,
    version,
)

SAMPLES = json.loads(
    Path(__file__).parents[1].joinpath("data/specs/quickbooks/samples.json").read_text("utf-8")
)


def official(name: str) -> dict[str, Any]:
    body: dict[str, Any] = SAMPLES[name]["body"]
    error: dict[str, Any] = body["Fault"]["Error"][0]
    return error


def test_a_used_number_is_refused_and_names_its_holder(api: Client) -> None:
    first = api.invoice(1, DocNumber="18696")
    error = api.refused("Invoice", invoice(2, DocNumber="18696"))
    assert error["code"] == "6140"
    wanted = official("fault_6140")["Detail"].replace("6575", first["Id"])
    assert error["Detail"] == wanted
    again = api.post("Invoice", invoice(2, DocNumber="18696"), include="allowduplicatedocnum")
    assert again["DocNumber"] == "18696"
    api.switch(warn_duplicate_numbers=False)
    assert api.invoice(3, DocNumber="18696")["Id"] != first["Id"]


def test_a_deleted_documents_number_is_free_again(api: Client) -> None:
    first = api.invoice(1, DocNumber="N-1")
    api.post("Invoice", version(first), operation="void")
    assert api.refused("Invoice", invoice(1, DocNumber="N-1"))["code"] == "6140"
    api.post("Invoice", version(first, SyncToken="1"), operation="delete")
    assert api.invoice(1, DocNumber="N-1")["Id"] != first["Id"]


def test_a_payment_reference_is_never_a_duplicate(api: Client) -> None:
    first = api.payment(1, {}, PaymentRefNum="P-1")
    second = api.payment(1, {}, PaymentRefNum="P-1")
    assert first["Id"] != second["Id"]


@pytest.mark.parametrize("kind", ["Customer", "Vendor", "Employee"])
def test_a_name_is_unique_over_customers_vendors_and_employees(api: Client, kind: str) -> None:
    error = api.refused(kind, {"DisplayName": "  amy's bird  SANCTUARY"})
    assert error["code"] == "6240"
    known = SAMPLES["batch_response"]["body"]["BatchItemResponse"][0]["Fault"]["Error"][0]
    assert error["Detail"] == known["Detail"].replace("\n", "")
    api.switch(names_ignore_case=False)
    api.post(kind, {"DisplayName": "amy's bird sanctuary"})


def test_several_errors_come_together(api: Client) -> None:
    body = invoice(1, DocNumber="x" * 45, PrivateNote="y" * 4001)
    status, answer = api.send("invoice", body)
    errors = answer["Fault"]["Error"]
    assert status == 400
    assert [error["code"] for error in errors] == ["2050", "2050"]
    assert errors[0] == {**official("fault_two_errors"), "element": "DocNumber"}


def test_required_properties_are_named(api: Client) -> None:
    error = api.refused("Invoice", {"CustomerRef": {"value": AMY}})
    assert (error["code"], error["element"]) == ("2020", "Line")
    assert error["Detail"] == "Required parameter Line is missing in the request"
    assert error["Message"] == official_missing()
    assert api.refused("Invoice", {"Line": [item_line(1)]})["element"] == "CustomerRef"
    assert api.refused("Payment", {"CustomerRef": {"value": AMY}})["element"] == "TotalAmt"
    assert api.refused("Customer", {})["element"] == "DisplayName"
    assert api.refused("Item", {"Name": "x", "Type": "Service"})["element"] == "IncomeAccountRef"
    assert api.refused("Account", {"Name": "x"})["element"] == "AccountType"
    assert api.refused("RefundReceipt", invoice(1))["element"] == "DepositToAccountRef"
    empty = invoice(1)
    empty["Line"] = [{"Amount": 1, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}]
    assert api.refused("Invoice", empty)["element"] == "Line.SalesItemLineDetail"


def official_missing() -> str:
    return str(SAMPLES["fault_two_errors"]["body"]["Fault"]["Error"][1]["Message"])


def test_switches_demand_what_the_reference_calls_required(api: Client) -> None:
    api.switch(require_currency_ref=True, require_global_tax_calculation=True)
    assert api.refused("Invoice", invoice(1))["element"] == "CurrencyRef"
    body = invoice(1, CurrencyRef={"value": "COP"})
    assert api.refused("Invoice", body)["element"] == "GlobalTaxCalculation"
    made = api.post("Invoice", {**body, "GlobalTaxCalculation": "NotApplicable"})
    api.switch(sparse_requires_customer=True)
    error = api.refused("Invoice", version(made, sparse=True, PrivateNote="x"))
    assert error["element"] == "CustomerRef"


@pytest.mark.parametrize(
    "body",
    [
        {"DisplayName": "x", "Nonsense": 1},
        {"DisplayName": "x", "Active": "perhaps"},
        [1, 2],
        "text",
    ],
)
def test_unknown_properties_and_shapes_are_refused(api: Client, body: Any) -> None:
    error = api.refused("Customer", body)
    assert error["code"] == "2010"
    assert error["Detail"] == (
        "failed to parse json object; a property specified is unsupported or invalid"
    )


def test_unknown_properties_of_lines_are_refused(api: Client) -> None:
    body = invoice(1)
    body["Line"][0]["SalesItemLineDetail"]["Quantity"] = 1
    assert api.refused("Invoice", body)["code"] == "2010"


@pytest.mark.parametrize("amount", ["12,5", "NaN", True, "99999999999", [1]])
def test_numbers_must_be_numbers_of_ten_digits(api: Client, amount: Any) -> None:
    assert api.refused("Invoice", invoice(amount))["code"] == "2080"


def test_dates_enumerations_and_references_are_checked(api: Client) -> None:
    assert api.refused("Invoice", invoice(1, TxnDate="20/11/2026"))["code"] == "2030"
    assert api.refused("Invoice", invoice(1, GlobalTaxCalculation="Never"))["code"] == "2170"
    assert api.refused("Invoice", invoice(1, customer="999"))["code"] == "2500"
    body = {"Name": "x", "AccountType": "Money"}
    assert api.refused("Account", body)["code"] == "2170"
    body = payment(1, {"999": 1})
    error = api.refused("Payment", body)
    assert error["code"] == "610"
    assert error["Detail"].startswith("Object Not Found : Something you're trying to use")


def test_a_documents_number_does_not_find_it_in_a_payment(api: Client) -> None:
    api.invoice(10, DocNumber="LN-1")
    assert api.refused("Payment", payment(10, {"LN-1": 10}))["code"] == "610"


def test_inactive_references_are_refused(api: Client) -> None:
    customer = api.customer("Gone")
    made = api.post("Customer", {"Id": customer, "SyncToken": "0", "sparse": True, "Active": False})
    assert made["DisplayName"] == "Gone (deleted)"
    assert api.refused("Invoice", invoice(1, customer))["code"] == "610"
    api.switch(inactive_reference="2500")
    assert api.refused("Invoice", invoice(1, customer))["code"] == "2500"
    assert api.customer("Gone") != customer


def test_an_inactive_name_may_stay_taken(api: Client) -> None:
    api.switch(inactive_frees_name=False)
    customer = api.customer("Gone")
    api.post("Customer", {"Id": customer, "SyncToken": "0", "sparse": True, "Active": False})
    assert api.refused("Customer", {"DisplayName": "Gone"})["code"] == "6240"


def test_an_old_version_is_refused_with_the_editors_name(api: Client) -> None:
    made = api.invoice(10, DocNumber="A")
    api.edit(action="edit", kind="invoice", number="A", set={"memo": "changed by hand"})
    error = api.refused("Invoice", version(made, sparse=True, PrivateNote="ours"))
    assert error["code"] == "5010"
    assert error["Detail"] == (
        "Stale Object Error : You and Contadora were working on this at the same time. "
        "Contadora finished before you did, so your work was not saved."
    )
    assert api.refused("Invoice", {"Id": made["Id"], "sparse": True})["element"] == "SyncToken"


def test_what_was_deleted_is_told_from_what_never_was(api: Client) -> None:
    made = api.invoice(10)
    api.post("Invoice", version(made), operation="delete")
    error = api.refused("Invoice", version(made), operation="delete")
    assert error["Detail"] == "Object Not Found : Another user has deleted this transaction."
    assert api.get("invoice/424242")["Fault"]["Error"][0]["code"] == "610"


def test_business_rules_answer_6000(api: Client) -> None:
    empty = invoice(1)
    del empty["Line"][0]["Amount"]
    error = api.refused("Invoice", empty)
    assert (error["code"], error["Detail"]) == (
        "6000",
        "Business Validation Error: You must set a transaction amount.",
    )
    made = api.invoice(10)
    linked = api.payment(10, {made["Id"]: 10})
    assert api.refused("Invoice", version(made), operation="delete")["code"] == "6000"
    assert api.refused("Payment", payment(5, {made["Id"]: 6}))["code"] == "6000"
    assert api.refused("Payment", payment(0, {}))["code"] == "6000"
    assert api.refused("Invoice", invoice(-5))["code"] == "6000"
    other = api.customer("Other")
    assert api.refused("Payment", payment(1, {made["Id"]: 1}, other))["code"] == "6000"
    assert linked["UnappliedAmt"] == 0


def test_journals_must_balance_and_name_their_customer(api: Client) -> None:
    one = journal(("Debit", 5, OPENING_EQUITY))
    assert api.refused("JournalEntry", one)["Detail"] == (
        "Business Validation Error: Fill out at least two detail lines to continue."
    )
    uneven = journal(("Debit", 5, OPENING_EQUITY), ("Credit", 4, "1"))
    assert api.refused("JournalEntry", uneven)["code"] == "6000"
    nameless = journal(("Debit", 5, RECEIVABLE), ("Credit", 5, "1"))
    assert api.refused("JournalEntry", nameless)["Detail"] == (
        "Business Validation Error: When you use Accounts Receivable, you must choose a customer "
        "in the Name field."
    )
    api.post("JournalEntry", journal(("Debit", 5, "12"), ("Credit", 5, "1"), DocNumber="JE-1"))
    again = journal(("Debit", 5, "12"), ("Credit", 5, "1"), DocNumber="JE-1")
    assert "TxnType=Journal Entry" in api.refused("JournalEntry", again)["Detail"]


def test_an_amount_must_be_price_by_quantity(api: Client) -> None:
    body = invoice("1861.07")
    body["Line"][0]["SalesItemLineDetail"].update(UnitPrice="3722.15", Qty="0.5")
    error = api.refused("Invoice", body)
    assert error["code"] == "6070"
    assert error["Detail"] == ("Amount is not equal to UnitPrice * Qty. Supplied value: 1,861.07")


def test_currencies_never_mix(api: Client) -> None:
    mexican = api.customer("Lupe", "MXN")
    error = api.refused("Invoice", invoice(1, mexican, CurrencyRef={"value": "COP"}))
    assert error["Detail"] == (
        "Business Validation Error: The transaction needs to be in the same currency as the A/R "
        "and A/P accounts you use."
    )
    into_pesos = payment(1, {}, DepositToAccountRef={"value": "32"})
    assert api.refused("Payment", into_pesos)["code"] == "6000"
    change = {"Id": mexican, "SyncToken": "0", "sparse": True, "CurrencyRef": {"value": "USD"}}
    assert api.refused("Customer", change)["code"] == "6000"
    expense = {"Name": "x", "AccountType": "Expense", "CurrencyRef": {"value": "MXN"}}
    assert api.refused("Account", expense)["code"] == "6000"
    home_rate = {"SourceCurrencyCode": "COP", "Rate": 2, "AsOfDate": "2026-11-20"}
    assert api.refused("ExchangeRate", home_rate)["code"] == "6000"
    api.switch(multicurrency=False)
    yen = {"DisplayName": "y", "CurrencyRef": {"value": "USD"}}
    assert api.refused("Customer", yen)["code"] == "6000"


def test_account_types_are_checked(api: Client) -> None:
    income = {"value": "14"}
    error = api.refused("Payment", payment(1, {}, DepositToAccountRef=income))
    assert (error["code"], error["Message"]) == ("6430", "Invalid account type used")
    clearing = {"Name": "Loan 2", "Type": "Service", "IncomeAccountRef": {"value": "27"}}
    made = api.post("Item", clearing)
    assert made["IncomeAccountRef"]["name"] == "Loan clearing"
    api.switch(asset_account_on_service_item="refuse")
    assert api.refused("Item", {**clearing, "Name": "Loan 3"})["code"] == "6430"


def test_undeposited_funds_may_refuse_foreign_money(api: Client) -> None:
    mexican = api.customer("Lupe", "MXN")
    body = payment(1, {}, mexican)
    del body["DepositToAccountRef"]
    api.post("Payment", body)
    api.switch(foreign_undeposited="refuse")
    assert api.refused("Payment", body)["code"] == "6000"


def test_a_closed_period_takes_no_write(api: Client) -> None:
    made = api.invoice(10)
    api.edit(action="lock", date="2026-11-20")
    prefs = api.get("preferences")["Preferences"]["AccountingInfoPrefs"]
    assert prefs["BookCloseDate"] == "2026-11-20"
    text = (
        "The account period has closed and the account books cannot be updated through the QBO "
        "Services API. Please use the QBO website to make these changes."
    )
    for body, options in (
        (invoice(1), {}),
        (version(made, sparse=True, TxnDate="2026-12-01"), {}),
        (version(made), {"operation": "void"}),
        (version(made), {"operation": "delete"}),
    ):
        error = api.refused("Invoice", body, **options)
        assert error["code"] == "6210"
        assert error["Detail"].endswith(text)
    api.edit(action="lock", date=None)
    api.post("Invoice", version(made), operation="void")


def test_an_ended_subscription_can_be_read_and_not_written(api: Client) -> None:
    api.switch(subscription="ended")
    assert api.refused("Invoice", invoice(1))["code"] == "6190"
    assert api.read("Customer", AMY)["DisplayName"] == "Amy's Bird Sanctuary"


@pytest.mark.parametrize("kind", ["CreditMemo", "RefundReceipt", "Deposit", "Customer"])
def test_void_is_refused_where_it_does_not_exist(api: Client, kind: str) -> None:
    error = api.refused(kind, {"Id": "1", "SyncToken": "0"}, operation="void")
    known = SAMPLES["fault_500_unsupported"]["body"]["Fault"]["Error"][0]
    assert error == known


def test_payments_are_voided_by_their_own_call_only(api: Client) -> None:
    paid = api.payment(1, {})
    assert api.refused("Payment", version(paid), operation="void")["code"] == "500"


def test_names_are_never_deleted_and_codes_of_tax_never_written(api: Client) -> None:
    body = {"Id": AMY, "SyncToken": "0"}
    assert api.refused("Customer", body, operation="delete")["code"] == "500"
    assert api.refused("TaxCode", {"Name": "IVA"})["code"] == "500"


def test_bytes_that_are_not_utf8_or_not_json_are_refused(api: Client) -> None:
    for raw, code in ((b'{"DisplayName":"Jos\xe9"}', "500"), (b"{", "2010")):
        answer = api.http.post(f"{api.api}/customer", raw, timeout=60)
        assert answer.status_code == 400
        assert answer.json()["Fault"]["Error"][0]["code"] == code


def test_names_of_people_and_accounts_have_their_rules(api: Client) -> None:
    assert api.refused("Customer", {"DisplayName": "a:b"})["code"] == "6000"
    assert api.refused("Customer", {"DisplayName": "x" * 501})["code"] == "2050"
    email = {"DisplayName": "e", "PrimaryEmailAddr": {"Address": "nowhere"}}
    assert api.refused("Customer", email)["code"] == "6000"
    account = {"Name": 'a"b', "AccountType": "Bank"}
    assert api.refused("Account", account)["code"] == "6000"
    api.switch(account_number_length=7)
    long = {"Name": "PUC", "AccountType": "Bank", "AcctNum": "11100501"}
    assert api.refused("Account", long)["code"] == "2050"
    assert api.refused("Item", {"Name": "Services", "Type": "Service"})["code"] == "6240"


def test_a_failed_write_leaves_no_trace(api: Client) -> None:
    before = api.books()
    api.refused("Invoice", invoice(1, customer="999"))
    api.refused("Payment", payment(5, {"999": 5}))
    api.refused("JournalEntry", journal(("Debit", 5, "12"), ("Credit", 4, "1")))
    assert api.books() == before
