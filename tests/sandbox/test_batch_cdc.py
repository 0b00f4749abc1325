"""Batches and change data capture."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.sandbox.client import AMY, Client, invoice, version

SAMPLES = json.loads(
    Path(__file__).parents[1].joinpath("data/specs/quickbooks/samples.json").read_text("utf-8")
)


def run(api: Client, items: list[dict[str, Any]], **query: str) -> Any:
    return api.send("batch", {"BatchItemRequest": items}, **query)


def test_each_item_has_its_own_outcome(api: Client) -> None:
    paid, other = api.payment(10, {}), api.payment(20, {})
    status, answer = run(
        api,
        [
            {"bId": "b1", "operation": "create", "Customer": {"DisplayName": "Ana (D-1)"}},
            {"bId": "b2", "operation": "delete", "Payment": version(paid)},
            {
                "bId": "b3",
                "operation": "update",
                "optionsData": "void",
                "Payment": version(other, sparse=True),
            },
            {"bId": "b4", "Query": "select * from Payment where CustomerRef = '1'"},
            {"bId": "b5", "operation": "create", "Customer": {"DisplayName": "Ana (D-1)"}},
        ],
    )
    assert status == 200
    found = {item["bId"]: item for item in answer["BatchItemResponse"]}
    assert found["b1"]["Customer"]["DisplayName"] == "Ana (D-1)"
    assert found["b2"]["Payment"]["status"] == "Deleted"
    assert found["b3"]["Payment"]["TotalAmt"] == 0
    assert len(found["b4"]["QueryResponse"]["Payment"]) == 1
    assert found["b5"]["Fault"]["Error"][0]["code"] == "6240"


def test_the_official_batch_is_understood(api: Client) -> None:
    status, answer = api.send("batch", SAMPLES["batch_request"]["body"])
    assert status == 200
    official = SAMPLES["batch_response"]["body"]["BatchItemResponse"]
    for item, known in zip(answer["BatchItemResponse"], official, strict=True):
        assert item["bId"] == known["bId"]
    faults = [item["Fault"]["type"] for item in answer["BatchItemResponse"] if "Fault" in item]
    assert faults == ["ValidationFault"] * 2


def test_a_batch_takes_thirty_items(api: Client) -> None:
    items = [{"bId": str(n), "operation": "create", "Invoice": invoice(n)} for n in range(31)]
    assert run(api, items)[0] == 400
    status, answer = run(api, items[:30])
    assert (status, len(answer["BatchItemResponse"])) == (200, 30)


def test_a_requestid_on_a_batch_needs_short_item_ids(api: Client) -> None:
    item = {"bId": "x" * 11, "operation": "create", "Invoice": invoice(1)}
    assert run(api, [item])[0] == 200
    status, answer = run(api, [item], requestid="r-1")
    assert (status, answer["Fault"]["Error"][0]["code"]) == (400, "2050")
    assert run(api, [{**item, "bId": "1"}], requestid="r" * 37)[0] == 400
    first = run(api, [{**item, "bId": "1"}], requestid="r-1")
    assert run(api, [{**item, "bId": "1"}], requestid="r-1") == first


def test_unknown_items_fail_alone(api: Client) -> None:
    items = [
        {"bId": "1", "operation": "create", "Loan": {}},
        {"bId": "2", "operation": "void", "Invoice": {}},
        {"bId": "3", "Query": "select nothing"},
    ]
    answer = run(api, items)[1]["BatchItemResponse"]
    assert [item["Fault"]["Error"][0]["code"] for item in answer] == ["2010", "500", "4000"]


def changes(api: Client, entities: str, since: str = "") -> Any:
    moment = since or (datetime.now(UTC) - timedelta(days=1)).isoformat()
    return api.get("cdc", entities=entities, changedSince=moment)


def test_changes_come_by_type_with_stubs_of_what_was_deleted(api: Client) -> None:
    api.control("POST", "clock", {"seconds": 60})
    start = api.get("preferences")["time"]
    kept, gone = api.invoice(1), api.invoice(2)
    api.post("Invoice", version(gone), operation="delete")
    groups = changes(api, "Invoice,Payment,Customer", start)["CDCResponse"][0]["QueryResponse"]
    rows = groups[0]["Invoice"]
    assert [row["Id"] for row in rows] == [kept["Id"], gone["Id"]]
    assert set(rows[1]) == {"status", "domain", "Id", "MetaData"}
    assert rows[1]["status"] == "Deleted"
    assert groups[0]["maxResults"] == 2
    assert groups[1:] == [{}, {}]


def test_a_voided_document_is_a_change_and_no_deletion(api: Client) -> None:
    made = api.invoice(5)
    api.post("Invoice", version(made), operation="void")
    row = changes(api, "Invoice")["CDCResponse"][0]["QueryResponse"][0]["Invoice"][0]
    assert ("status" in row, row["TotalAmt"]) == (False, 0)


def test_thirty_days_and_a_thousand_objects_are_the_limit(api: Client) -> None:
    old = "2026-01-01T00:00:00-05:00"
    assert changes(api, "Invoice", old)["Fault"]["Error"][0]["code"] == "4001"
    api.switch(cdc_beyond_30_days="cut")
    for n in range(1003):
        api.customer(f"C {n}")
    groups = changes(api, "Customer,Invoice", old)["CDCResponse"][0]["QueryResponse"]
    assert groups[0]["maxResults"] == 1000
    api.switch(cdc_overflow="error")
    assert "Fault" in changes(api, "Customer", old)


def test_tax_codes_have_no_changes(api: Client) -> None:
    assert changes(api, "TaxCode")["Fault"]["Error"][0]["code"] == "2170"
    assert changes(api, "")["Fault"]["Error"][0]["code"] == "2020"


def test_a_payment_may_show_its_invoice_as_changed(api: Client) -> None:
    made = api.invoice(10)
    api.control("POST", "clock", {"seconds": 60})
    moment = api.get("preferences")["time"]
    api.payment(5, {made["Id"]: 5})
    assert changes(api, "Invoice", moment)["CDCResponse"][0]["QueryResponse"] != [{}]
    api.control("POST", "clock", {"seconds": 60})
    api.switch(payment_moves_invoice_time=False)
    moment = api.get("preferences")["time"]
    api.payment(5, {made["Id"]: 5})
    assert changes(api, "Invoice", moment)["CDCResponse"][0]["QueryResponse"] == [{}]
    assert api.read("Customer", AMY)["Balance"] == 0
