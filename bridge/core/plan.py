"""The values that a plan is made of: changes to post, and holds with their reasons."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from bridge.core.books import Document, Invoice, Kind, Receipt
from bridge.core.delivery import Operation
from bridge.core.message import Detail
from bridge.core.renamed import in_words_of_now


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """An amount that the ledger has and the books do not get yet.

    `amount` is its effect on what borrowers owe (a loan is positive, a repayment negative), so that
    ledger less holds is what the documents must add up to.
    """

    code: str
    """A finding's code, or one of `HOLD_CODES`."""
    subject: str
    """`loan:142`, `movement:44`."""
    currency: str
    amount: Decimal
    detail: Detail = ""
    worth: Decimal = Decimal(0)
    """What the row is worth, where it does nothing to what borrowers owe."""

    def __post_init__(self) -> None:
        in_words_of_now(self, "code", "subject")


HOLD_CODES = frozenset(
    {
        "amount.over_limit",
        "books.accepted",
        "books.decimals",
        "books.lookalike",
        "books.no_credit",
        "cutover.back_dated",
        "cutover.credit",
        "cutover.paid_before",
        "books.period_closed",
        "books.drifted",
        "books.stamped",
        "books.tombstoned",
        "books.unanswered",
        "interest.not_due",
        "loan.held",
        "policy.overpayment",
        "rate.missing",
        "recovery.income",
        "run.undone",
        "write_off.paid",
    }
)
"""Reasons that come from the books, the calendar or the mapping rather than from a ledger row."""
REVISITED = HOLD_CODES | {"loan.amount_edited", "loan.currency_unknown"}
"""Holds that may go away although the loan's rows stay as they are."""
_KNOWN_HERE = frozenset(
    {
        "books.accepted",
        "books.drifted",
        "books.lookalike",
        "books.stamped",
        "books.tombstoned",
        "cutover.back_dated",
        "cutover.credit",
        "cutover.paid_before",
        "loan.amount_edited",
        "loan.currency_unknown",
        "interest.not_due",
        "policy.overpayment",
        "recovery.income",
        "run.undone",
        "write_off.paid",
    }
)
"""Those of which the state alone says whether they are over: by the ledger's day, the mapping, what
is posted, the books as they were read last, and what a person decided."""
ASKED_ABOUT = REVISITED - _KNOWN_HERE
"""Those that somebody may end in the books, by opening a month or adding a currency: unless the
books are asked, nobody hears of it."""


def reason_to_come_back(codes: Iterable[str]) -> str | None:
    """The hold for which a loan is looked at again without a change in the ledger, those that the
    books are asked about first. None: there is none."""
    waiting = [code for code in codes if code in REVISITED]
    return next((code for code in waiting if code in ASKED_ABOUT), next(iter(waiting), None))


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One write that makes the books say what the ledger says."""

    operation: Operation
    document: Document
    """What is to be there; for a void, the document as it was posted."""
    generation: int
    reason: str
    """Why, as a code: new, edited, removed, moved, renewed, correction, mapping, undo."""

    @property
    def phase(self) -> int:
        """Place in the order of posting: what is taken back comes first, then what others need."""
        return _PHASES[(self.operation, self.document.kind)]


_ORDER = [
    (Operation.VOID, Kind.APPLICATION),
    (Operation.VOID, Kind.RECEIPT),
    (Operation.VOID, Kind.SALE),
    (Operation.VOID, Kind.CREDIT_NOTE),
    (Operation.VOID, Kind.INVOICE),
    (Operation.CREATE, Kind.CUSTOMER),
    (Operation.UPDATE, Kind.CUSTOMER),
    (Operation.UPDATE, Kind.INVOICE),
    (Operation.CREATE, Kind.INVOICE),
    (Operation.UPDATE, Kind.CREDIT_NOTE),
    (Operation.CREATE, Kind.CREDIT_NOTE),
    (Operation.UPDATE, Kind.RECEIPT),
    (Operation.CREATE, Kind.RECEIPT),
    (Operation.UPDATE, Kind.APPLICATION),
    (Operation.CREATE, Kind.APPLICATION),
    (Operation.UPDATE, Kind.SALE),
    (Operation.CREATE, Kind.SALE),
]
_PHASES = {pair: number for number, pair in enumerate(_ORDER, start=1)}


class PlanFigures(msgspec.Struct, kw_only=True):
    """The size of a plan, for limits and for people."""

    create: int = 0
    update: int = 0
    void: int = 0
    by_kind: dict[str, int] = {}
    posted_money: dict[str, Decimal] = {}
    """Currency → sum of the invoices and receipts to be created."""

    def add(self, change: Change) -> None:
        name = f"{change.operation.value}.{change.document.kind.value}"
        self.by_kind[name] = self.by_kind.get(name, 0) + 1
        match change.operation:
            case Operation.CREATE:
                self.create += 1
            case Operation.UPDATE:
                self.update += 1
            case Operation.VOID:
                self.void += 1
        document = change.document
        if change.operation is Operation.CREATE and isinstance(document, Invoice | Receipt):
            so_far = self.posted_money.get(document.currency, Decimal(0))
            self.posted_money[document.currency] = so_far + document.total


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One pass's intent for one system. Same changes in the same order, same digest."""

    system: str
    company: str
    figures: PlanFigures
    digest: str
    loans: int
    """Loans looked at."""
