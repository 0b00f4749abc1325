"""The parts that all documents of one loan share: customer, number, date, rate, memo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from bridge.core.books import Customer, Document, Sale, Transaction, digest_of
from bridge.core.delivery import Binding
from bridge.core.identity import Letter, reference, with_generation
from bridge.core.ledger import Adjustment, Borrower, Loan, LoanFile, Repayment
from bridge.core.loan.already import AlreadyPosted
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.naming import customer_reference
from bridge.core.mapping.rounding import Rounding
from bridge.core.mapping.templates import Value, render
from bridge.core.message import Detail, Message, message
from bridge.core.plan import Hold


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


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One loan's file, its booking, and what is posted already: what its documents are made of."""

    file: LoanFile
    loan: Loan
    borrower: Borrower
    booking: Booking
    """In the shape in which the loan is posted."""
    already: AlreadyPosted
    customer: str
    """Reference of the customer."""
    rounding: Rounding
    common_words: Mapping[str, Value]
    """The fields that templates may use for every document, by name."""

    def without(self, gone: Sequence[Transaction]) -> Draft:
        """A copy in which these posted documents count no longer."""
        if not gone:
            return self
        return msgspec.structs.replace(self, already=self.already.without(gone))

    def hold(self, code: str, subject: str, amount: Decimal, detail: Detail = "") -> Hold:
        """A hold of something of this loan, in its currency."""
        currency = self.loan.currency
        return Hold(code=code, subject=subject, currency=currency, amount=amount, detail=detail)

    def receipt_day(self, row: Repayment) -> date:
        """The day of a payment's receipt."""
        moves = self.booking.mapping.policies.before_loan == "loan_date"
        return max(row.paid_on, self.loan.start) if moves else row.paid_on

    def is_closed(self, document: Document) -> bool:
        """Whether this posted document is of the closed period."""
        locked = self.booking.company.locked_through
        if locked is None or isinstance(document, Customer):
            return False
        return document.day <= locked

    def number(self, base: str, facts: str, *, replace: bool) -> str:
        """The full reference: the live one, or the next generation after a void.

        `replace`: a posted document whose facts changed is voided and posted anew; so is every
        document of a loan that moved to another customer or currency.
        """
        found = self.already.latest.get(base)
        if found is None:
            return base
        counts = self.already.counts(found)
        if counts and found.accepted:
            return found.reference
        changed = (replace or self.moved(found)) and found.document.facts != facts
        if not counts or changed or self.is_renewed(found):
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
        bound = self.already.bound(base)
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
        words = {**self.common_words, **words, "reference": full, "date": day}
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
        found = self.already.bound(base)
        if found is None or found.accepted or not self.is_closed(found.document):
            return None
        return found.document

    def facts(self, day: date, facts: object) -> str:
        """The digest of what the ledger says of a document of this loan."""
        return digest_of((self.customer, self.loan.currency, day, facts))

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
        bound = self.already.bound(reference(self.file.prefix, Letter.CREDIT, row.id))
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

    def describe(self, purpose: str, row: Adjustment | Repayment | None = None) -> str:
        """The text of a line of that purpose."""
        words, day = self.common_words, self.loan.start
        if row is not None:
            words = {**words, **row_words(row)}
            day = row.paid_on if isinstance(row, Repayment) else row.on
        text = self.booking.targets[purpose].description
        return render(text, {**words, "date": day, "reference": ""})


def draft_of(file: LoanFile, booking: Booking, already: AlreadyPosted) -> Draft:
    """The draft of a loan that has a borrower."""
    loan, borrower = file.loan, file.borrower
    assert loan is not None
    assert borrower is not None
    return Draft(
        file=file,
        loan=loan,
        borrower=borrower,
        booking=booking,
        already=already,
        customer=customer_reference(file, borrower.id, loan.currency, booking),
        rounding=booking.rounding_of(file),
        common_words={
            "name": borrower.name,
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
        },
    )


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
