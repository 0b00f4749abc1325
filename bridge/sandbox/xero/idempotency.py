"""Idempotency-Key: the first answer, also a refusal, for six minutes (FACTS X30)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from bridge.sandbox.clock import Clock
from bridge.sandbox.wire import JSON, Request, Response
from bridge.sandbox.xero.faults import Refused, api_error
from bridge.sandbox.xero.settings import Settings

LONGEST = 128
METHODS = ("POST", "PUT", "PATCH")


@dataclass(slots=True)
class Kept:
    """An answer and the request that it was for."""

    at_s: float
    request: str
    status: int
    body: bytes
    content_type: str = JSON


class Keys:
    """Remembers answers for a while, whatever they were; a key is for one request only."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self.kept: dict[str, Kept] = {}

    def key(self, request: Request) -> str:
        """Return the key that counts for this request, if any."""
        if request.method not in METHODS or self._settings.idempotency == "ignore":
            return ""
        key = request.headers.get("idempotency-key", "")
        if len(key) > LONGEST:
            raise _clash(
                f"Idempotency Key: {key} is too long ({len(key)} characters, most {LONGEST})."
            )
        return key

    def recall(self, key: str, request: Request) -> Response | None:
        """Return what was answered; refuse the key for any other request."""
        self._forget()
        held = self.kept.get(key)
        if held is None:
            return None
        if held.request != fingerprint(request):
            raise _clash(f"Idempotency Key: {key} is used with a different request.")
        return Response(held.status, held.body, held.content_type)

    def remember(self, key: str, request: Request, response: Response) -> None:
        self.kept[key] = Kept(
            self._clock.seconds(),
            fingerprint(request),
            response.status,
            response.body,
            response.content_type,
        )

    def _forget(self) -> None:
        """Drop what is too old; answers lie in the order of their time."""
        oldest = self._clock.seconds() - self._settings.idempotency_s
        while self.kept:
            first = next(iter(self.kept))
            if self.kept[first].at_s > oldest:
                return
            del self.kept[first]


def fingerprint(request: Request) -> str:
    """Return what makes a request the same one: method, address and body."""
    asked = "&".join(f"{name}={value}" for name, value in sorted(request.query.items()))
    head = f"{request.method} {request.path}?{asked}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()


def _clash(message: str) -> Refused:
    return api_error(10, "ValidationException", message)
