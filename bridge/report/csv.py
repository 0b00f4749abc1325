"""Every task, then every item of every system, as one CSV table for programs and spreadsheets.

Titles and codes are the same in every language; only whole sentences are translated. `record` tells
tasks (with file, row and what to do) from items, whose amounts add up to the difference. Amounts
are plain digits with a point. UTF-8 with a mark in front, without which Excel garbles accents.
"""

from __future__ import annotations

import csv
import io

from bridge.core import money
from bridge.core.tie_out.reconciliation import Reconciliation
from bridge.report.columns import CSV, Kind, Told
from bridge.report.details import plainly
from bridge.report.figures import Figures
from bridge.report.tasks import Row, jobs
from bridge.report.texts import Texts

_OF_TASKS = ("task", "file", "row", "consequence_text", "command")
TITLES = ("record", *(column.key for column in CSV), *_OF_TASKS)
_MONEY = frozenset(column.key for column in CSV if column.kind is Kind.MONEY)
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
    rows = [_task(row, texts) for job in jobs(reconciliation, texts, figures) for row in job.rows]
    for result in reconciliation.systems:
        rows += [
            _item(
                Told(
                    item=item,
                    system=result.system,
                    as_of=reconciliation.as_of,
                    borrower=reconciliation.names.get(item.loan, ""),
                    texts=texts,
                )
            )
            for item in result.items
        ]
    for row in rows:
        text = {title: neutral(cell) for title, cell in row.items() if title not in _MONEY}
        writer.writerow({"as_of": day, **row, **text})
    return out.getvalue().encode("utf-8-sig")


def _task(row: Row, texts: Texts) -> dict[str, str]:
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
        "detail": plainly(fact.detail, texts),
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


def _item(told: Told) -> dict[str, str]:
    return {"record": "item", **{column.key: str(column.plain(told)) for column in CSV}}
