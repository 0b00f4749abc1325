"""The parts that all documents of one loan share: customer, number, date, rate, memo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from bridge.core.books import (
    CreditApplication,
    CreditNote,
    Customer,
    Document,
    Sale,
    Transaction,
    digest_of,
)
from bridge.core.delivery import Binding
from bridge.core.identity import Letter, base_reference, reference, with_generation
from bridge.core.ledger import Adjustment, LoanFile, Repayment
from bridge.core.loan.reversing import closed_documents, undone
from bridge.core.loan.standing import Standing, is_gone
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.naming import customer_reference
from bridge.core.mapping.templates import Value, render
from bridge.core.message import Message, message

Doc = TypeVar("Doc", bound=Transaction)


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that every document has."""

    reference: str
    loan: str
    facts: str
    customer: str
    day: date
    currency: str
    rate: Decimal | None
    memo: str
    tags: tuple[tuple[str, str], ...]
    dated: date | None = None

    def fields(self) -> dict[str, Any]:
        return msgspec.structs.asdict(self)


class Draft:
    """One loan's file, its booking, and what is bound already."""

    def __init__(self, file: LoanFile, booking: Booking, bound: Sequence[Binding]) -> None:
        assert file.loan is not None
        assert file.borrower is not None
        self.file, self.loan, self.booking = file, file.loan, booking
        self.borrower = file.borrower
        self.customer = customer_reference(file, self.borrower.id, self.loan.currency, booking)
        self.undone = undone(bound)
        """What was undone in an open period, and what undid it: none of it counts."""
        self.standing = Standing()
        self._bound = bound
        self._latest: dict[str, Binding] = {}
        for binding in bound:
            base = base_reference(binding.reference)
            known = self._latest.get(base)
            if known is None or known.generation < binding.generation:
                self._latest[base] = binding

    def live(self) -> Iterator[Binding]:
        """Bindings whose documents are in the books and count, as far as we know."""
        return (b for b in self._latest.values() if self._counts(b))

    def earlier(self) -> Iterator[Binding]:
        """Bindings of earlier generations that no reversal cancels any more: somebody deleted the
        reversal, or the document itself is gone."""
        for binding in self._bound:
            is_latest = self._latest[base_reference(binding.reference)] is binding
            if self._counts(binding) and not is_latest:
                yield binding

    def bound(self, base: str) -> Binding | None:
        """The live binding of a base reference."""
        found = self._latest.get(base)
        return found if found is not None and self._counts(found) else None

    def _counts(self, binding: Binding) -> bool:
        return not binding.voided and binding.reference not in self.undone

    def is_live(self, full: str) -> bool:
        found = self.bound(base_reference(full))
        return found is not None and found.reference == full

    def settled(self, document: Doc) -> Doc:
        """The document as it was posted, when the ledger's facts behind it are still the same.

        So a mapping edited later, a rate or a closed period changes nothing that is posted.
        """
        found = self.bound(base_reference(document.reference))
        if found is None:
            return document
        if found.accepted:
            return self.standing.weigh(found, document)
        if found.reference != document.reference or found.document.facts != document.facts:
            return document
        assert type(found.document) is type(document)
        return found.document

    def stands(self, full: str) -> bool:
        """Whether a person left this document as the books have it."""
        found = self.bound(base_reference(full))
        return found is not None and found.reference == full and bool(found.accepted)

    def is_gone(self, full: str) -> bool:
        """Whether a person accepted that the books have this document no longer."""
        found = self.bound(base_reference(full))
        return found is not None and found.reference == full and is_gone(found)

    def number(self, base: str, facts: str, *, replace: bool) -> str:
        """The full reference: the live one, or the next generation after a void.

        `replace`: a posted document whose facts changed is voided and posted anew; so is every
        document of a loan that moved to another customer or currency.
        """
        found = self._latest.get(base)
        if found is None:
            return base
        if self._counts(found) and found.accepted:
            return found.reference
        changed = (replace or self.moved(found)) and found.document.facts != facts
        if not self._counts(found) or changed or self.is_renewed(found):
            return with_generation(base, found.generation + 1)
        return found.reference

    def is_renewed(self, binding: Binding) -> bool:
        """True when restoring this document takes a new one, because the system cannot edit its
        kind."""
        return binding.restore and binding.document.kind not in self.booking.limits.updates

    def moved(self, binding: Binding) -> bool:
        """Whether the loan has another customer or currency than this posted document."""
        posted = binding.document
        if isinstance(posted, Customer):
            return False
        currency = self.loan.currency
        if isinstance(posted, Sale) and posted.currency == self.booking.company.home_currency:
            currency = posted.currency  # income of a foreign loan may have to be told in that
        return (posted.customer, posted.currency) != (self.customer, currency)

    def head(
        self,
        letter: Letter,
        native_id: str,
        *,
        part: str = "",
        day: date,
        facts: object,
        memo: str,
        words: dict[str, Value],
        row: Repayment | None = None,
        replace: bool = True,
    ) -> tuple[Head | None, str]:
        """The common fields, or the reason why the document cannot be posted now."""
        base = reference(self.file.prefix, letter, native_id, part)
        digest = self.facts(day, facts)
        full = self.number(base, digest, replace=replace)
        bound = self.bound(base)
        is_kept = bound is not None and bound.document.facts == digest
        posted_day, note = day, ""
        locked = self.booking.company.locked_through
        if not is_kept and locked is not None and day <= locked:
            if self.booking.mapping.policies.closed_period == "hold":
                return None, "books.period_closed"
            posted_day = locked + timedelta(days=1)
            note = f" [{day.isoformat()}]"
        rate = None
        if self.loan.currency != self.booking.company.home_currency:
            rate = self.booking.rate(self.loan.currency, posted_day)
            if rate is None and not is_kept:
                return None, "rate.missing"
        words = self.words() | words | {"reference": full, "date": day}
        text = render(memo, words)[: self.booking.limits.memo_length - len(note)] + note
        head = Head(
            reference=full,
            loan=self.file.loan_id,
            facts=digest,
            customer=self.customer,
            day=posted_day,
            currency=self.loan.currency,
            rate=rate,
            memo=text,
            tags=self.booking.tags_of(row or self.loan),
            dated=None if posted_day == day else day,
        )
        return head, ""

    def closed(self, refused: str, base: str) -> Document | None:
        """The posted document under this number, if the document that is wanted now was refused
        because its month is closed. The posted one stays, and the difference is a question. (A loan
        that moved to another customer with such a document is held as a whole.)"""
        if refused != "books.period_closed":
            return None
        found, locked = self.bound(base), self.booking.company.locked_through
        if found is None or found.accepted or locked is None:
            return None
        document = found.document
        is_closed = not isinstance(document, Customer) and document.day <= locked
        return document if is_closed else None

    def facts(self, day: date, facts: object) -> str:
        """The digest of what the ledger says of a document of this loan."""
        return digest_of((self.customer, self.loan.currency, day, facts))

    def words(self) -> dict[str, Value]:
        """The fields that templates may use, by name."""
        loan = self.loan
        return {
            "name": self.borrower.name,
            "loan": loan.id,
            "concept": loan.concept,
            "currency": loan.currency,
            "collector": loan.collector,
            "route": loan.route,
            "store": loan.store,
            "ticket": "",
            "method": "",
            "number": "",
            "corrected": "",
            "original_date": "",
        }

    def receipt_head(
        self, row: Repayment, day: date, amount: Decimal, part: str = ""
    ) -> tuple[Head | None, str]:
        return self.head(
            Letter.REPAYMENT,
            row.id,
            part=part,
            day=day,
            facts=repayment_facts(row, amount),
            memo=self.booking.mapping.memos.receipt,
            words=row_words(row),
            row=row,
        )

    def recovery_head(self, row: Repayment, amount: Decimal) -> tuple[Head | None, str]:
        return self.head(
            Letter.RECOVERY,
            row.id,
            day=row.paid_on,
            facts=recovery_facts(row, amount),
            memo=self.booking.mapping.memos.receipt,
            words=row_words(row),
            row=row,
        )

    def credit_head(
        self, row: Adjustment, amount: Decimal, interest: Decimal | None
    ) -> tuple[Head | None, str]:
        """The head of a credit note; `interest` is the part of a write-off that is interest. A note
        that was posted before that part was told apart stays as it is."""
        facts: tuple[object, ...] = (row.kind, amount)
        bound = self.bound(reference(self.file.prefix, Letter.CREDIT, row.id))
        is_older = bound is not None and bound.document.facts == self.facts(row.on, facts)
        if interest is not None and not is_older:
            facts = (*facts, interest)
        return self.head(
            Letter.CREDIT,
            row.id,
            day=row.on,
            facts=facts,
            memo=self.booking.mapping.memos.credit_note,
            words=row_words(row),
        )

    def application_head(self, native_id: str, part: str, note: CreditNote) -> Head:
        """The head of the application of a credit note: it lives and dies with the note."""
        base = reference(self.file.prefix, Letter.APPLICATION, native_id, part)
        self._let_go(base, note)
        facts = digest_of((note.reference, note.facts))
        return Head(
            reference=self.number(base, facts, replace=True),
            loan=note.loan,
            facts=facts,
            customer=note.customer,
            day=note.day,
            currency=note.currency,
            rate=note.rate,
            memo=note.memo,
            tags=note.tags,
            dated=note.dated,
        )

    def _let_go(self, base: str, note: CreditNote) -> None:
        """Drop an application that a person answered about, if it is of another credit note that a
        closed period holds: the two are undone together, and this note's application gets the next
        number."""
        found = self.bound(base)
        if found is None or not found.accepted or is_gone(found):
            return
        use = found.document
        if isinstance(use, CreditApplication) and use.credit_note != note.reference:
            of_note = [b for b in self._bound if b.reference == use.credit_note]
            if closed_documents(self.booking, of_note):
                self.undone[use.reference] = use

    def describe(self, purpose: str, row: Adjustment | Repayment | None = None) -> str:
        """The text of a line of that purpose."""
        words = self.words() | (row_words(row) if row is not None else {})
        day = self.loan.start
        if row is not None:
            day = row.paid_on if isinstance(row, Repayment) else row.on
        text = self.booking.targets[purpose].description
        return render(text, words | {"date": day, "reference": ""})


def closed_edit(posted: Decimal, now: Decimal, currency: str) -> Message:
    """The particulars of a hold for an amount that was edited after its month was closed."""
    if posted == now:
        return message("period_closed")
    return message("closed_edit", shown=posted, currency=currency, amount=now)


def row_words(row: Repayment | Adjustment) -> dict[str, Value]:
    if isinstance(row, Repayment):
        return {"concept": row.concept, "ticket": row.ticket, "method": row.method}
    return {"concept": row.concept}


def recovery_facts(row: Repayment, amount: Decimal) -> object:
    """The parts of a repayment that a recovery of this amount is made of: when one changes, so does
    the document."""
    return (amount, row.method, row.collector, row.route, row.store)


def repayment_facts(row: Repayment, amount: Decimal) -> object:
    """The parts of a repayment that a receipt of this amount is made of: when one changes, so does
    the document."""
    return (amount, row.method, row.kind, row.collector, row.route, row.store)
