"""When a job is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

LOOK_BACK = timedelta(days=8)
"""How far back a start looks for what was missed: a week's job, and a day."""
SOON = timedelta(hours=1)
"""Where the last due time is looked for first; then twice as far, and so on."""


class DueTimes:
    """The due times of a cron expression in a zone. A time that a change of the hour leaps over
    does not come on that day."""

    def __init__(self, expression: str, zone: str) -> None:
        self._trigger = CronTrigger.from_crontab(expression, timezone=ZoneInfo(zone))

    def after(self, moment: datetime) -> datetime:
        """The first due time after a moment, in UTC."""
        due: datetime | None = self._trigger.get_next_fire_time(moment, moment)
        assert due is not None, "an expression without a future is refused by the settings"
        return due.astimezone(UTC)

    def newest(self, since: datetime, now: datetime) -> datetime | None:
        """The last due time after `since` and not after `now`; None when there is none.

        Of many that were missed, while the machine was off, only the last one counts.
        """
        since, window = max(since, now - LOOK_BACK), SOON
        # Near the present first: what is due every minute is not counted through a week.
        while (due := self.after(max(since, now - window))) > now and now - window > since:
            window *= 2
        found = None
        while due <= now:
            found, due = due, self.after(due)
        return found
