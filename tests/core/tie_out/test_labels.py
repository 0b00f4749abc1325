"""A difference names accounts, items and lists as the bookkeeper does, never by their ids."""

from __future__ import annotations

import msgspec
import pytest

from bridge.core.books import Account, Named
from bridge.core.tie_out.items import Item, ItemKind
from bridge.core.tie_out.labels import Labels, label
from tests.core.builders import chart

LISTS = {
    "tax_code": (Named(id="5", name="Exento"),),
    "class": (Named(id="9", name="Norte"),),
}


def shown(field: str, ledger: str, books: str, target: str = "item") -> tuple[str, str]:
    item = Item(
        kind=ItemKind.DRIFTED,
        field=field,
        ledger=ledger,
        books=books,
        cause="books.drifted",
        action="drift",
    )
    # Ids of items and of accounts may be the same: here item 7 is not account 7.
    books_chart = msgspec.structs.replace(chart(), lists=LISTS)
    items = (msgspec.structs.replace(books_chart.items[0], id="7", name="Capital"),)
    named = Labels(msgspec.structs.replace(books_chart, items=items), target).named(item)
    return named.ledger, named.books


@pytest.mark.parametrize(
    ("field", "ledger", "books", "says"),
    [
        ("deposit_account", "7", "8", ("1000 Bank", "1001 Bank MXN")),
        ("lines", "100.00 7; 20.00 2", "", ("100.00 Capital; 20.00 4100 Interest", "")),
        ("lines", "100.00", "120.00", ("100.00", "120.00")),
        ("accounts", "100.00 7", "100.00 3", ("100.00 1000 Bank", "100.00 4200 Sales")),
        ("tax", "5 7", "6", ("Exento Capital", "6")),
        ("tags", "class 9", "class 10; department 9", ("class Norte", "class 10; department 9")),
        ("total", "7", "8", ("7", "8")),
        ("memo", "7; 8", "", ("7; 8", "")),
    ],
)
def test_ids_are_shown_by_name_where_a_field_has_ids(
    field: str, ledger: str, books: str, says: tuple[str, str]
) -> None:
    assert shown(field, ledger, books) == says


def test_where_lines_go_by_accounts_an_id_is_the_accounts() -> None:
    assert shown("lines", "100.00 7", "100.00 7", "account") == ("100.00 1000 Bank",) * 2


def test_what_the_chart_does_not_have_keeps_its_id() -> None:
    assert shown("deposit_account", "77", "") == ("77", "")
    assert shown("lines", "100.00 77", "") == ("100.00 77", "")


def test_an_account_without_a_number_is_its_name() -> None:
    assert label(Account(id="1", number="", name="Caja", classification="asset")) == "Caja"
