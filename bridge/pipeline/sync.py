"""One pass: the ledger in, a plan for each system, the writes, and a verdict."""

from __future__ import annotations

import msgspec

from bridge.core.delivery import UNSETTLED, WAITS_FOR_A_PERSON, State
from bridge.core.message import Detail, written
from bridge.core.plan import Plan, PlanFigures
from bridge.core.tie_out.known import Stop
from bridge.core.tie_out.verdict import Verdict, verdict
from bridge.errors import BridgeError, LoginRequired, Problem, SnapshotRefused, TryLater
from bridge.pipeline.context import (
    Books,
    Bridge,
    Dry,
    Live,
    Orders,
    PlanLimits,
    Progress,
    System,
    silent,
)
from bridge.pipeline.giving_up import give_up, none_ends, none_gets_through
from bridge.pipeline.intake import Intake, take_in
from bridge.pipeline.issuing import HELD, not_asked, unanswered
from bridge.pipeline.known import known, logged_in, standing, stop_of
from bridge.pipeline.limits import UnsafePlan, refuse_unsafe
from bridge.pipeline.older_state import begin_pass, to_be_told
from bridge.pipeline.other_company import open_question, other_company, welcome
from bridge.pipeline.post import Posting, post_all, settle_doubts
from bridge.pipeline.resting import hold_what_is_new, resting
from bridge.pipeline.restored import caught_up, safe_to_post_with
from bridge.pipeline.second_writer import SecondWriter
from bridge.pipeline.stopped import ended_if_stopped
from bridge.pipeline.to_do import has_work
from bridge.pipeline.untied import still_untied
from bridge.report import said
from bridge.report.details import english, plain_problem
from bridge.report.said import why
from bridge.store import Store
from bridge.systems.base import AccountingSystem

ANY_SIZE = PlanLimits(documents=10**12, voids=10**12, money={})
"""A plan over the limits is looked at like any other: that it is over them is told beside it."""
_ROUNDS = 3
"""How often one pass posts again after looking up lost replies."""


class SystemPass(msgspec.Struct, kw_only=True):
    """The result of one pass for one system."""

    plan: Plan
    posting: Posting
    pending: int = 0
    in_doubt: int = 0
    rejected: int = 0
    calls: int = 0
    stopped: BridgeError | None = None
    """What ended the pass for this system before its time."""
    asks: list[Stop] = []
    """What a person is asked although the pass went on."""

    @property
    def stops(self) -> list[Stop]:
        """The stops that stand in the way, as the verdict takes them."""
        return [*self._ended, *self.asks]

    @property
    def _ended(self) -> list[Stop]:
        """The stop that kept the pass from its end."""
        if self.stopped is not None:
            return [stop_of(self.stopped)]
        if self.posting.unavailable:
            later = TryLater(self.posting.unavailable)
            return [stop_of(later)]
        return []

    @property
    def whole(self) -> bool:
        """Whether everything that was wanted is in the books."""
        return not (self._ended or self.pending or self.in_doubt or self.rejected)

    def count(self, store: Store, books: Books[System]) -> None:
        """Look at what is left in the outbox, and at the calls made."""
        with store.read() as work:
            counts = work.outbox.counts(books.id)
        self.pending = counts.get(State.PENDING, 0)
        self.in_doubt = sum(counts.get(s, 0) for s in UNSETTLED) - self.pending
        self.rejected = sum(counts.get(s, 0) for s in WAITS_FOR_A_PERSON)
        self.calls = books.system.calls().total

    def document(self) -> dict[str, object]:
        """One system's part of the answer of `sync --json`."""
        figures = self.plan.figures
        document: dict[str, object] = {
            "planned": {"create": figures.create, "update": figures.update, "void": figures.void},
            "posted": self.posting.posted,
            "confirmed": self.posting.confirmed,
            "rejected": self.rejected,
            "in_doubt": self.in_doubt,
            "pending": self.pending,
            "calls": self.calls,
            "digest": self.plan.digest,
            "by_kind": figures.by_kind,
        }
        if self.stopped is not None:
            document["stopped"] = {
                "reason": english(self.stopped.what),
                "problems": [_problem(p) for p in self.stopped.problems],
            }
        return document


class SyncResult(msgspec.Struct, kw_only=True):
    run: str
    intake: Intake | None
    """None when the newest delivery was refused, and an earlier one was looked at instead."""
    systems: dict[str, SystemPass]
    answer: Verdict

    @property
    def verdict(self) -> str:
        """clean, person or later."""
        return self.answer.word

    @property
    def why(self) -> Detail:
        return why(self.answer, self.changes)

    @property
    def reason(self) -> str:
        """Why, for programs."""
        return english(self.why)

    @property
    def changes(self) -> int:
        """The number of documents that the plans create, change or void."""
        planned = [each.plan.figures for each in self.systems.values()]
        return sum(figures.create + figures.update + figures.void for figures in planned)

    @property
    def exit_code(self) -> int:
        return self.answer.exit_code

    @property
    def digest(self) -> str:
        """The digest of the plan; with several systems, theirs with dashes between."""
        return "-".join(s.plan.digest for s in self.systems.values())

    def document(self) -> dict[str, object]:
        """The answer of `sync --json`."""
        return {
            "run": self.run,
            "systems": {name: s.document() for name, s in self.systems.items()},
            "digest": self.digest,
            **said.document(self.answer, self.changes),
        }


def sync(
    bridge: Live,
    approve: str | None = None,
    progress: Progress = silent,
    *,
    resume: str = "",
    take_over: str = "",
    new_company: str = "",
    remap: bool = False,
) -> SyncResult:
    """Take the ledger in, plan, post what is due. Ends with a verdict, also when idle.

    `approve` names plans that a person has seen: one system's, or several with dashes between.
    `resume`: who says that books in which a run was undone follow the ledger again. `remap`: bring
    what is posted to what the mapping says now, too. `take_over`: who says that no other state
    posts to these books any more. `new_company`: who says that a company is meant to which this
    state has never posted. One system's trouble never costs another its pass.
    Raises SnapshotRefused when the ledger cannot be trusted; then nothing is planned for any.
    """
    run, intake = begin(bridge, "sync")
    _heed(bridge, resume, new_company)
    approved = tuple(approve.split("-")) if approve else ()
    orders = Orders(bridge.plan_limits, approved, remap, take_over, progress)
    systems: dict[str, SystemPass] = {}
    for name, books in bridge.books.items():
        systems[name] = _pass(bridge, books, run, orders)
        if systems[name].whole:
            caught_up(bridge.store, books.system, intake.facts.as_of, bridge.clock.now())
    return _end(bridge, run, intake, systems)


def preview(
    bridge: Dry,
    progress: Progress = silent,
    *,
    resume: str = "",
    take_over: str = "",
    new_company: str = "",
    remap: bool = False,
) -> SyncResult:
    """The pass that `sync` would make, on a scratch store and with nothing to post with."""
    run, intake = begin(bridge, "preview")
    _heed(bridge, resume, new_company)
    orders = Orders(ANY_SIZE, remap=remap, take_over=take_over, progress=progress)
    systems: dict[str, SystemPass] = {}
    for name, books in bridge.books.items():
        why = resting(bridge.store, books)
        if why is not None:
            systems[name] = SystemPass(plan=nothing(books), posting=Posting(), stopped=why)
            continue
        try:
            made = _planned(bridge, books, run, orders)
            refuse_unsafe(made, bridge.plan_limits, ())
            question = open_question(bridge.store, books)
        except UnsafePlan as unsafe:
            systems[name] = SystemPass(plan=unsafe.plan, posting=Posting(), stopped=unsafe)
        except (TryLater, LoginRequired, SecondWriter) as error:
            systems[name] = SystemPass(plan=nothing(books), posting=Posting(), stopped=error)
        else:
            systems[name] = SystemPass(plan=made, posting=Posting(), stopped=question)
            systems[name].asks = [*not_asked(bridge.store, books), *_untold(bridge, name)]
        systems[name].calls = books.system.calls().total
    return _end(bridge, run, intake, systems)


def begin(bridge: Bridge[System], verb: str) -> tuple[str, Intake]:
    """Start a run and take the newest delivery in. Raises SnapshotRefused, with the run ended."""
    with bridge.store.begin() as work:
        now = bridge.clock.now().isoformat()
        begin_pass(bridge.store, work, now)
        run = work.runs.start(verb, ",".join(bridge.books), now)
        kept = work.upkeep.kept()
    bridge.store.leave_word(kept)
    try:
        with ended_if_stopped(bridge, run):
            intake = take_in(
                bridge.store,
                bridge.source,
                bridge.source_where,
                bridge.snapshot_limits,
                bridge.clock.now(),
                bridge.today,
            )
    except SnapshotRefused as error:
        books = {name: each.id for name, each in bridge.books.items()}
        with bridge.store.read() as work:
            error.document = said.document(standing(work, books, bridge.fresh))
        raise
    return run, intake


def _pass(
    bridge: Live,
    books: Books[AccountingSystem],
    run: str,
    orders: Orders,
) -> SystemPass:
    done = SystemPass(plan=nothing(books), posting=Posting())
    try:
        settle_doubts(bridge.store, books.system, bridge.clock, done.posting, orders.progress)
        done.asks = not_asked(bridge.store, books)
        moved = other_company(bridge.store, books)
        if moved is not None:
            raise moved
        question = unanswered(bridge.store, books)
        if question is not None:
            hold_what_is_new(bridge.store, books, HELD)
            raise question
        why = resting(bridge.store, books)
        if why is None:
            done.plan = _planned(bridge, books, run, orders)
            _look_before_taking_back(bridge, books, run, done)
        else:
            hold_what_is_new(bridge.store, books)
        send(bridge, books, done, orders.progress)
        done.stopped = why
    except UnsafePlan as unsafe:
        done.plan, done.stopped = unsafe.plan, unsafe
    except BridgeError as error:
        done.stopped = error
    _what_was_in_vain(bridge, books, done)
    done.asks += _untold(bridge, books.name)
    return done


def _look_before_taking_back(
    bridge: Live, books: Books[AccountingSystem], run: str, done: SystemPass
) -> None:
    with bridge.store.read() as work:
        waiting = work.outbox.counts(books.id).get(State.PENDING)
    if waiting:
        from bridge.pipeline.stamped import look_before_taking_back  # brings all of a loan along

        done.posting.leave(look_before_taking_back(bridge.store, books.system, run))


def _what_was_in_vain(bridge: Live, books: Books[AccountingSystem], done: SystemPass) -> None:
    """Count what this pass tried and the books never clearly answered, and what is left."""
    sent, by = done.posting, (bridge.store, books.system, bridge.clock)
    tried = not isinstance(done.stopped, TryLater | LoginRequired)
    if tried:
        give_up(*by, sent.unclear, sent.heard, is_there=sent.is_there)
    done.count(bridge.store, books)
    if tried:
        left = done.pending + done.in_doubt
        there = sent.is_there
        done.asks += none_gets_through(*by, sent.unclear, sent.heard, is_there=there, waiting=left)
    done.asks += none_ends(*by, None if sent.heard else done.stopped)


def send(
    bridge: Live, books: Books[AccountingSystem], done: SystemPass, progress: Progress
) -> None:
    """Send what is planned; what became of lost replies is looked up, and sent again if need be.

    Every write of every verb goes through here. Raises Unanswered or OtherCompany, with
    nothing sent.
    """
    question = open_question(bridge.store, books)
    if question is not None:
        raise question
    system = safe_to_post_with(bridge.store, books.system, bridge.clock)
    for _ in range(_ROUNDS):
        doubted = done.posting.doubted
        post_all(bridge.store, system, bridge.clock, done.posting, progress)
        if done.posting.doubted == doubted:
            return
        settle_doubts(bridge.store, books.system, bridge.clock, done.posting, progress)
    done.posting.unavailable = "replies kept getting lost"


def _untold(bridge: Bridge[System], name: str) -> list[Stop]:
    with bridge.store.read() as work:
        return [*to_be_told(work, name), *still_untied(work, bridge.books[name].id)]


def _heed(bridge: Bridge[System], resume: str, new_company: str) -> None:
    """Write down the decisions that a person gives with this pass."""
    if resume:
        _let_go_on(bridge, resume)
    if new_company:
        welcome(bridge, new_company)


def _let_go_on(bridge: Bridge[System], who: str) -> None:
    with bridge.store.begin() as work:
        for books in bridge.books.values():
            if work.decisions.paused_by(books.id):
                work.decisions.resume(books.id, who, bridge.clock.now().isoformat())


def _planned(
    bridge: Bridge[System],
    books: Books[System],
    run: str,
    orders: Orders,
) -> Plan:
    """The plan of this pass; an empty one where nothing has changed."""
    if not orders.remap and not has_work(bridge.store, books):
        return nothing(books)
    from bridge.pipeline.planning import planned  # heavy to import, and few passes have to plan

    return planned(bridge, books, run, orders)


def nothing(books: Books[System]) -> Plan:
    """The plan of a pass that has nothing to do."""
    return Plan(
        system=books.name, company=books.company, figures=PlanFigures(), digest="0" * 32, loans=0
    )


def _end(
    bridge: Bridge[System], run: str, intake: Intake, systems: dict[str, SystemPass]
) -> SyncResult:
    books = {name: each.id for name, each in bridge.books.items()}
    stops = {name: each.stops for name, each in systems.items()}
    with bridge.store.begin() as work:
        for name, each in systems.items():
            if each.calls and each.stopped is None:
                logged_in(work, books[name])
        answer = verdict(known(work, books, bridge.fresh, stops=stops))
        result = SyncResult(run=run, intake=intake, systems=systems, answer=answer)
        counts = {name: {**each.document(), "stops": each.stops} for name, each in systems.items()}
        ended = bridge.clock.now().isoformat()
        work.runs.end(run, result.verdict, written(result.why), counts, ended)
    return result


def _problem(problem: Problem) -> dict[str, str]:
    return plain_problem(problem)
