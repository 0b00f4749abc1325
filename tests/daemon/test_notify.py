"""What systemd is told by the daemon, on a socket of either form."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridge.clock import ManualClock
from bridge.daemon.done import Done
from bridge.daemon.jobs import Ended
from bridge.daemon.notify import tell
from bridge.daemon.service import Daemon, Job
from bridge.daemon.times import DueTimes


@pytest.fixture
def told(tmp_path: Path) -> Iterator[socket.socket]:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(120)
        yield listening


def test_a_socket_with_a_path_is_told(told: socket.socket) -> None:
    tell({"NOTIFY_SOCKET": told.getsockname()}, READY="1", STATUS="waits")
    assert told.recv(1000) == b"READY=1\nSTATUS=waits"


def test_a_socket_without_a_file_is_told() -> None:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as listening:
        listening.bind("")  # the kernel chooses a name that is no file's
        listening.settimeout(120)
        name = listening.getsockname().decode().lstrip("\0")
        tell({"NOTIFY_SOCKET": f"@{name}"}, READY="1")
        assert listening.recv(1000) == b"READY=1"


def test_where_nobody_listens_nothing_happens(tmp_path: Path) -> None:
    tell({}, READY="1")
    tell({"NOTIFY_SOCKET": str(tmp_path / "gone")}, READY="1")


def test_systemd_is_told_what_is_at_work_and_that_the_loop_goes_round(
    told: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", told.getsockname())
    codes = [0]

    def act() -> Ended:
        if not codes:
            raise KeyboardInterrupt  # as SIGTERM does
        return Ended(codes.pop())

    clock = ManualClock(datetime(2026, 11, 30, 11, tzinfo=UTC))
    done = Done(tmp_path / "state" / "daemon.json")
    jobs = [Job(name, DueTimes("0 * * * *", "America/Bogota"), act) for name in ("sync", "report")]
    with pytest.raises(KeyboardInterrupt):
        Daemon(jobs, done, clock).serve()
    told.setblocking(False)
    said = []
    while True:
        try:
            said.append(told.recv(1000).decode())
        except BlockingIOError:
            break
    assert "WATCHDOG=1" in said
    assert any(line.startswith("STATUS=sync is at work since 11:00") for line in said)


def test_what_was_done_is_nobody_elses_to_read(tmp_path: Path) -> None:
    done = Done(tmp_path / "state" / "daemon.json")
    done.set("sync", datetime(2026, 11, 30, 11, tzinfo=UTC))
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
