"""Requests and answers as they crossed the wire, byte for byte, and what can be wrong with one."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import parse_qsl

from bridge.sandbox.server import CONTROL, SandboxServer
from bridge.sandbox.wire import Request, Response

OUR_AGENT = "ledger-bridge"

Side = Literal["request", "answer"]
Trouble = Callable[[str, Request, Response], Response]
"""From the path, the request and the sandbox's own answer to the answer that is given."""


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. Header names are lower case."""

    system: str
    method: str
    path: str
    """Below the face of that system, as sent."""
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    status: int
    answer_type: str
    answer: bytes

    @property
    def ours(self) -> bool:
        """Sent by an adapter, not by a test's own client."""
        return self.headers.get("user-agent") == OUR_AGENT

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Violation:
    """Something that a description does not allow.

    `what` is the broken rule, in a word; `subject` names the place in the description's own
    words, so that the same mistake in many calls is one. `seen` is an example.
    """

    side: Side
    what: str
    subject: str
    seen: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.side, self.what, self.subject

    def __str__(self) -> str:
        return f"{self.side}: {self.what}: {self.subject} ({self.seen[:160]})"


class RecordingSandbox(SandboxServer):
    """A sandbox that keeps what it was asked and what it answered, its control API left out.

    `trouble` may answer in its place, where a test needs a refusal that it does not give.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.exchanges: list[Exchange] = []
        self.trouble: Trouble | None = None
        self._recording = threading.Lock()

    def _answer(self, request: Request, target: str) -> Response:
        system, _, path = request.path.lstrip("/").partition("/")
        response = super()._answer(request, target)
        if system != CONTROL:
            if self.trouble is not None:
                response = self.trouble(f"/{path}", request, response)
            query = target.partition("?")[2]
            exchange = Exchange(
                system=system,
                method=request.method,
                path=f"/{path}",
                query=tuple(parse_qsl(query, keep_blank_values=True)),
                headers=dict(request.headers),
                body=request.body,
                status=response.status,
                answer_type=response.content_type if response.body else "",
                answer=response.body,
            )
            with self._recording:
                self.exchanges.append(exchange)
        return response


class NotJson(Exception):
    """The text is not JSON, or says one name twice."""


def decoded(content: bytes) -> Any:
    """Exact JSON: numbers keep every digit and exponent that was written."""
    try:
        return json.loads(
            content.decode("utf-8"), parse_float=Decimal, object_pairs_hook=_each_name_once
        )
    except ValueError as error:
        raise NotJson(str(error)) from error


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"a name is there twice among {[name for name, _ in pairs]}")
    return found
