"""Source → ledger store: read, weigh, accept or refuse."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import msgspec

from bridge.core.findings import Finding
from bridge.core.guards import SnapshotFigures, SnapshotLimits, refuse
from bridge.core.ledger import ReadTable, SnapshotFacts
from bridge.core.money import from_cents
from bridge.core.tie_out.known import Delivery, Reason
from bridge.errors import Problem, SnapshotRefused
from bridge.source.base import Source
from bridge.store import Accepted, Stage, Store
from bridge.store.values import Totals


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """The result of taking a delivery in."""

    facts: SnapshotFacts
    accepted: Accepted
    findings: tuple[Finding, ...]
    tables: tuple[ReadTable, ...] = ()
    """The tables of the delivery, and what each was taken for."""


def take_in(
    store: Store,
    source: Source,
    where: str,
    limits: SnapshotLimits,
    now: datetime,
    today: date | None = None,
) -> Intake:
    """Read the newest delivery into the ledger store.

    Raises SnapshotRefused with every reason; then the ledger is as it was, and the refusal is kept
    for every door that is opened before a better one comes. `today` is the lender's business day.
    """
    tried = Delivery(day=today or now.date(), at=now.isoformat(), source=where)
    try:
        intake = _taken_in(store, source, where, limits, now)
    except SnapshotRefused as refused:
        problems = refused.problems or (Problem(where, refused.what, ""),)
        reasons = tuple(Reason(each.where, each.what, each.fix) for each in problems)
        tried = msgspec.structs.replace(tried, accepted=False, problems=reasons)
        with store.begin() as work:
            work.tasks.put_delivery(tried)
        raise
    facts = intake.facts
    tried = msgspec.structs.replace(tried, as_of=facts.written_on or facts.as_of)
    with store.begin() as work:
        work.findings.put("files", intake.findings)
        work.tasks.put_delivery(tried)
    return intake


def _taken_in(
    store: Store, source: Source, where: str, limits: SnapshotLimits, now: datetime
) -> Intake:
    snapshot = source.snapshot()
    stage = store.stage(snapshot.facts, snapshot.rows())
    try:
        complete = snapshot.facts.complete and snapshot.complete_after_reading()
        facts = msgspec.structs.replace(snapshot.facts, complete=complete)
        stage.facts = facts
        asked = store.settle(stage) if facts.by_content else []
        problems = refuse(facts, _figures(stage), limits, where)
        if problems:
            raise SnapshotRefused(
                "The ledger's snapshot was refused; nothing was planned.", problems
            )
        accepted = store.accept(stage, now.isoformat())
    finally:
        stage.close()
    return Intake(
        facts=facts,
        accepted=accepted,
        findings=(*snapshot.findings(), *asked),
        tables=tuple(snapshot.tables()),
    )


def _figures(stage: Stage) -> SnapshotFigures:
    return SnapshotFigures(
        counts=stage.counts,
        money=_sums(stage.totals, "loans"),
        previous_counts=stage.previous,
        previous_money=_sums(stage.previous_totals, "loans"),
        paid=_sums(stage.totals, "repayments"),
        previous_paid=_sums(stage.previous_totals, "repayments"),
        reinstalled=stage.reinstalled,
        last_as_of=stage.previous_as_of,
    )


def _sums(totals: Totals, wanted: str) -> dict[str, Decimal]:
    return {
        currency: from_cents(cents)
        for (entity, currency), cents in totals.items()
        if entity == wanted
    }
