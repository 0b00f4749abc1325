"""Everything that is answered has a name in Intuit's own schema."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any

from bridge.sandbox.quickbooks.properties import PROPERTIES
from tests.sandbox.client import (
    AMY,
    OPENING_EQUITY,
    RECEIVABLE,
    Client,
    invoice,
    item_line,
    journal,
    link,
    payment,
)

FOLDER = Path(__file__).parents[1] / "data/specs/quickbooks"
XS = "{http://www.w3.org/2001/XMLSchema}"
# Attributes in XML, and JSON's own way of writing an xs:any.
ATTRIBUTES = {"domain", "sparse", "status", "any"}
REFERENCE = {"value", "name", "type"}


@cache
def types() -> dict[str, ET.Element]:
    found: dict[str, ET.Element] = {}
    for name in ("Finance.xsd", "IntuitBaseTypes.xsd", "IntuitNamesTypes.xsd"):
        for kind in ET.parse(FOLDER / name).getroot().iter(f"{XS}complexType"):
            if kind.get("name"):
                found[str(kind.get("name"))] = kind
    return found


@cache
def elements(kind: str) -> dict[str, str]:
    """Return the element names of a type, inherited ones included, with their types."""
    found: dict[str, str] = {}
    if kind not in types():
        return found
    for part in types()[kind].iter():
        if part.tag == f"{XS}extension":
            found |= elements(str(part.get("base")).split(":")[-1])
        elif part.tag == f"{XS}element":
            name = str(part.get("name") or part.get("ref")).split(":")[-1]
            found[name] = str(part.get("type") or part.get("ref")).split(":")[-1]
    return found


def check(row: Any, kind: str, where: str) -> None:
    if isinstance(row, list):
        for each in row:
            check(each, kind, where)
    elif isinstance(row, dict) and kind != "IntuitAnyType":
        known = elements(kind)
        allowed = set(known) | ATTRIBUTES
        if kind in ("ReferenceType", "MemoRef") or not known:
            allowed |= REFERENCE
        assert set(row) <= allowed, f"{where}: {sorted(set(row) - allowed)}"
        for name, value in row.items():
            check(value, known.get(name, ""), f"{where}.{name}")


def test_every_property_that_is_accepted_exists() -> None:
    for entity, names in PROPERTIES.items():
        unknown = names - set(elements(entity)) - ATTRIBUTES
        assert not unknown, f"{entity}: {sorted(unknown)}"


def test_every_name_in_an_answer_exists(api: Client) -> None:
    made = api.invoice(100, DocNumber="L-1", CustomerMemo={"value": "hola"})
    memo = api.credit(10)
    body = payment(95, {made["Id"]: 100})
    body["Line"].append(link(10, memo["Id"], "CreditMemo"))
    api.post("Payment", body)
    discount = invoice(50, DepositToAccountRef={"value": "1"})
    discount["Line"].append(
        {"Amount": 5, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {}}
    )
    assert api.post("SalesReceipt", discount)["TotalAmt"] == 45
    api.post("RefundReceipt", invoice(1, DepositToAccountRef={"value": "1"}))
    lines = (("Debit", 5, RECEIVABLE), ("Credit", 5, OPENING_EQUITY))
    api.post("JournalEntry", journal(*lines, customer=AMY))
    direct = {
        "Amount": 3,
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": {"AccountRef": {"value": OPENING_EQUITY}},
    }
    api.post("Deposit", {"DepositToAccountRef": {"value": "1"}, "Line": [direct]})
    mexican = api.customer("Lupe", "MXN")
    foreign = api.invoice(10, mexican, ExchangeRate=200)
    api.payment(10, {foreign["Id"]: 10}, mexican, ExchangeRate=201)
    parent = {"DisplayName": "Child", "Job": True, "ParentRef": {"value": AMY}}
    assert api.post("Customer", parent)["FullyQualifiedName"] == "Amy's Bird Sanctuary:Child"
    for entity in ("Class", "Department"):
        api.post(entity, {"Name": "Bogotá"})
    api.post("Employee", {"GivenName": "Rosa"})
    voidable = api.post("Invoice", {**invoice(1), "Line": [item_line(1), item_line(2)]})
    api.post("Invoice", {"Id": voidable["Id"], "SyncToken": "0"}, operation="void")
    seen = 0
    for entity in PROPERTIES:
        if not elements(entity) or "Line" in entity or entity in ("LinkedTxn", "ExchangeRate"):
            continue
        for row in api.query(f"select * from {entity}").get(entity, []):
            check(row, entity, entity)
            seen += 1
    assert seen > 80
    rate = api.get("exchangerate", sourcecurrencycode="USD")["ExchangeRate"]
    check(rate, "ExchangeRate", "ExchangeRate")
