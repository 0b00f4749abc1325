"""The comparison of what the books answered with what we wanted."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.core.books import PostedDocument, Status
from bridge.core.change.matching import differences
from bridge.core.delivery import Operation, State
from bridge.core.message import Detail, Word, message, together
from bridge.store import Entry


def verdict(entry: Entry, answer: PostedDocument, links: Mapping[str, str]) -> tuple[State, Detail]:
    """CONFIRMED, or DRIFTED with what differs.

    A void is confirmed when nothing of the document is left; anything else when every field that
    matters came back as it was sent.
    """
    if entry.operation is Operation.VOID:
        if answer.status is Status.LIVE:
            return State.DRIFTED, message("still_held")
        return State.CONFIRMED, ""
    if answer.status is not Status.LIVE:
        return State.DRIFTED, message("answered_as", status=Word("values", answer.status.value))
    found = differences(entry.document, answer, links)
    if not found:
        return State.CONFIRMED, ""
    return State.DRIFTED, together(
        message("field_differs", field=Word("fields", d.field), ours=d.ours, theirs=d.theirs)
        for d in found
    )
