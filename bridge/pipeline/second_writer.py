"""Two state stores on one company's books: neither knows what the other posts, so one must end."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.core.books import MadeInBooks
from bridge.errors import PersonNeeded

_NAMED = 5
"""Numbers that are named to a person."""


class SecondWriter(PersonNeeded):
    """The books have documents of ours that this state neither posted nor forgot."""

    def __init__(self, message: str, detail: str) -> None:
        super().__init__(message)
        self.detail = detail
        """The particulars for reports."""


def never_heard_of(system: str, unknown: Sequence[MadeInBooks]) -> SecondWriter:
    """The error for a state that has never had to do with these books, in which documents of ours
    stand."""
    numbers = named(unknown)
    return SecondWriter(
        f"{system} holds documents of ours that this state store has never heard of ({numbers}). "
        "Nothing was posted. If its state was lost: ledger-bridge rebuild. If another bridge posts "
        "there, leave these books to it: switch the system off here (enabled = false).",
        numbers,
    )


def somebody_else(system: str, unknown: Sequence[MadeInBooks]) -> SecondWriter:
    """The error for books in which somebody else has posted, while this state is as it was left."""
    numbers = named(unknown)
    return SecondWriter(
        f"Somebody else posts to {system} under our numbers ({numbers}): another bridge with a "
        "state store of its own, or this whole folder was put back as it was before. Nothing was "
        "posted. Stop the other one, then: ledger-bridge sync --take-over",
        numbers,
    )


def named(made: Sequence[MadeInBooks]) -> str:
    """The first few numbers, and how many there are."""
    numbers = sorted(each.number for each in made)
    more = f", … ({len(numbers)})" if len(numbers) > _NAMED else ""
    return ", ".join(numbers[:_NAMED]) + more
