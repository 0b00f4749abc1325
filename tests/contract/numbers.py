"""Numbers that no float had a hand in: no exponent, and no more decimals than are meant."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.contract.exchanges import Violation

RATES = {"ExchangeRate", "CurrencyRate", "exchange_rate"}
DECIMALS, DECIMALS_OF_RATES = 2, 6
"""Xero keeps two of an amount and six of a rate (xero.md §2.4); the others at least two."""
TOLD = "LineItemID"
"""Names a line that the books told, and that may be told back as it was: Xero writes 10.0."""


def violations(value: Any, name: str = "", *, told: bool = False) -> Iterator[Violation]:
    """What of the numbers in a request's body looks as if it had been a float."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from violations(each, key, told=TOLD in value)
    elif isinstance(value, list):
        for each in value:
            yield from violations(each, name)
    elif isinstance(value, Decimal):
        yield from _of(value, name, told)


def _of(value: Decimal, name: str, told: bool) -> Iterator[Violation]:
    exponent = value.as_tuple().exponent
    most = DECIMALS_OF_RATES if name in RATES else DECIMALS
    if not isinstance(exponent, int) or exponent > 0:
        yield Violation("request", "exponent", name, str(value))
    elif -exponent > most:
        yield Violation("request", "decimals", name, str(value))
    elif exponent == -1 and value == value.to_integral_value() and not told:
        yield Violation("request", "float", name, f"{value}: a Decimal has .00, or nothing")
