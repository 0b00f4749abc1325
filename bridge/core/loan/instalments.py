"""The parts of a loan (principal, interest, insurance), and each instalment's share of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from bridge.core.books import Invoice, Transaction
from bridge.core.identity import is_loans_own
from bridge.core.ledger import Instalment, Loan, LoanFile, LoanKind
from bridge.core.loan import lending
from bridge.core.loan.allocation import Share
from bridge.core.mapping.mapping_file import BooksMapping
from bridge.core.mapping.rounding import Rounding

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
    """Each instalment with its share of the loan's parts; the first purpose takes what rounding
    leaves."""
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


def share_of(
    file: LoanFile, mapping: BooksMapping, rounding: Rounding, invoices: Iterable[Transaction]
) -> Share | None:
    """The split of payments between a loan's interest and the rest, where its interest has invoices
    of its own."""
    assert file.loan is not None
    own = [i for i in invoices if isinstance(i, Invoice) and is_loans_own(i.reference)]
    interest = [i for i in own if {line.purpose for line in i.lines} == {"interest"}]
    if not interest or len(interest) == len(own):
        return None
    opening = file.loan.agreed
    if opening is None:
        opening = lending.opening(file.loan, file.adjustments)
    parts = parts_of(file.loan, opening, mapping, rounding)
    return Share(
        total=opening,
        interest=sum((amount for purpose, amount in parts if purpose == "interest"), ZERO),
        invoices=frozenset(invoice.reference for invoice in own),
        of_interest=frozenset(invoice.reference for invoice in interest),
        rounding=rounding,
    )


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
