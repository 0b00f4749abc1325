"""Doors, bodies, names: what is refused, with which code and which words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import requests

from bridge.sandbox import zoho as face
from bridge.sandbox.zoho.faults import TEXTS, missing, refused, taken
from bridge.sandbox.zoho.settings import Settings
from tests.sandbox.zoho.client import DAY, FLAG, ORGANIZATION, Client

README = Path(face.__file__).parents[1] / "README.md"


def test_every_text_can_be_said() -> None:
    for code, (status, text) in TEXTS.items():
        fault = refused(code, *[1] * 3)
        assert (fault.code, fault.status) == (code, status)
        assert "{" not in fault.message
        assert text
    assert missing("invoices").message == "Invoice does not exist."
    assert taken("Invoice L-1").body() == {"code": 1001, "message": "Invoice L-1 already exists"}


def test_every_switch_and_every_code_of_ours_is_explained() -> None:
    text = README.read_text(encoding="utf-8").partition("## The Zoho face")[2]
    words = set(re.findall(r"\w+", text))
    assert set(Settings().shown()) <= words
    assert {str(code) for code in TEXTS if code >= 900_000} <= words


def test_the_organization_must_be_named_and_ours(zoho: Client) -> None:
    assert zoho.refused("GET", "invoices", organization_id="") == (400, 900001)
    status, answer = zoho.send("GET", "invoices", organization_id="7")
    assert (status, answer["code"]) == (400, 6041)
    assert answer["message"].endswith("CompanyID/CompanyName:7.")
    assert zoho.ok("GET", "organizations", organization_id="")["organizations"]
    detail = zoho.get(f"organizations/{ORGANIZATION}")["organization"]
    assert (detail["currency_code"], detail["fiscal_year_start_month"]) == ("COP", "january")
    assert zoho.refused("GET", "organizations/7") == (400, 6041)


def test_unknown_paths_and_verbs(zoho: Client) -> None:
    assert zoho.refused("GET", "estimates") == (404, 5)
    assert zoho.refused("GET", "invoices/1/nothing") == (404, 5)
    assert zoho.refused("PATCH", "invoices") == (405, 37)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("invoices/1", "Invoice does not exist."),
        ("contacts/1", "Contact does not exist"),
        ("creditnotes/1", "Credit Note does not exists"),
        ("customerpayments/1", "Payment does not exist."),
        ("contacts/reference/1", "Contact does not exist"),
    ],
)
def test_missing_things_are_1002(zoho: Client, path: str, message: str) -> None:
    status, answer = zoho.send("GET", path)
    assert (status, answer) == (404, {"code": 1002, "message": message})


def test_bodies_as_json_and_as_a_form(zoho: Client) -> None:
    url, params = f"{zoho.api}/contacts", {"organization_id": ORGANIZATION}
    form = {"JSONString": '{"contact_name": "Eva"}'}
    assert zoho.http.post(url, data=form, params=params, timeout=60).status_code == 201
    answer = zoho.http.post(url, data={"contact_name": "Eva"}, params=params, timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (400, 1038)
    kind = {"Content-Type": "application/json"}
    for text in ("{broken", "[]", '"x"'):
        answer = zoho.http.post(url, data=text, params=params, headers=kind, timeout=60)
        assert (answer.status_code, answer.json()["code"]) == (400, 1038)


def test_bodies_that_break_the_schema(zoho: Client, customer: str) -> None:
    def post(**more: Any) -> tuple[int, int]:
        return zoho.refused("POST", "invoices", zoho.invoice_body(customer, **more))

    assert post(payment_terms="soon") == (400, 2)
    assert post(payment_terms=101) == (400, 4)
    assert post(payment_terms="1.5") == (400, 2)
    assert post(date="2026-13-01") == (400, 2)
    assert post(notes=None) == (400, 2)
    assert post(notes={"a": 1}) == (400, 2)
    assert post(is_inclusive_tax="maybe") == (400, 2)
    assert post(colour="red") == (400, 900013)
    assert post(line_items="none") == (400, 2)
    assert post(line_items=[]) == (400, 4)
    assert post(line_items=[{"item_id": "1"}]) == (400, 2006)
    assert post(line_items=[{"rate": 5}]) == (400, 2006)
    assert post(line_items=[{"name": "x"}]) == (400, 4)
    assert post(line_items=[{"name": "x" * 101, "rate": 1}]) == (400, 4)
    assert post(line_items=[{"name": "x", "rate": True}]) == (400, 2)
    assert post(line_items=[{"name": "x", "rate": -1}]) == (400, 4)
    assert post(line_items=[{"name": "x", "rate": 1, "tax_id": "1"}]) == (400, 900025)
    assert post(line_items=[{"name": "x", "rate": 1, "discount": "5%"}]) == (400, 900025)
    assert post(discount=5) == (400, 900025)
    assert post(invoice_number="x" * 101) == (400, 4)
    assert post(reference_number="x" * 101) == (400, 4)
    assert post(customer_id="1") == (400, 3004)
    zoho.switch(unknown_body_keys="ignore", null_values="accept", quoted_numbers="refuse")
    zoho.draft(customer, colour="red", notes=None)
    assert post(rate="100") == (400, 2)
    zoho.switch(reference_number_length=50)
    assert post(reference_number="x" * 51) == (400, 4)
    zoho.switch(salesperson_mandatory=True)
    assert post() == (400, 120104)


def test_contacts(zoho: Client, customer: str) -> None:
    body = {"contact_name": "ana ", "contact_type": "customer"}
    status, answer = zoho.send("POST", "contacts", body)
    assert (status, answer["code"]) == (400, 3062)
    assert answer["message"] == (
        'The customer "ana" already exists. Please specify a different name.'
    )
    other = zoho.customer("Otra")
    assert zoho.refused("PUT", f"contacts/{other}", body) == (400, 3062)
    assert zoho.refused("POST", "contacts", {"contact_name": " "}) == (400, 3013)
    assert zoho.refused("PUT", f"contacts/{other}", {"contact_type": "customer"}) == (400, 3013)
    assert zoho.refused("PUT", f"contacts/{other}", {"contact_name": "Otra"}) == (400, 4)
    assert zoho.refused("POST", "contacts", {"contact_name": "x" * 201}) == (400, 4)
    assert zoho.refused("POST", "contacts", {"contact_name": "E", "email": "e@x.co"}) == (
        400,
        900013,
    )
    wrong = {"contact_name": "E", "currency_id": "1"}
    assert zoho.refused("POST", "contacts", wrong) == (400, 9004)
    assert zoho.refused("POST", "contacts", {"contact_name": "E", "contact_type": "x"}) == (400, 4)
    number = {"contact_name": "E", "contact_number": "D-1"}
    assert zoho.refused("POST", "contacts", number) == (400, 4097)
    zoho.ok("POST", "contacts", {**number, "ignore_auto_number_generation": True})
    zoho.invoice(customer)
    assert zoho.refused("DELETE", f"contacts/{customer}") == (400, 3000)
    money = {"contact_name": "Ana", "contact_type": "customer"}
    money["currency_id"] = zoho.currency("USD")
    assert zoho.refused("PUT", f"contacts/{customer}", money) == (400, 900021)
    assert zoho.refused("POST", f"contacts/{customer}/active") == (400, 3031)
    zoho.ok("POST", f"contacts/{customer}/inactive")
    assert zoho.refused("POST", f"contacts/{customer}/inactive") == (400, 3032)
    assert zoho.refused("POST", "invoices", zoho.invoice_body(customer)) == (400, 900004)
    zoho.ok("DELETE", f"contacts/{other}")
    zoho.switch(duplicate_contact_names=True)
    zoho.customer("Ana")


def test_persons_left_out_of_a_list_are_deleted(zoho: Client) -> None:
    persons = [{"first_name": "A", "email": "a@x.co"}, {"first_name": "B"}]
    body = {"contact_name": "Eva", "contact_type": "customer", "contact_persons": persons}
    made = zoho.ok("POST", "contacts", body)["contact"]
    assert len(made["contact_persons"]) == 2
    path = f"contacts/{made['contact_id']}"
    kept = zoho.ok("PUT", path, {"contact_name": "Eva", "contact_type": "customer"})["contact"]
    assert len(kept["contact_persons"]) == 2
    cut = zoho.ok("PUT", path, {**body, "contact_persons": kept["contact_persons"][1:]})["contact"]
    assert [each["first_name"] for each in cut["contact_persons"]] == ["B"]


def test_items(zoho: Client, customer: str) -> None:
    status, answer = zoho.send("POST", "items", {"name": "Late fee", "rate": 1})
    assert (status, answer["message"]) == (400, 'Item "Late fee" already exists')
    assert zoho.refused("POST", "items", {"rate": 1}) == (400, 4)
    assert zoho.refused("POST", "items", {"name": "x"}) == (400, 4)
    body = {"name": "Seguro", "rate": 1, "account_id": zoho.account("Late fees")}
    made = zoho.ok("POST", "items", body)["item"]
    assert made["account_id"] == body["account_id"]
    path = f"items/{made['item_id']}"
    line = [{"item_id": made["item_id"]}]
    zoho.draft(customer, line_items=line)
    assert zoho.refused("DELETE", path) == (400, 2049)
    zoho.ok("POST", f"{path}/inactive")
    refused = zoho.refused("POST", "invoices", zoho.invoice_body(customer, line_items=line))
    assert refused == (400, 900004)
    assert zoho.get("itemdetails", item_ids=made["item_id"])["items"][0]["status"] == "inactive"
    zoho.switch(item_account_types="income")
    assert zoho.refused(
        "POST", "items", {**body, "name": "y", "account_id": zoho.account("Loan clearing")}
    ) == (400, 900017)


def test_accounts(zoho: Client, customer: str) -> None:
    body = {"account_name": "Caja 2", "account_type": "cash", "account_code": "1099"}
    made = zoho.ok("POST", "chartofaccounts", body)["chart_of_account"]
    path = f"chartofaccounts/{made['account_id']}"
    assert zoho.refused("POST", "chartofaccounts", {**body, "account_code": ""}) == (400, 900029)
    same_code = {**body, "account_name": "Caja 3"}
    assert zoho.refused("POST", "chartofaccounts", same_code) == (400, 900029)
    wrong = {"account_name": "x", "account_type": "treasure"}
    assert zoho.refused("POST", "chartofaccounts", wrong) == (400, 4)
    zoho.payment(customer, 5, account_id=made["account_id"])
    assert zoho.refused("DELETE", path) == (400, 900020)
    shown = zoho.get("chartofaccounts", showbalance="true", account_code="1099")
    assert shown["chartofaccounts"][0]["current_balance"] == 5
    found = zoho.get("chartofaccounts/accounttransactions", account_id=made["account_id"])
    assert found["transactions"][0]["debit_amount"] == 5
    assert zoho.send("POST", f"{path}/inactive")[0] == 201
    body = zoho.payment_body(customer, 5, account_id=made["account_id"])
    assert zoho.refused("POST", "customerpayments", body) == (400, 900004)
    system = zoho.account("Accounts Receivable")
    assert zoho.refused("POST", f"chartofaccounts/{system}/inactive") == (400, 900019)
    assert zoho.refused("DELETE", f"chartofaccounts/{system}") == (400, 900019)
    names = [row["account_name"] for row in zoho.get("bankaccounts")["bankaccounts"]]
    assert "Bank MXN" in names
    inactive = zoho.get("chartofaccounts", filter_by="AccountType.Inactive")["chartofaccounts"]
    assert [row["account_name"] for row in inactive] == ["Caja 2"]


def test_currencies_and_rates(zoho: Client) -> None:
    euro = zoho.ok(
        "POST", "settings/currencies", {"currency_code": "EUR", "currency_format": "1.234,56"}
    )["currency"]
    path = f"settings/currencies/{euro['currency_id']}/exchangerates"
    assert zoho.get(path)["exchange_rates"] == []
    body = {"effective_date": DAY, "rate": "4700.125"}
    zoho.ok("POST", path, body)
    rates = zoho.get(path, from_date="2026-12-01")["exchange_rates"]
    assert str(rates[0]["rate"]) == "4700.125"
    assert zoho.refused("POST", path, {"effective_date": DAY, "rate": 0}) == (400, 4)
    again = {"currency_code": "EUR", "currency_format": "1.234,56"}
    assert zoho.refused("POST", "settings/currencies", again) == (400, 900029)
    base = zoho.currency("COP")
    assert zoho.refused("POST", f"settings/currencies/{base}/exchangerates", body) == (400, 9004)


def test_other_settings(zoho: Client) -> None:
    assert zoho.get("users/me")["user"]["status"] == "active"
    assert zoho.get("settings/taxes")["taxes"] == []
    assert zoho.refused("GET", "locations") == (400, 900026)
    zoho.switch(locations=True)
    assert zoho.get("locations")["locations"]


def test_the_trial_may_be_over_and_the_language_another(zoho: Client) -> None:
    zoho.switch(language="es")
    status, answer = zoho.send("GET", "invoices/1")
    assert (status, answer["code"]) == (404, 1002)
    assert "Invoice" not in answer["message"]
    zoho.switch(subscription="ended")
    assert zoho.refused("GET", "invoices") == (400, 103001)


def test_headers(zoho: Client) -> None:
    assert zoho.refused("GET", "invoices", headers={"Authorization": "x"}) == (401, 14)
    bare = requests.get(f"{zoho.api}/invoices", timeout=60)
    assert (bare.status_code, bare.json()["code"]) == (401, 14)
    dead = {"Authorization": "Zoho-oauthtoken 1000.dead"}
    assert zoho.refused("GET", "invoices", headers=dead) == (401, 57)
    bearer = {"Authorization": "Bearer demo-access"}
    assert zoho.send("GET", "invoices", headers=bearer)[0] == 200
    zoho.switch(bearer="refuse")
    assert zoho.refused("GET", "invoices", headers=bearer) == (401, 14)
    body = zoho.invoice_body("1")
    assert zoho.refused("POST", "invoices", body, **FLAG) == (400, 3004)
