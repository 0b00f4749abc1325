"""Sheets as lenders keep them: every sheet, column and row is read or named, in every form."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from bridge.core.ledger import Adjustment, Loan, LoanKind, Repayment
from bridge.errors import SnapshotRefused
from bridge.report.details import english
from tests.source import ods
from tests.source.conftest import DAY1, ROOT, SAMPLES, Read, source
from tests.source.sheets import as_text, sheets

FOUND = ROOT / "tests" / "data" / "found"
OF_A_FORM = ("file.bom", "file.encoding", "file.delimiter", "file.blank_rows")
FORMS = ("csv", "xlsx", "ods")
TOTAL = "Gran total;;;65.000"


def in_form(case: str, form: str, tmp_path: Path) -> Path:
    """The found case as CSV files or as one book."""
    there = sheets(FOUND / case)
    folder = tmp_path / case
    folder.mkdir()
    if form == "csv":
        for title, rows in there.items():
            width = max(len(row) for row in rows)
            out = io.StringIO()
            writer = csv.writer(out, delimiter=";")
            writer.writerows(
                [[as_text(c) for c in row] + [""] * (width - len(row)) for row in rows]
            )
            (folder / f"{title}.csv").write_text(out.getvalue(), encoding="utf-8")
        return folder
    if form == "ods":
        ods.book(folder / "libro.ods", there)
        return folder
    book = xlsxwriter.Workbook(folder / "libro.xlsx")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for title, rows in there.items():
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif isinstance(cell, Decimal):
                    sheet.write_number(number, column, int(cell))
                elif cell:
                    sheet.write_string(number, column, cell)
    book.close()
    return folder


def paid(read: Read) -> list[tuple[str, int]]:
    """Day and amount of every payment."""
    return [(str(row.paid_on), int(row.amount)) for row in read.of(Repayment)]


def owed(read: Read) -> Decimal:
    """What the loans make, less their payments, plus what was charged."""
    loans = sum((loan.opening or loan.gross for loan in read.of(Loan)), Decimal(0))
    charged = sum((row.amount for row in read.of(Adjustment)), Decimal(0))
    return loans + charged - sum((row.amount for row in read.of(Repayment)), Decimal(0))


def problems(path: Path, **changes: object) -> list[str]:
    """Why the delivery is refused: while it is taken in, or while its rows are read."""
    with pytest.raises(SnapshotRefused) as refused:
        list(source(path, **changes).snapshot().rows())
    return [english(problem.told) for problem in refused.value.problems]


@pytest.mark.parametrize("form", FORMS)
def test_abonos_under_dates_are_payments_of_those_days(form, tmp_path):
    read = Read(in_form("M03", form, tmp_path))
    assert paid(read) == [
        ("2026-10-22", 50_000), ("2026-10-29", 50_000), ("2026-11-05", 50_000),
        ("2026-10-22", 20_000), ("2026-11-05", 20_000),
    ]  # fmt: skip
    assert owed(read) == 310_000
    assert {row.origin.line for row in read.of(Repayment)} == {2, 3}


@pytest.mark.parametrize("form", FORMS)
def test_abonos_without_a_day_are_asked_about_with_their_columns(form, tmp_path):
    (told,) = problems(in_form("M04", form, tmp_path))
    for part in ('"Abono 1", "Abono 2", "Abono 3"', "3 payments", "undated_payments"):
        assert part in told
    assert '"period"' not in told  # nothing says how long one would be


@pytest.mark.parametrize("form", FORMS)
def test_abonos_without_a_day_can_be_held_one_by_one(form, tmp_path):
    read = Read(in_form("M04", form, tmp_path), undated_payments="hold")
    held = [f for f in read.findings if f.code == "date.unreadable"]
    assert [(f.row, f.amount) for f in held] == [(2, 50_000), (2, 50_000), (3, 20_000)]
    assert all(f.asks and "the payment has no date" in english(f.detail) for f in held)
    assert "column Abono 2" in english(held[1].detail)
    assert owed(read) == 500_000
    assert [loan.reported_balance for loan in read.of(Loan)] == [200_000, 180_000]


@pytest.mark.parametrize("form", FORMS)
def test_a_running_book_is_loans_and_payments(form, tmp_path):
    read = Read(in_form("M05", form, tmp_path))
    assert [(loan.kind, loan.gross) for loan in read.of(Loan)] == [
        (LoanKind.CASH_LOAN, 300_000),
        (LoanKind.CASH_LOAN, 200_000),
    ]
    assert paid(read) == [("2026-10-22", 50_000), ("2026-10-29", 50_000)]
    assert [loan.reported_balance for loan in read.of(Loan)] == [200_000, 200_000]
    assert read.snapshot.unreadable == 0


@pytest.mark.parametrize("form", FORMS)
def test_a_sheet_of_payments_for_each_month_is_one_table(form, tmp_path):
    read = Read(in_form("M07", form, tmp_path))
    assert paid(read) == [("2026-11-03", 60_000), ("2026-10-20", 50_000)] or paid(read) == [
        ("2026-10-20", 50_000),
        ("2026-11-03", 60_000),
    ]
    assert {row.loan for row in read.of(Repayment)} == {"1"}
    assert len({row.origin.file for row in read.of(Repayment)}) == 2


def test_months_that_use_the_same_numbers_are_a_question(tmp_path):
    head = "ID movimiento;ID deuda;Fecha;Monto\n"
    (tmp_path / "octubre.csv").write_text(head + "1;1;20/10/2026;50.000\n", encoding="utf-8")
    (tmp_path / "noviembre.csv").write_text(head + "1;1;03/11/2026;60.000\n", encoding="utf-8")
    (told,) = problems(tmp_path)
    assert "noviembre.csv, octubre.csv" in told
    assert "the number “1” of row 2" in told


@pytest.mark.parametrize("form", FORMS)
def test_titles_totals_and_notes_are_told_and_never_booked(form, tmp_path):
    read = Read(in_form("M15", form, tmp_path))
    assert [loan.id for loan in read.of(Loan)] == ["1", "2"]
    told = [(f.code, f.row) for f in read.findings if f.row]
    assert told == [
        ("file.heading_row", 3), ("file.total_row", 5), ("file.total_row", 6),
        ("file.total_row", 7), ("file.total_row", 8), ("file.note_row", 10),
    ]  # fmt: skip
    assert read.snapshot.unreadable == 0
    assert not any("María" in f.subject + english(f.detail) for f in read.findings)


@pytest.mark.parametrize("form", FORMS)
def test_payments_by_name_belong_to_the_clients_only_open_loan(form, tmp_path):
    read = Read(in_form("M18", form, tmp_path))
    loans = {loan.id: loan.gross for loan in read.of(Loan)}
    assert [(loans[row.loan], row.amount) for row in read.of(Repayment)] == [
        (300_000, 50_000),
        (200_000, 20_000),
    ]
    assert {loan.kind for loan in read.of(Loan)} == {LoanKind.CASH_LOAN}


@pytest.mark.parametrize(
    ("loans", "told"),
    [
        ("Ana Ruiz;300.000;15/10/2026\nAna Ruiz;90.000;16/10/2026\n", "2 open loans"),
        ("Bob Díaz;300.000;15/10/2026\n", "no open loan is in this customer's name"),
    ],
)
def test_a_payment_by_name_that_fits_no_one_loan_is_told_with_its_amount(tmp_path, loans, told):
    (tmp_path / "prestamos.csv").write_text("Nombre;Monto;Fecha\n" + loans, encoding="utf-8")
    payments = "Fecha;Cliente;Valor\n20/10/2026;Ana Ruiz;50.000\n"
    (tmp_path / "pagos.csv").write_text(payments, encoding="utf-8")
    read = Read(tmp_path)
    (finding,) = [f for f in read.findings if f.code == "row.unreadable"]
    assert told in english(finding.detail)
    assert "Ana" not in english(finding.detail)
    assert (finding.file, finding.row, finding.amount) == ("pagos.csv", 2, 50_000)
    assert read.of(Repayment) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_payment_in_parts_is_their_sum_and_its_late_fee_is_charged(form, tmp_path):
    read = Read(in_form("M24", form, tmp_path))
    assert paid(read) == [("2026-10-20", 50_000), ("2026-10-27", 52_000)]
    (fee,) = read.of(Adjustment)
    assert (fee.kind.value, fee.amount, fee.loan) == ("late_fee", 2_000, "1")
    assert owed(read) == 200_000


def test_parts_that_do_not_make_the_amount_beside_them_are_told(csv_file):
    head = "ID pago;ID deuda;Fecha;Monto;Abono capital;Abono interés\n"
    read = Read(csv_file(head + "1;1;20/10/2026;60.000;40.000;10.000\n2;1;21/10/2026;5;4;1\n"))
    (finding,) = [f for f in read.findings if f.code == "amount.unreadable"]
    assert "“60.000”, but its parts make 50000" in english(finding.detail)
    assert (finding.row, finding.amount) == (2, 50_000)
    assert paid(read) == [("2026-10-21", 5)]


@pytest.mark.parametrize("form", FORMS)
def test_a_total_below_a_list_of_fiado_is_no_customer(form, tmp_path):
    read = Read(in_form("M32", form, tmp_path))
    assert [loan.kind for loan in read.of(Loan)] == [LoanKind.RUNNING_ACCOUNT] * 2
    assert owed(read) == 96_500
    assert [f.row for f in read.findings if f.code == "file.total_row"] == [4, 5]


def test_a_total_that_its_rows_do_not_make_is_a_task(csv_file):
    read = Read(
        csv_file("Cliente;Teléfono;Saldo\nRosa;1;84.500\nTotal cartera;;96.500\n", "fiado.csv")
    )
    (finding,) = [f for f in read.findings if f.code == "file.total_differs"]
    assert finding.asks
    assert finding.row == 3
    assert "says 96500.00, its rows make 84500.00" in english(finding.detail)


@pytest.mark.parametrize(
    "rows",
    [
        ["Subtotal Centro;;;60.000", "Sur;1;01/02/2026;5.000", "Subtotal Sur;;;5.000", TOTAL],
        [";;;60.000", "Total;;;60.000"],
    ],
)
def test_subtotals_and_grand_totals_are_each_checked_against_their_rows(csv_file, rows):
    head = (
        "Cliente;Teléfono;Última compra;Saldo\nRosa;3;01/02/2026;20.000\nLuz;4;01/02/2026;40.000\n"
    )
    read = Read(csv_file(head + "\n".join(rows), "fiado.csv"))
    assert "file.total_differs" not in read.codes()
    assert "file.total_row" in read.codes()


def test_a_customer_whose_name_begins_like_a_total_is_data(csv_file):
    rows = "Totalo García;;;10.000\nSuma Pérez;3905550101;12/11/2026;20.000\n"
    read = Read(csv_file("Cliente;Teléfono;Última compra;Saldo\n" + rows, "fiado.csv"))
    assert [loan.gross for loan in read.of(Loan)] == [10_000, 20_000]
    assert "file.total_row" not in read.codes()


@pytest.mark.parametrize("form", FORMS)
def test_weeks_in_columns_are_cash_loans_never_sales(form, tmp_path):
    path = in_form("W1", form, tmp_path)
    told = problems(path)
    assert any('"SEM 1", "SEM 2", "SEM 3", "SEM 4"' in problem for problem in told)
    read = Read(path, undated_payments="period")
    assert [(loan.kind, loan.principal, loan.opening) for loan in read.of(Loan)] == [
        (LoanKind.CASH_LOAN, 1_000_000, 1_200_000),
        (LoanKind.CASH_LOAN, 500_000, 600_000),
        (LoanKind.CASH_LOAN, 300_000, 360_000),
    ]
    assert owed(read) == 1_640_000
    assert paid(read)[:2] == [("2026-10-10", 100_000), ("2026-10-17", 100_000)]
    assert "file.total_differs" not in read.codes()


@pytest.mark.parametrize("form", FORMS)
def test_a_sheet_of_what_was_lent_and_what_is_owed_is_cash_loans(form, tmp_path):
    read = Read(in_form("W2", form, tmp_path))
    assert [(loan.kind, loan.principal) for loan in read.of(Loan)] == [
        (LoanKind.CASH_LOAN, 1_000_000),
        (LoanKind.CASH_LOAN, 500_000),
    ]
    assert [loan.reported_balance for loan in read.of(Loan)] == [900_000, 420_000]


@pytest.mark.parametrize("form", FORMS)
def test_a_sheet_for_each_client_is_read(form, tmp_path):
    read = Read(in_form("W3", form, tmp_path))
    assert [(loan.kind, loan.principal, loan.opening) for loan in read.of(Loan)] == [
        (LoanKind.CASH_LOAN, 1_000_000, 1_200_000),
        (LoanKind.CASH_LOAN, 500_000, 600_000),
    ]
    assert owed(read) == 1_320_000
    assert read.snapshot.unreadable == 0


@pytest.mark.parametrize("case", ["M03", "M05", "M07", "M15", "M18", "M24", "M32", "W2", "W3"])
def test_every_form_of_a_found_sheet_gives_the_same_rows_and_findings(case, tmp_path):
    def told(form: str) -> list[tuple[object, ...]]:
        folder = tmp_path / form
        folder.mkdir()
        read = Read(in_form(case, form, folder))
        rows = [
            (type(row).__name__, getattr(row, "amount", None), getattr(row, "opening", None),
             getattr(row, "gross", None), getattr(row, "reported_balance", None),
             getattr(row, "name", None), str(getattr(row, "paid_on", "")))
            for row in read.rows
        ]  # fmt: skip
        found = [(f.code, f.row, f.amount) for f in read.findings if f.code not in OF_A_FORM]
        return sorted(rows + found, key=str)

    assert told("csv") == told("xlsx") == told("ods")


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Comisión", "5.000"), ("Cargo fijo", "$ 12"), ("Retenido", "1.234,50"), ("Prima", "2500"),
        ("Multas", "5"), ("Firma", "12/10/2026"), ("", "45.000"), ("Saldo viejo", "3"),
    ],
)  # fmt: skip
def test_a_column_with_money_or_dates_that_nobody_reads_stops_the_file(csv_file, heading, cell):
    text = f"ID deuda;ID deudor;Tipo;Monto;Fecha;{heading}\n1;1;Fiado;9;01/02/2026;{cell}\n"
    (told,) = problems(csv_file(text))
    for part in ("hoja.csv", "row 2", cell, heading and f"“{heading}”"):
        assert part in told
    if heading:
        assert f'ignore = ["{heading}"]' in told
        read = Read(csv_file(text), ignore=[heading])
        assert len(read.of(Loan)) == 1
        (finding,) = [f for f in read.findings if f.code == "file.columns_unread"]
        assert heading in english(finding.detail)


def test_money_in_an_unread_column_far_down_stops_the_file_too(csv_file):
    rows = "".join(f"{n};1;Fiado;9;01/02/2026;\n" for n in range(1, 900))
    text = "ID deuda;ID deudor;Tipo;Monto;Fecha;Prima\n" + rows + "900;1;Fiado;9;01/02/2026;2.500\n"
    (told,) = problems(csv_file(text))
    assert "row 901 has an amount in it: “2.500”" in told


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Teléfono 2", "3905550101"), ("Doc codeudor", "52.345.678"), ("Edad", "45"),
        ("Hijos", "2"),
        ("Días mora", "15"), ("Barrio", "20 de Julio"), ("Apodo", "a 50"),
        ("Ruta", "3"), ("Garantía", "Televisor"), ("Año", "2026"), ("Último pago", "05/11/2026"),
        ("", "3"), ("Calificación", "7"), ("Código postal", "110111"), ("Visitas", "4"),
    ],
)  # fmt: skip
def test_a_column_without_money_is_left_out_and_named(csv_file, heading, cell):
    text = f"ID deuda;ID deudor;Tipo;Monto;Fecha;{heading}\n1;1;Fiado;9;01/02/2026;{cell}\n"
    read = Read(csv_file(text))
    assert len(read.of(Loan)) == 1
    named = [english(f.detail) for f in read.findings if f.code == "file.columns_unread"]
    assert bool(named) == bool(heading)
    assert all(heading in detail for detail in named)


@pytest.mark.parametrize("path", sorted((SAMPLES / "variantes").iterdir()), ids=lambda p: p.name)
def test_no_sample_is_stopped_by_its_columns(path):
    assert Read(path).rows


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("fiado.csv", "Cliente;Saldo;Teléfono\nRosa;5.000;1\n", LoanKind.RUNNING_ACCOUNT),
        (
            "lista.csv",
            "Cliente;Saldo;Última compra\nRosa;5.000;01/02/2026\n",
            LoanKind.RUNNING_ACCOUNT,
        ),
        ("prestamos.csv", "Cliente;Saldo;Teléfono\nRosa;5.000;1\n", LoanKind.CASH_LOAN),
    ],
)
def test_a_list_of_balances_is_what_its_words_say(csv_file, name, text, kind):
    (loan,) = Read(csv_file(text, name)).of(Loan)
    assert (loan.kind, loan.gross) == (kind, 5_000)


def test_a_list_of_balances_that_says_nothing_is_asked(csv_file):
    path = csv_file("Cliente;Saldo;Teléfono\nRosa;5.000;1\n", "lista.csv")
    (told,) = problems(path)
    for part in ("lista.csv", "“Saldo”", "default_kind", "running_account", "cash_loan"):
        assert part in told
    (loan,) = Read(path, default_kind="cash_loan").of(Loan)
    assert loan.kind is LoanKind.CASH_LOAN


def test_goods_and_money_in_one_sheet_are_told_apart_by_the_column_of_kinds(csv_file):
    head = "ID deuda;ID deudor;Tipo;Monto;Fecha;Interés (%)\n"
    read = Read(csv_file(head + "1;1;Fiado;9;01/02/2026;\n2;1;Préstamo;9;01/02/2026;20\n"))
    assert [loan.kind.value for loan in read.of(Loan)] == ["running_account", "cash_loan"]


@pytest.mark.parametrize("form", FORMS)
def test_a_payment_without_its_loans_number_waits_with_its_row(form, tmp_path):
    read = Read(in_form("M06", form, tmp_path))
    assert paid(read) == [("2026-10-20", 50_000), ("2026-10-20", 20_000)]
    assert [f.row for f in read.findings if f.code == "row.unreadable"] == [3, 5]


@pytest.mark.parametrize(("key", "value"), [("commission", 5000), ("prima", "2.500"), ("iva", 1.5)])
def test_a_json_key_with_money_that_nobody_reads_stops_the_file(tmp_path, key, value):
    document = json.loads((DAY1 / "deudores_snapshot.json").read_text(encoding="utf-8"))
    document["debts"][4][key] = value
    path = tmp_path / "libro.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    (told,) = problems(path)
    assert f"debts: column “{key}”" in told
    assert "row 5" in told
    assert Read(path, ignore=[key]).rows


def test_a_workbook_beside_csv_files_is_a_task_until_a_person_says_which_is_read(tmp_path):
    in_form("M18", "csv", tmp_path)
    folder = tmp_path / "M18"
    (folder / "otro.xlsx").write_bytes((FOUND / "M07" / "libro.xlsx").read_bytes())
    (finding,) = [f for f in Read(folder).findings if f.code == "file.unread_ledger"]
    assert (finding.file, finding.asks) == ("otro.xlsx", True)
    (known,) = [f for f in Read(folder, "csv").findings if f.code == "file.not_read"]
    assert not known.asks
