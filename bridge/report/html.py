"""The reconciliation as one page: a single file without scripts, for screen, phone and paper."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bridge.core.aging import AgedTotal, labels
from bridge.core.reconciliation import Reconciliation, SystemResult
from bridge.report.figures import Figures
from bridge.report.late import late_rows, late_totals
from bridge.report.texts import Texts
from bridge.report.view import lines, notices, overall, remarks, tasks, verdict

_SCALE = 1000
"""Width of an age bar in its own units."""


class Tie(msgspec.Struct, frozen=True, kw_only=True):
    currency: str
    ledger: str
    documents: str
    control_account: str
    difference: str
    explained: str
    unexplained: str
    settled: bool
    """Whether nothing is left unexplained."""


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
        overall=overall(reconciliation),
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
    person, itself = tasks(result, texts, figures, reconciliation.names)
    return {
        "result": result,
        "verdict": verdict(result),
        "ties": [_tie(result, place, texts, figures) for place in range(len(result.tie_outs))],
        "notices": notices(result, texts, figures),
        "todo": person,
        "itself": itself,
        "lines": lines(result.items, texts, figures, reconciliation.names),
        "late": late_rows(result, texts, figures, reconciliation.names),
        "late_totals": late_totals(result, texts, figures),
        "aging": [
            (row.currency, list(_bars(row, texts, figures)))
            for row in result.aged
            if sum(row.amounts) > 0
        ],
    }


def _tie(result: SystemResult, place: int, texts: Texts, figures: Figures) -> Tie:
    tie = result.tie_outs[place]
    return Tie(
        currency=texts.currency(tie.currency),
        ledger=figures.amount(tie.ledger, tie.currency),
        documents=figures.amount(tie.documents, tie.currency),
        control_account=figures.amount(tie.control_account, tie.currency),
        difference=figures.signed(tie.difference, tie.currency),
        explained=figures.signed(tie.explained, tie.currency),
        unexplained=figures.signed(tie.unexplained, tie.currency),
        settled=not tie.unexplained,
    )


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
