"""The reconciliation for a terminal or the body of a plain e-mail."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from bridge.core.tie_out.reconciliation import Reconciliation, SystemResult
from bridge.core.tie_out.verdict import GREEN, Result
from bridge.report import checks
from bridge.report.figures import Figures
from bridge.report.late import late_rows, late_totals
from bridge.report.tasks import Job, Row, about, asked, jobs
from bridge.report.texts import Texts
from bridge.report.view import Group, Line, Walk, answer_for, chips, groups, notices, remarks, walks

_WIDTH = 80
_MARKS = {
    Result.AGREES: "✓",
    Result.AGREES_WITH_ITEMS: "✓",
    Result.DIFFERS: "✗",
    Result.UNCHECKED: "?",
}


def render(reconciliation: Reconciliation, texts: Texts, figures: Figures) -> str:
    """The whole report as text, 80 columns wide."""
    result = reconciliation.verdict.result
    out = _title(f"{texts('title')} · {reconciliation.lender}", "=")
    out += [f"{texts('as_of')} {figures.day(reconciliation.as_of)}", ""]
    out += [f"{_MARKS[result]} {texts.of('results', result)}"]
    out += [*_wrapped(texts.of("result_notes", result), "  "), ""]
    out += _to_do(jobs(reconciliation, texts, figures), result, texts)
    for each in reconciliation.systems:
        out += _system(each, reconciliation, texts, figures)
    if reconciliation.findings:
        out += _title(texts("findings"))
        for group in remarks(reconciliation.findings, texts, figures):
            out += _wrapped(group.cause, f"  {figures.number(group.count):>6}  ", " " * 10)
        out.append("")
    made = figures.instant(reconciliation.generated_at)
    out.append(f"{texts('generated')} {made} · {texts('run')} {reconciliation.run}")
    return "\n".join(out) + "\n"


def _to_do(found: Sequence[Job], result: Result, texts: Texts) -> list[str]:
    if not found:
        return [texts("today_none"), ""] if result in GREEN else []
    return [*_title(texts("today")), *told(found, texts)]


def _system(
    result: SystemResult, reconciliation: Reconciliation, texts: Texts, figures: Figures
) -> list[str]:
    answer = answer_for(result, reconciliation)
    name = f"{texts.of('systems', result.system)} · {result.company_name or result.company}"
    out = _title(_one_line(name))
    out += [f"{_MARKS[answer]} {texts.of('results', answer)}", ""]
    for notice in notices(result, texts, figures):
        out += _wrapped(" ".join(filter(None, notice)), "  ! ")
    if not result.checked:
        return [*out, ""]
    for walk in walks(result, texts, figures):
        out += _walk(walk, texts, figures)
    counts = [f"{figures.number(number)} {told}" for _, told, number in chips(result, texts)]
    out += [*_wrapped(" · ".join(counts), "  "), ""]
    out += _checks(checks.rows(result, texts, figures), texts)
    waiting = asked(reconciliation.verdict.tasks, result.system)
    quiet = [item for item in result.items if about(item) not in waiting]
    if quiet:
        out += [f"  {texts('by_itself')}", ""]
        out += _itself(groups(quiet, texts, figures, reconciliation.names), texts)
    return out + _late(result, reconciliation, texts, figures)


def _checks(found: Sequence[checks.Row], texts: Texts) -> list[str]:
    out = [f"  {texts('checks')}", ""] if found else []
    for row in found:
        sums = [together(amount, currency) for amount, currency in row.amounts]
        told_of = " · ".join(filter(None, (row.name, row.said, row.looked_at, *sums)))
        out += _wrapped(told_of, f"    {row.sign} ", "      ")
    return [*out, ""] if out else []


def _walk(walk: Walk, texts: Texts, figures: Figures) -> list[str]:
    steps = [(f"{step.kind} ({figures.number(step.count)})", step.amount) for step in walk.steps]
    rows = [
        (texts("ledger_note"), walk.ledger),
        *((f"  {kind}", amount) for kind, amount in steps),
        (texts("control_note"), walk.control_account),
        (f"  {texts('unexplained')}", walk.unexplained),
    ]
    names = max(len(name) for name, _ in rows)
    amounts = max(len(amount) for _, amount in rows)
    told_of = [f"    {name:<{names}}  {amount:>{amounts}}" for name, amount in rows]
    return [f"  {walk.currency}", *told_of, ""]


def told(found: Sequence[Job], texts: Texts) -> list[str]:
    """Things to do, each with what to do, what follows otherwise, and the rows it is about."""
    out: list[str] = []
    for job in found:
        totals = ", ".join(together(amount, currency) for amount, currency in job.totals)
        head = f"{job.title} ({job.count})" + (f" {totals}" if totals else "")
        out += _wrapped(head, "  ")
        out += _wrapped(f"→ {job.action}", "    ", "      ")
        out += _wrapped(f"{texts('if_nobody')}: {job.consequence}", "    ", "      ")
        if job.command:
            out += _wrapped(f"{texts('technician')}: {job.command}", "    ", "      ")
        for row in job.shown:
            out += _wrapped(_row(row), "      ", "        ")
            if row.command and not job.command:
                out += _wrapped(row.command, "        ", "          ")
        if job.more:
            out.append(f"      … {texts('task_more', count=job.more)}")
        out.append("")
    return out


def _row(row: Row) -> str:
    amount = " ".join(filter(None, (together(row.amount, row.currency), row.side)))
    what = (row.place, row.subject, row.borrower, row.document, amount, *row.details)
    return " · ".join(filter(None, (*what, ", ".join(row.books))))


def _itself(found: Sequence[Group], texts: Texts) -> list[str]:
    out: list[str] = []
    for group in found:
        totals = ", ".join(together(amount, currency) for amount, currency in group.totals)
        out += _wrapped(f"{group.kind} ({group.count})" + (f": {totals}" if totals else ""), "    ")
        out += _wrapped(group.cause, "      ")
        for line in group.lines:
            out += _wrapped(_item(line), "      ", "        ")
            if not group.cause:
                out += _wrapped(line.cause, "          ")
        if group.more:
            out.append(f"      … {texts('more', count=group.more)}")
        out.append("")
    return out


def _late(
    result: SystemResult, reconciliation: Reconciliation, texts: Texts, figures: Figures
) -> list[str]:
    if not result.late.rows:
        return []
    out = [f"  {texts('late')}", *_wrapped(texts("late_note"), "  ")]
    out += [f"  {line}" for line in late_totals(result, texts, figures)]
    for row in late_rows(result, texts, figures, reconciliation.names):
        parts = (row.reference, row.borrower, f"{row.day} → {row.posted_on}")
        told_of = " · ".join(part for part in parts if part)
        amount = together(row.amount, row.currency)
        out += _wrapped(f"{told_of} · {amount}", "      ", "        ")
    return [*out, ""]


def _item(line: Line) -> str:
    what = line.reference or line.subject or line.external_id or "-"
    amount = "" if line.zero else together(line.amount, line.currency)
    change = ""
    if line.field:
        change = f"{line.field}: {line.ledger or '-'} → {line.books or '-'}"
    parts = (what, line.borrower, line.document, amount, change, line.detail)
    return " · ".join(part for part in parts if part)


_JOINT = "\N{NO-BREAK SPACE}"


def together(*parts: str) -> str:
    """Words that stay on one line, such as an amount and its currency."""
    return _JOINT.join(filter(None, parts))


def _one_line(text: str) -> str:
    """Text from the ledger or the books, without signs that would move a terminal's cursor."""
    return "".join(sign if sign.isprintable() or sign == _JOINT else " " for sign in text)


def _title(text: str, line: str = "-") -> list[str]:
    return [text, line * min(len(text), _WIDTH)]


def _wrapped(text: str, indent: str, after: str = "") -> list[str]:
    folded = textwrap.wrap(
        _one_line(text),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=after or " " * len(indent),
        break_on_hyphens=False,
    )
    return [line.replace(_JOINT, " ") for line in folded]
