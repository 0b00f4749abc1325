"""The shape in which a loan is posted: one invoice or several, interest at once or as it falls due,
carried over at going live or with its history, and to what its amounts were rounded.

A posted loan keeps it, whatever the mapping or the settings say later: otherwise it would be posted
a second time in another shape, beside invoices that are paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from bridge.core.books import Invoice
from bridge.core.delivery import Binding
from bridge.core.identity import (
    Letter,
    base_reference,
    instalment_part,
    interest_part,
    is_loans_own,
    reference,
)
from bridge.core.ledger import AdjustmentKind, LoanFile
from bridge.core.loan import lending
from bridge.core.loan.instalments import interest_due, parts_of, per_instalment, schedule_of
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.rounding import Rounding, earlier_roundings


def as_posted(booking: Booking, file: LoanFile, bound: Iterable[Binding]) -> Booking:
    """The booking that holds for this loan, of which `bound` are all bindings."""
    assert file.loan is not None
    whole = reference(file.prefix, Letter.LOAN, file.loan_id)
    invoice_per, interest = booking.mapping.invoice_per, booking.mapping.interest
    cutover = booking.cutover
    if cutover is None and file.loan.agreed is not None:
        cutover = file.as_of  # the ledger tells no history: what is owed now is carried over now
    own: list[Invoice] = []
    for binding in bound:
        posted = binding.document
        if not binding.in_force or not isinstance(posted, Invoice):
            continue
        if not is_loans_own(posted.reference):
            continue
        own.extend([] if binding.accepted else [posted])
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
    booking = msgspec.structs.replace(booking, mapping=mapping, cutover=cutover)
    rounding = _rounding(booking, file, own) if own else booking.rounding
    return msgspec.structs.replace(booking, rounding=rounding)


def _rounding(booking: Booking, file: LoanFile, own: Sequence[Invoice]) -> Rounding:
    """The rounding that gives exactly the posted amounts; today's where the loan has changed
    since."""
    posted = {base_reference(i.reference): {li.purpose: li.amount for li in i.lines} for i in own}
    assert file.loan is not None
    now = booking.rounding_of(file)
    decimals = booking.company.decimals.get(file.loan.currency)
    for rounding in (now, *earlier_roundings(file.loan, decimals)):
        wanted = _made(booking, file, rounding)
        if all(_are(lines, wanted.get(base, {}), file) for base, lines in posted.items()):
            return rounding
    return now


def _are(posted: dict[str, Decimal], wanted: dict[str, Decimal], file: LoanFile) -> bool:
    """Whether the posted amounts are the wanted ones; after a write-off, interest may be less."""
    is_lost = any(row.kind is AdjustmentKind.WRITE_OFF for row in file.adjustments)
    if is_lost and posted.keys() == wanted.keys() == {"interest"}:
        return posted["interest"] <= wanted["interest"]
    return posted == wanted


def _made(booking: Booking, file: LoanFile, rounding: Rounding) -> dict[str, dict[str, Decimal]]:
    """The loan's own invoices as they would be made: reference → purpose → amount."""
    loan, mapping = file.loan, booking.mapping
    assert loan is not None
    opening = lending.opening(loan, file.adjustments) if loan.agreed is None else loan.agreed
    parts = parts_of(loan, opening, mapping, rounding)
    schedule = schedule_of(file, opening, rounding)
    found: dict[str, dict[str, Decimal]] = {}

    def keep(part: str, lines: dict[str, Decimal]) -> None:
        found[reference(file.prefix, Letter.LOAN, file.loan_id, part)] = lines

    if mapping.interest == "as_due":
        interest = sum((part for purpose, part in parts if purpose == "interest"), Decimal(0))
        for instalment, amount in interest_due(schedule, opening, interest, rounding):
            keep(interest_part(instalment.number), {"interest": amount})
        parts = [(purpose, amount) for purpose, amount in parts if purpose != "interest"]
    if mapping.invoice_per == "instalment":
        for instalment, lines in per_instalment(schedule, parts, opening, rounding):
            keep(instalment_part(instalment.number), dict(lines))
    else:
        keep("", dict(parts))
    return found
