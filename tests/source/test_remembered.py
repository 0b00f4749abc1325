"""Cells that come again are not read again: a row must be the same whatever was read before it."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from bridge.core.ledger import Adjustment, Loan, Repayment
from tests.source.conftest import Read, source

PEOPLE = "ID deudor;Nombre\n1;Ana\n"
LOANS = "ID deuda;ID deudor;Tipo;Monto;Capital;Interés (%);Saldo;Cuotas;Cuota;Moneda;Fecha\n"
MOVEMENTS = (
    "ID movimiento;ID deuda;Fecha;Concepto;Tipo de movimiento;Monto;Forma de pago;Anula;Moneda\n"
)
FOLDER = {"deudores.csv": PEOPLE}

DAYS = ("02/03/2026", "2026-03-02", "03/02/2027", "ayer", "")
TIDY = ("30.000", "1.250", "500", "-5", "0", "", "30 USD", "1e3", "no pagó")
MIXED = (*TIDY, "30.00", "12,345.50")
WORDS = (
    ("Cuota", "Pago", "Efectivo", "", ""),
    ("Cuota", "Aumento", "", "", ""),
    ("=1+1", "Pago", "Efectivo", "", ""),
    ("Cuota", "Pago", "Bitcóin", "", ""),
    ("Cuota", "Pago", "Nequi", "", "MXN"),
    ("Cuota", "Descuento", "", "12", ""),
    ("Cuota", "Rifa", "", "", ""),
)
OWED = ("300.00", "300.000", "0", "mil", "")
BESIDE = ("", "20", "1.250", "x", "20.005", "0", "-3")


def _read(folder, files):
    """A delivery of these files, with a reader that has read nothing else."""
    folder.mkdir()
    for name, text in (FOLDER | files).items():
        (folder / name).write_text(text, encoding="utf-8")
    return source(folder, prefer="csv").snapshot()


def _rows(snapshot, kinds):
    """Id → row, and what was said of the rows that could not be read."""
    rows = {row.id: row for row in snapshot.rows() if isinstance(row, kinds)}
    told = [f for f in snapshot.findings() if f.row]
    return rows, {f.row: (f.code, f.subject, f.detail) for f in told}


def _movements(amounts, repeats):
    cells = list(product(("1", "2", " 1 ", "9"), DAYS, amounts, WORDS)) * repeats
    Random(7).shuffle(cells)
    return [
        f"{n};{loan};{day};{concept};{kind};{amount};{method};{back};{currency}\n"
        for n, (loan, day, amount, (concept, kind, method, back, currency)) in enumerate(cells, 1)
    ]


def _loans():
    cells = list(product(OWED, BESIDE, ("", "20", "x"), BESIDE, ("", "12", "doce"), ("COP", "MXN")))
    Random(8).shuffle(cells)
    return [
        f"{n};1;Préstamo;{owed};{lent};{rate};{left};{count};{left};{currency};02/01/2026\n"
        for n, (owed, lent, rate, left, count, currency) in enumerate(cells, 1)
    ]


TWO_LOANS = (
    LOANS
    + "1;1;Préstamo;300.000;;;;;;COP;02/01/2026\n"
    + "2;1;Préstamo;300.00;;;;;;MXN;02/01/2026\n"
)


def _forget(monkeypatch):
    monkeypatch.setattr("bridge.source.deudores.movements._REMEMBERED", 0)
    monkeypatch.setattr("bridge.source.deudores.loans._REMEMBERED", 0)
    monkeypatch.setattr("bridge.source.deudores.survey._REMEMBERED", 0)


@pytest.mark.parametrize("amounts", [TIDY, MIXED])
def test_a_movement_is_read_the_same_whatever_was_read_before_it(amounts, tmp_path, monkeypatch):
    lines = _movements(amounts, repeats=5)
    files = {"deudas.csv": TWO_LOANS, "movimientos.csv": MOVEMENTS + "".join(lines)}
    kinds = (Repayment, Adjustment)
    remembering = _rows(_read(tmp_path / "remembering", files), kinds)
    _forget(monkeypatch)
    assert remembering == _rows(_read(tmp_path / "forgetting", files), kinds)
    assert len(remembering[0]) > 1_000 < len(lines) - len(remembering[0])


def test_a_loan_is_read_the_same_whatever_was_read_before_it(tmp_path, monkeypatch):
    lines = _loans()
    files = {"deudas.csv": LOANS + "".join(lines)}
    remembering = _rows(_read(tmp_path / "remembering", files), Loan)
    _forget(monkeypatch)
    assert remembering == _rows(_read(tmp_path / "forgetting", files), Loan)
    assert len(remembering[0]) > 500


def test_one_cell_after_thousands_that_are_all_alike_is_still_heard(csv_file):
    """A column's convention and the order of its dates may show in its last cell alone."""
    head = "ID deuda;ID deudor;Tipo;Monto;Moneda;Fecha\n"
    alike = "".join(f"{n};1;Préstamo;30.000;COP;02/01/2026\n" for n in range(1, 5_200))
    last = "5200;1;Préstamo;1,234.50;COP;02/01/2026\n5201;1;Préstamo;40.000;COP;12/31/2026\n"
    read = Read(csv_file(head + alike + last))
    assert "amount.mixed" in read.codes()
    for said in ("amount.unreadable", "date.unreadable"):
        held = [row for row in read.of(Loan) if any(note.code == said for note in row.notes)]
        assert len(held) > 5_000, said
