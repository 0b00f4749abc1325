"""`undo`: what one run did to the books is taken back, through the same outbox as everything else.

The ledger still wants it. So the books rest afterwards: passes plan nothing for them until a person
says `sync --resume`, and the morning's report tells what they lack, and why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import msgspec

from bridge.core import identity
from bridge.core.booking import Booking
from bridge.core.books import Customer
from bridge.core.delivery import UNSETTLED, Operation, State
from bridge.core.diff import change_digest
from bridge.core.ledger import LoanFile
from bridge.core.plan import Change, Plan, PlanFigures
from bridge.core.undo import REASON, Done, Left, phase, undo_loan
from bridge.errors import BridgeError, TryLater, UsageError
from bridge.pipeline.context import Books, Bridge, Dry, Live, Progress, System, silent
from bridge.pipeline.plan import booking_of, refuse_unsafe
from bridge.pipeline.post import Posting, settle_doubts
from bridge.pipeline.sync import SystemPass, ended_with, send
from bridge.store import NO_LOAN, Entry, LoanKey, NewEntry, Work
from bridge.systems.base import AccountingSystem

_ALL = 1_000_000
_WENT_THROUGH = frozenset({State.POSTED, State.CONFIRMED, State.DRIFTED})
_TOLD = 5
"""Latest runs named to somebody who named another one."""


class SystemUndo(msgspec.Struct, kw_only=True):
    """What was taken back in one system."""

    done: SystemPass
    left: tuple[Left, ...] = ()


class UndoResult(msgspec.Struct, frozen=True, kw_only=True):
    run: str
    undone: str
    """The run that was taken back."""
    systems: dict[str, SystemUndo]
    verdict: str
    reason: str

    @property
    def exit_code(self) -> int:
        stops = [s.done.stopped.exit_code for s in self.systems.values() if s.done.stopped]
        return max([*stops, {"clean": 0, "person": 1, "later": 75}[self.verdict]])

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
            with bridge.store.begin() as work:
                at = bridge.clock.now().isoformat()
                planner = _planned(work, books, booking_of(books), target, run)
                made.done.plan = planner.plan()
                refuse_unsafe(made.done.plan, bridge.plan_limits, approved)
                made.left = tuple(planner.left)
                if work.paused_by(books.name) != target:
                    work.pause(books.name, target, who, at)
            send(bridge, books, made.done, progress)
        except BridgeError as error:
            made.done.stopped = error
        made.done.count(bridge.store, books)
        return made

    return _run(bridge, target, one)


def preview_undo(bridge: Dry, target: str) -> UndoResult:
    """What `undo` would do, on a scratch store and with nothing to post with."""

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
        run = work.start_run("undo", ",".join(books.name for books in chosen), at)
    systems = {books.name: one(books, run) for books in chosen}
    verdict, reason = ended_with({name: each.done for name, each in systems.items()})
    left = sum(len(each.left) for each in systems.values())
    if verdict == "clean" and left:
        verdict, reason = "person", f"{left} documents were changed since, and stay"
    with bridge.store.begin() as work:
        counts = {name: each.done.document() for name, each in systems.items()}
        work.end_run(run, verdict, reason, counts, bridge.clock.now().isoformat())
    return UndoResult(run=run, undone=target, systems=systems, verdict=verdict, reason=reason)


def _those_that_posted(bridge: Bridge[System], target: str) -> list[Books[System]]:
    with bridge.store.read() as work:
        found = [
            books
            for books in bridge.books.values()
            if work.entries(books.name, books.company, run=target, limit=1)
        ]
        if found:
            return found
        latest = [run.id for run in work.runs(limit=50) if run.verb == "sync"][:_TOLD]
    known = f" The latest: {', '.join(latest)}." if latest else ""
    raise UsageError(
        f"{target} is no run that posted something.{known} `ledger-bridge history` has them all."
    )


def _nothing(books: Books[System]) -> SystemPass:
    plan = Plan(
        system=books.name, company=books.company, figures=PlanFigures(), digest="0" * 32, loans=0
    )
    return SystemPass(plan=plan, posting=Posting())


def _planned(work: Work, books: Books[System], booking: Booking, target: str, run: str) -> _Planner:
    planner = _Planner(work, books, booking, target, run)
    planner.give_up_what_waits()
    entries = planner.by_loan()
    for file in work.loan_files(work.change_seq(), entries):
        planner.loan(file, entries[file.installation, file.loan_id])
    return planner


class _Planner:
    """Plans one loan after another inside one transaction."""

    def __init__(
        self, work: Work, books: Books[System], booking: Booking, target: str, run: str
    ) -> None:
        self.work, self.booking, self.target, self.run = work, booking, target, run
        self.where = (books.name, books.company)
        self.voidable = books.system.capabilities.void
        self.left: list[Left] = []
        self.figures = PlanFigures()
        self._digest = hashlib.blake2b(digest_size=16)
        self._loans = 0

    def give_up_what_waits(self) -> None:
        """Nothing that was planned before is sent any more, but for an undoing cut off.

        Raises TryLater while something is on its way: what became of it must be known first.
        """
        for state in sorted(UNSETTLED):
            for entry in self.work.entries(*self.where, state=state, limit=_ALL):
                if state is not State.PENDING:
                    raise TryLater(f"{entry.reference} is on its way. Try again in some minutes.")
                if entry.reason == REASON:
                    continue
                self.work.supersede([entry])
                if entry.loan != NO_LOAN:
                    self.work.set_revisit(*self.where, entry.loan, "run.undone")

    def by_loan(self) -> dict[LoanKey, list[Entry]]:
        """The writes of the run that went through, by loan. Customers stay: they owe nothing."""
        found: dict[LoanKey, list[Entry]] = {}
        for entry in self.work.entries(*self.where, run=self.target, limit=_ALL):
            if entry.state in _WENT_THROUGH and entry.loan != NO_LOAN:
                found.setdefault(entry.loan, []).append(entry)
        return found

    def loan(self, file: LoanFile, entries: Sequence[Entry]) -> None:
        key: LoanKey = (file.installation, file.loan_id)
        known = self.work.entries(*self.where, loan=key, limit=_ALL)
        if any(entry.reason == REASON and entry.state is State.PENDING for entry in known):
            return
        done = [_done(entry, known) for entry in entries]
        if self._went_on(known, entries):
            self.left += [Left(reference=d.document.reference, why="changed_since") for d in done]
            return
        bound = self.work.bindings(*self.where, key)
        made = undo_loan(file, done, bound, self.booking, self.voidable)
        self.left += made.left
        if not made.changes:
            return
        self._loans += 1
        for change in made.changes:
            self.figures.add(change)
            self._digest.update(change_digest(change).encode())
        self.work.enqueue(self.run, *self.where, [self._entry(key, c) for c in made.changes])
        self.work.put_holds(*self.where, key, made.holds)
        self.work.set_revisit(*self.where, key, "run.undone")

    def _went_on(self, known: Sequence[Entry], entries: Sequence[Entry]) -> bool:
        """Whether a later run did something to the loan that is not undone itself."""
        last = entries[-1].id
        return any(
            self._counts(entry)
            for entry in known
            if entry.id > last
            and entry.run != self.target
            and entry.reason != REASON
            and entry.state in _WENT_THROUGH
        )

    def _counts(self, entry: Entry) -> bool:
        """Whether something is left of a write: only what was created can have gone again."""
        binding = self.work.binding(*self.where, entry.reference)
        return entry.operation is not Operation.CREATE or bool(binding and binding.in_force)

    def _entry(self, key: LoanKey, change: Change) -> NewEntry:
        reference = change.document.reference
        return NewEntry(
            operation=change.operation,
            document=change.document,
            key=identity.key(*self.where, change.operation, reference, change.document.digest),
            phase=phase(change),
            generation=change.generation,
            loan=key,
            target="" if change.operation is Operation.CREATE else reference,
            reason=change.reason,
        )

    def plan(self) -> Plan:
        system, company = self.where
        return Plan(
            system=system,
            company=company,
            figures=self.figures,
            digest=self._digest.hexdigest(),
            loans=self._loans,
        )


def _done(entry: Entry, known: Sequence[Entry]) -> Done:
    assert not isinstance(entry.document, Customer), f"{entry.reference} is a customer of a loan"
    before = [
        each.document
        for each in known
        if each.id < entry.id
        and each.reference == entry.reference
        and each.operation is not Operation.VOID
        and each.state in _WENT_THROUGH
    ]
    return Done(
        operation=entry.operation,
        document=entry.document,
        before=before[-1] if before else None,
    )
