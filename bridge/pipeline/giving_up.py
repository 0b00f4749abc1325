"""Writes that the books never clearly answer become a person's after some passes and days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bridge.core.delivery import InDoubt, Outcome, Rejected, State
from bridge.core.patience import (
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
from bridge.systems.base import AccountingReader


def give_up(
    store: Store,
    system: AccountingReader,
    clock: Time,
    unclear: Mapping[int, Outcome],
    heard: int,
) -> None:
    """Count the pass that ends against each write that got no clear answer where that is its own
    trouble, and not the product's; and hand to a person what was tried for long enough.

    `unclear`: entry → what came back last; `heard` writes were clearly answered.
    """
    doubtful = [entry for entry, came in unclear.items() if isinstance(came, InDoubt)]
    refused = [entry for entry, came in unclear.items() if not isinstance(came, InDoubt)]
    counted = doubtful if blames_documents(len(doubtful), heard) else []
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
            day, came = trial.since.date().isoformat(), words(unclear[number])
            if entry.state is State.PENDING:
                work.move(entry, Rejected(told(entry.attempt, day, came), UNCLEAR), now)
            elif entry.state is State.IN_DOUBT:
                unknown = told_unknown(trial.passes, day, came)
                work.move(entry, Rejected(unknown, PERHAPS_THERE), now)


def words(came: Outcome) -> str:
    """What came back, as far as there are words for it."""
    return short(str(getattr(came, "cause", "")) or type(came).__name__)


def so_far(entry: Entry, since: datetime) -> str:
    """Why a write waits, and how often it was sent since when."""
    return told(entry.attempt, since.date().isoformat(), entry.detail)
