"""Amounts as people and programs write them, exactly.

The convention follows the row's currency; a sign or word of another currency, or a form that could
mean another number, leaves the cell unread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

import msgspec

from bridge.core.money import EXPONENTS, quantised
from bridge.source.currencies import SHIPPED, Currencies
from bridge.source.numbers import Form, Number, paid_number, read_number

__all__ = ["Amount", "AmountReader", "Form", "Number", "read_number", "settled"]

_RATE = re.compile(r"\d{1,4}(?:\.\d{1,12})?")
_FINEST_RATE = Decimal("1e-12")
_WORTH_TELLING = Decimal("0.005")
"""Share of a minor unit from which rounding is reported (below are binary leftovers)."""


class Amount(msgspec.Struct, frozen=True):
    """An amount with its currency's decimals, and the codes of what reading it meant."""

    value: Decimal
    form: Form = Form.SILENT
    codes: tuple[str, ...] = ()
    rounded: bool = False
    """Whether decimals were lost that a person should know of."""
    thousandths: bool = False
    """Whether its one sign was taken to stand before three decimals: `10.000` of dollars."""


def settled(value: Decimal, currency: str, form: Form = Form.SILENT) -> Amount:
    """The amount with the currency's decimals, rounded half up, with what is worth telling."""
    exact = quantised(value, currency)
    unit = Decimal(1).scaleb(-EXPONENTS.get(currency, 2))
    rounded = abs(value - exact) >= unit * _WORTH_TELLING
    if rounded:
        code = "amount.decimals_not_allowed" if unit == 1 else "amount.too_many_decimals"
        return Amount(exact, form, (code,), rounded=True)
    if currency == "COP" and exact != exact.to_integral_value():
        return Amount(exact, form, ("amount.cop_with_cents",))
    return Amount(exact, form)


class AmountReader:
    """Reads amounts by the convention of their currency; equal cells are read once."""

    def __init__(
        self,
        grouping: Mapping[str, str],
        default_grouping: str,
        words: Mapping[str, tuple[str, ...]] = SHIPPED,
    ) -> None:
        self._grouping = dict(grouping)
        self._default = default_grouping
        self.currencies = Currencies(words)
        self.text = lru_cache(maxsize=50_000)(self._text)

    def money(self, cell: object, currency: str) -> Amount | None:
        """The amount of a cell; None when it is not one. Booleans and dates are not amounts."""
        if type(cell) is str:
            return self.text(cell, currency)
        if isinstance(cell, bool) or not isinstance(cell, Decimal | int):
            return None
        value = Decimal(cell)
        return settled(value, currency) if _reasonable(value) else None

    def rate(self, cell: object) -> Decimal | None:
        """A percentage: `20`, `20 %`, `12,5`. A lone separator is always the decimal one."""
        if isinstance(cell, bool):
            return None
        if isinstance(cell, str):
            return _rate_of(cell)
        return _plain_rate(Decimal(cell)) if isinstance(cell, Decimal | int) else None

    def grouping(self, currency: str) -> str:
        """The sign between thousands in amounts of this currency."""
        return self._grouping.get(currency, self._default)

    def in_another(self, cell: object, currency: str) -> tuple[Decimal, str] | None:
        """The amount of a cell that names another currency beside it, and that currency."""
        if not isinstance(cell, str):
            return None
        number = read_number(cell, self.grouping(currency))
        meant = self.currencies.of(number.marks) if number is not None else None
        if number is None or not meant or currency in meant or len(meant) > 1:
            return None
        (other,) = meant
        amount = self.money(cell, other)
        return (amount.value, other) if amount is not None else None

    def hint(self, cell: object, currency: str) -> Decimal | None:
        """The amount that a cell in words may be worth (`abonó 50.000`): to be shown, never
        posted."""
        if not isinstance(cell, str):
            return None
        value = paid_number(cell, self.grouping(currency))
        return quantised(value, currency) if value is not None and _reasonable(value) else None

    def _text(self, text: str, currency: str) -> Amount | None:
        number = read_number(text, self.grouping(currency))
        if number is None or number.misgrouped or not self.currencies.fit(number.marks, currency):
            return None
        if not _reasonable(number.value):
            return None
        amount = settled(number.value, currency, number.form)
        if number.form is Form.AMBIGUOUS and number.value.as_tuple().exponent == -3:
            amount = msgspec.structs.replace(amount, thousandths=True)
        if number.scientific:
            return msgspec.structs.replace(amount, codes=(*amount.codes, "amount.scientific"))
        return amount


@lru_cache(maxsize=4096)
def _rate_of(cell: str) -> Decimal | None:
    text = cell.replace("%", "").strip().replace(",", ".")
    return _plain_rate(Decimal(text)) if _RATE.fullmatch(text) else None


def _plain_rate(value: Decimal) -> Decimal | None:
    if not value.is_finite() or not 0 <= value < 10_000:
        return None
    return Decimal(f"{value.quantize(_FINEST_RATE).normalize():f}")


def _reasonable(value: Decimal) -> bool:
    """Below ten million millions: more is no money of a lender, and must not overflow a store."""
    return value.is_finite() and abs(value) < Decimal(10) ** 13
