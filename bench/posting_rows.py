"""Rows about posting: our own work for a document, and each system at its full rate."""

from __future__ import annotations

import contextlib
import threading
import time
from functools import partial
from pathlib import Path

from bench.figures import Line, Size
from bench.lender import AT, XERO, ZOHO, Lender, books_of, lending, write_ledger
from bench.measuring import watch
from bridge.core.plan import Plan
from bridge.pipeline.context import Live, silent
from bridge.pipeline.intake import take_in
from bridge.pipeline.plan import booking_of, plan
from bridge.pipeline.post import Posting, post_all

_CALLS_A_MINUTE = 500
_BATCHES_A_MINUTE = 40
_BATCH = 30
_XERO_A_MINUTE = 60
_ZOHO_A_MINUTE = 100
_LOOK_S = 0.05


class _Enough(BaseException):
    """The figure is there; the rest need not be posted."""


def local_work(mode: str, size: Size, folder: Path) -> list[Line]:
    """Everything from the files to the last confirmed document, against a sandbox elsewhere."""
    write_ledger(folder, size.posted_loans)
    with lending(folder) as lender, lender.bridge(mode=mode) as bridge:
        with watch() as taking:
            _take_in(bridge)
        with watch() as planning:
            made = plan_all(bridge)
        tally = Posting()
        with watch() as posting:
            post_all(bridge.store, books_of(bridge).system, bridge.clock, tally, silent)
    documents = tally.confirmed
    assert documents == made.figures.create == size.posted_loans * 7, (tally, made)
    ms = {
        name: spent.cpu_s * 1000 / documents
        for name, spent in (("taking in", taking), ("planning", planning), ("posting", posting))
    }
    cpu_s = taking.cpu_s + planning.cpu_s + posting.cpu_s
    parts = ", ".join(f"{name} {value:.2f}" for name, value in ms.items())
    return [
        Line(
            what=f"own CPU per document, {_MODES[mode]}",
            measured=sum(ms.values()),
            unit="ms",
            target=1.5,
            cpu_s=cpu_s,
            note=f"{documents:,} documents, customers among them, in {posting.wall_s:.1f} s; ms "
            f"each: {parts}",
        )
    ]


_MODES = {"single": "one call each", "backfill": "batches of 30"}

local_single = partial(local_work, "single")
local_batches = partial(local_work, "backfill")


def posting_single(size: Size, folder: Path) -> list[Line]:
    """Single writes under 500 calls a minute and 10 a second."""
    write_ledger(folder, size.single_calls // 5)
    with lending(folder, fast=False) as lender:
        seconds, tally, calls, refused = _at_the_limits(lender, "single", size, size.single_calls)
    rate = size.single_calls / seconds * 60
    note = (
        f"{size.single_calls:,} calls in {seconds:.1f} s, {size.latency_ms} ms latency; the bridge "
        "keeps 1.2 s away from each full minute, so 98 % is the most that it can reach"
    )
    if not size.full:
        note += "; too short for the limit of a minute: 10 a second is what holds"
    return [
        Line(
            what="QuickBooks, one call each: of 500 calls a minute",
            measured=rate / _CALLS_A_MINUTE * 100,
            unit="%",
            target=95,
            at_least=True,
            note=note,
        ),
        *_costs("one call each", tally, calls, refused),
    ]


def posting_batches(size: Size, folder: Path) -> list[Line]:
    """Batches of 30 under 40 batches a minute."""
    write_ledger(folder, size.batch_calls * 10)
    with lending(folder, fast=False) as lender:
        seconds, tally, calls, refused = _at_the_limits(lender, "backfill", size, size.batch_calls)
    rate = size.batch_calls / seconds * 60
    filled = tally.posted / calls
    note = f"{size.batch_calls} batches in {seconds:.1f} s, {filled:.1f} documents a call"
    if not size.full:
        note += "; too short for the limit of a minute to be felt"
    return [
        Line(
            what="QuickBooks, backfill: of 40 batches a minute",
            measured=rate / _BATCHES_A_MINUTE * 100,
            unit="%",
            target=95,
            at_least=True,
            note=note,
        ),
        Line(what="backfill: documents a minute", measured=rate * filled, unit=""),
        *_costs("backfill", tally, calls, refused),
    ]


def posting_xero(size: Size, folder: Path) -> list[Line]:
    """Calls of fifty documents under 60 calls a minute, four at once."""
    write_ledger(folder, size.xero_calls * 9, foreign=0)
    with lending(folder, fast=False, system=XERO) as lender:
        seconds, tally, calls, refused = _at_the_limits(lender, "single", size, size.xero_calls)
    rate = size.xero_calls / seconds * 60
    filled = tally.posted / calls
    return [
        _share_used("Xero", size, size.xero_calls, seconds, _XERO_A_MINUTE),
        Line(
            what="Xero: documents per call",
            measured=filled,
            unit="",
            target=45,
            at_least=True,
            note=f"{calls:,} calls of all kinds for {tally.posted:,} documents; calls that the "
            "end of a kind of document left short of fifty are among them",
        ),
        Line(what="Xero: documents a minute", measured=rate * filled, unit=""),
        _refusals("Xero", refused),
    ]


def posting_zoho(size: Size, folder: Path) -> list[Line]:
    """One document a call under 100 calls a minute; invoices leave their drafts together."""
    write_ledger(folder, max(size.zoho_calls // 5, 2), foreign=0)
    with lending(folder, fast=False, system=ZOHO) as lender:
        seconds, tally, calls, refused = _at_the_limits(lender, "single", size, size.zoho_calls)
    return [
        _share_used("Zoho Books", size, size.zoho_calls, seconds, _ZOHO_A_MINUTE),
        Line(
            what="Zoho Books: calls per document",
            measured=calls / tally.posted,
            unit="",
            target=1.02,
            note=f"{calls:,} calls of all kinds for {tally.posted:,} documents; each claim of up "
            "to 100 invoices costs two more, which a larger ledger has more invoices for",
        ),
        _refusals("Zoho Books", refused),
    ]


def _share_used(name: str, size: Size, calls: int, seconds: float, allowed: int) -> Line:
    note = f"{calls:,} calls in {seconds:.1f} s, {size.latency_ms} ms latency"
    if not size.full:
        note += "; too short for the limit of a minute to be felt"
    return Line(
        what=f"{name}: of {allowed} calls a minute",
        measured=calls / seconds * 60 / allowed * 100,
        unit="%",
        target=95,
        at_least=True,
        note=note,
    )


def _refusals(mode: str, refused: int) -> Line:
    return Line(what=f"{mode}: refused for rate (429)", measured=refused, unit="", target=0)


def _costs(mode: str, tally: Posting, calls: int, refused: int) -> list[Line]:
    target = 1.02 if mode != "backfill" else 1.02 / _BATCH
    return [
        Line(
            what=f"{mode}: calls per document",
            measured=calls / tally.posted,
            unit="",
            target=target,
            note=f"{calls:,} calls of all kinds for {tally.posted:,} documents",
        ),
        _refusals(mode, refused),
    ]


def _at_the_limits(
    lender: Lender, mode: str, size: Size, wanted: int
) -> tuple[float, Posting, int, int]:
    """(seconds from the first call to the one after `wanted`, what was posted, our calls, 429s).

    The calls are counted by the sandbox. From the first to the one that opens a later window is
    a whole number of windows, so a burst at the start is not mistaken for speed.
    """
    tally = Posting()
    with lender.bridge(mode=mode, limits=True) as bridge:
        system = books_of(bridge).system
        _take_in(bridge)
        plan_all(bridge)
        lender.sandbox.control("POST", f"{lender.system}/latency", ms=size.latency_ms)
        counter = _Counter(lender, wanted)
        before = system.calls().total
        counter.start()

        def progress(what: str, done: int, of: int) -> None:
            if counter.done.is_set():
                raise _Enough

        with contextlib.suppress(_Enough):
            post_all(bridge.store, system, bridge.clock, tally, progress)
        counter.join()
        calls = system.calls()
    refused = max(calls.throttled, lender.sandbox.refusals(lender.system))
    return counter.seconds, tally, calls.total - before, refused


class _Counter(threading.Thread):
    """Asks the sandbox for its count until `wanted` calls have followed the first."""

    def __init__(self, lender: Lender, wanted: int) -> None:
        super().__init__(daemon=True)
        self._lender, self._wanted = lender, wanted
        self._before = self._calls()
        self._until = time.perf_counter() + 60 + wanted * 2
        self.done = threading.Event()
        self.seconds = 0.0

    def run(self) -> None:
        first_at = self._when(1)
        self.seconds = self._when(self._wanted + 1) - first_at
        self.done.set()

    def _when(self, count: int) -> float:
        while self._calls() - self._before < count:
            assert time.perf_counter() < self._until, "the sandbox gets no calls"
            time.sleep(_LOOK_S)
        return time.perf_counter()

    def _calls(self) -> int:
        return self._lender.sandbox.calls(self._lender.system)


def _take_in(bridge: Live) -> None:
    now = bridge.clock.now()
    take_in(bridge.store, bridge.source, "bench", bridge.snapshot_limits, now)


def plan_all(bridge: Live) -> Plan:
    books = books_of(bridge)
    return plan(bridge.store, books, booking_of(books), AT, bridge.plan_limits, (), silent)
