"""A balance beside payments, in whatever form they stand, is compared and never opened with."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.report.details import english
from tests.found.desk import FOUND, Desk
from tests.source import ods
from tests.source.sheets import sheets


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Desk]:
    """The case on a desk, some of its cells changed: {(sheet, row, column): value}, from 1."""

    def read(case: str, change: dict[tuple[int, int, int], str] | None = None, **how: Any) -> Desk:
        there = sheets(FOUND / case)
        for (sheet, row, column), value in (change or {}).items():
            cells = list(there.values())[sheet - 1][row - 1]
            cells.extend([""] * (column - len(cells)))
            cells[column - 1] = value
        return Desk(tmp_path, **how).day(ods.book(tmp_path / "libro.ods", there))

    return read


PERIOD = {"undated_payments": "period"}
CASH = {"default_kind": "cash_loan"}


@pytest.mark.parametrize(
    ("case", "how", "owed", "received"),
    [
        ("W1", PERIOD, 1_640_000, 520_000),
        ("M03", CASH, 310_000, 190_000),
        ("M04", CASH | {"undated_payments": "hold"}, 500_000, 0),
        ("M05", {}, 400_000, 100_000),
        ("M07", {}, 190_000, 110_000),
        ("W3", {}, 1_320_000, 480_000),
    ],
)
def test_payments_lower_what_was_lent_and_no_loan_opens_at_its_balance(
    desk: Callable[..., Desk], case: str, how: dict[str, Any], owed: int, received: int
) -> None:
    made = desk(case, **how)
    assert (made.holds, made.owed) == ([], Decimal(owed))
    assert sum(made.receipts) == received
    assert made.found("loan.opened_at_balance") == []
    assert all("opening" not in lines for lines in made.invoices.values())
    assert ("loan.balance_mismatch" in made.asked) == (case == "M04")
    assert made.adds_up()


@pytest.mark.parametrize(
    ("case", "how", "change", "told"),
    [
        ("W1", PERIOD, {(1, 5, 12): "$ 800.000"}, "the ledger shows 800000.00; its movements make"),
        ("W1", PERIOD, {(1, 5, 11): "$ 400.000"}, "paid in all: the ledger says 400000.00, its"),
        (
            "M05",
            {},
            {(1, 4, 6): "150.000"},
            "the ledger shows 150000.00; its movements make 200000",
        ),
        ("W3", {}, {(1, 10, 3): "$ 800.000"}, "the ledger shows 800000.00; its movements make 900"),
        ("M07", {}, {(1, 1, 10): "Saldo", (1, 2, 10): "90.000"}, "the ledger shows 90000.00; its"),
    ],
)
def test_a_balance_that_its_payments_contradict_is_a_question(
    desk: Callable[..., Desk],
    case: str,
    how: dict[str, Any],
    change: dict[tuple[int, int, int], str],
    told: str,
) -> None:
    made = desk(case, change, **how)
    assert made.found("loan.opened_at_balance") == []
    (finding,) = made.found("loan.balance_mismatch")
    assert told in english(finding.detail)
    assert "loan.balance_mismatch" in made.asked
    assert made.adds_up()


def test_abonos_that_wait_are_told_with_the_balance_that_they_explain(
    desk: Callable[..., Desk],
) -> None:
    made = desk("M04", **CASH, undated_payments="hold")
    waiting = [(f.row, f.amount) for f in made.found("date.unreadable")]
    assert sorted(waiting) == [(2, 50_000), (2, 50_000), (3, 20_000)]
    told = sorted(f.amount for f in made.found("loan.balance_mismatch"))
    assert told == [Decimal(-100_000), Decimal(-20_000)]


def test_columns_for_abonos_that_are_all_empty_are_a_place_for_payments(
    desk: Callable[..., Desk],
) -> None:
    nothing = {(1, 2, column): "" for column in (3, 4, 5, 6, 7)}
    made = desk("M04", nothing | {(1, 3, 5): ""}, **CASH, undated_payments="hold")
    assert made.found("loan.opened_at_balance") == []
    assert "loan.balance_mismatch" in made.asked


def test_a_running_book_that_begins_with_many_loans_has_payments_all_the_same(
    tmp_path: Path,
) -> None:
    lent = [["15/10/2026", f"Cliente {n}", "préstamo", "1.000", "", "1.000"] for n in range(250)]
    paid = [["22/10/2026", "Cliente 7", "abono", "", "400", "600"]]
    head = ["Fecha", "Cliente", "Detalle", "Monto", "Abono", "Saldo"]
    path = ods.book(tmp_path / "libro.ods", {"Cuaderno": [head, *lent, *paid]})
    made = Desk(tmp_path, **CASH).day(path)
    assert (made.owed, made.receipts) == (Decimal(249_600), [Decimal(400)])
