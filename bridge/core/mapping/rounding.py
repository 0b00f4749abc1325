"""The steps to which a loan's amounts are worked out; what it was posted with keeps holding.

Three things say how fine an amount may be: what is paid in the currency, the step the lender wants,
and the decimals that the books keep (FACTS L3, L4).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

import msgspec

from bridge.core.ledger import Instalment, Loan
from bridge.core.mapping.mapping_file import Policies
from bridge.core.money import CENT, decimal_unit, paid_in

_STEPS = tuple(Decimal(10) ** n * d for n in range(-2, 4) for d in (1, 2, Decimal("2.5"), 5))
"""Steps that lenders round to, besides their own of today."""


class Rounding(msgspec.Struct, frozen=True, kw_only=True):
    """The steps to which one loan's amounts are worked out; the last instalment or share takes what
    is left over."""

    step: Decimal
    """Instalments are rounded up to it."""
    unit: Decimal
    """Shares are rounded half up to it: the interest in an instalment or in a payment."""

    def up(self, amount: Decimal) -> Decimal:
        return _to(amount, self.step, ROUND_CEILING)

    def down(self, amount: Decimal) -> Decimal:
        return _to(amount, self.unit, ROUND_FLOOR)

    def half_up(self, amount: Decimal) -> Decimal:
        return _to(amount, self.unit, ROUND_HALF_UP)


def rounding_of(
    loan: Loan,
    instalments: tuple[Instalment, ...],
    policies: Policies,
    decimals: int | None = None,
) -> Rounding:
    """The rounding of a loan that is not posted yet.

    One step for every currency is at least what is paid in each (no cents of a Colombian peso); a
    step of this currency's own is taken as it is written. Instalments that the ledger itself writes
    finer are split as finely. `decimals`: those that the books keep, where they keep fewer.
    """
    least = finest(loan.currency, decimals)
    paid = max(paid_in(loan.currency), least)
    asked = policies.instalment_step
    own = asked.get(loan.currency) if isinstance(asked, dict) else None
    general = paid if isinstance(asked, dict) else max(asked, paid)
    step = max(own, least) if own is not None else general
    told = [instalment.amount for instalment in instalments]
    if loan.instalment_amount is not None:
        told.append(loan.instalment_amount)
    as_told = all(_is_whole(amount, paid) for amount in told)
    return Rounding(step=step, unit=min(step, paid) if as_told else least)


def earlier_roundings(loan: Loan, decimals: int | None = None) -> Iterator[Rounding]:
    """The roundings with which a loan may have been posted before: to the cent whatever its
    currency, or to a step that the lender had then."""
    least = Decimal(1).scaleb(-decimals) if decimals is not None else CENT
    cents = max(CENT, least)
    yield Rounding(step=cents, unit=cents)
    for step in _STEPS:
        for unit in {max(paid_in(loan.currency), least): None, cents: None}:
            yield Rounding(step=max(step, unit), unit=unit)


def finest(currency: str, decimals: int | None = None) -> Decimal:
    """The smallest amount of a currency that the books can hold."""
    own = decimal_unit(currency)
    return own if decimals is None else max(own, Decimal(1).scaleb(-decimals))


def _is_whole(amount: Decimal, unit: Decimal) -> bool:
    return amount % unit == 0


def _to(amount: Decimal, unit: Decimal, way: str) -> Decimal:
    return (amount / unit).to_integral_value(way) * unit
