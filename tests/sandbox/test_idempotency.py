"""The requestid: the same answer again, for as long as it is remembered."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.client import AMY, Client, invoice, payment


def test_the_same_requestid_makes_one_document(api: Client) -> None:
    first = api.send("payment", payment(10, {}), requestid="p-1")
    again = api.send("payment", payment(99, {}), requestid="p-1")
    assert first == again
    assert api.query("select count(*) from Payment") == {"totalCount": 1}
    api.post("Payment", payment(10, {}), requestid="p-2")
    assert api.query("select count(*) from Payment") == {"totalCount": 2}


def test_calls_in_flight_with_one_requestid_make_one_document(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = api.server.faces["quickbooks"].requestids  # type: ignore[attr-defined]
    recall = ids.recall

    def dawdle(requestid: str) -> object:
        """Leave time for another call between looking the requestid up and noting it. However
        long that is, what must hold holds: a shorter one would only prove less."""
        known = recall(requestid)
        threading.Event().wait(0.01)
        return known

    monkeypatch.setattr(ids, "recall", dawdle)

    def post(_: int) -> str:
        with Client(api.server) as other:
            return str(other.post("Payment", payment(10, {}), requestid="p-1")["Id"])

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(post, range(8)))) == 1
    assert api.query("select count(*) from Payment") == {"totalCount": 1}


def test_the_company_may_ignore_requestids(api: Client) -> None:
    api.switch(requestid="ignore")
    for _ in range(2):
        api.post("Payment", payment(10, {}), requestid="p-1")
    assert api.query("select count(*) from Payment") == {"totalCount": 2}


def test_a_requestid_is_forgotten_after_a_while(api: Client) -> None:
    api.switch(requestid_retention_s=60)
    api.post("Payment", payment(10, {}), requestid="p-1")
    api.control("POST", "clock", {"seconds": 61})
    api.post("Payment", payment(10, {}), requestid="p-1")
    assert api.query("select count(*) from Payment") == {"totalCount": 2}


def test_whether_a_refusal_is_remembered_is_a_switch(api: Client) -> None:
    api.refused("Invoice", invoice(1, customer="999"), requestid="i-1")
    api.post("Invoice", invoice(1, customer=AMY), requestid="i-1")
    api.switch(requestid_replays_faults=True)
    api.refused("Invoice", invoice(1, customer="999"), requestid="i-2")
    api.refused("Invoice", invoice(1, customer=AMY), requestid="i-2")


def test_fifty_characters_are_the_limit(api: Client) -> None:
    api.post("Payment", payment(1, {}), requestid="r" * 50)
    assert api.refused("Payment", payment(1, {}), requestid="r" * 51)["code"] == "2050"
