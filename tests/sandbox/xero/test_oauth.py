"""Tokens, scopes, connections, tenants."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.sandbox.xero.client import TENANT, Client, invoice

REFRESH = "demo-refresh-xero"
BACK = "http://localhost:8080/back"
BASIC = ("demo-client", "demo-secret")


def token(api: Client, auth: Any = BASIC, **form: str) -> requests.Response:
    return requests.post(api.urls["xero"]["token"], data=form, auth=auth, timeout=60)


def refreshed(api: Client, refresh: str = REFRESH) -> dict[str, Any]:
    answer = token(api, grant_type="refresh_token", refresh_token=refresh)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def refused(answer: requests.Response) -> str:
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


def bearer(access: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {access}", **more}


def code(api: Client, **more: str) -> dict[str, str]:
    query = {
        "response_type": "code",
        "client_id": "demo-client",
        "redirect_uri": BACK,
        "scope": "offline_access accounting.contacts",
        "state": "s1",
        **more,
    }
    url = api.urls["xero"]["authorize"]
    answer = requests.get(url, params=query, allow_redirects=False, timeout=60)
    assert answer.status_code == 302, answer.text
    found = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in found.items()}


def test_refresh_tokens_rotate_and_the_one_before_lives_half_an_hour(api: Client) -> None:
    first = refreshed(api)
    assert (first["expires_in"], first["token_type"]) == (1800, "Bearer")
    second = refreshed(api, first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    api.control("POST", "clock", {"seconds": 1790})
    refreshed(api, first["refresh_token"])
    api.control("POST", "clock", {"seconds": 20})
    answer = token(api, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert refused(answer) == "invalid_grant"
    refreshed(api, second["refresh_token"])


def test_a_refresh_token_dies_after_sixty_idle_days(api: Client) -> None:
    first = refreshed(api)
    api.control("POST", "clock", {"days": 61})
    answer = token(api, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert refused(answer) == "invalid_grant"


def test_access_tokens_expire_with_the_recorded_words(api: Client) -> None:
    access = refreshed(api)["access_token"]
    claims = json.loads(base64.urlsafe_b64decode(access.split(".")[1] + "=="))
    assert claims["xero_userid"]
    assert api.call("GET", "Organisation", headers=bearer(access)).status_code == 200
    api.control("POST", "clock", {"seconds": 1801})
    answer = api.call("GET", "Organisation", headers=bearer(access))
    assert (answer.status_code, answer.json()["Title"]) == (401, "Unauthorized")
    assert answer.json()["Detail"].startswith("TokenExpired: token expired at ")
    other = api.call("GET", "Organisation", headers=bearer("nonsense"))
    assert other.json()["Detail"] == "AuthenticationUnsuccessful"


def test_every_token_error_is_a_400_with_one_word(api: Client) -> None:
    good = {"grant_type": "refresh_token", "refresh_token": REFRESH}
    assert refused(token(api, ("demo-client", "wrong"), **good)) == "invalid_client"
    assert refused(token(api, None, **good)) == "invalid_request"
    assert refused(token(api, grant_type="password")) == "unsupported_grant_type"
    body = requests.post(api.urls["xero"]["token"], json=good, auth=BASIC, timeout=60)
    assert refused(body) == "invalid_request"
    assert refused(token(api, grant_type="authorization_code", code="x")) == "invalid_grant"


def test_a_code_works_once_and_only_for_its_address(api: Client) -> None:
    found = code(api)
    assert found["state"] == "s1"
    form = {"grant_type": "authorization_code", "code": found["code"]}
    assert refused(token(api, **form, redirect_uri="http://localhost/x")) == "invalid_grant"
    form["code"] = code(api)["code"]
    given = token(api, **form, redirect_uri=BACK).json()
    assert given["scope"] == "offline_access accounting.contacts"
    assert refused(token(api, **form, redirect_uri=BACK)) == "invalid_grant"
    assert code(api, scope="accounting.transactions")["error"] == "invalid_scope"
    api.switch(app="old")
    assert "code" in code(api, scope="accounting.transactions")
    only = code(api, scope="openid accounting.contacts")["code"]
    short = token(api, grant_type="authorization_code", code=only, redirect_uri=BACK).json()
    assert ("id_token" in short, "refresh_token" in short) == (True, False)


def test_an_address_by_number_is_refused(api: Client) -> None:
    query = {"response_type": "code", "client_id": "demo-client", "scope": "openid"}
    query["redirect_uri"] = "http://127.0.0.1:8080/back"
    url = api.urls["xero"]["authorize"]
    assert requests.get(url, params=query, timeout=60).status_code == 400


def test_a_public_client_proves_itself_with_its_verifier(api: Client) -> None:
    verifier = "v" * 50
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    found = code(api, code_challenge=challenge, code_challenge_method="S256")
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "client_id": "demo-client"}
    given = token(api, None, **form, code=found["code"], code_verifier=verifier)
    assert given.status_code == 200
    again = code(api, code_challenge=challenge, code_challenge_method="S256")
    wrong = token(api, None, **form, code=again["code"], code_verifier="w" * 50)
    assert refused(wrong) == "invalid_grant"


@pytest.mark.parametrize("status", ["401", "403"])
def test_a_missing_scope_is_401_or_403(api: Client, status: str) -> None:
    api.switch(missing_scope=status)
    given = token(api, grant_type="client_credentials", scope="accounting.contacts.read").json()
    assert "refresh_token" not in given
    head = bearer(given["access_token"])
    assert api.call("GET", "Contacts", headers=head).status_code == 200
    for method, path in (("PUT", "Contacts"), ("GET", "Invoices"), ("GET", "Reports/TrialBalance")):
        answer = api.call(method, path, {} if method == "PUT" else None, head)
        assert answer.status_code == int(status)
    assert answer.json()["Detail"] == "AuthorizationUnsuccessful"


def test_a_custom_connection_needs_no_tenant(api: Client) -> None:
    access = token(api, grant_type="client_credentials").json()["access_token"]
    del api.http.headers["xero-tenant-id"]
    assert api.call("GET", "Organisation", headers=bearer(access)).status_code == 200
    assert api.call("GET", "Organisation").status_code == 403
    api.switch(custom_connection_tenant_header="required")
    assert api.call("GET", "Organisation", headers=bearer(access)).status_code == 403
    api.switch(custom_connections=False)
    assert refused(token(api, grant_type="client_credentials")) == "unauthorized_client"
    api.switch(custom_connections=True)
    answer = token(api, grant_type="client_credentials", scope="accounting.transactions")
    assert refused(answer) == "invalid_scope"


def test_connections_are_a_bare_list_and_can_be_ended(api: Client) -> None:
    url = api.urls["xero"]["connections"]
    found = api.http.get(url, timeout=60).json()
    assert [each["tenantId"] for each in found] == [TENANT]
    wrong = {"xero-tenant-id": "11111111-1111-4111-8111-111111111111"}
    assert api.call("GET", "Organisation", headers=wrong).json() == {
        "Type": None,
        "Title": "Forbidden",
        "Status": 403,
        "Detail": "AuthenticationUnsuccessful",
        "Instance": "00000000-0000-0000-0000-000000000000",
        "Extensions": {},
    }
    assert api.http.delete(f"{url}/{found[0]['id']}", timeout=60).status_code == 204
    assert api.http.get(url, timeout=60).json() == []
    assert api.call("GET", "Organisation").status_code == 403


def test_revoking_ends_every_token(api: Client) -> None:
    given = refreshed(api)
    url = api.urls["xero"]["revoke"]
    answer = requests.post(url, data={"token": given["refresh_token"]}, auth=BASIC, timeout=60)
    assert (answer.status_code, answer.content) == (200, b"")
    head = bearer(given["access_token"])
    assert api.call("PUT", "Invoices", invoice("x"), head).status_code == 401
    again = token(api, grant_type="refresh_token", refresh_token=given["refresh_token"])
    assert refused(again) == "invalid_grant"
