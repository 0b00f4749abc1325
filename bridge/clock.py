"""The only place that reads the time."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Instants are UTC; days are days of a named zone; waits go by a clock that never jumps."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""

    def today(self, zone: str) -> date:
        """The calendar day in that zone (`America/Bogota`)."""

    def monotonic(self) -> float:
        """Seconds since some point, for measuring and waiting only."""

    def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self, zone: str) -> date:
        return self.now().astimezone(ZoneInfo(zone)).date()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


class ShiftedClock(SystemClock):
    """The machine's clock set to another moment, from which it goes on: a rehearsal's own days."""

    def __init__(self, start: datetime) -> None:
        assert start.tzinfo is not None, "an instant needs its zone"
        self._shift = start - super().now()

    def now(self) -> datetime:
        return super().now() + self._shift


class ManualClock:
    """A clock that moves only when told to: `sleep` moves it and returns at once."""

    def __init__(self, start: datetime) -> None:
        assert start.tzinfo is not None, "an instant needs its zone"
        self._start = start.astimezone(UTC)
        self._elapsed_s = 0.0
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed_s)

    def today(self, zone: str) -> date:
        return self.now().astimezone(ZoneInfo(zone)).date()

    def monotonic(self) -> float:
        return self._elapsed_s

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.move(max(seconds, 0))

    def move(self, seconds: float) -> None:
        """Let time pass."""
        assert seconds >= 0, "time does not run backwards"
        with self._lock:
            self._elapsed_s += seconds
