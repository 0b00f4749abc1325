"""Idempotency: what was answered to each requestid of the realm."""

from __future__ import annotations

from bridge.sandbox.clock import Clock
from bridge.sandbox.quickbooks.faults import Refused, wrong_length
from bridge.sandbox.quickbooks.settings import Settings
from bridge.sandbox.wire import Response

LONGEST = 50
LONGEST_IN_BATCH = 36


class RequestIds:
    """Remembers answers for a while and gives them again, whatever the body says."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self.answers: dict[str, tuple[float, int, bytes]] = {}

    def check(self, requestid: str, *, is_batch: bool) -> None:
        longest = LONGEST_IN_BATCH if is_batch else LONGEST
        if len(requestid) > longest:
            raise Refused([wrong_length("requestid", longest, len(requestid))])

    def recall(self, requestid: str) -> Response | None:
        if not requestid or self._settings.requestid == "ignore":
            return None
        self._forget()
        known = self.answers.get(requestid)
        return Response(known[1], known[2]) if known else None

    def remember(self, requestid: str, response: Response) -> None:
        """Keep an answer; refusals only if the switch says so, failures never."""
        if not requestid or response.status >= 500:
            return
        if response.status == 200 or self._settings.requestid_replays_faults:
            self.answers[requestid] = (self._clock.seconds(), response.status, response.body)

    def _forget(self) -> None:
        """Drop what is too old; answers lie in the order of their time."""
        oldest = self._clock.seconds() - self._settings.requestid_retention_s
        while self.answers:
            first = next(iter(self.answers))
            if self.answers[first][0] > oldest:
                return
            del self.answers[first]
