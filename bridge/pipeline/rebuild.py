"""Rebuilding a lost state store from the ledger and the books.

Our documents are known again by their numbers. Nothing is sent, and what the state would have known
better is left to a person: see `core/change/rebuilding.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from bridge.core.message import Detail, message, written
from bridge.core.tie_out.known import Stop
from bridge.core.tie_out.verdict import Verdict, verdict
from bridge.pipeline.catching_up import caught_up_with
from bridge.pipeline.context import Books, Bridge, Progress, System, silent
from bridge.pipeline.intake import take_in
from bridge.pipeline.known import known
from bridge.pipeline.known_again import Adopted, known_again
from bridge.pipeline.older_state import TIED, strangers_of_ours
from bridge.pipeline.plan import booking_of
from bridge.pipeline.readback import read_back
from bridge.pipeline.stopped import ended_if_stopped
from bridge.pipeline.untied import UNTIED
from bridge.report.said import why
from bridge.store import Store


class RebuildResult(msgspec.Struct, frozen=True, kw_only=True):
    run: str
    systems: tuple[Adopted, ...]
    answer: Verdict
    """By what is known now: the ledger just read, and what was found in the books."""


def rebuild(bridge: Bridge[System], who: str, progress: Progress = silent) -> RebuildResult:
    """Tie every document of ours in the books to the ledger again. Nothing is sent.

    What the state knows already stays as it knows it: of an older copy, or one whose last writes
    got lost, only the rest is known again.
    """
    at = bridge.clock.now().isoformat()
    with bridge.store.begin() as work:
        run = work.runs.start("rebuild", ",".join(bridge.books), at)
    with ended_if_stopped(bridge, run):
        intake = take_in(
            bridge.store,
            bridge.source,
            bridge.source_where,
            bridge.snapshot_limits,
            bridge.clock.now(),
            bridge.today,
        )
        as_of = intake.facts.as_of
        done = tuple(
            _rebuilt(bridge.store, books, as_of, progress) for books in bridge.books.values()
        )
    with bridge.store.begin() as work:
        work.marks.doubt_state(who, at)
        for name, books in bridge.books.items():
            work.upkeep.note(TIED.format(name), at)
            work.strangers.leave_unknown(at, strangers_of_ours(work, books.id))
        counts = {each.system: {"documents": each.documents} for each in done}
        stops = {each.system: _left(each) for each in done}
        where = {name: each.id for name, each in bridge.books.items()}
        answer = verdict(known(work, where, bridge.fresh, stops=stops))
        ended = bridge.clock.now().isoformat()
        work.runs.end(run, answer.word, written(_why(done, answer)), counts, ended)
    return RebuildResult(run=run, systems=done, answer=answer)


def _left(each: Adopted) -> list[Stop]:
    """The stops that a person must look at before the next pass."""
    stops = []
    if each.asked:
        stops.append(Stop(code="rebuild.asked"))
    if each.unknown:
        stops.append(Stop(code="rebuild.unknown", detail=", ".join(each.unknown)))
    if each.untold:
        stops.append(Stop(code=UNTIED, detail="; ".join(each.untold)))
    return stops


def _why(done: Sequence[Adopted], answer: Verdict) -> Detail:
    told: list[Detail] = [
        message("rebuilt_known", system=each.system, count=each.documents) for each in done
    ]
    return message("together", parts=told if answer.green else [*told, why(answer)])


def known_documents(store: Store, books: Books[System]) -> int:
    """The number of documents of these books that the state knows; 0 when it never had to do with
    them."""
    with store.read() as work:
        bound = sum(work.bindings.counts(books.id).values())
        return max(bound, sum(work.outbox.counts(books.id).values()))


def _rebuilt(store: Store, books: Books[System], as_of: date, progress: Progress) -> Adopted:
    read_back(store, books.system, full=True, progress=progress)
    booking = booking_of(books)
    if not known_documents(store, books):
        return known_again(store, books, booking, as_of, progress)
    tied = caught_up_with(store, books, booking, progress)
    with store.read() as work:
        left = strangers_of_ours(work, books.id)
    told = {line.partition(":")[0] for line in tied.untold}
    unknown = sorted(each.number for each in left if each.number not in told)
    return Adopted(system=books.name, documents=tied.documents, unknown=unknown, untold=tied.untold)
