"""One time for the whole world: the sandbox's, standing still until somebody moves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bridge.sandbox.clock import Clock as SandboxClock


class WorldClock:
    """The bridge's clock. It may go wrong against the sandbox's; waiting makes both go on."""

    def __init__(self, world: SandboxClock, move: Callable[[timedelta], None]) -> None:
        """`move` lets time pass in the sandbox, with what comes due there on the way."""
        self._world, self._move = world, move
        self._waited_s = 0.0
        self.skew = timedelta()
        self.leap = timedelta()
        """How far it is ahead besides, for the rest of one pass."""

    def now(self) -> datetime:
        return self._world.now() + self.skew + self.leap

    def leap_ahead(self, by: timedelta) -> None:
        self.leap = by

    def today(self, zone: str) -> date:
        return self.now().astimezone(ZoneInfo(zone)).date()

    def monotonic(self) -> float:
        return self._waited_s

    def sleep(self, seconds: float) -> None:
        self.move(max(seconds, 0))

    def move(self, seconds: float) -> None:
        """Let time pass for everybody."""
        assert seconds >= 0, "time itself does not run backwards; the skew may"
        self._waited_s += seconds
        self._move(timedelta(seconds=seconds))

    def truth(self) -> datetime:
        """The instant that it really is."""
        return self._world.now()

    def true_day(self, zone: str) -> date:
        """The day it really is, as the lender's phone knows it."""
        return self._world.now().astimezone(ZoneInfo(zone)).date()
