"""Numbers that no float had a hand in: no exponent, and no more decimals than are meant."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.contract.exchanges import Violation

RATES = {"ExchangeRate", "CurrencyRate", "exchange_rate"}
DECIMALS, DECIMALS_OF_RATES = 2, 6
"""Xero keeps two of an amount and six of a rate (xero.md §2.4); the others at least two."""


def violations(value: Any, name: str = "") -> Iterator[Violation]:
    """What of the numbers in a request's body looks as if it had been a float."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from violations(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from violations(each, name)
    elif isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        most = DECIMALS_OF_RATES if name in RATES else DECIMALS
        if not isinstance(exponent, int) or exponent > 0:
            yield Violation("request", "exponent", name, str(value))
        elif -exponent > most:
            yield Violation("request", "decimals", name, str(value))
