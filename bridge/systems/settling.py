"""The time that a product may still be at work on a write whose answer was lost.

A connection that is cut stops nobody at the other end: the write may reach the books seconds, or
minutes, later. So what a look-up does not show counts as absent only when the product must have
finished, and then it is looked for once more.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from bridge.core.delivery import InDoubt, Outcome, Outgoing
from bridge.systems.needs import Clock

CAUTIOUS_S = 120.0
"""Where no source says how long a product works on a request. Our own choice."""

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


def settles_after_s(chosen: float | None, usual: float, base_url: str, unlimited: bool) -> float:
    """Seconds until a write without an answer is applied or never will be: what was chosen, else
    the usual, but nothing for a sandbox with --fast (`unlimited`) on this machine."""
    if chosen is not None:
        return chosen
    return 0.0 if unlimited and urlsplit(base_url).hostname in _THIS_MACHINE else usual


class Settling:
    """The time until a write without an answer is applied or never will be, per document.

    Where this process has not seen the doubt begin (it was restarted), the write may have left just
    before the process did.
    """

    def __init__(self, clock: Clock, settles_after_s: float) -> None:
        self._clock = clock
        self._settles_after_s = settles_after_s
        self._began = clock.monotonic()
        self._doubted: dict[str, float] = {}
        self._lock = threading.Lock()

    def noted(self, batch: Sequence[Outgoing], outcomes: list[Outcome]) -> list[Outcome]:
        """The outcomes of these writes; those in doubt are so from now on."""
        for outgoing, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, InDoubt):
                self.doubt(outgoing.document.reference)
        return outcomes

    def doubt(self, reference: str) -> None:
        """A write of this document may or may not have been applied just now."""
        with self._lock:
            self._doubted[reference] = self._clock.monotonic()

    def rest_s(self, references: Iterable[str]) -> float:
        """Seconds until no write of these documents can be under way any more; 0: none is."""
        with self._lock:
            moments = [self._doubted.get(reference, self._began) for reference in references]
        if not moments:
            return 0.0
        return max(max(moments) + self._settles_after_s - self._clock.monotonic(), 0.0)

    def wait(self, references: Iterable[str]) -> bool:
        """Sleep until no write of these documents can still arrive, so that absence means absence.
        False if there was nothing to wait for."""
        rest_s = self.rest_s(references)
        if rest_s <= 0:
            return False
        self._clock.sleep(rest_s)
        return True
