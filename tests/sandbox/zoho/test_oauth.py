"""The login of Zoho Accounts: few tokens, errors that look like success, codes."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
import requests

from tests.sandbox.zoho.client import CLIENT, Client, allowed, token

BACK = "http://localhost/back"


def code(zoho: Client, **more: str) -> str:
    asked = {"client_id": "demo-client", "redirect_uri": BACK, "state": "s", **more}
    answer = requests.get(
        zoho.urls["zoho"]["authorize"], params=asked, allow_redirects=False, timeout=60
    )
    back = parse_qs(urlparse(answer.headers["Location"]).query)
    assert (back["state"], back["location"]) == (["s"], ["us"])
    assert back["accounts-server"] == [zoho.urls["zoho"]["base"]]
    return back["code"][0]


def traded(zoho: Client, given: str, **more: str) -> Any:
    """What the token server answers to a code."""
    asked = {"grant_type": "authorization_code", "code": given, "redirect_uri": BACK, **more}
    return token(zoho, **asked).json()


def lasting(zoho: Client) -> Any:
    return traded(zoho, code(zoho, access_type="offline", prompt="consent"))


def test_a_refresh_token_stays_and_access_tokens_end(zoho: Client) -> None:
    given = token(zoho).json()
    assert "refresh_token" not in given
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 3600)
    assert given["api_domain"] + "/books/v3" == zoho.api
    assert allowed(zoho, given["access_token"]) == 200
    zoho.control("POST", "clock", {"seconds": 3601})
    assert allowed(zoho, given["access_token"]) == 401
    zoho.switch(access_token_s=60)
    short = token(zoho).json()
    assert (short["expires_in"], allowed(zoho, short["access_token"])) == (60, 200)
    zoho.control("POST", "clock", {"seconds": 61})
    assert allowed(zoho, short["access_token"]) == 401
    in_query = requests.post(
        zoho.urls["zoho"]["token"],
        params={**CLIENT, "grant_type": "refresh_token", "refresh_token": "demo-refresh-zoho"},
        timeout=60,
    )
    assert in_query.json()["access_token"]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_id": "x"}, "invalid_client"),
        ({"client_secret": "x"}, "invalid_client_secret"),
        ({"refresh_token": "x"}, "invalid_code"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_code"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ],
)
def test_token_errors_arrive_as_success(zoho: Client, wrong: dict[str, str], error: str) -> None:
    answer = token(zoho, **wrong)
    assert (answer.status_code, answer.json()) == (200, {"error": error})


def test_ten_tokens_in_ten_minutes(strict: Client) -> None:
    for _ in range(10):
        assert "access_token" in token(strict).json()
    answer = token(strict)
    assert answer.status_code == 400
    assert answer.json()["error"] == "Access Denied"
    strict.switch(token_throttle_status="200")
    again = token(strict)
    assert (again.status_code, again.json()["error"]) == (200, "Access Denied")
    strict.control("POST", "clock", {"seconds": 601})
    assert "access_token" in token(strict).json()


def test_the_sixteenth_access_token_ends_the_first(zoho: Client) -> None:
    given = [token(zoho).json()["access_token"] for _ in range(16)]
    assert [allowed(zoho, given[place]) for place in (0, 1, 15)] == [401, 200, 200]


def test_a_code_is_good_once_for_three_minutes_and_for_its_address(zoho: Client) -> None:
    first = code(zoho)
    assert allowed(zoho, traded(zoho, first)["access_token"]) == 200
    refused = {"error": "invalid_code"}
    assert traded(zoho, first) == refused
    assert traded(zoho, code(zoho), redirect_uri=f"{BACK}/") == refused
    late = code(zoho)
    zoho.control("POST", "clock", {"seconds": 181})
    assert traded(zoho, late) == refused


@pytest.mark.parametrize(
    ("options", "lasts"),
    [
        ({}, False),
        ({"access_type": "offline"}, False),
        ({"prompt": "consent"}, False),
        ({"access_type": "offline", "prompt": "consent"}, True),
    ],
)
def test_who_agreed_before_gets_a_refresh_token_only_when_asked_again(
    zoho: Client, options: dict[str, str], lasts: bool
) -> None:
    assert ("refresh_token" in traded(zoho, code(zoho, **options))) is lasts


def test_the_first_consent_needs_only_to_be_offline(zoho: Client) -> None:
    revoke = zoho.urls["zoho"]["revoke"]
    requests.post(revoke, params={"token": "demo-refresh-zoho"}, timeout=60)
    assert traded(zoho, code(zoho, access_type="offline"))["refresh_token"]


def test_a_self_client_trades_a_code_without_an_address(zoho: Client) -> None:
    wish = {"action": "generate_code", "scope": "ZohoBooks.invoices.READ", "seconds": 600}
    made = zoho.edit(**wish)["code"]
    zoho.control("POST", "clock", {"seconds": 599})
    given = traded(zoho, made, redirect_uri="")
    assert allowed(zoho, given["access_token"]) == 200
    again = token(zoho, refresh_token=given["refresh_token"]).json()
    header = {"Authorization": f"Zoho-oauthtoken {again['access_token']}"}
    assert zoho.send("GET", "invoices", headers=header)[0] == 200
    assert zoho.refused("GET", "contacts", headers=header) == (401, 57)
    assert traded(zoho, zoho.edit(**wish)["code"]) == {"error": "invalid_code"}
    for wrong in ({"scope": ""}, {"seconds": 601}, {"seconds": 10}):
        assert "error" in zoho.control("POST", "zoho/edit", {**wish, **wrong})


def test_the_twenty_first_refresh_token_ends_the_oldest(zoho: Client) -> None:
    demo = token(zoho).json()["access_token"]
    for _ in range(19):
        lasting(zoho)
    assert allowed(zoho, demo) == 200
    lasting(zoho)
    assert token(zoho).json() == {"error": "invalid_code"}
    assert allowed(zoho, demo) == 401


def test_a_refresh_token_is_revoked_with_its_access_tokens(zoho: Client) -> None:
    given, other = lasting(zoho), lasting(zoho)
    revoke = zoho.urls["zoho"]["revoke"]
    params = {"token": given["refresh_token"]}
    assert requests.post(revoke, params=params, timeout=60).json()["status"] == "success"
    assert allowed(zoho, given["access_token"]) == 401
    assert allowed(zoho, other["access_token"]) == 200
    assert requests.post(revoke, params=params, timeout=60).json() == {"error": "invalid_code"}


def test_a_scope_that_is_missing_looks_like_a_dead_token(zoho: Client) -> None:
    scope = "ZohoBooks.invoices.READ,ZohoBooks.contacts.ALL"
    given = traded(zoho, code(zoho, scope=scope))
    header = {"Authorization": f"Zoho-oauthtoken {given['access_token']}"}
    assert zoho.send("GET", "invoices", headers=header)[0] == 200
    assert zoho.refused("POST", "invoices", {}, headers=header) == (401, 57)
    assert zoho.refused("GET", "items", headers=header) == (401, 57)
    body = {"contact_name": "Eva"}
    assert zoho.send("POST", "contacts", body, headers=header)[0] == 201
