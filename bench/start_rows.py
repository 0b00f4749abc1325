"""The row about starting: what a person waits for, and what an idle process holds."""

from __future__ import annotations

import importlib
import statistics
import subprocess
import sys
from pathlib import Path

from bench.figures import Line, Size
from bench.measuring import held_mb, watch


def starting(size: Size, folder: Path) -> list[Line]:
    """`ledger-bridge --help`, and the memory of the wiring with everything it loads by itself."""
    script = Path(sys.executable).with_name("ledger-bridge")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "bridge.cli.main"]
    times = []
    for _ in range(size.runs):
        with watch() as spent:
            subprocess.run([*command, "--help"], check=True, stdout=subprocess.DEVNULL, cwd=folder)
        times.append(spent.wall_s)
    for module in ("bridge.wiring", "bridge.pipeline.sync", "bridge.pipeline.reconcile"):
        importlib.import_module(module)
    for module in ("bridge.systems.quickbooks.adapter", "bridge.source.deudores.reader"):
        importlib.import_module(module)
    return [
        Line(
            what="ledger-bridge --help",
            measured=statistics.median(times),
            unit="s",
            target=0.3,
            note=f"median of {size.runs}, from {min(times):.2f} to {max(times):.2f} s",
        ),
        Line(
            what="idle: memory of everything that a pass loads",
            measured=held_mb(),
            unit="MB",
            target=120,
            note="the daemon itself is not there yet",
        ),
    ]
