"""Writes that the books never clearly answer become a person's after some passes and days."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.core.delivery import InDoubt, Outcome, Rejected, State, Unavailable
from bridge.core.message import Detail, Message
from bridge.core.tie_out.patience import (
    PERHAPS_THERE,
    UNCLEAR,
    blames_documents,
    blames_refused,
    is_over,
    short,
    told,
    told_unknown,
)
from bridge.pipeline.context import Time
from bridge.store import Entry, Store
from bridge.store.trials import Trial
from bridge.systems.base import AccountingReader


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
    doubtful = [entry for entry, came in unclear.items() if _says_nothing(came)]
    refused = [entry for entry, came in unclear.items() if not _says_nothing(came)]
    counted = doubtful if is_there or blames_documents(len(doubtful), heard) else []
    counted = counted + (refused if blames_refused(len(refused), heard) else [])
    alone = refused if len(refused) <= system.capabilities.claim_size else []
    now = clock.now()
    with store.begin() as work:
        work.tried_in_vain(alone, now, counts=False)
        work.tried_in_vain(counted, now, counts=True)
        trials = work.trials(system.name, system.company_id)
        for number in counted:
            entry, trial = work.entry(number), trials.get(number)
            if entry is None or trial is None or not is_over(trial.passes, trial.since, now):
                continue
            came = words(unclear[number])
            if entry.state is State.PENDING:
                work.move(entry, Rejected(so_far(entry, trial, came), UNCLEAR), now)
            elif entry.state is State.IN_DOUBT:
                unknown = told_unknown(trial.passes, trial.since.date(), came)
                work.move(entry, Rejected(unknown, PERHAPS_THERE), now)


def _says_nothing(came: Outcome) -> bool:
    """Whether the answer said nothing about this write, and asked nobody to wait."""
    return isinstance(came, InDoubt) or (isinstance(came, Unavailable) and not came.this_pass)


def words(came: Outcome) -> Detail:
    """The answer in words, as far as there are any."""
    cause: Detail = getattr(came, "cause", "") or type(came).__name__
    return short(cause) if isinstance(cause, str) else cause


def so_far(entry: Entry, trial: Trial, came: Detail) -> Message:
    """The reason why a write waits: how often it was sent and since when, or how often it was
    asked for, if it never got so far."""
    day = trial.since.date()
    if not entry.attempt:
        return told_unknown(trial.passes, day, came)
    return told(entry.attempt, day, came)
