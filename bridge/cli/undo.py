"""`undo`: take back what one run did to the books."""

from __future__ import annotations

from argparse import Namespace

from bridge import wiring
from bridge.cli.output import Output
from bridge.cli.session import chosen, open_settings, start_logs, this_person
from bridge.core.message import message
from bridge.pipeline.undo import UndoResult, preview_undo, undo

HEADS = ("system", ">create", ">update", ">void", ">posted", ">left")
WORDS = {
    "changed_since": "was changed since",
    "period_closed": "is in a closed month, and nothing in an open one can undo it",
    "before_unknown": "was changed by the run, and what it was before is not known",
    "stamped": "is known to a tax office as an electronic invoice, and stays",
}
_TOLD = 20
"""Documents that stay and are named on the screen; `--json` has them all."""


def run(arguments: Namespace, out: Output) -> int:
    loaded = open_settings(arguments)
    names = chosen(arguments, loaded)
    start_logs(loaded, out, writes=not arguments.dry_run)
    with out.progress() as progress:
        if arguments.dry_run:
            with wiring.open_dry(loaded, names) as dry:
                result = preview_undo(dry, arguments.target)
        else:
            with wiring.open_bridge(loaded, names) as live:
                who = this_person()
                result = undo(live, arguments.target, who, arguments.approve, progress)
    _tell(result, arguments.dry_run, out)
    return result.exit_code


def _tell(result: UndoResult, dry: bool, out: Output) -> None:
    if out.json:
        out.document(_document(result))
    rows = []
    for name, each in result.systems.items():
        figures = each.done.plan.figures
        posted = each.done.posting.posted
        rows.append([name, figures.create, figures.update, figures.void, posted, len(each.left)])
    out.table(HEADS, rows)
    for name, each in result.systems.items():
        if each.done.stopped is not None:
            out.say(f"{name}: {out.told(each.done.stopped.what)}")
            for problem in each.done.stopped.problems:
                out.say(f"  - {out.told(problem)}")
        if each.done.rejected:
            out.say(message("undo_stay", system=name, count=each.done.rejected))
        for left in each.left[:_TOLD]:
            out.say(
                message("undo_stays", system=name, reference=left.reference, why=WORDS[left.why])
            )
        if len(each.left) > _TOLD:
            out.say(message("undo_more", system=name, count=len(each.left) - _TOLD))
    if dry:
        out.line(message("dry_nothing_at_all"))
    elif any(each.rests for each in result.systems.values()):
        out.line(message("undo_rest"))
    out.ended(result.verdict, result.why)
    out.line(message("run_plan", run=result.run, digest=result.digest))


def _document(result: UndoResult) -> dict[str, object]:
    return {
        "run": result.run,
        "undone": result.undone,
        "systems": {
            name: {
                **each.done.document(),
                "left": [{"reference": left.reference, "why": left.why} for left in each.left],
            }
            for name, each in result.systems.items()
        },
        "digest": result.digest,
        "verdict": result.verdict,
        "reason": result.reason,
    }
