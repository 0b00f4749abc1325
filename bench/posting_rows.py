"""Rows about posting: our own work for a document, and each system at its full rate."""

from __future__ import annotations

import contextlib
import threading
import time
from functools import partial
from pathlib import Path

import msgspec

from bench.figures import Line, Size
from bench.lender import AT, QUICKBOOKS, XERO, ZOHO, Lender, books_of, lending, write_ledger
from bench.measuring import watch
from bridge.core.plan import Plan
from bridge.pipeline.context import Live, silent
from bridge.pipeline.intake import take_in
from bridge.pipeline.plan import booking_of, plan
from bridge.pipeline.post import Posting, post_all

_BATCH = 30
_LOOK_S = 0.05


class _Enough(BaseException):
    """The figure is there; the rest need not be posted."""


def local_work(mode: str, size: Size, folder: Path) -> list[Line]:
    """Everything from the files to the last confirmed document, against a sandbox elsewhere."""
    write_ledger(folder, size.posted_loans)
    with lending(folder) as lender, lender.bridge(mode=mode) as bridge:
        with watch() as taking:
            take_in_all(bridge)
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


class _Rate(msgspec.Struct, frozen=True):
    """What a product allows of one kind of call."""

    a_minute: int
    in_flight: int

    def at(self, latency_ms: int) -> float:
        """Calls a minute that can be had: what is in flight holds them up where they are slow."""
        return min(self.a_minute, self.in_flight * 60_000 / latency_ms)


_QUICKBOOKS = _Rate(500, 10)
_QUICKBOOKS_BATCHES = _Rate(40, 10)
_XERO_CALLS = _Rate(60, 5)
_ZOHO_CALLS = _Rate(100, 5)


class _Measured(msgspec.Struct, frozen=True, kw_only=True):
    """A system at its full rate, at one latency."""

    share: float
    """In per cent of the calls that it allows at this latency."""
    documents_a_minute: float
    calls: int
    posted: int
    refused: int
    line: Line


def posting_single(size: Size, folder: Path) -> list[Line]:
    """Single writes under 500 calls a minute and 10 a second."""
    made = _at_each_latency(size, folder, _QUICKBOOKS, size.single_calls, per_loan=5)
    first = made[0]
    return [each.line for each in made] + _costs("one call each", first)


def posting_batches(size: Size, folder: Path) -> list[Line]:
    """Batches of 30 under 40 batches a minute."""
    made = _at_each_latency(
        size, folder, _QUICKBOOKS_BATCHES, size.batch_calls, per_loan=0.1, mode="backfill"
    )
    first = made[0]
    return [
        *[each.line for each in made],
        Line(what="backfill: documents a minute", measured=first.documents_a_minute, unit=""),
        *_costs("backfill", first),
    ]


def posting_xero(size: Size, folder: Path) -> list[Line]:
    """Calls of fifty documents under 60 calls a minute, five at once."""
    made = _at_each_latency(
        size, folder, _XERO_CALLS, size.xero_calls, per_loan=1 / 9, system=XERO, foreign=0
    )
    first = made[0]
    return [
        *[each.line for each in made],
        Line(
            what="Xero: documents per call",
            measured=first.posted / first.calls,
            unit="",
            target=45,
            at_least=True,
            note=f"{first.calls:,} calls of all kinds for {first.posted:,} documents; calls that "
            "the end of a kind of document left short of fifty are among them",
        ),
        Line(what="Xero: documents a minute", measured=first.documents_a_minute, unit=""),
        _refusals("Xero", first.refused),
    ]


def posting_zoho(size: Size, folder: Path) -> list[Line]:
    """One document a call under 100 calls a minute; invoices leave their drafts together."""
    made = _at_each_latency(
        size, folder, _ZOHO_CALLS, size.zoho_calls, per_loan=5, system=ZOHO, foreign=0
    )
    first = made[0]
    return [
        *[each.line for each in made],
        Line(
            what="Zoho Books: calls per document",
            measured=first.calls / first.posted,
            unit="",
            target=1.02,
            note=f"{first.calls:,} calls of all kinds for {first.posted:,} documents; each claim "
            "of up to 100 invoices costs two more, which a larger ledger has more invoices for",
        ),
        _refusals("Zoho Books", first.refused),
    ]


def _at_each_latency(
    size: Size,
    folder: Path,
    rate: _Rate,
    calls: int,
    *,
    per_loan: float,
    mode: str = "single",
    system: str = QUICKBOOKS,
    foreign: int = 10,
) -> list[_Measured]:
    """The same ledger posted with calls that take so long, each time into an empty company.

    `calls` at the first latency, as many in two minutes at the others; a loan gives `per_loan`.
    """
    made = []
    for count, latency_ms in enumerate(size.latencies_ms):
        allowed = rate.at(latency_ms)
        wanted = calls if not count else round(allowed * 2)
        where = folder / str(latency_ms)
        where.mkdir()
        loans = max(round(wanted / per_loan), 2)
        write_ledger(where, loans, foreign=foreign)
        with lending(where, fast=False, system=system) as lender:
            seconds, tally, sent, refused = _at_the_limits(lender, mode, latency_ms, wanted)
        share = wanted / seconds * 60 / allowed * 100
        filled = tally.posted / sent
        note = f"{wanted:,} calls in {seconds:.1f} s, {filled:.1f} documents each, {refused} 429s"
        if not size.full:
            note += "; too short for the limit of a minute to be felt"
        elif system == QUICKBOOKS and not count:
            note += "; 1.2 s are kept away from each full minute, so 98 % is the most"
        line = Line(
            what=f"{_NAMES[system, mode]}, {latency_ms:,} ms a call: of {allowed:.0f} a minute",
            measured=share,
            unit="%",
            target=95 if not count else 90,
            at_least=True,
            note=note,
        )
        made.append(
            _Measured(
                share=share,
                documents_a_minute=wanted / seconds * 60 * filled,
                calls=sent,
                posted=tally.posted,
                refused=refused,
                line=line,
            )
        )
    return made


_NAMES = {
    (QUICKBOOKS, "single"): "QuickBooks, one call each",
    (QUICKBOOKS, "backfill"): "QuickBooks, batches",
    (XERO, "single"): "Xero",
    (ZOHO, "single"): "Zoho Books",
}


def _refusals(mode: str, refused: int) -> Line:
    return Line(what=f"{mode}: refused for rate (429)", measured=refused, unit="", target=0)


def _costs(mode: str, made: _Measured) -> list[Line]:
    target = 1.02 if mode != "backfill" else 1.02 / _BATCH
    return [
        Line(
            what=f"{mode}: calls per document",
            measured=made.calls / made.posted,
            unit="",
            target=target,
            note=f"{made.calls:,} calls of all kinds for {made.posted:,} documents",
        ),
        _refusals(mode, made.refused),
    ]


def _at_the_limits(
    lender: Lender, mode: str, latency_ms: int, wanted: int
) -> tuple[float, Posting, int, int]:
    """(seconds from the first call to the one after `wanted`, what was posted, our calls, 429s).

    The calls are counted by the sandbox. From the first to the one that opens a later window is
    a whole number of windows, so a burst at the start is not mistaken for speed.
    """
    tally = Posting()
    with lender.bridge(mode=mode, limits=True) as bridge:
        system = books_of(bridge).system
        take_in_all(bridge)
        plan_all(bridge)
        lender.sandbox.control("POST", f"{lender.system}/latency", ms=latency_ms)
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


def take_in_all(bridge: Live) -> None:
    now = bridge.clock.now()
    take_in(bridge.store, bridge.source, "bench", bridge.snapshot_limits, now)


def plan_all(bridge: Live) -> Plan:
    books = books_of(bridge)
    return plan(bridge.store, books, booking_of(books), AT, bridge.plan_limits, (), silent)
