"""The row about growth: the same work on ledgers of several sizes, and by which power it grows.

An exponent of 1 says that each document costs as much in a large ledger as in a small one.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from unittest import mock

from bench.books_rows import morning
from bench.figures import Line, Size
from bench.lender import CONFIG, Lender, lending, loan_of, write_ledger
from bench.measuring import watch
from bridge.cli.main import main
from bridge.pipeline.rebuild import rebuild
from bridge.pipeline.sync import sync
from bridge.pipeline.undo import undo

LINEAR = 1.05
_WHO = "bench"
_DOCUMENTS = 7
"""Of each loan, its customer among them."""


def growing(size: Size, folder: Path) -> list[Line]:
    """What each verb's own work grows by, from each size to the next."""
    spent: dict[str, list[float]] = {}
    for loans in size.growth_loans:
        place = folder / str(loans)
        for verb, cpu_s in _a_life(place, loans).items():
            spent.setdefault(verb, []).append(cpu_s)
    documents = [loans * _DOCUMENTS for loans in size.growth_loans]
    return [_line(verb, documents, cpu_s) for verb, cpu_s in spent.items()]


def _line(verb: str, documents: Sequence[int], cpu_s: Sequence[float]) -> Line:
    powers = exponents(documents, cpu_s)
    sizes = " / ".join(f"{each:,}" for each in documents)
    took = " / ".join(f"{each:.3g}" for each in cpu_s)
    return Line(
        what=f"growth of {verb}: exponent",
        measured=max(powers[-1], 0),
        unit="",
        target=LINEAR,
        cpu_s=sum(cpu_s),
        note=f"{took} s of CPU for {sizes} documents; exponents "
        + ", ".join(f"{power:.2f}" for power in powers),
    )


def exponents(sizes: Sequence[int], cpu_s: Sequence[float]) -> list[float]:
    """By which power the work grew from each size to the next."""
    return [
        math.log(max(after, 1e-9) / max(before, 1e-9)) / math.log(more / less)
        for before, after, less, more in zip(cpu_s, cpu_s[1:], sizes, sizes[1:])
    ]


def _a_life(folder: Path, loans: int) -> Mapping[str, float]:
    """Verb → CPU of this process: a first load, the first morning, looks at it, a lost state, and
    the load taken back."""
    folder.mkdir()
    write_ledger(folder, loans)
    spent: dict[str, float] = {}
    with lending(folder) as lender:
        with lender.bridge(mode="backfill") as bridge, watch() as first:
            run = sync(bridge).run
        with lender.bridge() as bridge:
            reference = f"{loan_of(bridge.store, loans).prefix}-L{loans}"
        spent["sync, first load"] = first.cpu_s
        _, compared = morning(lender)
        spent["reconcile, first"] = compared.cpu_s
        spent["status"] = _verb(lender, "status")
        spent["explain"] = _verb(lender, "explain", reference)
        with lender.bridge(state="rebuilt.db") as bridge:
            spent["rebuild"] = _watched(lambda: rebuild(bridge, _WHO))
        with lender.bridge(mode="backfill") as bridge:
            spent["undo"] = _watched(lambda: undo(bridge, run, _WHO))
    return spent


def _watched(work: Callable[[], object]) -> float:
    with watch() as spent:
        work()
    return spent.cpu_s


def _verb(lender: Lender, *arguments: str) -> float:
    """A verb of the command line, the second time: what it loads is loaded by then."""
    command = ["--config", str(CONFIG), *arguments, "--json"]

    def run() -> None:
        with contextlib.redirect_stdout(io.StringIO()) as said:
            main(command)
        assert said.getvalue().startswith("{"), said.getvalue()

    with mock.patch.dict(os.environ, lender.environment()):
        run()
        return _watched(run)
