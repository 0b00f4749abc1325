"""One loan after another into the outbox, inside one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from bridge.core import identity
from bridge.core.books import Customer, Kind, MadeInBooks, without_text
from bridge.core.change import remapping
from bridge.core.change.diff import change_digest, customer_change, diff
from bridge.core.change.lookalike import Likeness, adopted, surely_the_same
from bridge.core.change.matching import drift, with_rate_known
from bridge.core.change.remapping import remapped
from bridge.core.delivery import NEVER_COMPARED, Binding, Operation, State
from bridge.core.identity import base_reference
from bridge.core.ledger import LoanFile
from bridge.core.loan.holding import not_posted
from bridge.core.loan.review import review_borrower
from bridge.core.loan.translate import translate
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.electronic import in_series
from bridge.core.mapping.mapping_file import OWNED_FIELDS
from bridge.core.message import Detail, message
from bridge.core.plan import Change, Hold, Plan, PlanFigures, reason_to_come_back
from bridge.errors import ConfigurationError, Problem
from bridge.pipeline import stamped
from bridge.pipeline.context import Books, Progress, System, silent
from bridge.pipeline.lookalikes import Lookalikes
from bridge.pipeline.second_writer import somebody_else
from bridge.pipeline.together import Decided, There, Wanted, key_of
from bridge.pipeline.untied import untied
from bridge.store import NO_LOAN, Entry, LoanKey, NewEntry, Work
from bridge.store.outbox_rows import named_by
from bridge.store.session import chunks
from bridge.systems.base import AccountingReader

_AT_ONCE = 200
"""Loans that are planned together."""
_NUMBERED = frozenset({Kind.INVOICE, Kind.CREDIT_NOTE, Kind.SALE})


class Planner:
    """Plans one loan after another inside one transaction."""

    def __init__(
        self,
        work: Work,
        books: Books[AccountingReader] | Books[System],
        booking: Booking,
        run: str,
        *,
        remap: bool = False,
    ) -> None:
        """`remap`: what is posted is brought to what the mapping says now, too."""
        self.work, self.booking, self.run, self.remap = work, booking, run, remap
        self.where = books.id
        self.series = books.declared.series
        self.figures = PlanFigures()
        self.count = 0
        """How many loans were planned."""
        self._untied = untied(work, self.where)
        self.lookalikes = Lookalikes(work, self.where, booking)
        self._digest = hashlib.blake2b(digest_size=16)
        self._customers: set[str] = set()
        self._postponed: list[LoanFile] = []
        """Loans with something whose old place, another loan, is to be planned first."""
        self._unknown: list[MadeInBooks] = []
        """Documents of ours of which this state never heard; the plan ends with them."""

    def put_back_what_is_owned(self) -> None:
        """Mark documents that somebody edited in the books, as they were read last, in nothing but
        fields that the mapping gives to the ledger. The loan of each is then planned again; for a
        customer, all loans with documents for it, since they tell its name."""
        owned = owned_fields(self.booking)
        if not owned:
            return
        edited = list(self._edited(owned))
        ids = {b.external_id for _, b in edited if isinstance(b.document, Customer)}
        of_customers = self.work.mirror.loans_of_customers(self.where, ids)
        for loan, marked in edited:
            loans = {loan}
            if isinstance(marked.document, Customer):
                loans = of_customers.get(marked.external_id, set())
            for each in loans:
                self.work.plans.set_revisit(self.where, each, "own")
            if loans:
                self.work.bindings.put(self.where, marked, loan)

    def _edited(self, owned: AbstractSet[str]) -> Iterator[tuple[LoanKey, Binding]]:
        """The bindings to put back, marked so. Each keeps its old version, so that the report goes
        on naming the edit until it is put back. A customer that stands for several merged borrowers
        keeps its name."""
        for loan, binding, now in self.work.mirror.altered(self.where):
            if binding.posted is None or binding.accepted or binding.version == NEVER_COMPARED:
                continue  # what differed from the first is told: to write it again may not help
            edited = {difference.field for difference in drift(binding.posted, now)}
            if edited and edited <= owned and not self._is_of_several(binding):
                known = with_rate_known(now, binding.posted)
                yield loan, msgspec.structs.replace(binding, posted=known, restore=True)

    def loans(self, files: Iterable[LoanFile], progress: Progress = silent) -> None:
        """Plan these loans, some hundred at a time: what is there already of all of them is asked
        for together, and what is decided of them is written down together."""
        for part in chunks(files, _AT_ONCE):
            self._postponed += self._some(part)
            self.count += len(part)
            progress("planned", self.count, 0)

    def _some(self, files: Sequence[LoanFile]) -> list[LoanFile]:
        """Plan some loans. Returns those for which a write of another loan has to be given up or
        made first."""
        where, keys = self.where, [key_of(file) for file in files]
        unsettled = self.work.entries.unsettled(where, keys)
        bound = self.work.bindings.by_loan(where, keys)
        drafts = [
            self._draft(file, bound.get(key_of(file), []))
            for file in files
            if key_of(file) not in unsettled
        ]
        there = self._there_of(drafts)
        made = Decided(revisits=dict.fromkeys(unsettled, "outbox.unsettled"))
        postponed, adopted = [], []
        for draft in drafts:
            if there.is_busy(draft):
                postponed.append(draft.file)
            elif not self._planned(draft, there, made):
                adopted.append(draft.file)
        self._write_down(made)
        return postponed + (self._some(adopted) if adopted else [])

    def _draft(self, file: LoanFile, bound: Sequence[Binding]) -> Wanted:
        made = translate(file, self.booking, bound)
        changes, closed = diff(made, bound, self.booking)
        new = {base_reference(c.document.reference) for c in changes if _is_new(c)}
        return Wanted(
            file=file,
            key=key_of(file),
            bound=bound,
            made=made,
            changes=changes,
            closed=closed,
            new=new,
        )

    def _there_of(self, drafts: Sequence[Wanted]) -> There:
        where, work = self.where, self.work
        bases = {base for draft in drafts for base in draft.new}
        names = {draft.made.customer.reference for draft in drafts if draft.made.customer}
        names -= self._customers
        return There(
            before=work.entries.planned_before(where, [draft.key for draft in drafts]),
            under_way=work.entries.under_way(where, bases),
            bound=work.bindings.under(where, bases),
            customers=work.bindings.customers(where, map(base_reference, names)),
            waiting=work.entries.live(where, names),
        )

    def _planned(self, draft: Wanted, there: There, wanted: Decided) -> bool:
        """Plan one loan. False where documents were adopted, and the loan must be planned again."""
        work, file, key, bound = self.work, draft.file, draft.key, draft.bound
        made, changes, closed = draft.made, draft.changes, draft.closed
        moved = [
            b for base in sorted(draft.new) for loan, b in there.bound.get(base, ()) if loan != key
        ]
        if moved:  # what came from another loan goes on under the next generation
            made = translate(file, self.booking, [*bound, *map(_as_voided, moved)])
            changes, closed = diff(made, bound, self.booking)
        for binding in made.noted:
            work.bindings.put(self.where, binding, key)
        holds = [*made.holds, *closed]
        alike = self.lookalikes.of(changes, made.customer)
        unknown = self._never_heard_of(alike)
        if unknown:
            self._unknown += unknown
            return True
        if alike and key not in self._untied and self._adopted(key, made.customer, alike):
            return False
        if alike:
            holds, changes = _may_be_there(file, bound, alike), []
        if self.remap and not made.keep:
            busy = {change.document.reference for change in changes}
            found = list(remapped(file, self.booking, bound))
            changes += remapping.changes(found, bound, self.booking, busy)
        marked = stamped.marks(work, self.where, bound, changes)
        if marked:
            changes, instead = stamped.left_alone(file, bound, changes, marked)
            holds = instead or holds
        changes = self._not_planned_yet(there.before.get(key, []), changes)
        if made.customer is not None:
            needed = any(map(_is_new, changes))
            wanted.changes += self._customer(made.customer, there, needed=needed)
        wanted.changes += [(key, change) for change in changes]
        wanted.holds[key] = holds
        wanted.findings[f"loan/{file.installation}/{file.loan_id}"] = made.findings
        if file.borrower is not None:
            scope = f"borrower/{file.installation}/{file.borrower.id}"
            wanted.findings[scope] = review_borrower(file.borrower)
        wanted.revisits[key] = reason_to_come_back(hold.code for hold in holds)
        return True

    def _write_down(self, made: Decided) -> None:
        """Write down all decisions about some loans at once."""
        where = self.where
        self._enqueue(made.changes)
        self.work.plans.put_all_holds(where, made.holds)
        self.work.findings.put_all(made.findings)
        self.work.plans.set_revisits(where, made.revisits)

    def _never_heard_of(self, alike: Sequence[Likeness]) -> list[MadeInBooks]:
        """Documents with a number of ours that came to the books since this state knows them.
        Whoever read them in the meantime, no plan may take them for documents that were there
        before."""
        named = [MadeInBooks.of(each.stranger) for each in alike if each.by_reference]
        prefixes = self.work.ledger.prefixes() if named else ()
        return self.work.strangers.never_heard_of(self.where, named, prefixes)

    def _adopted(self, key: LoanKey, customer: Customer | None, alike: list[Likeness]) -> bool:
        """Tie documents of the books that carry our reference and say the same; and, where the
        mapping says so, the only candidate of the same day. True if they were tied."""
        by_rule = self.booking.mapping.policies.lookalike == "adopt"
        if customer is None or not surely_the_same(alike, by_rule=by_rule):
            return False
        work, where = self.work, self.where
        if work.bindings.customer(where, customer.reference) is None:
            whose = {found.stranger.customer_id for found in alike}
            theirs = work.mirror.document(where, Kind.CUSTOMER, whose.pop())
            if whose or theirs is None:
                return False
            work.bindings.put(where, adopted(customer, theirs))
        for found in alike:
            links = work.bindings.links(where, sorted(named_by(found.wanted)))
            work.bindings.put(where, adopted(found.wanted, found.stranger, links), key)
        return True

    def finish(self) -> Plan:
        """The plan of all these loans. Raises SecondWriter where one of them came upon documents of
        ours that this state never heard of."""
        for file in self._postponed:
            for left in self._some([file]):
                self.work.plans.set_revisit(self.where, key_of(left), "outbox.elsewhere")
        if self._unknown:
            raise somebody_else(self.where.system, self._unknown)
        self.work.plans.set_planned_through(self.where, self.work.ledger.change_seq())
        return Plan(
            system=self.where.system,
            company=self.where.company,
            figures=self.figures,
            digest=self._digest.hexdigest(),
            loans=self.count,
        )

    def _not_planned_yet(self, old: Sequence[Entry], changes: Sequence[Change]) -> list[Change]:
        """The changes that are left to enqueue: not those that wait already, to be sent or for a
        person, and not those that a person dropped (also where only their texts are others now).
        Every other write that was planned before and not sent is superseded."""
        still_wanted = [
            entry for entry in old if any(_is_the_same(entry, change) for change in changes)
        ]
        kept = {entry.id for entry in still_wanted}
        self.work.outbox.supersede([entry for entry in old if entry.id not in kept])
        same = {(entry.operation, entry.reference) for entry in still_wanted}
        return [c for c in changes if (c.operation, c.document.reference) not in same]

    def _customer(
        self, wanted: Customer, there: There, *, needed: bool
    ) -> list[tuple[LoanKey, Change]]:
        """The change for a customer that documents need, or a new name for one that is there, where
        the mapping owns names. A customer that stands for several merged borrowers cannot follow
        them all, and keeps its name."""
        reference = wanted.reference
        owns_name = "name" in self.booking.mapping.own
        if reference in self._customers or not (needed or owns_name):
            return []
        bound = there.customers.get(base_reference(reference))
        if bound is None and not needed:
            return []
        self._customers.add(reference)
        owns_name = owns_name and not (bound and self._is_of_several(bound))
        change = customer_change(wanted, bound, owns_name=owns_name)
        waiting = there.waiting.get(reference)
        if waiting is not None:
            if waiting.document == wanted or waiting.state not in (State.PENDING, State.REJECTED):
                return []
            self.work.outbox.supersede([waiting])
        return [] if change is None else [(NO_LOAN, change)]

    def _is_of_several(self, binding: Binding) -> bool:
        """Whether one customer stands for several borrowers."""
        return isinstance(binding.document, Customer) and self.work.bindings.is_shared(
            self.where, binding
        )

    def _enqueue(self, changes: Sequence[tuple[LoanKey, Change]]) -> None:
        references = {change.document.reference for _, change in changes}
        refused = self.work.trials.refusals(self.where, references)
        entries = []
        for key, change in changes:
            self.figures.add(change)
            self._digest.update(change_digest(change).encode())
            entries.append(self._entry(key, change, refused.get(change.document.reference, 0)))
        self.work.outbox.enqueue(self.run, self.where, entries)

    def _entry(self, key: LoanKey, change: Change, refused: int) -> NewEntry:
        reference = change.document.reference
        if change.operation is Operation.CREATE and change.document.kind in _NUMBERED:
            _refuse_in_series(self.where.system, reference, self.series)
        idempotency = identity.key(self.where, change.operation, reference, change.document.digest)
        if refused:  # the old key may remember the refusal
            idempotency = f"{idempotency}-{refused}"
        return NewEntry(
            operation=change.operation,
            document=change.document,
            key=idempotency,
            phase=change.phase,
            generation=change.generation,
            loan=key,
            target="" if change.operation is Operation.CREATE else reference,
            reason=change.reason,
        )


def _may_be_there(
    file: LoanFile, bound: Sequence[Binding], alike: Sequence[Likeness]
) -> list[Hold]:
    """The holds of a loan of which something may be in the books already: nothing of it is
    posted."""
    assert file.loan is not None, "only what a loan gives is looked for in the books"
    first = alike[0]
    other = first.stranger
    subject = f"document:{first.wanted.reference}"
    day: Detail = message("on_day", day=other.day) if other.day else ""
    detail = message("lookalike", document=other.external_id, number=other.number, day=day)
    rest = not_posted(file, file.loan, "books.lookalike", bound)
    return [msgspec.structs.replace(hold, subject=subject, detail=detail) for hold in rest]


def _refuse_in_series(name: str, reference: str, series: Sequence[str]) -> None:
    """Raises ConfigurationError for a number of ours that a tax office's series would count."""
    taken = in_series(reference, series)
    if taken:
        raise ConfigurationError(
            f"Nothing is posted to {name}: our numbers fall into a series of its electronic "
            "invoices.",
            [
                Problem(
                    f"bridge.toml, [systems.{name}] electronic_invoicing series",
                    f'"{taken}" is also how our number {reference} begins.',
                    "Write the whole beginning of the electronic numbers, or give the ledger's app "
                    "another installation id, so that our numbers begin otherwise.",
                )
            ],
        )


def _is_the_same(entry: Entry, change: Change) -> bool:
    """Whether an outbox entry is the change that is wanted now."""
    if entry.operation is not change.operation:
        return False
    if entry.state is State.DROPPED and change.reason != remapping.REASON:
        return without_text(entry.document) == without_text(change.document)
    return entry.document == change.document


def _is_new(change: Change) -> bool:
    return change.operation is Operation.CREATE


def _as_voided(binding: Binding) -> Binding:
    return msgspec.structs.replace(binding, voided=True)


def owned_fields(booking: Booking) -> frozenset[str]:
    """The fields in which the ledger wins over the books."""
    return frozenset().union(*(OWNED_FIELDS[name] for name in booking.mapping.own))
