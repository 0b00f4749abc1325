"""The reconciliation as one page: a single file without scripts, for screen, phone and paper."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bridge.core.tie_out.aging import AgedTotal, labels
from bridge.core.tie_out.reconciliation import Reconciliation, SystemResult
from bridge.core.tie_out.verdict import Result
from bridge.report import checks
from bridge.report.figures import Figures
from bridge.report.late import late_rows, late_totals
from bridge.report.tasks import about, asked, jobs
from bridge.report.texts import Texts
from bridge.report.view import answer_for, chips, groups, lines, notices, remarks, walks

_SCALE = 1000
"""Width of an age bar in its own units."""


_MARKS = {
    Result.AGREES: "yes",
    Result.AGREES_WITH_ITEMS: "yes",
    Result.DIFFERS: "no",
    Result.UNCHECKED: "unknown",
}
"""Result → the sign and the colour it is shown with."""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One age bucket: its place in the bar and what it says."""

    x: int
    width: int
    label: str
    amount: str


def render(reconciliation: Reconciliation, texts: Texts, figures: Figures) -> bytes:
    """The page as bytes."""
    page = _template().render(
        t=texts,
        f=figures,
        r=reconciliation,
        answer=reconciliation.verdict.result,
        green=reconciliation.verdict.green,
        marks=_MARKS,
        jobs=jobs(reconciliation, texts, figures),
        systems=[_system(s, reconciliation, texts, figures) for s in reconciliation.systems],
        findings=remarks(reconciliation.findings, texts, figures),
        named=bool(reconciliation.names),
    )
    return page.encode()


@cache
def _template() -> Template:
    loader = PackageLoader("bridge.report", "templates")
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("reconciliation.html")


def _system(
    result: SystemResult, reconciliation: Reconciliation, texts: Texts, figures: Figures
) -> dict[str, object]:
    waiting = asked(reconciliation.verdict.tasks, result.system)
    quiet = [item for item in result.items if about(item) not in waiting]
    names = reconciliation.names
    return {
        "result": result,
        "answer": answer_for(result, reconciliation),
        "chips": chips(result, texts),
        "walks": walks(result, texts, figures),
        "notices": notices(result, texts, figures),
        "checks": checks.rows(result, texts, figures),
        "itself": groups(quiet, texts, figures, names),
        "lines": lines(result.items, texts, figures, names),
        "late": late_rows(result, texts, figures, names),
        "late_totals": late_totals(result, texts, figures),
        "aging": [
            (row.currency, list(_bars(row, texts, figures)))
            for row in result.aged
            if sum(row.amounts) > 0
        ],
    }


def _bars(row: AgedTotal, texts: Texts, figures: Figures) -> Iterator[Bar]:
    """The buckets side by side; a bucket below zero has no width."""
    parts = [max(amount, amount * 0) for amount in row.amounts]
    whole = sum(parts)
    names = [texts("aging_current")]
    for first, last in labels():
        days = texts("aging_days")
        over = f"{texts('aging_over')} {first - 1} {days}"
        names.append(over if last is None else f"{first}–{last} {days}")
    done = 0 * whole
    for part, name, amount in zip(parts, names, row.amounts, strict=True):
        start, end = (int(edge * _SCALE / whole) for edge in (done, done + part))
        done += part
        yield Bar(
            x=start,
            width=end - start,
            label=name,
            amount=figures.amount(amount, row.currency),
        )
