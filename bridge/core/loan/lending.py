"""Lending arithmetic: schedules, the split of what is paid, and what a borrower owes.

Flat loans, as route lenders and small shops make them (FACTS L1, L2).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from bridge.core.ledger import (
    INCREASES,
    Adjustment,
    Frequency,
    Instalment,
    Loan,
    Origin,
    Repayment,
    RepaymentKind,
    RepaymentState,
)
from bridge.core.mapping.rounding import Rounding

ZERO = Decimal(0)
_STEP_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.BIWEEKLY: 14}
_MOST_INSTALMENTS = 2_000


def opening(loan: Loan, adjustments: Iterable[Adjustment]) -> Decimal:
    """The debt on day one: as told, or the gross amount less every charge."""
    if loan.opening is not None:
        return loan.opening
    assert loan.gross is not None, f"loan {loan.id} has neither opening nor gross amount"
    return loan.gross - sum((a.amount for a in adjustments if _in_gross(a)), ZERO)


def effect(row: Repayment | Adjustment) -> Decimal:
    """The row's effect on the borrower's balance: a payment lowers it, a charge raises it."""
    if isinstance(row, Adjustment):
        return row.amount if row.kind in INCREASES else -row.amount
    if row.state is not RepaymentState.APPROVED or row.kind is RepaymentKind.VISIT:
        return ZERO
    return -row.amount


def rounding_allowed(number: int, each: Decimal) -> Decimal:
    """The distance that `number` instalments may have from what they pay off: one unit each, of the
    last place that the instalment is written in (33,333 three times is 100,000; 30,000 is
    90,000)."""
    unit = Decimal(1) if each == each.to_integral_value() else Decimal("0.01")
    return number * unit


def pays_off(number: int, each: Decimal, total: Decimal) -> bool:
    """Whether so many instalments make up the total, but for their rounding."""
    return abs(number * each - total) <= rounding_allowed(number, each)


def split(
    total: Decimal, interest: Decimal, paid_before: Decimal, paid: Decimal, rounding: Rounding
) -> Decimal:
    """The interest in `paid`, proportionally and without drift.

    After paying C in total, round(C × interest / total) of it is interest; this payment's part is
    the difference to before. Ends exactly at `interest` when C reaches `total`.
    """
    if total == 0:
        return ZERO

    def interest_in(cumulative: Decimal) -> Decimal:
        if cumulative >= total:
            return interest
        return rounding.half_up(cumulative * interest / total)

    return interest_in(paid_before + paid) - interest_in(paid_before)


def schedule(loan: Loan, total: Decimal, rounding: Rounding) -> tuple[Instalment, ...]:
    """The instalments of a loan: as many as it says, equal but for the last.

    Empty where the ledger does not say how many or how often. The instalment amount is the
    ledger's own, else total / number rounded up to the step; the last takes the remainder.
    """
    number = loan.instalments
    if not number or number > _MOST_INSTALMENTS or loan.frequency in (None, Frequency.NONE):
        return ()
    each = loan.instalment_amount
    if each is None or each <= 0 or each * (number - 1) >= total:
        each = _equal_part(total, number, rounding)
    amounts = [each] * (number - 1) + [total - each * (number - 1)]
    days = _due_days(loan, number)
    origin = Origin(file="", line=0)
    return tuple(
        Instalment(
            id=f"{loan.id}.{n}", origin=origin, loan=loan.id, number=n, due=due, amount=amount
        )
        for n, (due, amount) in enumerate(zip(days, amounts, strict=True), start=1)
    )


def _equal_part(total: Decimal, number: int, rounding: Rounding) -> Decimal:
    """The amount of each instalment but the last: never so much that nothing is left for the
    last."""
    exact = total / number
    ways = (rounding.up(exact), rounding.half_up(exact))
    return next((each for each in ways if each * (number - 1) < total), rounding.down(exact))


def final_due(loan: Loan, days_of_running_account: int) -> date:
    """When all of it is due: as told, the last instalment, else so many days after the start."""
    if loan.due is not None:
        return max(loan.due, loan.start)
    if loan.instalments and loan.frequency not in (None, Frequency.NONE):
        number = min(loan.instalments, _MOST_INSTALMENTS)
        return _due_days(loan, number)[-1]
    return loan.start + timedelta(days=days_of_running_account)


def _in_gross(row: Adjustment) -> bool:
    return row.kind in INCREASES and row.kind.value not in ("refund", "reversal")


def _due_days(loan: Loan, number: int) -> list[date]:
    assert loan.frequency is not None
    if loan.frequency is Frequency.MONTHLY:
        first = loan.first_due or _months_later(loan.start, 1)
        return [_months_later(first, n) for n in range(number)]
    step = timedelta(days=_STEP_DAYS[loan.frequency])
    day = loan.first_due or loan.start + step
    days: list[date] = []
    skipped = frozenset(loan.skipped_weekdays) if len(set(loan.skipped_weekdays)) < 7 else ()
    while len(days) < number:
        if loan.frequency is not Frequency.DAILY or day.weekday() not in skipped:
            days.append(day)
        day += step
    return days


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
