"""When a job is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

LOOK_BACK = timedelta(days=8)
"""How far back a start looks for what was missed: a week's job, and a day."""
SOON = timedelta(hours=1)
"""Where the last due time is looked for first; then twice as far, and so on."""


_AROUND = timedelta(hours=3)
"""No clock is put back or forward by more, but where a whole day is left out."""


class DueTimes:
    """The due times of a cron expression in a zone.

    A time that a change of the hour leaps over does not come on that day. One that comes twice
    counts the first time alone, but where the job is for every hour: each hour has its own.
    """

    def __init__(self, expression: str, zone: str) -> None:
        # By the wall clock, as if it never changed: the trigger's own zones come back to the
        # moment that it was asked from, in an hour that comes twice (apscheduler 3.11).
        self._wall = CronTrigger.from_crontab(expression, timezone=UTC)
        self._zone = ZoneInfo(zone)
        self._every_hour = expression.split()[1].startswith("*")

    def after(self, moment: datetime) -> datetime:
        """The first due time after a moment, in UTC."""
        wall = moment.astimezone(self._zone).replace(tzinfo=None)
        again: list[datetime] = []
        due = wall if self._is_steady(moment) else wall - _AROUND
        while True:
            due = self._next_on_the_wall(due)
            first, second = (self._instant(due, fold) for fold in (0, 1))
            if self._every_hour and second is not None and second > moment:
                again.append(second)
            if first is not None and first > moment:
                return min([first, *again])

    def _next_on_the_wall(self, after: datetime) -> datetime:
        start = after.replace(tzinfo=UTC)
        due: datetime | None = self._wall.get_next_fire_time(start, start)
        assert due is not None, "an expression without a future is refused by the settings"
        return due.replace(tzinfo=None)

    def _instant(self, wall: datetime, fold: int) -> datetime | None:
        """When the wall clock shows this for the first or the second time; None when it never
        does."""
        instant = wall.replace(tzinfo=self._zone, fold=fold).astimezone(UTC)
        back = instant.astimezone(self._zone)
        return instant if (back.replace(tzinfo=None, fold=0), back.fold) == (wall, fold) else None

    def _is_steady(self, moment: datetime) -> bool:
        """Whether no clock is changed around then."""
        near = (moment - _AROUND, moment, moment + _AROUND)
        return len({each.astimezone(self._zone).utcoffset() for each in near}) == 1

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
