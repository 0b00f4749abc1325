"""Sheets of two columns: read where both say what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.core.ledger import Borrower, Loan
from bridge.errors import SnapshotRefused
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
