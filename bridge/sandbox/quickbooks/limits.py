"""Rate windows and the meter of reads (CorePlus), per realm (FACTS Q32, Q35)."""

from __future__ import annotations

from collections import deque

from bridge.sandbox.clock import Clock
from bridge.sandbox.quickbooks.faults import throttled
from bridge.sandbox.quickbooks.settings import Settings


class Window:
    """Counts what happened in the last seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._times: deque[float] = deque()

    def full(self, now: float, most: int) -> bool:
        while self._times and self._times[0] <= now - self.seconds:
            self._times.popleft()
        return len(self._times) >= most

    def add(self, now: float) -> None:
        self._times.append(now)


class Limits:
    """Refuses what comes too fast and counts what Intuit would bill."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._minute, self._second, self._batches = Window(60), Window(1), Window(60)
        self.refused = 0
        self.reads: dict[str, int] = {}

    def admit(self, *, is_read: bool, is_batch: bool) -> None:
        """Let a request in or refuse it with 429; refused ones count in no window."""
        settings, now = self._settings, self._clock.seconds()
        blocked = settings.monthly_block or self.reads_this_month >= settings.monthly_reads
        over = is_read and blocked
        if settings.limits:
            over = (
                self._minute.full(now, settings.requests_per_minute)
                or self._second.full(now, settings.requests_per_second)
                or (is_batch and self._batches.full(now, settings.batches_per_minute))
                or over
            )
        if over:
            self.refused += 1
            fault = throttled(int(settings.throttle_status))
            if settings.retry_after_s:
                fault.headers["Retry-After"] = str(settings.retry_after_s)
            raise fault
        if settings.limits:
            self._minute.add(now)
            self._second.add(now)
            if is_batch:
                self._batches.add(now)

    def meter(self, calls: int = 1) -> None:
        """Count successful reads: Core (single writes) is free, CorePlus is not."""
        month = self._month()
        self.reads[month] = self.reads.get(month, 0) + calls

    @property
    def reads_this_month(self) -> int:
        return self.reads.get(self._month(), 0)

    def _month(self) -> str:
        return self._clock.now().strftime("%Y-%m")
