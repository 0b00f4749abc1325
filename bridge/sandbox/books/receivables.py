"""The debts of customers: open amounts of documents, and which credit settled which debit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bridge.sandbox.books.amounts import ZERO, cents
from bridge.sandbox.books.documents import Document


@dataclass(slots=True)
class Application:
    """A credit that settles a debit; `owner` is the document that says so.

    The two home values differ when the rates differ: the difference is a realised gain or loss.
    """

    owner: str
    debit: str
    credit: str
    amount: Decimal
    home_debit: Decimal
    home_credit: Decimal

    @property
    def gain(self) -> Decimal:
        return self.home_credit - self.home_debit


@dataclass(slots=True)
class Receivables:
    """Open items per document, balances per customer, applications per owner."""

    find: Callable[[str], Document]
    owned: dict[str, list[Application]] = field(default_factory=dict)
    touching: dict[str, list[Application]] = field(default_factory=dict)
    balances: dict[str, Decimal] = field(default_factory=dict)

    def open_item(self, document: Document) -> None:
        document.open, document.home_open = document.claim, document.home_claim
        self._owe(document, document.claim)

    def close_item(self, document: Document) -> None:
        assert not self.touching.get(document.id), f"{document.id} is still applied"
        self._owe(document, -document.open)
        document.open = document.home_open = ZERO

    def balance(self, customer: str) -> Decimal:
        return self.balances.get(customer, ZERO)

    def open_without(self, document: Document, owner: str) -> Decimal:
        """Return what would be open if the owner's applications did not exist."""
        mine = (use.amount for use in self.touching.get(document.id, ()) if use.owner == owner)
        return document.open + sum(mine, ZERO)

    def apply(self, owner: str, debit: Document, credit: Document, amount: Decimal) -> None:
        assert 0 < amount <= debit.open, f"{debit.id}: {amount} of {debit.open}"
        assert amount <= credit.open, f"{credit.id}: {amount} of {credit.open}"
        use = Application(
            owner, debit.id, credit.id, amount, _value(debit, amount), _value(credit, amount)
        )
        self.restore(use)
        self._use(debit, amount, use.home_debit)
        self._use(credit, amount, use.home_credit)

    def restore(self, use: Application) -> None:
        """Note an application whose effect on the documents is already there."""
        self.owned.setdefault(use.owner, []).append(use)
        self.touching.setdefault(use.debit, []).append(use)
        self.touching.setdefault(use.credit, []).append(use)

    def release(self, uses: Iterable[Application]) -> None:
        """Undo applications: both documents are open again by that amount."""
        for use in list(uses):
            for place, key in (
                (self.owned, use.owner),
                (self.touching, use.debit),
                (self.touching, use.credit),
            ):
                place[key] = [other for other in place[key] if other is not use]
                if not place[key]:
                    del place[key]
            self._use(self.find(use.debit), -use.amount, -use.home_debit)
            self._use(self.find(use.credit), -use.amount, -use.home_credit)

    def _use(self, document: Document, amount: Decimal, home: Decimal) -> None:
        document.open -= amount
        document.home_open -= home
        self._owe(document, -amount)

    def _owe(self, document: Document, amount: Decimal) -> None:
        before = self.balances.get(document.customer, ZERO)
        self.balances[document.customer] = before + document.side * amount


def _value(document: Document, amount: Decimal) -> Decimal:
    """Return the home value of a part; the last part takes what is left, so cents never stay."""
    return document.home_open if amount == document.open else cents(amount * document.rate)


Claim = tuple[Document, Decimal]


def pair(
    debits: Sequence[Claim], credits: Sequence[Claim]
) -> list[tuple[Document, Document, Decimal]]:
    """Match credits to debits in the order given; what finds no partner is left open."""
    pairs: list[tuple[Document, Document, Decimal]] = []
    rest = [amount for _, amount in credits]
    place = 0
    for debit, wanted in debits:
        while wanted > 0 and place < len(credits):
            part = min(wanted, rest[place])
            if part > 0:
                pairs.append((debit, credits[place][0], part))
            wanted -= part
            rest[place] -= part
            if rest[place] == 0:
                place += 1
    return pairs
