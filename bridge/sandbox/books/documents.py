"""Documents and the journal legs that each kind of them makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from bridge.sandbox.books.amounts import ONE, ZERO, cents, spread
from bridge.sandbox.books.journal import Posting


@dataclass(frozen=True, slots=True)
class Pattern:
    """The pattern by which a kind of document posts: the signs of its receivable, its money and its
    lines."""

    receivable: int
    money: int
    lines: int


PATTERNS = {
    "invoice": Pattern(receivable=1, money=0, lines=-1),
    "credit_note": Pattern(receivable=-1, money=0, lines=1),
    "receipt": Pattern(receivable=-1, money=1, lines=-1),
    "sales_receipt": Pattern(receivable=0, money=1, lines=-1),
    "refund": Pattern(receivable=0, money=-1, lines=1),
    "spending": Pattern(receivable=0, money=-1, lines=1),
    "deposit": Pattern(receivable=0, money=1, lines=-1),
    "journal": Pattern(receivable=0, money=0, lines=1),
    "write_off": Pattern(receivable=-1, money=0, lines=1),
    "credit_refund": Pattern(receivable=1, money=-1, lines=-1),
}


@dataclass(slots=True)
class Line:
    """An amount for an account; in a journal debits are positive.

    `home` is given only where the value in the home currency is already known, as when a
    deposit takes receipts out of the account they lay in.
    """

    account: str
    amount: Decimal
    customer: str = ""
    home: Decimal | None = None


@dataclass(slots=True)
class Document:
    """A document that was issued or received. `claim` is the part that stands in the
    receivables."""

    id: str
    kind: str
    number: str
    date: str
    currency: str
    total: Decimal
    customer: str = ""
    due: str = ""
    rate: Decimal = ONE
    money: str = ""
    lines: list[Line] = field(default_factory=list)
    void: bool = False
    side: int = 0
    claim: Decimal = ZERO
    open: Decimal = ZERO
    home_open: Decimal = ZERO

    @property
    def home_total(self) -> Decimal:
        return cents(self.total * self.rate)

    @property
    def home_claim(self) -> Decimal:
        return cents(self.claim * self.rate)

    @property
    def status(self) -> str:
        """One of void, posted (no receivable), open, partial, paid (or applied, for credits)."""
        if self.void:
            return "void"
        if not self.side:
            return "posted"
        if self.open == 0:
            return "paid" if self.side > 0 else "applied"
        return "open" if self.open == self.claim else "partial"


def legs(document: Document, receivable: str) -> list[Posting]:
    """Return the balanced postings of a document; a void one has none."""
    if document.void:
        return []
    pattern = PATTERNS[document.kind]
    whole = document.home_total
    made: list[Posting] = []
    if pattern.receivable:
        sign = pattern.receivable
        made.append(_leg(document, receivable, sign * document.total, sign * whole))
    if pattern.money:
        sign = pattern.money
        made.append(_leg(document, document.money, sign * document.total, sign * whole))
    target = -sum((leg.home for leg in made), ZERO)
    homes = [
        pattern.lines * (line.home if line.home is not None else cents(line.amount * document.rate))
        for line in document.lines
    ]
    for line, home in zip(document.lines, spread(target, homes), strict=True):
        leg = _leg(document, line.account, pattern.lines * line.amount, home)
        leg.customer = line.customer or leg.customer
        made.append(leg)
    return made


def _leg(document: Document, account: str, amount: Decimal, home: Decimal) -> Posting:
    return Posting(account, amount, document.currency, home, document.customer)
