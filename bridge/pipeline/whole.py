"""One morning's answer: each system's result, and the findings about the ledger's own rows."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from bridge.core.findings import CATALOGUE
from bridge.core.message import Detail
from bridge.core.tie_out.reconciliation import FindingGroup, Reconciliation, SystemResult
from bridge.store import LoanKey, Work
from bridge.store.reconcile_queries import ReconcileQueries

_EXAMPLES = 50


def whole(
    work: Work,
    results: list[SystemResult],
    loans: dict[str, LoanKey],
    lender: str,
    as_of: date,
    now: datetime,
    run: str,
) -> Reconciliation:
    queries = ReconcileQueries.on(work)
    installations = queries.installations()
    known = queries.borrower_names(loans.values())
    return Reconciliation(
        lender=lender,
        as_of=as_of,
        generated_at=now,
        run=run,
        source=", ".join(dict.fromkeys(source for source, _, _, _ in installations)),
        installation=", ".join(installation for _, installation, _, _ in installations),
        source_as_of=min((day for _, _, _, day in installations), default=None),
        ledger_counts=work.ledger.counts(),
        findings=_findings(work),
        systems=tuple(results),
        names={text: known[key] for text, key in loans.items() if key in known},
    )


def _findings(work: Work) -> tuple[FindingGroup, ...]:
    """Findings by code, with the first of each. Several systems notice the same thing once."""
    counts: Counter[str] = Counter()
    examples: dict[str, dict[tuple[str, Detail], None]] = {}
    for finding in work.findings.all():
        counts[finding.code] += 1
        some = examples.setdefault(finding.code, {})
        if len(some) < _EXAMPLES:
            some[finding.subject, finding.detail] = None
    return tuple(
        FindingGroup(
            code=code,
            severity=CATALOGUE[code].severity,
            count=count,
            examples=tuple(examples[code]),
        )
        for code, count in sorted(counts.items())
    )
