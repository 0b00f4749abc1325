"""The comparison of what the books answered with what we wanted."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.core.books import PostedDocument, Status
from bridge.core.change.matching import differences
from bridge.core.delivery import Operation, State
from bridge.store import Entry


def verdict(entry: Entry, answer: PostedDocument, links: Mapping[str, str]) -> tuple[State, str]:
    """CONFIRMED, or DRIFTED with what differs in words.

    A void is confirmed when nothing of the document is left; anything else when every field that
    matters came back as it was sent.
    """
    if entry.operation is Operation.VOID:
        if answer.status is Status.LIVE:
            return State.DRIFTED, "the books still hold it after the void"
        return State.CONFIRMED, ""
    if answer.status is not Status.LIVE:
        return State.DRIFTED, f"the books say it is {answer.status.value}"
    found = differences(entry.document, answer, links)
    if not found:
        return State.CONFIRMED, ""
    return State.DRIFTED, "; ".join(f"{d.field}: {d.ours} / {d.theirs}" for d in found)
