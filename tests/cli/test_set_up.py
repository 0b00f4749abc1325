"""`connect` also makes what a company should have: in Zoho, a field for our reference."""

from __future__ import annotations

import pytest
import requests

from tests.cli.small_lender import lender_on

FIELD = "field 'Ledger reference' on customers"
SET_UP = ("connect", "zoho", "--set-up")


def fields(lender):
    """The custom fields that contacts of the sandbox's organization have."""
    answer = requests.get(
        f"{lender.sandbox.urls()['zoho']['api']}/settings/fields",
        params={"organization_id": "600000000001", "entity": "contact"},
        headers={"Authorization": "Zoho-oauthtoken demo-access"},
        timeout=60,
    )
    return answer.json()["fields"]


def make_field(lender, **more):
    body = {"label": "Ledger reference", "data_type": "string", "entity": "contact", **more}
    requests.post(
        f"{lender.sandbox.urls()['zoho']['api']}/settings/fields",
        params={"organization_id": "600000000001"},
        json=body,
        headers={"Authorization": "Zoho-oauthtoken demo-access"},
        timeout=60,
    ).raise_for_status()


def line_of_doctor(lender):
    lines = lender.json("doctor")["lines"]
    return next(line for line in lines if line["topic"].startswith("zoho field"))


def test_a_login_makes_the_field_and_the_next_one_finds_it(zoho):
    assert f"zoho: {FIELD}: made." in zoho.log_in()
    (field,) = fields(zoho.lender)
    assert (field["api_name"], field["is_unique"]) == ("cf_ledger_reference", True)
    assert f"zoho: {FIELD}: there already." in zoho.log_in()
    assert len(fields(zoho.lender)) == 1


def test_a_login_may_leave_the_company_alone_and_be_followed_by_the_set_up(zoho):
    assert FIELD not in zoho.log_in("--no-set-up")
    assert fields(zoho.lender) == []
    found = line_of_doctor(zoho.lender)
    assert (found["state"], found["finding"]) == ("warning", "is not there")
    assert "ledger-bridge connect zoho --set-up" in found["advice"]
    told = zoho.lender.json(*SET_UP)
    assert told["set_up"] == [{"what": FIELD, "state": "made", "why": "", "advice": ""}]
    assert "name" not in told, "nobody logged in"
    assert zoho.lender.json(*SET_UP)["set_up"][0]["state"] == "there"
    assert line_of_doctor(zoho.lender)["state"] == "ok"


@pytest.mark.parametrize(
    ("switch", "why"),
    [
        ({"field_creation": "refuse"}, "does not allow more custom fields"),
        ({"field_creation": "unauthorized"}, "the user may not change settings"),
    ],
)
def test_what_zoho_refuses_is_told_and_costs_no_login(zoho, switch, why):
    zoho.lender.switch(**switch)
    out = zoho.log_in()
    assert "connected to Crédito Fácil SAS" in out
    assert f"zoho: {FIELD}: not there." in out
    assert why in out
    assert "Field Customization" in out
    assert zoho.sync()["confirmed"] > 20, "customers are known by name and remarks"
    code, out, _ = zoho.lender.run(*SET_UP)
    assert code == 1
    assert why in out
    zoho.lender.switch(field_creation="accept")
    assert zoho.lender.run(*SET_UP)[0] == 0


def test_a_scope_that_is_missing_is_told_and_costs_no_login(zoho):
    scope = "ZohoBooks.settings.READ,ZohoBooks.accountants.READ"
    code, out, err = zoho.connect(zoho.self_client_code(scope))
    assert code == 0, err
    assert "lacks the scopes ZohoBooks.settings.CREATE" in out


def test_trouble_with_the_set_up_costs_no_login(zoho):
    match = {"method": "POST", "path": "settings/fields"}
    zoho.lender.control("faults", system="zoho", kind="500", count=2, match=match)
    out = zoho.log_in()
    assert "connected to Crédito Fácil SAS" in out
    assert "Run later: ledger-bridge connect zoho --set-up" in out
    assert zoho.lender.run(*SET_UP)[0] == 75
    assert zoho.lender.run(*SET_UP)[0] == 0


def test_a_field_whose_making_nobody_answered_is_not_made_twice(zoho):
    zoho.log_in("--no-set-up")
    match = {"method": "POST", "path": "settings/fields"}
    zoho.lender.control("faults", system="zoho", kind="reset", when="after", match=match)
    assert f"{FIELD}: made." in zoho.lender.run(*SET_UP)[1]
    assert len(fields(zoho.lender)) == 1


def test_a_field_that_is_not_unique_at_once_is_made_so(zoho):
    zoho.lender.switch(field_unique_at_once=False)
    assert f"zoho: {FIELD}: made." in zoho.log_in()
    assert fields(zoho.lender)[0]["is_unique"] is True


def test_a_field_with_the_same_value_twice_waits_for_a_person(zoho):
    zoho.log_in("--no-set-up")
    make_field(zoho.lender, is_unique=False)
    assert zoho.sync()["confirmed"] > 20
    url = f"{zoho.lender.sandbox.urls()['zoho']['api']}/contacts"
    value = {"label": "Ledger reference", "value": "DY7F3A-D57"}
    requests.post(
        url,
        params={"organization_id": "600000000001"},
        json={"contact_name": "Twin", "contact_type": "customer", "custom_fields": [value]},
        headers={"Authorization": "Zoho-oauthtoken demo-access"},
        timeout=60,
    ).raise_for_status()
    code, out, _ = zoho.lender.run(*SET_UP)
    assert code == 1
    assert "it is there, but takes duplicates" in out
    assert "empty one of them" in out


def test_a_fixed_token_needs_no_login_and_its_company_is_set_up_as_well(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    with lender_on("zoho", tmp_path, capsys) as lender:
        told = lender.json("connect", "zoho", "--no-set-up")
        assert (told["access"], "set_up" in told, fields(lender)) == ("static", False, [])
        out = lender.run("connect", "zoho")[1]
        assert "Nothing needs to be connected" in out
        assert f"{FIELD}: made." in out
        assert f"{FIELD}: there already." in lender.run(*SET_UP)[1]
        assert lender.files() == {}


def test_where_nothing_needs_to_be_made_it_is_said(lender):
    code, out, _ = lender.run("connect", "quickbooks", "--set-up")
    assert code == 0
    assert "quickbooks: nothing needs to be made in the company." in out
    assert lender.json("connect", "quickbooks")["set_up"] == []
    assert lender.calls("") == 0


def test_a_company_that_is_not_connected_cannot_be_set_up(zoho):
    code, _, err = zoho.lender.run(*SET_UP)
    assert code == 78
    assert "ledger-bridge connect zoho" in err


@pytest.mark.parametrize("more", [("--code", "x"), ("--custom-connection",)])
def test_a_set_up_by_itself_is_no_login(zoho, more):
    code, _, err = zoho.lender.run(*SET_UP, *more)
    assert code == 2
    assert "leave the login out" in err
