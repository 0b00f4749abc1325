"""Every item of every system as one CSV table, for programs and spreadsheets.

Titles and codes are the same in every language; only the two sentences are translated. Amounts
are plain digits with a point. UTF-8 with a mark in front, without which Excel garbles accents.
"""

from __future__ import annotations

import csv
import io

from bridge.core import money
from bridge.core.reconciliation import Item, Reconciliation
from bridge.report.texts import Texts

TITLES = (
    "system", "as_of", "kind", "currency", "amount", "reference", "external_id", "document",
    "field", "ledger", "books", "cause", "action", "detail", "subject", "loan", "borrower",
    "count", "cause_text", "action_text",
)  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def render(reconciliation: Reconciliation, texts: Texts) -> bytes:
    """The table as bytes."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(TITLES)
    for result in reconciliation.systems:
        for item in result.items:
            writer.writerow(_row(result.system, item, reconciliation, texts))
    return out.getvalue().encode("utf-8-sig")


def _row(system: str, item: Item, reconciliation: Reconciliation, texts: Texts) -> list[str]:
    before = [neutral(system), reconciliation.as_of.isoformat(), item.kind.value, item.currency]
    after = [
        item.reference,
        item.external_id,
        item.document,
        item.field,
        item.ledger,
        item.books,
        item.cause,
        item.action,
        item.detail,
        item.subject,
        item.loan,
        reconciliation.names.get(item.loan, ""),
        str(item.count),
        texts.cause(item.cause),
        texts.of("actions", item.action),
    ]
    return [*before, money.text(item.amount, item.currency), *map(neutral, after)]
