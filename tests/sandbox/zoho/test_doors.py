"""Limits, injected faults, and what survives a restart."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import requests

from bridge.sandbox.server import SandboxServer
from tests.sandbox.zoho.client import ORGANIZATION, Client, allowed, token


def test_a_hundred_requests_a_minute(strict: Client) -> None:
    answers = [strict.raw("GET", "users/me") for _ in range(101)]
    assert {answer.status_code for answer in answers[:100]} == {200}
    last = answers[100]
    assert (last.status_code, last.json()["code"]) == (429, 44)
    assert "Retry-After" not in last.headers
    assert answers[0].headers["X-Rate-Limit-Limit"] == "5000"
    assert int(answers[0].headers["X-Rate-Limit-Remaining"]) == 4999
    assert int(answers[0].headers["X-Rate-Limit-Reset"]) <= 86_400
    assert int(last.headers["X-Rate-Limit-Remaining"]) == 4900, "what is refused does not count"
    strict.control("POST", "clock", {"seconds": 61})
    wrong = strict.raw("GET", "invoices/1")
    assert (wrong.status_code, wrong.headers["X-Rate-Limit-Remaining"]) == (404, "4899")
    assert strict.control("GET", "zoho/calls")["throttled"] == 1


@pytest.mark.parametrize(
    ("turns", "after_an_hour", "after_six"), [("organization", 45, 0), ("utc", 0, 0)]
)
def test_a_daily_quota_by_plan_ends_when_the_day_turns(
    strict: Client, turns: str, after_an_hour: int, after_six: int
) -> None:
    assert strict.control("GET", "zoho/calls")["calls_day_quota"] == 5000
    strict.control("POST", "clock", {"seconds": 6.5 * 3600})  # from noon to half an hour before UTC
    strict.switch(plan="Free", requests_per_day=3, day_resets_at=turns)
    for _ in range(3):
        strict.get("users/me")
    status, answer = strict.send("GET", "users/me")
    assert (status, answer["code"]) == (429, 45)
    assert answer["message"].endswith("maximum call rate limit of 3.")
    for hours, code in ((1, after_an_hour), (5, after_six)):
        strict.control("POST", "clock", {"seconds": hours * 3600})
        assert strict.send("GET", "users/me")[1]["code"] == code
    strict.switch(requests_per_day=0)
    assert strict.control("GET", "zoho/calls")["calls_day_quota"] == 1000


def test_five_at_once(strict: Client) -> None:
    strict.switch(work_ms=400)
    codes: list[int] = []

    def ask() -> None:
        header = {"Authorization": "Zoho-oauthtoken demo-access"}
        params = {"organization_id": ORGANIZATION}
        answer = requests.get(f"{strict.api}/users/me", params=params, headers=header, timeout=60)
        codes.append(answer.json()["code"])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes.count(1070) >= 1
    assert codes.count(0) >= 5
    assert strict.control("GET", "zoho/calls")["most_in_process"] == 5


@pytest.mark.parametrize("kind", ["reset", "500", "html", "429"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_before_or_after_the_write(
    zoho: Client, customer: str, kind: str, when: str
) -> None:
    body = zoho.invoice_body(customer)
    zoho.control("POST", "faults", {"system": "zoho", "kind": kind, "when": when})
    if kind == "reset":
        with pytest.raises(requests.ConnectionError):
            zoho.raw("POST", "invoices", body)
    else:
        answer = zoho.raw("POST", "invoices", body)
        assert answer.status_code == {"500": 500, "html": 502, "429": 429}[kind]
        if kind != "html":
            assert answer.json()["code"] == (1000 if kind == "500" else 44)
    assert len(zoho.get("invoices")["invoices"]) == (1 if when == "after" else 0)


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    data = tmp_path / "sandbox.json"

    def run(work: Any) -> Any:
        with SandboxServer(fast=True, data=data) as server:
            client = Client(server)
            with client.http:
                return work(client)

    def first(zoho: Client) -> Any:
        zoho.field("invoice")
        customer = zoho.customer("Ana", "MXN")
        value = {"api_name": "cf_ledger_id", "value": "loan:1"}
        made = zoho.invoice(customer, "100.10", custom_fields=[value])
        zoho.payment(customer, 50, {made: 50}, account_id=zoho.account("Bank MXN"))
        access = token(zoho).json()["access_token"]
        return zoho.books(), zoho.read(made), access

    books, invoice, access = run(first)

    def second(zoho: Client) -> None:
        assert zoho.books() == books
        assert zoho.read(invoice["invoice_id"]) == invoice
        assert allowed(zoho, access) == 200
        value = {"api_name": "cf_ledger_id", "value": "loan:1"}
        body = zoho.invoice_body(invoice["customer_id"], custom_fields=[value])
        assert zoho.refused("POST", "invoices", body) == (400, 900005)
        zoho.ok("POST", f"invoices/{invoice['invoice_id']}/writeoff")

    run(second)


def test_without_the_static_token() -> None:
    with SandboxServer(fast=True, static_token=False) as server:
        client = Client(server)
        with client.http:
            assert "access_token" not in client.urls["zoho"]
            assert client.refused("GET", "invoices") == (401, 57)
            assert allowed(client, token(client).json()["access_token"]) == 200
