"""The verdict's tasks made ready for reading: in words, grouped by what to do.

What is a task, and in which order they stand, is the verdict's alone. Here the same fact about one
row of the ledger is said once, though several companies' books wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from string import Formatter

import msgspec

from bridge.core.message import Detail, Message, message
from bridge.core.tie_out.items import Item
from bridge.core.tie_out.reconciliation import Reconciliation
from bridge.core.tie_out.tasks import Task
from bridge.report.details import said
from bridge.report.figures import Figures
from bridge.report.texts import Texts
from bridge.report.view import Line, lines

LISTED = 50
"""Rows shown of one job on a page; workbook, CSV and JSON have them all."""

About = tuple[str, str, str]
"""(code, row or reference, id in the books): what joins a task to the items behind it."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One task in words."""

    task: Task
    systems: tuple[str, ...]
    """Whose books wait for it; none for the ledger itself."""
    books: tuple[str, ...]
    """The same in words; none where the report is about one company's books only."""
    title: str
    subject: str
    borrower: str
    document: str
    file: str
    row: int
    place: str
    """`movimientos.csv, fila 12`."""
    amount: str
    currency: str
    side: str
    """Whether the books have too much or too little for it."""
    details: tuple[str, ...]
    action: str
    consequence: str
    command: str

    @property
    def id(self) -> str:
        return self.task.id


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is wrong in one way and put right in one way."""

    title: str
    action: str
    consequence: str
    command: str
    """Empty where it is another one for each row."""
    of_ledger: bool
    count: int
    totals: tuple[tuple[str, str], ...]
    """(amount, currency) pairs."""
    rows: tuple[Row, ...]
    """All of them."""

    @property
    def shown(self) -> tuple[Row, ...]:
        return self.rows[:LISTED]

    @property
    def more(self) -> int:
        return len(self.rows) - len(self.shown)


def about(item: Item) -> About:
    """The fact that a task about this item tells: its cause, its subject, its document's id."""
    return item.cause, item.subject or item.reference, item.external_id


def asked(tasks: Iterable[Task], system: str) -> frozenset[About]:
    """The facts that a person is asked about in one system's books."""
    return frozenset(_about(task) for task in tasks if task.system in ("", system))


def _about(task: Task) -> About:
    return task.code, task.subject, task.external_id


def jobs(reconciliation: Reconciliation, texts: Texts, figures: Figures) -> list[Job]:
    """The verdict's tasks by what to do: the ledger's own first, else in the verdict's order."""
    groups: dict[tuple[bool, str, str], list[Row]] = {}
    for task, systems in _once(reconciliation.verdict.tasks):
        made = _row(task, systems, reconciliation, texts, figures)
        groups.setdefault((bool(task.system), task.code, task.action), []).append(made)
    return [
        _job(of_books, rows, texts, figures)
        for (of_books, _, _), rows in sorted(groups.items(), key=lambda pair: pair[0][0])
    ]


def _once(tasks: Iterable[Task]) -> list[tuple[Task, tuple[str, ...]]]:
    """Each fact once, with the systems whose books wait for it."""
    found: dict[tuple[str, int], list[Task]] = {}
    for task in tasks:
        fact = msgspec.structs.replace(task, system="").id
        found.setdefault((fact, task.where.row), []).append(task)
    return [
        (same[0], tuple(task.system for task in same if task.system)) for same in found.values()
    ]


def _job(of_books: bool, rows: Sequence[Row], texts: Texts, figures: Figures) -> Job:
    sums: dict[str, Decimal] = {}
    for row in rows:
        fact = row.task
        if fact.amount:
            sums[fact.currency] = sums.get(fact.currency, Decimal(0)) + abs(fact.amount)
    first = rows[0]
    same = all(row.command == first.command for row in rows)
    return Job(
        title=first.title,
        action=first.action,
        consequence=first.consequence,
        command=first.command if same else "",
        of_ledger=not of_books,
        count=len(rows),
        totals=tuple(
            (figures.amount(amount, code), texts.currency(code))
            for code, amount in sorted(sums.items())
        ),
        rows=tuple(rows),
    )


def _row(
    task: Task, systems: tuple[str, ...], found: Reconciliation, texts: Texts, figures: Figures
) -> Row:
    behind = _lines(task, found, texts, figures)
    said_of = said(_without_row(task.detail, task.where.row), texts, figures)
    details = [said_of, *(_particulars(line) for line in behind)]
    details.append(texts("behind", count=figures.number(task.behind)) if task.behind else "")
    details.append(texts("documents_count", count=task.count) if task.count > 1 else "")
    return Row(
        task=task,
        systems=systems,
        books=tuple(texts.of("systems", name) for name in systems if len(found.systems) > 1),
        title=texts.cause(task.code),
        subject=texts.subject(task.subject),
        borrower=found.names.get(_loan(task), ""),
        document=next((line.document for line in behind if line.document), ""),
        file=task.where.file,
        row=task.where.row,
        place=_place(task, texts),
        amount=figures.amount(abs(task.amount), task.currency) if task.amount else "",
        currency=texts.currency(task.currency) if task.amount else "",
        side=_side(task, texts),
        details=tuple(dict.fromkeys(filter(None, details))),
        action=texts.of("actions", task.action),
        consequence=texts.of("consequences", task.action),
        command=command_of(task, texts),
    )


def _without_row(detail: Detail, row: int) -> Detail:
    """The particulars without the row, where the task's place says it already."""
    return detail if isinstance(detail, str) else _placed(detail, row)


def _placed(detail: Message, row: int) -> Message:
    parts = detail.value("parts")
    if detail.code == "together" and isinstance(parts, tuple):
        told = (_placed(part, row) if isinstance(part, Message) else part for part in parts)
        return message("together", parts=told)
    what, column = detail.value("what"), detail.value("column")
    if detail.value("row") != row or not isinstance(what, Message):
        return detail
    match detail.code:
        case "in_cell" if isinstance(column, str):
            return message("in_column", column=column, what=what)
        case "in_row":
            return what
    return detail


def _lines(task: Task, found: Reconciliation, texts: Texts, figures: Figures) -> list[Line]:
    """The items behind a task, in words."""
    for result in found.systems:
        if task.system in ("", result.system):
            items = [item for item in result.items if about(item) == _about(task)]
            if items:
                return lines(items, texts, figures, found.names)
    return []


def _loan(task: Task) -> str:
    return task.loan or (task.subject[5:] if task.subject.startswith("loan:") else "")


def _particulars(line: Line) -> str:
    change = f"{line.field}: {line.ledger or '-'} → {line.books or '-'}" if line.field else ""
    return " · ".join(filter(None, (change, line.detail)))


def _place(task: Task, texts: Texts) -> str:
    where = task.where
    return texts("place", file=where.file, row=where.row) if where.row else where.file


def _side(task: Task, texts: Texts) -> str:
    """For what stands otherwise in the books: too much or too little there. What was lent and
    stands on income is neither: it stands in the wrong place."""
    if not task.system or not task.amount or task.code.startswith("principal."):
        return ""
    return texts("too_little" if task.amount > 0 else "too_much")


def command_of(task: Task, texts: Texts) -> str:
    """The command that a technician types to settle a task, with the document's own numbers; or
    nothing."""
    known = {
        "id": task.id,
        "system": task.system,
        "file": task.where.file,
        "reference": task.subject if ":" not in task.subject else "",
        "external_id": task.external_id,
    }
    form = texts.of("commands", task.action) if task.action in texts.tables["commands"] else ""
    blanks = {name for _, name, _, _ in Formatter().parse(form) if name}
    return form.format(**{name: known.get(name) or texts(f"blank_{name}") for name in blanks})
