"""The parts of a translation, and the money in them."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import msgspec

from bridge.core.books import Kind
from bridge.core.ledger import LoanFile
from bridge.core.loan.owed import balance
from bridge.core.loan.standing import receivable
from bridge.core.mapping.booking import Booking
from tests.core.builders import Shelf

LOAN_ID = "DY7F3A-L84"
NOT_RECEIPTS = frozenset(Kind) - {Kind.RECEIPT}


def in_parts(book: Booking) -> Booking:
    """The same company in a system whose receipts are for one invoice each, and whose bank accounts
    tell money in their own currency."""
    limits = msgspec.structs.replace(
        book.limits, receipt_parts=True, sales_in_account_currency=True, updates=NOT_RECEIPTS
    )
    return msgspec.structs.replace(book, limits=limits)


def accounted_for(shelf: Shelf) -> dict[str, Decimal]:
    """What is in the books plus everything held, by currency."""
    assert shelf.last is not None
    sums: Counter[str] = Counter()
    for hold in (*shelf.last.holds, *shelf.closed):
        sums[hold.currency] += hold.amount  # type: ignore[assignment]
    for binding in shelf.live():
        document = binding.document
        sums[document.currency] += receivable(document)  # type: ignore[assignment]
    return {currency: Decimal(amount) for currency, amount in sums.items() if amount}


def owed(of: LoanFile) -> dict[str, Decimal]:
    owing = balance(of)
    if of.loan is None:
        assert not owing
        return {}
    return {of.loan.currency: owing} if owing else {}
