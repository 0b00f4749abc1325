"""Whole lives of lenders, by seed: whatever happens to them, the laws hold.

A seed that fails is printed with the command that replays it; `--shrink` makes it smaller.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bridge.sandbox.server import SandboxServer
from tests.pipeline.world import ROOT
from tests.simulation.__main__ import told
from tests.simulation.agenda import MOST
from tests.simulation.plants import PLANTS
from tests.simulation.shrink import shrink
from tests.simulation.simulation import Outcome, run
from tests.simulation.trace import Broken, Trace

SEEDS = int(os.environ.get("BRIDGE_SIMULATION_SEEDS", "6"))
"""How many lives; hundreds with BRIDGE_SIMULATION_SEEDS=300."""
DAYS = int(os.environ.get("BRIDGE_SIMULATION_DAYS", "4"))
"""How long each; `python -m tests.simulation` lives longer ones."""
TOPICS = ("field", "hand", "http", "kill")
CAUGHT: dict[str, tuple[int, ...]] = {
    "no-lookup": (4,),
    "empty-page": (29,),
    "key-after-void": (7,),
    "any-wait": (6181,),
    "state-believed": (6000,),
    "pages-believed": (6001,),
    "endless-patience": (6110,),
}
"""Planted bug → seeds that see it soon."""
OF_THE_BOOKS = ("no-lookup", "empty-page", "key-after-void")
"""Bugs that are looked for without what happens to the state, and without strange answers: those
would be seen first."""
APART = (
    "strange", "untrue", "copy", "copies", "older", "clone", "log", "page", "stranger", "forever",
)  # fmt: skip
FIELD_AND_BOOKS = [
    f"{day}.{topic}.{number}"
    for day in range(1, 9)
    for topic, most in MOST.items()
    if topic not in APART
    for number in range(max(most, 6))
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(fast=True) as running:
        yield running


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_to_a_lender_the_laws_hold(seed: int, sandbox: SandboxServer) -> None:
    ended = run(seed, DAYS, sandbox)
    assert ended.broken is None, told(ended)


def test_a_seed_lives_the_same_life_again(sandbox: SandboxServer) -> None:
    first, second = (run(4, 3, sandbox).trace for _ in range(2))
    assert first.lines == second.lines
    assert first.figures == second.figures


def test_a_seed_lives_the_same_life_in_every_process(tmp_path: Path) -> None:
    """Nothing hangs on the order of a set, on an id or on the real time."""
    lives = [lived_alone(tmp_path / f"trace{salt}", salt) for salt in ("1", "2")]
    assert lives[0] == lives[1]
    assert "laws hold" in lives[0]


def lived_alone(trace: Path, salt: str) -> str:
    command = [sys.executable, "-m", "tests.simulation", "--seed", "5", "--days", "2"]
    environment = os.environ | {"PYTHONHASHSEED": salt}
    subprocess.run([*command, "--trace", str(trace)], check=True, cwd=ROOT, env=environment)
    return trace.read_text(encoding="utf-8")


@pytest.mark.parametrize("plant", sorted(PLANTS))
def test_a_planted_bug_is_caught_and_seen_again_in_the_replay(
    plant: str, sandbox: SandboxServer
) -> None:
    only = FIELD_AND_BOOKS if plant in OF_THE_BOOKS else None
    with PLANTS[plant]():
        ended = [run(seed, 8, sandbox, only=only) for seed in CAUGHT[plant]][-1]
        assert ended.broken is not None, f"{plant} went unnoticed"
        again = run(ended.seed, ended.lived, sandbox, only=ended.met)
    assert str(again.broken) == str(ended.broken)
    replay = f"python -m tests.simulation --days {ended.lived} --seed {ended.seed}"
    assert replay in told(ended)


def test_a_failing_life_is_made_as_small_as_it_can_be() -> None:
    def again(*, days: int, only: Sequence[str]) -> Outcome:
        """Two events together break a law, on the day of the second."""
        fails = {"2.hand.1", "4.kill.0"} <= set(only)
        broken = Broken("no loss", "P1 is nowhere") if fails else None
        return Outcome(7, days, ("xero",), Trace(), list(only), min(days, 4), broken)

    names = [f"{day}.{topic}.{n}" for day in range(1, 7) for topic in TOPICS for n in range(3)]
    smaller = shrink(again(days=6, only=names), again, lambda line: None)
    assert (smaller.days, smaller.met) == (4, ["2.hand.1", "4.kill.0"])
    assert "--days 4 --seed 7 --systems xero --only 2.hand.1,4.kill.0" in told(smaller, smaller.met)
