"""The daemon reads what is dropped into the folder of deliveries without waiting for its hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from bridge.clock import ManualClock
from bridge.daemon.done import Done
from bridge.daemon.jobs import Ended
from bridge.daemon.service import Daemon, Job
from bridge.daemon.times import DueTimes
from bridge.source.files.arriving import Watch

SIX = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)
MINUTES = 60.0


class House:
    """A daemon that has done the pass of six o'clock, and the folder that it watches."""

    def __init__(self, folder: Path) -> None:
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        self.clock = ManualClock(SIX + timedelta(minutes=1))
        self.seen: list[list[str]] = []
        done = Done(folder / "daemon.json")
        done.set("sync", SIX)
        sync = Job("sync", DueTimes("0 6 * * *", "America/Bogota"), self.act)
        self.daemon = Daemon([sync], done, self.clock, Watch(self.inbox, None).look)

    def act(self) -> Ended:
        self.seen.append(sorted(path.name for path in self.inbox.rglob("*")))
        return Ended(0)

    def minutes(self, number: int) -> int:
        """Let so many minutes pass, and tell how many passes there were."""
        before, end = len(self.seen), self.clock.monotonic() + number * MINUTES
        while (left_s := end - self.clock.monotonic()) > 0:
            self.clock.move(min(self.daemon.step(), left_s))
        return len(self.seen) - before


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path)
    assert made.minutes(10) == 0
    return made


def test_a_file_that_is_dropped_is_read_once_and_soon(house: House) -> None:
    (house.inbox / "cartera.csv").write_text("a,b\n")
    assert house.minutes(6) == 1
    assert house.minutes(120) == 0


def test_a_file_that_still_grows_is_left_alone_until_it_rests(house: House) -> None:
    for size in range(1, 30):
        (house.inbox / "cartera.csv").write_text("a,b\n" * size)
        assert house.minutes(1) == 0
    assert house.minutes(6) == 1


def test_a_file_replaced_in_place_is_read_again(house: House) -> None:
    (house.inbox / "cartera.csv").write_text("a,b\n")
    assert house.minutes(10) == 1
    (house.inbox / "cartera.csv").write_text("a,b,c\n")
    assert house.minutes(10) == 1


@pytest.mark.parametrize(
    "name",
    ["c.csv.crdownload", "c.part", "~$c.xlsx", "c.tmp", ".c.csv.icloud", "c.csv.cloud", ".hidden"],
)
def test_what_is_not_there_yet_brings_no_pass_until_it_has_its_name(
    house: House, name: str
) -> None:
    (house.inbox / name).write_text("a,b\n")
    assert house.minutes(10) == 0
    (house.inbox / name).rename(house.inbox / "c.csv")
    assert house.minutes(10) == 1


def test_an_empty_stand_in_of_a_drive_brings_no_pass(house: House) -> None:
    (house.inbox / "c.csv").touch()
    assert house.minutes(10) == 0
    (house.inbox / "c.csv").write_text("a,b\n")
    assert house.minutes(10) == 1


def test_what_goes_away_brings_no_pass(house: House) -> None:
    (house.inbox / "c.csv").write_text("a,b\n")
    assert house.minutes(10) == 1
    (house.inbox / "c.csv").unlink()
    assert house.minutes(10) == 0


def test_a_folder_that_is_away_for_a_while_costs_nothing(house: House) -> None:
    (house.inbox / "c.csv").write_text("a,b\n")
    assert house.minutes(10) == 1
    away = house.inbox.rename(house.inbox.with_name("away"))
    assert house.minutes(10) == 0
    away.rename(house.inbox)
    assert house.minutes(10) == 0


def test_what_came_while_the_daemon_was_off_is_read_and_what_was_known_is_not(
    tmp_path: Path,
) -> None:
    (tmp_path / "c.csv").write_text("a,b\n")
    written = datetime.fromtimestamp((tmp_path / "c.csv").stat().st_mtime, UTC)
    for since, news in ((timedelta(hours=-1), True), (timedelta(hours=1), False)):
        watch = Watch(tmp_path, written + since)
        assert [watch.look() for _ in range(4)] == [False, news, False, False]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_to_the_files_the_last_pass_saw_all_that_rests(
    tmp_path: Path, seed: int
) -> None:
    draw, house = Random(seed), House(tmp_path)
    names = ["a.csv", "b.zip", "c.part", "day/d.csv"]
    (house.inbox / "day").mkdir()
    for step in range(20):
        path = house.inbox / draw.choice(names)
        if path.exists() and draw.random() < 0.2:
            path.unlink()
        else:
            path.write_text(f"{draw.random()}" * draw.randint(0, step))
        if draw.random() < 0.5:
            house.minutes(draw.randint(0, 4))
    passes = house.minutes(12)
    resting = {p.name for p in house.inbox.rglob("*.[cz]*") if p.is_file() and p.stat().st_size}
    assert passes <= 3
    assert not house.seen or resting <= set(house.seen[-1])
    assert house.seen or not resting
