"""Jobs are due by the lender's clock, and of what was missed only the last counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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
