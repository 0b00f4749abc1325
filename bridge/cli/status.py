"""`status` and `history`: where things stand, from the state store alone."""

from __future__ import annotations

from argparse import Namespace
from datetime import date
from typing import Any

from bridge.cli.output import Output, plainly_told
from bridge.cli.session import open_settings, open_state
from bridge.cli.standing import verdict_of
from bridge.clock import SystemClock
from bridge.core.delivery import UNSETTLED, WAITS_FOR_A_PERSON
from bridge.core.identity import BooksId
from bridge.core.message import Message, Word, message, read
from bridge.core.money import text
from bridge.instance import serving
from bridge.pipeline.waits import told, waits_until
from bridge.report import said
from bridge.report.details import english
from bridge.settings import SystemSettings
from bridge.store.store import Work
from bridge.store.values import RunRecord


def status(arguments: Namespace, out: Output) -> int:
    """Answers the verdict's exit code, as the state store alone knows it."""
    loaded = open_settings(arguments)
    today = SystemClock().now().date()
    with open_state(loaded) as store, store.read() as work:
        runs = work.runs.latest(limit=1)
        systems = {
            name: {
                **_system(work, BooksId(name, system.company_id)),
                "calls_today": _calls(work, name, system, today),
            }
            for name, system in loaded.systems.items()
            if system.enabled
        }
        verdict = verdict_of(work, loaded)
        owed = {code: text(sum_, code) for code, sum_ in work.ledger.totals().items()}
    daemon = serving(loaded.state.url)
    if out.json:
        last = _run(runs[0]) if runs else None
        out.document(
            {"last_run": last, "daemon": daemon, "owed": owed, "systems": systems}
            | said.document(verdict)
        )
    out.line(message("daemon_process", process=daemon) if daemon else message("daemon_none"))
    for run in runs:
        out.line(message("last_run", run=run.id, verdict=_ended(run), reason=read(run.reason)))
    sums = ", ".join(f"{amount} {code}" for code, amount in owed.items())
    out.line(message("owed", sums=sums) if sums else message("owed_nothing"))
    heads = ("system", ">in the books", ">under way", ">for a person", ">held", ">to look at again")
    keys = ("in_the_books", "under_way", "waits_for_a_person", "held", "revisits")
    out.table(heads, [[name, *(each[key] for key in keys)] for name, each in systems.items()])
    for name, each in systems.items():
        calls = each["calls_today"]
        out.line(_of_calls(name, calls["metered"], calls["budget"], calls["total"]))
        if each["waits_until"]:
            out.line(message("waits_until", system=name, at=each["waits_until"]))
        if each["rests_after"]:
            out.line(message("rests_since", system=name, run=each["rests_after"]))
    out.ended(verdict.word, said.why(verdict))
    for line in said.lines_of(verdict.tasks):
        out.line(f"  {line}")
    if verdict.tasks:
        out.line(message("see_tasks"))
    return verdict.exit_code


def _of_calls(system: str, metered: int, budget: int | None, total: int) -> Message:
    if budget is None:
        return message("calls_today", system=system, metered=metered, total=total)
    return message("calls_today_of", system=system, metered=metered, budget=budget, total=total)


def _system(work: Work, where: BooksId) -> dict[str, Any]:
    counts = work.outbox.counts(where)
    until = waits_until(work, where, SystemClock().now())
    bound = work.bindings.counts(where)
    held: dict[str, int] = {}
    for hold in work.plans.holds(where):
        held[hold.code] = held.get(hold.code, 0) + 1
    return {
        "company": where.company,
        "in_the_books": sum(number for (_, voided), number in bound.items() if not voided),
        "voided": sum(number for (_, voided), number in bound.items() if voided),
        "under_way": sum(counts.get(state, 0) for state in UNSETTLED),
        "waits_for_a_person": sum(counts.get(state, 0) for state in WAITS_FOR_A_PERSON),
        "held": sum(held.values()),
        "held_by_reason": held,
        "revisits": len(work.plans.revisits(where)),
        "rests_after": work.decisions.paused_by(where),
        "waits_until": None if until is None else told(until),
        "outbox": {state.value: number for state, number in sorted(counts.items())},
    }


def _calls(work: Work, name: str, system: SystemSettings, day: date) -> dict[str, int | None]:
    """The calls that finished runs made on a UTC day, and how many metered calls it may have."""
    made = work.calls.between(BooksId(name, system.company_id), day, day)
    return {
        "total": made.total,
        "metered": made.metered,
        "throttled": made.throttled,
        "budget": system.budget,
    }


def history(arguments: Namespace, out: Output) -> int:
    """The last runs, newest first, and what people decided."""
    with open_state(open_settings(arguments)) as store, store.read() as work:
        runs = sorted(
            work.runs.latest(limit=arguments.limit), key=lambda r: r.started_at, reverse=True
        )
        decisions = work.decisions.latest(limit=arguments.limit)
    if out.json:
        out.document(
            {
                "runs": [_run(run) for run in runs],
                "decisions": [plainly_told(each) for each in decisions],
            }
        )
    out.table(
        ("run", "systems", "ended", "verdict", "reason"),
        [
            [
                r.id,
                r.system,
                r.ended_at[:19],
                out.word("verdicts", r.verdict or "unfinished"),
                out.told(read(r.reason)),
            ]
            for r in runs
        ],
    )
    for decision in decisions:
        out.line(f"{decision.at[:19]} {decision.who}: {decision.verb} {decision.reference}")
    return 0


def _ended(run: RunRecord) -> Word:
    return Word("verdicts", run.verdict or "unfinished")


def _run(run: RunRecord) -> dict[str, Any]:
    return {
        "run": run.id,
        "verb": run.verb,
        "systems": run.system.split(",") if run.system else [],
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "verdict": run.verdict,
        "reason": english(read(run.reason)),
        "counts": run.counts,
    }
