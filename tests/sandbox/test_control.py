"""The bookkeeper's hand, the counters, the clock, the settings and the data file."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
import requests

from bridge.sandbox.server import SandboxServer, serve
from tests.sandbox.client import AMY, Client, link, payment, version


def document(api: Client, number: str) -> dict[str, Any]:
    found = [each for each in api.books()["documents"] if each["number"] == number]
    assert len(found) == 1, found
    return dict(found[0])


def test_the_books_show_documents_with_what_is_open(api: Client) -> None:
    made = api.invoice(1000, DocNumber="L-1", DueDate="2027-01-31")
    api.payment(400, {made["Id"]: 400}, PaymentRefNum="P-1")
    assert document(api, "L-1") == {
        "id": made["Id"],
        "kind": "invoice",
        "number": "L-1",
        "date": "2026-11-20",
        "due": "2027-01-31",
        "customer": "Amy's Bird Sanctuary",
        "currency": "COP",
        "rate": "1",
        "total": "1000.00",
        "open": "600.00",
        "status": "partial",
    }
    assert document(api, "P-1")["status"] == "applied"
    customers = {each["name"]: each["open_balance"] for each in api.books()["customers"]}
    assert customers["Amy's Bird Sanctuary"] == "600.00"


def test_every_field_of_a_document_can_be_edited(api: Client) -> None:
    made = api.invoice(1000, DocNumber="L-1")
    api.edit(
        action="edit",
        kind="invoice",
        number="L-1",
        set={"amount": "900", "date": "2026-10-01", "due": "2026-12-01", "memo": "mine"},
    )
    after = api.read("Invoice", made["Id"])
    assert (after["TotalAmt"], after["TxnDate"], after["DueDate"]) == (
        900,
        "2026-10-01",
        "2026-12-01",
    )
    assert (after["PrivateNote"], after["SyncToken"]) == ("mine", "1")
    other = api.customer("Other")
    api.payment(100, {made["Id"]: 100})
    api.edit(action="edit", kind="invoice", number="L-1", set={"customer": "Other", "number": "X"})
    after = api.read("Invoice", made["Id"])
    assert (after["CustomerRef"]["value"], after["Balance"], after["DocNumber"]) == (
        other,
        900,
        "X",
    )


def test_a_receipt_can_be_edited_below_what_it_settled(api: Client) -> None:
    made = api.invoice(1000)
    api.payment(400, {made["Id"]: 400}, PaymentRefNum="P-1")
    api.edit(action="edit", kind="receipt", number="P-1", set={"amount": 250, "account": "Savings"})
    assert api.read("Invoice", made["Id"])["Balance"] == 750
    assert (api.balance("Savings"), api.balance("Checking")) == (250, 0)


def test_a_paid_invoice_can_be_edited_below_what_was_paid(api: Client) -> None:
    made = api.invoice(1000, DocNumber="L-1")
    api.payment(800, {made["Id"]: 800}, PaymentRefNum="P-1")
    api.edit(action="edit", kind="invoice", number="L-1", set={"amount": 500})
    assert document(api, "L-1")["open"] == "500.00"
    assert document(api, "P-1")["open"] == "800.00"


def test_documents_can_be_voided_and_deleted_by_hand(api: Client) -> None:
    made = api.invoice(1000, DocNumber="L-1")
    api.payment(400, {made["Id"]: 400}, PaymentRefNum="P-1")
    api.edit(action="void", kind="receipt", number="P-1")
    assert document(api, "P-1")["status"] == "void"
    api.edit(action="delete", kind="invoice", number="L-1")
    assert [each["kind"] for each in api.books()["documents"]] == ["receipt"]
    assert api.get(f"invoice/{made['Id']}")["Fault"]["Error"][0]["code"] == "610"


def test_documents_of_every_kind_can_be_added_by_hand(api: Client) -> None:
    common = {"customer": "Nueva Clienta", "date": "2026-11-01"}
    api.edit(
        action="add", kind="invoice", number="H-1", amount="500", item="Loan principal", **common
    )
    api.edit(
        action="add",
        kind="receipt",
        number="HP-1",
        amount="200",
        account="Route cash Bogotá",
        apply=[{"number": "H-1", "amount": "150"}],
        **common,
    )
    api.edit(
        action="add", kind="credit_note", number="HC-1", amount="50", item="Discount", **common
    )
    api.edit(action="add", kind="sales_receipt", number="HS-1", amount="5", **common)
    api.edit(action="add", kind="refund", number="HR-1", amount="5", account="Checking", **common)
    api.edit(
        action="add",
        kind="journal",
        number="HJ-1",
        date="2026-11-02",
        lines=[{"account": "Checking", "debit": "9"}, {"account": "3000", "credit": "9"}],
    )
    api.edit(action="add", kind="receipt", number="HU-1", amount="70", apply="auto", **common)
    api.edit(action="add", kind="deposit", account="Checking", receipts=["HU-1"], date="2026-11-03")
    kinds = {each["kind"] for each in api.books()["documents"]}
    assert kinds == {
        "invoice",
        "receipt",
        "credit_note",
        "sales_receipt",
        "refund",
        "journal",
        "deposit",
    }
    assert document(api, "H-1")["open"] == "280.00"
    assert document(api, "HP-1")["open"] == "50.00"
    totals = api.books()["trial_balance"]
    assert totals["debits"] == totals["credits"] != "0.00"


def test_customers_are_renamed_and_merged(api: Client) -> None:
    ana = api.customer("Ana")
    made = api.invoice(100, ana, DocNumber="L-1")
    paid = api.payment(40, {made["Id"]: 40}, ana, PaymentRefNum="P-1")
    api.edit(action="rename", kind="customer", name="Ana", to="Ana María")
    assert api.read("Invoice", made["Id"])["CustomerRef"] == {"value": ana, "name": "Ana María"}
    api.edit(
        action="merge", kind="customer", **{"from": "Ana María", "into": "Amy's Bird Sanctuary"}
    )
    assert api.read("Payment", paid["Id"])["CustomerRef"]["value"] == AMY
    balances = {each["id"]: each["open_balance"] for each in api.books()["customers"]}
    assert (balances[ana], balances[AMY]) == ("0.00", "60.00")
    assert api.read("Customer", ana)["Active"] is False
    rest = payment(60, {})
    rest["Line"] = [link(60, made["Id"])]
    api.post("Payment", rest)


def test_accounts_are_inactivated_and_come_back(api: Client) -> None:
    api.edit(action="inactivate", kind="account", name="Loan clearing")
    row = api.read("Account", "27")
    assert (row["Name"], row["Active"]) == ("Loan clearing (deleted)", False)
    assert (
        api.refused("Payment", payment(1, {}, DepositToAccountRef={"value": "27"}))["code"] == "610"
    )
    api.edit(action="reactivate", kind="account", id="27")
    assert api.read("Account", "27")["Name"] == "Loan clearing"


def test_the_bookkeeper_has_the_password_of_the_closed_period(api: Client) -> None:
    api.invoice(10, DocNumber="L-1")
    api.edit(action="lock", date="2026-12-31")
    api.edit(action="edit", kind="invoice", number="L-1", set={"amount": 11})
    assert document(api, "L-1")["total"] == "11.00"


@pytest.mark.parametrize(
    "wish",
    [
        {"action": "burn"},
        {"action": "void", "kind": "invoice", "number": "none"},
        {"action": "void", "kind": "loan", "number": "x"},
        {"action": "edit", "kind": "receipt", "number": "P-1", "set": {"colour": "red"}},
        {"action": "edit", "kind": "receipt", "number": "P-1", "set": {"amount": "much"}},
        {"action": "add", "kind": "invoice", "customer": "X", "amount": "1", "item": "Gold"},
        {"action": "merge", "from": "nobody", "into": "Amy's Bird Sanctuary"},
        {"action": "lock", "date": "soon"},
        {"action": "rename", "kind": "customer", "name": "Amy's Bird Sanctuary", "to": "a:b"},
    ],
)
def test_a_wish_that_cannot_be_followed_says_why(api: Client, wish: dict[str, Any]) -> None:
    api.payment(1, {}, PaymentRefNum="P-1")
    answer = api.control("POST", "quickbooks/edit", wish)
    assert answer["error"]


def test_calls_are_counted_by_method_and_path(api: Client) -> None:
    before = api.control("GET", "quickbooks/calls")["total"]
    made = api.invoice(1)
    api.read("Invoice", made["Id"])
    api.refused("Invoice", {})
    calls = api.control("GET", "quickbooks/calls")
    assert calls["total"] == before + 3
    assert calls["by_path"]["GET /v3/company/{id}/invoice/{id}"] == 1
    assert calls["by_path"]["POST /v3/company/{id}/invoice"] == 2
    assert calls["by_status"] == {"200": 2, "400": 1}
    assert calls["bytes_out"] > calls["bytes_in"] > 0
    assert calls["throttled"] == 0


def test_the_clock_can_be_shifted_and_reset_brings_all_back(api: Client) -> None:
    first = api.control("POST", "clock", {"days": 2, "seconds": 5})
    assert first["shift_s"] == 2 * 86400 + 5
    api.invoice(1)
    api.switch(requestid="ignore")
    api.control("POST", "reset")
    assert api.books()["documents"] == []
    assert api.control("GET", "quickbooks/settings")["requestid"] == "replay"
    assert api.control("GET", "clock")["shift_s"] == 0


def test_the_clock_stands_still_at_any_time_until_it_is_moved(api: Client) -> None:
    api.control("POST", "clock", {"still": True, "at": "2027-01-31T12:00:00+00:00"})
    shown = {api.control("GET", "clock")["now"] for _ in range(3)}
    assert shown == {"2027-01-31T12:00:00+00:00"}
    made = api.invoice(1)
    assert made["MetaData"]["CreateTime"].startswith("2027-01-31T07:00:00")
    moved = api.control("POST", "clock", {"days": 1, "seconds": -60})
    assert (moved["now"], moved["still"]) == ("2027-02-01T11:59:00+00:00", True)
    api.control("POST", "clock", {"still": False})
    first, second = (api.control("GET", "clock")["now"] for _ in range(2))
    assert "2027-02-01T11:59:00" < first < second
    assert "error" in api.control("POST", "clock", {"at": "2027-01-31T12:00:00"})
    assert api.control("POST", "reset")["reset"]
    assert not api.control("GET", "clock")["still"]


def test_wrong_switches_are_refused_and_change_nothing(api: Client) -> None:
    for wish in ({"requestid": "maybe"}, {"limit": 1}, {"requests_per_minute": "5"}):
        answer = api.control("POST", "quickbooks/settings", {"batch_metering": "item", **wish})
        assert "error" in answer
    assert api.control("GET", "quickbooks/settings")["batch_metering"] == "call"


def test_unknown_control_paths_and_systems_are_not_found(api: Client) -> None:
    for path in ("nothing", "sage/books", "quickbooks/nothing", "quickbooks/books/1"):
        assert "error" in api.control("GET", path)
    assert requests.get(f"{api.urls['url']}/elsewhere", timeout=60).status_code == 404


def test_everything_survives_a_restart_with_a_data_file(tmp_path: Path) -> None:
    data = tmp_path / "books.json"
    with SandboxServer(data=data, fast=True) as server, Client(server) as api:
        mexican = api.customer("Lupe", "MXN")
        made = api.invoice("100.10", mexican, ExchangeRate="216.73", DocNumber="L-1")
        api.payment("40.05", {made["Id"]: "40.05"}, mexican, ExchangeRate=220, PaymentRefNum="P-1")
        gone = api.invoice(1)
        api.post("Invoice", version(gone), operation="delete")
        first = api.send("payment", payment(1, {}), requestid="p-1")
        api.switch(query_strings="insensitive")
        before = api.books()
    with SandboxServer(data=data, fast=True) as server, Client(server) as api:
        assert api.books() == before
        assert api.send("payment", payment(1, {}), requestid="p-1") == first
        assert len(api.query("select * from Invoice where DocNumber = 'l-1'")["Invoice"]) == 1
        api.post("Invoice", version(api.read("Invoice", made["Id"]), sparse=True, PrivateNote="x"))
        change = version(
            api.read("Payment", str(int(made["Id"]) + 1)), sparse=True, PrivateNote="x"
        )
        api.post("Payment", change)
        assert api.refused("Invoice", version(gone), operation="void")["code"] == "610"
        rest = api.read("Invoice", made["Id"])["Balance"]
        api.payment(rest, {made["Id"]: rest}, mexican, ExchangeRate=215)
        totals = api.books()["trial_balance"]
        assert totals["debits"] == totals["credits"]


def test_a_data_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "other.json"
    data.write_text('{"format": 99}', encoding="utf-8")
    with pytest.raises(ValueError, match="not written by this version"):
        SandboxServer(data=data)


def test_serving_says_when_it_is_ready_and_stops_when_told() -> None:
    lines: list[str] = []
    ready, stop = threading.Event(), threading.Event()

    def told(line: str) -> None:
        lines.append(line)
        ready.set()

    work = threading.Thread(target=serve, kwargs={"port": 0, "ready": told, "until": stop})
    work.start()
    assert ready.wait(60)
    urls = json.loads(lines[0])
    assert urls["quickbooks"]["realm"] == "4620816365000000001"
    assert requests.get(urls["quickbooks"]["discovery"], timeout=60).ok
    stop.set()
    work.join(60)
    assert not work.is_alive()
