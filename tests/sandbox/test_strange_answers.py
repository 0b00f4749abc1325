"""Faults by content, for ever, after the connection is gone, or in what is kept only."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from tests.sandbox.client import Client, invoice, payment

OTHERS = {
    "xero": {
        "url": "api",
        "headers": {"xero-tenant-id": "70784a63-0000-4000-8000-000000000001"},
        "method": "PUT",
        "path": "Contacts",
        "body": {"Contacts": [{"Name": "Ana"}]},
    },
    "zoho": {
        "url": "api",
        "headers": {},
        "method": "POST",
        "path": "contacts?organization_id=600000000001",
        "body": {"contact_name": "Ana"},
    },
    "quickbooks": {
        "url": "api",
        "headers": {},
        "method": "POST",
        "path": "customer",
        "body": {"DisplayName": "Ana", "CurrencyRef": {"value": "COP"}},
    },
}


def plan(api: Client, **wish: Any) -> None:
    answer = api.control("POST", "faults", wish)
    assert "error" not in answer, answer


def create(api: Client, system: str, **headers: str) -> requests.Response:
    """Create the customer Ana in one of the products."""
    how: dict[str, Any] = OTHERS[system]
    return requests.request(
        how["method"],
        f"{api.urls[system]['api']}/{how['path']}",
        json=how["body"],
        headers={
            "Authorization": f"{'Zoho-oauthtoken' if system == 'zoho' else 'Bearer'} demo-access",
            "Accept": "application/json",
            **how["headers"],
            **headers,
        },
        timeout=60,
    )


def customer_id(answer: requests.Response) -> str:
    found = re.search(r'"(?:Id|ContactID|contact_id)": ?"([^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


def anas(api: Client, system: str) -> int:
    customers = api.control("GET", f"{system}/books")["customers"]
    return [each["name"] for each in customers].count("Ana")


def payments(api: Client) -> int:
    return int(api.query("select count(*) from Payment")["totalCount"])


@pytest.mark.parametrize("system", OTHERS)
def test_a_late_write_is_applied_when_the_clock_gets_there(api: Client, system: str) -> None:
    api.control("POST", "clock", {"still": True})
    plan(api, system=system, kind="late", seconds=4)
    with pytest.raises(requests.ConnectionError):
        create(api, system)
    assert anas(api, system) == 0
    api.control("POST", "clock", {"seconds": 3})
    assert anas(api, system) == 0
    api.control("POST", "clock", {"seconds": 1})
    assert anas(api, system) == 1


def test_a_late_write_is_in_a_listing_that_lags_by_the_time_of_its_own(api: Client) -> None:
    """Whoever waits long enough for both finds it: it is not made when somebody looks."""
    api.control("POST", "zoho/settings", {"read_lag_s": 2})
    api.control("POST", "clock", {"still": True})
    plan(api, system="zoho", kind="late", seconds=4)
    with pytest.raises(requests.ConnectionError):
        create(api, "zoho")
    api.control("POST", "clock", {"seconds": 10})
    url = f"{api.urls['zoho']['api']}/contacts?organization_id=600000000001&contact_name=Ana"
    headers = {"Authorization": "Zoho-oauthtoken demo-access"}
    told = requests.get(url, headers=headers, timeout=60).json()
    assert [each["contact_name"] for each in told["contacts"]] == ["Ana"]


@pytest.mark.parametrize(("remembered", "made"), [("replay", 1), ("ignore", 2)])
def test_a_late_write_that_is_sent_again_is_one_where_ids_are_honoured(
    api: Client, remembered: str, made: int
) -> None:
    api.control("POST", "clock", {"still": True})
    api.switch(requestid=remembered)
    plan(api, system="quickbooks", kind="late")
    with pytest.raises(requests.ConnectionError):
        api.send("payment", payment(10, {}), requestid="p-1")
    assert payments(api) == 0
    assert api.send("payment", payment(10, {}), requestid="p-1")[0] == 200
    api.control("POST", "clock", {"seconds": 5})
    assert payments(api) == made


def test_a_late_write_is_forgotten_at_a_reset(api: Client) -> None:
    plan(api, system="quickbooks", kind="late", seconds=60)
    with pytest.raises(requests.ConnectionError):
        api.send("payment", payment(10, {}))
    api.control("POST", "reset")
    api.control("POST", "clock", {"seconds": 61})
    assert payments(api) == 0


@pytest.mark.parametrize("system", OTHERS)
def test_what_a_text_holds_is_answered_500_for_ever(api: Client, system: str) -> None:
    plan(api, system=system, kind="500", count=0, match={"body": "A[n]a"})
    assert [create(api, system).status_code for _ in range(5)] == [500] * 5
    assert anas(api, system) == 0
    api.control("DELETE", "faults")
    assert create(api, system).ok
    assert anas(api, system) == 1


def test_a_body_without_the_text_is_not_struck(api: Client) -> None:
    plan(api, system="quickbooks", kind="500", count=0, match={"body": "Zoë"})
    assert api.invoice(1)["Id"]


@pytest.mark.parametrize("system", OTHERS)
def test_a_body_is_refused_in_the_products_own_words(api: Client, system: str) -> None:
    plan(api, system=system, kind="refuse", code="7777", text="No such sign", match={"body": "Ana"})
    answer = create(api, system)
    assert answer.status_code == 400
    assert "No such sign" in answer.text
    assert ("7777" in answer.text) == (system != "xero")
    assert create(api, system).ok


def test_a_query_is_refused_by_its_text(api: Client) -> None:
    plan(api, system="quickbooks", kind="refuse", code="4000", match={"path": "O’Neil"})
    statement = "select * from Customer where DisplayName = 'O’Neil'"
    assert api.query_error(statement)["code"] == "4000"
    assert api.query(statement) == {}


@pytest.mark.parametrize(
    ("wish", "status", "body"),
    [
        ({"kind": "page"}, 200, "<html>"),
        ({"kind": "answer", "status": 409, "text": "busy"}, 409, "busy"),
        ({"kind": "answer"}, 200, ""),
    ],
)
def test_any_answer_may_be_given(api: Client, wish: Any, status: int, body: str) -> None:
    plan(api, system="quickbooks", **wish)
    answer = api.http.post(f"{api.api}/invoice", json=invoice(1), timeout=60)
    assert answer.status_code == status
    assert answer.text[: len(body) or 1] == body


@pytest.mark.parametrize("system", OTHERS)
def test_an_ok_may_stand_for_what_is_not_kept(api: Client, system: str) -> None:
    plan(api, system=system, kind="unkept")
    first = create(api, system)
    assert first.ok
    assert anas(api, system) == 0
    second = create(api, system)
    assert second.ok
    assert anas(api, system) == 1
    assert customer_id(first) != customer_id(second), "an id is never given twice"


@pytest.mark.parametrize("code", ["6210", "5010"])
def test_a_closed_period_has_the_code_that_is_set(api: Client, code: str) -> None:
    api.switch(closed_period=code)
    api.edit(action="lock", date="2026-10-31")
    fault = api.refused("Invoice", invoice(1, TxnDate="2026-10-31"))
    assert fault["code"] == code
    assert fault["Message"].startswith("Account Period Closed")


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "late", "when": "after"},
        {"kind": "500", "count": -1},
        {"kind": "500", "match": {"body": "("}},
    ],
)
def test_a_strange_answer_that_makes_no_sense_is_refused(api: Client, wish: Any) -> None:
    assert "error" in api.control("POST", "faults", wish)
