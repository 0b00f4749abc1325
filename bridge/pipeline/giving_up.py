"""Writes that the books never clearly answer become a person's after some passes and days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from bridge.core.delivery import InDoubt, Outcome, Rejected, State, Unavailable
from bridge.core.message import Detail, Message
from bridge.core.tie_out.known import Stop
from bridge.core.tie_out.patience import (
    PERHAPS_THERE,
    UNCLEAR,
    blames_documents,
    blames_refused,
    is_over,
    is_told,
    short,
    told,
    told_mute,
    told_unended,
    told_unknown,
)
from bridge.errors import BridgeError, TryLater
from bridge.pipeline.context import Time
from bridge.store import Entry, Store
from bridge.store.trials import Trial
from bridge.systems.base import AccountingReader, books_of

MUTE = "pass.no_writes"
"""The code of the task that says that these books answer, and take no write."""
NO_END = "pass.no_end"
"""The code of the task that says that no pass comes to its end with these books."""
_SINCE = "since.{}.{}.{}"
"""What the state notes of each company: the first pass of a row that ended so."""


def give_up(
    store: Store,
    system: AccountingReader,
    clock: Time,
    unclear: Mapping[int, Outcome],
    heard: int,
    *,
    is_there: bool = False,
) -> None:
    """Count the pass that ends against each write that got no clear answer where that is its own
    trouble, and not the product's; and hand to a person what was tried for long enough.

    `unclear`: entry → what came back last; `heard` writes were clearly answered;
    `is_there`: the product itself was asked, and answered.
    """
    if not unclear:
        return
    refused = [entry for entry, came in unclear.items() if not _says_nothing(came)]
    counted = _their_own(unclear, heard, is_there)
    alone = refused if len(refused) <= system.capabilities.claim_size else []
    now = clock.now()
    with store.begin() as work:
        work.trials.tried_in_vain(alone, now, counts=False)
        work.trials.tried_in_vain(counted, now, counts=True)
        trials = work.trials.under_trial(books_of(system))
        for number in counted:
            entry, trial = work.entries.numbered(number), trials.get(number)
            if entry is None or trial is None or not is_over(trial.passes, trial.since, now):
                continue
            came = words(unclear[number])
            if entry.state is State.PENDING:
                work.outbox.move(entry, Rejected(so_far(entry, trial, came), UNCLEAR), now)
            elif entry.state is State.IN_DOUBT:
                unknown = told_unknown(trial.passes, trial.since.date(), came)
                work.outbox.move(entry, Rejected(unknown, PERHAPS_THERE), now)


def _their_own(unclear: Mapping[int, Outcome], heard: int, is_there: bool) -> list[int]:
    """The writes of which that they got no clear answer is their own trouble."""
    doubtful = [entry for entry, came in unclear.items() if _says_nothing(came)]
    refused = [entry for entry, came in unclear.items() if not _says_nothing(came)]
    counted = doubtful if is_there or blames_documents(len(doubtful), heard) else []
    return counted + (refused if blames_refused(len(refused), heard) else [])


def none_gets_through(
    store: Store,
    system: AccountingReader,
    clock: Time,
    unclear: Mapping[int, Outcome],
    heard: int,
    *,
    is_there: bool = False,
    waiting: int,
) -> list[Stop]:
    """The stop that a person is told of books that answer questions and for days have taken no
    write of any document. Everything goes on waiting, and is sent again by each pass.

    The arguments as in `give_up`; `waiting`: how many writes are not in the books.
    """
    mute = bool(unclear) and not heard and not _their_own(unclear, heard, is_there)
    since = _for_days(store, system, clock, MUTE, so=mute, over=heard > 0 or not waiting)
    if not since:
        return []
    ((came, _),) = Counter(words(came) for came in unclear.values()).most_common(1)
    return [Stop(code=MUTE, detail=told_mute(waiting, since, came))]


def none_ends(
    store: Store, system: AccountingReader, clock: Time, stopped: BridgeError | None
) -> list[Stop]:
    """The stop that a person is told of books with which for days every pass was stopped by what
    time mends. Each pass tries again; one that ends otherwise ends this."""
    later = isinstance(stopped, TryLater)
    since = _for_days(store, system, clock, NO_END, so=later, over=not later)
    if stopped is None or not since:
        return []
    return [Stop(code=NO_END, detail=told_unended(since, _in_short(stopped.what)))]


def _for_days(
    store: Store, system: AccountingReader, clock: Time, code: str, *, so: bool, over: bool
) -> date | None:
    """The day since which passes have ended so, where a person is to be told of it; else none.
    `over`: this pass ends the row."""
    name, now = _SINCE.format(code, system.name, system.company_id), clock.now()
    with store.read() as work:
        noted = work.upkeep.noted(name)
    if so and noted:
        since = datetime.fromisoformat(noted)
        return since.date() if is_told(since, now) else None
    if so or (over and noted):
        with store.begin() as work:
            work.upkeep.note(name, now.isoformat() if so else "")
    return None


def _says_nothing(came: Outcome) -> bool:
    """Whether the answer said nothing about this write, and asked nobody to wait."""
    return isinstance(came, InDoubt) or (isinstance(came, Unavailable) and not came.this_pass)


def words(came: Outcome) -> Detail:
    """The answer in words, as far as there are any."""
    return _in_short(getattr(came, "cause", "") or type(came).__name__)


def _in_short(came: Detail) -> Detail:
    return short(came) if isinstance(came, str) else came


def so_far(entry: Entry, trial: Trial, came: Detail) -> Message:
    """The reason why a write waits: how often it was sent and since when, or how often it was
    asked for, if it never got so far."""
    day = trial.since.date()
    if not entry.attempt:
        return told_unknown(trial.passes, day, came)
    return told(entry.attempt, day, came)
