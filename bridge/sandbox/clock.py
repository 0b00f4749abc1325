"""The sandbox's clock: the machine's time, plus whatever a test has shifted it by."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Now, shiftable; every expiry, stamp and rate window of the sandbox reads it."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def seconds(self) -> float:
        """Return the seconds since 1970, for windows and expiries."""
        return time.time() + self.shift.total_seconds()
