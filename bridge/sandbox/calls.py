"""Counters of what was asked of each face."""

from __future__ import annotations

import re
from threading import Lock
from typing import Any

from bridge.sandbox.wire import Request, Response

_ID = re.compile(r"/[0-9][0-9-]*(?=/|$)|/[0-9a-f]{8}-[0-9a-f-]{27}(?=/|$)")
SHAPES = 500


class Calls:
    """Requests by method and path (ids cut out), bytes both ways, answers by status."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        self._total = self._received = self._sent = 0
        self._by_path: dict[str, int] = {}
        self._by_status: dict[str, int] = {}
        self._by_fault: dict[str, int] = {}

    def add(self, request: Request, response: Response | None, fault: str) -> None:
        """Count a request; no response means that the connection was cut."""
        shape = f"{request.method} {_ID.sub('/{id}', request.path)}"
        status = str(response.status) if response else "none"
        with self._lock:
            if shape not in self._by_path and len(self._by_path) >= SHAPES:
                shape = "other"
            self._total += 1
            self._received += len(request.body)
            self._sent += len(response.body) if response else 0
            self._by_path[shape] = self._by_path.get(shape, 0) + 1
            self._by_status[status] = self._by_status.get(status, 0) + 1
            if fault:
                self._by_fault[fault] = self._by_fault.get(fault, 0) + 1

    def shown(self) -> dict[str, Any]:
        with self._lock:
            return {
                "total": self._total,
                "by_path": dict(self._by_path),
                "by_status": dict(self._by_status),
                "faults": dict(self._by_fault),
                "bytes_in": self._received,
                "bytes_out": self._sent,
            }
