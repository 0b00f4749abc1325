"""What a loan is made of, and what of it falls on each instalment."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bridge.core import lending
from bridge.core.ledger import Instalment, Loan, LoanFile, LoanKind
from bridge.core.mapping import BooksMapping
from bridge.core.rounding import Rounding

ZERO = Decimal(0)

Parts = list[tuple[str, Decimal]]
"""(purpose, amount) of an invoice's lines."""


def parts_of(loan: Loan, opening: Decimal, mapping: BooksMapping, rounding: Rounding) -> Parts:
    """Principal, interest and insurance of what was owed on day one."""
    if loan.kind is LoanKind.RUNNING_ACCOUNT:
        return [("sale", opening)]
    policies = mapping.policies
    insurance = ZERO
    if loan.principal is not None and 0 < loan.principal <= opening:
        principal = loan.principal
        rest = opening - principal
        if loan.insurance and loan.interest is not None and "insurance" in mapping.lines:
            insurance = loan.insurance if loan.insurance + loan.interest == rest else ZERO
    elif loan.principal is None and policies.no_split == "interest_rate":
        principal = rounding.half_up(opening / (1 + policies.no_split_rate / 100))
    else:
        principal = opening
    parts = [
        ("principal", principal),
        ("interest", opening - principal - insurance),
        ("insurance", insurance),
    ]
    return [(purpose, amount) for purpose, amount in parts if amount]


def schedule_of(file: LoanFile, opening: Decimal, rounding: Rounding) -> tuple[Instalment, ...]:
    """The instalments as the ledger tells them, else as they are worked out."""
    assert file.loan is not None
    return file.instalments or lending.schedule(file.loan, opening, rounding)


def per_instalment(
    schedule: tuple[Instalment, ...], parts: Parts, opening: Decimal, rounding: Rounding
) -> Iterator[tuple[Instalment, Parts]]:
    """What of a loan falls on each instalment; the first purpose takes what rounding leaves."""
    if not parts:
        return
    (first, _), *others = parts
    total = sum((amount for _, amount in parts), ZERO)
    for instalment, before, amount in _shares(schedule, opening):
        lines = [
            (purpose, lending.split(opening, part, before, amount, rounding))
            for purpose, part in others
        ]
        rest = lending.split(opening, total, before, amount, rounding)
        rest -= sum((part for _, part in lines), ZERO)
        yield instalment, [(purpose, part) for purpose, part in [(first, rest), *lines] if part]


def interest_due(
    schedule: tuple[Instalment, ...], opening: Decimal, interest: Decimal, rounding: Rounding
) -> Iterator[tuple[Instalment, Decimal]]:
    """The interest that falls due with each instalment."""
    for instalment, before, amount in _shares(schedule, opening):
        yield instalment, lending.split(opening, interest, before, amount, rounding)


def _shares(
    schedule: tuple[Instalment, ...], opening: Decimal
) -> Iterator[tuple[Instalment, Decimal, Decimal]]:
    """(instalment, due before it, its amount); the last takes what is left of the loan."""
    before = ZERO
    for instalment in schedule:
        left = opening - before
        amount = left if instalment is schedule[-1] else min(instalment.amount, left)
        yield instalment, before, amount
        before += amount
