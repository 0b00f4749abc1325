"""Sheets of two columns: read where both say what they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from bridge.core.ledger import Borrower, Loan
from bridge.errors import SnapshotRefused
from bridge.report.details import english
from tests.source.conftest import Read, source


@pytest.mark.parametrize("heading", ["ID deudor;Nombre", "Código cliente;Cliente"])
def test_people_with_a_number_and_a_name_are_people(heading: str, tmp_path: Path) -> None:
    (tmp_path / "deudores.csv").write_text(f"{heading}\n1;Ana Ruiz\n", "utf-8")
    head = "ID deuda;ID deudor;Tipo;Monto;Fecha\n"
    (tmp_path / "deudas.csv").write_text(f"{head}1;1;Préstamo;300.000;15/10/2026\n", "utf-8")
    read = Read(tmp_path)
    assert [person.name for person in read.of(Borrower)] == ["Ana Ruiz"]
    assert [loan.borrower for loan in read.of(Loan)] == ["1"]


def test_clients_and_what_they_owe_are_a_list(tmp_path: Path) -> None:
    path = tmp_path / "fiado.csv"
    path.write_text("Cliente;Debe\nRosa;5.000\nLuz;20.000\n", "utf-8")
    assert [loan.gross for loan in Read(path).of(Loan)] == [5_000, 20_000]


@pytest.mark.parametrize("text", ["ID;Nombre\n1;Centro\n", "Nombre;Cargo\nAna;Cobradora\n"])
def test_two_columns_that_may_be_of_anything_are_no_ledger(text: str, tmp_path: Path) -> None:
    path = tmp_path / "hoja.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(SnapshotRefused):
        list(source(path).snapshot().rows())


DAY = date(2026, 9, 22)
CLIENTS = [
    ["No. préstamo", "Nombre", "Monto", "Fecha", "Cuotas"],
    ["C01", "Rosa Quispe", 1200, date(2026, 9, 15), 30],
]
MONTHS = {
    "month": [["FECHA", "CODIGO", "PAGO"], [DAY, "C01", 40]],
    "money": [["Pago"], [40]],
    "day": [["Dia", "Cuanto"], [DAY, 40]],
}
Cells = list[list[Any]]


def as_csv(folder: Path, sheets: dict[str, Cells]) -> Path:
    for name, rows in sheets.items():
        lines = [
            ";".join(f"{c:%d/%m/%Y}" if isinstance(c, date) else str(c) for c in row)
            for row in rows
        ]
        (folder / f"{name.lower()}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def as_xlsx(folder: Path, sheets: dict[str, Cells]) -> Path:
    """With dates and numbers as Excel keeps them, and nothing that says which is money."""
    path = folder / "libro.xlsx"
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for at, value in enumerate(row):
                page.write(number, at, value, day if isinstance(value, date) else None)
    book.close()
    return path


@pytest.mark.parametrize("deliver", [as_csv, as_xlsx])
@pytest.mark.parametrize("month", MONTHS.values(), ids=MONTHS)
def test_a_sheet_of_small_payments_is_never_text_only(
    month: Cells, deliver: Callable[[Path, dict[str, Cells]], Path], tmp_path: Path
) -> None:
    """Soles: forty is money, though it may as well be a count."""
    path = deliver(tmp_path, {"CLIENTES": CLIENTS, "SETIEMBRE": month})
    with pytest.raises(SnapshotRefused) as refused:
        list(source(path).snapshot().rows())
    assert "setiembre" in str(refused.value.problems).lower()


def test_the_columns_of_an_unknown_sheet_are_named_as_they_are(tmp_path: Path) -> None:
    """By its own delimiter, and with what the nearest kind of table lacks."""
    path = tmp_path / "hoja.csv"
    path.write_text("Día,Persona,Abono\n15/10/2026,Ana Ruiz,5.000\n", "utf-8")
    with pytest.raises(SnapshotRefused) as refused:
        list(source(path).snapshot().rows())
    (problem,) = refused.value.problems
    assert 'the nearest has "Día", "Persona", "Abono"' in english(problem.what)
    assert '"ID deuda"' in english(problem.fix)
    assert '"Fecha"' in english(problem.fix)
    assert "Category" not in english(problem.fix)


def test_what_was_lent_may_stand_alone(tmp_path: Path) -> None:
    path = tmp_path / "ruta.csv"
    path.write_text("CLIENTE;PRÉSTAMO;CUOTA;FECHA\nAna López;200.000;10.000;20/10/2026\n", "utf-8")
    (loan,) = Read(path).of(Loan)
    assert (loan.kind.value, loan.gross) == ("cash_loan", 200_000)


@pytest.mark.parametrize(
    "text",
    [
        ('Marca temporal,Nombre del cliente,Monto prestado,Interés,Total,Fecha del préstamo\n'
        '15/10/2026 10:23:11,Ana Ruiz,"$300.000",20%,"$360.000",15/10/2026\n'),
        ("Loan ID;Borrower;Principal;Interest rate;Total due;Start date;Due date;Status\n"
        "L-001;Ana Ruiz;300.000;20%;360.000;2026-10-15;2026-12-15;Active\n"),
        ("NOMBRE;CEDULA;VALOR PRESTADO;TOTAL;FECHA;CUOTA DIARIA;NUMERO CUOTAS;;;;\n"
        "ANA RUIZ;52345678;300.000;360.000;15-oct-2026;15.000;24;;;;\n;;;;;;;;;;\n"
        "TOTAL;;300.000;;;;;;;;\n"),
    ],
    ids=["google form", "english", "trailing semicolons"],
)  # fmt: skip
def test_headings_of_other_lenders_are_known(text: str, tmp_path: Path) -> None:
    path = tmp_path / "prestamos.csv"
    path.write_text(text, "utf-8")
    (loan,) = Read(path).of(Loan)
    assert (loan.kind.value, loan.principal, loan.opening) == ("cash_loan", 300_000, 360_000)
