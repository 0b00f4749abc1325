"""The bookkeeper's checks in words, with what each of them shows."""

from __future__ import annotations

import msgspec

from bridge.core.tie_out.checks import Check, CheckCode, Outcome
from bridge.core.tie_out.reconciliation import SystemResult
from bridge.report.figures import Figures
from bridge.report.texts import Texts

_OF_ACCOUNTS = frozenset({CheckCode.PRINCIPAL, CheckCode.CASH, CheckCode.RENEWALS})
"""Checks that look at accounts; the others look at documents."""
SIGNS = {
    Outcome.HOLDS: "✓",
    Outcome.FAILS: "✗",
    Outcome.CANNOT: "?",
    Outcome.NONE: "–",
}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One check in words."""

    outcome: str
    sign: str
    name: str
    said: str
    """The outcome in words; the reason, where it was not made."""
    amounts: tuple[tuple[str, str], ...]
    """(amount, currency) pairs: what the books have, or what is wrong."""
    looked_at: str
    """How many accounts or documents, and what the amounts are; empty where there are none."""


def rows(result: SystemResult, texts: Texts, figures: Figures) -> list[Row]:
    """Every check of one company's books, in their order."""
    return [_row(check, texts, figures) for check in result.checks]


def _row(check: Check, texts: Texts, figures: Figures) -> Row:
    said = texts.of("check_outcomes", check.outcome)
    if check.why:
        said = f"{said}: {texts.of('check_reasons', check.why)}"
    return Row(
        outcome=check.outcome.value,
        sign=SIGNS[check.outcome],
        name=texts.of("checks", check.code),
        said=said,
        amounts=tuple((figures.amount(a, c), texts.currency(c)) for c, a in check.amounts),
        looked_at=_looked_at(check, texts, figures),
    )


def _looked_at(check: Check, texts: Texts, figures: Figures) -> str:
    found = []
    if check.count:
        accounts = check.code in _OF_ACCOUNTS and check.outcome is not Outcome.FAILS
        word = "checked_accounts" if accounts else "checked_documents"
        found.append(texts(word, count=figures.number(check.count)))
    if check.amounts and check.outcome is Outcome.HOLDS:
        found.append(texts.of("check_amounts", check.code))
    return " · ".join(found)
