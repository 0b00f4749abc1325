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
    declared_counts={"loan": 200},
)
GOOD = SnapshotFigures(
    counts={"loan": 200, "repayment": 900},
    money={"COP": Decimal(1000)},
    previous_counts={"loan": 201, "repayment": 890},
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
        ({"counts": {"loan": 0}}, "has no loans"),
        ({"counts": {"loan": 150, "repayment": 900}}, "declares 200 loan rows and holds 150"),
        ({"counts": {"loan": 200, "repayment": 400}}, "has 400 repayment rows"),
        ({"money": {"COP": Decimal(100)}}, "has loans of 100 COP"),
        ({"last_as_of": "2026-11-25"}, "older than the last one accepted"),
        ({"reinstalled": ["debt 1"]}, "the app was reinstalled"),
    ],
)
def test_what_cannot_be_believed_is_refused(changes: dict[str, Any], words: str) -> None:
    assert any(words in problem for problem in said(**changes))


def test_all_reasons_are_given_at_once() -> None:
    assert len(said(counts={"loan": 10}, money={}, reinstalled=["debt 1"])) == 5


def test_a_part_of_a_ledger_may_be_small() -> None:
    partial = msgspec.structs.replace(FACTS, complete=False, declared_counts={})
    assert said(partial, counts={"loan": 1}, money={}) == []
