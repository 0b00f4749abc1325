"""The benchmarks run, on next to nothing. What they measure is not looked at here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.__main__ import run
from bench.figures import Line, Size, table
from bench.moves import planned, storeys
from bench.rows import LARGE_LEDGER, ROWS

TINY = Size(
    full=False,
    loans=40,
    posted_loans=10,
    single_calls=5,
    batch_calls=2,
    xero_calls=2,
    zoho_calls=5,
    books_loans=20,
    growth_loans=(2, 4, 6),
    read_loans=(2, 4, 6),
    changes=3,
    runs=1,
    idle_s=0.1,
    latencies_ms=(1,),
    rival_loans=2,
)
OWN_PROCESS = ["start"]
ALONE = [name for name in ROWS if name not in (*LARGE_LEDGER, *OWN_PROCESS)]


@pytest.mark.parametrize("names", [LARGE_LEDGER, *([name] for name in ALONE)])
def test_rows_have_figures(names: Sequence[str], tmp_path: Path) -> None:
    for name in names:
        lines = ROWS[name](TINY, tmp_path)

        assert lines
        assert all(line.measured >= 0 for line in lines)


def test_rows_run_in_processes_of_their_own_and_leave_nothing(tmp_path: Path) -> None:
    lines, failed = run(OWN_PROCESS, TINY, tmp_path)

    assert not failed
    assert {line.unit for line in lines} == {"s", "MB", "%", "calls"}
    assert not list(tmp_path.iterdir())


def test_a_row_that_fails_is_told(tmp_path: Path) -> None:
    lines, failed = run(["nothing"], TINY, tmp_path)

    assert not lines
    assert "nothing" in failed[0]


def test_the_table_judges_full_sizes_only() -> None:
    lines = [
        Line(what="quick", measured=1, unit="s", target=2),
        Line(what="slow", measured=3, unit="s", target=2, note="why"),
        Line(what="rate", measured=96, unit="%", target=95, at_least=True),
        Line(what="none", measured=0, unit="", target=0),
    ]

    judged = table(lines, full=True)

    assert "50% ok" in judged
    assert "150% MISSED" in judged
    assert "101% ok" in judged
    assert "[1] why" in judged
    assert "MISSED" not in table(lines, full=False)


def test_the_way_through_the_code_is_counted() -> None:
    walk, chain = planned(), storeys()

    assert {"bridge.core.loan.translate", "bridge.core.change.diff"} <= walk.modules
    assert walk.total >= len(walk.modules) - 1
    assert len(chain) == len(set(chain)) > 1
