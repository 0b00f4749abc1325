"""Lines of loans are not taxed: what would tax them is told, on every system's own terms."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bridge.core.books import Named
from bridge.core.mapping.booking import resolve
from bridge.core.mapping.untaxed import taxed_items
from bridge.systems.xero.chart import _exempt
from bridge.systems.zoho.chart import _item
from tests.core.builders import ITEMS, LIMITS, chart, mapping
from tests.in_words import in_words

EXEMPT = (Named(id="17", name="Exempt"),)


def test_an_item_that_carries_a_tax_is_told_with_its_purpose() -> None:
    whole = chart()
    items = tuple(
        msgspec.structs.replace(item, tax="IVA 19%") if item.name == "interest" else item
        for item in whole.items
    )
    whole = msgspec.structs.replace(whole, items=items, lists={"tax_code": EXEMPT})
    booking, _ = resolve(mapping(), whole, LIMITS, "m.toml")
    assert booking is not None
    (told,) = taxed_items(booking, whole, "m.toml")
    assert (told.where, "IVA 19%" in in_words(told.what)) == ("m.toml, [lines.interest] item", True)
    lines = {p: {"item": p} | ({"tax": "Exempt"} if p == "interest" else {}) for p in ITEMS}
    booking, _ = resolve(mapping(lines=lines), whole, LIMITS, "m.toml")
    assert booking is not None
    assert list(taxed_items(booking, whole, "m.toml")) == []


@pytest.mark.parametrize(
    ("demands", "exempt", "tax", "problems"),
    [
        (False, "", "", 0),
        (True, "17", "", 0),
        (True, "", "Exempt", 0),
        (True, "", "", len(ITEMS)),
    ],
)
def test_a_tax_code_is_asked_for_only_where_one_is_needed_and_none_is_plain(
    demands: bool, exempt: str, tax: str, problems: int
) -> None:
    whole = chart(demands_tax=demands, exempt_tax=exempt)
    whole = msgspec.structs.replace(whole, lists={"tax_code": EXEMPT})
    lines = {purpose: {"item": purpose, "tax": tax} for purpose in ITEMS}
    _, found = resolve(mapping(lines=lines), whole, LIMITS, "m.toml")
    assert len(found) == problems
    assert all("Exempt" in in_words(each.fix) for each in found)


@pytest.mark.parametrize(
    ("types", "wanted"),
    [
        (["OUTPUT", "NONE"], "NONE"),
        (["OUTPUT", "BASEXCLUDED", "EXEMPTOUTPUT"], "BASEXCLUDED"),
        (["OUTPUT", "EXEMPTOUTPUT"], ""),
    ],
)
def test_xero_says_itself_which_type_is_no_tax(types: list[str], wanted: str) -> None:
    assert _exempt([{"TaxType": name, "Status": "ACTIVE"} for name in types]) == wanted


@pytest.mark.parametrize(("tax_id", "told"), [("", ""), ("46", "IVA")])
def test_zoho_tells_the_tax_of_an_item(tax_id: str, told: str) -> None:
    raw: dict[str, Any] = {"item_id": "1", "name": "x", "tax_id": tax_id, "tax_name": "IVA"}
    assert _item(raw, {}).tax == told
