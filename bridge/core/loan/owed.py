"""The debt that one loan's rows leave, and the part of its money that came in on what was written
off.

Money pays what is open first. What is more is a recovery of what was written off, up to that sum,
and the customer's credit beyond it. So it is whatever order the rows arrive in: a payment dated
before a write-off that left nothing open, and known only later, is a recovery too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.findings import holds
from bridge.core.ledger import CHARGES, Adjustment, AdjustmentKind, LoanFile, Repayment
from bridge.core.loan import lending

ZERO = Decimal(0)


class TakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """Repayments that a reversal cancels, and reversals that match no repayment."""

    rows: frozenset[str] = frozenset()
    """Repayments that were reversed, and their reversals."""
    unmatched: tuple[Adjustment, ...] = ()
    """Reversals that name no repayment, or one of another amount."""


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """The amount that one write-off took off a loan."""

    row: Adjustment
    amount: Decimal
    beyond: Decimal = ZERO
    """How much more it says than was owed and paid together: of that nothing can be lost."""

    @property
    def less(self) -> Decimal:
        """The part of the write-off that is not lost, because money stays a receipt for what was
        open."""
        return self.row.amount - self.amount - self.beyond


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """The losses and recoveries of one loan, row by row."""

    losses: tuple[Loss, ...] = ()
    recovered: Mapping[str, Decimal] = {}
    """Repayment → how much of it came in on what was written off; none of the others."""

    @property
    def spared(self) -> Decimal:
        """The sum by which the loan owes more than its rows say, since money came in on what was
        lost."""
        return sum(self.recovered.values(), ZERO) + sum((loss.less for loss in self.losses), ZERO)


def balance(file: LoanFile) -> Decimal:
    """The customer's debt by all rows together, held rows included; negative when overpaid.

    What was written off and came in after all is not owed, so it lowers nothing.
    """
    start = lending.opening(file.loan, file.adjustments) if file.loan is not None else ZERO
    rows: tuple[Repayment | Adjustment, ...] = (*file.repayments, *file.adjustments)
    return start + sum((lending.effect(row) for row in rows), ZERO) + recovered(file)


def recovered(file: LoanFile) -> Decimal:
    """The part of the loan's money that came in on what was written off."""
    return sum(course(file).recovered.values(), ZERO)


def course(
    file: LoanFile, fixed: Mapping[str, Decimal] = {}, opening: Decimal | None = None
) -> Course:
    """The losses and recoveries of a loan; rows that are held, and what was reversed, are left out.

    `fixed` says how much of a repayment is a receipt in the books and stays so, whatever came
    since: what that paid was never lost, so that much less is written off. The loan owes the same.
    `opening` is what it was opened with, where its rows do not tell.
    """
    is_lost = any(row.kind is AdjustmentKind.WRITE_OFF for row in file.adjustments)
    if file.loan is None or not is_lost:
        return Course()
    gone = taken_back(file).rows
    if opening is None:
        opening = lending.opening(file.loan, file.adjustments)
    walk = _Walk(opening, fixed)
    rows: tuple[Repayment | Adjustment, ...] = (*file.repayments, *file.adjustments)
    for row in sorted(rows, key=_when):
        if row.id not in gone and not any(holds(note.code) for note in row.notes):
            walk.step(row)
    return Course(
        losses=tuple(walk.losses()),
        recovered={number: amount for number, amount in walk.recovered.items() if amount},
    )


def taken_back(file: LoanFile) -> TakenBack:
    """Which repayments a matching reversal takes back."""
    gone: set[str] = set()
    unmatched = []
    payments: Mapping[str, Repayment] = {r.id: r for r in file.repayments}
    for row in file.adjustments:
        if row.kind is not AdjustmentKind.REVERSAL:
            continue
        target = payments.get(row.reverses)
        if target is None or target.id in gone or lending.effect(target) != -row.amount:
            unmatched.append(row)
        else:
            gone |= {target.id, row.id}
    for repayment in file.repayments:
        target = payments.get(repayment.reverses)
        if target is None or gone & {target.id, repayment.id}:
            continue
        if lending.effect(target) == -lending.effect(repayment) != 0:
            gone |= {target.id, repayment.id}
    return TakenBack(rows=frozenset(gone), unmatched=tuple(unmatched))


class _Walk:
    """A loan from day to day: what is open, what is lost of it, what comes back."""

    def __init__(self, opening: Decimal, fixed: Mapping[str, Decimal]) -> None:
        self.open = opening
        self.recovered: dict[str, Decimal] = {}
        self._fixed = fixed
        self._paid: dict[str, Decimal] = {}
        """Repayment → how much of it paid what was open, in the order of their days."""
        self._free: dict[str, Decimal] = {}
        """Repayment → how much of it may still turn out to be a recovery."""
        self._rows: list[Adjustment] = []
        self._lost: dict[str, Decimal] = {}
        """Write-off → how much it takes off the loan."""
        self._beyond: dict[str, Decimal] = {}

    def losses(self) -> Iterator[Loss]:
        for row in self._rows:
            yield Loss(row=row, amount=self._lost[row.id], beyond=self._beyond[row.id])

    def step(self, row: Repayment | Adjustment) -> None:
        if isinstance(row, Repayment):
            self._pay(row.id, -lending.effect(row))
        elif row.kind is AdjustmentKind.WRITE_OFF:
            self._lose(row)
        elif row.kind in CHARGES or row.kind is AdjustmentKind.DISCOUNT:
            self.open += lending.effect(row)

    def _pay(self, number: str, amount: Decimal) -> None:
        left = sum(self._lost.values(), ZERO) - sum(self.recovered.values(), ZERO)
        self._paid[number], self.recovered[number] = amount, ZERO
        self._free[number] = amount - min(self._fixed.get(number, ZERO), amount)
        self.open -= amount
        self._come_back(number, min(max(-self.open, ZERO), left, amount))

    def _lose(self, row: Adjustment) -> None:
        """Write off what is open. If the row says more than that, the newest payments become
        recoveries of what is lost; if even all payments do not cover it, none does."""
        short = max(row.amount - max(self.open, ZERO), ZERO)
        beyond = short if short > sum(self._paid.values(), ZERO) else ZERO
        self._rows.append(row)
        self._lost[row.id], self._beyond[row.id] = row.amount - beyond, beyond
        self.open -= row.amount - beyond
        short -= beyond
        for number in reversed(self._paid):
            back = min(short, self._paid[number])
            self._come_back(number, back)
            short -= back

    def _come_back(self, number: str, amount: Decimal) -> None:
        """Turn this much of a repayment into a recovery. The part that must stay a receipt lowers
        the losses instead, the newest first."""
        self.open += amount
        self._paid[number] -= amount
        back = min(amount, self._free[number])
        self._free[number] -= back
        self.recovered[number] += back
        amount -= back
        for lost in reversed(self._lost):
            less = min(amount, self._lost[lost])
            self._lost[lost] -= less
            amount -= less


def _when(row: Repayment | Adjustment) -> tuple[date, int, int, str]:
    """By day: what is charged comes before what is paid, and a loss is what the day leaves."""
    if isinstance(row, Repayment):
        return (row.paid_on, 2, len(row.id), row.id)
    order = {AdjustmentKind.DISCOUNT: 1, AdjustmentKind.WRITE_OFF: 3}
    return (row.on, order.get(row.kind, 0), len(row.id), row.id)
