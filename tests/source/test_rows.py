"""One row at a time: what is optional may be wrong and holds the row; nothing is made up."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from bridge.core.findings import CATALOGUE, holds
from bridge.core.ledger import Adjustment, Borrower, Frequency, Loan, LoanKind, Repayment
from bridge.report.details import english
from tests.source.conftest import Read

LOANS = (
    "ID deuda;ID deudor;Nombre;Tipo;Concepto;Monto;Capital;Interés (%);Saldo;Moneda;Fecha;"
    "Vencimiento;Cuotas;Cuota;Frecuencia;Estado;Pagado\n"
)
MOVEMENTS = "ID movimiento;ID deuda;Fecha;Concepto;Tipo de movimiento;Monto;Forma de pago\n"


def loan_of(csv_file, row, **changes):
    return Read(csv_file(LOANS + row + "\n"), **changes).of(Loan)[0]


def codes(row):
    return {note.code for note in row.notes}


@pytest.mark.parametrize(
    ("row", "code", "heading"),
    [
        ("1;1;A;Fiado;;5.000;x;;;COP;01/02/2026;;;;;;", "amount.unreadable", "Capital"),
        ("1;1;A;Fiado;;5.000;;x;;COP;01/02/2026;;;;;;", "amount.unreadable", "Interés (%)"),
        ("1;1;A;Fiado;;5.000;;;x;COP;01/02/2026;;;;;;", "amount.unreadable", "Saldo"),
        ("1;1;A;Fiado;;5.000;;;;COP;01/02/2026;x;;;;;", "date.unreadable", "Vencimiento"),
        ("1;1;A;Fiado;;5.000;;;;COP;01/02/2026;;diez;;;;", "amount.unreadable", "Cuotas"),
        ("1;1;A;Fiado;;5.000;;;;COP;01/02/2026;;;x;;;", "amount.unreadable", "Cuota"),
    ],
)
def test_an_optional_cell_that_cannot_be_read_holds_the_debt(csv_file, row, code, heading):
    loan = loan_of(csv_file, row)
    note = next(note for note in loan.notes if note.code == code)
    assert f"row 2, column {heading}" in english(note.detail)
    assert holds(code)
    assert (heading, "x" if "x" in row else "diez") in loan.origin.cells


def test_a_debt_that_cannot_be_read_says_every_reason(csv_file):
    read = Read(csv_file(LOANS + ";;A;Fiado;;mil;;;;COP;ayer;;;;;;\n"))
    (finding,) = [f for f in read.findings if f.code == "row.unreadable"]
    for part in ("column ID deuda", "column ID deudor", "“mil” is not an amount", "“ayer” is not"):
        assert part in english(finding.detail)
    assert read.of(Loan) == []


def test_findings_never_carry_a_name_or_a_phone(csv_file):
    text = "ID deudor;Nombre;Teléfono\n;Rosa Ñungo;3905550101\n7;;3905550101\n"
    read = Read(csv_file(text))
    assert read.of(Borrower) == []
    assert read.snapshot.unreadable == 2
    for finding in read.findings:
        assert "Rosa" not in english(finding.detail)
        assert "3905550101" not in english(finding.detail)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("1;1;A;;Fiado del mes;5.000;;;;COP;01/02/2026;;;;;;", LoanKind.RUNNING_ACCOUNT),
        ("1;1;A;;;5.000;;;;COP;01/02/2026;;12;;;;", LoanKind.CASH_LOAN),
        ("1;1;A;;;5.000;;20;;COP;01/02/2026;;;;;;", LoanKind.CASH_LOAN),
        ("1;1;A;Fiado;;5.000;;20;;COP;01/02/2026;;12;;;;", LoanKind.RUNNING_ACCOUNT),
    ],
)
def test_a_debt_without_kind_is_a_loan_when_it_has_terms(csv_file, row, kind):
    assert loan_of(csv_file, row).kind is kind


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("1;1;A;Empeño;;5.000;;;;COP;01/02/2026;;12;;;;", "“Empeño” is not a known kind of debt"),
        ("1;1;A;;;5.000;;;;COP;01/02/2026;;;;;;", "nothing says whether money was lent"),
        ("1;1;A;;Préstamo para mercancía;5.000;;;;COP;01/02/2026;;;;;;", "nothing says whether"),
    ],
)
def test_a_kind_that_nobody_knows_is_asked_and_never_income(csv_file, row, told):
    loan = loan_of(csv_file, row)
    (note,) = [note for note in loan.notes if note.code == "loan.kind_unknown"]
    assert told in english(note.detail)
    assert "row 2" in english(note.detail)
    assert holds("loan.kind_unknown")
    assert loan.kind is LoanKind.CASH_LOAN


@pytest.mark.parametrize("kind", ["cash_loan", "running_account"])
def test_one_answer_says_the_kind_of_all_rows_that_say_none(csv_file, kind):
    loan = loan_of(csv_file, "1;1;A;;;5.000;;;;COP;01/02/2026;;;;;;", default_kind=kind)
    assert loan.kind is LoanKind(kind)
    assert "loan.kind_unknown" not in codes(loan)


def test_unknown_words_are_told(csv_file):
    read = Read(csv_file(LOANS + "1;1;A;Préstamo;;5;;;;COP;01/02/2026;;12;;A ratos;Raro;\n"))
    assert [f.code for f in read.findings].count("value.unknown") == 1
    loan = read.of(Loan)[0]
    assert (loan.frequency, loan.reported_state) == (None, "Raro")


def test_interest_is_flat_on_the_principal_and_rounded_half_up(csv_file):
    loan = loan_of(csv_file, "1;1;A;Préstamo;;1.000;33,35;10;;MXN;01/02/2026;;1;;Mensual;;")
    assert (loan.principal, loan.interest) == (Decimal("33.35"), Decimal("3.34"))
    assert loan.frequency is Frequency.MONTHLY


def test_daily_loans_skip_the_days_of_the_mapping(csv_file):
    row = "1;1;A;Préstamo;;5.000;;;;COP;01/02/2026;;12;;Diario;;"
    assert loan_of(csv_file, row).skipped_weekdays == (6,)
    assert loan_of(csv_file, row, daily_skips=(5, 6)).skipped_weekdays == (5, 6)


def test_pesos_without_cents_are_held_when_the_currency_has_none(csv_file):
    loan = loan_of(csv_file, "1;1;A;Fiado;;1.000,50;;;;CLP;01/02/2026;;;;;;")
    assert "amount.decimals_not_allowed" in codes(loan)
    assert holds("amount.decimals_not_allowed")


def test_movements_are_read_by_the_convention_of_their_debts_currency(tmp_path):
    (tmp_path / "deudas.csv").write_text(
        LOANS + "1;1;A;Fiado;;1,200;;;;MXN;01/02/2026;;;;;;\n"
        "2;1;A;Fiado;;1.200;;;;COP;01/02/2026;;;;;;\nX-3;1;A;Fiado;;9;;;;USD;01/02/2026;;;;;;\n",
        encoding="utf-8",
    )
    (tmp_path / "movimientos.csv").write_text(
        MOVEMENTS + "1;1;01/02/2026;;Pago;1,100;\n2;2;01/02/2026;;Pago;1.100;\n"
        "3;X-3;01/02/2026;;Aumento;1,100.50;\n4;9;01/02/2026;;Pago;1.100;\n",
        encoding="utf-8",
    )
    read = Read(tmp_path)
    assert [loan.gross for loan in read.of(Loan)] == [1200, 1200, 9]
    assert [row.amount for row in read.of(Repayment)] == [1100, 1100, 1100]
    assert read.one(Adjustment, "3").amount == Decimal("1100.50")
    assert not any("amount.unreadable" in codes(row) for row in read.of(Repayment))


def test_an_adjustment_below_zero_is_told_and_left_out(csv_file):
    read = Read(csv_file(MOVEMENTS + "1;9;01/02/2026;;Aumento;-5.000;\n"))
    assert read.rows == []
    assert (read.findings[-1].code, read.findings[-1].subject) == (
        "amount.unreadable",
        "movement:1",
    )


def test_a_future_day_is_after_the_day_of_the_snapshot(csv_file):
    read = Read(csv_file(MOVEMENTS + "1;9;20/11/2026;;Pago;5;\n2;9;21/11/2026;;Pago;5;\n"))
    assert [codes(row) for row in read.of(Repayment)] == [set(), {"movement.future_date"}]
    assert read.one(Repayment, "2").paid_on == date(2026, 11, 21)


def test_every_code_that_is_noticed_is_in_the_catalogue(day1):
    for form in ("json", "csv", "xlsx"):
        read = day1(form)
        told = {note.code for row in read.rows for note in row.notes} | read.codes()
        assert told <= CATALOGUE.keys()


def test_an_id_written_with_other_digits_is_another_id(tmp_path):
    (tmp_path / "d.csv").write_text(LOANS + "3;1;A;Fiado;;9;;;;MXN;01/02/2026;;;;;;\n", "utf-8")
    (tmp_path / "m.csv").write_text(MOVEMENTS + "1;٣;01/02/2026;;Pago;1.500;\n", "utf-8")
    assert Read(tmp_path).one(Repayment, "1").amount == 1500


def snapshot(tmp_path, **parts):
    document = {
        "schema": "deudores-snapshot/1", "as_of": "2026-11-19", "device_id": "d1",
        "debtors": [], "debts": [], "movements": [],
    } | parts  # fmt: skip
    document["counts"] = {key: len(document[key]) for key in ("debtors", "debts", "movements")}
    path = tmp_path / "s.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return Read(path)


def test_a_store_gives_its_debts_currency_kind_and_name(tmp_path):
    read = snapshot(
        tmp_path,
        stores=[
            {"store_id": "T", "name": "La 14", "currency": "MXN", "kind": "loan"},
            {"name": "x"},
        ],
        debtors=[{"debtor_id": "a", "name": "Ana", "store_id": "T", "phone": "5500001111"}],
        debts=[{"debt_id": 1, "debtor_id": "a", "amount": "1.5", "created_on": "2026-01-01"}],
    )
    loan = read.one(Loan, "1")
    assert (loan.currency, loan.kind, loan.store) == ("MXN", LoanKind.CASH_LOAN, "La 14")
    assert loan.gross == Decimal("1.50")
    assert read.snapshot.unreadable == 1  # the store without an id


def test_consents_that_are_not_told_are_not_missing(tmp_path):
    debtors = [{"debtor_id": 1, "name": "Ana"}, {"debtor_id": 2, "name": "Eva"}]
    silent = snapshot(tmp_path, debtors=debtors)
    assert [row.consents for row in silent.of(Borrower)] == [None, None]
    given = {"debtor_id": 1, "granted_on": "2026-01-01", "purposes": ["accounting"]}
    told = snapshot(tmp_path, debtors=debtors, consents=[given, {"debtor_id": 2}])
    assert [len(row.consents) for row in told.of(Borrower)] == [1, 0]
    assert "consent.missing" in codes(told.one(Borrower, "2"))
    assert told.snapshot.unreadable == 1
