"""Taking back one run's changes to one loan's documents, as far as system and period allow.

A document that the run created is voided, or reversed in the open period where its month is closed.
One that it changed becomes as it was before; one that it voided comes back under the next
generation. One that somebody changed since stays as it is, and is reported. The ledger is not
asked: it still wants what the run did, so the books rest until a person lets them follow it again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from bridge.core.books import (
    Application,
    CreditApplication,
    Customer,
    Document,
    Invoice,
    Kind,
    Receipt,
    Sale,
    Transaction,
    applied,
)
from bridge.core.change.past import Done, newest
from bridge.core.delivery import Binding, Operation, latest_generations
from bridge.core.identity import base_reference, with_generation
from bridge.core.ledger import LoanFile
from bridge.core.loan import owed
from bridge.core.loan.already import already_posted
from bridge.core.loan.reversing import take_back_all
from bridge.core.loan.standing import receivable
from bridge.core.mapping.booking import Booking
from bridge.core.money import NO_CURRENCY
from bridge.core.plan import Change, Hold

ZERO = Decimal(0)


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """A document that the undoing leaves as it is, and why.

    changed_since    a later run or a person changed it, or something that hangs on it
    period_closed    its month is closed, and nothing in an open one can undo it
    before_unknown   what it was before is not known
    stamped          a tax office knows it as an electronic invoice
    """

    reference: str
    why: str


class Undone(msgspec.Struct, frozen=True, kw_only=True):
    changes: tuple[Change, ...]
    left: tuple[Left, ...]
    holds: tuple[Hold, ...]
    """The part of the loan that the ledger has and the books no longer do."""


class TakingBack(msgspec.Struct, frozen=True, kw_only=True):
    """One run to take back, as far as it is about one loan."""

    file: LoanFile
    done: Sequence[Done]
    """The run's writes that are still so, in their order."""
    bound: Sequence[Binding]
    """All bindings of the loan."""
    reason: str
    successors: Mapping[str, str] = {}
    """Reference of a document that was voided and came back → its reference since."""
    elsewhere: Sequence[Binding] = ()
    """Bindings of other loans under numbers that this run had voided (rows that moved)."""


def undo_loan(task: TakingBack, booking: Booking, voidable: Collection[Kind]) -> Undone:
    """The changes that take one run back for this loan; `voidable` are the kinds that the system
    can void."""
    return _Undo(task, booking, voidable).run()


def at_rest(file: LoanFile, documents: Iterable[Document], code: str) -> tuple[Hold, ...]:
    """The loan's balance less what the books have of it, while they do not follow the ledger."""
    amounts: dict[str, Decimal] = {}
    if file.loan is None:
        amounts[NO_CURRENCY] = owed.balance(file)
    elif not file.loan.annulled:
        amounts[file.loan.currency] = owed.balance(file)
    for document in documents:
        if effect := receivable(document):
            amounts[document.currency] = amounts.get(document.currency, ZERO) - effect
    return tuple(
        Hold(code=code, subject=f"loan:{file.loan_id}", currency=currency, amount=amount)
        for currency, amount in amounts.items()
        if amount
    )


_CHANGE_BACK = (Kind.APPLICATION, Kind.RECEIPT, Kind.CREDIT_NOTE, Kind.SALE)
_TAKE_BACK = (Kind.APPLICATION, Kind.RECEIPT, Kind.SALE, Kind.CREDIT_NOTE, Kind.INVOICE)
_BRING_BACK = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.RECEIPT, Kind.APPLICATION, Kind.SALE)
_ORDER = (
    *((Operation.UPDATE, kind) for kind in _CHANGE_BACK),
    *((Operation.VOID, kind) for kind in _TAKE_BACK),
    (Operation.UPDATE, Kind.INVOICE),
    *((Operation.CREATE, kind) for kind in _BRING_BACK),
)
_PHASES = {pair: number for number, pair in enumerate(_ORDER, start=1)}


def phase(change: Change) -> int:
    """The change's place in the order of taking back: applications let go first, then what they
    settle."""
    return _PHASES[change.operation, change.document.kind]


class _Undo:
    def __init__(self, task: TakingBack, booking: Booking, voidable: Collection[Kind]) -> None:
        self.task, self.voidable = task, voidable
        policies = booking.mapping.policies.model_copy(update={"closed_period": "adjust"})
        mapping = booking.mapping.model_copy(update={"policies": policies})
        self.booking = msgspec.structs.replace(booking, mapping=mapping)
        self.locked = booking.company.locked_through
        self.by_reference = {binding.reference: binding for binding in task.bound}
        self.renamed: dict[str, str] = dict(task.successors)
        """Reference of what was voided → the one under which it comes back."""
        self.left: list[Left] = []
        self.changes: list[Change] = []

    def run(self) -> Undone:
        voided = self._coming_back()
        for each in self.task.done:
            if each.operation is Operation.UPDATE:
                self._change_back(each)
        self._take_back()
        self._bring_back(voided)
        return Undone(changes=tuple(self.changes), left=tuple(self.left), holds=self._holds())

    def _now(self, reference: str) -> str:
        """The number that a document has by now."""
        return newest(reference, self.renamed)

    def _as_the_run_left_it(self, each: Done) -> Binding | None:
        """The binding of a document that is still as the run left it; else None, and a changed one
        is noted as left."""
        binding = self.by_reference.get(self._now(each.document.reference))
        if binding is None or not binding.in_force:
            return None
        if binding.accepted or _content(binding.document) != _content(each.document):
            self._leave(binding.reference, "changed_since")
            return None
        return binding

    def _change_back(self, each: Done) -> None:
        binding = self._as_the_run_left_it(each)
        if binding is None:
            return
        if each.before is None or isinstance(each.before, Customer):
            self._leave(binding.reference, "before_unknown")
        elif (
            self._is_closed(each.document) or self._is_closed(each.before)
        ) and not self._is_a_use(each.document, each.before):
            self._leave(binding.reference, "period_closed")
        else:
            before = self._as_named_now(each.before)
            before = msgspec.structs.replace(before, reference=binding.reference)
            self._add(Operation.UPDATE, before, binding.generation)

    def _is_a_use(self, document: Transaction, before: Document) -> bool:
        """Whether the change only put credit to use in an open month, where the books give such
        uses a day of their own."""
        if not self.booking.limits.dated_uses or document.facts != before.facts:
            return False
        used = dict(applied(document).items() - applied(before).items())
        bound = [self.by_reference.get(self._now(invoice)) for invoice in used]
        return all(b is not None and not self._is_closed(b.document) for b in bound)

    def _take_back(self) -> None:
        created = [
            binding
            for each in self.task.done
            if each.operation is Operation.CREATE
            if (binding := self._as_the_run_left_it(each))
        ]
        closed = [b for b in created if self._cannot_go(b, created)]
        for binding in closed:
            if isinstance(binding.document, Sale):
                self._leave(binding.reference, "period_closed")
        names = {binding.reference for binding in closed}
        for binding in created:
            if binding.reference not in names:
                self._add(Operation.VOID, binding.document, binding.generation)
        through = max((day for b in closed if (day := _day(b.document))), default=self.locked)
        company = msgspec.structs.replace(self.booking.company, locked_through=through)
        booking = msgspec.structs.replace(self.booking, company=company)
        known = self.by_reference.keys()
        made = take_back_all(self.task.file, booking, already_posted(closed)) if closed else []
        for document in made:
            if document.reference not in known:
                self._add(Operation.CREATE, document, _generation(document.reference))

    def _cannot_go(self, binding: Binding, created: Sequence[Binding]) -> bool:
        """Whether a document cannot be voided and needs a reversal: its month is closed, or that of
        a document that settles it, or the system voids no such kind."""
        document = binding.document
        if document.kind not in self.voidable or self._is_closed(document):
            return True
        return any(
            self._is_closed(other.document) and binding.reference in applied(other.document)
            for other in created
        )

    def _coming_back(self) -> list[Transaction]:
        """The documents that the run voided, each with its next number known, since other documents
        name them."""
        moved_on = {base_reference(b.reference) for b in self.task.elsewhere if b.in_force}
        latest = latest_generations((*self.task.bound, *self.task.elsewhere))
        voided = []
        for each in self.task.done:
            reference = each.document.reference
            bound = self.by_reference.get(self._now(reference))
            if each.operation is not Operation.VOID or bound is None or not bound.voided:
                continue
            base = base_reference(reference)
            if base in moved_on:
                self._leave(reference, "changed_since")
                continue
            voided.append(each.document)
            self.renamed[self._now(reference)] = with_generation(base, latest[base] + 1)
        return voided

    def _bring_back(self, voided: Sequence[Transaction]) -> None:
        there = {b.reference for b in self.task.bound if b.in_force}
        there |= {self._now(document.reference) for document in voided}
        there -= {c.document.reference for c in self.changes if c.operation is Operation.VOID}
        for document in voided:
            again = self._again(document, there)
            self._add(Operation.CREATE, again, _generation(again.reference))

    def _again(self, document: Transaction, there: Collection[str]) -> Transaction:
        """The document as it comes back: under its new name, in an open month, settling what is
        there."""
        again = self._as_named_now(document)
        changes: dict[str, Any] = {"reference": self._now(document.reference)}
        if self._is_closed(document):
            assert self.locked is not None
            day = self.locked + timedelta(days=1)
            changes |= {"day": day, "dated": document.dated or document.day}
            if isinstance(document, Invoice):
                changes["due"] = max(document.due, day)
        if isinstance(again, Receipt | CreditApplication):
            changes["applications"] = tuple(a for a in again.applications if a.invoice in there)
        return msgspec.structs.replace(again, **changes)

    def _as_named_now(self, document: Transaction) -> Transaction:
        """The document, naming others by the numbers that they have now."""
        changes: dict[str, Any] = {}
        if isinstance(document, Receipt | CreditApplication):
            changes["applications"] = tuple(
                Application(self._now(a.invoice), a.amount) for a in document.applications
            )
        if isinstance(document, CreditApplication):
            changes["credit_note"] = self._now(document.credit_note)
        return msgspec.structs.replace(document, **changes) if changes else document

    def _holds(self) -> tuple[Hold, ...]:
        """The loan's balance less what the books will have of it."""
        after = {b.reference: b.document for b in self.task.bound if not b.voided}
        for change in self.changes:
            after.pop(change.document.reference, None)
            if change.operation is not Operation.VOID:
                after[change.document.reference] = change.document
        return at_rest(self.task.file, after.values(), "run.undone")

    def _is_closed(self, document: Document) -> bool:
        day = _day(document)
        return self.locked is not None and day is not None and day <= self.locked

    def _leave(self, reference: str, why: str) -> None:
        self.left.append(Left(reference=reference, why=why))

    def _add(self, operation: Operation, document: Document, generation: int) -> None:
        self.changes.append(
            Change(
                operation=operation,
                document=document,
                generation=generation,
                reason=self.task.reason,
            )
        )


def _content(document: Document) -> Document:
    """A document without what changes when it comes back: generations, and the days of one whose
    month was closed."""
    if isinstance(document, Customer):
        return document
    changes: dict[str, Any] = {"reference": base_reference(document.reference)}
    if document.dated is not None:
        changes |= {"day": document.dated, "dated": None}
    if isinstance(document, Invoice):
        changes["due"] = date.min
    if isinstance(document, Receipt | CreditApplication):
        changes["applications"] = tuple(
            Application(base_reference(a.invoice), a.amount) for a in document.applications
        )
    if isinstance(document, CreditApplication):
        changes["credit_note"] = base_reference(document.credit_note)
    return msgspec.structs.replace(document, **changes)


def _day(document: Document) -> date | None:
    return None if isinstance(document, Customer) else document.day


def _generation(full: str) -> int:
    return int(full.partition(".")[2] or 1)
