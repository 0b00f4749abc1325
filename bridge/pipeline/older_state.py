"""What a pass notes, and tells, of a state that may be behind the books."""

from __future__ import annotations

from collections.abc import Collection

from bridge.core.books import Made
from bridge.core.known import Stop
from bridge.store import Store, Work
from bridge.store.decisions import BRIDGE
from bridge.store.upkeep import Lineage

OLDER, FOUND, TAKEN_OVER = "older", "found", "taken_over"
"""How it became known that the state may be behind the books."""
UNTOLD = "untold.{}"
"""What the state notes of each system until a person has been told."""
TIED = "tied.{}"
"""What the state notes of each system: the restoring since which it was tied to the books."""
SURE = "sure.{}"
"""And since when it is known that a state made elsewhere has forgotten nothing."""


def begin_pass(store: Store, work: Work, at: str) -> None:
    """Write down that a pass begins, and whether this state is the one that was left here."""
    before = work.kept()
    lineage, passes = store.lineage(before)
    marked = work.note_restored(at)
    if lineage is Lineage.OLDER:
        if not marked:
            work.doubt_state(BRIDGE, at, OLDER)
    elif lineage is Lineage.UNKNOWN:
        work.note("unsure", at)
        passes = 0
    work.count_pass(passes)


def told_now(work: Work, systems: Collection[str]) -> None:
    """A pass has ended, and says what was noted of these systems."""
    for name in systems:
        if work.noted(UNTOLD.format(name)):
            work.note(UNTOLD.format(name), "")


def to_be_told(store: Store, system: str) -> list[Stop]:
    """What a person is told although the pass goes on: also by the next one, if the pass that
    found it dies before it has said so."""
    with store.read() as work:
        detail = work.noted(UNTOLD.format(system))
    return [Stop(code="pass.restored", detail=detail)] if detail else []


def is_unsure(work: Work, system: str) -> bool:
    """Whether nobody knows if this state is the one that was left here."""
    return work.noted("unsure") != work.noted(SURE.format(system))


def strangers_of_ours(work: Work, where: tuple[str, str]) -> list[Made]:
    """What has a number of ours in books just read, counts, and is known to nobody."""
    prefixes = work.prefixes()
    return work.never_heard_of(*where, work.numbered_live(*where, prefixes), prefixes)


def may_have_forgotten(work: Work, where: tuple[str, str]) -> bool:
    """Whether the books are to be asked although nothing has changed: a copy was put in place and
    its documents were not tied again yet; or nobody knows how old the state is, and the books as
    they were read last have documents of ours that it does not know."""
    restored = work.restoring(where[0])
    if restored is not None and restored.at != work.noted(TIED.format(where[0])):
        return True
    known = bool(work.binding_counts(*where))
    behind = restored is not None or (is_unsure(work, where[0]) and known)
    return behind and bool(strangers_of_ours(work, where))
