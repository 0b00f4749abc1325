"""Jobs are due by the lender's clock, and of what was missed only the last counts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.daemon.times import LOOK_BACK, DueTimes

HOURLY = DueTimes("0 6-21 * * *", "America/Bogota")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc]


def test_the_hours_are_the_lenders() -> None:
    assert HOURLY.after(utc(2026, 11, 28, 9)) == utc(2026, 11, 28, 11)  # six in Bogotá
    assert HOURLY.after(utc(2026, 11, 28, 11)) == utc(2026, 11, 28, 12)
    assert HOURLY.after(utc(2026, 11, 29, 2)) == utc(2026, 11, 29, 11)  # after nine in the evening


def test_of_what_was_missed_the_last_counts_and_it_counts_once() -> None:
    off, back = utc(2026, 11, 26, 3), utc(2026, 11, 28, 13, 20)
    assert HOURLY.newest(off, back) == utc(2026, 11, 28, 13)
    assert HOURLY.newest(utc(2026, 11, 28, 13), back) is None


def test_a_due_time_counts_from_its_very_moment() -> None:
    due = utc(2026, 11, 28, 11)
    assert HOURLY.newest(due - timedelta(seconds=1), due) == due
    assert HOURLY.newest(due - timedelta(hours=1), due - timedelta(microseconds=1)) is None


def test_a_job_of_the_week_that_was_missed_is_found() -> None:
    weekly = DueTimes("0 7 * * mon", "America/Mexico_City")
    assert weekly.newest(utc(2026, 1, 1), utc(2026, 11, 29)) == utc(2026, 11, 23, 13)


def test_summer_time_begins_and_the_report_is_at_the_same_hour() -> None:
    """Chile puts its clocks forward on 6 September 2026."""
    report = DueTimes("30 6 * * *", "America/Santiago")
    assert report.after(utc(2026, 9, 5)) == utc(2026, 9, 5, 10, 30)
    assert report.after(utc(2026, 9, 6)) == utc(2026, 9, 6, 9, 30)


CHANGES = {
    ("America/Santiago", "0 * * * *", utc(2027, 4, 4, 2)): [  # 24:00 is 23:00 again
        utc(2027, 4, 4, 3), utc(2027, 4, 4, 4), utc(2027, 4, 4, 5),
    ],
    ("America/Santiago", "*/30 * * * *", utc(2027, 4, 4, 2, 30)): [
        utc(2027, 4, 4, 3), utc(2027, 4, 4, 3, 30), utc(2027, 4, 4, 4),
    ],
    ("America/Santiago", "30 23 * * *", utc(2027, 4, 4, 2)): [
        utc(2027, 4, 4, 2, 30), utc(2027, 4, 5, 3, 30),
    ],
    ("Pacific/Easter", "0 6-21 * * *", utc(2027, 4, 4, 1)): [  # 22:00 is 21:00 again
        utc(2027, 4, 4, 2), utc(2027, 4, 4, 12),
    ],
    ("America/Havana", "0 * * * *", utc(2026, 11, 1, 4)): [
        utc(2026, 11, 1, 5), utc(2026, 11, 1, 6), utc(2026, 11, 1, 7),
    ],
    ("America/New_York", "30 1 * * *", utc(2026, 11, 1, 4)): [
        utc(2026, 11, 1, 5, 30), utc(2026, 11, 2, 6, 30),
    ],
    ("Europe/Madrid", "30 2 * * *", utc(2026, 3, 28, 12)): [  # left out on 29 March
        utc(2026, 3, 30, 0, 30), utc(2026, 3, 31, 0, 30),
    ],
    ("Australia/Lord_Howe", "*/15 * * * *", utc(2026, 4, 4, 14, 30)): [  # half an hour back
        utc(2026, 4, 4, 14, 45), utc(2026, 4, 4, 15), utc(2026, 4, 4, 15, 15),
        utc(2026, 4, 4, 15, 30), utc(2026, 4, 4, 15, 45),
    ],
    ("Pacific/Apia", "0 12 * * *", utc(2011, 12, 29, 20)): [  # 30 December was left out
        utc(2011, 12, 29, 22), utc(2011, 12, 30, 22),
    ],
}  # fmt: skip
"""Zone, schedule, moment → the due times that follow."""


@pytest.mark.parametrize(("zone", "schedule", "moment"), CHANGES)
def test_an_hour_that_comes_twice_or_never(zone: str, schedule: str, moment: datetime) -> None:
    times, found = DueTimes(schedule, zone), [moment]
    for _ in CHANGES[zone, schedule, moment]:
        found.append(times.after(found[-1]))
    assert found[1:] == CHANGES[zone, schedule, moment]


SCHEDULES = ("0 6-21 * * *", "30 6 * * *", "0 * * * *", "30 23 * * *", "15 1 * * sun")


ALL_ZONES = os.environ.get("BRIDGE_ZONES") == "all"
ZONES = {
    "America/Santiago", "Pacific/Easter", "America/Havana", "America/Tijuana", "America/Bogota",
    "America/New_York", "America/Asuncion", "Europe/Madrid", "Australia/Lord_Howe",
}  # fmt: skip


@pytest.mark.parametrize("zone", sorted(available_timezones() if ALL_ZONES else ZONES))
def test_due_times_go_strictly_on_through_every_change_of_the_clock(zone: str) -> None:
    """Around each change of two years, from every half hour; BRIDGE_ZONES=all for every zone."""
    moments = list(_around_changes(zone))
    for schedule in SCHEDULES:
        times = DueTimes(schedule, zone)
        for moment in moments:
            due = times.after(moment)
            assert due > moment
            before = times.after(due - timedelta(microseconds=1))
            assert before == due, "what is due then is found from just before, too"
        if schedule == "0 * * * *" and moments:
            longest = max(times.after(m) - m for m in moments)
            assert longest <= timedelta(minutes=90)  # Lord Howe goes back by half an hour


def _around_changes(zone: str) -> Iterator[datetime]:
    half, clock = timedelta(minutes=30), ZoneInfo(zone)
    days = [utc(2026, 11, 1) + timedelta(days=n) for n in range(731)]
    for day, following in pairwise(days):
        if day.astimezone(clock).utcoffset() != following.astimezone(clock).utcoffset():
            yield from (day + n * half for n in range(-6, 60))


@given(
    minutes=st.integers(0, 60 * 24 * 30),
    gap=st.integers(0, 60 * 24 * 3),
)
def test_nothing_is_due_twice_and_nothing_is_left_out(minutes: int, gap: int) -> None:
    """Looking now and then finds what looking all the time would find last."""
    since = utc(2026, 2, 10) + timedelta(minutes=minutes)
    now = since + timedelta(minutes=gap)
    every, due = [], HOURLY.after(since)
    while due <= now:
        every.append(due)
        due = HOURLY.after(due)
    assert HOURLY.newest(since, now) == (every[-1] if every else None)
    assert gap < LOOK_BACK / timedelta(minutes=1)
