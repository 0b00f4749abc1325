"""The sample ledger: three forms, one ledger; every deliberate defect is noticed."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal

import msgspec
import pytest

from bridge.core.ledger import (
    Adjustment,
    AdjustmentKind,
    Borrower,
    Frequency,
    Loan,
    LoanKind,
    Repayment,
    RepaymentKind,
    Store,
)
from bridge.core.money import NO_CURRENCY
from bridge.report.details import english
from tests.expected import problems
from tests.source.conftest import DAY1, SAMPLES, Read

FORMS = ("json", "csv", "xlsx")
LEDGER = (Borrower, Loan, Repayment, Adjustment)
OF_RECORD = {"borrower": (Borrower,), "loan": (Loan,), "movement": (Repayment, Adjustment)}
EXPECTED = problems(DAY1 / "problemas_esperados.json")
ACROSS_ROWS = {
    "borrower.possible_duplicate",
    "borrower.homonym",
    "borrower.without_loans",
    "borrower.two_currencies",
    "loan.balance_mismatch",
    "loan.overpaid",
    "loan.orphan",
    "loan.paid_flag_mismatch",
    "loan.schedule_mismatch",
    "movement.before_loan",
    "movement.orphan",
    "movement.duplicate_identical",
    "movement.duplicate_conflict",
    "movement.possible_double_entry",
}


def bare(row):
    """A row without where it came from and what was noticed."""
    return msgspec.structs.replace(row, origin=None, notes=())


def noticed(read):
    """Code → records that carry it."""
    found: dict[str, set[str]] = {}
    for name, kinds in OF_RECORD.items():
        for row in read.of(*kinds):
            for note in row.notes:
                found.setdefault(note.code, set()).add(f"{name}:{row.id}")
    return found


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_every_row_of_the_day(day1, form):
    read = day1(form)
    counts = Counter(type(row) for row in read.of(*LEDGER))
    assert counts == {Borrower: 120, Loan: 200, Repayment: 900, Adjustment: 237}
    assert read.facts.installation == "dev-7f3a"
    assert str(read.facts.as_of) == "2026-11-19"
    assert read.snapshot.complete_after_reading()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kinds", [(Loan,), (Repayment, Adjustment)])
def test_the_forms_say_the_same_of_debts_and_movements_row_for_row(day1, form, kinds):
    said = [bare(row) for row in day1("json").of(*kinds)]
    assert [bare(row) for row in day1(form).of(*kinds)] == said


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_forms_say_the_same_of_borrowers_but_for_what_csv_cannot_hold(day1, form):
    def comparable(row):
        phone = "" if form == "csv" and row.id == "77" else row.phone
        return msgspec.structs.replace(bare(row), consents=None, phone=phone)

    said = [comparable(row) for row in day1("json").of(Borrower)]
    assert [comparable(row) for row in day1(form).of(Borrower)] == said


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_forms_agree_on_who_authorised(day1, form):
    def authorised(read):
        return {
            row.id: bool(row.consents) and all(c.revoked_on is None for c in row.consents)
            for row in read.of(Borrower)
        }

    assert authorised(day1(form)) == authorised(day1("json"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "problem",
    [p for p in EXPECTED if p["code"] not in ACROSS_ROWS],
    ids=lambda p: f"{p['code']}-{p['records'][0]}",
)
def test_every_defect_that_one_row_shows_is_a_note_on_it(day1, form, problem):
    found = noticed(day1(form)).get(problem["code"], set())
    assert set(problem["records"]) <= found


@pytest.mark.parametrize("form", FORMS)
def test_nothing_else_is_noticed_on_rows(day1, form):
    expected: dict[str, set[str]] = {}
    for problem in EXPECTED:
        expected.setdefault(problem["code"], set()).update(problem["records"])
    expected["borrower.name_cleanup"].add("borrower:64")  # a double blank, listed under duplicates
    if form == "csv":
        expected["phone.scientific"] = {"borrower:77"}
    for code, records in noticed(day1(form)).items():
        assert records <= expected[code], code


FILE_CODES = [
    ("csv", "file.encoding", "movimientos.csv"),
    ("csv", "file.bom", "deudores.csv"),
    ("csv", "file.delimiter", "deudas.csv"),
    ("csv", "file.total_row", "deudas.csv"),
    ("csv", "file.blank_rows", "deudas.csv"),
    ("csv", "date.mixed", "movimientos.csv"),
    ("csv", "amount.mixed", "movimientos.csv"),
    ("xlsx", "file.total_row", "deudores.xlsx Deudas"),
    ("xlsx", "file.header_offset", "deudores.xlsx Deudas"),
    ("xlsx", "cell.number_as_text", "deudores.xlsx Movimientos"),
]


@pytest.mark.parametrize(("form", "code", "file"), FILE_CODES)
def test_every_oddity_of_a_file_is_told(day1, form, code, file):
    told = {(finding.code, finding.subject) for finding in day1(form).findings}
    assert (code, f"file:{file}") in told


def test_the_encoding_used_is_named(day1):
    told = [english(f.detail) for f in day1("csv").findings if f.code == "file.encoding"]
    assert told == ["cp1252"]


@pytest.mark.parametrize("form", FORMS)
def test_binary_leftovers_are_rounded_half_up_and_the_original_is_kept(day1, form):
    row = day1(form).one(Repayment, "1131")
    assert row.amount == Decimal("33333.33")
    kept = [text for _, text in row.origin.cells]
    assert any(len(text) > 15 and "3333333" in text for text in kept)


@pytest.mark.parametrize("form", FORMS)
def test_rows_are_read_in_the_ledgers_words(day1, form):
    read = day1(form)
    loan = read.one(Loan, "65")
    assert (loan.kind, loan.frequency) == (LoanKind.CASH_LOAN, Frequency.DAILY)
    assert (loan.principal, loan.interest) == (Decimal("800000.00"), Decimal("160000.00"))
    assert (loan.gross, loan.opening) == (Decimal("960000.00"), None)
    assert loan.concept == "Préstamo para la moto\nfiador: cuñado"
    assert loan.store == "Préstamos Soacha"
    assert read.one(Loan, "142").currency == NO_CURRENCY
    assert read.one(Loan, "4").currency == "COP"
    assert read.one(Repayment, "1129").kind is RepaymentKind.VISIT
    assert read.one(Repayment, "1130").amount == Decimal("-2000.00")
    assert read.one(Adjustment, "1135").kind is AdjustmentKind.WRITE_OFF
    assert read.one(Borrower, "21").name == "Álvaro Tibaquirá 🏍️"
    originals = [text for _, text in read.one(Borrower, "21").origin.cells]
    assert "  Álvaro   Tibaquirá 🏍️ " in originals


@pytest.mark.parametrize("form", FORMS)
def test_sums_are_those_of_the_control_file(day1, form):
    control = json.loads((DAY1 / "control.json").read_text(encoding="utf-8"))
    read = day1(form)
    currency = {loan.id: loan.currency for loan in read.of(Loan)}
    paid: Counter[str] = Counter()
    for row in read.of(Repayment):
        paid[currency.get(row.loan, "COP")] += row.amount
    raw = control["raw_sum_by_type_and_currency"]["PAYMENT"]
    assert paid["MXN"] == Decimal(raw["MXN"])
    assert paid[NO_CURRENCY] == Decimal(raw["PESOS"])
    rounding = Decimal("0.003333333336")
    assert paid["COP"] == Decimal(raw["COP"]) + Decimal(raw["(none)"]) - rounding


@pytest.mark.parametrize("form", FORMS)
def test_rows_delivered_twice_come_twice(day1, form):
    ids = Counter(row.id for row in day1(form).of(Repayment))
    assert (ids["201"], ids["351"]) == (2, 2)


def test_stores_come_with_the_json_form_only(day1):
    assert [store.name for store in day1("json").of(Store)][2] == "Abarrotes El Sol"
    assert day1("csv").of(Store) == []


def test_an_unknown_currency_is_the_stores_when_the_mapping_says_so():
    store = {"Abarrotes El Sol": {"currency": "MXN"}}
    for form in FORMS:
        read = Read(DAY1, form, currency_unknown="store", stores=store)
        loan = read.one(Loan, "142")
        assert (loan.currency, loan.gross) == ("MXN", Decimal("1200.00"))
        assert [note.code for note in loan.notes] == ["loan.currency_missing"]


def test_rows_can_be_read_again():
    read = Read(DAY1, "csv")
    again = list(read.snapshot.rows())
    assert again == read.rows
    assert read.snapshot.findings() == read.findings


def test_the_second_day_has_no_manifest_and_is_complete():
    read = Read(SAMPLES / "dia2")
    assert read.snapshot.complete_after_reading()
    alone = Read(SAMPLES / "dia2" / "deudores_snapshot.json")
    assert alone.rows == read.rows


def test_the_second_day_differs_as_it_should():
    changes = json.loads((SAMPLES / "dia2" / "cambios_esperados.json").read_text(encoding="utf-8"))
    first, second = (
        {row.id: bare(row) for row in Read(SAMPLES / day, "json").of(Repayment, Adjustment)}
        for day in ("dia1", "dia2")
    )
    expected = [c for c in changes["changes"] if c["entity"] == "movement"]
    added = {str(c["id"]) for c in expected if c["change"] == "added"}
    removed = {str(c["id"]) for c in expected if c["change"] == "removed"}
    cascade = {str(n) for c in changes["changes"] for n in c.get("movements_removed", [])}
    changed = {str(c["id"]) for c in expected if c["change"] == "changed"}
    assert second.keys() - first.keys() == added
    assert first.keys() - second.keys() == removed | cascade
    assert {i for i in first.keys() & second.keys() if first[i] != second[i]} == changed
