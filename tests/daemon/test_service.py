"""The daemon does what is due, once, in order, again when it must, and sooner when asked."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridge.clock import ManualClock
from bridge.daemon.done import Done
from bridge.daemon.jobs import Ended
from bridge.daemon.service import APART_S, QUIET_S, RETRY_FIRST_S, RETRY_MAX_S, Daemon, Job
from bridge.daemon.times import DueTimes

ZONE = "America/Bogota"
SIX = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)
HOUR_S = 3600


class House:
    """A daemon whose jobs only say that they were done, and end as they are told to."""

    def __init__(self, folder: Path, start: datetime) -> None:
        self.clock = ManualClock(start)
        self.done = Done(folder / "state" / "daemon.json")
        self.log: list[str] = []
        self.codes: list[int] = []
        self.during: list[str] = []
        self.daemon = self.started()

    def started(self) -> Daemon:
        """As after a start of the program."""
        jobs = [
            Job("sync", DueTimes("0 6-21 * * *", ZONE), lambda: self.act("sync")),
            Job("report", DueTimes("30 6 * * *", ZONE), lambda: self.act("report")),
        ]
        self.daemon = Daemon(jobs, self.done, self.clock)
        return self.daemon

    def act(self, name: str) -> Ended:
        local = self.clock.now() - timedelta(hours=5)
        self.log.append(f"{name} {local:%H:%M}")
        for wanted in self.during:
            self.daemon.ask(wanted)
        self.during.clear()
        return Ended(self.codes.pop(0) if self.codes else 0)

    def until(self, seconds: float) -> list[str]:
        """Let so much time pass, waiting as the loop does, and tell what was done."""
        self.log.clear()
        end = self.clock.monotonic() + seconds
        for _ in range(10_000):
            wait_s = self.daemon.step()
            left_s = end - self.clock.monotonic()
            if wait_s > 0 and left_s <= 0:
                return list(self.log)
            self.clock.move(min(wait_s, max(left_s, 0)))
        raise AssertionError("the daemon does not come to rest")


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path, SIX - timedelta(hours=3))
    for name in ("sync", "report"):
        made.done.set(name, made.clock.now())
    made.started()
    return made


def test_a_day_of_passes_and_its_report(house: House) -> None:
    told = house.until(24 * HOUR_S)
    passes = [line for line in told if line.startswith("sync")]
    assert passes == [f"sync {hour:02}:00" for hour in range(6, 22)]
    assert [line for line in told if line.startswith("report")] == ["report 06:30"]


def test_a_first_start_does_both_at_once_and_passes_first(tmp_path: Path) -> None:
    house = House(tmp_path, SIX - timedelta(hours=3))
    assert house.until(60) == ["sync 03:00", "report 03:00"]


def test_what_was_done_is_not_done_again_after_a_start(house: House) -> None:
    house.until(4 * HOUR_S)
    house.started()
    assert house.until(60) == []


def test_what_was_missed_while_it_was_off_is_made_up_for_once(house: House) -> None:
    house.clock.move(50 * HOUR_S)
    house.started()
    assert house.until(60) == ["sync 05:00", "report 05:00"]


def test_a_damaged_memory_costs_one_idle_pass(house: House, tmp_path: Path) -> None:
    (tmp_path / "state" / "daemon.json").write_text('{"sync": "2026-11-28T02:00:00"', "utf-8")
    house.started()
    assert house.until(60) == ["sync 03:00", "report 03:00"]
    house.started()
    assert house.until(60) == []


def test_what_could_not_be_done_is_tried_again_ever_less_often(house: House) -> None:
    house.codes = [75, 75, 75, 0]
    assert house.until(3 * HOUR_S + 45 * 60) == [
        "sync 06:00",
        "sync 06:05",
        "sync 06:15",
        "report 06:30",
        "sync 06:35",
    ]
    assert RETRY_FIRST_S == 300


def test_a_due_time_does_not_wait_for_the_end_of_a_long_wait(house: House) -> None:
    house.codes = [75] * 30
    told = house.until(24 * HOUR_S)
    for hour in range(6, 22):
        assert f"sync {hour:02}:00" in told
    assert RETRY_MAX_S == 3600


def test_a_killed_pass_is_tried_again_and_a_broken_setting_waits_for_a_person(
    house: House,
) -> None:
    house.codes = [-9, 78]
    assert house.until(3 * HOUR_S + 20 * 60) == ["sync 06:00", "sync 06:05"]


def test_a_start_remembers_what_could_not_be_done(house: House) -> None:
    house.codes = [75]
    house.until(3 * HOUR_S + 60)
    house.started()
    assert house.until(60) == ["sync 06:01"]


def test_who_asks_gets_a_pass_after_a_quiet_moment_and_many_get_one(house: House) -> None:
    for _ in range(50):
        house.daemon.ask("sync")
    assert house.until(HOUR_S) == ["sync 03:00"]
    assert QUIET_S < 60


def test_what_was_asked_for_and_fails_is_tried_again_as_soon_as_if_all_had_been_well(
    house: House,
) -> None:
    house.until(3 * HOUR_S + 5 * 60)
    house.codes = [75, 0]
    house.daemon.ask("sync")
    assert house.until(20 * 60) == ["sync 06:05", "sync 06:10"]


def test_who_asks_again_and_again_does_not_keep_it_busy(house: House) -> None:
    passes = []
    for _ in range(120):
        house.daemon.ask("sync")
        passes += house.until(30)
    assert len(passes) == 1 + (120 * 30 - QUIET_S) // APART_S


def test_who_asks_while_a_pass_is_at_work_gets_another_one(house: House) -> None:
    house.during = ["sync"]
    assert house.until(3 * HOUR_S + 20 * 60) == ["sync 06:00", "sync 06:05"]


def test_a_clock_that_is_set_back_neither_stops_nor_floods_it(tmp_path: Path) -> None:
    house = House(tmp_path, SIX + timedelta(days=400))
    house.until(60)
    house.clock = ManualClock(SIX)
    house.started()
    assert house.until(2 * HOUR_S) == [
        "sync 06:00",
        "report 06:00",
        "report 06:30",
        "sync 07:00",
        "sync 08:00",
    ]


def test_a_disk_that_is_full_costs_the_memory_and_not_the_daemon(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(job: str, slot: datetime) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(house.done, "set", full)
    with caplog.at_level(logging.INFO, logger="bridge"):
        assert house.until(5 * HOUR_S) == [
            "sync 06:00",
            "report 06:30",
            "sync 07:00",
            "sync 08:00",
        ]
    assert "not kept" in caplog.messages


def test_health_says_what_was_done_and_what_comes(house: House) -> None:
    house.codes = [1]
    house.until(3 * HOUR_S)
    told = house.daemon.health()
    assert told["working_on"] is None
    assert told["jobs"]["sync"] == {
        "last": {"ended_at": "2026-11-28T11:00:00+00:00", "verdict": "person", "exit_code": 1},
        "next": "2026-11-28T12:00:00+00:00",
    }
    assert told["jobs"]["report"] == {"last": None, "next": "2026-11-28T11:30:00+00:00"}
