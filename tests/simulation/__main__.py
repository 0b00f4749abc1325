"""`python -m tests.simulation`: live through seeds, say what broke, and how much was lived."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from bridge.sandbox.server import SandboxServer
from tests.pipeline.world import COMPANIES
from tests.simulation.plants import PLANTS
from tests.simulation.shrink import shrink
from tests.simulation.simulation import Outcome, run

LAST_LINES = 40
LONGEST_LINE = 200


def main(argv: Sequence[str] | None = None) -> int:
    """Run the seeds. 0: every law held; 1: one was broken (a planted bug was caught: 0)."""
    wish = _arguments().parse_args(argv)
    began = time.monotonic()
    figures: dict[str, Counter[str]] = {}
    broken: list[Outcome] = []
    plant = PLANTS[wish.plant] if wish.plant else contextlib.nullcontext
    with SandboxServer(fast=True) as sandbox, plant():
        for seed in _seeds(wish):
            again = partial(run, seed, sandbox=sandbox, systems=wish.systems)
            ended = again(days=wish.days, only=wish.only)
            _add(figures, ended)
            if wish.trace:
                wish.trace.write_text("\n".join([*ended.trace.lines, ""]), encoding="utf-8")
            _say("." if ended.broken is None else f"\n{told(ended, wish.only, wish.plant)}")
            if ended.broken is None:
                continue
            broken.append(ended)
            if wish.shrink:
                smaller = shrink(ended, again, _line)
                _line(f"smaller:\n{told(smaller, smaller.met, wish.plant)}")
            if wish.plant:
                break
    _line("")
    _line(_summary(figures, time.monotonic() - began))
    if wish.plant:
        caught = f"caught by seed {broken[0].seed}: {broken[0].law}" if broken else "not caught"
        _line(f"planted {wish.plant}: {caught}")
        return 0 if broken else 1
    for ended in broken:
        _line(f"seed {ended.seed}: {ended.broken}")
    return 1 if broken else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--days", type=int, default=10, help="days of each seed (10)")
    parser.add_argument("--seed", type=int, help="one seed")
    parser.add_argument("--seeds", help="several: A-B")
    names = ", ".join(COMPANIES)
    parser.add_argument("--systems", type=_names, default=(), help=f"{names}; else by the seed")
    parser.add_argument(
        "--only", type=_names, help="only these events, as a smaller run names them"
    )
    parser.add_argument("--shrink", action="store_true", help="look for a smaller run that fails")
    parser.add_argument("--trace", type=Path, help="write down everything that happened")
    parser.add_argument(
        "--plant", default="", choices=["", *sorted(PLANTS)], help="plant a bug; it must be caught"
    )
    return parser


def _names(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


def _seeds(wish: argparse.Namespace) -> Iterator[int]:
    if wish.seeds:
        first, _, last = wish.seeds.partition("-")
        yield from range(int(first), int(last or first) + 1)
    else:
        yield from [wish.seed] if wish.seed is not None else range(20)


def told(ended: Outcome, only: Sequence[str] | None = None, plant: str = "") -> str:
    """The law, what differs, what came before, and how to see it again."""
    assert ended.broken is not None
    replay = [f"--days {ended.lived} --seed {ended.seed} --systems {','.join(ended.systems)}"]
    replay += [f"--only {','.join(only)}"] if only is not None else []
    replay += [f"--plant {plant}"] if plant else []
    lines = [
        f"seed {ended.seed} breaks a law: {ended.law}",
        f"  {ended.broken.what}",
        "the last that happened:",
        *(f"  {line[:LONGEST_LINE]}" for line in ended.trace.lines[-LAST_LINES:]),
        "to see it again:",
        f"  python -m tests.simulation {' '.join(replay)}",
    ]
    return "\n".join(lines)


def _add(figures: dict[str, Counter[str]], ended: Outcome) -> None:
    for group, counted in ended.trace.figures.items():
        figures.setdefault(group, Counter()).update(counted)
    figures.setdefault("seeds", Counter())["lived"] += 1


def _summary(figures: dict[str, Counter[str]], seconds: float) -> str:
    lines = [f"{seconds:.0f} s"]
    for group in sorted(figures):
        counted = figures[group]
        parts = ", ".join(f"{what} {times}" for what, times in sorted(counted.items()))
        lines.append(f"{group}: {parts}")
    return "\n".join(lines)


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _line(text: str) -> None:
    _say(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
