"""Loans that cannot be booked at all, and why: they are held with their whole balance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from bridge.core.books import Customer, Sale
from bridge.core.delivery import Binding
from bridge.core.findings import holds
from bridge.core.ledger import Adjustment, Loan, LoanFile, Repayment
from bridge.core.loan import lending, owed
from bridge.core.loan.already import AlreadyPosted
from bridge.core.loan.cutover import began_before
from bridge.core.loan.review import paid_without_payment
from bridge.core.loan.standing import receivable
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.naming import customer_reference
from bridge.core.mapping.rounding import finest
from bridge.core.message import Detail, message
from bridge.core.money import NO_CURRENCY, fits
from bridge.core.plan import Hold

ZERO = Decimal(0)


def held_as_a_whole(
    file: LoanFile, booking: Booking, already: AlreadyPosted
) -> tuple[Hold, ...] | None:
    """The holds of a loan that cannot be posted at all; None when it can.

    What is posted already stays: its part is taken off the hold's amount.
    """
    loan, bound = file.loan, already.bindings
    if loan is None:
        return _orphans(file, bound)
    if loan.annulled:
        return None
    code: str = ""
    detail: Detail = ""
    if file.borrower is None:
        code = "loan.orphan"
    elif loan.currency == NO_CURRENCY:
        code = "loan.currency_unknown"
    elif any(holds(note.code) for note in loan.notes):
        code = next(note.code for note in loan.notes if holds(note.code))
    elif lending.opening(loan, file.adjustments) < 0:
        code = "loan.total_not_positive"
    elif (why := paid_without_payment(file)) and not began_before(loan, booking.cutover):
        code = why
    elif loan.agreed is not None and "opening" not in booking.targets:
        code = "loan.balance_only"
    elif not _all_fit(file):
        code = "amount.decimals_not_allowed"
    elif (finer := _finer_than_the_books(file, loan, booking)) is not None:
        kept = booking.company.decimals[loan.currency]
        code = "books.decimals"
        detail = message("books_decimals", exact=finer, currency=loan.currency, number=kept)
    elif loan.currency != booking.company.home_currency and not booking.company.multicurrency:
        code = "rate.missing"
    else:
        code, detail = _cannot_move(file, booking, already)
    if not code:
        return None
    return not_posted(file, loan, code, bound, detail)


def not_posted(
    file: LoanFile, loan: Loan, code: str, bound: Iterable[Binding], detail: Detail = ""
) -> tuple[Hold, ...]:
    """The loan's balance less what is posted of it: a hold, and one more for every other currency
    in which something is posted."""
    amounts = {loan.currency: owed.balance(file)}
    for binding in bound:
        document = binding.document
        if not binding.voided and (effect := receivable(document)):
            amounts[document.currency] = amounts.get(document.currency, ZERO) - effect
    return tuple(
        Hold(code=code, subject=f"loan:{loan.id}", currency=currency, amount=amount, detail=detail)
        for currency, amount in amounts.items()
        if amount or currency == loan.currency
    )


def _orphans(file: LoanFile, bound: Sequence[Binding]) -> tuple[Hold, ...] | None:
    posted = sum((receivable(b.document) for b in bound if not b.voided), ZERO)
    rows: tuple[Repayment | Adjustment, ...] = (*file.repayments, *file.adjustments)
    if not rows:
        return None
    found = [
        Hold(
            code="movement.orphan",
            subject=f"movement:{row.id}",
            currency=NO_CURRENCY,
            amount=lending.effect(row),
            detail=message("no_loan", loan=file.loan_id),
        )
        for row in rows
    ]
    live = [b.document for b in bound if not b.voided and not isinstance(b.document, Customer)]
    if posted:
        found.append(
            Hold(
                code="movement.orphan",
                subject=f"loan:{file.loan_id}",
                currency=live[0].currency,
                amount=-posted,
                detail=message("loan_gone"),
            )
        )
    return tuple(found)


def _cannot_move(file: LoanFile, booking: Booking, already: AlreadyPosted) -> tuple[str, Detail]:
    """Why a loan that has another customer or currency now cannot be posted anew, and because of
    which document; else empty.

    Some of it is in a closed period, or was left as the books have it by a person.
    """
    assert file.loan is not None
    locked = booking.company.locked_through
    customer_now = customer_reference(file, file.loan.borrower, file.loan.currency, booking)
    for binding in already.bindings:
        document = binding.document
        if isinstance(document, Customer) or not already.counts(binding):
            continue
        currency = file.loan.currency
        if isinstance(document, Sale) and document.currency == booking.company.home_currency:
            currency = document.currency
        if (document.customer, document.currency) == (customer_now, currency):
            continue
        if locked is not None and document.day <= locked:
            return "books.period_closed", message("because_of", document=binding.reference)
        if binding.accepted:
            return "books.drifted", message("because_of", document=binding.reference)
    return "", ""


def _all_fit(file: LoanFile) -> bool:
    assert file.loan is not None
    return all(fits(amount, file.loan.currency) for amount in _amounts(file, file.loan))


def _finer_than_the_books(file: LoanFile, loan: Loan, booking: Booking) -> Decimal | None:
    """An amount of the loan that the books would round; None where they hold them all. Posted in
    part, such a loan would be torn in two."""
    unit = finest(loan.currency, booking.company.decimals.get(loan.currency))
    amounts = [*_amounts(file, loan), loan.principal or ZERO]
    return next((amount for amount in amounts if amount % unit), None)


def _amounts(file: LoanFile, loan: Loan) -> list[Decimal]:
    rows: tuple[Repayment | Adjustment, ...] = (*file.repayments, *file.adjustments)
    return [lending.opening(loan, file.adjustments), *(row.amount for row in rows)]
