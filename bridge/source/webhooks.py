"""The events that a ledger calls out between its deliveries: "something changed". Checked, never
booked.

An event is a reason to look at the ledger again, and nothing else: what is posted comes from a
delivery alone. So one that is lost, late, repeated or out of order cannot make the books wrong.
The contracts (FACTS L9): POST of JSON, signed over the raw
bytes with `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import msgspec

from bridge.source.about import Dialect

BODY_MAX = 262_144
SKEW_MAX_S = 300
"""How far a signature's time may be from ours, on either side."""
REMEMBERED = 10_000
"""Events whose ids are kept, to know a repeated one. An older one costs an idle pass."""
SIGNATURES_MAX = 8

_TIME = re.compile(r"[0-9]{1,12}")
_ID_MAX = 200


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The id and type that an event tells of itself. Its data are not looked at."""

    id: str
    type: str


Outcome = Literal[
    "accepted",
    "repeated",
    "not for us",
    "unsigned",
    "stale",
    "too large",
    "unreadable",
    "no secret",
]
STATUS: Mapping[Outcome, int] = {
    "accepted": 200,
    "repeated": 200,
    "not for us": 200,
    "unsigned": 401,
    "stale": 401,
    "too large": 413,
    "unreadable": 400,
    "no secret": 404,
}
"""What the sender is told (FACTS L9): whatever we will not read again is 200, so that it stops."""


@dataclass
class Receiver:
    """Takes events of one ledger. Safe to use from several threads."""

    dialect: Dialect
    _seen: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(
        self, headers: Mapping[str, str], body: bytes, secret: str | None, now: datetime
    ) -> Outcome:
        """The outcome of one call. Only `accepted` is a reason to look at the ledger.

        `secret`: what both sides know; none refuses everything. `now`: UTC.
        """
        if not secret:
            return "no secret"
        if len(body) > BODY_MAX:
            return "too large"
        signature = _header(headers, self.dialect.signature_header)
        checked = _checked(signature, body, secret, now)
        if checked is not None:
            return checked
        event = _read(body)
        named = _header(headers, self.dialect.event_header)
        if event is None or (named and named != event.id):
            return "unreadable"
        with self._lock:
            if event.id in self._seen:
                return "repeated"
            self._seen[event.id] = None
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        return "accepted" if self.dialect.changing.fullmatch(event.type) else "not for us"


def _checked(
    signature: str, body: bytes, secret: str, now: datetime
) -> Literal["unsigned", "stale"] | None:
    """The fault in a signature. The time is judged only when somebody who may has signed it.

    A sender that changes its key signs with both: one that fits is enough.
    """
    parts = [part.strip().partition("=") for part in signature.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    given = [value for name, _, value in parts if name == "v1"][:SIGNATURES_MAX]
    if len(times) != 1 or not _TIME.fullmatch(times[0]):
        return "unsigned"
    ours = hmac.new(secret.encode(), f"{times[0]}.".encode() + body, hashlib.sha256).hexdigest()
    fits = [hmac.compare_digest(ours.encode(), each.encode()) for each in given]
    if not any(fits):
        return "unsigned"
    apart_s = abs(int(now.timestamp()) - int(times[0]))
    return "stale" if apart_s > SKEW_MAX_S else None


def _read(body: bytes) -> Event | None:
    try:
        event = msgspec.json.decode(body, type=Event)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return event if 0 < len(event.id) <= _ID_MAX and event.type else None


def _header(headers: Mapping[str, str], name: str) -> str:
    """A header by its name, in whatever case it came."""
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), "")
