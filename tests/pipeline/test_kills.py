"""The real process, killed with the real signal, again and again, at moments nobody chose."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bridge.sandbox.server import SandboxServer
from tests.pipeline.test_never_twice import check_laws
from tests.pipeline.world import COMPANIES, ROOT, SAMPLE, World

KILLS = int(os.environ.get("BRIDGE_KILLS", "4"))
"""How many kills for each system; 50 and more with BRIDGE_KILLS=50."""
MOST_RUNS = 400
A_PERSON = 1
"""How a pass that is whole ends: the sample's planted problems wait for a person."""


@pytest.mark.parametrize("system", COMPANIES)
def test_a_process_killed_at_any_moment_posts_nothing_twice(system: str, tmp_path: Path) -> None:
    chance = random.Random(20261120)
    with SandboxServer(fast=True) as sandbox:
        world = World(tmp_path, sandbox, system)
        world.overrides = {"LEDGER_BRIDGE_SOURCE__PATH": str(SAMPLE / "dia1")}
        begin(world)
        killed = finished = 0
        for number in range(MOST_RUNS):
            world.overrides["LEDGER_BRIDGE_SOURCE__PATH"] = str(SAMPLE / day_of(killed))
            before = calls(world)
            process = start(world)
            patience = 0.0 if killed >= KILLS else chance.uniform(0.05, 1.2)
            code = kill_after_work(world, process, before, patience)
            if code == -signal.SIGKILL:
                killed += 1
            else:
                assert code == A_PERSON, f"run {number} ended with {code}"
                finished += 1
                if killed >= KILLS and day_of(killed) == "dia2":
                    break
                forget(world)
        assert killed >= KILLS
        check_laws(world)


def day_of(killed: int) -> str:
    return "dia1" if killed < KILLS // 2 else "dia2"


def forget(world: World) -> None:
    """Nothing is left to interrupt: begin again with empty books and no state."""
    world.control("POST", "reset")
    begin(world)
    for path in world.folder.glob("state.*"):
        path.unlink()


def begin(world: World) -> None:
    """Slow enough to be killed in the middle, and with no key that is remembered."""
    if world.system == "quickbooks":
        world.control("POST", "quickbooks/settings", requestid="ignore")
    if world.system == "zoho":
        # Real time: nobody waits minutes here for listings to catch up.
        world.control("POST", "zoho/settings", read_lag_s=0)
        world.overrides["LEDGER_BRIDGE_SYSTEMS__ZOHO__CALLS_PER_MINUTE"] = "0"
    slow = {"quickbooks": 4, "xero": 60, "zoho": 4}[world.system]
    world.control("POST", f"{world.system}/latency", ms=slow)


def calls(world: World) -> int:
    counted: dict[str, Any] = world.control("GET", f"{world.system}/calls")
    return int(counted["total"])


def start(world: World) -> subprocess.Popen[bytes]:
    environment = os.environ | world.environment()
    command = [sys.executable, "-m", "bridge.cli.main", "--config"]
    command += [str(ROOT / "config" / "sandbox.toml"), "sync", "--json"]
    return subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_after_work(
    world: World, process: subprocess.Popen[bytes], before: int, patience: float
) -> int:
    """Let the process reach the books, then kill it within `patience` seconds; 0 lets it live."""
    if not patience:
        return process.wait(timeout=600)
    try:
        while process.poll() is None and calls(world) == before:
            pass
        return process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        return process.wait(timeout=600)
