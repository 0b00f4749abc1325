"""Idempotency keys, rate limits, faults on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import requests

from bridge.sandbox.server import SandboxServer
from tests.sandbox.xero.client import Client, invoice, parsed


@pytest.fixture(scope="module")
def strict() -> Iterator[SandboxServer]:
    with SandboxServer() as running:
        yield running


@pytest.fixture
def limited(strict: SandboxServer) -> Iterator[Client]:
    strict.control.reset()
    with Client(strict) as client:
        yield client


def keyed(api: Client, body: object, key: str = "k1", path: str = "Invoices") -> requests.Response:
    return api.call("PUT", path, body, {"Idempotency-Key": key})


def test_the_same_key_gets_the_same_bytes_and_makes_one_document(api: Client, ana: str) -> None:
    first, second = (keyed(api, invoice(ana)) for _ in range(2))
    assert first.content == second.content
    assert len(api.many("Invoices")) == 1


def test_refusals_are_remembered_too(api: Client, ana: str) -> None:
    bad = invoice(ana, CurrencyCode="EUR")
    first = keyed(api, bad)
    api.send("PUT", "Currencies", {"Code": "EUR"})
    second = keyed(api, bad)
    assert (first.status_code, second.content) == (400, first.content)
    assert keyed(api, bad, "k2").status_code == 200


def test_a_key_is_for_one_request(api: Client, ana: str) -> None:
    keyed(api, invoice(ana))
    clash = keyed(api, invoice(ana, 5))
    assert clash.status_code == 400
    assert clash.json()["Message"] == "Idempotency Key: k1 is used with a different request."
    long = keyed(api, invoice(ana), "k" * 129)
    assert (long.status_code, "129" in long.json()["Message"]) == (400, True)


def test_after_six_minutes_the_key_is_new(api: Client, ana: str) -> None:
    keyed(api, invoice(ana))
    api.control("POST", "clock", {"seconds": 361})
    assert keyed(api, invoice(ana)).status_code == 200
    assert len(api.many("Invoices")) == 2


def test_keys_may_do_nothing_at_all(api: Client, ana: str) -> None:
    api.switch(idempotency="ignore")
    for _ in range(2):
        keyed(api, invoice(ana))
    assert len(api.many("Invoices")) == 2


def test_the_minute_has_so_many_calls(limited: Client) -> None:
    limited.switch(calls_per_minute=3)
    answers = [limited.call("GET", "Organisation") for _ in range(8)]
    good = [each for each in answers if each.status_code == 200]
    refused = next(each for each in answers if each.status_code == 429)
    assert int(good[0].headers["X-MinLimit-Remaining"]) <= 2
    assert good[0].headers["X-AppMinLimit-Remaining"] == "9999"
    assert (refused.content, refused.headers["X-Rate-Limit-Problem"]) == (b"", "minute")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert limited.control("GET", "xero/calls")["throttled"] >= 1
    limited.control("POST", "clock", {"seconds": 60})
    assert limited.call("GET", "Organisation").status_code == 200


def test_the_day_has_so_many_calls(limited: Client) -> None:
    limited.switch(calls_per_day=2)
    answers = [limited.call("GET", "Organisation") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[1].headers["X-DayLimit-Remaining"] == "0"
    assert answers[2].headers["X-Rate-Limit-Problem"] == "day"
    assert int(answers[2].headers["Retry-After"]) > 1
    limited.control("POST", "clock", {"days": 1})
    assert limited.call("GET", "Organisation").status_code == 200


def test_the_app_has_a_minute_of_its_own(limited: Client) -> None:
    limited.switch(calls_per_app_minute=1)
    answers = [limited.call("GET", "Organisation") for _ in range(4)]
    refused = next(each for each in answers if each.status_code == 429)
    assert refused.headers["X-Rate-Limit-Problem"] == "appminute"
    assert "Retry-After" not in refused.headers


def test_five_calls_at_once_and_no_more(limited: Client) -> None:
    limited.switch(processing_ms=400)
    found: list[requests.Response] = []

    def ask() -> None:
        with Client(limited.server) as client:
            found.append(client.call("GET", "Organisation"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [each for each in found if each.status_code == 429]
    assert len(refused) == 3
    assert refused[0].headers["X-Rate-Limit-Problem"] == "concurrent"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_leaves_the_document_or_does_not(api: Client, ana: str, when: str) -> None:
    match = {"method": "PUT", "path": "Invoices"}
    wish = {"system": "xero", "kind": "reset", "when": when, "match": match}
    api.control("POST", "faults", wish)
    with pytest.raises(requests.ConnectionError):
        api.call("PUT", "Invoices", invoice(ana, InvoiceNumber="LN-1"))
    found = api.many("Invoices", InvoiceNumbers="LN-1")
    assert len(found) == (1 if when == "after" else 0)


def test_injected_refusals_look_like_xeros(api: Client, ana: str) -> None:
    for kind, status in (("500", 500), ("429", 429), ("503", 503)):
        api.control("POST", "faults", {"system": "xero", "kind": kind})
        answer = api.call("PUT", "Invoices", invoice(ana))
        assert answer.status_code == status
        if kind == "429":
            assert (answer.content, answer.headers["Retry-After"]) == (b"", "1")
        if kind == "500":
            assert parsed(answer)["Message"].startswith("An error occurred in Xero.")
    assert api.many("Invoices") == []


def test_an_organisation_may_be_offline_and_bodies_too_large(api: Client, ana: str) -> None:
    api.switch(body_limit_bytes=10)
    assert api.call("PUT", "Invoices", invoice(ana)).status_code == 413
    api.switch(body_too_large="400")
    assert api.call("PUT", "Invoices", invoice(ana)).status_code == 400
    api.switch(organisation="offline")
    answer = api.call("GET", "Organisation")
    assert (answer.status_code, answer.text) == (503, "The Organisation is offline")
    assert answer.headers["content-type"].startswith("text/plain")
