"""One table of columns: nothing of an item is lost on the way into a format, and all agree."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from decimal import Decimal
from xml.etree import ElementTree as ET

import msgspec
import pytest

from bridge.core.money import text
from bridge.core.tie_out.items import Item, ItemKind
from bridge.report.render import content
from bridge.report.texts import LANGUAGES, texts
from bridge.report.view import read
from tests.report.example import EXAMPLE, QUICKBOOKS

replace = msgspec.structs.replace

ITEM = Item(
    kind=ItemKind.DRIFTED, currency="USD", amount=Decimal("-12.50"), reference="DY-L1",
    external_id="7", document="invoice", field="memo", ledger="a", books="b",
    cause="books.edited", action="put_right", detail="c", subject="loan:1", loan="1",
)  # fmt: skip
OTHER = {"kind": ItemKind.FOREIGN, "currency": "COP", "amount": Decimal(3), "worth": Decimal(3)}
"""Another value of a field that takes no text or number of any kind."""

NO_SUM = "it is part of no sum; where a person is to act, it is the amount of the task about it"
IN_ITS_TASK = "a person who is to act on it has it in the task, beside the item"
UNTOLD = {
    "json": {"worth": NO_SUM},
    "csv": {"worth": NO_SUM, "file": IN_ITS_TASK, "row": IN_ITS_TASK},
    "xlsx": {"worth": NO_SUM, "file": IN_ITS_TASK, "row": IN_ITS_TASK},
}
"""Format → the fields of an item that it does not tell, and why."""

NS = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def items_in(form: str, *items: Item, language: str = "en") -> list[dict[str, object]]:
    """Each item as one format tells it: what stands under each key or heading."""
    found = replace(EXAMPLE, systems=(replace(QUICKBOOKS, items=items),), names={"1": "Ana"})
    made = content(found, form, language, "es-CO")
    match form:
        case "json":
            return json.loads(made)["systems"]["quickbooks"]["items"]
        case "csv":
            rows = csv.DictReader(io.StringIO(made.decode("utf-8-sig"), newline=""))
            return [row for row in rows if row["record"] == "item"]
        case _:
            return _sheet_of_items(made)


def _sheet_of_items(made: bytes) -> list[dict[str, object]]:
    """The rows of the workbook's third sheet under their heads."""
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet3.xml"))
    rows = [
        [cell.findtext("s:v", None, NS) or cell.findtext("s:is/s:t", "", NS) for cell in row]
        for row in sheet.iterfind(".//s:row", NS)
    ]
    heads = next(place for place, row in enumerate(rows) if len(row) > 1)
    return [dict(zip(rows[heads], row, strict=True)) for row in rows[heads + 1 :]]


@pytest.mark.parametrize("form", list(UNTOLD))
def test_every_field_of_an_item_is_told_or_it_is_said_why_not(form):
    before = items_in(form, ITEM)
    untold = set()
    for field in Item.__struct_fields__:
        now = getattr(ITEM, field)
        other = OTHER.get(field, now + 379 if isinstance(now, int) else f"{now}9")
        if items_in(form, replace(ITEM, **{field: other})) == before:
            untold.add(field)
    assert untold == set(UNTOLD[form])


SUMS = tuple(
    replace(ITEM, kind=kind, currency=currency, amount=Decimal(amount), reference=str(place),
            count=count)
    for place, (kind, currency, amount, count) in enumerate(
        [
            *((kind, "USD", "-1234567.89", 1) for kind in ItemKind),
            (ItemKind.FOREIGN, "COP", "600000", 380),
            (ItemKind.HELD, "CLP", "5", 1),
            (ItemKind.DRIFTED, "USD", "0", 1),
            (ItemKind.REMAINDER, "XXX", "0.01", 2),
        ]
    )
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_three_formats_tell_the_same_figures_of_an_item(language):
    words = texts(language)
    in_json, in_csv, in_book = (items_in(f, *SUMS, language=language) for f in UNTOLD)
    for item, one, row, line in zip(SUMS, in_json, in_csv, in_book, strict=True):
        amount, count = words("amount"), words("count")
        assert one["amount"] == row["amount"] == text(item.amount, item.currency)
        assert Decimal(str(line[amount])) == read(item), "as people read it"
        assert (one["count"], row["count"], line[count]) == (item.count, *2 * [f"{item.count}"])
        assert one["currency"] == row["currency"] == item.currency
        assert line[words("currency")] == words.currency(item.currency)


def test_json_and_csv_have_the_same_under_the_same_key():
    for one, row in zip(items_in("json", *SUMS), items_in("csv", *SUMS), strict=True):
        shared = one.keys() & row.keys()
        assert one.keys() - shared == {"where"}
        assert {key: str(one[key]) for key in shared} == {key: row[key] for key in shared}
