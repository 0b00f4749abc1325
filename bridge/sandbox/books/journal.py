"""The journal: balanced entries and the running balance of every account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bridge.sandbox.books.amounts import ZERO


@dataclass(slots=True)
class Posting:
    """One leg. Debits are positive. `amount` is in the document's currency, `home` in ours."""

    account: str
    amount: Decimal
    currency: str
    home: Decimal
    customer: str = ""


class Unbalanced(ValueError):
    """The legs of an entry do not add up to zero in the home currency."""


@dataclass(slots=True)
class Journal:
    """Entries by key; posting under a key again replaces what was there."""

    entries: dict[str, list[Posting]] = field(default_factory=dict)
    home: dict[str, Decimal] = field(default_factory=dict)
    foreign: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def post(self, key: str, postings: Iterable[Posting]) -> None:
        legs = [leg for leg in postings if leg.home or leg.amount]
        if sum((leg.home for leg in legs), ZERO):
            raise Unbalanced(f"entry {key} is out of balance")
        self.remove(key)
        if legs:
            self.entries[key] = legs
            self._move(legs, 1)

    def remove(self, key: str) -> None:
        self._move(self.entries.pop(key, ()), -1)

    def balance(self, account: str) -> Decimal:
        """Return the balance in the home currency, debit positive."""
        return self.home.get(account, ZERO)

    def balance_in(self, account: str, currency: str) -> Decimal:
        """Return the balance of what was posted in a currency, debit positive."""
        return self.foreign.get((account, currency), ZERO)

    def trial_balance(self) -> tuple[Decimal, Decimal]:
        """Return the sums of the debit and of the credit balances."""
        debits = sum((value for value in self.home.values() if value > 0), ZERO)
        credits = sum((-value for value in self.home.values() if value < 0), ZERO)
        return debits, credits

    def _move(self, legs: Iterable[Posting], sign: int) -> None:
        for leg in legs:
            self.home[leg.account] = self.home.get(leg.account, ZERO) + sign * leg.home
            place = (leg.account, leg.currency)
            self.foreign[place] = self.foreign.get(place, ZERO) + sign * leg.amount


def restore(entries: Mapping[str, list[Posting]]) -> Journal:
    """Build a journal, with its balances, from saved entries."""
    journal = Journal()
    for key, legs in entries.items():
        journal.post(key, legs)
    return journal
