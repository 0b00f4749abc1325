"""`undo`: what one run did to the books is taken back, through the same outbox as everything else.

The ledger still wants it. So the books rest afterwards: passes plan nothing for them until a person
says `sync --resume`, and the morning's report tells what they lack, and why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import islice

import msgspec

from bridge.core import identity
from bridge.core.books import Customer
from bridge.core.change.diff import change_digest
from bridge.core.change.past import Done, Past, Write, undoing, undone_by
from bridge.core.change.undo import Left, TakingBack, phase, undo_loan
from bridge.core.delivery import UNSETTLED, WAITS_FOR_A_PERSON, Binding, Operation, State
from bridge.core.identity import base_reference
from bridge.core.ledger import LoanFile
from bridge.core.mapping.booking import Booking
from bridge.core.message import Detail, message, written
from bridge.core.plan import Change, Plan, PlanFigures
from bridge.core.tie_out.known import Stop
from bridge.core.tie_out.verdict import Verdict, verdict
from bridge.errors import BridgeError, TryLater, UsageError
from bridge.pipeline import stamped
from bridge.pipeline.context import Books, Bridge, Dry, Live, Progress, System, silent
from bridge.pipeline.known import known, of_the_writes
from bridge.pipeline.limits import refuse_unsafe
from bridge.pipeline.other_company import open_question
from bridge.pipeline.plan import booking_of
from bridge.pipeline.post import Posting, settle_doubts
from bridge.pipeline.sync import SystemPass, send
from bridge.report.details import english
from bridge.report.said import why
from bridge.store import NO_LOAN, Entry, LoanKey, NewEntry, Work
from bridge.systems.base import AccountingSystem

_ALL = 1_000_000
_LOOKED_AT = 50
_TOLD = 5
"""Latest runs named to somebody who named another one."""


class SystemUndo(msgspec.Struct, kw_only=True):
    """The result of an undoing in one system."""

    done: SystemPass
    left: tuple[Left, ...] = ()
    rests: bool = False
    """Whether the books rest now."""

    def stays(self) -> list[Stop]:
        """The stop that tells which documents keep the undoing from being whole: they were changed
        since."""
        if not self.left:
            return []
        return [Stop(code="undo.left", detail=message("undo_left", number=len(self.left)))]


class UndoResult(msgspec.Struct, frozen=True, kw_only=True):
    run: str
    undone: str
    """The run that was taken back."""
    systems: dict[str, SystemUndo]
    answer: Verdict
    """Of what was taken back, and nothing else."""

    @property
    def verdict(self) -> str:
        return self.answer.word

    @property
    def why(self) -> Detail:
        planned = [each.done.plan.figures for each in self.systems.values()]
        changes = sum(figures.create + figures.update + figures.void for figures in planned)
        return why(self.answer, changes)

    @property
    def reason(self) -> str:
        """Why, for programs."""
        return english(self.why)

    @property
    def exit_code(self) -> int:
        return self.answer.exit_code

    @property
    def digest(self) -> str:
        return "-".join(s.done.plan.digest for s in self.systems.values())


def undo(
    bridge: Live, target: str, who: str, approve: str | None = None, progress: Progress = silent
) -> UndoResult:
    """Take back what the run `target` did, system by system, and let those books rest.

    `approve` is the digest of a plan that a person has seen, needed when it is over the limits.
    Done again, it goes on where it was cut off. Raises UsageError when no such run posted anything.
    """
    approved = approve.split("-") if approve else []

    def one(books: Books[AccountingSystem], run: str) -> SystemUndo:
        made = SystemUndo(done=_nothing(books))
        try:
            settle_doubts(bridge.store, books.system, bridge.clock, made.done.posting)
            question = open_question(bridge.store, books)
            if question is not None:
                raise question
            with bridge.store.begin() as work:
                at = bridge.clock.now().isoformat()
                planner = _planned(work, books, booking_of(books), target, run)
                made.done.plan = planner.plan()
                refuse_unsafe(made.done.plan, bridge.plan_limits, approved)
                made.left = tuple(planner.left)
                if planner.rests and work.decisions.paused_by(books.id) != target:
                    work.decisions.pause(books.id, target, who, at)
                made.rests = bool(work.decisions.paused_by(books.id))
            send(bridge, books, made.done, progress)
        except BridgeError as error:
            made.done.stopped = error
        made.done.count(bridge.store, books)
        return made

    return _run(bridge, target, one)


def preview_undo(bridge: Dry, target: str) -> UndoResult:
    """The undoing that `undo` would make, on a scratch store and with nothing to post with."""

    def one(books: Books[System], run: str) -> SystemUndo:
        made = SystemUndo(done=_nothing(books))
        try:
            with bridge.store.begin() as work:
                planner = _planned(work, books, booking_of(books), target, run)
                made.done.plan, made.left = planner.plan(), tuple(planner.left)
                refuse_unsafe(made.done.plan, bridge.plan_limits, ())
        except BridgeError as error:
            made.done.stopped = error
        return made

    return _run(bridge, target, one)


def _run(
    bridge: Bridge[System], target: str, one: Callable[[Books[System], str], SystemUndo]
) -> UndoResult:
    chosen = _those_that_posted(bridge, target)
    with bridge.store.begin() as work:
        at = bridge.clock.now().isoformat()
        run = work.runs.start("undo", ",".join(books.name for books in chosen), at)
    systems = {books.name: one(books, run) for books in chosen}
    stops = {name: [*each.done.stops, *each.stays()] for name, each in systems.items()}
    where = {books.name: books.id for books in chosen}
    with bridge.store.begin() as work:
        judged = of_the_writes(known(work, where, bridge.fresh, stops=stops))
        result = UndoResult(run=run, undone=target, systems=systems, answer=verdict(judged))
        counts = {name: each.done.document() for name, each in systems.items()}
        ended = bridge.clock.now().isoformat()
        work.runs.end(run, result.verdict, written(result.why), counts, ended)
    return result


def _those_that_posted(bridge: Bridge[System], target: str) -> list[Books[System]]:
    with bridge.store.read() as work:
        found = _posted_to(work, bridge, target)
        if found:
            return found
        runs = (
            run.id for run in work.runs.latest(limit=_LOOKED_AT) if _posted_to(work, bridge, run.id)
        )
        latest = list(islice(runs, _TOLD))
    known = f" The latest: {', '.join(latest)}." if latest else ""
    raise UsageError(
        f"{target} is no run that posted something.{known} `ledger-bridge history` has them all."
    )


def _posted_to(work: Work, bridge: Bridge[System], run: str) -> list[Books[System]]:
    return [books for books in bridge.books.values() if work.entries.of(books.id, run=run, limit=1)]


def _nothing(books: Books[System]) -> SystemPass:
    plan = Plan(
        system=books.name, company=books.company, figures=PlanFigures(), digest="0" * 32, loans=0
    )
    return SystemPass(plan=plan, posting=Posting())


def _planned(work: Work, books: Books[System], booking: Booking, target: str, run: str) -> _Planner:
    planner = _Planner(work, books, booking, target, run)
    planner.give_up_what_waits()
    for file in work.ledger.loan_files(work.ledger.change_seq(), planner.loans()):
        planner.loan(file)
    return planner


class _Planner:
    """Plans one loan after another inside one transaction."""

    def __init__(
        self, work: Work, books: Books[System], booking: Booking, target: str, run: str
    ) -> None:
        self.work, self.booking, self.target, self.run = work, booking, target, run
        self.where = books.id
        self.voidable = books.system.capabilities.void
        self.left: list[Left] = []
        self.figures = PlanFigures()
        self.under_way = 0
        """Loans of which something waits to be sent: given up now, or of an undoing cut off."""
        self._digest = hashlib.blake2b(digest_size=16)
        self._loans = 0

    def give_up_what_waits(self) -> None:
        """Give up every write that was planned before, but for those of this undoing if it was cut
        off.

        Raises TryLater while something is on its way: what became of it must be known first.
        """
        goes_on = self.work.decisions.paused_by(self.where) == self.target
        for state in sorted(UNSETTLED):
            for entry in self.work.entries.of(self.where, state=state, limit=_ALL):
                if state is not State.PENDING:
                    raise TryLater(f"{entry.reference} is on its way. Try again in some minutes.")
                self.under_way += 1
                if not (goes_on and entry.reason == undoing(self.target)):
                    self._give_up([entry])

    def loans(self) -> list[LoanKey]:
        """The loans that the run wrote something of. Customers stay: they owe nothing."""
        entries = self.work.entries.of(self.where, run=self.target, limit=_ALL)
        return list(dict.fromkeys(entry.loan for entry in entries if entry.loan != NO_LOAN))

    def loan(self, file: LoanFile) -> None:
        key: LoanKey = (file.installation, file.loan_id)
        past = self._past(key)
        before = self.work.entries.planned_before(self.where, [key]).get(key, [])
        stuck = [e for e in before if e.state in WAITS_FOR_A_PERSON and not self._went_through(e)]
        waits = [e for e in before if e.state is State.PENDING]
        if waits and not stuck:
            return
        done = past.done(self.target)
        if self._went_on(past):
            there = (past.now(each.document.reference) for each in done)
            self.left += [Left(reference=each, why="changed_since") for each in there]
            return
        task = TakingBack(
            file=file,
            done=done,
            bound=self.work.bindings.of_loan(self.where, key),
            reason=undoing(self.target),
            successors=past.successors,
            elsewhere=self._elsewhere(key, done),
        )
        made = undo_loan(task, self.booking, self.voidable)
        marked = stamped.marks(self.work, self.where, task.bound, made.changes)
        if marked:  # nothing of a loan is taken back on which a tax office has something
            self.left += [Left(reference=each, why="stamped") for each in marked]
            return
        self.left += made.left
        if not made.changes:
            return
        self._give_up([*stuck, *waits, *(e for e in before if e.reason == undoing(self.target))])
        self._loans += 1
        for change in made.changes:
            self.figures.add(change)
            self._digest.update(change_digest(change).encode())
        self.work.outbox.enqueue(self.run, self.where, [self._entry(key, c) for c in made.changes])
        self.work.plans.put_holds(self.where, key, made.holds)
        self.work.plans.set_revisit(self.where, key, "run.undone")

    def _give_up(self, entries: Sequence[Entry]) -> None:
        self.work.outbox.supersede(entries)
        for entry in entries:
            if entry.loan != NO_LOAN:
                self.work.plans.set_revisit(self.where, entry.loan, "run.undone")

    def _past(self, key: LoanKey) -> Past:
        writes = []
        for entry in self.work.entries.of(self.where, loan=key, limit=_ALL):
            assert not isinstance(entry.document, Customer), f"{entry.reference} has a loan"
            if self._went_through(entry):
                write = Write(
                    run=entry.run,
                    undoes=undone_by(entry.reason),
                    operation=entry.operation,
                    document=entry.document,
                )
                writes.append(write)
        return Past(writes)

    def _went_through(self, entry: Entry) -> bool:
        """Whether the books have had this write. DRIFTED means that it went through and came back
        otherwise, or was not sent at all; SUPERSEDED, that a person who left the document as it
        came back gave its entry up."""
        if entry.state in {State.POSTED, State.CONFIRMED}:
            return True
        if entry.state not in {State.DRIFTED, State.SUPERSEDED}:
            return False
        bound = self.work.bindings.named(self.where, entry.reference)
        if bound is None:
            return False
        if entry.operation is Operation.VOID:
            return entry.state is State.DRIFTED and bound.voided
        if entry.state is State.SUPERSEDED:
            return entry.operation is Operation.CREATE and bool(bound.accepted)
        return entry.operation is Operation.CREATE or bound.document == entry.document

    def _went_on(self, past: Past) -> bool:
        """Whether a later run, itself not undone, did something to the loan."""
        return bool(past.done(self.target)) and any(
            write.operation is not Operation.CREATE or self._is_there(past, write)
            for write in past.later(self.target)
        )

    def _is_there(self, past: Past, write: Write) -> bool:
        """Whether something of a created document is left: a person may have taken it out."""
        binding = self.work.bindings.named(self.where, past.now(write.document.reference))
        return bool(binding and binding.in_force)

    def _elsewhere(self, key: LoanKey, done: Sequence[Done]) -> list[Binding]:
        """Bindings of other loans under numbers that this run had voided here (rows that moved).
        One that is taken back too counts as voided."""
        voids = (d.document.reference for d in done if d.operation is Operation.VOID)
        found = self.work.bindings.under(self.where, {base_reference(each) for each in voids})
        return [
            msgspec.structs.replace(binding, voided=True) if self._goes(binding) else binding
            for several in found.values()
            for loan, binding in several
            if loan != key
        ]

    def _goes(self, binding: Binding) -> bool:
        """Whether another loan's document was made by this run, and is taken back as well."""
        loan = self.work.bindings.loan_of(self.where, binding.reference)
        if loan is None or not binding.in_force:
            return False
        past = self._past(loan)
        made = (d for d in past.done(self.target) if d.operation is Operation.CREATE)
        mine = {past.now(each.document.reference) for each in made}
        return binding.reference in mine and not self._went_on(past)

    def _entry(self, key: LoanKey, change: Change) -> NewEntry:
        reference = change.document.reference
        idempotency = identity.key(self.where, change.operation, reference, change.document.digest)
        refused = self.work.trials.refusals(self.where, [reference]).get(reference)
        if refused:  # the old key may remember the refusal
            idempotency = f"{idempotency}-{refused}"
        return NewEntry(
            operation=change.operation,
            document=change.document,
            key=idempotency,
            phase=phase(change),
            generation=change.generation,
            loan=key,
            target="" if change.operation is Operation.CREATE else reference,
            reason=change.reason,
        )

    @property
    def rests(self) -> bool:
        """Whether these books must rest: the ledger wants something that they are not to get."""
        return bool(self._loans or self.under_way)

    def plan(self) -> Plan:
        return Plan(
            system=self.where.system,
            company=self.where.company,
            figures=self.figures,
            digest=self._digest.hexdigest(),
            loans=self._loans,
        )
