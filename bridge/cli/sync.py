"""`sync`: one pass, or with `--dry-run` what one would do."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from bridge import wiring
from bridge.cli.output import Output
from bridge.cli.paths import naming
from bridge.cli.plans import approved_by, place_for_plan, written_plan
from bridge.cli.session import chosen, open_settings, start_logs, this_person
from bridge.core.message import message
from bridge.errors import UsageError
from bridge.files import replace_durably
from bridge.pipeline import sync as pipeline
from bridge.pipeline.older_state import was_told
from bridge.pipeline.sync import SyncResult

if TYPE_CHECKING:
    from bridge.cli.foreseen import Foreseen

HEADS = (
    *("system", ">create", ">update", ">void", ">posted", ">confirmed"),
    *(">rejected", ">in doubt", ">pending", ">calls"),
)


def run(arguments: Namespace, out: Output) -> int:
    if arguments.approve and arguments.apply:
        raise UsageError(message("two_plans"))
    if arguments.list and not arguments.dry_run:
        raise UsageError(message("list_dry"))
    loaded = open_settings(arguments)
    names = chosen(arguments, loaded)
    approve, remap = arguments.approve, arguments.apply_mapping
    if arguments.apply:
        seen = approved_by(arguments.apply)
        approve, remap = seen.digest, remap or seen.apply_mapping
    if arguments.plan_out:
        place_for_plan(arguments.plan_out, loaded, arguments.config)
    start_logs(loaded, out, writes=not arguments.dry_run)
    resume = this_person() if arguments.resume else ""
    take_over = this_person() if arguments.take_over else ""
    said: dict[str, Any] = {"resume": resume, "take_over": take_over, "remap": remap}
    said["new_company"] = this_person() if arguments.new_company else ""
    if arguments.dry_run:
        from bridge.cli.foreseen import Foreseen  # brings the words and figures of reports along

        with wiring.open_dry(loaded, names) as dry:
            with out.progress() as progress:
                result = pipeline.preview(dry, progress, **said)
                plan = written_plan(dry, result, remap=remap) if arguments.plan_out else b""
            if arguments.plan_out:
                _keep(arguments.plan_out, plan, out)
            _tell(result, out, Foreseen(dry, loaded, every=arguments.list))
        return result.exit_code
    with wiring.open_bridge(loaded, names, patient=arguments.scheduled) as live:
        with out.progress() as progress:
            result = pipeline.sync(live, approve, progress, **said)
            plan = written_plan(live, result, remap=remap) if arguments.plan_out else b""
        if arguments.plan_out:
            _keep(arguments.plan_out, plan, out)
        _tell(result, out)
        if not arguments.scheduled:  # nobody reads what the daemon's say: their words go nowhere
            was_told(live.store, result.answer)
    return result.exit_code


def _keep(path: Path, plan: bytes, out: Output) -> None:
    with naming(path, "--plan-out"):
        replace_durably(path, plan)  # for this user's eyes: what other people owe
    out.say(message("plan_written", path=str(path)))


def _tell(result: SyncResult, out: Output, foreseen: Foreseen | None = None) -> None:
    document = result.document()
    if foreseen is not None:
        foreseen.add_to(document)
    if out.json:
        out.document(document)
    systems = msgspec.convert(document["systems"], dict[str, dict[str, object]])
    rows = []
    for name, done in systems.items():
        planned = msgspec.convert(done["planned"], dict[str, int])
        counted = ("posted", "confirmed", "rejected", "in_doubt", "pending", "calls")
        rows.append([name, *planned.values(), *(done[key] for key in counted)])
    out.table(HEADS, rows)
    if foreseen is not None:
        foreseen.tell(out)
    for name, each in result.systems.items():
        if each.stopped is not None:
            out.say(f"{name}: {out.told(each.stopped.what)}")
            out.problems(each.stopped.problems)
    assert result.intake is not None, "a sync reads the newest delivery or stops"
    intake = result.intake.accepted
    day, loans = result.intake.facts.as_of, intake.loans_touched
    out.line(message("ledger_of", day=day, rows=intake.changes, loans=loans))
    if foreseen is not None:
        out.line(foreseen.words["dry_run"])
    out.ended(result.verdict, result.why)
    out.line(message("run_plan", run=result.run, digest=result.digest))
