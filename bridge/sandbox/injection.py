"""Faults on demand: what goes wrong, with which requests, before or after they take effect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

from bridge.sandbox.wire import HTML, Face, Request, Response

KINDS = ("reset", "timeout", "500", "503", "429", "html", "slow", "half")
HOLD_S = 130
SLOW_S = 5

PAGE = b"<html><head><title>503 Service Temporarily Unavailable</title></head><body></body></html>"


@dataclass(slots=True)
class Fault:
    """One planned fault. `path` is a substring of the path with its query, or a pattern."""

    system: str
    kind: str
    when: str = "before"
    count: int = 1
    method: str = ""
    path: str = ""
    seconds: float = 0

    def strikes(self, face: Face, request: Request, target: str) -> bool:
        if self.system not in ("", face.system):
            return False
        if self.method and self.method.upper() != request.method:
            return False
        if self.path:
            return self.path in target or re.search(self.path, target) is not None
        if face.is_login(request):
            return False
        return self.when == "before" or bool(self.method) or face.writes(request)


class Faults:
    """The faults still to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._lock = Lock()

    def plan(self, wish: dict[str, Any]) -> Fault:
        """Add a fault; raises ValueError with what is wrong in the wish."""
        match = wish.get("match") or {}
        kind = str(wish.get("kind", ""))
        when = str(wish.get("when", "after" if kind == "half" else "before"))
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if when not in ("before", "after"):
            raise ValueError("when must be before or after")
        if kind == "half" and when == "before":
            raise ValueError("half of an answer comes after the request has taken effect")
        default = HOLD_S if kind == "timeout" else SLOW_S
        fault = Fault(
            system=str(wish.get("system", "")),
            kind=kind,
            when=when,
            count=int(wish.get("count", 1)),
            method=str(match.get("method", "")),
            path=str(match.get("path", "")),
            seconds=min(float(wish.get("seconds", default)), HOLD_S),
        )
        try:
            re.compile(fault.path)
        except re.error as error:
            raise ValueError(f"match.path is not a pattern: {error}") from error
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
                    fault.count -= 1
                    if fault.count <= 0:
                        self._planned.remove(fault)
                    return fault
        return None

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with self._lock:
            return iter([asdict(fault) for fault in self._planned])


def refusal(fault: Fault, face: Face) -> Response | None:
    """Return the answer that a fault gives instead; None if it gives none or the true one."""
    if fault.kind in ("500", "429"):
        return face.refusal(int(fault.kind))
    if fault.kind == "503":
        return Response(503, PAGE, HTML)
    if fault.kind == "html":
        return Response(502, PAGE.replace(b"503 Service", b"502 Gateway"), HTML)
    return None
