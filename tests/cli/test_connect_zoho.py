"""What only Zoho's login has: few access tokens, data centres, Self Clients."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from bridge.systems.oauth import CLIENT_SECRET, REFRESH_TOKEN
from tests.cli.logins import browser_ends_on

TOKEN = "oauth/v2/token"


def test_the_page_asks_for_a_login_that_lasts_every_time(zoho):
    asked = parse_qs(urlsplit(zoho.page()).query)
    assert (asked["access_type"], asked["prompt"]) == (["offline"], ["consent"])
    assert "ZohoBooks.invoices.ALL" in asked["scope"][0].split(",")
    zoho.log_in()
    first = zoho.stored()[REFRESH_TOKEN]
    zoho.log_in()
    assert zoho.stored()[REFRESH_TOKEN] not in (None, first)


def test_one_access_token_serves_the_login_and_all_passes_of_its_hour(zoho):
    zoho.log_in()
    assert zoho.sync()["confirmed"] > 20
    zoho.lender.run("reconcile")
    assert zoho.lender.calls(TOKEN) == 1
    zoho.wait(seconds=3700)
    zoho.lender.run("reconcile")
    assert zoho.lender.calls(TOKEN) == 2


def test_a_new_login_takes_the_place_of_an_access_token_that_lacks_a_scope(zoho):
    scope = "ZohoBooks.settings.READ,ZohoBooks.accountants.READ"
    assert zoho.connect(zoho.self_client_code(scope), "--no-set-up")[0] == 0
    code, _, err = zoho.lender.run("sync")
    assert code == 78
    assert "a scope or the user's role is missing" in err
    zoho.log_in()
    assert zoho.sync()["confirmed"] > 20


@pytest.mark.parametrize("status", ["400", "200"])
def test_too_many_access_tokens_are_waited_out_and_no_lost_login(zoho, status):
    zoho.lender.switch(token_throttle_status=status)
    zoho.log_in()
    stored = zoho.stored()
    form = {
        "grant_type": "refresh_token",
        "refresh_token": stored[REFRESH_TOKEN],
        "client_id": "demo-client",
        "client_secret": "demo-secret",
    }
    url = zoho.lender.sandbox.urls()["zoho"]["token"]
    for _ in range(9):  # somebody else's program, with the same login
        assert "access_token" in requests.post(url, data=form, timeout=60).json()
    zoho.keyring.delete("zoho", zoho.facts.company, "access_token")
    code, _, err = zoho.lender.run("sync")
    assert code == 75
    assert "gives no more access tokens for 10 minutes" in err
    assert "connect zoho" not in err
    zoho.wait(seconds=601)
    assert zoho.sync()["confirmed"] > 20
    assert zoho.stored()[REFRESH_TOKEN] == stored[REFRESH_TOKEN]


def test_an_account_of_another_data_centre_is_told_what_to_write(zoho):
    address = browser_ends_on(zoho.page())
    there = address.split("&accounts-server=")[0] + "&accounts-server=https://accounts.zoho.eu"
    code, _, err = zoho.connect(there)
    assert code == 78
    assert "the account is at https://accounts.zoho.eu" in err
    assert 'base_url = "https://www.zohoapis.eu/books/v3"' in err
    assert 'token_url = "https://accounts.zoho.eu/oauth/v2/token"' in err
    assert zoho.lender.calls(TOKEN) == 0, "the code and the secret went nowhere"
    assert set(zoho.stored().values()) == {None}


def test_an_answer_that_names_another_server_is_not_followed(zoho):
    urls = zoho.lender.sandbox.urls()["zoho"]
    zoho.setting("BASE_URL", urls["api"].replace("127.0.0.1", "localhost"))
    code, _, err = zoho.connect(browser_ends_on(zoho.page()))
    assert code == 78
    assert f"the account is at {urls['base']}. The bridge does not know that server" in err
    assert set(zoho.stored().values()) == {None}


def test_a_self_clients_code_needs_no_browser(zoho):
    code, out, err = zoho.connect(zoho.self_client_code("ZohoBooks.fullaccess.all"))
    assert code == 0, err
    assert "connected to Crédito Fácil SAS" in out
    assert zoho.sync()["confirmed"] > 20


def test_a_code_that_may_not_see_the_organizations_is_told_in_words(zoho):
    code, _, err = zoho.connect(zoho.self_client_code("ZohoBooks.invoices.ALL"))
    assert code == 78
    assert "a scope or the person's role is missing" in err
    assert set(zoho.stored().values()) == {None}


def test_a_self_clients_code_that_is_wrong_is_told_in_words(zoho):
    code, _, err = zoho.connect("1000.0123456789abcdef.0123456789abcdef")
    assert code == 78
    assert "does not accept the code of this login" in err
    assert "data centre" in err
    assert zoho.stored()[CLIENT_SECRET] is None


def test_other_systems_take_no_code_by_itself(quickbooks):
    code, _, err = quickbooks.connect("1000.0123456789abcdef.0123456789abcdef")
    assert code == 78
    assert "it has no code" in err
