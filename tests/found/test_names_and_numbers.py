"""Whose loan it is: names in two columns, names alike in the books, numbers written in two ways."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from bridge.core.change.alike_names import name_key
from bridge.report.details import english
from tests.found.desk import FOUND, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Desk]:
    return lambda **changes: Desk(tmp_path, **changes)


def test_a_payment_of_a_loan_written_with_zeros_names_the_nearest(
    desk: Callable[..., Desk],
) -> None:
    made = desk().day(FOUND / "M09" / "libro.xlsx")
    assert made.receipts == []
    told = made.found("movement.orphan")
    assert [(english(f.detail), f.asks, f.row) for f in told] == [
        ("loan 7 is not in the ledger; the nearest is 007", True, 2)
    ]
    assert told[0].file.startswith("libro.xlsx")
    assert made.adds_up() or made.ledger == made.owed  # the payment has no loan, so no currency


def test_name_and_surname_in_two_columns_are_one_name_and_two_people(
    desk: Callable[..., Desk],
) -> None:
    made = desk(default_kind="cash_loan").day(FOUND / "M12" / "cuaderno.csv")
    assert sorted(made.customers.values()) == ["Juan Gómez", "Juan Pérez"]
    assert made.owed == Decimal(500_000)


def test_surnames_in_two_columns_tell_two_people_apart(
    desk: Callable[..., Desk], tmp_path: Path
) -> None:
    path = tmp_path / "cuaderno.csv"
    path.write_text(
        "Nombre;Primer apellido;Segundo apellido;Monto;Fecha\n"
        "Juan;Pérez;Ruiz;300.000;15/10/2026\nJuan;Pérez;Gómez;200.000;15/10/2026\n",
        encoding="utf-8",
    )
    made = desk().day(path)
    assert sorted(made.customers.values()) == ["Juan Pérez Gómez", "Juan Pérez Ruiz"]


def test_names_that_differ_only_by_emoji_get_a_suffix_and_it_is_told(
    desk: Callable[..., Desk],
) -> None:
    made = desk().day(FOUND / "M28")
    assert made.customers == {
        "1": "Ana (DYOCAL-D1)",
        "2": "Ana (DYOCAL-D2)",
        "3": "DYOCAL-D3",
    }
    told = made.found("borrower.name_cleanup")
    assert sorted(f.row for f in told) == [2, 3, 4]


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("Ana Ruiz", "ANA RUIZ", True),
        ("Ana Ruiz", "Ana Ruíz", True),
        ("Ana Ruiz", "Ana Ruiz.", True),
        ("Ana Ruiz", "Ana  Ruiz ", True),
        ("Ana Ruiz", "Ana-Ruiz", True),
        ("Ana Ruiz", "Ana: Ruiz", True),
        ("Ana Ruiz", "𝐀𝐧𝐚 Ruiz", True),
        ("🌹", "🚗", True),
        ("A" * 150 + "b", "A" * 150 + "c", True),
        ("A" * 149 + "b", "A" * 149 + "c", False),
        ("Ana Ruiz", "Ana Ruiz 2", False),
        ("Peña", "Pena", True),
    ],
)
def test_names_that_a_product_may_take_for_one_are_told_apart(
    first: str, second: str, alike: bool
) -> None:
    assert (name_key(first) == name_key(second)) is alike
