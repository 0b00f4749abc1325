"""Rate limits, the meter of reads, and faults on demand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from bridge.sandbox.server import SandboxServer
from tests.sandbox.client import AMY, Client, invoice, payment


@pytest.fixture(scope="module")
def strict() -> Iterator[SandboxServer]:
    with SandboxServer() as running:
        yield running


@pytest.fixture
def limited(strict: SandboxServer) -> Iterator[Client]:
    strict.control.reset()
    with Client(strict) as client:
        yield client


def ask(api: Client) -> requests.Response:
    return api.http.get(f"{api.api}/customer/1", timeout=60)


def statuses(api: Client, count: int) -> list[int]:
    return [ask(api).status_code for _ in range(count)]


def test_ten_requests_a_second_and_then_429(limited: Client) -> None:
    limited.control("POST", "quickbooks/settings", {"requests_per_second": 3})
    assert 429 in statuses(limited, 20)
    answer = next(each for each in (ask(limited) for _ in range(20)) if each.status_code == 429)
    fault = answer.json()["fault"]
    assert fault["type"] == "SERVICE"
    assert fault["error"][0] == {
        "message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "detail": "The request limit was reached.  Try again later",
        "code": "3001",
        "element": None,
    }
    assert "Retry-After" not in answer.headers


def test_five_hundred_a_minute(limited: Client) -> None:
    limited.switch(requests_per_second=10_000, requests_per_minute=5)
    assert statuses(limited, 7) == [200] * 5 + [429] * 2
    limited.control("POST", "clock", {"seconds": 61})
    assert statuses(limited, 1) == [200]
    assert limited.control("GET", "quickbooks/calls")["throttled"] == 2


def test_batches_have_a_window_of_their_own(limited: Client) -> None:
    limited.switch(batches_per_minute=2)
    items = {"BatchItemRequest": [{"bId": "1", "Query": "select * from Class"}]}
    assert [limited.send("batch", items)[0] for _ in range(3)] == [200, 200, 429]


def test_the_shape_of_a_429_is_a_switch(limited: Client) -> None:
    limited.switch(requests_per_minute=0, throttle_format="xml", retry_after_s=60)
    answer = ask(limited)
    assert answer.status_code == 429
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert answer.headers["Retry-After"] == "60"
    assert '<Error code="3001">' in answer.text
    assert "<Detail>The request limit was reached.  Try again later</Detail>" in answer.text
    limited.switch(throttle_format="json", throttle_status="403")
    answer = ask(limited)
    assert answer.status_code == 403
    assert "ThrottleExceeded" in answer.text


def meter(api: Client) -> int:
    return int(api.control("GET", "quickbooks/calls")["core_plus_month"])


def test_reads_and_batches_are_metered_and_single_writes_are_free(api: Client) -> None:
    before = meter(api)
    api.invoice(1)
    api.refused("Invoice", {})
    assert meter(api) == before
    api.read("Customer", AMY)
    api.query("select * from Class")
    api.query_error("select")
    assert meter(api) == before + 2
    items = [{"bId": str(n), "Query": "select * from Class"} for n in range(3)]
    api.send("batch", {"BatchItemRequest": items})
    assert meter(api) == before + 3
    api.switch(batch_metering="item")
    api.send("batch", {"BatchItemRequest": items})
    assert meter(api) == before + 6


def test_the_monthly_block_stops_reads_and_lets_writes_through(api: Client) -> None:
    api.switch(monthly_block=True)
    assert ask(api).status_code == 429
    api.invoice(1)


def plan(api: Client, **wish: Any) -> None:
    answer = api.control("POST", "faults", {"system": "quickbooks", **wish})
    assert "error" not in answer, answer


def count(api: Client, entity: str) -> int:
    return int(api.query(f"select count(*) from {entity}")["totalCount"])


def test_a_connection_cut_before_the_write_leaves_nothing(api: Client) -> None:
    plan(api, kind="reset", when="before", match={"method": "POST", "path": "/payment"})
    with pytest.raises(requests.ConnectionError):
        api.payment(10, {})
    assert count(api, "Payment") == 0
    api.payment(10, {})


def test_a_connection_cut_after_the_write_leaves_the_document(api: Client) -> None:
    plan(api, kind="reset", when="after")
    with pytest.raises(requests.ConnectionError):
        api.send("payment", payment(10, {}), requestid="p-1")
    assert count(api, "Payment") == 1
    api.send("payment", payment(10, {}), requestid="p-1")
    assert count(api, "Payment") == 1


def test_a_timeout_holds_the_answer_until_the_client_gives_up(api: Client) -> None:
    plan(api, kind="timeout", when="after", seconds=20)
    with pytest.raises(requests.ReadTimeout):
        api.http.post(f"{api.api}/invoice", json=invoice(1), timeout=(60, 0.2))
    while not (made := count(api, "Invoice")):  # it may have given up before the write began
        pass
    assert made == 1


@pytest.mark.parametrize("remembered", ["replay", "ignore"])
def test_half_an_answer_is_cut_off_the_true_one(api: Client, remembered: str) -> None:
    api.switch(requestid=remembered)
    plan(api, kind="half")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        api.send("invoice", invoice(1), requestid="i-1")
    assert count(api, "Invoice") == 1
    assert api.send("invoice", invoice(1), requestid="i-1")[0] == 200
    plan(api, kind="half", match={"method": "GET", "path": "/customer/"})
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask(api)
    assert ask(api).ok


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        ("500", 500, '"type":"SystemFault"'),
        ("503", 503, "<html>"),
        ("429", 429, "ThrottleExceeded"),
        ("html", 502, "<html>"),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_wrong_answers(api: Client, kind: str, status: int, text: str, when: str) -> None:
    plan(api, kind=kind, when=when)
    answer = api.http.post(f"{api.api}/invoice", json=invoice(1), timeout=60)
    assert answer.status_code == status
    assert text in answer.text
    assert count(api, "Invoice") == (when == "after")


def test_slow_answers_are_true_ones(api: Client) -> None:
    plan(api, kind="slow", seconds=0.05)
    began = time.monotonic()
    assert api.read("Customer", AMY)["Id"] == AMY
    assert time.monotonic() - began >= 0.05


def test_a_fault_strikes_as_often_as_asked_and_only_what_it_matches(api: Client) -> None:
    plan(api, kind="500", count=2, match={"path": "/customer/[0-9]+"})
    assert [ask(api).status_code for _ in range(3)] == [500, 500, 200]
    plan(api, kind="500", match={"method": "POST"})
    assert ask(api).status_code == 200
    api.control("DELETE", "faults")
    assert api.invoice(1)["Id"]
    plan(api, kind="500", when="after")
    assert ask(api).status_code == 200


def test_logins_are_struck_only_if_aimed_at(api: Client) -> None:
    url = api.urls["quickbooks"]["token"]
    form = {"grant_type": "refresh_token", "refresh_token": "demo-refresh-quickbooks"}
    plan(api, kind="500")
    auth = ("demo-client", "demo-secret")
    assert requests.post(url, data=form, auth=auth, timeout=60).status_code == 200
    plan(api, kind="503", match={"path": "tokens/bearer"})
    assert requests.post(url, data=form, auth=auth, timeout=60).status_code == 503


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "flood"},
        {"kind": "500", "when": "never"},
        {"kind": "500", "system": "sage"},
        {"kind": "half", "when": "before"},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(api: Client, wish: dict[str, Any]) -> None:
    assert "error" in api.control("POST", "faults", {"system": "quickbooks", **wish})


def test_latency_delays_every_answer(api: Client) -> None:
    api.control("POST", "quickbooks/latency", {"ms": 60})
    began = time.monotonic()
    ask(api)
    assert time.monotonic() - began >= 0.06
    api.control("POST", "quickbooks/latency", {"ms": 0})
