"""Deliveries that cannot be trusted are refused, each with its reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bridge.core.guards import SnapshotFigures, SnapshotLimits, refuse
from bridge.core.ledger import SnapshotFacts
from bridge.report.details import english

FACTS = SnapshotFacts(
    source="deudores",
    letters="DY",
    installation="dev-7f3a",
    as_of=date(2026, 11, 19),
    generated_at="",
    format="json",
    complete=True,
    locale="es-CO",
    default_currency="COP",
)
GOOD = SnapshotFigures(
    counts={"loans": 200, "repayments": 900},
    money={"COP": Decimal(1000)},
    previous_counts={"loans": 201, "repayments": 890},
    previous_money={"COP": Decimal(1100)},
    last_as_of="2026-11-18",
)


def said(facts: SnapshotFacts = FACTS, **changes: Any) -> list[str]:
    figures = msgspec.structs.replace(GOOD, **changes)
    return [english(p.told) for p in refuse(facts, figures, SnapshotLimits(), "dia2")]


def test_an_ordinary_day_is_accepted() -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"counts": {"loans": 0}}, "there are no loans in it"),
        ({"counts": {"loans": 150, "repayments": 900}}, "150 loans"),
        ({"counts": {"loans": 200, "repayments": 400}}, "400 payments"),
        ({"money": {"COP": Decimal(100)}}, "loans of 100 COP"),
        ({"last_as_of": "2026-11-25"}, "older than the last one accepted"),
        ({"reinstalled": ["debt 1"]}, "the app was installed again"),
    ],
)
def test_what_cannot_be_believed_is_refused(changes: dict[str, Any], words: str) -> None:
    assert any(words in problem for problem in said(**changes))


def test_all_reasons_are_given_at_once() -> None:
    assert len(said(counts={"loans": 10}, money={}, reinstalled=["debt 1"])) == 4


PARTIAL = msgspec.structs.replace(FACTS, complete=False)


def test_a_part_of_a_ledger_may_be_small() -> None:
    assert said(PARTIAL, counts={"loans": 1, "repayments": 1}, money={}) == []
    assert said(PARTIAL, counts={"repayments": 1}, money={}) == []
    assert said(PARTIAL, counts={}, money={}) == []


def test_loans_without_any_of_the_payments_that_there_were_are_refused_in_every_delivery() -> None:
    """A workbook without its sheet of payments: every loan would be owed as a whole again."""
    for facts in (FACTS, PARTIAL):
        assert said(facts, counts={"loans": 201}, previous_counts={"loans": 201, "repayments": 1})
    never = {"loans": 201, "repayments": 0}
    assert said(PARTIAL, counts={"loans": 201}, previous_counts=never) == []


@pytest.mark.parametrize(
    ("before", "now", "refused"),
    [
        (1, 0, True),
        (2, 1, False),
        (3, 1, True),
        (3, 2, False),
        (4, 2, False),
        (5, 0, True),
        (5, 2, True),
        (5, 3, False),
        (10, 5, False),
        (10, 4, True),
        (12, 6, True),
        (60, 55, False),
        (60, 54, False),
        (59, 53, True),
        (0, 0, False),
        (0, 4, False),
    ],
)
@pytest.mark.parametrize("table", ["repayments", "adjustments", "borrowers", "stores"])
def test_a_few_rows_may_go_but_never_all_nor_most(
    table: str, before: int, now: int, refused: bool
) -> None:
    """Five or fewer, at most half of them; or a tenth of a large table."""
    there = {"loans": 200, "repayments": 900}
    found = said(counts=there | {table: now}, previous_counts=there | {table: before})
    assert bool(found) is refused, found


@pytest.mark.parametrize(("percent", "refused"), [(99, True), (100, False)])
def test_a_person_can_say_that_an_emptied_table_is_true(percent: int, refused: bool) -> None:
    figures = msgspec.structs.replace(
        GOOD, counts={"loans": 200, "repayments": 0}, previous_counts={"repayments": 3}
    )
    limits = SnapshotLimits(shrink_rows_percent=Decimal(percent))
    assert bool(refuse(FACTS, figures, limits, "dia2")) is refused


@pytest.mark.parametrize(
    ("before", "now", "refused"),
    [("100", "70", False), ("100", "69.99", True), ("100", "0", True), ("0", "0", False)],
)
@pytest.mark.parametrize("what", ["money", "paid"])
def test_a_large_fall_of_money_lent_or_paid_is_refused(
    what: str, before: str, now: str, refused: bool
) -> None:
    changes = {what: {"COP": Decimal(now)}, f"previous_{what}": {"COP": Decimal(before)}}
    assert bool(said(**changes)) is refused


@pytest.mark.parametrize(
    ("before", "now", "percent", "refused"),
    [
        (24_000, -6_000, 100, False),  # more was given back than was paid: the way out is one
        (24_000, -6_000, 99, True),
        (24_000, 0, 100, False),
        (10_000, 7_000, 30, False),
        (10_000, 6_999, 30, True),
        (-6_000, -7_000, 30, False),
        (-6_000, -7_801, 30, True),
        (-6_000, 5_000, 30, False),
    ],
)
def test_a_fall_of_money_is_measured_by_what_there_was_and_a_person_may_believe_any(
    before: int, now: int, percent: int, refused: bool
) -> None:
    paid = {"previous_paid": {"COP": Decimal(before)}, "paid": {"COP": Decimal(now)}}
    figures = msgspec.structs.replace(GOOD, **paid)
    limits = SnapshotLimits(shrink_money_percent=Decimal(percent))
    assert bool(list(refuse(FACTS, figures, limits, "dia2"))) is refused
