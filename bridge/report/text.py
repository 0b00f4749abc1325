"""The reconciliation for a terminal or the body of a plain e-mail."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from bridge.core.reconciliation import Reconciliation, SystemResult
from bridge.report.figures import Figures
from bridge.report.late import late_rows, late_totals
from bridge.report.texts import Texts
from bridge.report.view import Line, Task, notices, remarks, tasks, verdict

_WIDTH = 96
_MARKS = {"agree": "✓", "differs": "✗", "unchecked": "?"}


def render(reconciliation: Reconciliation, texts: Texts, figures: Figures) -> str:
    """The whole report as text, at most about a hundred columns wide."""
    head = f"{texts('title')} · {reconciliation.lender}"
    out = [head, "=" * len(head), f"{texts('as_of')} {figures.day(reconciliation.as_of)}", ""]
    for result in reconciliation.systems:
        out += _system(result, reconciliation, texts, figures)
    if reconciliation.findings:
        out += _title(texts("findings"))
        for group in remarks(reconciliation.findings, texts, figures):
            out.append(f"  {figures.number(group.count):>6}  {group.cause}")
        out.append("")
    made = figures.instant(reconciliation.generated_at)
    out.append(f"{texts('generated')} {made} · {texts('run')} {reconciliation.run}")
    return "\n".join(out) + "\n"


def _system(
    result: SystemResult, reconciliation: Reconciliation, texts: Texts, figures: Figures
) -> list[str]:
    answer = verdict(result)
    name = f"{texts.of('systems', result.system)} · {result.company_name or result.company}"
    out = [f"{_MARKS[answer]} {name}: {texts(answer)}", ""]
    for notice in notices(result, texts, figures):
        out += _wrapped(" ".join(filter(None, notice)), "  ! ")
    if not result.checked:
        return [*out, *_wrapped(texts("unchecked_note"), "  "), ""]
    out += _table(result, texts, figures)
    person, itself = tasks(result, texts, figures, reconciliation.names)
    out += _title(texts("today"))
    out += told(person, texts) if person else [f"  {texts('today_none')}", ""]
    if itself:
        out += _title(texts("by_itself"))
        out += told(itself, texts)
    if result.late.rows:
        out += _title(texts("late"))
        out += _wrapped(texts("late_note"), "  ")
        out += [f"  {line}" for line in late_totals(result, texts, figures)]
        for row in late_rows(result, texts, figures, reconciliation.names):
            parts = (row.reference, row.borrower, f"{row.day} → {row.posted_on}")
            told_of = " · ".join(part for part in parts if part)
            out += _wrapped(f"{told_of} · {row.amount} {row.currency}", "      ", "        ")
        out.append("")
    return out


def _table(result: SystemResult, texts: Texts, figures: Figures) -> list[str]:
    names = ("ledger", "documents", "control_account", "difference", "explained", "unexplained")
    rows: list[Sequence[str]] = [[texts("currency"), *(texts(name) for name in names)]]
    for tie in result.tie_outs:
        amounts = (figures.amount(getattr(tie, name), tie.currency) for name in names)
        rows.append([texts.currency(tie.currency), *amounts])
    widths = [max(len(row[column]) for row in rows) for column in range(len(names) + 1)]
    out = [
        "  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    counts = [
        f"{texts.of('counts', kind)}: {figures.number(number)}"
        for kind, number in result.counts.items()
        if number
    ]
    return [*out, "", *_wrapped(" · ".join(counts), "  "), ""]


def told(found: list[Task], texts: Texts) -> list[str]:
    """Things to do, each with its cause, what to do and the items it is about."""
    out: list[str] = []
    for task in found:
        totals = ", ".join(f"{amount} {currency}" for amount, currency in task.totals)
        head = f"{task.kind} ({task.count})" + (f": {totals}" if totals else "")
        out += [f"  {head}", *_wrapped(task.cause, "    "), *_wrapped(f"→ {task.action}", "    ")]
        for line in task.lines:
            out += _wrapped(_item(line), "      ", "        ")
            if not task.cause:
                out += _wrapped(line.cause, "          ")
        if task.more:
            out.append(f"      … {texts('more', count=task.more)}")
        out.append("")
    return out


def _item(line: Line) -> str:
    what = line.reference or line.subject or line.external_id or "—"
    amount = "" if line.zero else f"{line.amount} {line.currency}"
    change = ""
    if line.field:
        change = f"{line.field}: {line.ledger or '—'} → {line.books or '—'}"
    parts = (what, line.borrower, line.document, amount, change, line.detail)
    return " · ".join(part for part in parts if part)


def _one_line(text: str) -> str:
    """Text from the ledger or the books, without signs that would move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _title(text: str) -> list[str]:
    return [text, "-" * len(text)]


def _wrapped(text: str, indent: str, after: str = "") -> list[str]:
    return textwrap.wrap(
        _one_line(text),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=after or " " * len(indent),
        break_on_hyphens=False,
    )
