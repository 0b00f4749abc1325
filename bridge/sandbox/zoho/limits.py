"""Requests a minute, a day and at once, per organization (FACTS Z41)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock

from bridge.sandbox.clock import Clock
from bridge.sandbox.zoho.faults import Refused, refused
from bridge.sandbox.zoho.organization import ZONE
from bridge.sandbox.zoho.settings import Settings

MINUTE_S = 60


class Limits:
    """Refuses what comes too fast. What is refused for its content counts all the same."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._lock = Lock()
        self._minute_began, self._in_minute = 0.0, 0
        self.day, self.in_day = "", 0
        self.running = self.refused = self.most_at_once = 0

    def enter(self) -> None:
        """Let a request in, or refuse it: every one that enters must leave."""
        with self._lock:
            if self._settings.limits and self.running >= self._settings.in_flight:
                raise self._no(1070)
            self.running += 1
            self.most_at_once = max(self.most_at_once, self.running)

    def leave(self) -> None:
        with self._lock:
            self.running -= 1

    def count(self) -> None:
        """Count a request in the windows; too many in a minute block the rest of it."""
        with self._lock:
            now = self._clock.seconds()
            today = self._today()
            if today != self.day:
                self.day, self.in_day = today, 0
            if not 0 <= now - self._minute_began < MINUTE_S:
                self._minute_began, self._in_minute = now, 0
            if self._settings.limits:
                if self.in_day >= self._settings.day_quota:
                    raise self._no(45, self._settings.day_quota)
                if self._in_minute >= self._settings.requests_per_minute:
                    raise self._no(44)
            self._in_minute += 1
            self.in_day += 1

    def headers(self) -> dict[str, str]:
        """Return the headers about the daily quota; there is no Retry-After."""
        if not self._settings.limits:
            return {}
        quota = self._settings.day_quota
        return {
            "X-Rate-Limit-Limit": str(quota),
            "X-Rate-Limit-Remaining": str(max(quota - self.in_day, 0)),
            "X-Rate-Limit-Reset": str(self._seconds_left()),
        }

    def _no(self, code: int, *values: object) -> Refused:
        self.refused += 1
        return refused(code, *values)

    def _local(self) -> datetime:
        zone = UTC if self._settings.day_resets_at == "utc" else ZONE
        return self._clock.now().astimezone(zone)

    def _today(self) -> str:
        return self._local().date().isoformat()

    def _seconds_left(self) -> int:
        now = self._local()
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
        return int((midnight - now).total_seconds())
