"""The words that a person reads of what was refused, in English: what tests look into."""

from __future__ import annotations

from bridge.core.message import Detail, Message
from bridge.errors import BridgeError, Problem
from bridge.report.details import english


def in_words(found: BaseException | Problem | Detail) -> str:
    """An error with its problems, a problem, or the particulars of something, as it is told."""
    if isinstance(found, BridgeError):
        return "\n".join([english(found.what), *map(in_words, found.problems)])
    if isinstance(found, Problem):
        return english(found.told)
    return english(found) if isinstance(found, str | Message) else str(found)
