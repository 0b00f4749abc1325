"""The verdict for the doors that read the state store alone, and no books."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import OperationalError

from bridge import wiring
from bridge.clock import SystemClock
from bridge.core.identity import BooksId
from bridge.core.message import message
from bridge.core.tie_out.known import Known
from bridge.core.tie_out.verdict import Result, Verdict, verdict
from bridge.errors import TryLater
from bridge.pipeline.known import standing
from bridge.settings import Settings
from bridge.store import Store, Work


def verdict_of(work: Work, loaded: Settings) -> Verdict:
    """The verdict as the state store knows it, on the lender's business day."""
    books = {
        name: BooksId(name, each.company_id)
        for name, each in loaded.systems.items()
        if each.enabled
    }
    return standing(work, books, wiring.fresh_on(loaded, SystemClock(), work))


def looked_at(loaded: Settings) -> Verdict:
    """The verdict on the state, without a change to the store: neither made, nor migrated, nor a
    file beside it."""
    scratch = Store.open(loaded.state.url, migrate=False).scratch()
    try:
        with scratch.read() as work:
            return verdict_of(work, loaded)
    finally:
        scratch.close()


def in_passing(loaded: Settings) -> Verdict:
    """The verdict for whoever asks often, beside a program at work: read where it is, not
    copied."""
    path = Path(loaded.state.url.removeprefix("sqlite:///"))
    if not path.exists():
        return verdict(Known(fresh=wiring.fresh_on(loaded, SystemClock())))
    store = Store.open(loaded.state.url, migrate=False)
    try:
        with store.read() as work:
            return verdict_of(work, loaded)
    except (OperationalError, TryLater) as error:  # of an older program, or locked
        told = message("state_unreadable", text=type(error).__name__)
        return Verdict(result=Result.UNCHECKED, reason="pass.later", told=(told,))
    finally:
        store.close()
