"""The notes of each pass about a state that may be behind the books, and what a person is told of
it."""

from __future__ import annotations

from bridge.core.books import MadeInBooks
from bridge.core.identity import BooksId
from bridge.core.message import read
from bridge.core.tie_out.known import Stop
from bridge.core.tie_out.verdict import Verdict
from bridge.store import Store, Work
from bridge.store.decisions import BRIDGE
from bridge.store.upkeep import Lineage

OLDER, FOUND, TAKEN_OVER = "older", "found", "taken_over"
"""How it became known that the state may be behind the books."""
RESTORED = "pass.restored"
"""The code of the task that says so."""
UNTOLD = "untold.{}"
"""What the state notes of each system until a person has been told."""
TIED = "tied.{}"
"""What the state notes of each system: the restoring since which it was tied to the books."""
SURE = "sure.{}"
"""And since when it is known that a state made elsewhere has forgotten nothing."""


def begin_pass(store: Store, work: Work, at: str) -> None:
    """Write down that a pass begins, and whether this state is the one that was left here."""
    before = work.upkeep.kept()
    lineage, passes = store.lineage(before)
    marked = work.marks.note_restored(at)
    if lineage is Lineage.OLDER:
        if not marked:
            work.marks.doubt_state(BRIDGE, at, OLDER)
    elif lineage is Lineage.UNKNOWN:
        work.upkeep.note("unsure", at)
        passes = 0
    work.upkeep.count_pass(passes)


def to_be_told(work: Work, system: str) -> list[Stop]:
    """The stop that a person is told although the pass goes on; every pass tells it until one was
    heard."""
    detail = read(work.upkeep.noted(UNTOLD.format(system)))
    return [Stop(code=RESTORED, detail=detail)] if detail else []


def was_told(store: Store, answer: Verdict) -> None:
    """Note that a person has read this answer: what it says of older states is not said again.

    Only for what stands on a screen or in a report. A pass may die before its words are out, and
    those of a pass that nobody waits for go nowhere.
    """
    said = {task.system for task in answer.tasks if task.code == RESTORED}
    if not said:
        return
    with store.begin() as work:
        for name in said:
            work.upkeep.note(UNTOLD.format(name), "")


def is_unsure(work: Work, system: str) -> bool:
    """Whether nobody knows if this state is the one that was left here."""
    return work.upkeep.noted("unsure") != work.upkeep.noted(SURE.format(system))


def is_from_elsewhere(store: Store, work: Work, where: BooksId) -> bool:
    """Whether the books must be asked once for documents of ours, even with nothing to write: this
    state has documents there, and is not known to be the one that was left here. Where nothing
    could ever tell, only what is to be written is asked about."""
    known = bool(work.bindings.counts(where))
    return known and store.is_beside_a_word and is_unsure(work, where.system)


def strangers_of_ours(work: Work, where: BooksId) -> list[MadeInBooks]:
    """Documents in books just read that have a number of ours, count, and are known to nobody."""
    prefixes = work.ledger.prefixes()
    return work.strangers.never_heard_of(where, work.strangers.live(where, prefixes), prefixes)


def may_have_forgotten(store: Store, work: Work, where: BooksId) -> bool:
    """Whether the books are to be asked although nothing has changed: a copy was put in place and
    its documents were not tied again yet; the state came from elsewhere; or nobody knows how old it
    is, and the books as they were read last have documents of ours that it does not know."""
    if is_from_elsewhere(store, work, where):
        return True
    restored = work.marks.restoring(where)
    if restored is not None and restored.at != work.upkeep.noted(TIED.format(where.system)):
        return True
    known = bool(work.bindings.counts(where))
    behind = restored is not None or (is_unsure(work, where.system) and known)
    return behind and bool(strangers_of_ours(work, where))
