"""A reconciliation made ready for reading: in words, grouped by what to do, worst first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec

from bridge.core.findings import Severity
from bridge.core.reconciliation import (
    BREAKING,
    FindingGroup,
    Item,
    ItemKind,
    Reconciliation,
    SystemResult,
)
from bridge.report.details import said
from bridge.report.figures import Figures
from bridge.report.texts import Texts

SETTLES_ITSELF = frozenset({"none", "run_sync", "wait"})
"""Actions that ask nothing of a person."""

_FIRST = 10
"""Rows shown of one task; the list of every item has them all."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One item in words; a total and the lines that make it up are one."""

    item: Item
    kind: str
    kind_code: str
    currency: str
    amount: str
    zero: bool
    """Whether it moves nothing."""
    reference: str
    external_id: str
    document: str
    field: str
    ledger: str
    books: str
    cause: str
    action: str
    detail: str
    subject: str
    loan: str
    borrower: str
    count: int


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do, and the items it is about."""

    action: str
    cause: str
    """Empty when its items have several: then each line says its own."""
    kind: str
    severity: str
    """bad, warn or quiet."""
    count: int
    totals: tuple[tuple[str, str], ...]
    """(amount, currency) pairs."""
    lines: tuple[Line, ...]
    more: int


def verdict(result: SystemResult) -> str:
    """agree, differs or unchecked."""
    if not result.checked:
        return "unchecked"
    return "agree" if result.agree else "differs"


def overall(reconciliation: Reconciliation) -> str:
    """The worst of the systems' verdicts."""
    verdicts = {verdict(result) for result in reconciliation.systems}
    for worst in ("differs", "unchecked"):
        if worst in verdicts:
            return worst
    return "agree" if verdicts else "unchecked"


def lines(
    items: Iterable[Item], texts: Texts, figures: Figures, names: dict[str, str]
) -> list[Line]:
    """Items in words, in their order."""
    return [_line(item, parts, texts, figures, names) for item, parts in _folded(items)]


def notices(result: SystemResult, texts: Texts, figures: Figures) -> list[tuple[str, str]]:
    """(what to know, its particulars) in words."""
    return [
        (texts.of("notices", notice.code), said(notice.detail, texts, figures))
        for notice in result.notices
    ]


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger's rows show, one kind of it."""

    severity: Severity
    cause: str
    count: int
    examples: tuple[tuple[str, str], ...]
    """(row, particulars) pairs."""


def remarks(groups: Iterable[FindingGroup], texts: Texts, figures: Figures) -> list[Remark]:
    """Findings in words, worst first."""
    order = tuple(reversed(Severity))
    return [
        Remark(
            severity=group.severity,
            cause=texts.cause(group.code),
            count=group.count,
            examples=tuple(
                (texts.subject(subject), said(detail, texts, figures))
                for subject, detail in group.examples
            ),
        )
        for group in sorted(groups, key=lambda g: (order.index(g.severity), -g.count))
    ]


def _folded(items: Iterable[Item]) -> list[tuple[Item, Item | None]]:
    """Each item, and with the total of a document the item of its lines, if that moves nothing."""
    rows = list(items)
    totals = {_document(item) for item in rows if item.field == "total"}
    parts = {
        _document(item): item
        for item in rows
        if item.field == "lines" and not item.amount and _document(item) in totals
    }
    folded = [item for item in rows if item is not parts.get(_document(item))]
    return [
        (item, parts.get(_document(item)) if item.field == "total" else None) for item in folded
    ]


def _document(item: Item) -> tuple[str, ...]:
    return (item.kind, item.document, item.reference, item.external_id, item.cause)


def tasks(
    result: SystemResult, texts: Texts, figures: Figures, names: dict[str, str]
) -> tuple[list[Task], list[Task]]:
    """What a person must do, and what settles itself; each grouped by what to do."""
    groups: dict[tuple[ItemKind, str], list[Item]] = {}
    for item in result.items:
        groups.setdefault((item.kind, item.action), []).append(item)
    made = [(action, _task(items, texts, figures, names)) for (_, action), items in groups.items()]
    order = ("bad", "warn", "quiet")
    made.sort(key=lambda pair: order.index(pair[1].severity))
    person = [task for action, task in made if action not in SETTLES_ITSELF]
    itself = [task for action, task in made if action in SETTLES_ITSELF]
    return person, itself


def severity(item: Item) -> str:
    """bad: the books are wrong; warn: a person is asked; quiet: for completeness."""
    if item.kind in BREAKING or item.kind in {ItemKind.REMAINDER, ItemKind.REJECTED}:
        return "bad"
    return "quiet" if item.action in SETTLES_ITSELF else "warn"


def _task(items: list[Item], texts: Texts, figures: Figures, names: dict[str, str]) -> Task:
    sums: dict[str, Decimal] = {}
    for item in items:
        if item.amount:
            sums[item.currency] = sums.get(item.currency, Decimal(0)) + item.amount
    first = items[0]
    causes = {item.cause for item in items if item.cause != "list.more"}
    documents = {(i.reference, i.external_id, i.subject) for i in items if i.count == 1}
    count = len(documents) + sum(item.count for item in items if item.count > 1)
    # A remainder has nothing to show but its amount.
    listed = [item for item in items if item.kind is not ItemKind.REMAINDER]
    folded = _folded(listed)
    shown = [_line(item, parts, texts, figures, names) for item, parts in folded[:_FIRST]]
    return Task(
        action=texts.of("actions", first.action),
        cause=texts.cause(first.cause) if len(causes) == 1 else "",
        kind=texts.of("kinds", first.kind),
        severity=severity(first),
        count=count,
        totals=tuple((figures.signed(a, c), texts.currency(c)) for c, a in sorted(sums.items())),
        lines=tuple(shown),
        more=len(folded) - len(shown),
    )


def _line(
    item: Item, parts: Item | None, texts: Texts, figures: Figures, names: dict[str, str]
) -> Line:
    details = [said(item.detail, texts, figures)]
    if parts is not None:
        ledger, books = (
            _value(side, parts, texts, figures) for side in (parts.ledger, parts.books)
        )
        details.append(f"{texts.of('fields', parts.field)}: {ledger or '—'} → {books or '—'}")
    return Line(
        item=item,
        kind=texts.of("kinds", item.kind),
        kind_code=item.kind.value,
        currency=texts.currency(item.currency),
        amount=figures.signed(item.amount, item.currency),
        zero=not item.amount,
        reference=item.reference,
        external_id=item.external_id,
        document=texts.of("documents", item.document) if item.document else "",
        field=texts.of("fields", item.field) if item.field else "",
        ledger=_value(item.ledger, item, texts, figures),
        books=_value(item.books, item, texts, figures),
        cause=texts.cause(item.cause),
        action=texts.of("actions", item.action),
        detail=" · ".join(filter(None, details)),
        subject=texts.subject(item.subject),
        loan=item.loan,
        borrower=names.get(item.loan, ""),
        count=item.count,
    )


def _change(item: Item, texts: Texts, figures: Figures) -> str:
    ledger, books = (_value(side, item, texts, figures) for side in (item.ledger, item.books))
    return f"{texts.of('fields', item.field)}: {ledger or '—'} → {books or '—'}"


def _value(text: str, item: Item, texts: Texts, figures: Figures) -> str:
    """A side of a difference: amounts and dates in the reader's form, states in words."""
    if text in texts.tables["values"]:
        return texts.of("values", text)
    if item.field in {"day", "due"} and text:
        return figures.short_day(date.fromisoformat(text))
    if item.field in {"", "total"}:
        return _amount(text, item, figures)
    if item.field in {"lines", "applications"}:
        return "; ".join(_part(part, item, figures) for part in text.split("; "))
    return text


def _part(part: str, item: Item, figures: Figures) -> str:
    """A line (`500000.00`, or `500000.00 21` with what it is on) or an invoice (`DY-L1 9.00`)."""
    if item.field == "lines":
        amount, _, target = part.partition(" ")
        return " ".join(filter(None, (_amount(amount, item, figures), target and f"(id {target})")))
    invoice, _, amount = part.rpartition(" ")
    return f"{invoice} {_amount(amount, item, figures)}".strip()


def _amount(text: str, item: Item, figures: Figures) -> str:
    try:
        return figures.amount(Decimal(text), item.currency)
    except InvalidOperation:
        return text
