"""Documents of ours in the books that the state does not know yet, tied beside what it knows.

Another machine, or a later state, posted them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bridge.core.books import (
    CreditApplication,
    Kind,
    PostedDocument,
    Status,
    Transaction,
)
from bridge.core.change.rebuilding import Rebuilt
from bridge.core.delivery import Binding, latest_generations
from bridge.core.identity import base_reference
from bridge.core.ledger import LoanFile
from bridge.core.mapping.booking import Booking
from bridge.pipeline.context import Books, Progress, System
from bridge.pipeline.known_again import Adopted, Adoption
from bridge.pipeline.our_numbers import (
    OurNumbers,
    ask_what_is_untold,
)
from bridge.pipeline.rates import rates_of_known
from bridge.pipeline.untied import note_untied
from bridge.store import NO_LOAN, LoanKey, Store, Work


def caught_up_with(
    store: Store, books: Books[System], booking: Booking, progress: Progress
) -> Adopted:
    """Tie to the ledger what the books have under numbers of ours and the state does not know yet:
    another machine, or a later state, posted it.

    For books that have just been read. What the state knows stays as it knows it, but for an
    earlier generation of such a document that the books have no longer.
    """
    with store.read() as work:
        where = books.id
        unknown = {
            (k, i): n
            for n, k, i in work.strangers.numbered(where, work.ledger.prefixes(), strange=True)
        }
        numbers = OurNumbers(work, books) if unknown else None
        if numbers is not None:
            found = map(base_reference, unknown.values())
            numbers.only_of({numbers.owners[base] for base in found if base in numbers.owners})
    if numbers is None or not numbers.documents:
        with store.begin() as work:
            note_untied(work, where, {})
        return Adopted(system=books.name)
    ask_what_is_untold(store, books, booking.company.home_currency, numbers, progress)
    rates_of_known(store, books, booking, numbers)
    with store.begin() as work:
        adoption = _CatchingUp(work, books, booking, numbers, unknown)
        for file in work.ledger.loan_files(0):
            if (file.installation, file.loan_id) in adoption.of_loans:
                adoption.loan(file)
        work.strangers.recognise(where)
        note_untied(work, where, adoption.untold, numbers.unread)
    return adoption.done()


class _CatchingUp(Adoption):
    """Ties documents that the state does not know, and leaves what it knows as it is."""

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
            for each in self.work.bindings.of_loan(self.where, key)
            if not each.voided and isinstance(each.document, Transaction)
        }

    def _put(self, bindings: Iterable[Binding], key: LoanKey) -> None:
        known = {
            base_reference(each.reference)
            for each in self.work.bindings.of_loan(self.where, key)
            if not each.voided and self._is_there(each)
        }
        news = [
            each
            for each in bindings
            if self._is_unknown(each) and base_reference(each.reference) not in known
        ]
        for loan in self._void_replaced(news, key):
            self.work.plans.set_revisit(self.where, loan, "books.ahead")
        super()._put(news, key)
        if news and key != NO_LOAN:  # its plan was made without them
            self.work.plans.set_revisit(self.where, key, "books.ahead")

    def _void_replaced(self, news: Sequence[Binding], key: LoanKey) -> set[LoanKey]:
        """The loans whose older bindings were marked voided, since the books no longer have those
        documents and a later generation is there: one generation counts, and whoever posted the
        later one knew that the earlier one ended. (A listing may leave out what is deleted.)"""
        latest = latest_generations(news)
        counting = {base_reference(each.reference) for each in news if each.in_force}
        under = self.work.bindings.under(self.where, latest).values()
        others = [b for several in under for loan, b in several if loan != key]
        bound = [b for b in (*self.work.bindings.of_loan(self.where, key), *others) if b.in_force]
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
            self.work.bindings.mark_voided(self.where, reference, left)
        loans = {self.work.bindings.loan_of(self.where, reference) for reference in gone}
        return {loan for loan in loans if loan is not None}

    def _is_unknown(self, binding: Binding) -> bool:
        return (binding.document.kind, binding.external_id) in self.unknown

    def _is_there(self, binding: Binding) -> bool:
        """Whether the books still have the document of this binding, and it counts."""
        theirs = self._in_books(binding)
        return theirs is not None and theirs.status is Status.LIVE

    def _in_books(self, binding: Binding) -> PostedDocument | None:
        place = (binding.document.kind, binding.external_id)
        return self.work.mirror.document(self.where, *place)

    def _customer(self, file: LoanFile, made: Rebuilt) -> None:
        known = made.customer and self.work.bindings.customer(self.where, made.customer.reference)
        if not known:
            super()._customer(file, made)
