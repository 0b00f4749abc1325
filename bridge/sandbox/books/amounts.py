"""Exact amounts: two decimals in every ledger of the sandbox, rounded half up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal(0)
ONE = Decimal(1)


def cents(amount: Decimal) -> Decimal:
    """Round half up to two decimals."""
    return Decimal(amount).quantize(CENT, rounding=ROUND_HALF_UP)


def text(amount: Decimal) -> str:
    """Write an amount with exactly two decimals and without an exponent or a minus zero."""
    return format(cents(amount) + ZERO, "f")


def spread(total: Decimal, parts: list[Decimal]) -> list[Decimal]:
    """Return the parts changed so that they add up to the total: the largest takes the cents."""
    difference = total - sum(parts, ZERO)
    if not difference or not parts:
        return parts
    largest = max(range(len(parts)), key=lambda n: abs(parts[n]))
    return [part + difference if n == largest else part for n, part in enumerate(parts)]
