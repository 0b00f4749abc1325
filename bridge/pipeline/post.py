"""The outbox → the books: write down, send, write down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from bridge.core.books import Customer, Found, Kind, PostedDocument, Several, Status
from bridge.core.change.matching import as_wanted
from bridge.core.delivery import (
    NEVER_COMPARED,
    Drifted,
    InDoubt,
    Operation,
    Outcome,
    Posted,
    Rejected,
    State,
    Unavailable,
    ambiguous,
)
from bridge.core.message import message, written
from bridge.errors import BridgeError, TryLater
from bridge.pipeline.asking import Asking
from bridge.pipeline.confirm import verdict
from bridge.pipeline.context import Progress, Time, silent
from bridge.store import Entry, Store, Work
from bridge.systems.apart import not_told
from bridge.systems.base import AccountingSystem, books_of

if TYPE_CHECKING:
    from bridge.pipeline.stamped import Untold

PATIENCE_S = 180.0
"""How long one pass waits for a system that is busy before it leaves the rest to the next."""
_SHORTEST_WAIT_S = 1.0
_LEFT_MAX = 500
"""More documents about which nothing is told, one by one, end a pass."""
_MOST_TRIES = 9
"""How often a pass sends what is refused at the door: waits that double are longer by then than
its patience. Without a bound of its own, a write that takes longer than the wait never ends."""


class _Tries:
    """The tries of this pass for writes that were not sent, and those that it leaves to the
    next."""

    def __init__(self) -> None:
        self._times: Counter[int] = Counter()
        self.left: set[int] = set()
        """Entries that are not claimed any more."""

    def after(self, entries: Sequence[Entry], outcomes: Sequence[Outcome]) -> list[Outcome]:
        """The outcomes; where nobody told how long to wait, longer each time."""
        return [self._waiting(e, o) for e, o in zip(entries, outcomes, strict=True)]

    def _waiting(self, entry: Entry, outcome: Outcome) -> Outcome:
        if not isinstance(outcome, Unavailable):
            return outcome
        wait_s = outcome.retry_after_s or _SHORTEST_WAIT_S * 2 ** self._times[entry.id]
        self._times[entry.id] += 1
        if not outcome.this_pass or self._times[entry.id] >= _MOST_TRIES:
            self.left.add(entry.id)
        return msgspec.structs.replace(outcome, retry_after_s=wait_s)


class Posting(msgspec.Struct, kw_only=True):
    """The counts of what one pass sent, and what it learnt on the way."""

    posted: int = 0
    confirmed: int = 0
    rejected: int = 0
    drifted: int = 0
    doubted: int = 0
    """Replies that were lost or said nothing; each was looked up, or will be."""
    heard: int = 0
    """Writes that were clearly answered: applied, refused or stopped."""
    unclear: dict[int, Outcome] = {}
    """Entry → what came back, of those that were not clearly answered so far."""
    left: set[int] = set()
    """Entries that this pass does not try, or not again: nothing was told about their documents."""
    is_there: bool = False
    """Whether the product answered when it was asked by itself, since some documents were not."""
    unavailable: str = ""
    """Why the pass stopped before the outbox was empty."""

    def leave(self, untold: Untold) -> None:
        """Do not try what the books do not tell, nor what hangs on it."""
        self.left |= untold.left
        self.unclear |= {entry: not_told(came) for entry, came in untold.came.items()}


def settle_doubts(
    store: Store,
    system: AccountingSystem,
    clock: Time,
    tally: Posting,
    progress: Progress = silent,
) -> None:
    """Look up every write that may or may not have been applied, and add it up in `tally`.

    What does not show is looked for again when the product cannot be at work on it any more: one
    wait for all of them. What is not answered about one stays in doubt and is never sent; what was
    answered is written down. Raises TryLater when the product answers nobody: then nothing is sent.
    """
    with store.begin() as work:
        work.outbox.doubt_all(books_of(system))
    with store.read() as work:
        doubted = work.outbox.in_doubt(books_of(system))
    if not doubted:
        return
    asking = Asking(system.chart)
    wait_s = system.settles_in_s([entry.reference for entry in doubted])
    if wait_s > 0:  # some wait within the look itself
        waited = message("waiting_for", system=system.name, seconds=round(wait_s))
        progress(written(waited), 0, 0)
    unseen = _settle(store, system, doubted, asking, clock, tally, sure=wait_s <= 0)
    if unseen:
        clock.sleep(system.settles_in_s([entry.reference for entry in unseen]))
        _settle(store, system, unseen, asking, clock, tally, sure=True)
    asking.make_sure()
    tally.is_there |= bool(asking.unanswered)
    tally.unclear |= asking.unanswered


def _settle(
    store: Store,
    system: AccountingSystem,
    doubted: Sequence[Entry],
    asking: Asking,
    clock: Time,
    tally: Posting,
    *,
    sure: bool,
) -> list[Entry]:
    """Look these writes up and write down what became of them; returns those that did not show and
    may still be applied."""
    from bridge.pipeline.doubts import looked_up  # few passes have any, and it brings much along

    unseen: list[Entry] = []
    by_kind = sorted(doubted, key=lambda e: (e.operation, e.kind, e.id))
    for _, group in groupby(by_kind, key=lambda e: (e.operation, e.kind)):
        entries = list(group)
        told = looked_up(store, system, entries, asking, sure=sure)
        told = _with_successors(system, entries, told, asking)
        known = [entry for entry in entries if entry.id in told]
        _write_down(store, system, known, [told[entry.id] for entry in known], clock, tally)
        unseen += [e for e in entries if e.id not in told and e.id not in asking.unanswered]
    return unseen


def post_all(
    store: Store, system: AccountingSystem, clock: Time, tally: Posting, progress: Progress
) -> None:
    """Send everything that is due, in order of phase, until the outbox is empty or stuck."""
    where = books_of(system)
    waited_s, backoff_s, busy, tries = 0.0, _SHORTEST_WAIT_S, Unavailable(""), _Tries()
    with store.read() as work:
        due = work.outbox.counts(where).get(State.PENDING, 0)
    if not due:
        return
    while True:
        with store.begin() as work:
            size = system.capabilities.claim_size
            batch = work.outbox.claim(where, clock.now(), size, tries.left | tally.left)
        if not batch and not busy.cause:
            busy = _not_due_yet(store, system, clock)
            if not busy.cause:
                break
        if not batch:
            wait_s = max(busy.retry_after_s, backoff_s)
            backoff_s *= 2
            waited_s += wait_s
            if waited_s > PATIENCE_S:
                tally.unavailable = busy.cause
                break
            clock.sleep(wait_s)
            busy = Unavailable("")
            continue
        outcomes = tries.after(batch, _sent(system, batch))
        _write_down(store, system, batch, outcomes, clock, tally)
        progress("posted", tally.posted, due)
        if len(tally.left) > _LEFT_MAX:
            break
        if any(isinstance(o, Posted) for o in outcomes):
            backoff_s = _SHORTEST_WAIT_S
        refused = [o for o in outcomes if isinstance(o, Unavailable) and o.this_pass]
        busy = max(refused, key=lambda o: o.retry_after_s, default=busy)
    _make_sure(system, tally)


def _make_sure(system: AccountingSystem, tally: Posting) -> None:
    """Ask the product itself, where nothing is told about some documents and nothing else was sent.
    Raises TryLater where it answers nobody."""
    own = [came for entry, came in tally.unclear.items() if entry in tally.left]
    if not own:
        return
    if not tally.heard:
        system.chart()
    tally.is_there = True
    if not tally.unavailable:
        tally.unavailable = str(getattr(own[0], "cause", ""))


def _not_due_yet(store: Store, system: AccountingSystem, clock: Time) -> Unavailable:
    """The wait that an earlier pass was told, if it is not over; without a cause where there is
    none."""
    with store.read() as work:
        wait_s = work.outbox.due_in_s(books_of(system), clock.now())
    if wait_s is None:
        return Unavailable("")
    return Unavailable("the time that the books asked us to wait is not over", wait_s)


def _write_down(
    store: Store,
    system: AccountingSystem,
    entries: Sequence[Entry],
    outcomes: Sequence[Outcome],
    clock: Time,
    tally: Posting,
) -> None:
    """Write down outcomes, bindings and verdicts, all in one transaction."""
    now = clock.now()
    ended = list(zip(entries, outcomes, strict=True))
    posted = [(entry, outcome.document) for entry, outcome in ended if isinstance(outcome, Posted)]
    verdicts = {entry.id: verdict(entry, told, entry.links) for entry, told in posted}
    updated = [told for entry, told in posted if entry.operation is Operation.UPDATE]
    with store.begin() as work:
        work.outbox.move_all({entry.id: outcome for entry, outcome in ended}, now)
        # What was read before is old now, and must not pass for somebody's edit.
        work.mirror.put(books_of(system), updated)
        work.outbox.confirm_all(verdicts)
        for entry, told in posted:
            confirmed = verdicts[entry.id][0] is State.CONFIRMED
            if not confirmed and entry.operation is not Operation.VOID:
                _remember_what_was_wanted(work, system, entry, told)
    for entry, outcome in ended:
        _count(entry, outcome, tally)
    for state, _ in verdicts.values():
        tally.confirmed += state is State.CONFIRMED
        tally.drifted += state is State.DRIFTED


def _remember_what_was_wanted(
    work: Work, system: AccountingSystem, entry: Entry, answer: PostedDocument
) -> None:
    """Bind a document that somebody edited before we saw it as it was wanted: so it is never
    changed later as if it were ours, and every comparison tells the edit, whatever becomes of this
    entry."""
    bound = work.bindings.named(books_of(system), entry.reference)
    if bound is None or isinstance(entry.document, Customer):
        return
    expected = as_wanted(entry.document, answer, entry.links)
    changed = msgspec.structs.replace(bound, posted=expected, version=NEVER_COMPARED)
    work.bindings.put(books_of(system), changed, entry.loan)


def _count(entry: Entry, outcome: Outcome, tally: Posting) -> None:
    if isinstance(outcome, Unavailable) and not outcome.this_pass:
        tally.left.add(entry.id)
    if isinstance(outcome, InDoubt):
        tally.unclear[entry.id] = outcome
    elif isinstance(outcome, Unavailable):
        tally.unclear.setdefault(entry.id, outcome)  # what came first says more than its absence
    else:
        tally.unclear.pop(entry.id, None)
        tally.heard += 1
    match outcome:
        case Posted():
            tally.posted += 1
        case InDoubt():
            tally.doubted += 1
        case Drifted():
            tally.drifted += 1
        case Unavailable():
            pass
        case _:
            tally.rejected += 1


def _entered_again(
    system: AccountingSystem, entries: Sequence[Entry], outcomes: Sequence[Outcome]
) -> list[Outcome]:
    """The outcomes; a void of what was gone already is `Drifted` where the same is there anew.

    A bookkeeper corrects some documents by deleting them and entering them again, with our
    reference on them. Taken for gone, their successor would be posted beside what was entered.
    Raises what `find` raises.
    """
    gone = [e for e, outcome in zip(entries, outcomes, strict=True) if _was_gone(e, outcome)]
    if not gone:
        return list(outcomes)
    links: dict[str, str] = {}
    for entry in gone:
        links |= entry.links
    found = system.find(gone[0].kind, [entry.document for entry in gone], links)
    anew = {e.id: told for e in gone if (told := _anew(e, found.get(e.reference)))}
    return [anew.get(e.id, outcome) for e, outcome in zip(entries, outcomes, strict=True)]


def _anew(entry: Entry, twin: Found | None) -> Drifted | Rejected | None:
    if isinstance(twin, Several):
        return ambiguous(entry.reference, twin)
    if twin is None or twin.status is not Status.LIVE or entry.binding is None:
        return None
    return Drifted(twin) if twin.external_id != entry.binding.external_id else None


def _with_successors(
    system: AccountingSystem,
    entries: Sequence[Entry],
    told: dict[int, Outcome],
    asking: Asking,
) -> dict[int, Outcome]:
    """The outcomes, looking also for documents that were entered again in the place of those that
    are gone. One about which nothing is answered is left out, and stays in doubt."""
    gone = [e for e in entries if e.id in told and _was_gone(e, told[e.id])]
    if not gone:
        return told
    found, refused = asking.each(
        lambda part: _entered_again(system, part, [told[e.id] for e in part]), gone
    )
    asking.leave(refused, TryLater(f"{system.name} refuses the question about it"))
    others = {entry.id for entry in gone} - found.keys()
    return {key: found.get(key, outcome) for key, outcome in told.items() if key not in others}


def _was_gone(entry: Entry, outcome: Outcome) -> bool:
    """Whether a void found its document gone. (Not for applications of credit notes: they have no
    name of their own.)"""
    return (
        entry.operation is Operation.VOID
        and isinstance(outcome, Posted)
        and not outcome.sent
        and entry.kind is not Kind.APPLICATION
    )


def _sent(system: AccountingSystem, batch: Sequence[Entry]) -> list[Outcome]:
    """Send a batch. A void stays in doubt where nobody can tell if its document was entered
    again."""
    outcomes = system.post([entry.outgoing() for entry in batch])
    try:
        return _entered_again(system, batch, outcomes)
    except BridgeError as reason:
        doubt = InDoubt(f"gone, and whether it was entered again: {reason}")
        return [doubt if _was_gone(e, o) else o for e, o in zip(batch, outcomes, strict=True)]
