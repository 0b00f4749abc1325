"""What a closed period holds is not touched: a document of the open period undoes it.

An invoice is undone by a credit note and a credit note by an invoice, on the same items or
accounts. A receipt is undone by an invoice on the mapping's `reversal` line: the money is where it
was deposited, and the bookkeeper clears that account against it. Uses of credit notes need nothing,
they go with their notes; a sale (money for income at once) cannot be undone so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from bridge.core.allocation import Allocator
from bridge.core.booking import Booking
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
from bridge.core.standing import is_gone
from bridge.core.templates import Value, render


def undone(bound: Iterable[Binding]) -> dict[str, Transaction]:
    """What is undone, what undid it, and the uses of either, by reference. They stay as they are,
    and come to nothing together. One whose other is gone by a person's word counts again."""
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
    """The bindings, where what is undone counts if what undid it is gone by a person's word."""
    gone = {binding.reference for binding in bound if is_gone(binding)}
    return [
        msgspec.structs.replace(binding, reversed_by="") if binding.reversed_by in gone else binding
        for binding in bound
    ]


class Undoing:
    """Undoes one loan's documents, dated in the open period."""

    def __init__(self, file: LoanFile, booking: Booking, bound: Sequence[Binding]) -> None:
        self._file = file
        self._booking = booking
        self._generations = latest_generations(bound)

    def reversal(self, document: Transaction) -> Invoice | CreditNote | None:
        """The document that undoes this one; None when none can."""
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
        """The use of a credit note that undoes an invoice; it says only how much, as yet."""
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
    """What stays of a loan that is gone from the ledger: the documents of closed periods, what
    undoes them, and what those settle. Everything else is to be voided, but for what a person has
    answered about."""
    stays = undone(bound)
    closed = closed_documents(booking, [b for b in bound if b.reference not in stays])
    undoing = Undoing(file, booking, bound)
    made = reversals(undoing, closed)
    kept = [*stays.values(), *keepable(closed, made)]
    allocator = Allocator(extends=False)
    everything = [*kept, *made]
    allocator.open_invoices(d for d in everything if isinstance(d, Invoice))
    allocator.keep([*stays.values(), *closed])
    return [*kept, *settled(undoing, made, allocator)]


def closed_documents(booking: Booking, bound: Iterable[Binding]) -> list[Transaction]:
    """Live documents dated in the closed period, where the mapping says to correct them. What a
    person left is not corrected; but a use goes with its note, whoever left it."""
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
    """What undoes them; nothing for those that cannot be undone."""
    made = [undoing.reversal(document) for document in closed]
    return [document for document in made if document is not None]


def keepable(closed: Iterable[Transaction], made: Iterable[Transaction]) -> list[Transaction]:
    """Of the closed documents those that are undone, and the uses of undone credit notes."""
    gone = {document.reverses for document in made}
    return [
        document
        for document in closed
        if document.reference in gone
        or (isinstance(document, CreditApplication) and document.credit_note in gone)
    ]


def settled(
    undoing: Undoing, made: Iterable[Invoice | CreditNote], allocator: Allocator
) -> list[Transaction]:
    """The reversals, and the uses of those that are credit notes."""
    documents: list[Transaction] = []
    for document in made:
        documents.append(document)
        if isinstance(document, CreditNote):
            use = undoing.use(document)
            applied = allocator.apply(use.reference, use.total)
            if applied:
                documents.append(msgspec.structs.replace(use, applications=applied))
    return documents


def _tail(full: str) -> str:
    """What follows prefix and letter of a reversal's reference, without generation."""
    return base_reference(full).rpartition("-")[2][1:]
