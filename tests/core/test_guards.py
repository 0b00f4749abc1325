"""Deliveries that cannot be trusted are refused, each with its reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bridge.core.guards import SnapshotFigures, SnapshotLimits, refuse
from bridge.core.ledger import SnapshotFacts

FACTS = SnapshotFacts(
    source="deudores",
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
    return [str(p) for p in refuse(facts, figures, SnapshotLimits(), "dia2")]


def test_an_ordinary_day_is_accepted() -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"counts": {"loans": 0}}, "has no loans"),
        ({"counts": {"loans": 150, "repayments": 900}}, "has 150 loans"),
        ({"counts": {"loans": 200, "repayments": 400}}, "has 400 repayments"),
        ({"money": {"COP": Decimal(100)}}, "has loans of 100 COP"),
        ({"last_as_of": "2026-11-25"}, "older than the last one accepted"),
        ({"reinstalled": ["debt 1"]}, "the app was reinstalled"),
    ],
)
def test_what_cannot_be_believed_is_refused(changes: dict[str, Any], words: str) -> None:
    assert any(words in problem for problem in said(**changes))


def test_all_reasons_are_given_at_once() -> None:
    assert len(said(counts={"loans": 10}, money={}, reinstalled=["debt 1"])) == 4


def test_a_part_of_a_ledger_may_be_small() -> None:
    partial = msgspec.structs.replace(FACTS, complete=False)
    assert said(partial, counts={"loans": 1}, money={}) == []
