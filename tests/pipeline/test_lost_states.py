"""The real process, killed; then what it wrote last is gone, or an older copy stands in its place.

`BRIDGE_LOSSES=100` loses a state a hundred times over the three systems.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bridge.sandbox.server import SandboxServer
from tests import lost_states
from tests.pipeline.faults import check_laws
from tests.pipeline.killed import CALLS, GLANCE_S, PATIENCE_S, begin, calls
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import COMPANIES, ROOT, World

LOSSES = int(os.environ.get("BRIDGE_LOSSES", "3"))
"""How many states are lost, over the three systems."""
MOST_RUNS = 400
DAMAGED = 78
LOANS = 12


@pytest.mark.parametrize("system", COMPANIES)
def test_a_killed_pass_that_loses_its_state_posts_nothing_twice_and_says_so(
    system: str, tmp_path: Path
) -> None:
    chance = random.Random(20261130)
    wanted = LOSSES // 3 + (list(COMPANIES).index(system) < LOSSES % 3)
    with SandboxServer(fast=True) as sandbox:
        world = World(tmp_path, sandbox, system)
        world.overrides["LEDGER_BRIDGE_SOURCE__MAX_AGE_DAYS"] = "36500"
        begin(world)
        life = Life(world, chance)
        for _ in range(MOST_RUNS):
            if life.lost() == wanted and not life.owed:
                break
            life.on(kill=life.lost() < wanted and bool(life.copies))
        assert life.lost() == wanted
        assert not life.owed, "a state was lost, and nobody was told"
        assert twice(world) == []
        code, _ = ran(world, None, chance)
        assert code in (0, 1)
        check_laws(world)
        sys.stderr.write(f"{system}: {dict(sorted(life.counts.items()))}\n")


class Life:
    """One lender's passes: some are killed, and then their state is lost in part."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world, self.chance = world, chance
        self.ledger = Ledger.random(chance, LOANS)
        self.ledger.write(world.snapshot)
        self.copies: list[Path] = []
        self.owed = False
        """Whether a state was lost of which nobody has been told."""
        self.counts: Counter[str] = Counter()

    def lost(self) -> int:
        return self.counts["log lost"] + self.counts["older copy"]

    def on(self, *, kill: bool) -> None:
        """One pass; one that ends is followed by another day of the ledger."""
        last = self.chance.randint(1, CALLS[self.world.system]) if kill else None
        code, told = ran(self.world, last, self.chance)
        self.counts["passes"] += 1
        if code == -signal.SIGKILL:
            self.counts["killed"] += 1
            self._lose()
        elif code == DAMAGED:
            self.counts["damaged and rebuilt"] += 1
            self.owed = False
            assert verb(self.world, "rebuild").returncode in (0, 1)
        else:
            assert code in (0, 1), (code, told)
            assert "pass.second_writer" not in told
            if "pass.restored" in told:
                self.counts["told"] += 1
                self.owed = False
            self._another_day()

    def _lose(self) -> None:
        state = self.world.folder / "state.db"
        if self.chance.random() < 0.5:
            lost_states.put_back(self.chance.choice(self.copies), state)
            self.counts["older copy"] += 1
            self.owed = True
        elif lost_states.lose_log(state):
            self.counts["log lost"] += 1
            self.owed = True

    def _another_day(self) -> None:
        """A copy is taken, as some are each night, and the ledger goes on."""
        copy = self.world.folder / f"copy {len(self.copies)}.db"
        log = self.chance.random() < 0.5
        self.copies.append(lost_states.plain_copy(self.world.folder / "state.db", copy, log=log))
        for _ in range(4):
            self.ledger.move(self.chance)
        self.ledger.lend(max(self.ledger.debts) + 1, self.chance)
        self.ledger.write(self.world.snapshot)


def twice(world: World) -> list[str]:
    live = [d for d in world.live_documents() if d["kind"] != "customer"]
    return sorted(n for n, count in Counter(d["number"] for d in live).items() if count > 1)


def command(name: str) -> list[str]:
    started = [sys.executable, "-m", "bridge.cli.main", "--config"]
    return [*started, str(ROOT / "config" / "sandbox.toml"), name, "--json"]


def verb(world: World, name: str) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | world.environment()
    return subprocess.run(
        command(name),
        env=environment,
        cwd=ROOT,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )


def ran(world: World, last: int | None, chance: random.Random) -> tuple[int, str]:
    """How a pass ended that is killed some moment after its `last` call, and its tasks' codes."""
    end = calls(world) + (last or 0)
    out = world.folder / "told.json"
    with out.open("wb") as told:
        process = subprocess.Popen(
            command("sync"),
            env=os.environ | world.environment(),
            cwd=ROOT,
            stdout=told,
            stderr=subprocess.STDOUT,
        )
        try:
            code = _ended(world, process, None if last is None else end, chance)
        finally:
            process.kill()
    return code, _codes(out.read_text("utf-8"))


def _ended(world: World, process: Any, end: int | None, chance: random.Random) -> int:
    if end is None:
        return int(process.wait(timeout=PATIENCE_S))
    while calls(world) < end:
        with suppress(subprocess.TimeoutExpired):
            return int(process.wait(timeout=GLANCE_S))
    with suppress(subprocess.TimeoutExpired):
        return int(process.wait(timeout=chance.uniform(0, 0.1)))
    process.send_signal(signal.SIGKILL)
    return int(process.wait(timeout=PATIENCE_S))


def _codes(told: str) -> str:
    """The codes of the tasks, or whatever was said instead."""
    start = told.find("{\n") if told.find("{\n") >= 0 else told.find('{"run"')
    try:
        document = json.JSONDecoder().raw_decode(told[max(start, 0) :])[0]
    except ValueError:
        return told
    return " ".join(task["code"] for task in document.get("tasks", ()))
