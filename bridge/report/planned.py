"""The totals of a plan, in words for a screen and as plain values for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from bridge.core import money
from bridge.core.books import Customer, Document
from bridge.core.change.planned import AccountEffect, Held, Noticed, Planned
from bridge.core.delivery import Operation
from bridge.core.findings import Finding, Severity
from bridge.core.message import Detail
from bridge.report.details import english, said
from bridge.report.figures import Figures
from bridge.report.texts import Texts

_FIRST = 10
"""Rows told on a screen under one reason; programs get more."""
Cells = tuple[list[str], list[list[str]]]
"""Heads and rows of a table."""


class PlanWords:
    """A plan for a screen, in one language."""

    def __init__(self, texts: Texts, figures: Figures) -> None:
        self.texts, self.figures = texts, figures
        self.words = texts.tables["cli"]

    def sums(self, plan: Planned) -> Cells:
        """Heads and rows of what would be written, by kind and currency."""
        heads = [self.words["what"], self.words["document"], self.words["currency"]]
        rows = [
            [
                self.texts.of("values", each.operation.value),
                self.texts.of("documents", each.kind.value),
                each.currency,
                self.figures.number(each.count),
                self._amount(each.amount, each.currency),
            ]
            for each in plan.sums
        ]
        return [*heads, f">{self.words['count']}", f">{self.words['amount']}"], rows

    def accounts(self, plan: Planned) -> Cells:
        """Heads and rows of what would be debited and credited, as in a trial balance."""
        words = self.words
        heads = [words["account"], words["class"], words["currency"]]
        rows = [
            [
                account_name(each),
                words.get(f"class_{each.account.classification}", each.account.classification),
                each.currency,
                self._amount(each.debit, each.currency),
                self._amount(each.credit, each.currency),
            ]
            for each in plan.accounts
        ]
        return [*heads, f">{words['debit']}", f">{words['credit']}"], rows

    def held(self, plan: Planned) -> Iterator[str]:
        """The amounts that are not posted, by reason, with the first rows of each."""
        for each in plan.held:
            amount = self.figures.signed(each.amount, each.currency)
            currency = self.texts.currency(each.currency)
            cause = self.texts.cause(each.code)
            yield f"  {cause} ({self.figures.number(each.count)}): {amount} {currency}"
            rows = [
                row
                for row in plan.held_rows
                if (row.hold.code, row.hold.currency) == (each.code, each.currency)
            ]
            for row in rows[:_FIRST]:
                yield f"      {self._held(row)}"
            if each.count > _FIRST:
                yield f"      … {self._more(each.count)}"

    def found(self, several: Sequence[Noticed]) -> Iterator[str]:
        """The findings that were made in the ledger's rows, worst first."""
        order = tuple(reversed(Severity))
        for each in sorted(several, key=lambda n: (order.index(n.severity), -n.count)):
            yield f"  {self.texts.cause(each.code)} ({self.figures.number(each.count)})"
            if each.severity is Severity.INFO:
                continue
            for finding in each.first[:_FIRST]:
                yield f"      {self._finding(finding)}"
            if each.count > _FIRST:
                yield f"      … {self._more(each.count)}"

    def change(
        self, operation: Operation, document: Document, customer: str, effects: list[AccountEffect]
    ) -> str:
        """One document that would be written, in one line."""
        parts = [
            self.texts.of("values", operation.value),
            self.texts.of("documents", document.kind.value),
            document.reference,
        ]
        if not isinstance(document, Customer):
            amount = self._amount(document.total, document.currency)
            parts += [document.day.isoformat(), f"{amount} {document.currency}"]
        moved = ", ".join(
            f"{account_name(each)} {self.figures.signed(each.debit - each.credit, each.currency)}"
            for each in effects
        )
        return " · ".join(part for part in (*parts, customer, moved) if part)

    def _more(self, count: int) -> str:
        return self.words["more"].format(count=self.figures.number(count - _FIRST))

    def _held(self, row: Held) -> str:
        hold = row.hold
        amount = f"{self.figures.signed(hold.amount, hold.currency)} "
        return self._told(
            hold.subject,
            amount + self.texts.currency(hold.currency),
            self.texts.place(row.file, row.row),
            hold.detail,
        )

    def _finding(self, found: Finding) -> str:
        amount = ""
        if found.amount is not None:
            amount = f"{self.figures.amount(found.amount, found.currency)} {found.currency}"
        return self._told(
            found.subject, amount, self.texts.place(found.file, found.row), found.detail
        )

    def _told(self, subject: str, amount: str, place: str, detail: Detail) -> str:
        told = said(detail, self.texts, self.figures)
        parts = (self.texts.subject(subject), amount.strip(), place, told)
        return " · ".join(part for part in parts if part)

    def _amount(self, amount: Decimal, currency: str) -> str:
        return self.figures.amount(amount, currency) if amount else ""


def account_name(effect: AccountEffect) -> str:
    """The number of an account, where it has one, and its name."""
    return " ".join(part for part in (effect.account.number, effect.account.name) if part)


def document(plan: Planned) -> dict[str, Any]:
    """One system's part of `sync --dry-run --json`, beside its counts."""
    return {
        "sums": [
            {
                "operation": each.operation.value,
                "kind": each.kind.value,
                "currency": each.currency,
                "count": each.count,
                "amount": money.text(each.amount, each.currency),
            }
            for each in plan.sums
        ],
        "accounts": [_account(each) for each in plan.accounts],
        "held": [
            {
                "code": each.code,
                "currency": each.currency,
                "count": each.count,
                "amount": money.text(each.amount, each.currency),
            }
            for each in plan.held
        ],
        "held_rows": [
            {
                "code": each.hold.code,
                "subject": each.hold.subject,
                "currency": each.hold.currency,
                "amount": money.text(each.hold.amount, each.hold.currency),
                "where": {"file": each.file, "row": each.row},
                "detail": english(each.hold.detail),
            }
            for each in plan.held_rows
        ],
    }


def findings(several: Sequence[Noticed]) -> list[dict[str, Any]]:
    """The findings that were made in the ledger's rows, as plain values."""
    return [
        {
            "code": each.code,
            "severity": each.severity.value,
            "count": each.count,
            "rows": [_found(finding) for finding in each.first],
        }
        for each in several
    ]


def change(
    system: str,
    operation: Operation,
    document: Document,
    customer: str,
    effects: Sequence[AccountEffect],
) -> dict[str, Any]:
    """One document that would be written, as plain values."""
    told: dict[str, Any] = {
        "system": system,
        "operation": operation.value,
        "kind": document.kind.value,
        "reference": document.reference,
        "loan": document.loan,
        "currency": document.currency,
    }
    if not isinstance(document, Customer):
        told |= {
            "date": document.day.isoformat(),
            "amount": money.text(document.total, document.currency),
        }
    if customer:
        told["customer"] = customer
    return told | {"accounts": [_account(each) for each in effects]}


def _account(effect: AccountEffect) -> dict[str, str]:
    return {
        "id": effect.account.id,
        "number": effect.account.number,
        "name": effect.account.name,
        "class": effect.account.classification,
        "currency": effect.currency,
        "debit": money.text(effect.debit, effect.currency),
        "credit": money.text(effect.credit, effect.currency),
    }


def _found(finding: Finding) -> dict[str, Any]:
    amount = finding.amount
    return {
        "subject": finding.subject,
        "amount": None if amount is None else money.text(amount, finding.currency),
        "currency": finding.currency,
        "where": {"file": finding.file, "row": finding.row},
        "detail": english(finding.detail),
    }
