"""A known amount, in any way of writing and any currency, is read as that amount or not at all."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bridge.core.message import message
from bridge.core.money import EXPONENTS
from bridge.source.amounts import AmountReader, Form
from bridge.source.currencies import SHIPPED
from bridge.source.deudores.mapping import DeudoresMapping
from bridge.source.deudores.rows import Convention
from tests.source.conftest import shipped

MAPPING = DeudoresMapping.model_validate(shipped())
READER = AmountReader(MAPPING.grouping, ".", MAPPING.words.currencies)
CURRENCIES = sorted(MAPPING.currencies)
COLUMN = Convention("hold", {})

CENTS = st.integers(1, 10**11)
APOSTROPHES = st.sampled_from("'’`´ʼ")


def grouped(whole: int, sign: str) -> str:
    return f"{whole:,}".replace(",", sign)


@st.composite
def written(draw):
    """An amount, a currency and a text that means the amount to the person who wrote it."""
    currency = draw(st.sampled_from(CURRENCIES))
    exponent = EXPONENTS[currency]
    whole, cents = divmod(draw(CENTS), 100)
    thousands = MAPPING.grouping[currency]
    decimal = "," if thousands == "." else "."
    other = draw(st.booleans())  # as a person from across the border writes
    thousands, decimal = (decimal, thousands) if other else (thousands, decimal)
    style = draw(st.sampled_from(["grouped", "plain", "blank", "millions", "swiss"]))
    match style:
        case "grouped":
            text = grouped(whole, thousands)
        case "plain":
            text = str(whole)
        case "blank":
            text = grouped(whole, draw(st.sampled_from([" ", "\u00a0", "\u202f"])))
        case "swiss":
            text = grouped(whole, draw(APOSTROPHES))
        case "millions":
            high, low = divmod(whole, 1_000_000)
            assume(1 <= high < 1000)
            low_text = f"{low:07,}".replace(",", thousands)
            text = f"{high}{draw(APOSTROPHES)}{low_text}"
    tail = draw(st.sampled_from(["", "two", "one", "oo", ".-", ",-", ",--"]))
    if tail == "two" and exponent:
        text += f"{decimal}{cents:02}"
    elif tail == "one" and exponent and cents % 10 == 0:
        text += f"{decimal}{cents // 10}"
    else:
        cents = 0
        text += f"{decimal}oo" if tail == "oo" else tail if tail in (".-", ",-", ",--") else ""
    words = [currency, *SHIPPED[currency]]
    before, after = draw(st.sampled_from([("", ""), ("mark", ""), ("", "mark"), ("mark", "mark")]))
    blank = draw(st.sampled_from(["", " "]))
    if before:
        text = f"{draw(st.sampled_from(words))}{blank}{text}"
    if after:
        text = f"{text} {draw(st.sampled_from(words))}"
    sign = draw(st.sampled_from(["", "-", "()"] if text.endswith("-") else ["", "-", "()", "end"]))
    text = {"": text, "-": f"-{text}", "()": f"({text})", "end": f"{text}-"}[sign]
    amount = Decimal(whole) + Decimal(cents).scaleb(-2)
    return (-amount if sign else amount), currency, text


@given(written())
def test_any_known_way_of_writing_is_that_amount_or_is_left_to_a_person(case):
    amount, currency, text = case
    read = READER.money(text, currency)
    if read is None or COLUMN.against("amount", currency, read):
        return
    if read.form is Form.AMBIGUOUS:
        # `1,234` of pesos from across the border: only its column can tell, and it is asked.
        return
    assert read.value == amount, (text, currency)


def test_a_column_asks_about_what_the_form_leaves_open():
    column = Convention("hold", {("amount", "COP"): 'x.csv, row 2, column Monto has "12.50"'})
    read = READER.money("1.234", "COP")
    assert column.against("amount", "COP", read)


A_BREATH = Decimal("0.0001")
"""Less than a hundredth of a cent: what a spreadsheet's own reckoning leaves behind a number."""


@example(text="0.00001", currency="DOP")
@given(
    st.text("0123456789.,'’´` -()$oOkKeE+mil", min_size=1, max_size=14), st.sampled_from(CURRENCIES)
)
def test_what_is_read_has_the_digits_that_stand_there_and_no_others(text, currency):
    read = READER.money(text, currency)
    if read is None or "amount.scientific" in read.codes or read.rounded:
        return
    if re.fullmatch(r"[0-9]+\.[0-9]+", text) and abs(Decimal(text) - read.value) < A_BREATH:
        return
    there = "".join(sign for sign in text.replace("o", "0").replace("O", "0") if sign.isdigit())
    shown = f"{abs(read.value):f}".replace(".", "")
    assert there.strip("0") == shown.strip("0") or not int(there)


@pytest.mark.parametrize("text", ["10.000", "1.995", "100.000", "1.234"])
def test_three_decimals_of_dollars_are_never_taken_for_ten_dollars(text):
    """A Colombian who writes `10.000` beside Dólares means ten thousand of them."""
    read = READER.money(text, "USD")
    assert COLUMN.against("amount", "USD", read) == message("three_decimals", currency="USD")
    assert not COLUMN.against("amount", "COP", READER.money(text, "COP"))
