"""Sheets of comparable apps: read by their headings, with identities made from content."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bridge.core.ledger import Adjustment, Borrower, Loan, LoanKind, Repayment
from bridge.errors import SnapshotRefused
from bridge.report.details import english
from tests.source.conftest import SAMPLES, Read, source

VARIANTS = SAMPLES / "variantes"
ALL = sorted(path.name for path in VARIANTS.iterdir())


@pytest.mark.parametrize("name", ALL)
def test_every_variant_is_read_but_absence_means_nothing(name):
    read = Read(VARIANTS / name)
    assert read.rows
    assert not read.facts.complete
    assert not read.snapshot.complete_after_reading()
    assert read.snapshot.unreadable == 0


@pytest.mark.parametrize("name", [n for n in ALL if "abonos" not in n])
def test_missing_ids_are_told_and_can_be_refused(name):
    assert "identity.weak" in Read(VARIANTS / name).codes()
    with pytest.raises(SnapshotRefused) as refused:
        source(VARIANTS / name, weak_ids="refuse").snapshot()
    assert "weak_ids" in english(refused.value.problems[0].told)


@pytest.mark.parametrize("name", ALL)
def test_made_up_ids_are_the_same_on_every_reading(name):
    first, second = Read(VARIANTS / name), Read(VARIANTS / name)
    assert first.rows == second.rows


def test_a_loan_book_says_principal_interest_and_total():
    read = Read(VARIANTS / "mis_prestamos_hoja.csv", default_currency="MXN", default_locale="es-MX")
    loan = read.one(Loan, "1")
    assert (loan.opening, loan.gross) == (Decimal("4200.00"), None)
    assert (loan.principal, loan.interest) == (Decimal("3000.00"), Decimal("1200.00"))
    assert (loan.currency, loan.instalments) == ("MXN", 14)
    assert (loan.start, loan.due) == (date(2026, 8, 2), date(2026, 11, 8))
    borrower = read.one(Borrower, loan.borrower)
    assert (borrower.name, borrower.phone) == ("Rocío Ledezma", "+525500001201")


def test_payments_of_a_loan_book_name_their_loan():
    read = Read(VARIANTS / "mis_prestamos_abonos.csv")
    assert [(row.id, row.loan, row.amount) for row in read.of(Repayment)] == [
        ("1", "1", Decimal("300.00")),
        ("2", "1", Decimal("300.00")),
        ("3", "2", Decimal("1800.00")),
    ]


def test_a_loan_book_and_its_payments_are_read_together(tmp_path):
    for name in ("mis_prestamos_hoja.csv", "mis_prestamos_abonos.csv"):
        (tmp_path / name).write_bytes((VARIANTS / name).read_bytes())
    read = Read(tmp_path)
    assert (len(read.of(Loan)), len(read.of(Repayment)), len(read.of(Borrower))) == (3, 3, 3)


def test_two_tables_of_one_kind_are_a_question_for_a_person():
    with pytest.raises(SnapshotRefused) as refused:
        source(VARIANTS, prefer="csv").snapshot()
    assert any(
        "they are tables of loans" in english(problem.what) for problem in refused.value.problems
    )


def test_a_route_portfolio_without_payments_opens_each_loan_at_its_balance():
    read = Read(VARIANTS / "cartera_clientes.csv")
    first = read.of(Loan)[0]
    assert (first.opening, first.reported_balance) == (Decimal(1200000), Decimal(1200000))
    assert (first.agreed, first.principal) == (Decimal(2400000), Decimal(2000000))
    assert (first.kind, first.collector) == (LoanKind.CASH_LOAN, "VEND-01")
    assert [loan.start for loan in read.of(Loan)] == [
        date(2026, 10, 13),
        date(2026, 9, 11),
        date(2026, 10, 1),
    ]
    assert len(read.of(Loan)) == 3
    assert "file.total_row" in read.codes()


def test_a_balance_list_is_one_running_account_per_person():
    read = Read(VARIANTS / "fiado_saldos.csv")
    loans = read.of(Loan)
    assert [loan.gross for loan in loans] == [Decimal(84500), Decimal(12000), Decimal(-3000)]
    assert {loan.kind for loan in loans} == {LoanKind.RUNNING_ACCOUNT}
    assert "loan.total_not_positive" in [note.code for note in loans[2].notes]


@pytest.mark.parametrize(
    ("name", "balances"),
    [
        ("splitwise_es.csv", {"Duván Ospina": 40000, "Xóchitl Orozco": 230000}),
        ("splitwise_en.csv", {"Duván Ospina": 40}),
    ],
)
def test_splitwise_debtors_owe_what_the_total_says(name, balances):
    read = Read(VARIANTS / name)
    names = {row.id: row.name for row in read.of(Borrower)}
    owed = {}
    for loan in read.of(Loan):
        paid = sum(row.amount for row in read.of(Repayment) if row.loan == loan.id)
        owed[names[loan.borrower]] = loan.gross - paid
        assert owed[names[loan.borrower]] == loan.reported_balance
    assert owed == balances


def test_the_phones_tables_group_one_persons_debts():
    read = Read(VARIANTS / "volcado_tablas.json")
    assert [loan.borrower for loan in read.of(Loan)] == ["1", "2", "1"]
    assert len(read.of(Borrower)) == 2
    assert read.one(Loan, "1").start == date(2026, 9, 1)
    assert read.one(Loan, "2").reported_paid is True
    assert [row.amount for row in read.of(Adjustment)] == [Decimal(35000)]
    assert read.one(Repayment, "4").paid_on == date(2026, 11, 1)


def test_equal_payments_without_ids_stay_two_while_the_file_grows(csv_file):
    rows = "ID préstamo;Fecha;Monto;Nota\n7;01/10/2026;5.000;x\n7;01/10/2026;5.000;x\n"
    before = [row.id for row in Read(csv_file(rows)).of(Repayment)]
    after = [row.id for row in Read(csv_file(rows + "7;02/10/2026;5.000;x\n")).of(Repayment)]
    assert len(set(before)) == 2
    assert after[:2] == before
    assert len(set(after)) == 3
