"""A lost state store made anew from the ledger and the books.

Our documents are known again by their numbers. Nothing is sent, and what the state would have known
better is left to a person: see `core/rebuilding.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from bridge.core.booking import Booking
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
from bridge.core.delivery import Binding, latest_generations
from bridge.core.identity import base_reference
from bridge.core.known import Stop
from bridge.core.ledger import LoanFile
from bridge.core.rebuilding import NOTHING_KNOWN, Rebuilt, rebuild_loan
from bridge.core.said import reason_of
from bridge.core.told import REBUILT, customer_told
from bridge.core.verdict import Verdict, verdict
from bridge.pipeline.context import Books, Bridge, Progress, System, silent
from bridge.pipeline.intake import take_in
from bridge.pipeline.known import known
from bridge.pipeline.older_state import TIED, strangers_of_ours
from bridge.pipeline.our_numbers import (
    OurNumbers,
    ask_what_is_untold,
    ask_who_they_are,
    documents_of,
)
from bridge.pipeline.plan import booking_of
from bridge.pipeline.readback import read_back
from bridge.store import NO_LOAN, LoanKey, Store, Work


class Adopted(msgspec.Struct, kw_only=True):
    """What became of one system's documents."""

    system: str
    customers: int = 0
    documents: int = 0
    taken_back: int = 0
    """Voided or deleted: known again so that their numbers are not used a second time."""
    asked: int = 0
    """In the books, and nothing of the ledger accounts for them: the next pass asks."""
    unknown: list[str] = msgspec.field(default_factory=list)
    """Numbers of our form of which nobody knows the loan, or which are there twice."""


class RebuildResult(msgspec.Struct, frozen=True, kw_only=True):
    run: str
    systems: tuple[Adopted, ...]
    answer: Verdict
    """By what is known now: the ledger just read, and what was found in the books."""


def rebuild(bridge: Bridge[System], who: str, progress: Progress = silent) -> RebuildResult:
    """Tie every document of ours in the books to the ledger again. Nothing is sent.

    What the state knows already stays as it knows it: of an older copy, or one whose last writes
    got lost, only the rest is known again.
    """
    at = bridge.clock.now().isoformat()
    with bridge.store.begin() as work:
        run = work.start_run("rebuild", ",".join(bridge.books), at)
    intake = take_in(
        bridge.store,
        bridge.source,
        bridge.source_where,
        bridge.snapshot_limits,
        bridge.clock.now(),
        bridge.today,
    )
    as_of = intake.facts.as_of
    done = tuple(_rebuilt(bridge.store, books, as_of, progress) for books in bridge.books.values())
    with bridge.store.begin() as work:
        work.doubt_state(who, at)
        for name, books in bridge.books.items():
            work.note(TIED.format(name), at)
            work.leave_unknown(at, strangers_of_ours(work, (name, books.company)))
        counts = {each.system: {"documents": each.documents} for each in done}
        stops = {each.system: _left(each) for each in done}
        where = {name: each.company for name, each in bridge.books.items()}
        answer = verdict(known(work, where, bridge.fresh, stops=stops))
        ended = bridge.clock.now().isoformat()
        work.end_run(run, answer.word, _reason(done, answer), counts, ended)
    return RebuildResult(run=run, systems=done, answer=answer)


def _left(each: Adopted) -> list[Stop]:
    """What a person must look at before the next pass."""
    stops = []
    if each.asked:
        stops.append(Stop(code="rebuild.asked"))
    if each.unknown:
        stops.append(Stop(code="rebuild.unknown", detail=", ".join(each.unknown)))
    return stops


def _reason(done: Sequence[Adopted], answer: Verdict) -> str:
    told = [f"{each.system}: {each.documents} documents known again" for each in done]
    return "; ".join(told if answer.green else [*told, reason_of(answer)])


def known_documents(store: Store, books: Books[System]) -> int:
    """How many documents of these books the state knows; 0 when it never had to do with them."""
    with store.read() as work:
        bound = sum(work.binding_counts(books.name, books.company).values())
        return max(bound, sum(work.outbox_counts(books.name, books.company).values()))


def _rebuilt(store: Store, books: Books[System], as_of: date, progress: Progress) -> Adopted:
    read_back(store, books.system, full=True, progress=progress)
    booking = booking_of(books)
    if not known_documents(store, books):
        return known_again(store, books, booking, as_of, progress)
    tied = caught_up_with(store, books, booking, progress)
    with store.read() as work:
        left = strangers_of_ours(work, (books.name, books.company))
    return Adopted(system=books.name, documents=tied, unknown=sorted(each.number for each in left))


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
    with store.begin() as work:
        adoption = _Adoption(work, books, booking, numbers)
        for count, file in enumerate(work.loan_files(0), start=1):
            adoption.loan(file)
            if count % 100 == 0:
                progress("known again", count, 0)
        adoption.what_no_loan_has(as_of)
        adoption.give_names_back()
        work.recognise(books.name, books.company)
    return adoption.done()


def caught_up_with(store: Store, books: Books[System], booking: Booking, progress: Progress) -> int:
    """Tie to the ledger what the books have under numbers of ours and the state does not know yet:
    another machine, or a later state, posted it. Returns how many documents that were.

    For books that have just been read. What the state knows stays as it knows it, but for an
    earlier generation of such a document that the books have no longer.
    """
    with store.read() as work:
        where = (books.name, books.company)
        unknown = {(k, i): n for n, k, i in work.numbered(*where, work.prefixes(), strange=True)}
        if not unknown:
            return 0
        numbers = OurNumbers(work, books)
        found = map(base_reference, unknown.values())
        numbers.only_of({numbers.owners[base] for base in found if base in numbers.owners})
    if not numbers.documents:
        return 0
    ask_what_is_untold(store, books, booking.company.home_currency, numbers, progress)
    with store.begin() as work:
        adoption = _CatchingUp(work, books, booking, numbers, unknown)
        for file in work.loan_files(0):
            if (file.installation, file.loan_id) in adoption.of_loans:
                adoption.loan(file)
        work.recognise(*where)
    return adoption.done().documents


class _Adoption:
    """Writes the bindings of one loan after another, inside one transaction."""

    def __init__(
        self, work: Work, books: Books[System], booking: Booking, numbers: OurNumbers
    ) -> None:
        self.work, self.books, self.booking, self.numbers = work, books, booking, numbers
        self.where = (books.name, books.company)
        self.of_loans = numbers.of_loans()
        self.names = {
            external_id: base for base, ids in numbers.customers.items() for external_id in ids
        }
        self._bound: set[tuple[Kind, str]] = set()
        self._customers: set[str] = set()
        self._counts: Counter[str] = Counter()

    def loan(self, file: LoanFile) -> None:
        key: LoanKey = (file.installation, file.loan_id)
        bases = self.of_loans.get(key, ())
        found = documents_of(self.work, self.books, self.numbers, bases)
        made = rebuild_loan(file, self.booking, found, self.names, self._posted(key))
        self._customer(file, made)
        self._put(made.bindings, key)

    def _posted(self, key: LoanKey) -> Mapping[str, Transaction]:
        """Reference → what the state knows that we posted of a loan, and have not taken back."""
        return NOTHING_KNOWN

    def what_no_loan_has(self, as_of: date) -> None:
        """What comes to nothing: taken back or undone, for rows that are gone too. What counts, and
        nobody knows its loan, is left to be reported."""
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
            self.work.put_binding(*self.where, binding, key)
            self._bound.add((binding.document.kind, binding.external_id))
            self._counts["taken_back" if binding.voided else "documents"] += 1
            self._counts["asked"] += binding.accepted == REBUILT

    def _customers_without_loans(self) -> None:
        for base, named in self.numbers.customers.items():
            if base not in self._customers and len(named) == 1:
                ((external_id, number),) = named.items()
                theirs = self.work.mirror_document(*self.where, Kind.CUSTOMER, external_id)
                if theirs is not None and theirs.status is Status.LIVE:
                    self._customers.add(base)
                    customer = customer_told(number, theirs, self.booking)
                    self.work.put_binding(*self.where, self._known_again(customer, theirs))

    def _customer(self, file: LoanFile, made: Rebuilt) -> None:
        """The borrower's customer: by its number, else by the documents of the loan."""
        if made.customer is None or made.customer.reference in self._customers:
            return
        wanted = made.customer
        named = self.numbers.customers.get(wanted.reference, {})
        external_id = made.customer_id if len(named) != 1 else next(iter(named))
        theirs = self.work.mirror_document(*self.where, Kind.CUSTOMER, external_id)
        if theirs is None:
            return
        self._customers.add(wanted.reference)
        full = named.get(external_id, wanted.reference)
        again = msgspec.structs.replace(wanted, reference=full)
        self.work.put_binding(*self.where, self._known_again(again, theirs))

    def _known_again(self, wanted: Customer, theirs: PostedDocument) -> Binding:
        """A name that differs is the books', for now."""
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
        """Where the mapping says that names are the ledger's, customers get them, but for those
        that are the customer of several borrowers: somebody merged them."""
        if "name" not in self.booking.mapping.own:
            return
        for base in self._customers:
            bound = self.work.customer_binding(*self.where, base_reference(base))
            if bound is None or not bound.accepted or self.work.is_shared(*self.where, bound):
                continue
            if bound.posted is not None and bound.posted.status is Status.LIVE:
                again = msgspec.structs.replace(bound, accepted="", restore=True)
                self.work.put_binding(*self.where, again)

    def done(self) -> Adopted:
        unknown = [
            number
            for found in self.numbers.documents.values()
            for number, kind, external_id in found
            if (kind, external_id) not in self._bound
        ]
        return Adopted(
            system=self.books.name,
            customers=len(self._customers),
            documents=self._counts["documents"],
            taken_back=self._counts["taken_back"],
            asked=self._counts["asked"],
            unknown=sorted(unknown),
        )


def _coming_to_nothing(bindings: Sequence[Binding]) -> list[Binding]:
    """Of documents whose loan nobody knows those that were taken back or undone, what undid them,
    and the uses of such notes. A correction counts like what it corrects."""
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


class _CatchingUp(_Adoption):
    """Writes only what the state does not know, beside what it knows."""

    def __init__(
        self,
        work: Work,
        books: Books[System],
        booking: Booking,
        numbers: OurNumbers,
        unknown: Mapping[tuple[Kind, str], str],
    ) -> None:
        super().__init__(work, books, booking, numbers)
        self.unknown = unknown

    def _posted(self, key: LoanKey) -> Mapping[str, Transaction]:
        return {
            each.reference: each.document
            for each in self.work.bindings(*self.where, key)
            if not each.voided and isinstance(each.document, Transaction)
        }

    def _put(self, bindings: Iterable[Binding], key: LoanKey) -> None:
        known = {
            base_reference(each.reference)
            for each in self.work.bindings(*self.where, key)
            if not each.voided and self._is_there(each)
        }
        news = [
            each
            for each in bindings
            if self._is_unknown(each) and base_reference(each.reference) not in known
        ]
        for loan in self._void_replaced(news, key):
            self.work.set_revisit(*self.where, loan, "books.ahead")
        super()._put(news, key)
        if news and key != NO_LOAN:  # its plan was made without them
            self.work.set_revisit(*self.where, key, "books.ahead")

    def _void_replaced(self, news: Sequence[Binding], key: LoanKey) -> set[LoanKey]:
        """The loans of other generations of these that the books have no longer. Those are taken
        back: one generation counts, and who posted the later one knew of the earlier one's end.
        What is deleted a listing may leave out."""
        latest = latest_generations(news)
        counting = {base_reference(each.reference) for each in news if each.in_force}
        others = self.work.elsewhere(*self.where, sorted(latest), key)
        bound = [b for b in (*self.work.bindings(*self.where, key), *others) if b.in_force]
        gone = {
            each.reference: self._in_books(each)
            for each in bound
            if (base := base_reference(each.reference)) in latest
            and (base in counting or each.generation < latest[base])
            and not self._is_there(each)
        }
        gone |= {
            each.reference: None
            for each in bound
            if isinstance(each.document, CreditApplication) and each.document.credit_note in gone
        }
        for reference, left in gone.items():
            self.work.mark_voided(*self.where, reference, left)
        loans = {self.work.loan_of(*self.where, reference) for reference in gone}
        return {loan for loan in loans if loan is not None}

    def _is_unknown(self, binding: Binding) -> bool:
        return (binding.document.kind, binding.external_id) in self.unknown

    def _is_there(self, binding: Binding) -> bool:
        """Whether the books still have what the state knows."""
        theirs = self._in_books(binding)
        return theirs is not None and theirs.status is Status.LIVE

    def _in_books(self, binding: Binding) -> PostedDocument | None:
        place = (binding.document.kind, binding.external_id)
        return self.work.mirror_document(*self.where, *place)

    def _customer(self, file: LoanFile, made: Rebuilt) -> None:
        known = made.customer and self.work.customer_binding(*self.where, made.customer.reference)
        if not known:
            super()._customer(file, made)
