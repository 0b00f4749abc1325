"""Amounts are exact, follow their currency's convention, and are never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.report.details import english
from bridge.source.amounts import AmountReader, Form, read_number, settled
from bridge.source.deudores.mapping import DeudoresMapping
from tests.source.conftest import shipped

MAPPING = DeudoresMapping.model_validate(shipped())
READER = AmountReader(MAPPING.grouping, ".")
CENTS = st.integers(-(10**14) + 1, 10**14 - 1)


def written(amount: Decimal, grouping: str, grouped: bool) -> str:
    text = f"{amount:,.2f}" if grouped else f"{amount:.2f}"
    return text if grouping == "," else text.translate(str.maketrans(",.", ".,"))


@given(CENTS, st.sampled_from(sorted(MAPPING.currencies)), st.booleans())
def test_what_is_written_in_a_currencys_convention_is_read_back(cents, currency, grouped):
    whole_only = currency in ("CLP", "PYG")
    amount = Decimal(cents) if whole_only else Decimal(cents).scaleb(-2)
    if abs(amount) >= 10**12:
        amount = amount.scaleb(-2).quantize(Decimal(1))
    read = READER.money(written(amount, MAPPING.grouping[currency], grouped), currency)
    assert read is not None
    assert read.value == amount


@given(st.integers(0, 10**12))
def test_whole_pesos_are_read_with_and_without_dots(pesos):
    dotted = f"{pesos:,}".replace(",", ".")
    for text in (dotted, str(pesos), f"$ {dotted}", f"${pesos}", f"COP {pesos}", f"'{pesos}"):
        assert READER.money(text, "COP").value == pesos


READINGS = [
    ("1.234", "COP", "1234"),
    ("1,234", "MXN", "1234"),
    ("1.234.567,89", "COP", "1234567.89"),
    ("1,234,567.89", "MXN", "1234567.89"),
    ("1,234.56", "COP", "1234.56"),
    ("1.234,56", "MXN", "1234.56"),
    ("12,50", "COP", "12.50"),
    ("0.500", "COP", "0.50"),
    ("(1.000)", "COP", "-1000"),
    ("1.000-", "COP", "-1000"),
    ("-$ 1.000", "COP", "-1000"),
    ("$ -1.000", "COP", "-1000"),
    ("R$ 1.234,50", "BRL", "1234.50"),
    ("US$ 1,234.50", "USD", "1234.50"),
    ("1 234,50", "COP", "1234.50"),
    ("1'234,50", "COP", "1234.50"),
    ("100 MXN", "MXN", "100"),
    ("2.000\u00a0", "COP", "2000"),
    ("2'500.000", "COP", "2500000"),
    ("$ 1´200.000", "COP", "1200000"),
    ("1’200.000,50", "COP", "1200000.50"),
    ("1ʼ200.000", "COP", "1200000"),
    ("1`234`567,89", "COP", "1234567.89"),
    ("$1'200,000.50", "MXN", "1200000.50"),
    ("50.000,oo", "COP", "50000"),
    ("$50.000,OO", "COP", "50000"),
    ("1,200.oo", "MXN", "1200"),
    ("50.000.-", "COP", "50000"),
    ("50.000,-", "CLP", "50000"),
    ("$ 1.250.000,--", "ARS", "1250000"),
    ("50.000.-", "MXN", "50000"),
    ("$50.000 M/CTE", "COP", "50000"),
    ("$50.000 M/cte.", "COP", "50000"),
    ("1,200.00 M.N.", "MXN", "1200"),
    ("50.000 pesos", "COP", "50000"),
    ("50.000 Pesos Colombianos", "COP", "50000"),
    ("$ 20 USD", "USD", "20"),
    ("COP $50.000", "COP", "50000"),
    ("U$S 1,250.50", "USD", "1250.50"),
    ("Bs. 1.250,50", "BOB", "1250.50"),
    ("S/. 1,250.50", "PEN", "1250.50"),
    ("S/.50", "PEN", "50"),
    ("120 soles", "PEN", "120"),
    ("Q 1,250.50", "GTQ", "1250.50"),
    ("$ (500,00)", "COP", "-500"),
    ("($ 500,00)", "COP", "-500"),
    ("$ 33.333,333333333336", "COP", "33333.33"),
    (".50", "MXN", "0.50"),
]


@pytest.mark.parametrize(("text", "currency", "value"), READINGS)
def test_amounts_are_read_as_people_write_them(text, currency, value):
    assert READER.money(text, currency).value == Decimal(value)


UNREADABLE = [
    "", " ", "-", "$", "5 mil", "5k", "1.2.3", "1,23,456", "1.234.56", "12.", "(1.000", "--5",
    "-5-", "1 2", "1 23", "US$ 5", "EUR 5", "nan", "Infinity", "1e999", "٣٤", "1_000", "+5", "=5",
    "9" * 14, "9" * 50,
    # Never another number: these were read as one, or could be.
    "2'500", "2'5", "2''500.000", "2'500,000", "1'200.00.000",
    "2500.000", "12500.500", "050.000", "0.50.000", "0.500.000", "50.0000", ".500", ".50",
    "1.234,567", "1.234.567,8901", "1.234.56,7", "1 234.567", "50.000 200", "50 200.000",
    "50.000 y 20.000", "50.000/20.000", "50.000-20.000", "50.000 20.000", "50.000\n20.000",
    "50\n100",
    "50.00O", "5o.000", "50.ooo", "50,ooo", "50 mil", "50k", "1,5 millones", "1.234 millones",
    "2 palos", "abonó 50.000", "50.000 (abono)", "50%", "50 %", "1/2", "½", "50.000 lucas",
    "$ 20 USD", "US$ 20", "20 USD", "50 soles", "€ 50", "50.000 M.N.", "US$ 20 pesos", "$$ 50.000",
    "1.234.567E+06", "1E2E3", "５０", "٥٠", "5⁰", "50٬000", "- -5", "-(5)", "((5))", "50.000.",
    "50..000",
]  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_amount_is_not_read(text):
    assert READER.money(text, "COP") is None


@pytest.mark.parametrize(
    ("text", "grouping", "form"),
    [
        ("1.234", ".", Form.AMBIGUOUS),
        ("1,234", ".", Form.AMBIGUOUS),
        ("12.50", ".", Form.CONTRADICTS),
        ("12,50", ".", Form.AGREES),
        ("1,234.5", ".", Form.CONTRADICTS),
        ("1234", ".", Form.SILENT),
        ("33333.333", ".", Form.CONTRADICTS),
        ("0.500", ",", Form.AGREES),
    ],
)
def test_a_form_says_what_it_means_for_the_column(text, grouping, form):
    assert read_number(text, grouping).form is form


@pytest.mark.parametrize(
    ("value", "currency", "amount", "codes"),
    [
        ("33333.333333333336", "COP", "33333.33", ("amount.too_many_decimals",)),
        ("0.125", "MXN", "0.13", ("amount.too_many_decimals",)),
        ("1250.3699999999999", "MXN", "1250.37", ()),
        ("12500.5", "COP", "12500.50", ("amount.cop_with_cents",)),
        ("12500.00", "COP", "12500.00", ()),
        ("100.5", "CLP", "101", ("amount.decimals_not_allowed",)),
        ("100.0", "CLP", "100", ()),
    ],
)
def test_rounding_is_half_up_and_told_when_it_matters(value, currency, amount, codes):
    settled_amount = settled(Decimal(value), currency)
    assert (str(settled_amount.value), settled_amount.codes) == (amount, codes)


@pytest.mark.parametrize(
    ("text", "value"), [("1.2E+06", 1200000), ("1.234E+06", 1234000), ("1,234E+6", 1234000)]
)
def test_scientific_amounts_are_read_with_a_warning(text, value):
    read = READER.money(text, "COP")
    assert (read.value, read.codes) == (Decimal(value), ("amount.scientific",))


def test_half_a_peso_and_five_hundred_with_a_zero_too_much_are_told_apart_by_a_person():
    assert read_number("0.500", ".").form is Form.AMBIGUOUS


def test_an_amount_that_names_another_currency_is_known_for_what_it_is():
    assert READER.in_another("US$ 20", "COP") == (Decimal(20), "USD")
    assert READER.in_another("$ 20 USD", "COP") == (Decimal(20), "USD")
    assert READER.in_another("50 soles", "COP") == (Decimal(50), "PEN")
    for text in ("Bs 20", "$ 20", "20", "veinte", None, Decimal(20)):
        assert READER.in_another(text, "COP") is None


def test_a_text_with_one_number_hints_at_what_it_is_worth():
    assert READER.hint("abonó 50.000", "COP") == Decimal(50000)
    assert READER.hint("Pagó $ 50.000", "COP") == Decimal(50000)
    for text in ("no vino", "50 mil", "pagó 50 lucas", "50.000 y 20.000", "2500.000", "", None):
        assert READER.hint(text, "COP") is None


@pytest.mark.parametrize("cell", [str, int, Decimal])
def test_ten_million_millions_are_no_money_of_a_lender(cell):
    for much in (9_999_999_999_999, -9_999_999_999_999):
        assert READER.money(cell(much), "COP").value == much
        assert READER.money(cell(much + (1 if much > 0 else -1)), "COP") is None


def test_neither_truth_values_nor_floats_are_amounts():
    assert READER.money(True, "COP") is None
    assert READER.money(1.5, "COP") is None
    assert READER.money(Decimal("NaN"), "COP") is None


def test_a_rates_lone_separator_is_decimal():
    assert READER.rate("2.125") == READER.rate("2,125 %") == Decimal("2.125")
    assert str(READER.rate(Decimal("20.0"))) == str(READER.rate("20")) == "20"
    assert READER.rate("veinte") is None


@given(st.text(max_size=60))
def test_any_text_is_an_amount_or_is_not(text):
    read = READER.money(text, "COP")
    assert read is None or read.value.is_finite()


HEAD = "ID deuda;ID deudor;Monto;Moneda;Fecha\n"


def test_a_column_that_contradicts_itself_holds_what_can_be_read_in_two_ways(csv_file):
    from bridge.core.ledger import Loan
    from tests.source.conftest import Read

    path = csv_file(HEAD + "1;1;1.234;COP;01/02/2026\n2;1;12.50;COP;01/02/2026\n3;1;99;;1/2/26\n")
    read = Read(path)
    notes = {loan.id: {note.code for note in loan.notes} for loan in read.of(Loan)}
    assert "amount.unreadable" in notes["1"]
    assert "amount.unreadable" not in notes["2"] | notes["3"]
    detail = next(
        english(n.detail) for n in read.one(Loan, "1").notes if n.code == "amount.unreadable"
    )
    assert "row 2, column Monto" in detail
    assert "row 3 of Monto has “12.50”" in detail
    assert "amount.mixed" in read.codes()

    trusting = Read(path, ambiguous_amounts="locale", default_kind="running_account")
    assert trusting.one(Loan, "1").gross == Decimal(1234)
    assert trusting.one(Loan, "1").notes == ()


def test_another_currencys_convention_is_no_contradiction(csv_file):
    from bridge.core.ledger import Loan
    from tests.source.conftest import Read

    path = csv_file(HEAD + "1;1;1.234;COP;01/02/2026\n2;1;12.50;MXN;01/02/2026\n")
    assert Read(path, default_kind="running_account").one(Loan, "1").notes == ()


def test_three_decimals_by_the_convention_are_held(csv_file):
    from bridge.core.ledger import Loan
    from tests.source.conftest import Read

    loan = Read(csv_file(HEAD + "1;1;1,234;COP;01/02/2026\n")).one(Loan, "1")
    assert "amount.unreadable" in {note.code for note in loan.notes}
