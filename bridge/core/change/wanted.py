"""The documents that the ledger wanted of a loan when it was posted, worked out from the books
alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import msgspec

from bridge.core.books import Customer, Transaction
from bridge.core.identity import Letter, base_reference, reference
from bridge.core.ledger import LoanFile
from bridge.core.loan.translate import translate
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.rounding import earlier_roundings

Wanted = tuple[Customer | None, dict[str, Transaction]]
"""The customer, and the documents by reference."""
_AT_ANY_RATE = Decimal(1)
"""Stands for rates while translating; every document then takes the rate that the books have."""


def as_it_was_wanted(file: LoanFile, booking: Booking, own: Mapping[str, Decimal]) -> Wanted:
    """The documents that the ledger wants in open periods, in the shape in which the loan's own
    invoices are posted. `own`: their totals by full reference.

    The mapping may have changed since: the sum of the totals tells the shape, and each total how it
    was rounded.
    """
    posted = {base_reference(name): total for name, total in own.items()}
    first: Wanted | None = None
    for shape in _shapes(booking, file, own):
        found = _wanted(file, shape)
        totals = _totals(found, posted)
        if totals == posted:
            return found
        if sum(totals.values()) == sum(posted.values()):
            return _rounded_as_posted(file, shape, posted) or found
        first = first or found
    assert first is not None
    return first


def _rounded_as_posted(
    file: LoanFile, shape: Booking, posted: Mapping[str, Decimal]
) -> Wanted | None:
    """The documents with the rounding that gives the posted totals, if one does."""
    assert file.loan is not None
    decimals = shape.company.decimals.get(file.loan.currency)
    for rounding in earlier_roundings(file.loan, decimals):
        found = _wanted(file, msgspec.structs.replace(shape, rounding=rounding))
        if _totals(found, posted) == posted:
            return found
    return None


def _wanted(file: LoanFile, shape: Booking) -> Wanted:
    made = translate(file, shape, ())
    return made.customer, {document.reference: document for document in made.documents}


def _totals(wanted: Wanted, names: Iterable[str]) -> dict[str, Decimal]:
    return {name: wanted[1][name].total for name in names if name in wanted[1]}


def _shapes(booking: Booking, file: LoanFile, own: Iterable[str]) -> Iterator[Booking]:
    """The bookings under which these invoices may have been posted, the likeliest first: with one
    invoice or several, and interest at once or as due; no month closed, any rate."""
    days = {row.paid_on for row in file.repayments} | {row.on for row in file.adjustments}
    days |= {file.loan.start} if file.loan else set()
    rates = {(file.loan.currency, day): _AT_ANY_RATE for day in days} if file.loan else {}
    whole = reference(file.prefix, Letter.LOAN, file.loan_id)
    invoice_per = booking.mapping.invoice_per
    if own:
        invoice_per = "loan" if whole in map(base_reference, own) else "instalment"
    likeliest = booking.mapping.interest
    for interest in (likeliest, "upfront" if likeliest == "as_due" else "as_due"):
        changes = {"invoice_per": invoice_per, "interest": interest}
        yield msgspec.structs.replace(
            booking,
            company=msgspec.structs.replace(booking.company, locked_through=None),
            limits=msgspec.structs.replace(booking.limits, receipt_parts=False),
            mapping=booking.mapping.model_copy(update=changes),
            book_rates=rates,
        )
