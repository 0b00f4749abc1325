"""`python -m tests.answers`: every call, answered in every hostile way, as a table."""

from __future__ import annotations

import argparse
import random
import shlex
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from bridge import logs
from tests.answers.ground import ground
from tests.answers.hostile import Answer
from tests.answers.judging import Call, Cell, Table, as_json
from tests.pipeline.world import COMPANIES

Wanted = tuple[Call, Answer, str]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the cells. 0: all was well in the end in every one; 1: some were not, and are listed."""
    wish = _arguments().parse_args(argv)
    logs.silence()
    cells: list[Cell] = []
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="answers-", dir=place) as folder, ground() as sandbox:
        for system in wish.systems:
            table = Table(system, sandbox, Path(folder) / system, wish.stages)
            wanted = _wanted(table, wish)
            _line(f"{system}: {len({each[0].name for each in wanted})} calls, {len(wanted)} cells")
            began = time.monotonic()
            for number, each in enumerate(wanted, 1):
                cell = table.cell(*each)
                cells.append(cell)
                if wish.out:
                    with wish.out.open("a", encoding="utf-8") as file:
                        file.write(as_json(cell) + "\n")
                if cell.wrong or len(wanted) <= wish.told:
                    _tell(cell)
                if number % 100 == 0:
                    pace = (time.monotonic() - began) / number
                    _line(f"{system}: {number} of {len(wanted)}, {pace:.2f} s each")
    _table(cells)
    return 1 if any(cell.wrong for cell in cells) else 0


def _wanted(table: Table, wish: argparse.Namespace) -> list[Wanted]:
    every = [
        (call, answer, times)
        for call in table.calls()
        if _chosen(call.name, wish.calls)
        for answer in call.answers()
        if _chosen(answer.name, wish.answers) and _chosen(answer.of, wish.classes)
        for times in (("once", "pass") if wish.times == "both" else (wish.times,))
    ]
    if wish.sample and wish.sample < len(every):
        chosen = random.Random(wish.seed).sample(range(len(every)), wish.sample)
        every = [every[number] for number in sorted(chosen)]
    return every


def _chosen(name: str, patterns: Iterable[str]) -> bool:
    return any(name == each or fnmatchcase(name, each) for each in patterns)


def _tell(cell: Cell) -> None:
    mark = "wrong" if cell.wrong else "well" if cell.struck else "not struck"
    _line(f"{mark}: {cell.system} {cell.call.stage}: {cell.call.name} ← {cell.answer.name}, "
          f"{cell.times}: {cell.codes}, {cell.peak_mb:.0f} MB, {cell.days} days, "
          f"person {cell.person}: {cell.words[:300]}")  # fmt: skip
    for each in cell.wrong:
        _line(f"    {each[:400]}")
    if cell.wrong:
        _line(f"    {_again(cell)}")


def _again(cell: Cell) -> str:
    """The command that shows a cell again."""
    said = ["python", "-m", "tests.answers", "--systems", cell.system]
    said += [
        "--stages",
        cell.call.stage,
        "--calls",
        cell.call.name,
        "--answers",
        cell.answer.name,
        "--times",
        cell.times,
    ]
    return shlex.join(said)


def _table(cells: Sequence[Cell]) -> None:
    """By class of answer: how many, the exit codes of the disturbed passes, the worst memory."""
    rows: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.struck:
            rows[cell.system, cell.answer.of].append(cell)
    _line("")
    _line(f"{'system':<11}{'answer':<14}{'cells':>6}{'calls':>6}  {'exit codes':<32}"
          f"{'MB':>6}{'person':>8}{'days':>6}{'wrong':>7}")  # fmt: skip
    for (system, of), found in rows.items():
        codes = Counter(max(cell.codes) for cell in found)
        told = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
        _line(f"{system:<11}{of:<14}{len(found):>6}{len({c.call.name for c in found}):>6}  "
              f"{told:<32}{max(c.peak_mb for c in found):>6.0f}"
              f"{sum(bool(c.person) for c in found):>8}{max(c.days for c in found):>6}"
              f"{sum(bool(c.wrong) for c in found):>7}")  # fmt: skip
    struck = sum(cell.struck > 0 for cell in cells)
    wrong = sum(bool(cell.wrong) for cell in cells)
    _line(f"{struck} cells, {len(cells) - struck} whose call was not made, {wrong} wrong")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.answers", description=__doc__)
    parser.add_argument("--systems", nargs="+", choices=COMPANIES, default=list(COMPANIES))
    parser.add_argument("--stages", nargs="+", default=["*"], help="of the life: patterns")
    parser.add_argument("--calls", nargs="+", default=["*"], help="their names, or patterns")
    parser.add_argument("--answers", nargs="+", default=["*"], help="their names, or patterns")
    parser.add_argument("--classes", nargs="+", default=["*"], help="of answers: patterns")
    parser.add_argument("--times", choices=["once", "pass", "both"], default="both")
    parser.add_argument("--sample", type=int, default=0, help="only so many of a system; 0: all")
    parser.add_argument("--seed", type=int, default=0, help="which sample (0)")
    parser.add_argument("--told", type=int, default=20, help="tell all cells of up to so many (20)")
    parser.add_argument("--out", type=Path, help="a file for every cell, a line of JSON each")
    return parser


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
