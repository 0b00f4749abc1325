"""Unsettled outbox entries as reconciling items, from the state store alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import msgspec

from bridge.core.books import PostedDocument
from bridge.core.delivery import Operation, State
from bridge.core.identity import BooksId
from bridge.core.message import Detail, message
from bridge.core.tie_out.items import Item, ItemKind
from bridge.core.tie_out.patience import LOOKED_FOR_FIRST
from bridge.core.tie_out.reconcile import arrived, in_the_books, waiting
from bridge.pipeline.giving_up import so_far
from bridge.store import Entry, Work
from bridge.store.outbox_rows import named_by
from bridge.store.trials import Trial
from bridge.store.waiting import Waiting, WaitingWrites


class UnderWay(msgspec.Struct, frozen=True, kw_only=True):
    """One write that is not settled. Without items when the books hold it already."""

    entry: Entry
    items: list[Item] = []
    parts: list[Decimal] = []
    """The part of each item's amount that is not posted."""
    found: PostedDocument | None = None
    """What the books hold of it although no write of ours was confirmed."""
    reached: bool = False
    """Whether a correction did arrive."""
    otherwise: Item | None = None
    """What a person is asked where the books made something else of it than was sent; a comparison
    tells the same field by field."""


def under_way(work: Work, where: BooksId, *, just_read: bool = False) -> Iterator[UnderWay]:
    """Every write that is not settled, oldest first.

    `just_read` says that the books were read to their end a moment ago: then what they hold of a
    write counts. What they said some days ago proves nothing, absence least of all.
    """
    trials = work.trials.under_trial(where)
    for side in WaitingWrites.on(work).waiting(where):
        entry = side.entry
        if in_the_books(entry.operation, entry.document, side.bound):
            yield UnderWay(entry=entry, otherwise=_otherwise(side))
            continue
        reached = just_read and _has_arrived(work, where, side)
        found = (side.now if reached else side.found) if just_read else None
        items, parts = waiting(
            entry.state,
            entry.operation,
            entry.document,
            bound=side.bound,
            found=found,
            reached=reached,
            code=entry.code,
            detail=_detail(side, trials),
        )
        yield UnderWay(entry=entry, items=items, parts=parts, found=found, reached=reached)


def _otherwise(side: Waiting) -> Item | None:
    entry, bound = side.entry, side.bound
    if entry.state is not State.DRIFTED or bound is None or bound.accepted:
        return None
    return Item(
        kind=ItemKind.MISMATCHED,
        currency=entry.document.currency,
        reference=entry.reference,
        external_id=bound.external_id,
        document=entry.kind.value,
        cause="posting.differs",
        action="look_closer",
    )


def _has_arrived(work: Work, where: BooksId, side: Waiting) -> bool:
    entry, bound = side.entry, side.bound
    if bound is None or bound.voided or entry.operation is Operation.CREATE:
        return False
    links = work.bindings.links(where, sorted(named_by(entry.document)))
    return arrived(entry.operation, entry.document, side.now, links)


def _detail(side: Waiting, trials: Mapping[int, Trial]) -> Detail:
    """Why a write waits, in the accounting system's words, and for how long that is so; nothing
    that holds a body."""
    entry, trial = side.entry, trials.get(side.entry.id)
    if entry.state is State.REJECTED:
        code = "" if entry.code in LOOKED_FOR_FIRST else entry.code
        if isinstance(entry.detail, str):
            return ": ".join(part for part in (code, entry.detail) if part)
        return message("coded", reason=code, text=entry.detail) if code else entry.detail
    if entry.state not in {State.PENDING, State.IN_DOUBT}:
        return ""
    return (
        so_far(entry, trial, entry.detail) if trial is not None and entry.detail else entry.detail
    )
