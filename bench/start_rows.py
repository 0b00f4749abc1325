"""The row about starting: what a person waits for, and what an idle process holds."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.figures import Line, Size
from bench.lender import CONFIG, QUICKBOOKS, BenchClock, Lender, Sandbox, write_ledger
from bench.measuring import held_mb, used_s, watch

_FEW_LOANS = 20


def starting(size: Size, folder: Path) -> list[Line]:
    """`ledger-bridge --help`, verbs with little to do, and the daemon with nothing to do."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed is compiled once
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    script = Path(sys.executable).with_name("ledger-bridge")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "bridge.cli.main"]
    subprocess.run([*command, "--help"], check=True, stdout=subprocess.DEVNULL, cwd=folder)
    times = []
    for _ in range(size.runs):
        with watch() as spent:
            subprocess.run([*command, "--help"], check=True, stdout=subprocess.DEVNULL, cwd=folder)
        times.append(spent.wall_s)
    return [
        Line(
            what="ledger-bridge --help",
            measured=statistics.median(times),
            unit="s",
            target=0.3,
            note=f"median of {size.runs}, from {min(times):.2f} to {max(times):.2f} s",
        ),
        *_short(size, command, folder),
        *_idle(size, command, folder),
    ]


def _short(size: Size, command: Sequence[str], folder: Path) -> list[Line]:
    """What the processor does for a verb on a small lender, whose ledger is in the books: so much
    of it is starting that a larger ledger's rows are told apart (`unchanged`, `plan`)."""
    place = folder / "settled"
    place.mkdir()
    write_ledger(place, _FEW_LOANS)
    sandbox = Sandbox(fast=True)
    try:
        environment = Lender(place, sandbox, BenchClock(), QUICKBOOKS).environment()
        _cpu_s([*command, "sync"], environment)  # the first pass posts
        before = sandbox.calls(QUICKBOOKS)
        _cpu_s([*command, "status"], environment)
        _cpu_s([*command, "sync"], environment)  # compiles what the first did not need
        lines = []
        for verb, what in (("status", "status"), ("sync", "a pass with nothing to do")):
            used = [_cpu_s([*command, verb], environment) for _ in range(size.runs)]
            note = f"median of {size.runs}, from {min(used):.2f} to {max(used):.2f} s"
            lines.append(
                Line(
                    what=f"{what}: CPU",
                    measured=statistics.median(used),
                    unit="s",
                    target=0.4,
                    note=note,
                )
            )
        asked = sandbox.calls(QUICKBOOKS) - before
    finally:
        sandbox.close()
    shutil.rmtree(place)
    return [
        *lines,
        Line(what="passes with nothing to do: calls", measured=asked, unit="calls", target=0),
    ]


def _cpu_s(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """The processor time, its own and the system's, that a verb of a settled lender used."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    call = [*command, "--config", str(CONFIG)]
    done = subprocess.run(
        call, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, check=False
    )
    assert done.returncode in (0, 1), done.returncode  # one balance in twenty is off, for a person
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _idle(size: Size, command: Sequence[str], folder: Path) -> list[Line]:
    """The daemon when it has done its first jobs (nobody has logged in: they end at once)."""
    lender = folder / "lender"
    subprocess.run([*command, "init", "--yes", str(lender)], check=True, stdout=subprocess.DEVNULL)
    with subprocess.Popen(
        [*command, "run"], cwd=lender, stderr=subprocess.PIPE, text=True
    ) as daemon:
        try:
            assert daemon.stderr is not None
            ended = (line for line in daemon.stderr if "job.ended" in line)
            next(ended), next(ended)
            before_s = used_s(daemon.pid)
            time.sleep(size.idle_s)
            used = (used_s(daemon.pid) - before_s) / size.idle_s
            memory_mb = held_mb(daemon.pid)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(60)
    shutil.rmtree(lender)
    return [
        Line(what="idle daemon: memory", measured=memory_mb, unit="MB", target=120),
        Line(
            what="idle daemon: processor",
            measured=used * 100,
            unit="%",
            target=0.5,
            note=f"over {size.idle_s:g} s",
        ),
    ]
