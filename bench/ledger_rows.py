"""Rows about the ledger: taking it in, and planning when little or nothing changed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bench.figures import Line, Size
from bench.lender import (
    AT,
    Lender,
    accept_some,
    books_of,
    ledger_of,
    lending,
    loan_of,
    write_ledger,
)
from bench.measuring import Watch, peak_mb, watch
from bench.processes import in_own_process
from bridge.core.findings import Finding
from bridge.core.ledger import Entity, ReadTable
from bridge.pipeline.context import Live, silent
from bridge.pipeline.intake import Intake, take_in
from bridge.pipeline.plan import booking_of, plan
from bridge.pipeline.to_do import has_work
from bridge.source.base import Snapshot, Source

_MEMORY_MB = 300


class _Watched:
    """A source that notes when its rows have all been taken."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.read_at = 0.0

    def snapshot(self) -> Snapshot:
        return _WatchedSnapshot(self._source.snapshot(), self)


class _WatchedSnapshot:
    def __init__(self, snapshot: Snapshot, source: _Watched) -> None:
        self._snapshot, self._source = snapshot, source
        self.facts = snapshot.facts

    def rows(self) -> Iterator[Entity]:
        return self._snapshot.rows()

    def tables(self) -> list[ReadTable]:
        return self._snapshot.tables()

    def findings(self) -> list[Finding]:
        return self._snapshot.findings()

    def complete_after_reading(self) -> bool:
        self._source.read_at = time.perf_counter()
        return self._snapshot.complete_after_reading()


def ingest(size: Size, folder: Path) -> list[Line]:
    """A first delivery as CSV files, into an empty state store."""
    write_ledger(folder, size.loans)
    with lending(folder) as lender:
        taken, spent, note = _take_in(lender)
    rows = sum(count.new for count in taken.accepted.counts.values())
    assert rows == size.loans * 7, taken.accepted
    what = f"CSV into the ledger store, {rows:,} rows"
    return [
        Line(
            what=what,
            measured=spent.wall_s,
            unit="s",
            target=120,
            cpu_s=spent.cpu_s,
            note=f"the target's 6 M rows and their 1 M borrowers; {note}",
        ),
        Line(what=f"{what}: peak memory", measured=peak_mb(), unit="MB", target=_MEMORY_MB),
    ]


def unchanged(size: Size, folder: Path) -> list[Line]:
    """The same delivery again, complete: every row is read and compared."""
    _have_state(size, folder)
    with lending(folder) as lender:
        taken, spent, note = _take_in(lender)
    assert not taken.accepted.changes, taken.accepted
    what = f"take in, nothing changed, {size.loans * 7:,} rows"
    return [
        Line(what=what, measured=spent.wall_s, unit="s", cpu_s=spent.cpu_s, note=note),
        Line(what=f"{what}: peak memory", measured=peak_mb(), unit="MB", target=_MEMORY_MB),
    ]


def planning(size: Size, folder: Path) -> list[Line]:
    """A pass's plan over a ledger that is planned already, and with one payment changed.

    That it is planned already is only said to the store (`set_planned_through`): nothing of it is
    posted, so a loan with a change is planned from scratch.
    """
    _have_state(size, folder)
    with lending(folder) as lender, lender.bridge() as bridge:
        books = books_of(bridge)
        with bridge.store.begin() as work:
            work.plans.set_planned_through(books.id, work.ledger.change_seq())
        quiet = [_plan(bridge, 0) for _ in range(size.runs)]
        quiet_mb = peak_mb()
        changed = [_plan(bridge, number * 7 + 1) for number in range(size.runs)]
    rows = f"{size.loans:,} loans + {size.loans * 5:,} movements"
    idle, edited = _median(quiet), _median(changed)
    return [
        Line(
            what=f"plan, nothing changed, {rows}",
            measured=idle.wall_s,
            unit="s",
            target=15,
            cpu_s=idle.cpu_s,
            note=f"median of {size.runs}; the store was told that all of it is planned, nothing is "
            "posted; planned as if there were work, which a pass does not even begin",
        ),
        Line(
            what="plan, nothing changed: peak memory",
            measured=quiet_mb,
            unit="MB",
            target=_MEMORY_MB,
        ),
        Line(
            what="accept and plan, one changed payment",
            measured=edited.wall_s,
            unit="s",
            target=2,
            cpu_s=edited.cpu_s,
            note=f"median of {size.runs}, slowest {max(w.wall_s for w in changed):.3g} s; a "
            "delivery of that one row, not complete; its loan is planned whole, as nothing of it "
            "is posted",
        ),
        Line(
            what="accept and plan, one changed payment: peak memory",
            measured=peak_mb(),
            unit="MB",
            target=_MEMORY_MB,
        ),
    ]


def _take_in(lender: Lender) -> tuple[Intake, Watch, str]:
    """The time with the figure that splits it."""
    with lender.bridge() as bridge:
        source: Any = _Watched(bridge.source)
        began = time.perf_counter()
        with watch() as spent:
            taken = take_in(
                bridge.store, source, "bench", bridge.snapshot_limits, bridge.clock.now()
            )
    read_s = source.read_at - began
    accept_s = spent.wall_s - read_s
    return taken, spent, f"reading and staging {read_s:.3g} s, accepting {accept_s:.3g} s"


def _plan(bridge: Live, changed_loan: int) -> Watch:
    """What a pass spends on its plan, with a payment of that loan changed before (0: none)."""
    store, books = bridge.store, books_of(bridge)
    booking = booking_of(books)
    rows = []
    if changed_loan:
        payment = loan_of(store, changed_loan).repayments[0]
        rows = [msgspec.structs.replace(payment, amount=payment.amount + 1)]
    with watch() as spent:
        if rows:
            accept_some(store, rows)
        assert has_work(store, books) == bool(rows)
        made = plan(store, books, booking, AT, bridge.plan_limits, (), silent)
    assert made.loans == len(rows), made
    assert bool(made.figures.create) == bool(rows), made
    return spent


def _median(watches: list[Watch]) -> Watch:
    made = Watch()
    made.wall_s = statistics.median(w.wall_s for w in watches)
    made.cpu_s = statistics.median(w.cpu_s for w in watches)
    return made


def _have_state(size: Size, folder: Path) -> None:
    """The store that `ingest` leaves; made now, in a process of its own, if it was not run."""
    if not (ledger_of(folder).exists() and (folder / "state.db").exists()):
        in_own_process("ingest", size, folder)
