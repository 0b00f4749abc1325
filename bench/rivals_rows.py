"""Rows about the bridge beside what one writes without it, in one run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench.figures import Line, Size
from bench.lender import (
    DEMO,
    QUICKBOOKS,
    XERO,
    Lender,
    books_of,
    ledger_of,
    lending,
    write_ledger,
)
from bench.measuring import watch
from bench.posting_rows import plan_all, take_in_all
from bench.rivals import quickbooks_loop, xero_loop
from bridge.pipeline.context import Live, silent
from bridge.pipeline.post import Posting, post_all

_Loop = Callable[[str, str, Path], int]
_LIBRARIES: dict[str, tuple[str, _Loop]] = {
    QUICKBOOKS: ("python-quickbooks", quickbooks_loop),
    XERO: ("xero-python", xero_loop),
}


def beside_rivals(size: Size, folder: Path) -> list[Line]:
    """The same ledger by a loop with the product's library, and by the bridge; each twice."""
    lines = []
    for system, (library, loop) in _LIBRARIES.items():
        where = folder / system
        where.mkdir()
        write_ledger(where, size.rival_loans, foreign=0)
        with lending(where, system=system) as lender:
            theirs = _by_loop(lender, loop)
        with lending(where, system=system) as lender:
            ours = _by_bridge(lender)
        lines += _compared(f"{library}, a loop", theirs)
        lines += _compared(f"the bridge into {_NAMES[system]}", ours)
        lines.append(
            Line(
                what=f"the bridge's own CPU per document, of the loop with {library}",
                measured=ours[0] / theirs[0] * 100,
                unit="%",
            )
        )
    return lines


_NAMES = {QUICKBOOKS: "QuickBooks", XERO: "Xero"}
_Figures = tuple[float, float, int, int]
"""CPU per document in ms, calls per document, documents after one run and after a second."""


def _compared(who: str, figures: _Figures) -> list[Line]:
    cpu_ms, calls, once, twice = figures
    said = "nothing twice" if twice == once else f"{twice - once:,} documents twice"
    return [
        Line(what=f"{who}: own CPU per document", measured=cpu_ms, unit="ms"),
        Line(
            what=f"{who}: calls per document",
            measured=calls,
            unit="",
            note=f"{once:,} documents; run again: {twice:,}, {said}",
        ),
    ]


def _by_loop(lender: Lender, loop: _Loop) -> _Figures:
    company, path, _ = DEMO[lender.system]
    place = lender.sandbox.url + path
    before = lender.sandbox.calls(lender.system)
    with watch() as spent:
        made = loop(place, company, ledger_of(lender.folder))
    calls = lender.sandbox.calls(lender.system) - before
    once = _documents(lender)
    loop(place, company, ledger_of(lender.folder))
    twice = _documents(lender)
    return spent.cpu_s * 1000 / made, calls / made, once, twice


def _by_bridge(lender: Lender) -> _Figures:
    before = lender.sandbox.calls(lender.system)
    with lender.bridge() as bridge:
        tally = Posting()
        with watch() as spent:
            _pass(bridge, tally)
        calls = lender.sandbox.calls(lender.system) - before
        once = _documents(lender)
        _pass(bridge, Posting())
        twice = _documents(lender)
    return spent.cpu_s * 1000 / tally.confirmed, calls / tally.confirmed, once, twice


def _pass(bridge: Live, tally: Posting) -> None:
    take_in_all(bridge)
    plan_all(bridge)
    post_all(bridge.store, books_of(bridge).system, bridge.clock, tally, silent)


def _documents(lender: Lender) -> int:
    books: dict[str, list[object]] = lender.sandbox.control("GET", f"{lender.system}/books")
    return len(books["documents"]) + len(books["customers"])
