"""The one-off comparison: the newest ledger against the books, on any machine that may log in.

It works on a scratch store, with a state of the bridge or without one. Our documents are known
again in the books by their numbers where the state has never had to do with these books, and what
a pass would post is planned first, so that the comparison tells it as what is still to be posted.
"""

from __future__ import annotations

from datetime import date

import msgspec

from bridge.core.message import Detail, message
from bridge.core.tie_out.reconciliation import Notice, Reconciliation, SystemResult
from bridge.core.tie_out.verdict import verdict
from bridge.errors import BridgeError, ConfigurationError, SnapshotRefused
from bridge.pipeline.apart import Unread
from bridge.pipeline.as_of import refuse_day_not_kept
from bridge.pipeline.catching_up import caught_up_with
from bridge.pipeline.context import Books, Dry, Progress, silent
from bridge.pipeline.evidence import with_checks
from bridge.pipeline.intake import Intake
from bridge.pipeline.issuing import not_asked, unanswered
from bridge.pipeline.known import after_comparison
from bridge.pipeline.known_again import known_again
from bridge.pipeline.limits import UnsafePlan, refuse_unsafe
from bridge.pipeline.older_state import strangers_of_ours
from bridge.pipeline.plan import booking_of, plan
from bridge.pipeline.post import Posting
from bridge.pipeline.readback import read_back
from bridge.pipeline.rebuild import known_documents
from bridge.pipeline.reconcile import compare
from bridge.pipeline.resting import hold_what_is_new, resting
from bridge.pipeline.sync import ANY_SIZE, SyncResult, SystemPass, begin, nothing
from bridge.pipeline.whole import whole
from bridge.store.reconcile_queries import ReconcileQueries
from bridge.systems.base import AccountingReader


class OneOff(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a one-off comparison, and the plan that a pass would carry out."""

    found: Reconciliation
    plan: SyncResult
    refused: SnapshotRefused | None = None
    """Why the newest delivery was not believed; an earlier one was compared, if there is one."""

    @property
    def exit_code(self) -> int:
        return self.found.verdict.exit_code


def one_off(
    bridge: Dry, *, as_of: date | None = None, names: bool = True, progress: Progress = silent
) -> OneOff:
    """Read the newest ledger, plan, read the books once, and compare; as of the ledger's own day
    unless another is given. Raises DayNotKept for one whose figures cannot be made."""
    intake, refused = _newest(bridge)
    store, now = bridge.store, bridge.clock.now()
    with store.read() as work:
        runs = work.runs.latest()
        day = min((d for *_, d in ReconcileQueries.on(work).installations()), default=None)
    last = next((each.id for each in runs if each.verb == "sync"), "")
    if as_of is not None:
        refuse_day_not_kept(store, as_of, bridge.today)
    day = intake.facts.as_of if intake else day
    foresight = _Foresight(bridge, runs[0].id, day, progress)
    if day is None:
        assert refused is not None, "a delivery that is accepted is in the store"
        found = _nothing_to_compare_with(bridge, refused, as_of or bridge.today)
    else:
        found = compare(
            bridge,
            as_of or day,
            now,
            run=last,
            names=names,
            notices={name: _late_ledger(refused) for name in bridge.books},
            progress=progress,
            read=foresight.prepare,
        )
    fresh = bridge.fresh.on(as_of) if as_of else bridge.fresh
    stops = {name: done.stops for name, done in foresight.systems.items()}
    with store.read() as work:
        answer = verdict(after_comparison(work, found.systems, fresh, stops))
    found = _with_notices(found, foresight)
    systems = with_checks(found.systems, answer)
    found = msgspec.structs.replace(found, verdict=answer, systems=systems)
    plan = SyncResult(run=runs[0].id, intake=intake, systems=foresight.systems, answer=answer)
    return OneOff(found=found, plan=plan, refused=refused)


def _newest(bridge: Dry) -> tuple[Intake | None, SnapshotRefused | None]:
    try:
        _, intake = begin(bridge, "preview")
    except SnapshotRefused as refused:
        return None, refused
    return intake, None


class _Foresight:
    """The plan of a pass for each system, put into the scratch store before the comparison."""

    def __init__(self, bridge: Dry, run: str, day: date | None, progress: Progress) -> None:
        self.bridge, self.run, self.day, self.progress = bridge, run, day, progress
        self.systems: dict[str, SystemPass] = {
            name: SystemPass(plan=nothing(books), posting=Posting())
            for name, books in bridge.books.items()
        }
        self.told: dict[str, Notice] = {}
        """System → how many of our documents its state did not know."""

    def prepare(self, system: AccountingReader, unread: Unread) -> bool:
        """Read these books, know our documents in them again, and plan what they lack. True: by
        reading everything. What keeps them from being compared at all raises."""
        books, done = self.bridge.books[system.name], self.systems[system.name]
        try:
            store, progress = self.bridge.store, self.progress
            fully = read_back(store, books.system, progress=progress, unread=unread)
            self._plan(books, done)
        except BridgeError as error:
            done.stopped = error
            raise
        finally:
            done.calls = books.system.calls().total
        return fully

    def _plan(self, books: Books[AccountingReader], done: SystemPass) -> None:
        bridge, store = self.bridge, self.bridge.store
        done.stopped = resting(store, books)
        if done.stopped is not None:
            hold_what_is_new(store, books)
            return
        try:
            booking = booking_of(books)
        except ConfigurationError as error:
            if not known_documents(store, books):
                raise  # nothing of ours can be known again, so nothing can be compared
            done.stopped = error
            return
        if not known_documents(store, books) and self.day is not None:
            again = known_again(store, books, booking, self.day, self.progress)
            self._tell(books.name, "books.known_again", again.documents)
        else:
            ahead = caught_up_with(store, books, booking, self.progress)
            self._tell(books.name, "books.ahead", ahead.documents)
        with store.begin() as work:
            left = strangers_of_ours(work, books.id)
            work.strangers.leave_unknown(bridge.clock.now().isoformat(), left)
        done.plan = plan(store, books, booking, self.run, ANY_SIZE, (), self.progress)
        done.stopped, done.asks = unanswered(store, books), not_asked(store, books)
        try:
            refuse_unsafe(done.plan, bridge.plan_limits, ())
        except UnsafePlan as unsafe:
            done.stopped = unsafe

    def _tell(self, name: str, code: str, documents: int) -> None:
        if documents:
            self.told[name] = Notice(code, message("count", number=documents))


def _late_ledger(refused: SnapshotRefused | None) -> list[Notice]:
    return [] if refused is None else [Notice("ledger.refused", _all_of(refused))]


def _nothing_to_compare_with(bridge: Dry, refused: SnapshotRefused, day: date) -> Reconciliation:
    """No delivery was ever accepted, and the newest was refused: nothing can be said of any."""
    results = [
        SystemResult(
            system=name,
            company=books.company,
            checked=False,
            exit_code=refused.exit_code,
            notices=(Notice("unchecked.no_ledger", _all_of(refused)),),
        )
        for name, books in bridge.books.items()
    ]
    with bridge.store.read() as work:
        return whole(work, results, {}, bridge.lender, day, bridge.clock.now(), "")


def _all_of(error: BridgeError) -> Detail:
    parts = (error.what, *(each.told for each in error.problems))
    return message("together", parts=parts) if error.problems else error.what


def _with_notices(found: Reconciliation, foresight: _Foresight) -> Reconciliation:
    """Tell in which books our documents had to be known again by their numbers."""
    results = [
        msgspec.structs.replace(result, notices=(*result.notices, notice))
        if (notice := foresight.told.get(result.system))
        else result
        for result in found.systems
    ]
    return msgspec.structs.replace(found, systems=tuple(results))
