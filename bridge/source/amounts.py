"""Amounts as people and programs write them, exactly.

`1.234` is one thousand two hundred thirty-four in Bogotá and one point two three four in
Guadalajara. The convention follows the row's currency; what a cell's form says about the
convention is told, so that a column that contradicts itself is noticed and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from functools import lru_cache

import msgspec

from bridge.core.money import EXPONENTS, NO_CURRENCY, quantised

_BLANKS_IN_DIGITS = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")
_MARKER = r"(?:US\$|R\$|C\$|RD\$|S/\.?|Bs\.?|[A-Za-z]{3}|[$₡₲€])"
_SHAPE = re.compile(
    rf"(?P<open>\()?\s*(?P<minus>[-−])?\s*(?P<marker>{_MARKER}(?:\s*\$)?)?\s*(?P<minus2>[-−])?\s*"
    rf"(?P<digits>[0-9.,]+)(?P<power>[eE][+-]?[0-9]{{1,2}})?\s*(?P<marker2>{_MARKER})?\s*"
    r"(?P<minus3>[-−])?\s*(?P<close>\))?"
)
_MARKER_MEANS = {
    "US$": ("USD",), "R$": ("BRL",), "C$": ("NIO",), "RD$": ("DOP",), "S/": ("PEN",),
    "S/.": ("PEN",), "BS": ("BOB",), "BS.": ("BOB",), "₡": ("CRC",), "₲": ("PYG",), "€": ("EUR",),
    "$": ("COP", "MXN", "CLP", "ARS", "USD", "UYU", "DOP", "NIO", "BOB"),
}  # fmt: skip
_LONGEST = 40
_FINEST_RATE = Decimal("1e-12")
_WORTH_TELLING = Decimal("0.005")
"""Share of a minor unit from which rounding is reported (below are binary leftovers)."""


class Form(Enum):
    """What the way a number is written says about the convention of its column."""

    SILENT = "silent"
    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    AMBIGUOUS = "ambiguous"
    """One separator and three digits: thousands or thousandths, by the convention only."""


class Number(msgspec.Struct, frozen=True):
    """A number read from text, exactly as written."""

    value: Decimal
    form: Form
    marker: str = ""
    scientific: bool = False


class Amount(msgspec.Struct, frozen=True):
    """An amount with its currency's decimals, and the codes of what reading it meant."""

    value: Decimal
    form: Form = Form.SILENT
    codes: tuple[str, ...] = ()
    rounded: bool = False
    """Whether decimals were lost that a person should know of."""


def read_number(text: str, grouping: str) -> Number | None:
    """The number, with `grouping` (`.` or `,`) between thousands; None when it is not one."""
    if len(text) > _LONGEST:
        return None
    match = _SHAPE.fullmatch(_BLANKS_IN_DIGITS.sub("", text.strip().lstrip("'’")))
    if match is None:
        return None
    signs = sum(1 for name in ("minus", "minus2", "minus3", "open") if match[name])
    if signs > 1 or bool(match["open"]) != bool(match["close"]):
        return None
    if match["marker"] and match["marker2"]:
        return None
    written = _plain(match["digits"], grouping)
    if written is None:
        return None
    plain, form = written
    value = Decimal(plain + (match["power"] or ""))
    marker = (match["marker"] or match["marker2"] or "").upper()
    return Number(-value if signs else value, form, marker, match["power"] is not None)


def _plain(digits: str, grouping: str) -> tuple[str, Form] | None:
    """Digits with a point as machines write them, and what their form says."""
    dots, commas = digits.count("."), digits.count(",")
    if not dots and not commas:
        return digits, Form.SILENT
    if dots and commas:
        point = "." if digits.rfind(".") > digits.rfind(",") else ","
        whole, _, decimals = digits.rpartition(point)
        separator = "," if point == "." else "."
        if not decimals or point in whole or not _grouped(whole, separator):
            return None
        form = Form.AGREES if separator == grouping else Form.CONTRADICTS
        return f"{whole.replace(separator, '')}.{decimals}", form
    sign = "." if dots else ","
    if dots + commas > 1:
        if not _grouped(digits, sign):
            return None
        form = Form.AGREES if sign == grouping else Form.CONTRADICTS
        return digits.replace(sign, ""), form
    return _lone_separator(digits, sign, grouping)


def _lone_separator(digits: str, sign: str, grouping: str) -> tuple[str, Form] | None:
    whole, _, tail = digits.partition(sign)
    if not tail:
        return None
    if len(tail) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0":
        plain = whole + tail if sign == grouping else f"{whole}.{tail}"
        return plain, Form.AMBIGUOUS
    return f"{whole or '0'}.{tail}", Form.CONTRADICTS if sign == grouping else Form.AGREES


def _grouped(whole: str, separator: str) -> bool:
    first, *groups = whole.split(separator)
    return 1 <= len(first) <= 3 and bool(groups) and all(len(group) == 3 for group in groups)


def marker_fits(marker: str, currency: str) -> bool:
    """Whether a sign or code beside the digits can be of this currency."""
    if not marker or currency == NO_CURRENCY:
        return True
    marker = marker.replace(" ", "")
    if marker in _MARKER_MEANS:
        return currency in _MARKER_MEANS[marker]
    return marker.rstrip("$") == currency


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

    def __init__(self, grouping: Mapping[str, str], default_grouping: str) -> None:
        self._grouping = dict(grouping)
        self._default = default_grouping
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
            text = cell.replace("%", "").strip().replace(",", ".")
            if not re.fullmatch(r"\d{1,4}(?:\.\d{1,12})?", text):
                return None
            value = Decimal(text)
        elif isinstance(cell, Decimal | int):
            value = Decimal(cell)
        else:
            return None
        if not value.is_finite() or not 0 <= value < 10_000:
            return None
        return Decimal(f"{value.quantize(_FINEST_RATE).normalize():f}")

    def grouping(self, currency: str) -> str:
        """The sign between thousands in amounts of this currency."""
        return self._grouping.get(currency, self._default)

    def _text(self, text: str, currency: str) -> Amount | None:
        number = read_number(text, self.grouping(currency))
        if number is None or not marker_fits(number.marker, currency):
            return None
        if not _reasonable(number.value):
            return None
        amount = settled(number.value, currency, number.form)
        if number.scientific:
            return msgspec.structs.replace(amount, codes=(*amount.codes, "amount.scientific"))
        return amount


def _reasonable(value: Decimal) -> bool:
    """Below a million millions: larger is not money of a lender, and must not overflow a store."""
    return value.is_finite() and abs(value) < Decimal(10) ** 13
