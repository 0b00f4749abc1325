"""The number of calls made, and of metered ones that may still be made."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import msgspec

from bridge.errors import TryLater
from bridge.systems.base import CallCount
from bridge.systems.needs import Clock


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """Metered calls allowed, and those used before this process (by UTC day and month)."""

    per_day: int | None = None
    per_month: int | None = None
    used_today: int = 0
    used_this_month: int = 0


class Meter:
    """Counts calls and refuses metered ones beyond the budget."""

    def __init__(self, budget: Budget, clock: Clock) -> None:
        self._budget = budget
        self._clock = clock
        self._lock = threading.Lock()
        self._total = 0
        self._metered = 0
        self._throttled = 0
        self._by_day: dict[date, CallCount] = {}
        now = clock.now()
        self._day, self._month = now.date(), now.date().replace(day=1)
        self._today = budget.used_today
        self._this_month = budget.used_this_month

    def require(self) -> None:
        """Raise TryLater when the metered calls of the day or month are used up."""
        with self._lock:
            self._turn_page()
            per_day, per_month = self._budget.per_day, self._budget.per_month
            now = self._clock.now()
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
            if per_month is not None and self._this_month >= per_month:
                following = (midnight.replace(day=1) + timedelta(days=32)).replace(day=1)
                wait_s = (following - now).total_seconds()
                raise TryLater(
                    f"This month's budget of {per_month} metered calls is used up. "
                    f"Wait for the next month (UTC).",
                    retry_after_s=wait_s,
                )
            if per_day is not None and self._today >= per_day:
                wait_s = (midnight + timedelta(days=1) - now).total_seconds()
                raise TryLater(
                    f"Today's budget of {per_day} metered calls is used up. Raise "
                    f"budget of this system in bridge.toml, or wait until midnight UTC.",
                    retry_after_s=wait_s,
                )

    def cap_day(self, calls: int) -> None:
        """Allow so many a day where the settings say nothing: what the product turns out to."""
        with self._lock:
            if self._budget.per_day is None:
                self._budget = msgspec.structs.replace(self._budget, per_day=calls)

    def count(self, *, metered: bool, throttled: bool) -> None:
        """Note one call that was answered or lost."""
        with self._lock:
            self._turn_page()
            self._total += 1
            self._throttled += throttled
            before = self._by_day.get(self._day, CallCount(total=0, metered=0, throttled=0))
            self._by_day[self._day] = CallCount(
                total=before.total + 1,
                metered=before.metered + metered,
                throttled=before.throttled + throttled,
            )
            if metered:
                self._metered += 1
                self._today += 1
                self._this_month += 1

    def calls(self) -> CallCount:
        with self._lock:
            return CallCount(
                total=self._total,
                metered=self._metered,
                throttled=self._throttled,
                by_day=dict(self._by_day),
            )

    def _turn_page(self) -> None:
        today = self._clock.now().date()
        if today != self._day:
            self._day, self._today = today, 0
        if today.replace(day=1) != self._month:
            self._month, self._this_month = today.replace(day=1), 0
