"""Documents of ours in the books, tied to the ledger again by their numbers.

Nothing is sent. What the ledger does not account for is asked about
(`core/change/rebuilding.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from bridge.core.books import (
    CreditApplication,
    CreditNote,
    Customer,
    Invoice,
    Kind,
    PostedDocument,
    Status,
    Transaction,
)
from bridge.core.change.rebuilding import NOTHING_KNOWN, Rebuilt, rebuild_loan
from bridge.core.change.told import REBUILT, customer_told
from bridge.core.delivery import Binding
from bridge.core.identity import base_reference
from bridge.core.ledger import LoanFile
from bridge.core.mapping.booking import Booking
from bridge.pipeline.context import Books, Progress, System
from bridge.pipeline.our_numbers import (
    OurNumbers,
    ask_what_is_untold,
    ask_who_they_are,
    documents_of,
)
from bridge.pipeline.rates import rates_of_known
from bridge.pipeline.untied import note_untied
from bridge.store import NO_LOAN, LoanKey, Store, Work


class Adopted(msgspec.Struct, kw_only=True):
    """The result for one system's documents."""

    system: str
    customers: int = 0
    documents: int = 0
    taken_back: int = 0
    """Voided or deleted: known again so that their numbers are not used a second time."""
    asked: int = 0
    """In the books, and nothing of the ledger accounts for them: the next pass asks."""
    unknown: list[str] = msgspec.field(default_factory=list)
    """Numbers of our form of which nobody knows the loan, or which are there twice."""
    untold: list[str] = msgspec.field(default_factory=list)
    """Numbers that the books do not tell when asked, with what came back: their loans are left as
    they are, whole, until the next time."""


def known_again(
    store: Store, books: Books[System], booking: Booking, as_of: date, progress: Progress
) -> Adopted:
    """Tie every document of ours to the ledger again, in books that have just been read."""
    with store.read() as work:
        numbers = OurNumbers(work, books)
    home = booking.company.home_currency
    known = ask_what_is_untold(store, books, home, numbers, progress)
    with store.read() as work:
        numbers.by_what_the_books_say(work, books)
    ask_what_is_untold(store, books, home, numbers, progress, known)
    ask_who_they_are(store, books, numbers, booking)
    rates_of_known(store, books, booking, numbers)
    with store.begin() as work:
        adoption = Adoption(work, books, booking, numbers)
        for count, file in enumerate(work.ledger.loan_files(0), start=1):
            adoption.loan(file)
            if count % 100 == 0:
                progress("known again", count, 0)
        adoption.what_no_loan_has(as_of)
        adoption.give_names_back()
        work.strangers.recognise(books.id)
        note_untied(work, adoption.where, adoption.untold, numbers.unread)
    return adoption.done()


class Adoption:
    """Writes the bindings of one loan after another, inside one transaction."""

    def __init__(
        self, work: Work, books: Books[System], booking: Booking, numbers: OurNumbers
    ) -> None:
        self.work, self.books, self.booking, self.numbers = work, books, booking, numbers
        self.where = books.id
        self.of_loans = numbers.of_loans()
        self.untold = numbers.untold(work, books)
        self.names = {
            external_id: base for base, ids in numbers.customers.items() for external_id in ids
        }
        self._bound: set[tuple[Kind, str]] = set()
        self._customers: set[str] = set()
        self._counts: Counter[str] = Counter()

    def loan(self, file: LoanFile) -> None:
        key: LoanKey = (file.installation, file.loan_id)
        if key in self.untold:
            return
        bases = self.of_loans.get(key, ())
        found = documents_of(self.work, self.books, self.numbers, bases)
        made = rebuild_loan(file, self.booking, found, self.names, self._posted(key))
        self._customer(file, made)
        self._put(made.bindings, key)

    def _posted(self, key: LoanKey) -> Mapping[str, Transaction]:
        """Reference → what the state knows that we posted of a loan, and have not taken back."""
        return NOTHING_KNOWN

    def what_no_loan_has(self, as_of: date) -> None:
        """Bind the documents of no known loan that count for nothing (taken back or undone, for
        rows that are gone too). One that counts is left to be reported."""
        whose: dict[str, list[PostedDocument]] = {}
        for each in documents_of(self.work, self.books, self.numbers, self.numbers.unowned):
            whose.setdefault(each.customer_id, []).append(each)
        nobodys = LoanFile(
            installation="", prefix="", loan_id="", as_of=as_of, loan=None, borrower=None
        )
        for found in whose.values():
            made = rebuild_loan(nobodys, self.booking, found, self.names)
            self._put(_coming_to_nothing(made.bindings), NO_LOAN)
        self._customers_without_loans()

    def _put(self, bindings: Iterable[Binding], key: LoanKey) -> None:
        for binding in bindings:
            self.work.bindings.put(self.where, binding, key)
            self._bound.add((binding.document.kind, binding.external_id))
            self._counts["taken_back" if binding.voided else "documents"] += 1
            self._counts["asked"] += binding.accepted == REBUILT

    def _customers_without_loans(self) -> None:
        for base, named in self.numbers.customers.items():
            if base not in self._customers and len(named) == 1:
                ((external_id, number),) = named.items()
                theirs = self.work.mirror.document(self.where, Kind.CUSTOMER, external_id)
                if theirs is not None and theirs.status is Status.LIVE:
                    self._customers.add(base)
                    customer = customer_told(number, theirs, self.booking)
                    self.work.bindings.put(self.where, self._known_again(customer, theirs))

    def _customer(self, file: LoanFile, made: Rebuilt) -> None:
        """The borrower's customer: by its number, else by the documents of the loan."""
        if made.customer is None or made.customer.reference in self._customers:
            return
        wanted = made.customer
        named = self.numbers.customers.get(wanted.reference, {})
        external_id = made.customer_id if len(named) != 1 else next(iter(named))
        theirs = self.work.mirror.document(self.where, Kind.CUSTOMER, external_id)
        if theirs is None:
            return
        self._customers.add(wanted.reference)
        full = named.get(external_id, wanted.reference)
        again = msgspec.structs.replace(wanted, reference=full)
        self.work.bindings.put(self.where, self._known_again(again, theirs))

    def _known_again(self, wanted: Customer, theirs: PostedDocument) -> Binding:
        """The customer's binding; a name that differs is the books', for now."""
        return Binding(
            reference=wanted.reference,
            external_id=theirs.external_id,
            version=theirs.version,
            generation=int(wanted.reference.partition(".")[2] or 1),
            document=wanted,
            posted=theirs,
            accepted=wanted.facts if theirs.name != wanted.name else "",
        )

    def give_names_back(self) -> None:
        """Have customers renamed to the ledger's names, where the mapping says so; not one that
        stands for several borrowers, since somebody merged them."""
        if "name" not in self.booking.mapping.own:
            return
        for base in self._customers:
            bound = self.work.bindings.customer(self.where, base_reference(base))
            if (
                bound is None
                or not bound.accepted
                or self.work.bindings.is_shared(self.where, bound)
            ):
                continue
            if bound.posted is not None and bound.posted.status is Status.LIVE:
                again = msgspec.structs.replace(bound, accepted="", restore=True)
                self.work.bindings.put(self.where, again)

    def done(self) -> Adopted:
        waiting = {base for key in self.untold for base in self.of_loans[key]}
        unknown = [
            number
            for base, found in self.numbers.documents.items()
            for number, kind, external_id in found
            if (kind, external_id) not in self._bound and base not in waiting
        ]
        return Adopted(
            system=self.books.name,
            customers=len(self._customers),
            documents=self._counts["documents"],
            taken_back=self._counts["taken_back"],
            asked=self._counts["asked"],
            unknown=sorted(unknown),
            untold=sorted(self.untold.values()),
        )


def _coming_to_nothing(bindings: Sequence[Binding]) -> list[Binding]:
    """The documents of no known loan that count for nothing: taken back, undone or undoing, and the
    applications of such notes. A correction counts like what it corrects."""
    out = [each for each in bindings if each.accepted != REBUILT]
    nothing = {
        each.reference
        for each in out
        if not each.in_force
        or (isinstance(each.document, Invoice | CreditNote) and each.document.reverses)
    }

    return [
        each
        for each in out
        if each.reference in nothing
        or (isinstance(each.document, CreditApplication) and each.document.credit_note in nothing)
    ]
