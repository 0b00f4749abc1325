"""Faults on demand: what goes wrong, with which requests, before or after they take effect."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from threading import Lock
from typing import Any
from urllib.parse import unquote_plus

from bridge.sandbox import lies
from bridge.sandbox.lies import Lie
from bridge.sandbox.wire import HTML, JSON, Face, Request, Response

KINDS = (
    "reset", "timeout", "500", "503", "429", "html", "slow", "half",
    "page", "answer", "refuse", "late", "unkept", "401", "interim", "drip", *lies.KINDS,
)  # fmt: skip
OF_ANSWERS = frozenset({"half", "interim", "drip", *lies.KINDS})
"""Faults of the answer: the request has taken effect."""
HOLD_S = 130
SLOW_S = 5
LATE_S = 4
LATE_MAX_S = 3600
_USUAL_S = {"timeout": HOLD_S, "late": LATE_S, "interim": 0, "drip": 1}
FOR_EVER = 0
"""The count of a fault that strikes until it is forgotten."""

PAGE = b"<html><head><title>503 Service Temporarily Unavailable</title></head><body></body></html>"


@dataclass(slots=True)
class Fault:
    """One planned fault. `path` and `body` are parts of what is asked, or patterns."""

    system: str
    kind: str
    when: str = "before"
    count: int = 1
    method: str = ""
    path: str = ""
    body: str = ""
    seconds: float = 0
    status: int = 0
    code: str = ""
    text: str = ""
    content: bytes = b""
    """The body of an `answer`."""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    lie: Lie | None = None

    def strikes(self, face: Face, request: Request, target: str) -> bool:
        if self.system not in ("", face.system):
            return False
        if self.method and self.method.upper() != request.method:
            return False
        if self.body and not _has(request.body.decode("utf-8", "replace"), self.body):
            return False
        if self.kind in ("late", "unkept") and not face.writes(request):
            return False
        if self.path:
            return _has(target, self.path) or _has(unquote_plus(target), self.path)
        if face.is_login(request):
            return False
        any_request = self.when == "before" or self.kind in OF_ANSWERS - {"half"}
        return any_request or bool(self.method) or face.writes(request)


def _has(text: str, wanted: str) -> bool:
    return wanted in text or re.search(wanted, text) is not None


class Faults:
    """The faults still to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._lock = Lock()

    def plan(self, wish: dict[str, Any]) -> Fault:
        """Add a fault; raises ValueError with what is wrong in the wish."""
        fault = _fault(wish)
        for name, pattern in (("path", fault.path), ("body", fault.body)):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"match.{name} is not a pattern: {error}") from error
        with self._lock:
            self._planned.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()

    def take(self, face: Face, request: Request, target: str) -> Fault | None:
        """Return the fault that strikes this request, used up by one."""
        if not self._planned:
            return None
        with self._lock:
            for fault in self._planned:
                if fault.strikes(face, request, target):
                    if fault.count != FOR_EVER:
                        fault.count -= 1
                        if not fault.count:
                            self._planned.remove(fault)
                    return fault
        return None

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with self._lock:
            return iter([_shown(fault) for fault in self._planned])


def _fault(wish: dict[str, Any]) -> Fault:
    """The fault that is wished for; raises ValueError with what is wrong in the wish."""
    match = wish.get("match") or {}
    kind = str(wish.get("kind", ""))
    when = str(wish.get("when", "after" if kind in OF_ANSWERS | {"unkept"} else "before"))
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    if when not in ("before", "after"):
        raise ValueError("when must be before or after")
    if kind in OF_ANSWERS and when == "before":
        raise ValueError(f"{kind} comes after the request has taken effect")
    if kind == "late" and when == "after":
        raise ValueError("late is before anything is applied")
    count = int(wish.get("count", 1))
    if count < 0:
        raise ValueError("count must not be negative; 0 is until it is forgotten")
    seconds = float(wish.get("seconds", _USUAL_S.get(kind, SLOW_S)))
    return Fault(
        system=str(wish.get("system", "")),
        kind=kind,
        when=when,
        count=count,
        method=str(match.get("method", "")),
        path=str(match.get("path", "")),
        body=str(match.get("body", "")),
        seconds=min(seconds, LATE_MAX_S if kind == "late" else HOLD_S),
        status=int(wish.get("status", 400 if kind == "refuse" else 200)),
        code=str(wish.get("code", "")),
        text=str(wish.get("text", "")),
        content=_content(wish),
        headers=lies.headers(wish),
        content_type=str(wish.get("type", JSON)),
        lie=Lie(wish) if kind in lies.KINDS else None,
    )


def _content(wish: dict[str, Any]) -> bytes:
    """The body that is wished for: text, or in `base64` what is none."""
    if "base64" in wish:
        return b64decode(str(wish["base64"]), validate=True)
    return str(wish.get("text", "")).encode()


def _shown(fault: Fault) -> dict[str, Any]:
    """A fault as JSON: of a body of bytes only how long it is."""
    shown = {each.name: getattr(fault, each.name) for each in fields(fault)}
    lie = vars(fault.lie) if fault.lie else None
    return {**shown, "content": len(fault.content), "lie": lie}


def told(fault: Fault, request: Request, response: Response) -> Response:
    """The true answer with what a fault of answers does to it."""
    if fault.lie is not None:
        return fault.lie.told(fault.kind, request, response)
    if fault.kind == "interim":
        return replace(response, interim_s=fault.seconds)
    if fault.kind == "drip":
        return replace(response, drip_s=fault.seconds)
    return replace(response, cut=True)


def refusal(fault: Fault, face: Face) -> Response | None:
    """Return the answer that a fault gives instead; None if it gives none or the true one."""
    response = _instead(fault, face)
    if response is not None and fault.headers:
        return replace(response, headers={**response.headers, **fault.headers})
    return response


def _instead(fault: Fault, face: Face) -> Response | None:
    if fault.kind in ("500", "429", "401"):
        return face.refusal(int(fault.kind))
    if fault.kind == "503":
        return Response(503, PAGE, HTML)
    if fault.kind == "html":
        return Response(502, PAGE.replace(b"503 Service", b"502 Gateway"), HTML)
    if fault.kind == "page":
        return Response(200, PAGE.replace(b"503 Service", b"Service"), HTML)
    if fault.kind == "answer":
        return Response(fault.status, fault.content, fault.content_type)
    if fault.kind == "refuse":
        return face.refused(fault.code, fault.text, fault.status)
    return None
