"""The documents that came late, in words."""

from __future__ import annotations

import msgspec

from bridge.core.tie_out.reconciliation import SystemResult
from bridge.report.figures import Figures
from bridge.report.texts import Texts


class LateRow(msgspec.Struct, frozen=True, kw_only=True):
    """A late document in words."""

    reference: str
    document: str
    borrower: str
    day: str
    posted_on: str
    amount: str
    currency: str


def late_rows(
    result: SystemResult, texts: Texts, figures: Figures, names: dict[str, str]
) -> list[LateRow]:
    """The documents that were posted this month for closed ones."""
    return [
        LateRow(
            reference=row.reference,
            document=texts.of("documents", row.document),
            borrower=names.get(row.loan, ""),
            day=figures.short_day(row.day),
            posted_on=figures.short_day(row.posted_on),
            amount=figures.amount(row.amount, row.currency),
            currency=texts.currency(row.currency),
        )
        for row in result.late.rows
    ]


def late_totals(result: SystemResult, texts: Texts, figures: Figures) -> list[str]:
    """`Receipt: 3 · 21.000,00 COP`, one for each kind and currency."""
    return [
        f"{texts.of('documents', document)}: {figures.number(count)} · "
        f"{figures.amount(amount, currency)} {texts.currency(currency)}"
        for document, currency, count, amount in result.late.totals
    ]
