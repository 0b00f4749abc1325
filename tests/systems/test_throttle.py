"""Never above the allowed rate, and not far below it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.clock import ManualClock, SystemClock
from bridge.systems.throttle import Throttle, Window

NOW = datetime(2026, 11, 20, tzinfo=UTC)
QUICKBOOKS = (Window(500, 60, slack_s=1.2), Window(10, 1, slack_s=0.1))


def most_within(moments: list[float], seconds: float) -> int:
    """The largest number of moments in any half-open window of that length."""
    most = first = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def moments_of(throttle: Throttle, clock: ManualClock, pauses: list[float]) -> list[float]:
    moments = []
    for pause in pauses:
        clock.move(pause)
        assert throttle.wait() == 0
        moments.append(clock.monotonic())
    return moments


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 3), min_size=1, max_size=300), st.integers(1, 20), st.integers(2, 60))
def test_no_window_ever_holds_more_than_it_may(
    pauses: list[float], per_second: int, per_minute: int
) -> None:
    clock = ManualClock(NOW)
    throttle = Throttle((Window(per_minute, 60), Window(per_second, 1)), clock)
    moments = moments_of(throttle, clock, pauses)
    # A hair less than the window: adding floats may round a wait down by the last bit.
    assert most_within(moments, 1 - 1e-9) <= per_second
    assert most_within(moments, 60 - 1e-9) <= per_minute


def test_at_least_95_percent_of_the_rate_is_used() -> None:
    clock = ManualClock(NOW)
    throttle = Throttle(QUICKBOOKS, clock)
    calls = 5000
    moments = moments_of(throttle, clock, [0.0] * calls)
    assert most_within(moments, 60) <= 500
    assert most_within(moments, 1) <= 10
    assert calls / (moments[-1] / 60) >= 0.95 * 500


def test_a_pause_holds_back_everybody_without_waiting() -> None:
    clock = ManualClock(NOW)
    throttle = Throttle(QUICKBOOKS, clock)
    throttle.pause(60)
    assert throttle.wait() == 60
    assert clock.slept == []
    clock.move(60)
    assert throttle.wait() == 0


def test_no_window_means_no_wait() -> None:
    clock = ManualClock(NOW)
    throttle = Throttle((), clock)
    assert all(throttle.wait() == 0 for _ in range(1000))
    assert clock.slept == []


def test_threads_share_one_rate() -> None:
    clock = SystemClock()
    throttle = Throttle((Window(50, 0.2),), clock)
    moments: list[float] = []

    def work() -> None:
        for _ in range(15):
            throttle.wait()
            moments.append(clock.monotonic())

    threads = [threading.Thread(target=work) for _ in range(8)]
    start = clock.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(moments) == 120
    assert max(moments) - start >= 0.4, "120 calls at 50 in 0.2 s need two windows"
