"""Measures what DESIGN §10 promises and prints it as a table.

    python -m bench [--small] [--only NAME ...] [--folder DIR]

Exit code 1 when a row could not be measured; a target that is missed is told in the table.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.figures import FULL, SMALL, Line, Size, table
from bench.measuring import fixed_work
from bench.processes import RowFailed, in_own_process
from bench.rows import LARGE_LEDGER, ROWS


def run(names: Sequence[str], size: Size, folder: Path) -> tuple[list[Line], list[str]]:
    """The rows' lines, and what failed. Each row's files are removed after it."""
    noise = [_noise()]
    done: list[list[Line]] = []
    failed: list[str] = []
    left = list(names)
    for name in names:
        left.remove(name)
        place = folder / (LARGE_LEDGER[0] if name in LARGE_LEDGER else name)
        place.mkdir(exist_ok=True)
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            lines = in_own_process(name, size, place)
        except RowFailed as reason:
            lines = []
            failed.append(str(reason))
        if name not in LARGE_LEDGER or not set(left) & set(LARGE_LEDGER):
            shutil.rmtree(place)
        noise.append(_noise())
        done.append(lines)
    return _with_noise(done, noise), failed


def _noise() -> tuple[float, float]:
    spent = fixed_work()
    return spent.wall_s, spent.cpu_s


def _with_noise(done: Sequence[list[Line]], noise: Sequence[tuple[float, float]]) -> list[Line]:
    """Each line with what the machine was like before and after its row."""
    wall, cpu = min(w for w, _ in noise), min(c for _, c in noise)
    told = []
    for lines, before, after in zip(done, noise, noise[1:]):
        around = (before[0] + after[0]) / 2 / wall, (before[1] + after[1]) / 2 / cpu
        told += [msgspec.structs.replace(line, noise=around) for line in lines]
    return told


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--small", action="store_true", help="some minutes, and no verdicts")
    parser.add_argument("--only", action="append", choices=list(ROWS), metavar="NAME")
    parser.add_argument("--folder", type=Path, help="where to work (several GB)")
    chosen = parser.parse_args()
    size = SMALL if chosen.small else FULL
    names = [name for name in ROWS if not chosen.only or name in chosen.only]
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=chosen.folder))
    try:
        lines, failed = run(names, size, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(table(lines, full=size.full))
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end.", end=" ")
    print("Noise: how much longer a fixed piece of work took around a row than at its best in")
    print("this run, by the wall and by the processor.")
    for reason in failed:
        print(f"\nfailed: {reason}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
