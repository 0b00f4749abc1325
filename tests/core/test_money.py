"""Amounts are exact, and say so when they would not be."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.money import EXPONENTS, fits, from_cents, quantised, text, to_cents


@given(st.integers(-(10**15), 10**15))
def test_cents_there_and_back_are_the_same(cents: int) -> None:
    assert to_cents(from_cents(cents)) == cents


def test_more_than_two_decimals_are_a_mistake() -> None:
    with pytest.raises(AssertionError, match="more than two decimals"):
        to_cents(Decimal("1.005"))


def test_halves_go_up_to_the_currencys_decimals() -> None:
    assert quantised(Decimal("1861.075"), "COP") == Decimal("1861.08")
    assert quantised(Decimal("10.5"), "CLP") == Decimal(11)
    assert not fits(Decimal("10.5"), "CLP")
    assert fits(Decimal("10.50"), "COP")


def test_json_carries_the_currencys_decimals() -> None:
    assert text(Decimal("1500000"), "COP") == "1500000.00"
    assert text(Decimal("1E+3"), "CLP") == "1000"
    assert set(EXPONENTS.values()) == {0, 2}


def test_decimals_are_those_of_iso_4217() -> None:
    """Against Unicode's table, which tells how amounts are shown: Colombian pesos without the
    centavos that ISO 4217 gives them and the books keep (CLDR 48)."""
    assert EXPONENTS["COP"] == 2
    others = EXPONENTS.keys() - {"COP"}
    assert {currency: get_currency_precision(currency) for currency in others} == {
        currency: EXPONENTS[currency] for currency in others
    }
