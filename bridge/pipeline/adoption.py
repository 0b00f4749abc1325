"""Documents that people entered in the books by hand, and that are ours: proposed, and adopted.

What a plan would create and somebody may have entered already is held (`lookalikes.py`). Here it is
listed for a person, pair by pair, and what they decided about it is written down, all of it or
nothing. The next pass goes on from there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from bridge.core.books import (
    Application,
    CreditApplication,
    Customer,
    Kind,
    PostedDocument,
    Receipt,
    Status,
    Transaction,
    with_uses,
)
from bridge.core.change.diff import diff
from bridge.core.change.lookalike import Likeness, adopted
from bridge.core.delivery import UNSEEN, Binding
from bridge.core.identity import base_reference
from bridge.core.ledger import LoanFile
from bridge.core.loan.translate import translate
from bridge.core.mapping.booking import Booking
from bridge.core.message import Detail
from bridge.core.plan import Change
from bridge.errors import Problem, UsageError
from bridge.pipeline.apart import told_to_a_person
from bridge.pipeline.context import Books, Bridge, Dry, PlanLimits, Progress, System, silent
from bridge.pipeline.intake import take_in
from bridge.pipeline.lookalikes import Lookalikes
from bridge.pipeline.plan import booking_of
from bridge.pipeline.rates import rates_of_loans
from bridge.pipeline.readback import read_back
from bridge.pipeline.sync import preview
from bridge.store import LoanKey, Store, Work
from bridge.store.strangers import DIFFERENT
from bridge.systems.base import AccountingReader

_BESIDE = (
    "leave it undecided; or take it out of the books and have ours posted: ledger-bridge drift "
    "different {reference} {id}"
)
_NO_LIMITS = PlanLimits(documents=10**12, voids=10**12)


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One of ours, and a document of the books that may be the same."""

    system: str
    loan: LoanKey
    borrower: str
    likeness: Likeness
    phase: int
    generation: int
    customer: Customer
    customer_name: str
    """Whose it is in the books."""

    @property
    def wanted(self) -> Transaction:
        return self.likeness.wanted

    @property
    def theirs(self) -> PostedDocument:
        return self.likeness.stranger

    @property
    def pair(self) -> tuple[str, str, str]:
        """(system, our reference, their id)."""
        return (self.system, self.wanted.reference, self.theirs.external_id)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """The decision of a person about a pair. `where` is its place in their file, for messages."""

    system: str
    reference: str
    external_id: str
    loan: str
    same: bool
    where: Detail


class Adoptions(msgspec.Struct, frozen=True, kw_only=True):
    """The decisions that were written down: (system, reference, id) of each."""

    adopted: tuple[tuple[str, str, str], ...]
    different: tuple[tuple[str, str, str], ...]
    known: int
    """Decided so before: nothing to do."""


def propose(bridge: Dry, progress: Progress = silent) -> list[Proposal]:
    """Every pair that a person has to look at, of a ledger and books read just now.

    On a scratch store: nothing is written. Raises what taking the ledger in raises.
    """
    preview(replace(bridge, plan_limits=_NO_LIMITS), progress)
    found: list[Proposal] = []
    for books in bridge.books.values():
        held = _held(bridge.store, books)
        booking = _booking_of(bridge.store, books, held)
        with bridge.store.begin() as work:
            found += proposals(work, books, booking, held)
    return found


def _held(store: Store, books: Books[System]) -> set[LoanKey]:
    """The loans that wait for a person's word about what is like theirs."""
    with store.read() as work:
        holds = work.plans.loan_holds(books.id)
        return {loan for loan, hold in holds if hold.code == "books.lookalike"}


def _booking_of(store: Store, books: Books[System], loans: Collection[LoanKey]) -> Booking:
    """The booking that a plan of these loans has, with the rates that it leaves to the books."""
    booking = booking_of(books)
    rates_of_loans(store, books, booking, loans)
    return booking


def proposals(
    work: Work, books: Books[System], booking: Booking, loans: Iterable[LoanKey]
) -> Iterator[Proposal]:
    """The pairs of these loans, as a plan would find them now."""
    alike = Lookalikes(work, books.id, booking)
    for file in work.ledger.loan_files(work.ledger.change_seq(), loans):
        key: LoanKey = (file.installation, file.loan_id)
        bound = work.bindings.of_loan(books.id, key)
        made = translate(file, booking, bound)
        if made.customer is None:
            continue
        changes, _ = diff(made, bound, booking)
        by_reference = {change.document.reference: change for change in changes}
        for likeness in alike.of(changes, made.customer):
            change = by_reference[likeness.wanted.reference]
            yield _proposal(work, books, file, made.customer, change, likeness)


def _proposal(
    work: Work,
    books: Books[System],
    file: LoanFile,
    customer: Customer,
    change: Change,
    likeness: Likeness,
) -> Proposal:
    whose = work.mirror.document(books.id, Kind.CUSTOMER, likeness.stranger.customer_id)
    return Proposal(
        system=books.name,
        loan=(file.installation, file.loan_id),
        borrower=file.borrower.name if file.borrower else "",
        likeness=likeness,
        phase=change.phase,
        generation=change.generation,
        customer=customer,
        customer_name=whose.name if whose else likeness.stranger.name,
    )


def decide_all(
    bridge: Bridge[System],
    wishes: Sequence[Wish],
    who: str,
    at: datetime,
    progress: Progress = silent,
) -> Adoptions:
    """Write these decisions down, all of them or none. Done again, there is nothing left to do.

    Raises UsageError with everything that is wrong with them: a pair that is not, or no longer,
    proposed; one document for two, or two for one.
    """
    take_in(
        bridge.store,
        bridge.source,
        bridge.source_where,
        bridge.snapshot_limits,
        bridge.clock.now(),
        bridge.today,
    )
    unknown = sorted({wish.system for wish in wishes} - bridge.books.keys())
    problems = [
        Problem(w.where, f"{w.system} is no system of bridge.toml.", "Propose again.")
        for w in wishes
        if w.system in unknown
    ]
    chosen: list[tuple[Books[System], list[Proposal], list[Wish]]] = []
    known = 0
    for books in bridge.books.values():
        mine = [wish for wish in wishes if wish.system == books.name]
        if not mine:
            continue
        read_back(bridge.store, books.system, progress=progress)
        with bridge.store.read() as work:
            keys = _loans(work, mine)
        booking = _booking_of(bridge.store, books, keys)
        with bridge.store.begin() as work:
            found = {p.pair: p for p in proposals(work, books, booking, keys)}
            fresh = [wish for wish in mine if not _is_known(work, books, wish)]
            known += len(mine) - len(fresh)
            problems += _mistakes(work, books, fresh, found)
        pairs = [found[_pair(wish)] for wish in fresh if _pair(wish) in found]
        chosen.append((books, pairs, fresh))
    if problems:
        raise UsageError("These decisions cannot be taken as they are. Nothing was done.", problems)
    same = {_pair(wish): wish.same for _, _, fresh in chosen for wish in fresh}
    now = {
        books.name: _as_they_are(books, [each for each in pairs if same[each.pair]])
        for books, pairs, _ in chosen
    }
    done, apart = [], []
    with bridge.store.begin() as work:
        for books, pairs, _ in chosen:
            for proposal in sorted(pairs, key=lambda p: (p.phase, p.wanted.reference)):
                if same[proposal.pair]:
                    _adopt(work, books, proposal, now[books.name], who, at)
                    done.append(proposal.pair)
                else:
                    _tell_apart(work, books, proposal, who, at)
                    apart.append(proposal.pair)
    return Adoptions(adopted=tuple(done), different=tuple(apart), known=known)


def answer(
    bridge: Bridge[System],
    system: str,
    reference: str,
    external_id: str,
    who: str,
    at: datetime,
    *,
    same: bool,
) -> Adoptions:
    """Write down a person's answer about one pair of a loan that is held for it. Raises UsageError
    when there is no such pair."""
    books = bridge.books[system]
    held = _held(bridge.store, books)
    booking = _booking_of(bridge.store, books, held)
    with bridge.store.begin() as work:
        pairs = list(proposals(work, books, booking, held))
        loan = next((p.loan[1] for p in pairs if p.wanted.reference == reference), None)
    if loan is None:
        raise UsageError(
            f"{reference} is neither bound nor waiting in the outbox of {system}, and nothing like "
            "it is in the books. `ledger-bridge drift adopt --propose FILE` lists what is."
        )
    wish = Wish(
        system=system, reference=reference, external_id=external_id, loan=loan, same=same, where=""
    )
    return decide_all(bridge, [wish], who, at)


def _pair(wish: Wish) -> tuple[str, str, str]:
    return (wish.system, wish.reference, wish.external_id)


def _loans(work: Work, wishes: Iterable[Wish]) -> set[LoanKey]:
    installations = work.ledger.installations_by_prefix()
    return {
        (installations[prefix], wish.loan)
        for wish in wishes
        if (prefix := wish.reference.partition("-")[0]) in installations
    }


def _is_known(work: Work, books: Books[System], wish: Wish) -> bool:
    """Whether this very decision was written down before."""
    if not wish.same:
        pair = (base_reference(wish.reference), wish.external_id)
        return work.strangers.is_told_apart(*pair)
    bound = work.bindings.named(books.id, wish.reference)
    return bound is not None and not bound.voided and bound.external_id == wish.external_id


def _mistakes(
    work: Work,
    books: Books[System],
    wishes: Sequence[Wish],
    found: dict[tuple[str, str, str], Proposal],
) -> Iterator[Problem]:
    ours: dict[str, Detail] = {}
    theirs: dict[tuple[Kind, str], Detail] = {}
    for wish in wishes:
        proposal = found.get(_pair(wish))
        if proposal is None:
            yield Problem(
                wish.where,
                f"{wish.reference} and {books.name} {wish.external_id} are not, or no longer, like "
                "each other.",
                "Propose again, and decide about what is listed then.",
            )
            continue
        if not wish.same:
            continue
        document = (proposal.theirs.kind, wish.external_id)
        if wish.reference in ours:
            yield Problem(
                wish.where,
                f"{wish.reference} was adopted in {ours[wish.reference]} already.",
                "Say yes to one of them.",
            )
        elif document in theirs:
            yield Problem(
                wish.where,
                f"{books.name} {wish.external_id} was adopted in {theirs[document]} already.",
                "It can be one of ours only.",
            )
        ours.setdefault(wish.reference, wish.where)
        theirs.setdefault(document, wish.where)


def _as_they_are(
    books: Books[System], pairs: Iterable[Proposal]
) -> dict[tuple[Kind, str], PostedDocument]:
    """The documents as the books have them now, in full. Raises UsageError for one that is gone,
    and PersonNeeded for one that is not told."""
    asked: dict[Kind, dict[str, str]] = {}
    for each in pairs:
        asked.setdefault(each.theirs.kind, {})[each.theirs.external_id] = each.wanted.reference
    system: AccountingReader = books.system
    found: dict[tuple[Kind, str], PostedDocument] = {}
    for kind, ids in asked.items():
        told = told_to_a_person(system, kind, ids, _BESIDE)
        gone = [each for each in ids if each not in told or told[each].status is not Status.LIVE]
        if gone:
            raise UsageError(f"{books.name} {', '.join(gone)} is gone. Propose again.")
        found |= {(kind, external_id): document for external_id, document in told.items()}
    return found


def _adopt(
    work: Work,
    books: Books[System],
    proposal: Proposal,
    now: dict[tuple[Kind, str], PostedDocument],
    who: str,
    at: datetime,
) -> None:
    where = books.id
    theirs = now[proposal.theirs.kind, proposal.theirs.external_id]
    customer = proposal.customer
    if work.bindings.customer(where, base_reference(customer.reference)) is None:
        whose = work.mirror.document(where, Kind.CUSTOMER, theirs.customer_id)
        if whose is not None:
            work.bindings.put(where, adopted(customer, whose))
    work.bindings.put(where, _bound_as_it_is(work, books, proposal, theirs), proposal.loan)
    work.plans.set_revisit(where, proposal.loan, "drift.adopt")
    detail = f"{books.name} {theirs.external_id}"
    work.decisions.record(who, at.isoformat(), "adopt", proposal.wanted.reference, detail)


def _bound_as_it_is(
    work: Work, books: Books[System], proposal: Proposal, theirs: PostedDocument
) -> Binding:
    """The binding of our document to theirs, with the applications that theirs has to invoices of
    ours; it is left as the books have it."""
    wanted = proposal.wanted
    if isinstance(wanted, Receipt | CreditApplication):
        used = []
        for invoice_id, amount in theirs.applications:
            bound = work.bindings.by_external_id(books.id, Kind.INVOICE, invoice_id)
            if bound is not None and not bound.voided:
                used.append(Application(bound.reference, amount))
        wanted = with_uses(wanted, tuple(used), theirs)
    return Binding(
        reference=wanted.reference,
        external_id=theirs.external_id,
        version=theirs.version,
        generation=proposal.generation,
        document=wanted,
        posted=theirs,
        accepted=UNSEEN,
    )


def _tell_apart(
    work: Work, books: Books[System], proposal: Proposal, who: str, at: datetime
) -> None:
    reference = base_reference(proposal.wanted.reference)
    external_id = proposal.theirs.external_id
    work.decisions.record(who, at.isoformat(), DIFFERENT, reference, external_id)
    work.plans.set_revisit(books.id, proposal.loan, "drift.different")
