"""The ledger as it is read, before anything of it is planned: sums, people, what is held and why.

It works on a scratch store: neither the state nor the books are touched, and no books are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from bridge.core.change.ledger_reading import (
    ChangedLoan,
    Largest,
    LedgerReading,
    LoanTally,
    RowCount,
)
from bridge.core.change.planned import NoticeTally
from bridge.core.findings import Finding
from bridge.core.loan.review import review
from bridge.core.loan.understood import UnderstoodLoan, understood
from bridge.pipeline.context import Ledger, Progress, silent
from bridge.pipeline.intake import take_in
from bridge.store import Store
from bridge.store.session import chunks
from bridge.store.values import Accepted

_AT_ONCE = 500


def check_ledger(ledger: Ledger, progress: Progress = silent) -> LedgerReading:
    """Read the newest delivery into the scratch store and say what it is. Raises SnapshotRefused
    with every reason."""
    store, before = ledger.store, ledger.before
    with store.read() as work:
        earlier = work.ledger.change_seq()
    intake = take_in(
        store, ledger.source, ledger.name, ledger.limits, ledger.clock.now(), ledger.today
    )
    tally, told = LoanTally(), NoticeTally()
    with store.read() as work:
        counts = work.ledger.counts()
        of_whole: dict[str, list[Finding]] = {}
        for _, finding in work.findings.scoped():
            told.add(finding)
            if finding.holds:
                of_whole.setdefault(finding.subject.partition(":")[2], []).append(finding)
        total = counts.get("loans", 0)
        for number, file in enumerate(work.ledger.loan_files(0), start=1):
            found = review(file)
            for finding in found:
                told.add(finding)
            tally.add(file, understood(file, (*found, *of_whole.get(file.loan_id, ()))))
            progress("ledger", number, total)
    changed: Largest[ChangedLoan] | None = None
    if before is not None and earlier:
        changed = Largest(lambda change: abs(change.moved))
        for change in _changed(store, before, earlier):
            changed.add(change)
    return LedgerReading(
        name=ledger.name,
        facts=intake.facts,
        tables=intake.tables,
        rows=_rows(counts, intake.accepted),
        sums=tally.sums(),
        annulled=tally.annulled,
        strays=tally.strays,
        strays_effect=tally.strays_effect,
        payments=tally.payments(),
        found=told.notices(),
        first=tuple(tally.first),
        held=tally.held.largest(),
        changed=None if changed is None else changed.largest(),
        changed_loans=0 if changed is None else changed.count,
    )


def _rows(counts: Mapping[str, int], accepted: Accepted) -> tuple[RowCount, ...]:
    return tuple(
        RowCount(
            entity=entity,
            now=counts.get(entity, 0),
            new=count.new,
            changed=count.changed,
            removed=count.removed,
        )
        for entity, count in accepted.counts.items()
        if counts.get(entity, 0) or count.new or count.changed or count.removed
    )


def _changed(store: Store, before: Store, earlier: int) -> Iterator[ChangedLoan]:
    """The loans that the delivery touched and that are otherwise now."""
    with store.read() as now, before.read() as then:
        for files in chunks(now.ledger.loan_files(earlier), _AT_ONCE):
            keys = [(file.installation, file.loan_id) for file in files]
            old = {
                (file.installation, file.loan_id): understood(file)
                for file in then.ledger.loan_files(then.ledger.change_seq(), keys)
            }
            for key, file in zip(keys, files, strict=True):
                change = ChangedLoan(before=old.get(key), now=understood(file))
                if _elsewhere(change.before) != _elsewhere(change.now):
                    yield change


def _elsewhere(loan: UnderstoodLoan | None) -> UnderstoodLoan | None:
    """The loan wherever it stands: a sheet that was sorted has changed nothing."""
    return None if loan is None else msgspec.structs.replace(loan, file="", row=0)
