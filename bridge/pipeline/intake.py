"""Source → ledger store: read, weigh, accept or refuse."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from bridge.core.findings import Finding
from bridge.core.guards import SnapshotFigures, SnapshotLimits, refuse
from bridge.core.ledger import SnapshotFacts
from bridge.core.money import from_cents
from bridge.errors import SnapshotRefused
from bridge.source.base import Source
from bridge.store import Accepted, Stage, Store
from bridge.store.values import Totals


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """What came in."""

    facts: SnapshotFacts
    accepted: Accepted
    findings: tuple[Finding, ...]


def take_in(
    store: Store, source: Source, where: str, limits: SnapshotLimits, now: datetime
) -> Intake:
    """Read the newest delivery into the ledger store.

    Raises SnapshotRefused with every reason; then the store is as it was.
    """
    snapshot = source.snapshot()
    stage = store.stage(snapshot.facts, snapshot.rows())
    try:
        complete = snapshot.facts.complete and snapshot.complete_after_reading()
        facts = msgspec.structs.replace(snapshot.facts, complete=complete)
        stage.facts = facts
        problems = refuse(facts, _figures(stage), limits, where)
        if problems:
            raise SnapshotRefused(
                "The ledger's snapshot was refused; nothing was planned.", problems
            )
        accepted = store.accept(stage, now.isoformat())
    finally:
        stage.close()
    findings = tuple(snapshot.findings())
    with store.begin() as work:
        work.put_findings("files", findings)
    return Intake(facts=facts, accepted=accepted, findings=findings)


def _figures(stage: Stage) -> SnapshotFigures:
    return SnapshotFigures(
        counts=stage.counts,
        money=_gross(stage.totals),
        previous_counts=stage.previous,
        previous_money=_gross(stage.previous_totals),
        reinstalled=stage.reinstalled,
        last_as_of=stage.previous_as_of,
    )


def _gross(totals: Totals) -> dict[str, Decimal]:
    return {
        currency: from_cents(cents)
        for (entity, currency), cents in totals.items()
        if entity == "loans"
    }
