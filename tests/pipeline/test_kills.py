"""The real process, killed with the real signal, again and again, at moments nobody chose."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from bridge.sandbox.server import SandboxServer
from tests.pipeline.faults import check_laws
from tests.pipeline.killed import CALLS, GLANCE_S, PATIENCE_S, begin, calls
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import COMPANIES, ROOT, World

KILLS = int(os.environ.get("BRIDGE_KILLS", "2"))
"""How many kills for each system; 50 and more with BRIDGE_KILLS=50."""
MOST_RUNS = 400
LOANS = 20
A_PERSON = 1
"""How a pass that is whole may end: of a drawn ledger, something may wait for a person."""


@pytest.mark.parametrize("system", COMPANIES)
def test_a_process_killed_at_any_moment_posts_nothing_twice(system: str, tmp_path: Path) -> None:
    chance = random.Random(20261120)
    days = two_days(chance)
    with SandboxServer(fast=True) as sandbox:
        world = World(tmp_path, sandbox, system)
        begin(world)
        killed = finished = 0
        for number in range(MOST_RUNS):
            world.snapshot.write_text(days[day_of(killed)], encoding="utf-8")
            lives = killed >= KILLS
            code = run(world, None if lives else chance.randint(1, CALLS[system]), chance)
            if code == -signal.SIGKILL:
                killed += 1
            else:
                assert code in (0, A_PERSON), f"run {number} ended with {code}"
                finished += 1
                if lives and day_of(killed) == 1:
                    break
                forget(world)
        assert killed >= KILLS
        check_laws(world)


def two_days(chance: random.Random) -> tuple[str, str]:
    """A drawn ledger as it is delivered on two days: rows are new, edited and gone."""
    ledger = Ledger.random(chance, LOANS)
    first = json.dumps(ledger.snapshot())
    for _ in range(5):
        ledger.change(chance)
    ledger.as_of = "2026-11-20"
    return first, json.dumps(ledger.snapshot())


def day_of(killed: int) -> int:
    return 0 if killed < KILLS // 2 else 1


def forget(world: World) -> None:
    """Nothing is left to interrupt: begin again with empty books and no state."""
    world.control("POST", "reset")
    begin(world)
    for path in world.folder.glob("state.*"):
        path.unlink()


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


def run(world: World, last: int | None, chance: random.Random) -> int:
    """How a pass ended that is killed some moment after its `last` call; None lets it live."""
    end = calls(world) + (last or 0)
    process = start(world)
    try:
        if last is None:
            return process.wait(timeout=PATIENCE_S)
        while calls(world) < end:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(timeout=GLANCE_S)
        with suppress(subprocess.TimeoutExpired):
            return process.wait(timeout=chance.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        return process.wait(timeout=PATIENCE_S)
    finally:
        process.kill()
