"""Reversals: a document in a closed period is not touched, another in the open period undoes it.

An invoice is undone by a credit note and a credit note by an invoice, on the same items or
accounts. A receipt is undone by an invoice on the mapping's `reversal` line: the money stays where
it was deposited, and the bookkeeper clears that account against it. Applications of credit notes
need nothing, they go with their notes; a sale (money for income at once) cannot be undone so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from bridge.core.books import (
    Application,
    CreditApplication,
    CreditNote,
    Invoice,
    Line,
    Receipt,
    Transaction,
    digest_of,
)
from bridge.core.identity import (
    Letter,
    base_reference,
    reference,
    reversal_name,
    with_generation,
)
from bridge.core.ledger import LoanFile
from bridge.core.loan.allocation import Allocation, allocate
from bridge.core.loan.already import AlreadyPosted, closed_documents
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.templates import Value, render


class Reversals(msgspec.Struct, frozen=True, kw_only=True):
    """The documents of closed periods that the ledger wants no more, and what undoes them."""

    kept: tuple[Transaction, ...] = ()
    """What stays in the books as it is: what is undone, and what has undone something before."""
    made: tuple[Invoice | CreditNote, ...] = ()
    uses: Mapping[str, CreditApplication] = {}
    """Reversal that is a credit note → its use: how much, but not yet of which invoices."""

    def settled(self, allocation: Allocation) -> list[Transaction]:
        """The reversals, each with what it settles."""
        documents: list[Transaction] = []
        for document in self.made:
            documents.append(document)
            use = self.uses.get(document.reference)
            if use is not None and (applied := allocation.applied(use.reference)):
                documents.append(msgspec.structs.replace(use, applications=applied))
        return documents


def reversals_of(
    file: LoanFile, booking: Booking, already: AlreadyPosted, wanted: Collection[str]
) -> Reversals:
    """The reversals of those documents of closed periods that are not among the wanted ones
    (references), and the documents that stay because of it."""
    left = (b for b in (*already.live, *already.earlier) if b.reference not in wanted)
    return _undone(file, booking, already, closed_documents(booking, left))


def take_back_all(file: LoanFile, booking: Booking, already: AlreadyPosted) -> list[Transaction]:
    """Documents that stay of a loan that the ledger no longer has: those of closed periods, their
    reversals, and the applications between them. All others are to be voided, except those that a
    person answered about."""
    left = (b for b in already.bindings if b.reference not in already.undone)
    closed = closed_documents(booking, left)
    found = _undone(file, booking, already, closed)
    allocation = allocate(
        [document for document in (*found.kept, *found.made) if isinstance(document, Invoice)],
        kept=[*already.undone.values(), *closed],
        at_last=[(use.reference, use.total) for use in found.uses.values()],
    )
    return [*found.kept, *found.settled(allocation)]


def _undone(
    file: LoanFile, booking: Booking, already: AlreadyPosted, closed: Sequence[Transaction]
) -> Reversals:
    """The reversals of these documents, as far as they can be undone: a sale, for one, cannot."""
    reversals = (_reversal(file, booking, already, document) for document in closed)
    made = tuple(document for document in reversals if document is not None)
    gone = {document.reverses for document in made}
    undone = (
        document
        for document in closed
        if document.reference in gone
        or (isinstance(document, CreditApplication) and document.credit_note in gone)
    )
    notes = (document for document in made if isinstance(document, CreditNote))
    return Reversals(
        kept=(*already.undone.values(), *undone),
        made=made,
        uses={note.reference: _use(file, already, note) for note in notes},
    )


def _reversal(
    file: LoanFile, booking: Booking, already: AlreadyPosted, document: Transaction
) -> Invoice | CreditNote | None:
    """The document that undoes this one, dated in the open period; None where no document can."""
    lines = _lines(booking, document)
    if lines is None:
        return None
    base = reference(file.prefix, Letter.REVERSAL, reversal_name(document.reference))
    memo = render(booking.mapping.memos.correction, _words(document))
    fields: dict[str, Any] = {
        "reference": _next(already, base),
        "loan": document.loan,
        "facts": digest_of(("reversal", document.reference, document.facts)),
        "customer": document.customer,
        "day": _day(file, booking),
        "currency": document.currency,
        "rate": document.rate,
        "memo": memo[: booking.limits.memo_length],
        "tags": document.tags,
        "reverses": document.reference,
    }
    if isinstance(document, Invoice):
        return CreditNote(**fields, lines=lines)
    return Invoice(**fields, lines=lines, due=fields["day"])


def _use(file: LoanFile, already: AlreadyPosted, note: CreditNote) -> CreditApplication:
    """The application of a credit note that reverses an invoice; which invoices it settles is
    decided later."""
    tail = base_reference(note.reference).rpartition("-")[2][1:]
    base = reference(file.prefix, Letter.APPLICATION, f"{Letter.REVERSAL.value}{tail}")
    return CreditApplication(
        reference=_next(already, base),
        loan=note.loan,
        facts=digest_of((note.reference, note.facts)),
        customer=note.customer,
        day=note.day,
        currency=note.currency,
        rate=note.rate,
        memo=note.memo,
        tags=note.tags,
        credit_note=note.reference,
        applications=(Application("", note.total),),
    )


def _lines(booking: Booking, document: Transaction) -> tuple[Line, ...] | None:
    if isinstance(document, Invoice | CreditNote):
        return document.lines
    if isinstance(document, Receipt) and "reversal" in booking.targets:
        text = render(booking.targets["reversal"].description, _words(document))
        return (booking.line("reversal", document.total, text),)
    return None


def _day(file: LoanFile, booking: Booking) -> date:
    """The first open day, today at the earliest."""
    locked = booking.company.locked_through
    day = file.as_of
    return day if locked is None or day > locked else locked + timedelta(days=1)


def _next(already: AlreadyPosted, base: str) -> str:
    """The reference of the next generation under this number."""
    latest = already.latest.get(base)
    return with_generation(base, 1 if latest is None else latest.generation + 1)


def _words(document: Transaction) -> dict[str, Value]:
    return {
        "reference": document.reference,
        "loan": document.loan,
        "date": document.day,
        "currency": document.currency,
        "corrected": document.reference,
        "original_date": document.day,
    }
