"""Cells as lenders really write them: read for what they say, or left to a person with the text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bridge.core.findings import holds
from bridge.core.ledger import Loan, Repayment, RepaymentKind
from bridge.core.money import NO_CURRENCY
from bridge.report.details import english
from tests.source.conftest import FOUND, Read, shipped


def told(read: Read, subject: str):
    """The findings about one record that ask for a person."""
    return [f for f in read.findings if f.subject == subject and f.asks]


def test_the_apostrophe_of_millions_is_read():
    read = Read(FOUND / "M01")
    assert [loan.gross for loan in read.of(Loan)] == [2_500_000, 1_200_000, 350_000]
    assert [row.amount for row in read.of(Repayment)] == [1_250_000]
    assert not any(holds(note.code) for row in read.of(Loan, Repayment) for note in row.notes)


def test_fifty_thousand_in_six_ways_is_that_or_held_with_its_cell():
    read = Read(FOUND / "M02")
    assert {loan.id: loan.gross for loan in read.of(Loan)} == dict.fromkeys("1256", 50_000)
    for row, text in ((4, "50 mil"), (5, "50k")):
        (finding,) = told(read, f"loan:{row - 1}")
        assert (finding.code, finding.file, finding.row) == ("amount.unreadable", "deudas.csv", row)
        assert f"row {row}, column Monto: “{text}” is not an amount" in english(finding.detail)
        assert finding.amount is None  # 50 is not what anybody meant


def test_words_instead_of_an_amount_are_visits_or_are_asked():
    read = Read(FOUND / "M14")
    rows = {row.id: row for row in read.of(Repayment)}
    assert {native: row.amount for native, row in rows.items()} == {"1": 0, "4": 0, "5": 50_000}
    for native, row, said in (("1", 2, "“no vino”, nothing"), ("4", 5, "nothing is written")):
        assert rows[native].kind is RepaymentKind.VISIT
        (note,) = rows[native].notes
        assert note.code == "movement.visit"
        assert f"row {row}, column Monto: {said}" in english(note.detail)
        assert not holds(note.code)
    for native, row, text, amount in (
        ("2", 3, "abonó 50.000", 50_000),
        ("3", 4, "X", None),
        ("6", 7, "Abono a capital", 50_000),
    ):
        (finding,) = told(read, f"movement:{native}")
        assert (finding.file, finding.row) == ("movimientos.csv", row)
        assert f"“{text}”" in english(finding.detail)
        assert finding.amount == amount


def test_what_says_that_nothing_was_paid_is_a_matter_of_the_mapping(csv_file):
    path = csv_file(
        "ID movimiento;ID deuda;Fecha;Monto\n1;1;20/10/2026;Se escondió\n2;1;20/10/2026;$ -\n"
    )
    read = Read(path)
    assert [row.id for row in read.of(Repayment)] == ["2"]
    assert told(read, "movement:1")
    words = shipped()["words"]
    words["visits"].append("se escondió")
    assert [row.id for row in Read(path, words=words).of(Repayment)] == ["1", "2"]


def test_a_charge_without_an_amount_is_no_visit(csv_file):
    text = "ID movimiento;ID deuda;Fecha;Tipo;Monto\n1;1;20/10/2026;Aumento;no vino\n"
    read = Read(csv_file(text))
    assert read.rows == []
    assert told(read, "movement:1")


def test_words_for_a_currency_are_that_currency_or_held_with_what_would_be_right():
    read = Read(FOUND / "M17")
    currencies = {loan.id: loan.currency for loan in read.of(Loan)}
    unknown = dict.fromkeys("1258", NO_CURRENCY)
    assert currencies == {"3": "USD", "4": "USD", "6": "PEN", "7": "COP"} | unknown
    for native, text, right in (
        ("1", "pesos", "can be ARS, CLP, COP, DOP, MXN, UYU; write the code"),
        ("2", "$", "can be ARS, CLP, COP, DOP, MXN, USD, UYU; write the code"),
        ("5", "Bs", "can be BOB, VES; write the code"),
        ("8", "M.N.", "can be MXN, PEN; write the code"),
    ):
        (note,) = [note for note in read.one(Loan, native).notes if holds(note.code)]
        assert f"column Moneda: “{text}” {right}" in english(note.detail)


def test_pesos_are_of_the_one_country_that_the_mapping_leaves_them():
    words = shipped()["words"]
    currencies = words["currencies"] | {"COP": ["pesos", "$"]}
    for code in currencies.keys() - {"COP"}:
        currencies[code] = [w for w in currencies[code] if w not in ("pesos", "$")]
    read = Read(FOUND / "M17", words=words | {"currencies": currencies})
    assert [read.one(Loan, native).currency for native in "12"] == ["COP", "COP"]


def test_an_amount_in_another_currency_than_its_debt_is_held_with_the_cell():
    read = Read(FOUND / "M26")
    assert [loan.id for loan in read.of(Loan)] == ["1"]
    assert read.of(Repayment) == []
    for subject, row, text, amount in (
        ("loan:2", 3, "US$ 100", 100),
        ("movement:1", 2, "US$ 20", 20),
        ("movement:2", 3, "20 USD", 20),
    ):
        (finding,) = told(read, subject)
        assert finding.code == "amount.other_currency"
        assert f"row {row}, column Monto: “{text}” is in USD; the loan is in COP" in english(
            finding.detail
        )
        assert (finding.amount, finding.currency) == (Decimal(amount), "USD")


HEAD = "ID movimiento;ID deuda;Fecha;Monto;{}\n"


def test_a_movements_own_currency_is_read_in_every_heading(tmp_path):
    debts = "ID deuda;ID deudor;Nombre;Monto;Moneda;Fecha\n1;1;Ana;1,000.00;USD;15/10/2026\n"
    (tmp_path / "deudas.csv").write_text(debts, "utf-8")
    for heading in ("Moneda", "Divisa", "Currency"):
        rows = "1;1;20/10/2026;400000;COP\n2;1;20/10/2026;20.00;usd\n3;1;20/10/2026;5.00;\n"
        rows += "4;1;20/10/2026;7.00;$\n5;1;20/10/2026;8.00;lucas\n"
        (tmp_path / "movimientos.csv").write_text(HEAD.format(heading) + rows, "utf-8")
        read = Read(tmp_path)
        assert [(row.id, row.amount) for row in read.of(Repayment)] == [
            ("2", 20),
            ("3", 5),
            ("4", 7),
        ]
        (finding,) = told(read, "movement:1")
        assert (finding.code, finding.row) == ("amount.other_currency", 2)
        assert (finding.amount, finding.currency) == (Decimal(400_000), "COP")
        (finding,) = told(read, "movement:5")
        assert f"column {heading}: “lucas” is not USD" in english(finding.detail)


def test_dates_that_only_the_month_first_explains_make_the_others_a_question():
    read = Read(FOUND / "D1")
    assert [loan.id for loan in read.of(Loan)] == ["2"]
    assert [row.id for row in read.of(Repayment)] == ["2", "3"]
    for row in read.of(Loan, Repayment):
        notes = [note for note in row.notes if note.code == "date.unreadable"]
        assert notes
        for note in notes:
            assert "can be read in two ways" in english(note.detail)
            assert "date_order in mappings/deudores.toml" in english(note.detail)
    assert len(read.one(Loan, "2").notes) >= 2  # Fecha and Vencimiento
    for subject, row, text in (("loan:1", 2, "09/30/2026"), ("movement:1", 2, "10/31/2026")):
        (finding,) = told(read, subject)
        assert (finding.code, finding.row) == ("date.unreadable", row)
        assert f"“{text}” is a date only with the month first" in english(finding.detail)
        assert finding.amount is not None


def test_the_mapping_settles_which_comes_first():
    read = Read(FOUND / "D1", date_order="month_first")
    assert [str(loan.start) for loan in read.of(Loan)] == ["2026-09-30", "2026-10-05"]
    assert [str(row.paid_on) for row in read.of(Repayment)] == [
        "2026-10-31", "2026-11-03", "2026-10-06",
    ]  # fmt: skip
    assert not any(n.code == "date.unreadable" for r in read.of(Loan, Repayment) for n in r.notes)
    assert read.snapshot.unreadable == 0
    trusting = Read(FOUND / "D1", date_order="day_first")
    assert str(trusting.one(Loan, "2").start) == "2026-05-10"
    assert trusting.snapshot.unreadable == 2


DEBTS = "ID deuda;ID deudor;Nombre;Monto;Moneda;Fecha\n"
PAYMENTS = "ID movimiento;ID deuda;Fecha;Monto\n"


@pytest.mark.parametrize(
    ("starts", "paid", "doubtful"),
    [
        (["10/05/2026"], ["11/06/2026"], set()),
        (["10/05/2026"], ["11/13/2026"], {"1"}),  # the movements tell on the debts
        (["10/05/2026", "25/05/2026"], ["11/13/2026"], set()),  # which show their own order
        (["10/05/2026", "05/25/2026"], ["11/06/2026"], {"1"}),
        (["10/05/2026", "25/05/2026", "05/26/2026"], ["01/06/2026"], {"1"}),
        (["10/10/2026", "05/25/2026"], ["11/06/2026"], set()),  # the same day both ways
    ],
)
def test_a_table_shows_its_own_order_or_is_asked_about(tmp_path, starts, paid, doubtful):
    debts = "".join(f"{n};1;Ana;100;COP;{day}\n" for n, day in enumerate(starts, start=1))
    rows = "".join(f"{n};1;{day};5\n" for n, day in enumerate(paid, start=1))
    (tmp_path / "deudas.csv").write_text(DEBTS + debts, "utf-8")
    (tmp_path / "movimientos.csv").write_text(PAYMENTS + rows, "utf-8")
    read = Read(tmp_path)
    held = {row.id for row in read.of(Loan) if "date.unreadable" in {n.code for n in row.notes}}
    assert held == doubtful


def test_amounts_as_text_in_json_are_read_as_in_a_csv():
    read = Read(FOUND / "J1")
    assert [loan.gross for loan in read.of(Loan)][:2] == [Decimal("1234567.89")] * 2
    notes = [n for n in read.one(Loan, "3").notes if n.code == "amount.unreadable"]
    assert notes
    assert "“1.234” can be read in two ways" in english(notes[0].detail)
    assert read.of(Repayment) == []
    (finding,) = told(read, "movement:1")
    assert (finding.code, finding.amount, finding.currency) == (
        "amount.other_currency", Decimal(400_000), "COP",
    )  # fmt: skip


def test_an_unquoted_decimal_comma_is_a_task_with_file_and_row():
    read = Read(FOUND / "D2")
    assert [row.id for row in read.of(Repayment)] == ["2"]
    (finding,) = [f for f in read.findings if f.code == "row.unreadable"]
    assert (finding.file, finding.row, finding.asks) == ("movimientos.csv", 2, True)
    assert "has 6 cells, and there are 5 headings" in english(finding.detail)


def test_splitwise_with_decimal_commas_is_one_running_account():
    read = Read(FOUND / "D3")
    (loan,) = read.of(Loan)
    paid = sum(row.amount for row in read.of(Repayment))
    assert (loan.gross, paid) == (Decimal("3600.25"), Decimal("1000.00"))
    assert loan.reported_balance == Decimal("2600.25")
    assert read.snapshot.unreadable == 0


def test_a_delivery_of_which_nothing_could_be_read_asks_for_a_person(csv_file):
    nothing = Read(csv_file("ID movimiento;ID deuda;Fecha;Monto\n1;1;20/10/2026;X\n"))
    empty = Read(csv_file("ID movimiento;ID deuda;Fecha;Monto\n"))
    for read in (nothing, empty):
        assert read.rows == []
        (finding,) = [f for f in read.findings if f.code == "file.nothing_read"]
        assert finding.asks
    assert "file.nothing_read" not in Read(FOUND / "M14").codes()
