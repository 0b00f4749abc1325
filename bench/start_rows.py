"""The row about starting: what a person waits for, and what an idle process holds."""

from __future__ import annotations

import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Line, Size
from bench.measuring import held_mb, used_s, watch


def starting(size: Size, folder: Path) -> list[Line]:
    """`ledger-bridge --help`, and the daemon when it has nothing to do."""
    script = Path(sys.executable).with_name("ledger-bridge")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "bridge.cli.main"]
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
        *_idle(size, command, folder),
    ]


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
