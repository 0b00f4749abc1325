"""Answers that lie, on demand, from every face."""

from __future__ import annotations

import json
import socket
import time
from decimal import Decimal
from typing import Any

import pytest
import requests

from bridge.sandbox.server import SandboxServer

ASKED = {
    "quickbooks": "companyinfo/4620816365000000001",
    "xero": "Organisation",
    "zoho": "organizations",
}
COMPANY = {"quickbooks": "CompanyName", "xero": "Name", "zoho": "name"}
UNAUTHORIZED = {"quickbooks": "3200", "xero": "TokenExpired", "zoho": "14"}


class Desk:
    """One face, asked with requests' own client."""

    def __init__(self, server: SandboxServer, system: str) -> None:
        server.control.reset()
        self.server, self.system, self.urls = server, system, server.urls()
        self.http = requests.Session()
        scheme = "Zoho-oauthtoken" if system == "zoho" else "Bearer"
        self.http.headers["Authorization"] = f"{scheme} demo-access"
        self.http.headers["Accept"] = "application/json"
        self.http.headers["xero-tenant-id"] = "70784a63-0000-4000-8000-000000000001"

    def plan(self, kind: str, **wish: Any) -> requests.Response:
        wish = {"system": self.system, "kind": kind, **wish}
        return self.http.post(f"{self.urls['control']}/faults", json=wish, timeout=60)

    def ask(self) -> requests.Response:
        return self.http.get(f"{self.urls[self.system]['api']}/{ASKED[self.system]}", timeout=60)

    def told(self) -> Any:
        return json.loads(self.ask().text, parse_float=Decimal)


@pytest.fixture(params=sorted(ASKED))
def desk(server: SandboxServer, request: pytest.FixtureRequest) -> Desk:
    return Desk(server, request.param)


@pytest.mark.parametrize("value", ["Another Ltd", None, [], {"a": 1}, Decimal("1e400")])
def test_a_field_of_an_answer_is_what_one_wishes(desk: Desk, value: Any) -> None:
    true = desk.ask().text
    wished = float("inf") if isinstance(value, Decimal) else value
    if wished == float("inf"):
        wish = {"system": desk.system, "kind": "lie", "field": COMPANY[desk.system]}
        body = json.dumps(wish)[:-1] + ', "value": 1e400}'
        assert requests.post(f"{desk.urls['control']}/faults", body, timeout=60).ok
    else:
        assert desk.plan("lie", field=COMPANY[desk.system], value=value).ok
    lie = desk.told()
    assert COMPANY[desk.system] in true
    assert json.dumps(value, default=lambda _: 0) in json.dumps(lie, default=lambda _: 0)
    assert COMPANY[desk.system] in desk.ask().text, "the next answer is the true one again"


def test_a_field_may_be_missing_and_a_list_twice_as_long(desk: Desk) -> None:
    outer = {"quickbooks": "Country", "xero": "Organisations", "zoho": "organizations"}[desk.system]
    desk.plan("lie", field=outer, how="drop")
    assert outer not in desk.told()
    desk.plan("lie", field=outer, how="repeat")
    told = desk.told().get(outer)
    assert not isinstance(told, list) or (len(told) == 2 and told[0] == told[1])


def test_values_are_exchanged(desk: Desk) -> None:
    rows = {"quickbooks": "query?query=select * from Account", "xero": "Accounts", "zoho": "items"}
    field = {"quickbooks": "Id", "xero": "AccountID", "zoho": "item_id"}[desk.system]
    url = f"{desk.urls[desk.system]['api']}/{rows[desk.system]}"
    company = {"organization_id": "600000000001"} if desk.system == "zoho" else {}

    def ids() -> list[str]:
        found = json.loads(desk.http.get(url, params=company, timeout=60).text)
        found = found.get("QueryResponse", found)
        listed = next(value for value in found.values() if isinstance(value, list))
        return [each[field] for each in listed]

    true = ids()
    desk.plan("lie", field=field, how="swap")
    assert ids() == [true[1], true[0], *true[2:]]


def test_a_status_and_headers_are_what_one_wishes(desk: Desk) -> None:
    desk.plan("lie", status=503, headers={"Retry-After": "1000000000000"})
    answer = desk.ask()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1000000000000"


def test_an_answer_may_show_what_was_sent(desk: Desk) -> None:
    desk.http.headers["X-Secret"] = "s3cret-header"
    desk.plan("lie")
    assert "s3cret-header" not in desk.ask().text
    url = desk.urls[desk.system]["api"] + "/none-such"
    desk.plan("echo")
    assert "s3cret-header" in desk.http.get(url, timeout=60).text


def test_a_token_is_refused_in_the_middle(desk: Desk) -> None:
    desk.plan("401")
    refused = desk.ask()
    assert refused.status_code == 401
    assert UNAUTHORIZED[desk.system] in refused.text
    assert desk.ask().status_code == 200


def test_an_interim_answer_comes_first(desk: Desk) -> None:
    desk.plan("interim", seconds=0)
    assert "103 Early Hints" in _raw(desk)


def test_a_reply_may_drip(desk: Desk) -> None:
    desk.plan("drip", seconds=0.001)
    began = time.monotonic()
    whole = _raw(desk)
    assert len(whole) > 100
    assert time.monotonic() - began >= len(whole) * 0.001


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "lie", "how": "bend"},
        {"kind": "lie", "status": 42},
        {"kind": "lie", "field": "a", "when": "before"},
        {"kind": "lie", "headers": []},
    ],
)
def test_a_wish_that_means_nothing_is_refused(desk: Desk, wish: dict[str, Any]) -> None:
    assert desk.plan(**wish).status_code == 400


def _raw(desk: Desk) -> str:
    """The bytes of one answer as they come."""
    host = desk.urls["url"].removeprefix("http://").split(":")
    path = desk.urls[desk.system]["api"].removeprefix(desk.urls["url"])
    lines = [f"GET {path}/{ASKED[desk.system]} HTTP/1.1", "Host: x", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in desk.http.headers.items() if "-" in name]
    lines += [f"Authorization: {desk.http.headers['Authorization']!s}"]
    with socket.create_connection((host[0], int(host[1])), timeout=60) as sock:
        sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        parts = []
        while part := sock.recv(65536):
            parts.append(part)
    return b"".join(parts).decode()


def test_an_answer_may_be_bytes_that_are_no_text(desk: Desk) -> None:
    assert desk.plan("answer", base64="//7DKA==").ok
    assert desk.ask().content == b"\xff\xfe\xc3("
    assert desk.plan("answer", base64="no base 64").status_code == 400


@pytest.mark.parametrize("kind", ["429", "503", "answer", "refuse"])
def test_headers_go_with_every_answer_that_a_fault_gives(desk: Desk, kind: str) -> None:
    desk.plan(kind, headers={"Retry-After": "1000000000000"})
    assert desk.ask().headers["Retry-After"] == "1000000000000"
