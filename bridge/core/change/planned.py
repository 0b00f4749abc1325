"""The figures of a plan before anything is sent: by kind, by account, and what it leaves out.

Arithmetic over documents as they stream by. Memory follows the accounts and kinds, not the plan.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from bridge.core.books import (
    Account,
    Chart,
    CreditNote,
    Customer,
    Document,
    Invoice,
    Kind,
    Receipt,
    Sale,
)
from bridge.core.delivery import Operation
from bridge.core.findings import CATALOGUE, Finding, Severity
from bridge.core.plan import Hold

ZERO = Decimal(0)
SHOWN = 1000
"""Held rows and findings told one by one; of the rest, how many and what they come to."""
_CLASSES = ("asset", "liability", "equity", "income", "expense")


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """The number and sum of the documents of one kind and one operation."""

    operation: Operation
    kind: Kind
    currency: str
    count: int
    amount: Decimal


class AccountEffect(msgspec.Struct, frozen=True, kw_only=True):
    """The debits and credits of a plan on one account, in one currency."""

    account: Account
    currency: str
    debit: Decimal
    credit: Decimal


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A hold, and the place in the lender's file that it is about."""

    hold: Hold
    file: str = ""
    row: int = 0


class HeldSum(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    currency: str
    count: int
    amount: Decimal


class Noticed(msgspec.Struct, frozen=True, kw_only=True):
    """All findings of one code, and the first of them."""

    code: str
    severity: Severity
    count: int
    first: tuple[Finding, ...]


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """The plan of a pass for one company's books, in figures."""

    sums: tuple[Sum, ...] = ()
    accounts: tuple[AccountEffect, ...] = ()
    held: tuple[HeldSum, ...] = ()
    held_rows: tuple[Held, ...] = ()
    """The first of what is held."""


def entries(document: Document, receivable: str) -> dict[str, Decimal]:
    """Account id → what posting the document debits to it; negative where it credits.

    A customer and the use of a credit note move no account.
    """
    moved: dict[str, Decimal] = defaultdict(Decimal)
    match document:
        case Invoice():
            moved[receivable] += document.total
            for line in document.lines:
                moved[line.account] -= line.amount
        case CreditNote():
            moved[receivable] -= document.total
            for line in document.lines:
                moved[line.account] += line.amount
        case Receipt():
            moved[document.deposit_account] += document.total
            moved[receivable] -= document.total
        case Sale():
            moved[document.deposit_account] += document.total
            for line in document.lines:
                moved[line.account] -= line.amount
    return {account: amount for account, amount in moved.items() if amount}


class Effects:
    """Adds changes up as they stream by."""

    def __init__(self, chart: Chart) -> None:
        self._accounts = {account.id: account for account in chart.accounts}
        self._home = chart.company.home_currency
        self._receivables = {
            account.currency or self._home: account.id
            for account in chart.accounts
            if account.role == "receivable" and account.active
        }
        self._counts: Counter[tuple[Operation, Kind, str]] = Counter()
        self._sums: dict[tuple[Operation, Kind, str], Decimal] = defaultdict(Decimal)
        self._debits: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self._credits: dict[tuple[str, str], Decimal] = defaultdict(Decimal)

    def add(
        self, operation: Operation, document: Document, before: Document | None
    ) -> list[AccountEffect]:
        """Take one change: `before` is what an update replaces. Returns what it alone does."""
        total = ZERO if isinstance(document, Customer) else document.total
        place = (operation, document.kind, document.currency)
        self._counts[place] += 1
        self._sums[place] += total
        own: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        if operation is Operation.VOID:
            self._move(own, document, -1)
        else:
            self._move(own, document, 1)
        if operation is Operation.UPDATE and before is not None:
            self._move(own, before, -1)
        moved = {key: amount for key, amount in own.items() if amount}
        for key, amount in moved.items():
            side = self._debits if amount > 0 else self._credits
            side[key] += abs(amount)
        return [
            self._effect(key, max(amount, ZERO), max(-amount, ZERO))
            for key, amount in moved.items()
        ]

    def sums(self) -> tuple[Sum, ...]:
        order = {operation: place for place, operation in enumerate(Operation)}
        kinds = {kind: place for place, kind in enumerate(Kind)}
        places = sorted(self._counts, key=lambda p: (order[p[0]], kinds[p[1]], p[2]))
        return tuple(
            Sum(
                operation=operation,
                kind=kind,
                currency=currency,
                count=self._counts[operation, kind, currency],
                amount=self._sums[operation, kind, currency],
            )
            for operation, kind, currency in places
        )

    def accounts(self) -> tuple[AccountEffect, ...]:
        """By class, number and name, as a trial balance has them."""
        made = [
            self._effect(key, self._debits[key], self._credits[key])
            for key in {*self._debits, *self._credits}
        ]
        return tuple(sorted(made, key=_as_in_a_trial_balance))

    def _move(self, own: dict[tuple[str, str], Decimal], document: Document, sign: int) -> None:
        currency = document.currency
        receivable = self._receivables.get(currency) or self._receivables.get(self._home, "")
        for account, amount in entries(document, receivable).items():
            own[account, currency] += sign * amount

    def _effect(self, key: tuple[str, str], debit: Decimal, credit: Decimal) -> AccountEffect:
        account_id, currency = key
        unknown = Account(id=account_id, number="", name=account_id, classification="")
        account = self._accounts.get(account_id, unknown)
        return AccountEffect(account=account, currency=currency, debit=debit, credit=credit)


def _as_in_a_trial_balance(effect: AccountEffect) -> tuple[object, ...]:
    account = effect.account
    known = account.classification in _CLASSES
    place = _CLASSES.index(account.classification) if known else len(_CLASSES)
    return (place, account.number, account.name, effect.currency)


class HeldTally:
    """Adds up what is held as it streams by, and keeps the first of it."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self.rows: list[Held] = []

    def add(self, held: Held) -> None:
        place = (held.hold.code, held.hold.currency)
        self._counts[place] += 1
        self._sums[place] += held.hold.amount
        if len(self.rows) < SHOWN:
            self.rows.append(held)

    def sums(self) -> Iterator[HeldSum]:
        for (code, currency), count in sorted(self._counts.items()):
            amount = self._sums[code, currency]
            yield HeldSum(code=code, currency=currency, count=count, amount=amount)


class NoticeTally:
    """Counts findings by code as they stream by, and keeps the first of each."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._first: dict[str, dict[Finding, None]] = defaultdict(dict)

    def add(self, finding: Finding) -> None:
        self._counts[finding.code] += 1
        some = self._first[finding.code]
        if len(some) < SHOWN:
            some[finding] = None

    def notices(self) -> tuple[Noticed, ...]:
        return tuple(
            Noticed(
                code=code,
                severity=CATALOGUE[code].severity,
                count=count,
                first=tuple(self._first[code]),
            )
            for code, count in sorted(self._counts.items())
        )
