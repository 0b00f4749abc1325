"""Cells that were once misread, from the file to the books: documents and holds with their sums."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from bridge.core.tie_out.known import BooksKnown, Fresh
from bridge.core.tie_out.verdict import verdict
from bridge.pipeline.known import known
from bridge.report.details import english
from tests.found.desk import FOUND, Desk
from tests.source.conftest import TODAY


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Desk]:
    def read(path: Path, **changes: object) -> Desk:
        return Desk(tmp_path, **changes).day(path)

    return read


def green(made: Desk) -> bool:
    """Whether the verdict is green over books that agree, and nothing is held."""
    with made.store.read() as work:
        told = known(work, {}, Fresh(today=TODAY))
    books = (BooksKnown(system="xero", company="demo"),)
    return verdict(msgspec.structs.replace(told, books=books)).green and not made.holds


CASES = {
    "M01": ({"1": 2_500_000, "2": 1_200_000, "3": 350_000}, [1_250_000], {}, True),
    "M02": (dict.fromkeys("1256", 50_000), [], {}, False),
    "M14": ({"1": 300_000}, [50_000], {}, False),
    "M17": (
        {"7": 10_000},
        [],
        {f"loan:{loan}": ("loan.currency_unknown", 10_000) for loan in "1258"}
        | {f"loan:{loan}": ("amount.unreadable", 10) for loan in "346"},  # 10.000 of dollars
        False,
    ),
    "M26": ({"1": 300_000}, [], {}, False),
    "J1": (
        {"1": Decimal("1234567.89"), "2": Decimal("1234567.89")},
        [],
        {"loan:3": ("amount.unreadable", 1_234), "loan:4": ("rate.missing", 1_000)},
        False,
    ),
    "D1": ({}, [], {"loan:2": ("date.unreadable", 29_000)}, False),
    "D2": ({"1": 50_000}, [20_000], {}, False),
}
"""Case → loan and its invoice, receipts, what is held, and whether nothing waits for a person."""


@pytest.mark.parametrize("case", CASES)
def test_the_books_of_a_found_case_to_the_cent(case: str, desk: Callable[..., Desk]) -> None:
    invoices, receipts, held, is_green = CASES[case]
    made = desk(FOUND / case)
    assert {loan: sum(parts.values()) for loan, parts in made.invoices.items()} == invoices
    assert sorted(made.receipts) == receipts
    assert {subject: (code, amount) for code, subject, amount in made.holds} == held
    assert green(made) is is_green


SPLITWISE = FOUND / "D3" / "splitwise.csv"


@pytest.mark.parametrize("sign", [",", ";"])
def test_a_file_of_an_app_with_decimal_commas_is_one_account(
    desk: Callable[..., Desk], tmp_path: Path, sign: str
) -> None:
    text = SPLITWISE.read_text("utf-8-sig")
    if sign == ";":
        quoted = text.split('"')
        quoted[::2] = [part.replace(",", ";") for part in quoted[::2]]
        text = "".join(quoted)
    path = tmp_path / "splitwise.csv"
    path.write_text(text, "utf-8")
    made = desk(path)
    assert [sum(parts.values()) for parts in made.invoices.values()] == [Decimal("3600.25")]
    assert made.receipts == [1_000]
    assert made.owed == made.ledger == Decimal("2600.25")
    assert green(made)


LOANS = "ID deuda;ID deudor;Nombre;Tipo;Monto;Fecha\n1;1;Ana;Préstamo;300.000;15/10/2026\n"
PAYMENTS = "ID movimiento;ID deuda;Fecha;Monto;Concepto;Forma de pago\n"


@pytest.mark.parametrize(
    ("rows", "receipts", "asked"),
    [
        ("1;1;20/10/2026;;;\n2;1;21/10/2026;;;\n", 0, 2),  # a column that nobody filled
        ("1;1;20/10/2026;0;;\n2;1;21/10/2026;;;\n", 0, 1),
        ("1;1;20/10/2026;;no pagó;\n2;1;21/10/2026;no vino;;\n", 0, 0),
        ("1;1;20/10/2026;;;\n2;1;21/10/2026;5.000;;\n", 1, 0),
        ("1;1;20/10/2026;;;Efectivo\n2;1;21/10/2026;5.000;;\n", 1, 1),
        ("1;1;20/10/2026;;abonó 50.000;\n2;1;21/10/2026;5.000;;\n", 1, 1),
        ("1;1;20/10/2026;;no vino hoy;Efectivo\n2;1;21/10/2026;5.000;;\n", 1, 0),
        ("1;1;20/10/2026;$ -;;\n2;1;21/10/2026;$ -;;\n", 0, 0),  # a spreadsheet's zero
    ],
)
def test_money_never_vanishes_in_a_visit(
    desk: Callable[..., Desk], tmp_path: Path, rows: str, receipts: int, asked: int
) -> None:
    folder = tmp_path / "libro"
    folder.mkdir()
    (folder / "deudas.csv").write_text(LOANS, "utf-8")
    (folder / "movimientos.csv").write_text(PAYMENTS + rows, "utf-8")
    made = desk(folder, prefer="csv")
    assert len(made.receipts) == receipts
    unread = made.found("amount.unreadable")
    assert len(unread) == asked
    assert all("nothing is written" in english(finding.detail) for finding in unread)
    assert green(made) is (asked == 0)
    nothing = made.found("file.nothing_read")
    assert [f.file for f in nothing] == (["movimientos.csv"] if asked == 2 else [])


def test_parts_of_a_payment_are_its_amount_where_that_is_left_empty(
    desk: Callable[..., Desk], tmp_path: Path
) -> None:
    folder = tmp_path / "libro"
    folder.mkdir()
    (folder / "deudas.csv").write_text(LOANS, "utf-8")
    head = "ID pago;ID deuda;Fecha;Monto;Abono capital;Abono interés\n"
    rows = "1;1;20/10/2026;;40.000;10.000\n2;1;21/10/2026;;;\n3;1;22/10/2026;9.000;;\n"
    (folder / "pagos.csv").write_text(head + rows, "utf-8")
    made = desk(folder, prefer="csv", amount_is="owed")
    assert sorted(made.receipts) == [9_000, 50_000]
    assert green(made)


@pytest.mark.parametrize(
    ("rows", "held"),
    [
        ("Rosa;1;1.234;12/11/2026\nLuz;2;12.50;13/11/2026\n", {"amount.unreadable"}),
        ("Rosa;1;84.500;10/05/2026\nLuz;2;12.000;10/25/2026\n", {"date.unreadable"}),
        ("Rosa;1;84.500;10/05/2026\nLuz;2;12.000;25/10/2026\n", set()),
    ],
)
def test_a_list_of_balances_is_asked_about_amounts_and_days_as_any_table(
    desk: Callable[..., Desk], tmp_path: Path, rows: str, held: set[str]
) -> None:
    path = tmp_path / "fiado.csv"
    path.write_text("Cliente;Teléfono;Saldo pendiente;Última compra\n" + rows, "utf-8")
    made = desk(path)
    assert {code for code, *_ in made.holds} == held
