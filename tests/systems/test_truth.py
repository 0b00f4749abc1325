"""Whether an answer can be true: both sides of every bound, and every body that is known."""

from __future__ import annotations

import importlib
from decimal import Decimal
from typing import Any

import pytest

from bridge.systems import truth
from bridge.systems.transport import from_json
from bridge.systems.truth import Sort, flaw
from tests.systems.recorded import bodies

FEWEST = {"quickbooks": 45, "xero": 100, "zoho": 150}
"""Bodies that there are at least of each system."""


def _moment(signs: int) -> str:
    """A moment told so finely that it has so many signs."""
    return "2026-11-20T10:00:00.".ljust(signs, "0")


CAN_BE: list[tuple[Sort, tuple[Any, ...]]] = [
    (truth.ID, ("", "1", "9" * 64, "a-b:c")),
    (truth.ID_OR_WHOLE, ("1", 4_600_000_000_380_710_001, 0)),
    (truth.WHOLE, (0, 1, 10**18 - 1)),
    (truth.WHOLE_TEXT, ("0", "12", 12)),
    (
        truth.AMOUNT,
        (
            *("", "10.50", 0, -5, Decimal("1E+3"), "1e3", Decimal("-0.000000000001"), "0.500"),
            *(10**18 - 1, 1 - 10**18, Decimal("1.0000000000000000"), ".5", "4."),
            *("1." + "0" * 40, Decimal("0E-400"), Decimal("1.2345678901230")),
        ),
    ),
    (truth.RATE, (Decimal("0.00024390243902439024390243902439"), "4200")),
    (truth.DAY, (_moment(truth.ID_MAX),)),
    (truth.INSTANT, (_moment(truth.ID_MAX), "1900-01-01")),
    (truth.DAY, ("", "2026-02-28", "2028-02-29", "2026-11-20-08:00", "2026-11-20T10:00:00Z")),
    (truth.INSTANT, ("", "2026-11-20T10:00:00-08:00", "2026-11-20", "2999-12-31T23:59:59Z")),
    (truth.NAME, ("", "x" * truth.NAME_MAX)),
    (truth.TEXT, ("", "x" * truth.TEXT_MAX, "two\nlines")),
    (truth.FLAG, (True, False, "true", "false", "")),
    (truth.OBJECT, ({}, {"a": 1})),
    (truth.OBJECTS, ([], [{}])),
    (truth.rows("Id"), ([], [{"Id": "1"}, {"Id": "2"}], [{"Id": "1"}, {"Id": "1"}])),
    (truth.row("Id", "N"), ({"Id": "1", "N": 0},)),
]
CAN_NOT: list[tuple[Sort, tuple[Any, ...]]] = [
    (truth.ID, ("9" * 65, "1\n", "\u202e1", 1, True, ["1"], {"value": "1"}, Decimal(1))),
    (truth.ID_OR_WHOLE, (True, -1, 10**20, Decimal("1.5"), [])),
    (truth.WHOLE, (-1, 10**18, True, "1", Decimal(1), [])),
    (truth.WHOLE_TEXT, ("", "²", "1.0", -1, True)),
    (
        truth.AMOUNT,
        (
            *("abc", "1_000", "1,5", "١٢", "NaN", "Infinity", "1e400", Decimal("1E+400"), " 1"),
            *(10**18, "1e18", Decimal("0.0000000000001"), Decimal("1E-400"), True, [], {}),
            *(-(10**18), "-1e18", Decimal("1E+9999999"), Decimal("-1E+9999999"), 1.5),
            *(Decimal("1." + "0" * 34 + "1"), "0." + "9" * 40, Decimal("1.2345678901234")),
            *("1" * 41, *map(Decimal, ("NaN", "sNaN", "Infinity", "-Infinity"))),
        ),
    ),
    (truth.RATE, (Decimal("1E-41"), Decimal("0." + "3" * 41), -1, "-4200", [], "x")),
    (truth.DAY, (_moment(truth.ID_MAX + 1),)),
    (truth.INSTANT, (_moment(truth.ID_MAX + 1), "20261120", "2026-W47-5", "20261120T100000")),
    (truth.DAY, ("2026-13-45", "2026-02-29", "20261120", "2026-W47-5", "٢٠٢٦-11-20", 7, [])),
    (truth.INSTANT, ("2026-13-45T00:00:00Z", "1899-12-31", "3000-01-01", "0001-01-01", 7, "x")),
    (truth.NAME, ("x" * (truth.NAME_MAX + 1), 1, [])),
    (truth.TEXT, ("x" * (truth.TEXT_MAX + 1), 1, {})),
    (truth.FLAG, (1, 0, "yes", [], {})),
    (truth.OBJECT, ([], "text", 1)),
    (truth.OBJECTS, ({}, "text", [1], [[]], ["x"])),
    (truth.rows("Id"), ({}, [{}], [{"Id": ""}], [{"Id": "1"}, {"Id": "1", "x": 2}], ["1"])),
    (truth.row("Id", "N"), ({"Id": "1"}, {"N": 1}, {"Id": "", "N": 1}, [], "1")),
]


@pytest.mark.parametrize(("sort", "values"), CAN_BE, ids=lambda found: getattr(found, "noun", ""))
def test_what_a_product_may_say_is_believed(sort: Sort, values: tuple[Any, ...]) -> None:
    assert [value for value in values if flaw({"field": value}, {"field": sort})] == []


@pytest.mark.parametrize(("sort", "values"), CAN_NOT, ids=lambda found: getattr(found, "noun", ""))
def test_what_can_not_be_is_told_by_field_and_noun(sort: Sort, values: tuple[Any, ...]) -> None:
    told = {flaw({"a": [{"field": value}]}, {"field": sort}) for value in values}
    assert told == {f"field is not {sort.noun}"}


def test_null_is_as_if_it_were_not_told() -> None:
    body = {"Id": None, "a": [{"Id": None, "b": 1}], "c": None}
    assert flaw(body, {"Id": truth.ID}) == ""
    assert body == {"a": [{"b": 1}]}


def test_what_no_table_names_is_left_alone() -> None:
    assert flaw({"Other": ["1e400"]}, {"Id": truth.ID}) == ""


@pytest.mark.parametrize(("depth", "said"), [(truth.DEPTH_MAX, ""), (49, "nested"), (900, "nest")])
def test_depth_is_bounded(depth: int, said: str) -> None:
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        inside = "" if opening == "[" else "1"
        body = from_json((opening * depth + inside + closing * depth).encode())
        wrong = flaw(body, {})
        assert (said in wrong) if said else not wrong


def test_a_lender_is_told_which_product_and_that_nothing_was_concluded() -> None:
    told = str(truth.untrue("QuickBooks", "TotalAmt is not an amount"))
    assert "QuickBooks" in told
    assert "TotalAmt is not an amount" in told
    assert "Nothing was concluded" in told


@pytest.mark.parametrize("system", sorted(FEWEST))
def test_every_body_that_is_documented_or_recorded_is_believed(system: str) -> None:
    shapes = importlib.import_module(f"bridge.systems.{system}.shapes").SHAPES
    known = list(bodies(system))
    assert len(known) >= FEWEST[system]
    assert [(name, wrong) for name, body in known if (wrong := flaw(body, shapes))] == []


def test_what_a_row_of_xero_is_known_by_is_judged_as_an_id() -> None:
    shapes = importlib.import_module("bridge.systems.xero.shapes")
    fields = {*shapes.ID_FIELD.values()} - {"Code"}
    assert {field: shapes.SHAPES.get(field) for field in fields} == dict.fromkeys(fields, truth.ID)
