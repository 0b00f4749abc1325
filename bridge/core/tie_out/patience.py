"""The time for which a write is tried that the books never clearly answer, before a person is told.

An attempt is a pass in which the product was at work and said nothing clear about this document. A
product that answers nobody is in trouble itself; no document is to blame for that.
"""

from __future__ import annotations

from datetime import date, datetime

from bridge.core.delivery import WAITS_FOR_A_PERSON, State
from bridge.core.message import Detail, Message, message
from bridge.core.tie_out.items import ItemKind

PASSES = 3
DAYS = 2
"""So many passes, on so many days of the calendar (UTC), are enough."""
FEW_PASSES = 2
LONG_DAYS = 3
"""Where passes are rare: so few are enough when so many days lie between them."""
A_FEW = 3
"""So many documents without a clear answer may be the documents' own trouble, whatever else went
on; more of them are the product's, unless others got through."""

_LONGEST = 400

UNCLEAR = "unclear"
"""Code of a write that was sent again and again, and is not in the books."""
PERHAPS_THERE = "perhaps_there"
"""Code of a write of which the books never said whether they have it."""
LOOKED_FOR_FIRST = frozenset({UNCLEAR, PERHAPS_THERE})
"""A document of which a write ended so is looked for before it is ever sent again."""
GIVEN_UP = {
    (State.REJECTED, UNCLEAR): (ItemKind.REJECTED, "outbox.unclear", "retry_or_drop"),
    (State.REJECTED, PERHAPS_THERE): (
        ItemKind.REJECTED,
        "outbox.perhaps_there",
        "look_then_decide",
    ),
}
"""State and code → what it is, and what a person does about it."""
IF_FOUND = {"fix_rejected": "free_number"} | {way[2]: "retry_found" for way in GIVEN_UP.values()}
"""The same → what a person does where the books turn out to have the document."""

IF_ARRIVED = dict.fromkeys(WAITS_FOR_A_PERSON, "retry_found")
"""State → what a person does about a change or a void that the books turn out to hold: no pass
looks at it by itself any more."""


def is_over(passes: int, since: datetime, now: datetime) -> bool:
    """Whether a write that was tried in so many passes since then is a person's from now on."""
    days = (now.date() - since.date()).days
    if passes >= PASSES and days + 1 >= DAYS:
        return True
    return passes >= FEW_PASSES and days >= LONG_DAYS


def blames_documents(doubtful: int, heard: int) -> bool:
    """Whether so many writes whose answers said nothing are the documents' own trouble. `heard`
    were clearly answered in the same pass."""
    return heard > 0 or doubtful <= A_FEW


def blames_refused(refused: int, heard: int) -> bool:
    """Whether writes that were put off each time are the documents' own trouble. Mostly it is a
    limit, which falls upon whoever comes last; so only where others got through, and more of
    them."""
    return heard > 0 and refused <= max(heard, A_FEW)


def is_told(since: datetime, now: datetime) -> bool:
    """Whether trouble that is a product's, and no document's, is a person's after so long."""
    return is_over(FEW_PASSES, since, now)


def told_mute(waiting: int, since: date, came: Detail) -> Message:
    """The particulars of books that answer questions and take no write."""
    return message("no_writes", number=waiting, day=since, text=came)


def told_unended(since: date, came: Detail) -> Message:
    """The particulars of books with which no pass comes to its end."""
    return message("no_end", day=since, text=came)


def told(sent: int, since: date, came: Detail) -> Message:
    """The particulars that a person reads of such a write."""
    return message("tried", number=sent, day=since, text=came)


def told_unknown(passes: int, since: date, came: Detail) -> Message:
    return message("asked_for", number=passes, day=since, text=came)


def short(came: str) -> str:
    """The answer that came back, in one line that a task has room for."""
    return " ".join(came.split())[:_LONGEST]
