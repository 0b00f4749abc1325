"""The shape in which a loan is posted: one invoice or several, interest at once or as it falls due,
carried over at going live or with its history.

A posted loan keeps it, whatever the mapping or the settings say later: otherwise it would be posted
a second time in another shape, beside invoices that are paid.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from bridge.core.booking import Booking
from bridge.core.books import Invoice
from bridge.core.delivery import Binding
from bridge.core.identity import Letter, base_reference, is_loans_own, reference
from bridge.core.ledger import LoanFile


def as_posted(booking: Booking, file: LoanFile, bound: Iterable[Binding]) -> Booking:
    """The booking that holds for this loan, of which `bound` are all bindings."""
    whole = reference(file.prefix, Letter.LOAN, file.loan_id)
    invoice_per, interest = booking.mapping.invoice_per, booking.mapping.interest
    cutover = booking.cutover
    if cutover is None and file.loan is not None and file.loan.agreed is not None:
        cutover = file.as_of  # the ledger tells no history: what is owed now is carried over now
    for binding in bound:
        posted = binding.document
        if not binding.in_force or not isinstance(posted, Invoice):
            continue
        if not is_loans_own(posted.reference):
            continue
        purposes = {line.purpose for line in posted.lines}
        if purposes == {"interest"}:
            interest = "as_due"
            continue
        invoice_per = "loan" if base_reference(posted.reference) == whole else "instalment"
        interest = "upfront" if "interest" in purposes else interest
        cutover = (posted.dated or posted.day) if "opening" in purposes else None
    mapping = booking.mapping
    if (mapping.invoice_per, mapping.interest) != (invoice_per, interest):
        changes = {"invoice_per": invoice_per, "interest": interest}
        mapping = mapping.model_copy(update=changes)
    return msgspec.structs.replace(booking, mapping=mapping, cutover=cutover)
