"""Tokens: how a client gets, keeps and loses them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from bridge.sandbox.server import SandboxServer
from tests.sandbox.client import Client

CLIENT = ("demo-client", "demo-secret")


def token(api: Client, auth: tuple[str, str] = CLIENT, **form: str) -> tuple[int, Any]:
    url = api.urls["quickbooks"]["token"]
    answer = requests.post(url, data=form, auth=auth, timeout=60)
    return answer.status_code, answer.json()


def refresh(api: Client, value: str) -> tuple[int, Any]:
    return token(api, grant_type="refresh_token", refresh_token=value)


def connect(api: Client) -> dict[str, Any]:
    status, given = refresh(api, "demo-refresh-quickbooks")
    assert status == 200
    return dict(given)


def call(api: Client, access: str, realm: str = "4620816365000000001") -> requests.Response:
    base = api.urls["quickbooks"]["base"]
    headers = {"Authorization": f"Bearer {access}"}
    url = f"{base}/v3/company/{realm}/companyinfo/{realm}"
    return requests.get(url, headers=headers, timeout=60)


def test_discovery_names_the_endpoints_here(api: Client) -> None:
    urls = api.urls["quickbooks"]
    found = requests.get(urls["discovery"], timeout=60).json()
    assert found["token_endpoint"] == urls["token"]
    assert found["authorization_endpoint"] == urls["authorize"]
    assert found["revocation_endpoint"] == urls["revoke"]
    assert {"issuer", "jwks_uri", "userinfo_endpoint"} <= set(found)


def test_the_browser_comes_back_at_once_with_a_code_for_one_use(api: Client) -> None:
    asked = {"client_id": "demo-client", "redirect_uri": "https://x.example/cb?a=1", "state": "s"}
    url = api.urls["quickbooks"]["authorize"]
    answer = requests.get(url, params=asked, allow_redirects=False, timeout=60)
    assert answer.status_code == 302
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert (back["state"], back["realmId"]) == (["s"], ["4620816365000000001"])
    form = {"grant_type": "authorization_code", "code": back["code"][0], "redirect_uri": "x"}
    status, given = token(api, **form)
    assert status == 200
    assert given["token_type"] == "bearer"
    assert given["expires_in"] == 3600
    assert given["x_refresh_token_expires_in"] == 8726400
    assert "x_refresh_token_hard_expires_in" not in given
    assert call(api, given["access_token"]).status_code == 200
    assert token(api, **form)[1]["error"] == "invalid_grant"


def test_the_hard_expiry_is_told_only_if_asked_for(api: Client) -> None:
    answer = requests.post(
        api.urls["quickbooks"]["token"],
        data={"grant_type": "refresh_token", "refresh_token": "demo-refresh-quickbooks"},
        auth=CLIENT,
        headers={"x-include-refresh-token-hard-expires-in": "true"},
        timeout=60,
    )
    assert answer.json()["x_refresh_token_hard_expires_in"] == 157680000


def test_a_refresh_token_works_once_and_then_its_successor_does(api: Client) -> None:
    first = connect(api)
    status, second = refresh(api, first["refresh_token"])
    assert status == 200
    assert second["refresh_token"] != first["refresh_token"]
    status, error = refresh(api, first["refresh_token"])
    assert (status, error) == (
        400,
        {"error": "invalid_grant", "error_description": "Token invalid"},
    )
    assert refresh(api, second["refresh_token"])[0] == 200


def test_reuse_of_an_old_token_may_end_the_connection(api: Client) -> None:
    api.switch(refresh_reuse_revokes=True)
    first = connect(api)
    second = refresh(api, first["refresh_token"])[1]
    refresh(api, first["refresh_token"])
    assert refresh(api, second["refresh_token"])[1]["error"] == "invalid_grant"
    assert "Token revoked" in call(api, second["access_token"]).text


def test_rotation_may_wait_for_a_day(api: Client) -> None:
    api.switch(refresh_rotation="daily")
    first = connect(api)
    assert refresh(api, first["refresh_token"])[1]["refresh_token"] == first["refresh_token"]
    api.control("POST", "clock", {"days": 1})
    later = refresh(api, first["refresh_token"])[1]
    assert later["refresh_token"] != first["refresh_token"]
    assert refresh(api, first["refresh_token"])[0] == 400


def test_the_first_refresh_token_can_be_single_use_too(api: Client) -> None:
    api.switch(demo_refresh_token="single_use")
    connect(api)
    assert refresh(api, "demo-refresh-quickbooks")[1]["error"] == "invalid_grant"


def test_tokens_expire(api: Client) -> None:
    given = connect(api)
    api.control("POST", "clock", {"seconds": 3601})
    answer = call(api, given["access_token"])
    assert answer.status_code == 401
    fault = answer.json()["fault"]
    assert fault["type"] == "AUTHENTICATION"
    assert fault["error"][0]["detail"].startswith("Token expired")
    assert fault["error"][0]["message"] == (
        "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    )
    api.control("POST", "clock", {"days": 101})
    assert refresh(api, given["refresh_token"])[1]["error"] == "invalid_grant"


def test_five_years_are_the_end_however_often_it_is_used(api: Client) -> None:
    given = connect(api)
    for _ in range(19):
        api.control("POST", "clock", {"days": 100})
        status, given = refresh(api, given["refresh_token"])
        if status != 200:
            break
    assert given["error"] == "invalid_grant"


@pytest.mark.parametrize("value", ["demo-access", "nonsense"])
def test_wrong_refresh_tokens_say_why(api: Client, value: str) -> None:
    status, error = refresh(api, value)
    wrong_kind = "Incorrect Token type or clientID"
    assert status == 400
    assert error["error_description"] == (wrong_kind if value == "demo-access" else "Token invalid")


def test_a_wrong_secret_is_refused(api: Client) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "demo-refresh-quickbooks"}
    assert token(api, ("demo-client", "wrong"), **form) == (401, {"error": "invalid_client"})


def test_revoking_ends_the_connection(api: Client) -> None:
    given = connect(api)
    url = api.urls["quickbooks"]["revoke"]
    body = {"token": given["refresh_token"]}
    assert requests.post(url, json=body, auth=CLIENT, timeout=60).status_code == 200
    assert "Token revoked" in call(api, given["access_token"]).text
    assert refresh(api, given["refresh_token"])[0] == 400


def test_another_realm_is_forbidden(api: Client) -> None:
    answer = call(api, "demo-access", realm="999")
    assert answer.status_code == 403
    error = answer.json()["fault"]["error"][0]
    assert error["code"] == "3100"
    assert error["message"] == (
        "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
    )


def test_a_user_who_lost_admin_rights_loses_the_connection(api: Client) -> None:
    api.switch(administrator="no")
    answer = call(api, "demo-access")
    assert answer.json()["Fault"]["Error"][0]["code"] == "120"


def test_every_answer_has_a_transaction_id(api: Client) -> None:
    assert call(api, "demo-access").headers["intuit_tid"]
    assert call(api, "nonsense").headers["intuit_tid"]


def test_without_the_static_token_only_real_ones_work() -> None:
    with SandboxServer(static_token=False) as server, Client(server) as api:
        assert call(api, "demo-access").status_code == 401
        given = connect(api)
        assert call(api, given["access_token"]).status_code == 200
        assert refresh(api, "demo-refresh-quickbooks")[0] == 400
