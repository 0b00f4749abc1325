"""The reconciliation for programs: the document of `reconcile --json`.

Keys are only ever added. Amounts are strings with the currency's decimals. Borrowers' names are
not in it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from bridge.core import money
from bridge.core.tie_out.aging import AgedTotal
from bridge.core.tie_out.checks import Check
from bridge.core.tie_out.items import Item
from bridge.core.tie_out.reconciliation import Lateness, Reconciliation, SystemResult, TieOut
from bridge.core.tie_out.verdict import Result
from bridge.report import said
from bridge.report.columns import JSON, Told
from bridge.report.details import english


def document(reconciliation: Reconciliation) -> dict[str, Any]:
    """The whole reconciliation as plain values."""
    answers = reconciliation.verdict.systems
    return {
        "as_of": reconciliation.as_of.isoformat(),
        "generated_at": reconciliation.generated_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "lender": reconciliation.lender,
        "run": reconciliation.run,
        "agree": reconciliation.agree,
        **said.document(reconciliation.verdict),
        "source": {
            "source": reconciliation.source,
            "installation": reconciliation.installation,
            "format": reconciliation.source_format,
            "as_of": reconciliation.source_as_of.isoformat() if reconciliation.source_as_of else "",
        },
        "ledger": reconciliation.ledger_counts,
        "findings": [
            {
                "code": group.code,
                "severity": group.severity.value,
                "count": group.count,
                "examples": [{"subject": s, "detail": english(d)} for s, d in group.examples],
            }
            for group in reconciliation.findings
        ],
        "systems": {
            result.system: _system(result, answers.get(result.system, Result.UNCHECKED))
            for result in reconciliation.systems
        },
    }


def render(reconciliation: Reconciliation) -> bytes:
    """The document as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(document(reconciliation)), indent=2) + b"\n"


def _system(result: SystemResult, answer: Result) -> dict[str, Any]:
    return {
        "result": answer.value,
        "agree": result.agree,
        "checked": result.checked,
        "company": result.company,
        "company_name": result.company_name,
        "currencies": {tie.currency: _figures(tie) for tie in result.tie_outs},
        "counts": result.counts,
        "items": [item(each) for each in result.items],
        "checks": [_check(each) for each in result.checks],
        "aging": {row.currency: _aged(row) for row in result.aged},
        "late": _late(result.late),
        "outbox": result.outbox,
        "posted": result.posted,
        "calls": result.calls,
        "notices": [
            {"code": notice.code, "detail": english(notice.detail)} for notice in result.notices
        ],
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "code": check.code.value,
        "outcome": check.outcome.value,
        "amounts": {currency: money.text(a, currency) for currency, a in check.amounts},
        "count": check.count,
        "why": check.why,
    }


def _figures(tie: TieOut) -> dict[str, str]:
    amounts: dict[str, Decimal] = {
        "ledger": tie.ledger,
        "documents": tie.documents,
        "control_account": tie.control_account,
        "difference": tie.difference,
        "explained": tie.explained,
        "unexplained": tie.unexplained,
    }
    return {name: money.text(amount, tie.currency) for name, amount in amounts.items()}


def item(of: Item) -> dict[str, Any]:
    """One item as plain values."""
    told = Told(item=of)
    return {column.key: column.plain(told) for column in JSON}


def _late(late: Lateness) -> dict[str, Any]:
    return {
        "rows": [
            {
                "reference": row.reference,
                "document": row.document,
                "loan": row.loan,
                "day": row.day.isoformat(),
                "posted_on": row.posted_on.isoformat(),
                "currency": row.currency,
                "amount": money.text(row.amount, row.currency),
            }
            for row in late.rows
        ],
        "totals": [
            {
                "document": document,
                "currency": currency,
                "count": count,
                "amount": money.text(amount, currency),
            }
            for document, currency, count, amount in late.totals
        ],
    }


def _aged(row: AgedTotal) -> list[str]:
    return [money.text(amount, row.currency) for amount in row.amounts]
