"""What a pass notes, and tells, of a state that may be behind the books."""

from __future__ import annotations

from collections.abc import Collection

from bridge.core.known import Stop
from bridge.store import Store, Work
from bridge.store.decisions import BRIDGE
from bridge.store.upkeep import Lineage

OLDER, FOUND, TAKEN_OVER = "older", "found", "taken_over"
"""How it became known that the state may be behind the books."""
UNTOLD = "untold.{}"
"""What the state notes of each system until a person has been told."""


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
