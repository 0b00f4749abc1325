"""A reconciliation's items made ready for reading: in words, and as the way from one balance to
the other. What waits for a person stands in `tasks.py`; nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec

from bridge.core.findings import Severity
from bridge.core.tie_out.items import Item, ItemKind
from bridge.core.tie_out.reconciliation import FindingGroup, Reconciliation, SystemResult, TieOut
from bridge.core.tie_out.verdict import Result
from bridge.report.details import said
from bridge.report.figures import Figures
from bridge.report.texts import Texts

_INSIDE = frozenset({ItemKind.PRINCIPAL, ItemKind.CHECK})
"""Kinds whose amounts are no part of the difference: they lie inside the books."""
_BESIDE = _INSIDE | {ItemKind.REMAINDER}
"""Kinds whose amounts explain nothing of the difference."""

_FIRST = 10
"""Rows shown of one thing that settles itself; the list of every item has them all."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One item in words; a total and the lines that make it up are one."""

    item: Item
    kind: str
    currency: str
    amount: str
    """Signed as one goes from the ledger to the books: above zero, the books have it too much."""
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


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Items of one kind that ask nothing of a person, or not any more."""

    kind: str
    cause: str
    """Empty when they have several: then each line says its own."""
    count: int
    totals: tuple[tuple[str, str], ...]
    """(amount, currency) pairs."""
    lines: tuple[Line, ...]
    more: int


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of item on the way from the ledger's balance to the books'."""

    kind: str
    count: int
    amount: str


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """One currency's reconciliation, printed downwards."""

    currency: str
    ledger: str
    steps: tuple[Step, ...]
    control_account: str
    unexplained: str
    settled: bool
    """Whether nothing is left unexplained."""


def read(item: Item) -> Decimal:
    """The amount as people read it, from the ledger to the books; one that is no part of the
    difference as it stands in the books."""
    return item.amount if item.kind in _INSIDE else -item.amount


def answer_for(result: SystemResult, reconciliation: Reconciliation) -> Result:
    """The verdict's answer for one system's books."""
    return reconciliation.verdict.systems.get(result.system, Result.UNCHECKED)


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
    """One kind of remark about the ledger's rows."""

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


def groups(
    items: Iterable[Item], texts: Texts, figures: Figures, names: dict[str, str]
) -> list[Group]:
    """Items by kind, for completeness."""
    kinds: dict[str, list[Item]] = {}
    for item in items:
        kinds.setdefault(_kind(item, texts), []).append(item)
    return [_group(kind, some, texts, figures, names) for kind, some in kinds.items()]


def chips(result: SystemResult, texts: Texts) -> list[tuple[str, str, int]]:
    """(code, in words, how many) of everything that the comparison counted."""
    counts = dict(result.counts)
    rounded = sum(item.cause == _ROUNDING for item in result.items)
    counts[ItemKind.FOREIGN] = counts.get(ItemKind.FOREIGN, 0) - rounded
    return [(code, texts.of("counts", code), number) for code, number in counts.items() if number]


_ROUNDING = "control.rounding"
"""Nobody made it by hand, though it is kept among what no document of ours accounts for."""


def _kind(item: Item, texts: Texts) -> str:
    return texts("rounding") if item.cause == _ROUNDING else texts.of("kinds", item.kind)


def _group(
    kind: str, items: list[Item], texts: Texts, figures: Figures, names: dict[str, str]
) -> Group:
    sums: dict[str, Decimal] = {}
    for item in items:
        if item.amount:
            sums[item.currency] = sums.get(item.currency, Decimal(0)) + read(item)
    causes = {item.cause for item in items if item.cause != "list.more"}
    documents = {(i.reference, i.external_id, i.subject) for i in items if i.count == 1}
    folded = _folded(items)
    shown = [_line(item, parts, texts, figures, names) for item, parts in folded[:_FIRST]]
    return Group(
        kind=kind,
        cause=texts.cause(items[0].cause) if len(causes) == 1 else "",
        count=len(documents) + sum(item.count for item in items if item.count > 1),
        totals=tuple((figures.signed(a, c), texts.currency(c)) for c, a in sorted(sums.items())),
        lines=tuple(shown),
        more=len(folded) - len(shown),
    )


def walks(result: SystemResult, texts: Texts, figures: Figures) -> list[Walk]:
    """The way from the ledger's balance to the books', for each currency.

    A step's sign reads from the ledger to the books, against that of its items.
    """
    return [_walk(tie, result.items, texts, figures) for tie in result.tie_outs]


def _walk(tie: TieOut, items: Iterable[Item], texts: Texts, figures: Figures) -> Walk:
    sums: dict[str, Decimal] = {}
    counts: dict[str, int] = {}
    for item in items:
        if item.currency == tie.currency and item.amount and item.kind not in _BESIDE:
            kind = _kind(item, texts)
            sums[kind] = sums.get(kind, Decimal(0)) + read(item)
            counts[kind] = counts.get(kind, 0) + item.count
    return Walk(
        currency=texts.currency(tie.currency),
        ledger=figures.amount(tie.ledger, tie.currency),
        steps=tuple(
            Step(
                kind=kind,
                count=counts[kind],
                amount=figures.signed(amount, tie.currency),
            )
            for kind, amount in sums.items()
        ),
        control_account=figures.amount(tie.control_account, tie.currency),
        unexplained=figures.signed(-tie.unexplained, tie.currency),
        settled=not tie.unexplained,
    )


def _line(
    item: Item, parts: Item | None, texts: Texts, figures: Figures, names: dict[str, str]
) -> Line:
    details = [said(item.detail, texts, figures)]
    if parts is not None:
        ledger, books = (
            _value(side, parts, texts, figures) for side in (parts.ledger, parts.books)
        )
        details.append(f"{texts.of('fields', parts.field)}: {ledger or '-'} → {books or '-'}")
    return Line(
        item=item,
        kind=_kind(item, texts),
        currency=texts.currency(item.currency),
        amount=figures.signed(read(item), item.currency),
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


def _value(text: str, item: Item, texts: Texts, figures: Figures) -> str:
    """A side of a difference: amounts and dates in the reader's form, states in words."""
    if text in texts.tables["values"]:
        return texts.of("values", text)
    if item.field in {"day", "due"} and text:
        return figures.short_day(date.fromisoformat(text))
    if item.field in {"", "total", "tax_amount"}:
        return _amount(text, item, figures)
    if item.field in {"lines", "accounts", "applications"}:
        return "; ".join(_part(part, item, figures) for part in text.split("; "))
    return text


def _part(part: str, item: Item, figures: Figures) -> str:
    """A line (`500000.00`, or `500000.00 4110 Interés` with what it is on) or an invoice
    (`DY-L1 9.00`)."""
    if item.field in {"lines", "accounts"}:
        amount, _, target = part.partition(" ")
        named = f"id {target}" if target.isdecimal() else target
        return " ".join(filter(None, (_amount(amount, item, figures), named and f"({named})")))
    invoice, _, amount = part.rpartition(" ")
    return f"{invoice} {_amount(amount, item, figures)}".strip()


def _amount(text: str, item: Item, figures: Figures) -> str:
    try:
        return figures.amount(Decimal(text), item.currency)
    except InvalidOperation:
        return text
