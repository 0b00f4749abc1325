"""Reversals: a document in a closed period is not touched, another in the open period undoes it.

An invoice is undone by a credit note and a credit note by an invoice, on the same items or
accounts. A receipt is undone by an invoice on the mapping's `reversal` line: the money stays where
it was deposited, and the bookkeeper clears that account against it. Applications of credit notes
need nothing, they go with their notes; a sale (money for income at once) cannot be undone so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from bridge.core.delivery import Binding, latest_generations
from bridge.core.identity import (
    Letter,
    base_reference,
    reference,
    reversal_name,
    with_generation,
)
from bridge.core.ledger import LoanFile
from bridge.core.loan.allocation import Allocation, allocate
from bridge.core.loan.standing import is_gone
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.templates import Value, render


def undone(bound: Iterable[Binding]) -> dict[str, Transaction]:
    """Pairs of a document and its reversal, and the uses of either, by reference: neither side
    counts. If a person accepted that one of a pair was deleted, the other counts again."""
    live = [
        (b, b.document)
        for b in bound
        if not b.voided and not is_gone(b) and isinstance(b.document, Transaction)
    ]
    there = {b.reference for b, _ in live}
    pairs = {
        b.reference: document
        for b, document in live
        if b.reversed_by in there or document.reverses in there
    }
    uses = {
        b.reference: document
        for b, document in live
        if isinstance(document, CreditApplication) and document.credit_note in pairs
    }
    return pairs | uses


def counting_again(bound: Sequence[Binding]) -> list[Binding]:
    """The bindings, where a document counts again if a person accepted that its reversal is
    gone."""
    gone = {binding.reference for binding in bound if is_gone(binding)}
    return [
        msgspec.structs.replace(binding, reversed_by="") if binding.reversed_by in gone else binding
        for binding in bound
    ]


class Undoing:
    """Makes the reversals of one loan's documents, dated in the open period."""

    def __init__(self, file: LoanFile, booking: Booking, bound: Sequence[Binding]) -> None:
        self._file = file
        self._booking = booking
        self._generations = latest_generations(bound)

    def reversal(self, document: Transaction) -> Invoice | CreditNote | None:
        """The document that undoes this one; None where no document can."""
        lines = self._lines(document)
        if lines is None:
            return None
        base = reference(self._file.prefix, Letter.REVERSAL, reversal_name(document.reference))
        fields: dict[str, Any] = {
            "reference": self._next(base),
            "loan": document.loan,
            "facts": digest_of(("reversal", document.reference, document.facts)),
            "customer": document.customer,
            "day": self._day(),
            "currency": document.currency,
            "rate": document.rate,
            "memo": self._memo(document),
            "tags": document.tags,
            "reverses": document.reference,
        }
        if isinstance(document, Invoice):
            return CreditNote(**fields, lines=lines)
        return Invoice(**fields, lines=lines, due=fields["day"])

    def use(self, note: CreditNote) -> CreditApplication:
        """The application of a credit note that reverses an invoice; which invoices it settles is
        decided later."""
        base = reference(
            self._file.prefix, Letter.APPLICATION, f"{Letter.REVERSAL.value}{_tail(note.reference)}"
        )
        return CreditApplication(
            reference=self._next(base),
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

    def _lines(self, document: Transaction) -> tuple[Line, ...] | None:
        if isinstance(document, Invoice | CreditNote):
            return document.lines
        if isinstance(document, Receipt) and "reversal" in self._booking.targets:
            text = render(self._booking.targets["reversal"].description, self._words(document))
            return (self._booking.line("reversal", document.total, text),)
        return None

    def _day(self) -> date:
        locked = self._booking.company.locked_through
        day = self._file.as_of
        return day if locked is None or day > locked else locked + timedelta(days=1)

    def _next(self, base: str) -> str:
        return with_generation(base, self._generations.get(base, 0) + 1)

    def _memo(self, document: Transaction) -> str:
        text = render(self._booking.mapping.memos.correction, self._words(document))
        return text[: self._booking.limits.memo_length]

    def _words(self, document: Transaction) -> dict[str, Value]:
        return {
            "reference": document.reference,
            "loan": document.loan,
            "date": document.day,
            "currency": document.currency,
            "corrected": document.reference,
            "original_date": document.day,
        }


def take_back_all(file: LoanFile, booking: Booking, bound: Sequence[Binding]) -> list[Transaction]:
    """Documents that stay of a loan that the ledger no longer has: those of closed periods, their
    reversals, and the applications between them. All others are to be voided, except those that a
    person answered about."""
    stays = undone(bound)
    closed = closed_documents(booking, [b for b in bound if b.reference not in stays])
    undoing = Undoing(file, booking, bound)
    made = reversals(undoing, closed)
    kept = [*stays.values(), *keepable(closed, made)]
    uses = uses_of(undoing, made)
    allocation = allocate(
        [document for document in (*kept, *made) if isinstance(document, Invoice)],
        kept=[*stays.values(), *closed],
        at_last=[(use.reference, use.total) for use in uses.values()],
    )
    return [*kept, *settled(made, uses, allocation)]


def closed_documents(booking: Booking, bound: Iterable[Binding]) -> list[Transaction]:
    """Live documents dated in the closed period, where the mapping says to correct them. One that a
    person left as it is gets no correction; but an application goes with its credit note, whoever
    left it."""
    locked = booking.company.locked_through
    if locked is None or booking.mapping.policies.closed_period != "adjust":
        return []
    return [
        b.document
        for b in bound
        if b.in_force
        and (not b.accepted or (isinstance(b.document, CreditApplication) and not is_gone(b)))
        and isinstance(b.document, Transaction)
        and b.document.day <= locked
    ]


def reversals(undoing: Undoing, closed: Iterable[Transaction]) -> list[Invoice | CreditNote]:
    """One reversal for each document that can be undone; a sale, for one, has none."""
    made = [undoing.reversal(document) for document in closed]
    return [document for document in made if document is not None]


def keepable(closed: Iterable[Transaction], made: Iterable[Transaction]) -> list[Transaction]:
    """The closed documents that are undone, and the applications of undone credit notes."""
    gone = {document.reverses for document in made}
    return [
        document
        for document in closed
        if document.reference in gone
        or (isinstance(document, CreditApplication) and document.credit_note in gone)
    ]


def uses_of(undoing: Undoing, made: Iterable[Invoice | CreditNote]) -> dict[str, CreditApplication]:
    """The uses of those reversals that are credit notes, by the note's reference: how much, but not
    yet of which invoices."""
    return {note.reference: undoing.use(note) for note in made if isinstance(note, CreditNote)}


def settled(
    made: Iterable[Invoice | CreditNote],
    uses: Mapping[str, CreditApplication],
    allocation: Allocation,
) -> list[Transaction]:
    """The reversals and, for those that are credit notes, their applications."""
    documents: list[Transaction] = []
    for document in made:
        documents.append(document)
        use = uses.get(document.reference)
        applied = allocation.applied(use.reference) if use is not None else ()
        if use is not None and applied:
            documents.append(msgspec.structs.replace(use, applications=applied))
    return documents


def _tail(full: str) -> str:
    """The end of a reversal's reference, after prefix and letter and without generation."""
    return base_reference(full).rpartition("-")[2][1:]
