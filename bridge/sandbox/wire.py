"""A request as it came off the wire and the answer to it, free of any server library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import parse_qsl

import msgspec

JSON = "application/json;charset=UTF-8"
HTML = "text/html;charset=UTF-8"
XML = "application/xml;charset=UTF-8"

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)


def encode(value: object) -> bytes:
    """Write JSON with every decimal as an exact number."""
    return _encoder.encode(value)


def decode(body: bytes) -> Any:
    """Read JSON; numbers are int or Decimal, never float. Raises msgspec.DecodeError."""
    return _decoder.decode(body)


@dataclass(slots=True)
class Request:
    """One request. Header names are lower case; a query parameter given twice counts once."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    client: str = "127.0.0.1"

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(slots=True)
class Response:
    """One answer."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    """Whether the connection ends in the middle of the body."""
    interim_s: float | None = None
    """Seconds between a 103 that comes first and the answer itself; None for no 103."""
    drip_s: float = 0
    """Seconds between one byte and the next, from the status line on; 0 for all at once."""


def answer(value: object, status: int = 200) -> Response:
    return Response(status, encode(value))


class Face(Protocol):
    """One vendor's API over one company's books."""

    system: str

    def handle(self, request: Request) -> Response:
        """Answer one request, path without the system's own prefix."""

    def writes(self, request: Request) -> bool:
        """Whether this request may change the books."""

    def is_login(self, request: Request) -> bool:
        """Whether this request is part of OAuth, where faults strike only if aimed at it."""

    def refusal(self, status: int) -> Response:
        """The vendor's own answer for an injected 429 or 500."""

    def refused(self, code: str, text: str, status: int) -> Response:
        """The vendor's envelope of a refusal, with this code (where it has codes) and text."""

    def unkept(self, request: Request) -> Response:
        """Answer a request as if it were done, and keep nothing of it."""

    def throttled(self) -> int:
        """The number of answers that were refused for a rate limit."""

    def edit(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Do what a bookkeeper would do by hand in the vendor's web site."""

    def books(self) -> dict[str, Any]:
        """Return the books in the common shape."""

    def settings(self) -> dict[str, Any]:
        """Return every switch with its value."""

    def change_settings(self, wish: dict[str, Any]) -> None:
        """Change switches; raises ValueError with the reason."""

    def meters(self) -> dict[str, Any]:
        """Return what the vendor itself would count."""

    def reset(self) -> None:
        """Start again with the demo company."""

    def save(self) -> bytes:
        """Return everything there is to know."""

    def load(self, saved: bytes) -> None:
        """Become what was saved."""

    def urls(self, base: str) -> dict[str, str]:
        """Return what a client must be told to connect."""
