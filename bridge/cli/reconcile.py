"""`reconcile`: compare ledger and books, say what differs and why, and write the report."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from bridge import wiring
from bridge.cli.output import Output, Progress
from bridge.cli.reports import write_reports
from bridge.cli.session import chosen, open_settings, start_logs
from bridge.core.reconciliation import Reconciliation
from bridge.pipeline.context import Bridge, System
from bridge.pipeline.reconcile import reconcile
from bridge.pipeline.sync import SyncResult, preview
from bridge.report import json, text
from bridge.report.figures import figures
from bridge.report.texts import texts
from bridge.settings import Settings

LANGUAGE = "en"


def run(arguments: Namespace, out: Output) -> int:
    loaded = open_settings(arguments)
    names = chosen(arguments, loaded)
    start_logs(loaded, out, writes=not arguments.dry_run)
    plan: SyncResult | None = None
    with out.progress() as progress:
        if arguments.dry_run:
            with wiring.open_dry(loaded, names) as dry:
                found = compared(dry, loaded, arguments, progress)
                plan = preview(dry, progress)
        else:
            with wiring.open_bridge(loaded, names) as live:
                found = compared(live, loaded, arguments, progress)
    _tell(found, plan, loaded, out)  # first: a disk without room must not hide the answer
    if arguments.out or not arguments.dry_run:
        for path in write_reports(loaded, found, arguments.format, arguments.out):
            out.say(f"written {path}")
    return found.exit_code


def compared(
    bridge: Bridge[System], loaded: Settings, arguments: Namespace, progress: Progress
) -> Reconciliation:
    """The comparison, written down as a run of its own (on a scratch store in a dry run)."""
    store, started = bridge.store, bridge.clock.now()
    with store.begin() as work:
        last = next((each.id for each in work.runs() if each.verb == "sync"), "")
        own = work.start_run("reconcile", ",".join(bridge.books), started.isoformat())
    found = reconcile(
        store,
        {name: books.system for name, books in bridge.books.items()},
        arguments.as_of or bridge.today,
        started,
        lender=bridge.lender,
        run=last,
        names=loaded.lender.names_in_reports,
        progress=progress,
    )
    verdict = {0: "clean", 1: "person", 75: "later"}.get(found.exit_code, "person")
    reason = "both sides agree" if found.agree else "they do not agree"
    counts = {result.system: result.counts for result in found.systems}
    with store.begin() as work:
        work.end_run(own, verdict, reason, counts, bridge.clock.now().isoformat())
    return found


def _tell(found: Reconciliation, plan: SyncResult | None, loaded: Settings, out: Output) -> None:
    document: dict[str, Any] = json.document(found)
    if plan is not None:
        document["plan"] = plan.document()
    if out.json:
        out.document(document)
    numbers = figures(found, LANGUAGE, loaded.lender.locale)
    for line in text.render(found, texts(LANGUAGE), numbers).splitlines():
        out.line(line)
    if plan is not None:
        for name, each in plan.systems.items():
            planned = each.plan.figures
            out.line(
                f"{name}: a sync would create {planned.create}, update {planned.update} and "
                f"void {planned.void} documents."
            )
        out.line("Dry run: nothing was written, neither to the books nor to the state store.")
