"""Exact amounts of money.

Amounts are `Decimal` in memory and whole cents (hundredths of the currency unit) in the store.
Every currency the product knows has at most two decimals, so a hundredth holds them all; those
with fewer (CLP, PYG) are checked by `fits`. Source: ISO 4217, table in CONTRIBUTING.md.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

NO_CURRENCY = "XXX"
"""ISO 4217's code for "no currency": a ledger row whose currency nobody can tell."""

EXPONENTS = {
    "ARS": 2, "BOB": 2, "BRL": 2, "CLP": 0, "COP": 2, "CRC": 2, "DOP": 2, "EUR": 2, "GTQ": 2,
    "HNL": 2, "MXN": 2, "NIO": 2, "PEN": 2, "PYG": 0, "USD": 2, "UYU": 2, NO_CURRENCY: 2,
}  # fmt: skip
"""Currency → decimals of its minor unit (ISO 4217, 2026-11)."""

CENT = Decimal("0.01")
_UNITS = {0: Decimal(1), 2: CENT}
_PAID_WHOLE = frozenset({"COP"})
"""Currencies that have cents by ISO 4217 and in which nobody pays any (FACTS L4)."""


def decimal_unit(currency: str) -> Decimal:
    """The smallest amount that can be written in a currency."""
    return _UNITS[EXPONENTS.get(currency, 2)]


def paid_in(currency: str) -> Decimal:
    """The smallest amount that is paid in a currency: what the bridge itself works out is a whole
    number of these."""
    return Decimal(1) if currency in _PAID_WHOLE else decimal_unit(currency)


def worked_out(amount: Decimal, currency: str) -> Decimal:
    """An amount that no one wrote down, in what is paid in the currency, rounded half up. It is
    written with the currency's decimals, as every other amount: one row is not two texts."""
    unit = paid_in(currency)
    return quantised((amount / unit).to_integral_value(ROUND_HALF_UP) * unit, currency)


def quantised(amount: Decimal, currency: str) -> Decimal:
    """The amount with the currency's decimals, rounded half up."""
    return amount.quantize(decimal_unit(currency), rounding=ROUND_HALF_UP)


def fits(amount: Decimal, currency: str) -> bool:
    """Whether the amount has no more decimals than the currency allows."""
    return quantised(amount, currency) == amount


def to_cents(amount: Decimal) -> int:
    """Whole cents of an amount that has at most two decimals."""
    cents = amount.scaleb(2)
    whole = int(cents)
    assert whole == cents, f"{amount} has more than two decimals"
    return whole


def from_cents(cents: int) -> Decimal:
    """The amount of so many cents, with two decimals."""
    return Decimal(cents).scaleb(-2)


def text(amount: Decimal, currency: str) -> str:
    """The amount as JSON carries it: plain digits with the currency's decimals."""
    return f"{quantised(amount, currency):f}"
