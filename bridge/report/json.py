"""The reconciliation for programs: the document of `reconcile --json`.

Keys are only ever added. Amounts are strings with the currency's decimals. Borrowers' names are
not in it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from bridge.core import money
from bridge.core.aging import AgedTotal
from bridge.core.reconciliation import Item, Reconciliation, SystemResult, TieOut


def document(reconciliation: Reconciliation) -> dict[str, Any]:
    """The whole reconciliation as plain values."""
    return {
        "as_of": reconciliation.as_of.isoformat(),
        "generated_at": reconciliation.generated_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "lender": reconciliation.lender,
        "run": reconciliation.run,
        "agree": reconciliation.agree,
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
                "examples": [{"subject": s, "detail": d} for s, d in group.examples],
            }
            for group in reconciliation.findings
        ],
        "systems": {result.system: _system(result) for result in reconciliation.systems},
    }


def render(reconciliation: Reconciliation) -> bytes:
    """The document as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(document(reconciliation)), indent=2) + b"\n"


def _system(result: SystemResult) -> dict[str, Any]:
    return {
        "agree": result.agree,
        "checked": result.checked,
        "company": result.company,
        "company_name": result.company_name,
        "currencies": {tie.currency: _figures(tie) for tie in result.tie_outs},
        "counts": result.counts,
        "items": [_item(item) for item in result.items],
        "aging": {row.currency: _aged(row) for row in result.aged},
        "outbox": result.outbox,
        "posted": result.posted,
        "calls": result.calls,
        "notices": [{"code": notice.code, "detail": notice.detail} for notice in result.notices],
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


def _item(item: Item) -> dict[str, Any]:
    return {
        "kind": item.kind.value,
        "currency": item.currency,
        "amount": money.text(item.amount, item.currency),
        "reference": item.reference,
        "external_id": item.external_id,
        "document": item.document,
        "field": item.field,
        "ledger": item.ledger,
        "books": item.books,
        "cause": item.cause,
        "action": item.action,
        "detail": item.detail,
        "subject": item.subject,
        "loan": item.loan,
        "count": item.count,
    }


def _aged(row: AgedTotal) -> list[str]:
    return [money.text(amount, row.currency) for amount in row.amounts]
