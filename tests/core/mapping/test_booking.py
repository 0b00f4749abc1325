"""A mapping meets a chart of accounts: what would book wrongly is refused before anything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bridge.core.books import Chart, Named
from bridge.core.mapping.booking import resolve
from bridge.core.mapping.mapping_file import BooksMapping
from tests.core.builders import ITEMS, LIMITS, booking, chart, loan, mapping, paid
from tests.in_words import in_words


def problems(of: BooksMapping, against: Chart | None = None, target: str = "item") -> list[str]:
    limits = msgspec.structs.replace(LIMITS, line_target=target)
    made, found = resolve(of, against or chart(), limits, "mappings/test.toml")
    assert (made is None) == bool(found)
    return [in_words(p) for p in found]


def lines(**changes: Any) -> dict[str, Any]:
    return {"lines": {purpose: {"item": purpose} for purpose in ITEMS} | changes}


def test_principal_on_an_income_account_is_refused() -> None:
    (said,) = problems(mapping(**lines(principal={"item": "sale"})))
    assert '"sale" books to account "Sales", which is of class income' in said
    assert "Money lent is not income" in said


def test_where_no_code_for_what_is_not_taxed_is_there_the_words_say_so() -> None:
    of = chart(demands_tax=True)
    assert all("one of: none is there yet" in said for said in problems(mapping(), of))
    assert problems(mapping(), of)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (lines(principal={"item": "Principl"}), '"Principl" is not an item in Prueba SAS'),
        (lines(principal={"item": ""}), "[lines.principal] item: is empty"),
        ({"deposits": [{"account": "1000", "method": ["cash"]}]}, "no rule takes every payment"),
        ({"deposits": [{"account": "1000", "currency": ["COP"]}]}, "the last rule has a currency"),
        ({"deposits": [{"account": "4100"}]}, "cannot be deposited there"),
        ({"deposits": [{"account": "Receivables"}]}, "cannot be deposited there"),
        ({"deposits": [{"account": "1001"}]}, "is kept in MXN"),
        ({"deposits": []}, "no rule takes every payment"),
        ({"payment_methods": {"cash": "Efectivo"}}, "is not a payment_method value"),
        ({"tags": {"class": {"from": "route", "values": {"R1": "Norte"}}}}, "is not a class value"),
        (lines(principal={"item": "principal", "tax": "EXENTO"}), "is not a tax_code value"),
    ],
)
def test_what_does_not_fit_the_chart_is_said(changes: dict[str, Any], words: str) -> None:
    assert any(words in said for said in problems(mapping(**changes)))


def test_every_mistake_is_told_at_once() -> None:
    bad = lines(principal={"item": "nope"}, interest={"item": "nada"}) | {"deposits": []}
    assert len(problems(mapping(**bad))) == 3


def test_a_needed_line_that_is_missing_is_told() -> None:
    some = {"lines": {"principal": {"item": "principal"}}}
    assert any(
        "[lines.write_off] is missing" in s.replace(":", "") for s in problems(mapping(**some))
    )


def test_inactive_and_ambiguous_choices_are_told_apart() -> None:
    whole = chart()
    items = [
        msgspec.structs.replace(i, active=False) if i.name == "sale" else i for i in whole.items
    ]
    items.append(msgspec.structs.replace(items[0], id="i99"))
    said = problems(mapping(), msgspec.structs.replace(whole, items=tuple(items)))
    assert any('"sale" is inactive' in s for s in said)
    assert any("Use one id: i0, i99" in s for s in said)


def test_an_item_whose_account_is_gone_is_told() -> None:
    whole = chart()
    items = tuple(msgspec.structs.replace(i, account_id="404") for i in whole.items)
    assert any(
        "has no account" in s
        for s in problems(mapping(), msgspec.structs.replace(whole, items=items))
    )


def test_accounts_are_found_by_number_then_name_then_id() -> None:
    by_account = {
        "lines": {
            purpose: {"account": number}
            for purpose, number in zip(
                ITEMS,
                [
                    "1100",
                    "4100",
                    "2",
                    "Interest",
                    "4200",
                    "5100",
                    "5200",
                    "4900",
                    "1100",
                    "3900",
                    "2",
                ],
                strict=True,
            )
        }
    }
    assert problems(mapping(**by_account), target="account") == []


def test_the_first_deposit_rule_that_fits_is_taken() -> None:
    rules = [
        {"account": "1001", "currency": ["MXN"]},
        {"account": "1100", "method": ["renewal"]},
        {"account": "1000"},
    ]
    book = booking(deposits=rules)
    assert book.deposit_account(loan(currency="MXN"), paid(1, "1")) == "8"
    assert book.deposit_account(loan(), paid(1, "1", kind="renewal")) == "7"
    assert book.deposit_account(loan(), paid(1, "1")) == "7"


def test_dimensions_come_from_the_ledgers_fields() -> None:
    whole = msgspec.structs.replace(chart(), lists={"class": (Named(id="c1", name="Norte"),)})
    of = mapping(tags={"class": {"from": "route", "values": {"R1": "Norte"}}})
    made, _ = resolve(of, whole, LIMITS, "m")
    assert made is not None
    assert made.tags_of(loan(route="R1")) == (("class", "c1"),)
    assert made.tags_of(loan(route="R9")) == ()


def test_the_latest_rate_on_or_before_the_day_is_taken() -> None:
    rates = [
        {"from": date(2026, 1, 1), "rate": Decimal(200)},
        {"from": date(2026, 9, 1), "rate": Decimal(220)},
    ]
    book = booking(currencies={"MXN": {"rates": rates, "source": "books"}})
    assert book.rate("MXN", date(2026, 8, 31)) == 200
    assert book.rate("MXN", date(2026, 9, 1)) == 220
    assert book.rate("MXN", date(2025, 9, 1)) is None
    assert book.rate("USD", date(2026, 9, 1)) is None
    assert book.asks_books_for_rate("MXN", date(2025, 9, 1))
    assert not book.asks_books_for_rate("MXN", date(2026, 9, 1))
    assert not book.asks_books_for_rate("USD", date(2026, 9, 1))
