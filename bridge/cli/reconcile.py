"""`reconcile`: compare ledger and books, say what differs and why, and write the report."""

from __future__ import annotations

from argparse import Namespace

from bridge import wiring
from bridge.cli.output import Output
from bridge.cli.reports import place_for_reports, write_reports
from bridge.cli.session import chosen, open_settings, start_logs
from bridge.core.message import Detail
from bridge.core.tie_out.as_of import DayNotKept
from bridge.core.tie_out.reconciliation import Reconciliation
from bridge.errors import UsageError
from bridge.pipeline.older_state import was_told
from bridge.pipeline.one_off import OneOff, one_off
from bridge.pipeline.reconcile import reconcile
from bridge.report import json, text
from bridge.report.details import plainly
from bridge.report.figures import figures
from bridge.report.texts import language_of, texts
from bridge.settings import Settings


def run(arguments: Namespace, out: Output) -> int:
    loaded = open_settings(arguments)
    try:
        return _run(loaded, arguments, out)
    except DayNotKept as refused:
        raise UsageError(_instead(refused, loaded, arguments)) from refused


def _run(loaded: Settings, arguments: Namespace, out: Output) -> int:
    names = chosen(arguments, loaded)
    place_for_reports(arguments, loaded)
    start_logs(loaded, out, writes=not arguments.dry_run)
    if arguments.dry_run:
        return _one_off(loaded, names, arguments, out)
    with wiring.open_bridge(loaded, names) as live:
        with out.progress() as progress:
            found = reconcile(
                live,
                progress,
                as_of=arguments.as_of,
                names=loaded.lender.names_in_reports,
                full=arguments.full,
            )
        if out.json:
            out.document(json.document(found))
        _tell(found, loaded, out)  # first: a disk without room must not hide the answer
        _write(found, loaded, arguments, out)
        was_told(live.store, found.verdict)
    return found.verdict.exit_code


def _instead(refused: DayNotKept, settings: Settings, arguments: Namespace) -> str:
    """Why that day is refused and what can be had, in the lender's words."""
    words = texts(language_of(settings.lender.locale)).tables["cli"]
    days = {"asked": refused.asked, "first": refused.first, "last": refused.last}
    said = words["day_not_kept"].format(**days)
    kept = sorted((arguments.out or settings.report.folder).glob(f"*-{refused.asked}.*"))
    return " ".join([said, *(words["day_in_report"].format(path=path) for path in kept[:1])])


def _one_off(loaded: Settings, names: list[str] | None, arguments: Namespace, out: Output) -> int:
    language = texts(language_of(loaded.lender.locale))
    words = language.tables["cli"]

    def without_state(why: Detail) -> None:
        out.say(words["without_state"].format(why=plainly(why, language)))

    with (
        out.progress() as progress,
        wiring.open_dry(loaded, names, without_state=without_state) as dry,
    ):
        told = one_off(
            dry,
            as_of=arguments.as_of,
            names=loaded.lender.names_in_reports,
            progress=progress,
        )
    if out.json:
        out.document(json.document(told.found) | {"plan": told.plan.document()})
    _tell(told.found, loaded, out)
    _tell_plan(told, words, out)
    if arguments.out:
        _write(told.found, loaded, arguments, out)
    elif arguments.format:
        out.say(words["no_out"])
    return told.exit_code


def _tell(found: Reconciliation, loaded: Settings, out: Output) -> None:
    language = language_of(loaded.lender.locale)
    numbers = figures(found, language, loaded.lender.locale, loaded.lender.timezone)
    for line in text.render(found, texts(language), numbers).splitlines():
        out.line(line)


def _tell_plan(told: OneOff, words: dict[str, str], out: Output) -> None:
    for name, each in told.plan.systems.items():
        planned = each.plan.figures
        counts = {"create": planned.create, "update": planned.update, "void": planned.void}
        out.line(words["would_write"].format(system=name, **counts))
        for problem in each.stopped.problems if each.stopped is not None else ():
            out.say(f"{name}: {out.told(problem)}")
    for problem in told.refused.problems if told.refused is not None else ():
        out.say(out.told(problem))
    out.line(words["dry_run"])


def _write(found: Reconciliation, loaded: Settings, arguments: Namespace, out: Output) -> None:
    words = texts(language_of(loaded.lender.locale)).tables["cli"]
    for path in write_reports(loaded, found, arguments.format, arguments.out):
        out.say(words["written"].format(path=path))
