"""A reading of the ledger: everything that was understood of one delivery, added up.

Loans and findings stream by; memory follows kinds, codes and what is shown, not the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from heapq import nlargest
from typing import Generic, TypeVar

import msgspec

from bridge.core.change.planned import Noticed
from bridge.core.ledger import (
    Adjustment,
    LoanFile,
    LoanKind,
    ReadTable,
    Repayment,
    RepaymentState,
    SnapshotFacts,
)
from bridge.core.loan import lending
from bridge.core.loan.understood import KindSum, UnderstoodLoan

T = TypeVar("T")
ZERO = Decimal(0)
FIRST = 10
"""So many loans are shown as they were understood."""
LISTED = 20
"""So many held loans are shown, and so many changed ones, the biggest first."""


class RowCount(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one entity: how many there are, and what the delivery did to them."""

    entity: str
    now: int
    new: int
    changed: int
    removed: int


class PaymentSum(msgspec.Struct, kw_only=True):
    """The payments of one currency and method."""

    currency: str
    method: str
    count: int = 0
    amount: Decimal = ZERO
    first: date | None = None
    last: date | None = None

    def add(self, row: Repayment) -> None:
        self.count += 1
        self.amount += row.amount
        self.first = min(self.first or row.paid_on, row.paid_on)
        self.last = max(self.last or row.paid_on, row.paid_on)


class ChangedLoan(msgspec.Struct, frozen=True, kw_only=True):
    """A loan as it was understood of the delivery before, and as it is now."""

    before: UnderstoodLoan | None
    """None: it is new."""
    now: UnderstoodLoan | None
    """None: it is gone."""

    @property
    def moved(self) -> Decimal:
        """The sum by which more is owed now."""
        return (self.now.owed if self.now else ZERO) - (self.before.owed if self.before else ZERO)


class LedgerReading(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was understood of one delivery."""

    name: str
    """The file or folder that was read."""
    facts: SnapshotFacts
    tables: tuple[ReadTable, ...]
    rows: tuple[RowCount, ...]
    sums: tuple[KindSum, ...]
    annulled: int
    strays: int
    """Payments and charges of loans that the ledger does not have."""
    strays_effect: Decimal
    """What they would do to what is owed: below zero for payments. Their currency nobody knows."""
    payments: tuple[PaymentSum, ...]
    found: tuple[Noticed, ...]
    first: tuple[UnderstoodLoan, ...]
    held: tuple[UnderstoodLoan, ...]
    changed: tuple[ChangedLoan, ...] | None
    """None: there was no delivery before."""
    changed_loans: int

    @property
    def asks(self) -> bool:
        """Whether some of it waits for a person."""
        held = any(each.held for each in self.sums)
        asked = any(first.asks for each in self.found for first in each.first[:1])
        return held or asked or self.strays > 0


class Largest(Generic[T]):
    """Counts what streams by, and keeps the largest of it."""

    def __init__(self, size: Callable[[T], Decimal]) -> None:
        self.count = 0
        self._size = size
        self._kept: list[T] = []

    def add(self, one: T) -> None:
        self.count += 1
        self._kept.append(one)
        if len(self._kept) > 100 * LISTED:
            self._kept = nlargest(LISTED, self._kept, key=self._size)

    def largest(self) -> tuple[T, ...]:
        """The largest first; of equals those that came first."""
        return tuple(nlargest(LISTED, self._kept, key=self._size))


class LoanTally:
    """Adds loans up as they stream by."""

    def __init__(self) -> None:
        self.annulled = self.strays = 0
        self.strays_effect = ZERO
        self.first: list[UnderstoodLoan] = []
        self.held: Largest[UnderstoodLoan] = Largest(lambda loan: abs(loan.owed))
        self._sums: dict[tuple[str, LoanKind], KindSum] = {}
        self._payments: dict[tuple[str, str], PaymentSum] = {}

    def add(self, file: LoanFile, loan: UnderstoodLoan | None) -> None:
        if loan is None:
            self._add_strays(file)
            return
        if loan.annulled:
            self.annulled += 1
            return
        place = (loan.currency, loan.kind)
        empty = KindSum(kind=loan.kind, currency=loan.currency)
        self._sums.setdefault(place, empty).add(loan)
        for row in file.repayments:
            if row.state is RepaymentState.APPROVED and row.amount:
                by = (loan.currency, row.method)
                new = PaymentSum(currency=loan.currency, method=row.method)
                self._payments.setdefault(by, new).add(row)
        if len(self.first) < FIRST:
            self.first.append(loan)
        if loan.held:
            self.held.add(loan)

    def _add_strays(self, file: LoanFile) -> None:
        rows: tuple[Repayment | Adjustment, ...] = (*file.repayments, *file.adjustments)
        moved = [lending.effect(row) for row in rows]
        self.strays += sum(1 for amount in moved if amount)
        self.strays_effect += sum(moved, ZERO)

    def sums(self) -> tuple[KindSum, ...]:
        return tuple(self._sums[place] for place in sorted(self._sums))

    def payments(self) -> tuple[PaymentSum, ...]:
        return tuple(self._payments[place] for place in sorted(self._payments))
