"""Every task, then every item of every system, as one CSV table for programs and spreadsheets.

Titles and codes are the same in every language; only whole sentences are translated. `record` tells
tasks (with file, row and what to do) from items, whose amounts add up to the difference. Amounts
are plain digits with a point. UTF-8 with a mark in front, without which Excel garbles accents.
"""

from __future__ import annotations

import csv
import io

from bridge.core import money
from bridge.core.reconciliation import Item, Reconciliation
from bridge.report.figures import Figures
from bridge.report.tasks import Row, jobs
from bridge.report.texts import Texts

TITLES = (
    "record", "system", "as_of", "kind", "currency", "amount", "reference", "external_id",
    "document", "field", "ledger", "books", "cause", "action", "detail", "subject", "loan",
    "borrower", "count", "cause_text", "action_text", "task", "file", "row", "consequence_text",
    "command",
)  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def render(reconciliation: Reconciliation, texts: Texts, figures: Figures) -> bytes:
    """The table as bytes."""
    out = io.StringIO()
    writer = csv.DictWriter(out, TITLES, restval="", lineterminator="\r\n")
    writer.writeheader()
    day = reconciliation.as_of.isoformat()
    rows = [_task(row) for job in jobs(reconciliation, texts, figures) for row in job.rows]
    for result in reconciliation.systems:
        rows += [_item(result.system, item, reconciliation, texts) for item in result.items]
    for row in rows:
        text = {title: neutral(cell) for title, cell in row.items() if title != "amount"}
        writer.writerow({"as_of": day, **row, **text})
    return out.getvalue().encode("utf-8-sig")


def _task(row: Row) -> dict[str, str]:
    fact = row.task
    return {
        "record": "task",
        "system": ", ".join(row.systems),
        "kind": "task",
        "currency": fact.currency,
        "amount": money.text(fact.amount, fact.currency) if fact.amount else "",
        "external_id": fact.external_id,
        "cause": fact.code,
        "action": fact.action,
        "detail": fact.detail,
        "subject": fact.subject,
        "borrower": row.borrower,
        "count": "1",
        "cause_text": row.title,
        "action_text": row.action,
        "task": row.id,
        "file": row.file,
        "row": str(row.row or ""),
        "consequence_text": row.consequence,
        "command": row.command,
    }


def _item(system: str, item: Item, reconciliation: Reconciliation, texts: Texts) -> dict[str, str]:
    return {
        "record": "item",
        "system": system,
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
        "borrower": reconciliation.names.get(item.loan, ""),
        "count": str(item.count),
        "cause_text": texts.cause(item.cause),
        "action_text": texts.of("actions", item.action),
    }
