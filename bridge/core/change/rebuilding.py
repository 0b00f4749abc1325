"""One loan's bindings made anew from the books, after the state store was lost.

What we posted is not known any more. It is taken to be what the ledger wants now, and the books'
document is kept beside it: where the two differ, that shows as a difference, and a person says
which side is right. What the ledger does not account for is asked about. Nothing is posted or taken
back for either, as it would be if the state were simply empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from bridge.core.books import (
    Application,
    CreditApplication,
    CreditNote,
    Customer,
    Invoice,
    Kind,
    PostedDocument,
    Receipt,
    Status,
    Transaction,
    digest_of,
)
from bridge.core.change.corrected import as_it_was_posted, is_correction, used_as_posted
from bridge.core.change.matching import as_wanted
from bridge.core.change.numbered import one_of_each
from bridge.core.change.owning import reversed_by, stems
from bridge.core.change.told import REBUILT, as_told, fields_told
from bridge.core.change.wanted import as_it_was_wanted
from bridge.core.delivery import NEVER_COMPARED, Binding
from bridge.core.identity import base_reference, is_loans_own
from bridge.core.ledger import LoanFile
from bridge.core.loan.parts import part_facts
from bridge.core.mapping.booking import Booking

ZERO = Decimal(0)
NOTHING_KNOWN: Mapping[str, Transaction] = {}
Doc = TypeVar("Doc", bound=Transaction)


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """The bindings of one loan that were made anew."""

    customer: Customer | None
    """None when nothing of the loan is wanted."""
    customer_id: str
    """The customer of the books, by the documents; empty when they do not agree on one."""
    bindings: tuple[Binding, ...]
    """What is reversed stands before what reverses it."""


def rebuild_loan(
    file: LoanFile,
    booking: Booking,
    found: Sequence[PostedDocument],
    customers: Mapping[str, str],
    known: Mapping[str, Transaction] = NOTHING_KNOWN,
) -> Rebuilt:
    """The bindings of one loan.

    `found` are the documents of the books with its numbers, and the uses of its credit notes;
    `customers` has our reference of every customer id of theirs; `known` is what a state that was
    not lost as a whole knows that we posted. Of two live documents with the same number neither
    is bound, of two generations the later one.
    """
    return _Rebuilding(file, booking, found, customers, known).run()


class _Rebuilding:
    def __init__(
        self,
        file: LoanFile,
        booking: Booking,
        found: Sequence[PostedDocument],
        customers: Mapping[str, str],
        known: Mapping[str, Transaction],
    ) -> None:
        self.file, self.booking, self.customers = file, booking, customers
        self.known = known
        self.theirs = dict(one_of_each(found))
        self.reverses = {
            name: undone
            for base, undone in reversed_by(self.theirs).items()
            for name in self.theirs
            if base_reference(name) == base
        }
        self.undone = {
            undone: name for name, undone in self.reverses.items() if self._is_live(name)
        }
        self.theirs = {name: each for name, each in self.theirs.items() if not self._is_older(name)}
        self.corrected = any(map(is_correction, self._live()))
        self.wanted = self._what_was_wanted()
        self.invoices = {
            each.external_id: name
            for name, each in self.theirs.items()
            if each.kind is Kind.INVOICE and each.status is Status.LIVE
        }
        self.documents: dict[str, Transaction] = {}
        self.asked: set[str] = set()

    def _what_was_wanted(self) -> dict[str, Transaction]:
        """Base reference → what the ledger wants in open periods, in the shape that is posted."""
        own = {name: self.theirs[name].total for name in self._live() if is_loans_own(name)}
        self.customer, wanted = as_it_was_wanted(self.file, self.booking, own)
        return wanted

    def run(self) -> Rebuilt:
        order = sorted(self.theirs, key=lambda name: self.theirs[name].kind is Kind.APPLICATION)
        for name in order:
            self.documents[name] = self._document(name, self.theirs[name])
        self._ask_about_parts()
        bindings = [self._binding(name) for name in order]
        bindings.sort(key=lambda binding: binding.reference in self.reverses)
        whose = {b.posted.customer_id for b in bindings if b.posted and b.in_force}
        return Rebuilt(
            customer=self.customer,
            customer_id=whose.pop() if len(whose) == 1 else "",
            bindings=tuple(bindings),
        )

    def _binding(self, name: str) -> Binding:
        theirs, document = self.theirs[name], self.documents[name]
        accepted = ""
        taken_away = self._is_taken_away(name)
        if self._is_live(name):
            accepted = REBUILT if name in self.asked else self._corrected_total(document)
        posted = self._weighed(theirs) if accepted else self._expected(name, document)
        return Binding(
            reference=name,
            external_id=theirs.external_id,
            version=theirs.version if accepted or posted == theirs else NEVER_COMPARED,
            generation=_number(name),
            document=document,
            posted=posted,
            voided=not self._is_live(name) and not taken_away,
            reversed_by=self.undone.get(name, ""),
            accepted=accepted,
        )

    def _expected(self, name: str, document: Transaction) -> PostedDocument:
        """The books' document as the ledger wants it; each field that differs was edited."""
        theirs = self.theirs[name]
        if not self._is_live(name):
            return theirs
        ids = {reference: external_id for external_id, reference in self.customers.items()}
        links = {other: each.external_id for other, each in self.theirs.items()}
        links[document.customer] = ids.get(document.customer, theirs.customer_id)
        return self._weighed(as_wanted(document, theirs, links))

    def _weighed(self, theirs: PostedDocument) -> PostedDocument:
        """The books' document with the rate of its day, where its currency is another than ours and
        the books tell no rate."""
        told = self.theirs[theirs.number].currency if theirs.number in self.theirs else ""
        if theirs.rate is not None or told in {"", self.booking.company.home_currency}:
            return theirs
        rate = self.booking.rate(told, theirs.day or self.file.as_of)
        return msgspec.structs.replace(theirs, rate=rate)

    def _corrected_total(self, document: Transaction) -> str:
        """The ledger's facts, for an invoice whose total correcting documents have brought to what
        the ledger wants (it stays as it is); else empty."""
        wanted = self._wanted(document.reference, document.kind)
        if isinstance(wanted, Invoice) and self.corrected and document.total != wanted.total:
            return wanted.facts
        return ""

    def _document(self, name: str, theirs: PostedDocument) -> Transaction:
        if self._is_taken_away(name):
            wanted = self._wanted(name, theirs.kind)
            assert wanted is not None, name
            return msgspec.structs.replace(wanted, reference=name)
        if not self._is_live(name):
            return self._as_in_the_books(name, theirs)
        if theirs.kind is Kind.APPLICATION:
            return self._use(name, theirs)
        wanted = self._wanted(name, theirs.kind)
        if wanted is None or name in self.undone:
            if not self._explains_itself(name):
                self.asked.add(name)
            told = self._as_in_the_books(name, theirs)
            if not is_correction(name) or not self._counts(name):
                return told
            counting = {each: self.theirs[each] for each in self._live() if self._counts(each)}
            return as_it_was_posted(name, told, counting, self.wanted)
        if isinstance(wanted, Receipt):
            return self._receipt(name, wanted, theirs)
        if isinstance(wanted, Invoice) and self.corrected and theirs.total != wanted.total:
            changes: dict[str, Any] = {"facts": wanted.facts}
            return msgspec.structs.replace(self._as_in_the_books(name, theirs), **changes)
        return self._dated(msgspec.structs.replace(wanted, reference=name), theirs)

    def _receipt(self, name: str, wanted: Receipt, theirs: PostedDocument) -> Receipt:
        changes: dict[str, Any] = {"reference": name, "applications": self._applied(name, theirs)}
        if self.booking.limits.receipt_parts:
            changes |= {"total": theirs.total, "on_account": theirs.on_account}
        made = msgspec.structs.replace(wanted, **changes)
        if self.booking.limits.receipt_parts:
            facts = part_facts(wanted.facts, self._part(name), made)
            made = msgspec.structs.replace(made, facts=facts)
        return self._dated(made, theirs)

    def _use(self, name: str, theirs: PostedDocument) -> CreditApplication:
        """The application of a credit note: it goes with its note, and is explained by it."""
        note = next(
            (
                document
                for document in self.documents.values()
                if isinstance(document, CreditNote)
                and self.theirs[document.reference].external_id == theirs.credit_note_id
            ),
            None,
        )
        used = self._applied(name, theirs)
        if note is None or note.reference in self.asked:
            self.asked.add(name)
        fields = self._common(name, theirs)
        if note is None:
            return CreditApplication(**fields, credit_note="", applications=used)
        fields |= {
            "facts": digest_of((note.reference, note.facts)),
            "day": theirs.day or note.day,
            "dated": note.dated,
            "rate": note.rate,
        }
        used = used_as_posted(used, note, self.theirs[note.reference])
        return CreditApplication(**fields, credit_note=note.reference, applications=used)

    def _ask_about_parts(self) -> None:
        """Receipts that together are not one repayment of the ledger are asked about."""
        if not self.booking.limits.receipt_parts:
            return
        rows: dict[str, list[str]] = {}
        for name in self._live():
            wanted = self._wanted(name, Kind.RECEIPT)
            if (
                wanted is not None
                and self.theirs[name].kind is Kind.RECEIPT
                and name not in self.undone
            ):
                rows.setdefault(wanted.reference, []).append(name)
        for row, names in rows.items():
            total = sum((self.theirs[name].total for name in names), ZERO)
            numbers = sorted(map(self._part, names))
            whole = self.wanted[row].total
            is_partly = total < whole and self._takes_no_credit(self.wanted[row])
            if not (total == whole or is_partly) or numbers != list(range(1, len(names) + 1)):
                self.asked.update(names)

    def _takes_no_credit(self, wanted: Transaction) -> bool:
        """Whether the books cannot hold the part of this receipt that settles nothing."""
        assert isinstance(wanted, Receipt)
        return self.booking.takes_no_credit(wanted.deposit_account, wanted.currency)

    def _applied(self, name: str, theirs: PostedDocument) -> tuple[Application, ...]:
        """The document's applications to this loan's invoices; an application to any other invoice
        becomes a question."""
        used = []
        for invoice_id, amount in theirs.applications:
            if invoice_id in self.invoices:
                used.append(Application(self.invoices[invoice_id], amount))
            else:
                self.asked.add(name)
        return tuple(used)

    def _wanted(self, name: str, kind: Kind) -> Transaction | None:
        """The document that the ledger wants under this number, whatever its generation and
        part."""
        for stem in stems(base_reference(name)):
            wanted = self.wanted.get(stem)
            if wanted is not None and wanted.kind is kind:
                return wanted
        return None

    def _explains_itself(self, name: str) -> bool:
        """Whether the document needs no row of the ledger: a correction, a live reversal, or a
        document that one cancels. A reversal of a document that is gone is not explained so."""
        if name in self.reverses:
            return self._is_live(self.reverses[name])
        return is_correction(name) or name in self.undone

    def _is_older(self, name: str) -> bool:
        """Whether the document counts although a later generation is there too: it was entered
        again by hand, or should have been taken back. It is left to be reported."""
        if not self._is_live(name) or name in self.undone:
            return False
        return any(
            base_reference(other) == base_reference(name) and _number(other) > _number(name)
            for other in self._live()
        )

    def _is_taken_away(self, name: str) -> bool:
        """Whether the document is void and the ledger still wants it, with nothing in its place: a
        person took it away, and is asked before it is posted again."""
        if self._is_live(name) or self.theirs[name].kind is Kind.APPLICATION:
            return False
        if name in self.undone or name in self.reverses:
            return False
        base = base_reference(name)
        others = [each for each in self.theirs if each != name and base_reference(each) == base]
        anew = any(self._is_live(each) or _number(each) > _number(name) for each in others)
        wanted = None if anew else self.wanted.get(base)
        return wanted is not None and wanted.kind is self.theirs[name].kind

    def _is_live(self, name: str) -> bool:
        return self.theirs[name].status is Status.LIVE

    def _counts(self, name: str) -> bool:
        return name not in self.undone and name not in self.reverses

    def _live(self) -> list[str]:
        return [name for name in self.theirs if self._is_live(name)]

    def _part(self, name: str) -> int:
        """The receipt's place among those of its repayment: 1 for the first."""
        base = base_reference(name)
        stem = next(each for each in stems(base) if each in self.wanted)
        return int(base.removeprefix(stem).lstrip("S") or 1)

    def _dated(self, document: Doc, theirs: PostedDocument) -> Doc:
        """The document with the books' rate, and with the books' day where we moved it out of a
        closed period."""
        changes: dict[str, Any] = {}
        day = document.day
        if (moved := self._moved_to(document.day, theirs)) is not None:
            day = moved
            changes |= {"day": day, "dated": document.day}
            if isinstance(document, Invoice):
                changes["due"] = max(document.due, day)
        if document.rate is not None:
            changes["rate"] = theirs.rate or self.booking.rate(document.currency, day)
        return msgspec.structs.replace(document, **changes)

    def _moved_to(self, day: date, theirs: PostedDocument) -> date | None:
        """The day to which we moved the document out of a closed period, if we did: its memo says
        so; where the books tell no memo, the closed period does."""
        locked = self.booking.company.locked_through
        if theirs.day is None or theirs.day <= day:
            return None
        was_closed = locked is not None and day <= locked
        is_moved = f"[{day.isoformat()}]" in theirs.memo if theirs.memo else was_closed
        return theirs.day if is_moved else None

    def _as_in_the_books(self, name: str, theirs: PostedDocument) -> Transaction:
        """The document as the books tell it. For a reversed one, the amount (and, except for a
        receipt, the lines) are those of its reversal, which tells them as they were when it was
        made."""
        if name in self.undone:
            other = self.theirs[self.undone[name]]
            lines = theirs.lines if theirs.kind is Kind.RECEIPT else other.lines
            theirs = msgspec.structs.replace(theirs, total=other.total, lines=lines)
        used = self._applied(name, theirs) if self._is_live(name) else ()
        told = as_told(theirs, self._common(name, theirs), used, self.booking)
        return self._undoing_what_is_known(name, told)

    def _undoing_what_is_known(self, name: str, told: Transaction) -> Transaction:
        """The reversal as it was posted: with the lines and total of the document that it cancels.
        Whatever the books have otherwise was edited."""
        undone = self.known.get(self.reverses.get(name, ""))
        if undone is None or undone.total == told.total or not self._is_live(name):
            return told
        if not isinstance(told, Invoice | CreditNote):
            return told
        if isinstance(undone, Invoice | CreditNote):
            return msgspec.structs.replace(told, lines=undone.lines)
        line = msgspec.structs.replace(told.lines[0], amount=undone.total)
        return msgspec.structs.replace(told, lines=(line,))

    def _common(self, name: str, theirs: PostedDocument) -> dict[str, Any]:
        ours = self.customer.reference if self.customer else ""
        customer = self.customers.get(theirs.customer_id, ours)
        reverses = self.reverses.get(name, "") if self._is_live(name) else ""
        theirs = msgspec.structs.replace(theirs, rate=theirs.rate or self._rate_beside(name))
        fields = fields_told(name, theirs, self.file.as_of, self.booking)
        return fields | {"loan": self.file.loan_id, "customer": customer, "reverses": reverses}

    def _rate_beside(self, name: str) -> Decimal | None:
        """The rate of the document that this one undoes, or that undoes it: both were posted with
        one, and books that tell none of credit notes and receipts tell it of invoices."""
        other = self.theirs.get(self.reverses.get(name) or self.undone.get(name, ""))
        if other is None or other.currency != self.theirs[name].currency:
            return None
        return other.rate


def _number(name: str) -> int:
    return int(name.partition(".")[2] or 1)
