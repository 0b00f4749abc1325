"""A payment in parts of which one can be read in two ways is told, never summed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bridge.core.ledger import Loan, Repayment
from bridge.report.details import english
from tests.source.conftest import Read

LOANS = (
    "ID deuda;ID deudor;Cliente;Fecha;Total a pagar;Tipo\n"
    "1;1;Ana Ríos;01/08/2026;900.000;Préstamo\n"
)
LENT = (
    "ID deuda;ID deudor;Cliente;Fecha;Monto;Saldo;Tipo\n"
    "1;1;Ana Ríos;01/08/2026;900.000;899.800;Préstamo\n"
)
PEOPLE = "ID deudor;Nombre\n1;Ana Ríos\n"
HEADING = "ID pago;ID préstamo;Fecha;Abono capital;Abono interés\n"


def read(folder: Path, *rows: str, loans: str = LOANS, **mapping: str) -> Read:
    (folder / "deudas.csv").write_text(loans, encoding="utf-8")
    (folder / "deudores.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "pagos.csv").write_text(HEADING + "\n".join(rows) + "\n", encoding="utf-8")
    return Read(folder, **mapping)


TWO_WAYS = ("1;1;02/09/2026;1.234;0", "2;1;09/09/2026;12.50;0")


def test_a_part_that_its_column_contradicts_is_told_with_its_row(tmp_path: Path) -> None:
    found = read(tmp_path, *TWO_WAYS)
    assert [row.id for row in found.of(Repayment)] == ["2"]
    told = [f for f in found.findings if f.code == "amount.unreadable"]
    assert [(f.file, f.row, "can be read in two ways" in english(f.detail)) for f in told] == [
        ("pagos.csv", 2, True)
    ]


@pytest.mark.parametrize(
    ("rows", "mapping"),
    [
        ((TWO_WAYS[0], "2;1;09/09/2026;12,50;0"), {}),
        (TWO_WAYS, {"ambiguous_amounts": "locale"}),
    ],
    ids=["one convention", "by the currency"],
)
def test_what_is_settled_is_summed(
    rows: tuple[str, ...], mapping: dict[str, str], tmp_path: Path
) -> None:
    amounts = {row.id: row.amount for row in read(tmp_path, *rows, **mapping).of(Repayment)}
    assert amounts["1"] == Decimal(1234)


@pytest.mark.parametrize(
    ("interest", "codes"),
    [("1.234", ["loan.interest_unclear"]), ("1.234,00", [])],
    ids=["in two ways", "in one"],
)
def test_what_can_be_read_in_two_ways_tells_nothing_of_the_loans_interest(
    interest: str, codes: list[str], tmp_path: Path
) -> None:
    """Two payments of 100 would make the balance of a loan whose interest comes on top."""
    other = "12.50" if codes else "12,50"
    rows = (f"1;1;02/09/2026;100;{interest}", f"2;1;09/09/2026;100;{other}")
    found = read(tmp_path, *rows, loans=LENT)
    (loan,) = found.of(Loan)
    told = [note.code for note in loan.notes if note.code == "loan.interest_unclear"]
    assert told == codes
