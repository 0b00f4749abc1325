"""Writes that take effect after their connection is gone, when the sandbox's clock gets there."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from bridge.sandbox.clock import Clock
from bridge.sandbox.wire import Face, Request


class Late:
    """The writes that are still being worked on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._under_way: list[tuple[datetime, Face, Request]] = []
        self._lock = Lock()

    def put_off(self, face: Face, request: Request, seconds: float) -> None:
        with self._lock:
            due = self._clock.now() + timedelta(seconds=seconds)
            self._under_way.append((due, face, request))

    def clear(self) -> None:
        with self._lock:
            self._under_way.clear()

    def move_clock(self, step: timedelta) -> None:
        """Move the clock; what takes effect on the way does so at its own time, not at the end: by
        then a listing that lags behind shows it."""
        for due in sorted(due for due, *_ in self._under_way):
            ahead = due - self._clock.now()
            if timedelta() < ahead <= step:
                self._clock.move(ahead)
                step -= ahead
                self.done_by_now()
        self._clock.move(step)

    def done_by_now(self, face: Face | None = None, request: Request | None = None) -> None:
        """Let those take effect whose time has come, and the one that `request` repeats: a product
        that knows it again waits for it, and one that does not had begun it before.
        """
        if not self._under_way:
            return
        now = self._clock.now()
        with self._lock:
            ready = [
                each
                for each in self._under_way
                if each[0] <= now or (each[1] is face and _is_same(each[2], request))
            ]
            self._under_way = [each for each in self._under_way if each not in ready]
        for _, its_face, its_request in ready:
            its_face.handle(its_request)


def _is_same(one: Request, other: Request | None) -> bool:
    """Whether one is the other sent once more, by all that could tell."""
    if other is None:
        return False
    key = "idempotency-key"
    same = (one.method, one.path, one.query, one.headers.get(key), one.body)
    return same == (other.method, other.path, other.query, other.headers.get(key), other.body)
