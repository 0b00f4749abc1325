"""The sandbox's clock: the machine's time, shifted; it can also stand still or show any time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Now; every expiry, stamp and rate window of the sandbox reads it."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Show the machine's time, and go with it."""
        self.shift = timedelta()
        self._stands_at: datetime | None = None

    @property
    def still(self) -> bool:
        return self._stands_at is not None

    def now(self) -> datetime:
        return (self._stands_at or datetime.now(UTC)) + self.shift

    def seconds(self) -> float:
        """Return the seconds since 1970, for windows and expiries."""
        return self.now().timestamp()

    def move(self, step: timedelta) -> None:
        self.shift += step

    def set(self, moment: datetime) -> None:
        """Show that time now."""
        self.move(moment - self.now())

    def stand(self, *, still: bool) -> None:
        """Stop at the time that it shows, or go on from it. Moving it moves it either way."""
        shown = self.now()
        self._stands_at = datetime.now(UTC) if still else None
        self.set(shown)
