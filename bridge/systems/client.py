"""One company's line to a product: token, rate, meter and transport put together.

Vendor words stay out: an adapter says how it recognises a refusal for rate and which header
names a call for the vendor's support.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec

from bridge.errors import BridgeError, LoginRequired, TryLater
from bridge.systems.budget import Meter
from bridge.systems.needs import Clock
from bridge.systems.throttle import Throttle
from bridge.systems.tokens import Tokens
from bridge.systems.transport import Answer, NotSent, Reply, Request, Transport, retry_after_s

log = logging.getLogger("bridge.systems.client")

RATE_WAIT_S = 60.0
"""How long to wait after a refusal for rate that does not say."""


class Held(msgspec.Struct, frozen=True):
    """The request was not sent, and why: rate, budget, or no token for now."""

    cause: str
    retry_after_s: float


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """The names that a product gives things."""

    system: str
    company: str
    refused_for_rate: Callable[[Reply], bool]
    rate_wait_s: Callable[[Reply], float | None] = lambda _: None
    """How long a refusal for rate lasts by what it says of itself, where no header tells."""
    trace_header: str = ""
    token_scheme: str = "Bearer"
    meters_refusals: bool = False
    """Whether calls that were refused or lost count in the product's own meter."""


class Client:
    """Sends one company's requests. Safe to use from many threads."""

    def __init__(
        self,
        transport: Transport,
        tokens: Tokens,
        throttle: Throttle,
        meter: Meter,
        clock: Clock,
        dialect: Dialect,
    ) -> None:
        self._transport = transport
        self._tokens = tokens
        self._throttle = throttle
        self._meter = meter
        self._clock = clock
        self._dialect = dialect

    def write(
        self, request: Request, *, metered: bool = False, lane: Throttle | None = None
    ) -> Answer | Held:
        """Send a write, once. `lane` is a further limit for this sort of call.

        The one exception is a 401, by which the product says that it did not look at the request:
        the token is renewed and the write sent again, once. Raises LoginRequired when that does
        not help although the token is not at its end.
        """
        try:
            if metered:
                self._meter.require()
            for last in (False, True):
                if wait_s := self._turn(lane):
                    return Held("held back after a refusal for rate", wait_s)
                token = self._tokens.current()  # after the turn, which may take a minute
                answer = self._send(request, token, metered)
                if not _unauthorized(answer):
                    return answer
                if not last:
                    self._tokens.renewed(token)
            raise self._refused_twice(token)
        except TryLater as reason:
            return Held(str(reason), reason.retry_after_s or RATE_WAIT_S)

    def read(self, request: Request, *, metered: bool, lane: Throttle | None = None) -> Reply:
        """The reply to a request that only reads, asked again a few times where that may help.

        Raises TryLater when the product can not be reached, has trouble or refuses for rate, and
        LoginRequired when a renewed token is refused too. Other refusals are returned.
        """
        token = ""
        renewals = 0

        def attempt() -> Request:
            nonlocal token
            if metered:
                self._meter.require()
            for _ in range(3):
                if not (wait_s := self._turn(lane)):
                    break
                if wait_s > RATE_WAIT_S * 2:
                    raise TryLater("Refused for rate; the wait is long.", retry_after_s=wait_s)
                self._clock.sleep(wait_s)
            token = self._tokens.current()
            return self._signed(request, token)

        def wait_of(answer: Answer) -> float | None:
            nonlocal renewals
            self._note(answer, metered)
            if not isinstance(answer, Reply):
                return 0
            if answer.status == 401 and renewals == 0:
                renewals = 1
                self._tokens.renewed(token)
                return 0
            if self._dialect.refused_for_rate(answer) or answer.status >= 500:
                return self.wait_after(answer)
            # A page of a product that is being maintained comes with 200, too.
            return 0 if answer.ok and not answer.is_readable else None

        answer = self._transport.read(attempt, wait_of)
        if _unauthorized(answer):
            raise self._refused_twice(token)
        return self._conclusive(answer)

    def refused_for_rate(self, reply: Reply) -> bool:
        """Whether the product says that it was asked too often."""
        return self._dialect.refused_for_rate(reply)

    def wait_after(self, reply: Reply) -> float:
        """Seconds to wait after a refusal: as told, else a minute for rate and nothing for 5xx."""
        told = retry_after_s(reply.headers, self._clock)
        if self._dialect.refused_for_rate(reply):
            if told is None:
                told = self._dialect.rate_wait_s(reply)
            return RATE_WAIT_S if told is None else max(told, 1.0)
        return told or 0.0

    def trace(self, reply: Reply) -> str:
        """The vendor's name for a call, for its support."""
        return reply.headers.get(self._dialect.trace_header, "")

    def _conclusive(self, answer: Answer) -> Reply:
        name = self._dialect.system
        if not isinstance(answer, Reply):
            raise TryLater(f"{name} can not be reached ({answer.cause}).")
        if self._dialect.refused_for_rate(answer):
            raise TryLater(f"{name} refuses for rate.", retry_after_s=self.wait_after(answer))
        if answer.status >= 500:
            raise TryLater(f"{name} has trouble (HTTP {answer.status}).")
        return answer

    def _turn(self, lane: Throttle | None) -> float:
        """Wait for a turn in every lane; else the seconds that a pause still lasts."""
        waited = lane.wait() if lane is not None else 0.0
        return waited or self._throttle.wait()

    def _send(self, request: Request, token: str, metered: bool) -> Answer:
        answer = self._transport.send(self._signed(request, token))
        self._note(answer, metered)
        return answer

    def _note(self, answer: Answer, metered: bool) -> None:
        """Count the call, slow down when told, and say what went wrong."""
        if isinstance(answer, Reply) and answer.ok:
            self._meter.count(metered=metered, throttled=False)
            return
        fields = {"system": self._dialect.system, "company": self._dialect.company}
        metered = metered and self._dialect.meters_refusals
        if not isinstance(answer, Reply):
            event = "call.not_sent" if isinstance(answer, NotSent) else "call.lost"
            left = not isinstance(answer, NotSent)
            self._meter.count(metered=metered and left, throttled=False)
            log.warning("no reply", extra={"event": event, "error": answer.cause, **fields})
            return
        throttled = self._dialect.refused_for_rate(answer)
        if throttled:
            self._throttle.pause(self.wait_after(answer))
        self._meter.count(metered=metered, throttled=throttled)
        header = self._dialect.trace_header
        trace = f"{header}={self.trace(answer)}" if header else ""
        log.warning(
            "refused",
            extra={
                "event": "call.throttled" if throttled else "call.refused",
                "http_status": answer.status,
                "error": trace,
                **fields,
            },
        )

    def _signed(self, request: Request, token: str) -> Request:
        headers = {**request.headers, "Authorization": f"{self._dialect.token_scheme} {token}"}
        return msgspec.structs.replace(request, headers=headers)

    def _refused_twice(self, token: str) -> BridgeError:
        """The error to raise when a renewed token was refused too."""
        name = self._dialect.system
        if not self._tokens.should_work(token):
            return TryLater(f"The access tokens of {name} end before they can be used.")
        return LoginRequired(
            f"{name} refuses a fresh access token. Run: ledger-bridge connect {name}"
        )


def _unauthorized(answer: Answer) -> bool:
    return isinstance(answer, Reply) and answer.status == 401
