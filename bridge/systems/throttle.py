"""Keeps the rate of calls just below what a product allows, for all threads of a process."""

from __future__ import annotations

import threading
from collections import deque

import msgspec

from bridge.systems.needs import Clock


class Window(msgspec.Struct, frozen=True):
    """At most `calls` in any `seconds`. `slack_s` allows for requests bunching on the way."""

    calls: int
    seconds: float
    slack_s: float = 0


class Throttle:
    """Gives every call its moment.

    The moment is reserved under a lock and waited for outside of it, so that threads are served
    in order and no window ever holds more than it may. After a refusal for rate, `pause` holds
    back everything for as long as the product asks.
    """

    def __init__(self, windows: tuple[Window, ...], clock: Clock) -> None:
        self._windows = windows
        self._clock = clock
        self._lock = threading.Lock()
        self._moments: deque[float] = deque(maxlen=max((w.calls for w in windows), default=1))
        self._paused_until = float("-inf")

    def pause(self, seconds: float) -> None:
        """Let nothing through for so long."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)

    def paused_s(self) -> float:
        """Seconds that the pause still lasts; 0 when there is none."""
        return max(self._paused_until - self._clock.monotonic(), 0.0)

    def wait(self) -> float:
        """Return 0 when the call may go, else the seconds that a pause still lasts.

        Waits for the windows, which is short; does not wait for a pause, which may be long: the
        caller decides whether to sleep (a read) or to give up for now (a write).
        """
        with self._lock:
            if (paused := self.paused_s()) > 0:
                return paused
            now = self._clock.monotonic()
            moment = max(now, *(self._free_at(window) for window in self._windows), now)
            self._moments.append(moment)
        if moment > now:
            self._clock.sleep(moment - now)
        return self.paused_s()

    def _free_at(self, window: Window) -> float:
        """When the window has room again."""
        if len(self._moments) < window.calls:
            return float("-inf")
        return self._moments[-window.calls] + window.seconds + window.slack_s
