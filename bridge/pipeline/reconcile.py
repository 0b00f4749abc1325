"""The morning's question: do the ledger and the books agree, and if not, where and why?

Reads the books back, compares mirror, bindings and outbox as sets, and adds up. It concludes from
complete readings only, and nothing that it finds is fed back: on a scratch store it is the same,
and nothing stays.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial

import msgspec

from bridge.core.books import Chart, ControlEntry
from bridge.core.message import written
from bridge.core.tie_out.checks import CheckCode
from bridge.core.tie_out.items import Item
from bridge.core.tie_out.known import Fresh, Stop
from bridge.core.tie_out.reconciliation import Notice, Reconciliation, SystemResult
from bridge.core.tie_out.tally import LISTED
from bridge.core.tie_out.verdict import verdict
from bridge.errors import BridgeError
from bridge.pipeline.apart import Unread
from bridge.pipeline.as_of import dated_after, refuse_day_not_kept
from bridge.pipeline.calls import metered_on
from bridge.pipeline.comparison import Comparison
from bridge.pipeline.context import Books, Bridge, Progress, System, silent
from bridge.pipeline.control import entered_by_hand, our_borrowers
from bridge.pipeline.evidence import lent_in_books, renewals_in_books, with_checks
from bridge.pipeline.known import after_comparison, keep_comparison, stop_of, unchecked, with_places
from bridge.pipeline.principal import Seen, keep, last_seen, principal_items
from bridge.pipeline.readback import read_back
from bridge.pipeline.standing import adds_up
from bridge.pipeline.standing import notices as freshness
from bridge.pipeline.stopped import ended_if_stopped
from bridge.pipeline.waits import asked_to_wait
from bridge.pipeline.whole import whole
from bridge.report.said import why
from bridge.store import LoanKey, Store
from bridge.systems.base import AccountingReader, CallCount, books_of

log = logging.getLogger(__name__)


def reconcile(
    bridge: Bridge[System],
    progress: Progress = silent,
    *,
    as_of: date | None = None,
    names: bool = True,
    full: bool = False,
) -> Reconciliation:
    """The comparison of a day, today's if none is named, written down as a run of its own.

    Raises DayNotKept for a day whose figures cannot be made of what is kept.
    """
    store, started, day = bridge.store, bridge.clock.now(), as_of or bridge.today
    if as_of is not None:
        refuse_day_not_kept(store, as_of, bridge.today)
    with store.begin() as work:
        last = next((each.id for each in work.runs.latest() if each.verb == "sync"), "")
        own = work.runs.start("reconcile", ",".join(bridge.books), started.isoformat())
    fresh = bridge.fresh.on(day)
    with ended_if_stopped(bridge, own):
        found = compare(
            bridge, day, started, run=last, names=names, full=full, fresh=fresh, progress=progress
        )
    verdict, reason = found.verdict.word, written(why(found.verdict))
    counts = {result.system: result.counts for result in found.systems}
    with store.begin() as work:
        work.runs.end(own, verdict, reason, counts, bridge.clock.now().isoformat())
    return found


def compare(
    bridge: Bridge[System],
    as_of: date,
    now: datetime,
    *,
    run: str = "",
    names: bool = True,
    notices: Mapping[str, Sequence[Notice]] | None = None,
    full: bool = False,
    listed: int = LISTED,
    fresh: Fresh | None = None,
    progress: Progress = silent,
    read: Callable[[AccountingReader, Unread], bool] | None = None,
) -> Reconciliation:
    """Compare all books with the ledger, look whether what was lent is income in them, and keep
    what a person may have to act on.

    `run` is the pass whose postings are reported, `full` forgets the mirror and reads everything,
    `read` brings the mirror up to what the books say now in another way than `read_back`, `names`
    puts borrowers' names beside their loans, `notices` are added to a system's own. A system that
    cannot be read to the end is reported as not checked; the others are not held up.
    `fresh` says how new the ledger must be.
    """
    store = bridge.store
    results: list[SystemResult] = []
    loans: dict[str, LoanKey] = {}
    stops: dict[str, list[Stop]] = {}
    day = now.astimezone(UTC).date()
    for name, each in bridge.books.items():
        system = each.system
        before, unread = system.calls(), Unread()
        try:
            first = partial(read_back, store, system, full=full, progress=progress, unread=unread)
            if read is not None:
                first = partial(read, system, unread)
            gather = partial(_gathered, store, system, listed, unread, run, as_of)
            again = partial(read_back, store, system, full=True, progress=progress, unread=unread)
            comparison, read_fully, by_hand = _that_adds_up(store, system, first, again, gather)
            inside, seen = _inside(store, each, comparison.chart, comparison, afresh=full)
            with store.begin() as work:
                work.bindings.saw_versions(books_of(system), comparison.same_in)
                keep(work, each, seen)
            entries, unread_ones = entered_by_hand(system, comparison.unaccounted(), by_hand)
            with store.read() as work:
                ours = our_borrowers(work, system, entries)
            made = comparison.result(entries, ours, unread_ones, inside, loans)
        except BridgeError as error:
            made = unchecked(system, error)
            stops[name] = [stop_of(error)]
        told = [*made.notices, *(notices or {}).get(name, ()), *asked_to_wait(store, system, now)]
        if made.checked and as_of < day:
            told += dated_after(store, system, as_of)
        if made.checked and read_fully:
            told.append(Notice("read.full"))
        elif made.checked:
            with store.read() as work:
                told += freshness(work, system)
        calls = {**_calls(before, system.calls()), "metered_today": metered_on(day, store, system)}
        results.append(msgspec.structs.replace(made, calls=calls, notices=tuple(told)))
    results = _kept(store, results, stops, now, as_of)
    with store.read() as work:
        found = whole(work, results, loans if names else {}, bridge.lender, as_of, now, run)
        judged = verdict(after_comparison(work, results, fresh or Fresh(today=as_of), stops))
    found = msgspec.structs.replace(found, systems=with_checks(results, judged))
    for name, result in judged.systems.items():
        fields = {"event": "reconcile.ended", "system": name, "run_id": run}
        log.info("reconciled", extra={**fields, "outcome": result.value})
    return msgspec.structs.replace(found, verdict=judged)


def _that_adds_up(
    store: Store,
    system: AccountingReader,
    first: Callable[[], bool],
    again: Callable[[], bool],
    gather: Callable[[], Comparison],
) -> tuple[Comparison, bool, list[ControlEntry] | None]:
    """The comparison after a reading; after one of everything, where what was read in part does not
    add up. Whether everything was read, and what people entered on receivables where it was asked
    for."""
    fully = first()
    made = gather()
    complete, by_hand = adds_up(store, system, made.beyond, made.room, fully=fully)
    if not complete:
        fully = again()
        made = gather()
        _, by_hand = adds_up(store, system, made.beyond, made.room, fully=fully)
    return made, fully, by_hand


def _gathered(
    store: Store,
    system: AccountingReader,
    listed: int,
    unread: Unread,
    run: str,
    as_of: date,
) -> Comparison:
    chart = system.chart()
    with store.read() as work:
        comparison = Comparison(work, system, chart, listed, unread)
        comparison.gather(run, as_of)
    return comparison


def _inside(
    store: Store, books: Books[System], chart: Chart, comparison: Comparison, *, afresh: bool
) -> tuple[list[Item], Seen]:
    """The items for mistakes inside the books, whatever the ledger says, and what this look found,
    to be kept for the next. The comparison is given what both show of the checks."""
    lent, seen = principal_items(books, chart, last_seen(store, books, afresh=afresh))
    with store.read() as work:
        where = books.id
        left, waiting = renewals_in_books(work, where, chart, books.mapping)
    comparison.seen |= {
        CheckCode.PRINCIPAL: lent_in_books(chart, seen.lent),
        CheckCode.RENEWALS: left,
    }
    return [*lent, *waiting], seen


def _kept(
    store: Store,
    results: Sequence[SystemResult],
    stops: Mapping[str, Sequence[Stop]],
    now: datetime,
    as_of: date,
) -> list[SystemResult]:
    """The results with each item's place in the lender's file; also written down, for `status` and
    the report."""
    with store.begin() as work:
        placed = [
            msgspec.structs.replace(made, items=with_places(work, made.items)) for made in results
        ]
        for made in placed:
            stop = next(iter(stops.get(made.system, ())), None)
            keep_comparison(work, made, now, as_of, stop)
    return placed


def _calls(before: CallCount, after: CallCount) -> dict[str, int]:
    return {
        "total": after.total - before.total,
        "metered": after.metered - before.metered,
        "throttled": after.throttled - before.throttled,
    }
