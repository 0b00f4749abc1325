from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bridge.clock import ManualClock
from bridge.errors import TryLater
from bridge.systems.budget import Budget, Meter

LATE = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)


def test_calls_are_counted_by_what_they_cost() -> None:
    meter = Meter(Budget(), ManualClock(LATE))
    meter.count(metered=True, throttled=False)
    meter.count(metered=False, throttled=False)
    meter.count(metered=False, throttled=True)
    calls = meter.calls()
    assert (calls.total, calls.metered, calls.throttled) == (3, 1, 1)


def test_a_days_budget_is_refused_until_midnight_and_then_new() -> None:
    clock = ManualClock(LATE)
    meter = Meter(Budget(per_day=10, used_today=9), clock)
    meter.require()
    meter.count(metered=True, throttled=False)
    with pytest.raises(TryLater, match="budget of 10") as refused:
        meter.require()
    assert refused.value.retry_after_s == 3600
    clock.move(3600)
    meter.require()


def test_a_months_budget_is_refused_until_the_first() -> None:
    clock = ManualClock(datetime(2026, 12, 31, 12, 0, tzinfo=UTC))
    meter = Meter(Budget(per_month=5, used_this_month=5), clock)
    with pytest.raises(TryLater, match="month") as refused:
        meter.require()
    assert refused.value.retry_after_s == 12 * 3600
    clock.move(12 * 3600)
    meter.require()


def test_free_calls_do_not_use_up_a_budget() -> None:
    meter = Meter(Budget(per_day=1), ManualClock(LATE))
    meter.count(metered=False, throttled=False)
    meter.require()


def test_calls_are_counted_on_the_day_on_which_they_were_made() -> None:
    clock = ManualClock(LATE)
    meter = Meter(Budget(used_today=100), clock)
    meter.count(metered=True, throttled=False)
    clock.move(3600)
    meter.count(metered=True, throttled=False)
    meter.count(metered=False, throttled=True)
    days = {day.isoformat(): calls for day, calls in meter.calls().by_day.items()}
    assert {day: (c.total, c.metered, c.throttled) for day, c in days.items()} == {
        "2026-11-30": (1, 1, 0),
        "2026-12-01": (2, 1, 1),
    }


def test_what_the_product_allows_counts_where_the_settings_say_nothing() -> None:
    clock = ManualClock(LATE)
    free, set_by_hand = Meter(Budget(), clock), Meter(Budget(per_day=2), clock)
    for meter in (free, set_by_hand):
        meter.cap_day(1)
        meter.count(metered=True, throttled=False)
    with pytest.raises(TryLater, match="budget of 1 "):
        free.require()
    set_by_hand.require()
