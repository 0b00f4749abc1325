"""A job is a verb in a process of its own, and ends as that does."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bridge.daemon import jobs
from bridge.daemon.jobs import Ended, run, verb


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def silent() -> None:
    """Nobody has to be told that the daemon lives."""


@pytest.mark.parametrize(
    ("code", "verdict", "later"),
    [
        (0, "clean", False),
        (1, "person", False),
        (2, "failed", False),
        (75, "later", True),
        (78, "configuration", False),
    ],
)
def test_it_ends_by_the_exit_code_of_its_verb(code: int, verdict: str, later: bool) -> None:
    ended = run(python(f"raise SystemExit({code})"), silent)
    assert (ended, ended.verdict, ended.later) == (Ended(code), verdict, later)


def test_a_killed_verb_is_to_be_tried_again() -> None:
    ended = run(python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"), silent)
    assert (ended.verdict, ended.later) == ("killed", True)


def test_a_machine_without_room_for_a_process_is_to_be_tried_again(tmp_path: Path) -> None:
    assert run([str(tmp_path / "nothing")], silent).later


def test_the_daemon_shows_that_it_lives_while_a_verb_is_at_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The verb ends when it has been told so by the third beat."""
    monkeypatch.setattr(jobs, "BEAT_S", 0.01)
    heard, tell = os.pipe()
    beats: list[int] = []

    def beat() -> None:
        beats.append(1)
        if len(beats) == 3:
            os.write(tell, b"!")

    code = "import os; os.read(int(os.environ['HEARD']), 1)"
    monkeypatch.setenv("HEARD", str(heard))
    monkeypatch.setattr(jobs.subprocess, "Popen", _passing(jobs.subprocess.Popen, heard))
    try:
        assert run(python(code), beat) == Ended(0)
    finally:
        os.close(heard)
        os.close(tell)
    assert len(beats) >= 3


def _passing(popen: type, descriptor: int) -> object:
    return lambda command, **how: popen(command, pass_fds=(descriptor,), **how)


def test_an_interrupted_daemon_interrupts_its_verb_and_waits_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(jobs, "BEAT_S", 0.01)
    mark = tmp_path / "mark"
    code = (
        "import pathlib, signal\n"
        f"mark = pathlib.Path({str(mark)!r})\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})\n"  # waits until it is asked for
        "mark.write_text('at work')\n"
        "signal.sigwait({signal.SIGINT})\n"
        "mark.write_text('ended in order')\n"
    )

    def interrupt() -> None:
        if mark.exists() and mark.read_text("utf-8") == "at work":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(python(code), interrupt)
    assert mark.read_text("utf-8") == "ended in order"


def test_a_verb_that_does_not_end_is_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(jobs, "BEAT_S", 0.01)
    monkeypatch.setattr(jobs, "GIVE_UP_S", 0.05)
    mark = tmp_path / "mark"
    code = (
        "import os, pathlib, signal\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        f"pathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\n"
        "while True: signal.pause()\n"
    )

    def interrupt() -> None:
        if mark.exists() and mark.read_text("utf-8"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(python(code), interrupt)
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text("utf-8")), 0)


def test_its_verb_is_the_command_line_with_the_same_settings(tmp_path: Path) -> None:
    command = verb("report", tmp_path / "bridge.toml")
    assert command[1:] == (
        "-m",
        "bridge.cli.main",
        "reconcile",
        "--config",
        str(tmp_path / "bridge.toml"),
        "--json",
    )
