"""`python -m tests.mutation`: plant small wrongs, one at a time, and say which no test notices."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.mutation.areas import AREAS, ROOT, modules
from tests.mutation.explained import listed
from tests.mutation.operators import Mutant, mutants_of
from tests.mutation.running import Fate, run_area

FEWEST = 24
"""How many of an area are drawn at least: small ones are no smaller risk."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the mutants. 0: every one was noticed; 1: some were not, and are listed."""
    wish = _arguments().parse_args(argv)
    os.nice(5)
    chosen = _chosen(wish)
    fates: list[Fate] = []
    for area, mutants in chosen.items():
        if mutants:
            _line(f"{area}: {len(mutants)} mutants")
            fates += run_area(mutants, AREAS[area][1], wish.seconds, _line)
    if wish.write:
        told = [asdict(fate) for fate in fates]
        wish.write.write_text(json.dumps(told, indent=1), encoding="utf-8")
    no_wrongs = listed()
    unnoticed = [fate for fate in fates if not fate.killed_by]
    left = [each for each in unnoticed if not any(one.is_of(each.mutant) for one in no_wrongs)]
    for fate in left:
        mutant = fate.mutant
        _line(f"{mutant.id}  line {mutant.lines[0]}: {mutant.what}  ({fate.tests} tests)")
    killed = len(fates) - len(unnoticed)
    _line(f"{killed} of {len(fates)} noticed: {100 * killed / max(len(fates), 1):.1f} %")
    _line(f"{len(unnoticed) - len(left)} are no wrongs (explained.toml), {len(left)} are left")
    return 1 if left else 0


def _chosen(wish: argparse.Namespace) -> dict[str, list[Mutant]]:
    """Area → mutants: a sample in proportion, by seed; or those that were not noticed before."""
    everything = {
        area: [
            mutant for path in modules(area, tuple(wish.paths)) for mutant in mutants_of(path, ROOT)
        ]
        for area in AREAS
    }
    if wish.again:
        told = json.loads(wish.again.read_text(encoding="utf-8"))
        again = {Mutant(**each["mutant"]).id for each in told if not each["killed_by"]}
        return {
            area: [each for each in mutants if each.id in again]
            for area, mutants in everything.items()
            if area in wish.areas
        }
    total = sum(map(len, everything.values()))
    drawn: dict[str, list[Mutant]] = {}
    for area in wish.areas:
        mutants = everything[area]
        chance = random.Random(f"{wish.seed} {area}")
        number = len(mutants)
        if wish.sample:
            number = min(number, max(FEWEST, round(wish.sample * number / total)))
        drawn[area] = sorted(
            chance.sample(mutants, number), key=lambda each: (each.path, each.node)
        )
        _line(f"{area}: {number} of {len(mutants)} drawn")
    return drawn


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--areas", nargs="+", choices=AREAS, default=list(AREAS))
    parser.add_argument("--paths", nargs="+", default=[], help="only modules that begin so")
    parser.add_argument("--sample", type=int, default=400, help="how many (400); 0: all")
    parser.add_argument("--seed", type=int, default=0, help="which sample (0)")
    parser.add_argument("--seconds", type=float, default=60, help="of tests for each mutant (60)")
    parser.add_argument("--write", type=Path, help="a file for what became of each")
    parser.add_argument("--again", type=Path, help="such a file: only what was not noticed then")
    return parser


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
