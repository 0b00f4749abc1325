"""Documents in the books under numbers of ours, and the loan of each. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

import msgspec

from bridge.core.books import Kind, PostedDocument, Status
from bridge.core.change.alike_names import name_key
from bridge.core.change.owning import followers, row_names, stems
from bridge.core.identity import base_reference, is_ours
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.naming import customer
from bridge.pipeline.apart import Unread, fetched
from bridge.pipeline.context import Books, Progress, System
from bridge.store import LoanKey, Store, Work

_LINKS = 4
"""Row → document → reversal → its application: at most so many steps."""
_DETAILS = 100
"""Documents asked for at once, where a listing did not say what they settle."""


class OurNumbers:
    """Our numbers in the books, and the loan that each belongs to."""

    def __init__(self, work: Work, books: Books[System]) -> None:
        self.customers: dict[str, dict[str, str]] = {}
        """Base reference → number by external id."""
        self.documents: dict[str, list[tuple[str, Kind, str]]] = {}
        """Base reference → (number, kind, external id)."""
        for number, kind, external_id in work.strangers.numbered(books.id, work.ledger.prefixes()):
            base = base_reference(number)
            if kind is Kind.CUSTOMER:
                self.customers.setdefault(base, {})[external_id] = number
            else:
                self.documents.setdefault(base, []).append((number, kind, external_id))
        self.unread = Unread()
        """Documents and customers that the books do not tell when asked for."""
        self.owners = self._by_rows(work)
        self.undone = self._undone(work, books)
        """Loan → bases of its documents that the state knows and something in the books undoes,
        whoever the row is of by now."""
        self._by_names()

    @property
    def unowned(self) -> set[str]:
        return self.documents.keys() - self.owners.keys()

    def of_loans(self) -> dict[LoanKey, list[str]]:
        """Loan → base references of its documents."""
        found: dict[LoanKey, list[str]] = {}
        for base, loan in self.owners.items():
            found.setdefault(loan, []).append(base)
        for loan, bases in self.undone.items():
            found[loan] = [*dict.fromkeys([*found.get(loan, ()), *sorted(bases)])]
        return found

    def untold(self, work: Work, books: Books[System]) -> dict[LoanKey, str]:
        """Loan → what came back instead of a document of it, or of its customer: nobody can say of
        such a loan what its documents are, and it is left as it is, whole."""
        found: dict[LoanKey, str] = {}
        if not self.unread:
            return found
        for loan, bases in self.of_loans().items():
            for each in documents_of(work, books, self, bases):
                for asked in ((each.kind, each.external_id), (Kind.CUSTOMER, each.customer_id)):
                    if asked in self.unread:
                        number = each.number or base_reference(bases[0])
                        found.setdefault(loan, f"{number}: {self.unread[asked]}")
        return found

    def only_of(self, loans: Collection[LoanKey]) -> None:
        """Forget everything that is not of these loans."""
        self.owners = {base: loan for base, loan in self.owners.items() if loan in loans}
        self.undone = {loan: bases for loan, bases in self.undone.items() if loan in loans}
        kept = self.owners.keys() | {base for bases in self.undone.values() for base in bases}
        self.documents = {base: each for base, each in self.documents.items() if base in kept}

    def _by_rows(self, work: Work) -> dict[str, LoanKey]:
        """Number → loan, by the ledger's rows. A row of exactly that name goes before one that fits
        only without the part."""
        named: dict[str, list[tuple[str, int]]] = {}
        for base in self.documents:
            for distance, stem in enumerate(stems(base)):
                named.setdefault(stem, []).append((base, distance))
        best: dict[str, tuple[int, LoanKey]] = {}
        for file in work.ledger.loan_files(0):
            for name in row_names(file):
                for base, distance in named.get(name, ()):
                    if base not in best or distance < best[base][0]:
                        best[base] = (distance, (file.installation, file.loan_id))
        return {base: loan for base, (_, loan) in best.items()}

    def _undone(self, work: Work, books: Books[System]) -> dict[LoanKey, set[str]]:
        """Give the reversal of a document that the state knows to the loan of that document."""
        undoing = {
            number: reversal
            for several in self.documents.values()
            for number, _, _ in several
            if (reversal := next(followers(number))) in self.documents
        }
        found: dict[LoanKey, set[str]] = {}
        for number, loan in work.bindings.loans_of(books.id, undoing).items():
            self.owners[undoing[number]] = loan
            found.setdefault(loan, set()).add(base_reference(number))
        return found

    def _by_names(self) -> None:
        """Give each reversal or application to the loan of the document that it is about."""
        for _ in range(_LINKS):
            for base, loan in [*self.owners.items()]:
                for number, _, _ in self.documents[base]:
                    for follower in followers(number):
                        if follower in self.documents:
                            self.owners.setdefault(follower, loan)

    def by_what_the_books_say(self, work: Work, books: Books[System]) -> None:
        """Give each document without a row to the loan whose documents it settles or is settled by;
        else to its customer's only loan. A person is then asked about it there."""
        for _ in range(_LINKS):
            if not self.unowned:
                return
            told = [
                (base, found)
                for base, several in self.documents.items()
                for _, kind, external_id in several
                if (found := work.mirror.document(books.id, kind, external_id))
            ]
            self._by_settling(told)
            self._by_customer(told)
            self._by_names()

    def _by_settling(self, told: Sequence[tuple[str, PostedDocument]]) -> None:
        invoices = {e.external_id: base for base, e in told if e.kind is Kind.INVOICE}
        for base, each in told:
            for invoice_id, _ in each.applications:
                other = invoices.get(invoice_id, "")
                for one, two in ((base, other), (other, base)):
                    if one in self.owners and two:
                        self.owners.setdefault(two, self.owners[one])

    def _by_customer(self, told: Sequence[tuple[str, PostedDocument]]) -> None:
        loans: dict[str, set[LoanKey]] = {}
        for base, each in told:
            if base in self.owners:
                loans.setdefault(each.customer_id, set()).add(self.owners[base])
        for base, each in told:
            if base not in self.owners and len(loans.get(each.customer_id, ())) == 1:
                (self.owners[base],) = loans[each.customer_id]


def documents_of(
    work: Work, books: Books[System], numbers: OurNumbers, bases: Iterable[str]
) -> list[PostedDocument]:
    """The documents of a loan in the books, with the applications of its credit notes. Where a
    listing does not say what receipts settle and the loan has one invoice only, they are taken to
    settle it, if that comes to what is settled of it."""
    found = []
    for base in bases:
        for _, kind, external_id in numbers.documents[base]:
            kinds = [kind]
            if kind is Kind.CREDIT_NOTE:
                kinds.append(Kind.APPLICATION)
            for each in kinds:
                told = work.mirror.document(books.id, each, external_id)
                if told is not None and (each is kind or not told.number):
                    found.append(told)
    invoices = [each for each in found if _is_live(each, Kind.INVOICE)]
    if len(invoices) != 1:
        return found
    (invoice,) = invoices
    guessed = [
        _settling(each, invoice.external_id) if _settles_untold(each) else each for each in found
    ]
    settled = sum((_of(each, invoice.external_id) for each in guessed), Decimal(0))
    return guessed if settled == invoice.total - invoice.open else found


def ask_what_is_untold(
    store: Store,
    books: Books[System],
    home: str,
    numbers: OurNumbers,
    progress: Progress,
    known: Collection[tuple[Kind, str]] = (),
) -> set[tuple[Kind, str]]:
    """Fetch the documents whose applications are neither listed nor plain otherwise, and those in
    another currency than `home` that come without a rate. Returns which were fetched; those in
    `known` are not. What is not told even by itself is added to `numbers.unread`."""
    asked: dict[Kind, list[str]] = {}
    with store.read() as work:
        for bases in (*numbers.of_loans().values(), numbers.unowned):
            for each in documents_of(work, books, numbers, bases):
                if (each.kind, each.external_id) in known:
                    continue
                if _settles_untold(each) or _rate_untold(each, home):
                    asked.setdefault(each.kind, []).append(each.external_id)
    for kind, ids in asked.items():
        for first in range(0, len(ids), _DETAILS):
            told = fetched(books.system, kind, ids[first : first + _DETAILS], numbers.unread)
            with store.begin() as work:
                work.mirror.put(books.id, told.values())
            progress("asked", first, len(ids))
    return {(kind, external_id) for kind, ids in asked.items() for external_id in ids}


def ask_who_they_are(
    store: Store, books: Books[System], numbers: OurNumbers, booking: Booking
) -> None:
    """Look for our reference in the notes of customers whose listing does not tell it, where no
    loan tells it either or the name is another borrower's."""
    with store.read() as work:
        prefixes = work.ledger.prefixes()
        found = documents_of(work, books, numbers, numbers.unowned)
        doubtful = _of_another_name(work, books, numbers, booking)
    named = {external_id for ids in numbers.customers.values() for external_id in ids}
    asked = sorted(({each.customer_id for each in found} | doubtful) - named - {""})
    for first in range(0, len(asked), _DETAILS):
        part = asked[first : first + _DETAILS]
        told = fetched(books.system, Kind.CUSTOMER, part, numbers.unread)
        for external_id, theirs in told.items():
            for word in theirs.memo.split():
                if any(is_ours(word, prefix) for prefix in prefixes):
                    numbers.customers.setdefault(base_reference(word), {})[external_id] = word


def _of_another_name(
    work: Work, books: Books[System], numbers: OurNumbers, booking: Booking
) -> set[str]:
    """Customers whose number no listing tells and whose name is not that of the borrower whose
    documents they have (renamed, or given somebody else's invoice); and the customers that do have
    the name."""
    where, of_loans = books.id, numbers.of_loans()
    doubtful: set[str] = set()
    wanted: set[str] = set()
    for file in work.ledger.loan_files(0):
        bases = of_loans.get((file.installation, file.loan_id), ())
        if not bases or file.borrower is None or file.loan is None:
            continue
        ours = customer(file, file.borrower, file.loan.currency, booking)
        if ours.reference in numbers.customers:
            continue
        for each in documents_of(work, books, numbers, bases):
            theirs = work.mirror.document(where, Kind.CUSTOMER, each.customer_id)
            if theirs is None or name_key(theirs.name) != name_key(ours.name):
                doubtful.add(each.customer_id)
                wanted.add(name_key(ours.name))
    if not doubtful:
        return doubtful
    called = work.mirror.documents(where, Kind.CUSTOMER)
    return doubtful | {each.external_id for each in called if name_key(each.name) in wanted}


def _settles_untold(document: PostedDocument) -> bool:
    settles = document.kind in {Kind.RECEIPT, Kind.APPLICATION} and not document.applications
    return settles and document.status is Status.LIVE and document.total != document.open


def _rate_untold(document: PostedDocument, home: str) -> bool:
    foreign = document.currency not in {"", home} and document.rate is None
    return foreign and document.kind is not Kind.APPLICATION and document.status is Status.LIVE


def _is_live(document: PostedDocument, kind: Kind) -> bool:
    return document.kind is kind and document.status is Status.LIVE


def _of(document: PostedDocument, invoice_id: str) -> Decimal:
    if document.status is not Status.LIVE:
        return Decimal(0)
    return sum((amount for each, amount in document.applications if each == invoice_id), Decimal(0))


def _settling(document: PostedDocument, invoice_id: str) -> PostedDocument:
    used = ((invoice_id, document.total - document.open),)
    return msgspec.structs.replace(document, applications=used)
