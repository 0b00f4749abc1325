"""Rates of a company's own list, for the days that a mapping leaves to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bridge.core.ledger import LoanFile
from bridge.core.mapping.booking import Booking
from bridge.pipeline.context import Books, System
from bridge.pipeline.our_numbers import OurNumbers, documents_of
from bridge.store import LoanKey, Store

Days = set[tuple[str, date]]
"""Currency and day of what needs a rate."""


def rates_of_loans(
    store: Store, books: Books[System], booking: Booking, loans: Iterable[LoanKey] | None = None
) -> None:
    """Have the books' rates of the days on which something is posted of these loans; without any,
    of those that are planned next."""
    if not _asks(booking):
        return
    wanted: Days = set()
    with store.read() as work:
        since, which = work.plans.planned_through(books.id), loans
        if which is None:
            which = work.plans.revisits(books.id)
        else:
            since = work.ledger.change_seq()
        for file in work.ledger.loan_files(since, which):
            wanted |= _days_of(file)
    _ask(books, booking, wanted)


def rates_of_known(
    store: Store, books: Books[System], booking: Booking, numbers: OurNumbers
) -> None:
    """Have the books' rates of the documents under numbers of ours that come without one, and of
    the days of their loans: what is known again weighs what it was posted with."""
    if not _asks(booking):
        return
    wanted: Days = set()
    with store.read() as work:
        loans: set[LoanKey] = set()
        of_loans = [*numbers.of_loans().items()]
        for key, bases in [*of_loans, (None, list(numbers.unowned))]:
            for each in documents_of(work, books, numbers, bases):
                if each.rate is None and each.day is not None:
                    wanted.add((each.currency, each.day))
                    if key is not None:
                        loans.add(key)
        for file in work.ledger.loan_files(work.ledger.change_seq(), loans) if loans else ():
            wanted |= _days_of(file)
    _ask(books, booking, wanted)


def _asks(booking: Booking) -> bool:
    return any(rules.source == "books" for rules in booking.mapping.currencies.values())


def _days_of(file: LoanFile) -> Days:
    """The days of a loan's rows, in its currency."""
    if file.loan is None:
        return set()
    days = {file.loan.start, *(r.paid_on for r in file.repayments)}
    days |= {a.on for a in file.adjustments}
    return {(file.loan.currency, day) for day in days}


def _ask(books: Books[System], booking: Booking, wanted: Days) -> None:
    home = booking.company.home_currency
    for currency, day in sorted(wanted):
        if currency != home and booking.asks_books_for_rate(currency, day):
            booking.book_rates[currency, day] = books.system.rate(currency, day)
