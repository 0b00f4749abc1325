"""What a book hides is read and told; what it merges is said of each of its rows, and no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from bridge.core.ledger import Loan, Repayment, RepaymentKind
from bridge.report.details import english
from tests.source import ods
from tests.source.conftest import Read

DEBTS = [
    ["ID deuda", "ID deudor", "Nombre", "Tipo", "Monto", "Fecha"],
    [1, 1, "Ana Ruiz", "Préstamo", 300_000, date(2026, 10, 15)],
    [2, 2, "Bob Díaz", "Préstamo", 200_000, date(2026, 10, 15)],
]
PAYS = [
    ["ID movimiento", "No préstamo", "Fecha", "Monto", "Concepto"],
    [1, 1, date(2026, 10, 20), 50_000, ""],
    [2, "", date(2026, 10, 27), 50_000, ""],
    [3, 2, date(2026, 10, 20), 20_000, ""],
    [4, "", date(2026, 10, 27), 20_000, ""],
]
Rows = Sequence[Sequence[object]]
Write = Callable[..., Path]


def xlsx(
    folder: Path,
    payments: Rows = PAYS,
    merged: Sequence[tuple[int, int, int]] = (),
    rows: Sequence[int] = (),
    columns: Sequence[int] = (),
    sheet: str = "",
    filtered: bool = False,
) -> Path:
    """A book of debts and payments; rows count from 1 and columns from 0. `merged` is column,
    first and last row."""
    path = folder / "libro.xlsx"
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for title, lines in (("Deudas", DEBTS), ("Pagos", payments)):
        page = book.add_worksheet(title)
        for number, line in enumerate(lines):
            for at, value in enumerate(line):
                page.write(number, at, value, day if isinstance(value, date) else None)
    for at, first, last in merged:
        kept = payments[first - 1][at]
        page.merge_range(first - 1, at, last - 1, at, kept, day if isinstance(kept, date) else None)
    if filtered:
        page.autofilter(0, 0, len(payments) - 1, 3)
        page.filter_column(1, "x == 1")
    for row in rows:
        page.set_row(row - 1, None, None, {"hidden": True})
    for at in columns:
        page.set_column(at, at, None, None, {"hidden": True})
    if sheet:
        getattr(page, sheet)()
    book.close()
    return path


def opendocument(
    folder: Path,
    payments: Rows = PAYS,
    merged: Sequence[tuple[int, int, int]] = (),
    rows: Sequence[int] = (),
    columns: Sequence[int] = (),
    sheet: str = "",
    filtered: bool = False,
) -> Path:
    """The same book as LibreOffice writes it."""
    spans = {(first, at): last - first + 1 for at, first, last in merged}
    lines = [
        ods.row(
            [
                ods.cell(value, f'table:number-rows-spanned="{spans.get((number, at), 1)}"')
                for at, value in enumerate(line)
            ],
            f'table:visibility="{"filter" if filtered else "collapse"}"' if number in rows else "",
        )
        for number, line in enumerate(payments, start=1)
    ]
    shown = "".join(
        f'<table:table-column table:visibility="{"collapse" if at in columns else "visible"}"/>'
        for at in range(6)
    )
    pays = ods.table("Pagos", lines, shown, "ta2" if sheet else "ta1")
    return ods.write(folder / "libro.ods", ods.content(ods.table("Deudas", DEBTS), pays))


@pytest.fixture(params=[xlsx, opendocument], ids=["xlsx", "ods"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Write:
    write: Write = request.param
    return lambda **about: write(tmp_path, **about)


def paid(read: Read) -> list[tuple[str, int]]:
    return [(row.loan, int(row.amount)) for row in read.of(Repayment)]


def hidden(read: Read) -> list[tuple[str, int]]:
    return [(english(f.detail), f.row) for f in read.findings if f.code == "file.hidden"]


WHOLE = [[*row[:1], [1, 1, 2, 2][n - 1] if n else row[1], *row[2:]] for n, row in enumerate(PAYS)]
ALL = [("1", 50_000), ("1", 50_000), ("2", 20_000), ("2", 20_000)]


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({"rows": [3]}, [("rows 3 (1 in all)", 3)]),
        ({"rows": [2, 3, 5]}, [("rows 2-3, 5 (3 in all)", 2)]),
        ({"rows": [4, 5], "filtered": True}, [("rows 4-5 (2 in all)", 4)]),
        ({"columns": [3]}, [("columns D (1 in all)", 0)]),
        ({"columns": [4, 5]}, [("columns E (1 in all)", 0)]),
        ({"rows": [9], "columns": [5]}, []),
        ({"sheet": "hide"}, [("the sheet", 0)]),
        ({"sheet": "very_hidden"}, [("the sheet", 0)]),
        ({}, []),
    ],
)
def test_a_hidden_payment_is_money_and_is_told_with_its_place(
    book: Write, about: dict[str, object], told: list[tuple[str, int]]
) -> None:
    read = Read(book(payments=WHOLE, **about))
    assert paid(read) == ALL
    assert hidden(read) == told


def test_a_merged_number_is_the_number_of_each_of_its_rows(book: Write) -> None:
    read = Read(book(merged=[(1, 2, 3), (1, 4, 5)]))
    assert paid(read) == ALL
    assert read.snapshot.unreadable == 0


def test_without_a_merge_an_empty_number_waits_with_its_row(book: Write) -> None:
    read = Read(book(merged=[(1, 2, 3)]))
    assert paid(read) == ALL[:3]
    assert [f.row for f in read.findings if f.code == "row.unreadable"] == [5]


def test_a_merged_day_is_the_day_of_each_payment_and_a_merged_amount_is_one_payment(
    book: Write,
) -> None:
    rows = [
        PAYS[0],
        [1, 1, date(2026, 10, 20), 50_000, ""],
        [2, 1, "", 20_000, ""],
        [3, 2, date(2026, 10, 21), 70_000, ""],
        [4, 2, date(2026, 10, 22), "", ""],
    ]
    read = Read(book(payments=rows, merged=[(2, 2, 3), (3, 4, 5)]))
    assert [(str(row.paid_on), row.amount) for row in read.of(Repayment)] == [
        ("2026-10-20", 50_000), ("2026-10-20", 20_000), ("2026-10-21", 70_000), ("2026-10-22", 0),
    ]  # fmt: skip
    assert read.of(Repayment)[-1].kind is RepaymentKind.VISIT


def test_a_merge_that_begins_in_the_heading_says_nothing_of_the_rows(book: Write) -> None:
    rows = [PAYS[0], [1, "", date(2026, 10, 20), 50_000, ""]]
    read = Read(book(payments=rows, merged=[(1, 1, 2)]))
    assert paid(read) == []
    assert [f.row for f in read.findings if f.code == "row.unreadable"] == [2]


def test_a_client_merged_over_their_payments_pays_each_of_them(tmp_path: Path) -> None:
    path = tmp_path / "libro.xlsx"
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    loans = book.add_worksheet("Préstamos")
    loans.write_row(0, 0, ["Nombre", "Monto", "Fecha"])
    loans.write_row(1, 0, ["Ana Ruiz", 300_000])
    loans.write_datetime(1, 2, date(2026, 10, 1), day)
    pays = book.add_worksheet("Abonos")
    pays.write_row(0, 0, ["Cliente", "Fecha", "Valor"])
    pays.merge_range(1, 0, 3, 0, "Ana Ruiz")
    pays.merge_range(1, 1, 2, 1, date(2026, 10, 2), day)
    pays.write_datetime(3, 1, date(2026, 10, 9), day)
    for number, amount in enumerate((50_000, 30_000, 20_000), start=1):
        pays.write_number(number, 2, amount)
    book.close()
    read = Read(path)
    assert len(read.of(Loan)) == 1
    assert [(str(row.paid_on), row.amount) for row in read.of(Repayment)] == [
        ("2026-10-02", 50_000), ("2026-10-02", 30_000), ("2026-10-09", 20_000),
    ]  # fmt: skip
