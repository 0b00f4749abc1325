"""Rate limits: a minute, a day, at once, and the app's minute (FACTS X40).

Windows are fixed for a tenant and start at an offset of its own. A 429 has an empty body
and no type (FACTS X42).
"""

from __future__ import annotations

import math
import threading

from bridge.sandbox.clock import Clock
from bridge.sandbox.wire import Response
from bridge.sandbox.xero.faults import Refused
from bridge.sandbox.xero.settings import Settings

MINUTE_S, DAY_S = 60, 86_400
MINUTE_OFFSET_S, DAY_OFFSET_S = 17, 40_000


class Window:
    """Counts calls from one fixed moment to the next."""

    def __init__(self, length_s: int, offset_s: int) -> None:
        self._length_s, self._offset_s = length_s, offset_s
        self.number, self.calls = 0, 0

    def used(self, now_s: float) -> int:
        number = int((now_s - self._offset_s) // self._length_s)
        if number != self.number:
            self.number, self.calls = number, 0
        return self.calls

    def rest_s(self, now_s: float) -> int:
        """Return the whole seconds until the window ends."""
        end_s = (self.number + 1) * self._length_s + self._offset_s
        return max(1, math.ceil(end_s - now_s))


class Limits:
    """Refuses what comes too fast, and tells with each answer what is left."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self.minute = Window(MINUTE_S, MINUTE_OFFSET_S)
        self.day = Window(DAY_S, DAY_OFFSET_S)
        self.app_minute = Window(MINUTE_S, 0)
        self.refused = 0
        self._at_once = 0
        self._lock = threading.Lock()

    def enter(self) -> int:
        """Count a call that is in the house; return how many there are."""
        with self._lock:
            self._at_once += 1
            return self._at_once

    def leave(self) -> None:
        with self._lock:
            self._at_once -= 1

    def admit(self, at_once: int) -> None:
        """Let a call in, or refuse it with 429; refused ones count in no window."""
        settings, now = self._settings, self._clock.seconds()
        windows = (
            (self.day, settings.calls_per_day, "day"),
            (self.minute, settings.calls_per_minute, "minute"),
            (self.app_minute, settings.calls_per_app_minute, "appminute"),
        )
        if settings.limits:
            if at_once > settings.calls_at_once:
                raise Refused(self.refusal(settings.concurrent_problem))
            for window, most, problem in windows:
                if window.used(now) >= most:
                    rest_s = window.rest_s(now) if problem != "appminute" else 0
                    raise Refused(self.refusal(problem, rest_s))
        for window, *_ in windows:
            window.used(now)
            window.calls += 1

    def refusal(self, problem: str, retry_after_s: int = 0) -> Response:
        """Return an empty 429; only the minute and the day say how long to wait."""
        self.refused += 1
        headers = {**self.headers(), "X-Rate-Limit-Problem": problem}
        if retry_after_s:
            headers["Retry-After"] = str(retry_after_s)
        return Response(429, b"", "", headers)

    def headers(self) -> dict[str, str]:
        settings, now = self._settings, self._clock.seconds()
        left = {
            "X-DayLimit-Remaining": settings.calls_per_day - self.day.used(now),
            "X-MinLimit-Remaining": settings.calls_per_minute - self.minute.used(now),
            "X-AppMinLimit-Remaining": settings.calls_per_app_minute - self.app_minute.used(now),
        }
        return {name: str(max(0, rest)) for name, rest in left.items()}
