"""The life of one write: its states, the moves allowed between them, and how an attempt ends.

PENDING ─claim─▶ SENDING ─▶ POSTED ─▶ CONFIRMED
   ▲                │  ╰──▶ REJECTED            a person must look
   │                ├─────▶ DRIFTED             the books no longer hold what we posted
   ├──(refused at the door; wait)
   ╰──(surely absent)── IN_DOUBT ─(found)─▶ POSTED
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from bridge.core.books import Document, PostedDocument, Several, Status
from bridge.core.identity import base_reference
from bridge.core.message import Detail, message


class State(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    POSTED = "posted"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    DRIFTED = "drifted"
    SUPERSEDED = "superseded"
    """The ledger changed again before it was sent; a newer entry says what is wanted now."""
    DROPPED = "dropped"
    """A person decided not to send it. Holds as long as exactly that is wanted."""


MOVES: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.SENDING, State.SUPERSEDED, State.DROPPED, State.REJECTED}),
    State.SENDING: frozenset(
        {State.POSTED, State.REJECTED, State.DRIFTED, State.PENDING, State.IN_DOUBT}
    ),
    State.IN_DOUBT: frozenset({State.POSTED, State.PENDING, State.DRIFTED, State.REJECTED}),
    State.POSTED: frozenset({State.CONFIRMED, State.DRIFTED}),
    State.CONFIRMED: frozenset(),
    State.REJECTED: frozenset({State.PENDING, State.SUPERSEDED, State.DROPPED}),
    State.DRIFTED: frozenset({State.PENDING, State.SUPERSEDED, State.DROPPED}),
    State.SUPERSEDED: frozenset(),
    State.DROPPED: frozenset({State.SUPERSEDED}),
}
"""Every move there is. `may` is what the store asserts before it writes a state."""

UNSETTLED = frozenset({State.PENDING, State.SENDING, State.IN_DOUBT, State.POSTED})
"""States in which the bridge itself still has something to do."""

WAITS_FOR_A_PERSON = frozenset({State.REJECTED, State.DRIFTED})


def may(now: State, then: State) -> bool:
    """Whether an entry may go from one state to the other."""
    return then in MOVES[now]


class Operation(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    VOID = "void"


class Unseen(msgspec.Struct, frozen=True):
    """Nothing of the ledger yet: no plan has written down what it says of the document."""


class Seen(msgspec.Struct, frozen=True):
    """The ledger's facts behind the document. While they are the same, nothing is asked."""

    facts: str


class Unwanted(msgspec.Struct, frozen=True):
    """No such document: the ledger wants none."""


Saw = Unseen | Seen | Unwanted


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A person's decision to leave a posted document as the books have it."""

    saw: Saw
    """What the person saw of the ledger."""
    gone: bool
    """Whether the books have the document no longer."""


class Binding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Our reference tied to the system's id, with what was posted under it."""

    reference: str
    external_id: str
    version: str
    generation: int
    document: Document
    """As posted."""
    posted: PostedDocument | None = None
    """As the books answered."""
    voided: bool = False
    reversed_by: str = ""
    """Reference of the document of an open period that has undone this one. Both stay."""
    accepted: str = ""
    """A person's decision as it is written down, empty for none: the facts that were seen, or
    `UNSEEN` or `NOTHING`. `decision` reads it."""
    restore: bool = False
    """The document is to be as we posted it again: a person's decision, or the mapping's."""

    @property
    def in_force(self) -> bool:
        """Whether the document counts: neither taken back nor undone by another one."""
        return not self.voided and not self.reversed_by

    @property
    def is_gone(self) -> bool:
        """Whether a person accepted that the books no longer have this document."""
        there = self.posted is None or self.posted.status is Status.LIVE
        return bool(self.accepted) and not there

    @property
    def decision(self) -> Decision | None:
        """A person's decision about this document; None: nobody decided."""
        if not self.accepted:
            return None
        return Decision(saw=_seen(self.accepted), gone=self.is_gone)


def latest_generations(bound: Iterable[Binding]) -> dict[str, int]:
    """The latest generation of each document, by base reference."""
    ordered = sorted(bound, key=lambda binding: binding.generation)
    return {base_reference(binding.reference): binding.generation for binding in ordered}


NEVER_COMPARED = ""
"""The version of a document that is to be compared with the books whatever version they have."""
UNSEEN = "?"
NOTHING = "-"


def decision_text(saw: Saw | None) -> str:
    """A decision as a binding has it in writing; None: nobody decides any more."""
    match saw:
        case None:
            return ""
        case Unseen():
            return UNSEEN
        case Unwanted():
            return NOTHING
        case Seen(facts):
            return facts


def _seen(written: str) -> Saw:
    """The ledger as the person saw it, read from a decision that was written down."""
    if written == UNSEEN:
        return Unseen()
    return Unwanted() if written == NOTHING else Seen(written)


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One write on its way: what, under which key, and the external ids it needs.

    `links` has the external id of every reference that the document names (customer, invoices,
    credit note). `target` is the binding that an update or a void is about.
    """

    entry: int
    operation: Operation
    key: str
    document: Document
    links: dict[str, str] = {}
    target: Binding | None = None


class Posted(msgspec.Struct, frozen=True):
    """Applied, surely. `document` is the books' own answer (for a void: what is left)."""

    document: PostedDocument
    sent: bool = True
    """False: the books held it so already, by somebody's hand perhaps; nothing was sent now."""


class Rejected(msgspec.Struct, frozen=True):
    """The system read the document and refused it. Never retried; a person must look."""

    reason: Detail
    code: str


class Unavailable(msgspec.Struct, frozen=True):
    """Surely not applied: refused at the door or never sent. Try again after the wait."""

    cause: str
    retry_after_s: float = 0
    """0: nobody told one."""
    this_pass: bool = True
    """Whether it may help to try again before the next pass. Not where the books gave no answer
    about this very document when they were asked before it: others go on."""


class InDoubt(msgspec.Struct, frozen=True):
    """The write may have been applied. Look it up before sending it again."""

    cause: str


class Drifted(msgspec.Struct, frozen=True):
    """The update or void was not sent: the books no longer hold what we posted.

    `current` is what they hold now; None when the document is gone.
    """

    current: PostedDocument | None


AMBIGUOUS = "ambiguous"
"""The code of what the books have more than once. It is looked for before it is ever sent again."""


def ambiguous(reference: str, found: Several) -> Rejected:
    """The rejection of a write whose reference several documents carry: a person must say which is
    the one, since another posting would make one more."""
    number = len(found.documents)
    return Rejected(
        message("several", number=number, reference=reference, others=found.ids), AMBIGUOUS
    )


Outcome = Posted | Rejected | Unavailable | InDoubt | Drifted
