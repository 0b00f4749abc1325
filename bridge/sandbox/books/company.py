"""A company's books: post, change, void and settle documents; everything stays in balance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bridge.sandbox.books import journal as journals
from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.books.chart import Account, Chart
from bridge.sandbox.books.documents import PATTERNS, Document, legs
from bridge.sandbox.books.journal import Journal, Posting
from bridge.sandbox.books.receivables import Application, Claim, Receivables, pair


class OverApplied(ValueError):
    """More would be applied to a document than it is for."""


@dataclass(slots=True)
class Saved:
    """The state that must be written down to have the same books again."""

    home: str
    gain_loss: str
    chart: Chart
    documents: dict[str, Document]
    entries: dict[str, list[Posting]]
    applications: list[Application]


@dataclass(slots=True)
class Books:
    """Chart, journal, receivables and documents of one company.

    `receivable` returns the control account of a currency, made when first needed;
    `gain_loss` is the account that takes realised exchange differences.
    """

    home: str
    gain_loss: str
    receivable: Callable[[str], str]
    chart: Chart = field(default_factory=Chart)
    journal: Journal = field(default_factory=Journal)
    documents: dict[str, Document] = field(default_factory=dict)
    receivables: Receivables = field(init=False)

    def __post_init__(self) -> None:
        self.receivables = Receivables(self._find)

    def post(self, document: Document) -> None:
        """Add a new document."""
        assert document.id not in self.documents, f"{document.id} exists"
        self.documents[document.id] = document
        self._enter(document)

    def repost(self, document: Document) -> None:
        """Put a changed document in the place of the one with its id, keeping applications."""
        uses = self.receivables.touching.get(document.id, [])
        if sum((use.amount for use in uses), ZERO) > standing(document)[1]:
            raise OverApplied(document.id)
        kept = [(use.owner, use.debit, use.credit, use.amount) for use in uses]
        self._unapply(uses)
        self._withdraw(self.documents[document.id])
        self.documents[document.id] = document
        self._enter(document)
        for owner, debit, credit, amount in kept:
            self.receivables.apply(owner, self._find(debit), self._find(credit), amount)
        self._realise({owner for owner, *_ in kept})

    def void(self, document_id: str) -> None:
        """Take the effect of a document away and keep the document, at zero."""
        document = self.documents[document_id]
        self.release(document_id)
        self._unapply(self.receivables.touching.get(document_id, []))
        self._withdraw(document)
        document.void = True
        document.total = document.claim = ZERO

    def delete(self, document_id: str) -> None:
        self.void(document_id)
        del self.documents[document_id]

    def settle(self, owner: str, debits: Sequence[Claim], credits: Sequence[Claim]) -> None:
        """Replace what `owner` has applied; the parts must be open."""
        self.release(owner)
        for debit, credit, amount in pair(debits, credits):
            self.receivables.apply(owner, debit, credit, amount)
        self._realise({owner})

    def release(self, owner: str) -> None:
        """Undo everything that `owner` has applied."""
        self._unapply(self.receivables.owned.get(owner, []))

    def reassign(self, document_id: str, customer: str) -> None:
        """Move a document, and what it owes, to another customer of the same currency."""
        document = self.documents[document_id]
        balances = self.receivables.balances
        owed = document.side * document.open
        balances[document.customer] = balances.get(document.customer, ZERO) - owed
        balances[customer] = balances.get(customer, ZERO) + owed
        document.customer = customer
        for leg in self.journal.entries.get(document_id, ()):
            leg.customer = customer

    def account_balance(self, account: Account) -> Decimal:
        """Return the balance in the account's own currency, debit positive."""
        if account.currency == self.home:
            return self.journal.balance(account.id)
        return self.journal.balance_in(account.id, account.currency)

    def save(self) -> Saved:
        uses = [use for owned in self.receivables.owned.values() for use in owned]
        return Saved(
            self.home, self.gain_loss, self.chart, self.documents, self.journal.entries, uses
        )

    def load(self, saved: Saved) -> None:
        """Become what was saved."""
        self.home, self.gain_loss, self.chart = saved.home, saved.gain_loss, saved.chart
        self.documents = saved.documents
        self.journal = journals.restore(saved.entries)
        self.receivables = Receivables(self._find)
        for use in saved.applications:
            self.receivables.restore(use)
        balances = self.receivables.balances
        for document in saved.documents.values():
            owed = document.side * document.open
            balances[document.customer] = balances.get(document.customer, ZERO) + owed

    def _find(self, document_id: str) -> Document:
        return self.documents[document_id]

    def _enter(self, document: Document) -> None:
        owes = PATTERNS[document.kind].receivable
        receivable = self.receivable(document.currency) if owes else ""
        self.journal.post(document.id, legs(document, receivable))
        document.side, document.claim = standing(document)
        if document.side:
            self.receivables.open_item(document)

    def _withdraw(self, document: Document) -> None:
        self.journal.remove(document.id)
        if document.side:
            self.receivables.close_item(document)

    def _unapply(self, uses: Sequence[Application]) -> None:
        owners = {use.owner for use in uses}
        self.receivables.release(uses)
        self._realise(owners)

    def _realise(self, owners: set[str]) -> None:
        """Post the exchange difference of each owner's applications, in the home currency."""
        for owner in owners:
            by_account: dict[tuple[str, str], Decimal] = {}
            for use in self.receivables.owned.get(owner, ()):
                debit = self._find(use.debit)
                place = (self.receivable(debit.currency), debit.customer)
                by_account[place] = by_account.get(place, ZERO) + use.gain
            postings: list[Posting] = []
            for (account, customer), gain in by_account.items():
                postings.append(Posting(account, ZERO, self.home, gain, customer))
                postings.append(Posting(self.gain_loss, -gain, self.home, -gain))
            self.journal.post(f"{owner}/gain", postings)


def standing(document: Document) -> tuple[int, Decimal]:
    """Return on which side a document stands in the receivables, and with how much."""
    if document.void:
        return 0, ZERO
    if document.kind != "journal":
        return PATTERNS[document.kind].receivable, document.total
    owed = sum((line.amount for line in document.lines if line.customer), ZERO)
    return (owed > 0) - (owed < 0), abs(owed)
