"""The result of one call that writes, in the same words whatever the product.

Applied or refused: it was read and answered. Unsent: surely not applied. Unclear: perhaps applied,
so it is looked up before it is ever sent again. A product's own table (`faults.py`) says which of
its errors is which; what follows from that is here, once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any, TypeVar

import msgspec

from bridge.core.delivery import InDoubt, Outcome, Rejected, Unavailable
from bridge.errors import ConfigurationError, LoginRequired
from bridge.systems.client import RATE_WAIT_S, Client, Held
from bridge.systems.throttle import Throttle
from bridge.systems.transport import NotSent, Reply, Request

Raw = dict[str, Any]
Step = TypeVar("Step")


class Then(IntEnum):
    """The step that must happen next. Of several faults in one answer the highest decides."""

    REJECT = 1
    """Read and refused: a person must look."""
    GONE = 2
    """What the call is about does not exist, or nothing of it may be seen."""
    DONE = 3
    """It is so already."""
    STATUS = 4
    """The document is not in a state for this: perhaps it was done already."""
    NAME_TAKEN = 5
    NUMBER_TAKEN = 6
    """Refused because something with this name or number is there: perhaps ours."""
    STALE = 7
    """Somebody wrote in between: read again, decide again."""
    WAIT = 8
    """Refused at the door, or for a while: nothing was applied."""
    LOGIN = 9
    """The connection has ended, or does not reach so far."""
    DOUBT = 10
    """Perhaps applied."""


TAKEN = frozenset({Then.NAME_TAKEN, Then.NUMBER_TAKEN})


class Row(msgspec.Struct, frozen=True):
    """One line of a product's table of faults."""

    then: Then
    code: str
    """Our word for it, in a Rejected."""
    source: str
    """Who says so, and when."""


class Finding(msgspec.Struct, frozen=True):
    """The meaning of a refusal."""

    then: Then
    code: str
    """Our word for it, in a Rejected."""
    reason: str
    wait_s: float = 0
    """How long a WAIT lasts; 0: as long as one for rate."""


class Applied(msgspec.Struct, frozen=True):
    """The write was applied; what the answer holds."""

    raw: Raw


class Refused(msgspec.Struct, frozen=True):
    """The write was read and refused."""

    finding: Finding


class Unsent(msgspec.Struct, frozen=True):
    """Surely not applied."""

    cause: str
    retry_after_s: float
    login_ended: bool = False


class Unclear(msgspec.Struct, frozen=True):
    """Perhaps applied."""

    cause: str


Result = Applied | Refused | Unsent | Unclear


# ── from the wire ────────────────────────────────────────────────────────────────────────────


def sent(
    client: Client, request: Request, *, metered: bool = False, lane: Throttle | None = None
) -> Reply | Unsent | Unclear:
    """The reply to a write, sent once; or what its having none comes to."""
    try:
        answer = client.write(request, metered=metered, lane=lane)
    except (LoginRequired, ConfigurationError) as ended:
        return Unsent(str(ended), RATE_WAIT_S, login_ended=True)
    if isinstance(answer, Held):
        return Unsent(answer.cause, answer.retry_after_s)
    if isinstance(answer, NotSent):
        return Unsent(answer.cause, 0)
    return answer if isinstance(answer, Reply) else Unclear(answer.cause)


def turned_away(client: Client, reply: Reply) -> Unsent | None:
    """The result that a refusal for rate comes to; None for any other reply."""
    if not client.refused_for_rate(reply):
        return None
    return Unsent("refused for rate", client.wait_after(reply))


def of_finding(finding: Finding) -> Refused | Unsent | Unclear:
    """The result of a write that was refused so."""
    if finding.then is Then.DOUBT:
        return Unclear(finding.reason)
    if finding.then is Then.WAIT:
        return Unsent(finding.reason, finding.wait_s or RATE_WAIT_S)
    if finding.then is Then.LOGIN:
        return Unsent(finding.reason, RATE_WAIT_S, login_ended=True)
    return Refused(finding)


def one_of(count: int, result: Result) -> Result:
    """The result of one of so many documents that one call was refused for: of several, nobody
    knows which one was meant. They are looked up, and sent apart."""
    if count > 1 and isinstance(result, Refused):
        return Unclear(f"refused together with others: {result.finding.reason}")
    return result


def distinct(
    steps: Sequence[Step], id_of: Callable[[Step], str], doubted: Callable[[str], Step]
) -> list[Step]:
    """The results of several new documents of one sort. Where two were answered with one id,
    neither answer is believed. `id_of` is empty for what is no new document."""
    ids = Counter(map(id_of, steps))
    return [
        doubted("another document was answered with the same id")
        if (external_id := id_of(step)) and ids[external_id] > 1
        else step
        for step in steps
    ]


# ── to the pipeline ──────────────────────────────────────────────────────────────────────────


def raise_if_login_ended(results: Sequence[object]) -> None:
    """Say that the connection has ended, unless that would cost a document its outcome."""
    ended = [each for each in results if isinstance(each, Unsent) and each.login_ended]
    if ended and all(isinstance(each, Unsent | Unavailable) for each in results):
        raise LoginRequired(ended[0].cause)


def not_applied(result: Refused | Unsent | Unclear) -> Outcome:
    """The outcome of a write that was not, or not surely, applied."""
    if isinstance(result, Unsent):
        return Unavailable(result.cause, result.retry_after_s)
    if isinstance(result, Refused):
        return Rejected(result.finding.reason, result.finding.code)
    return InDoubt(result.cause)
