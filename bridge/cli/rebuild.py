"""`rebuild`: the state store made anew from the ledger and the books, after it was lost."""

from __future__ import annotations

from argparse import Namespace

import msgspec

from bridge import wiring
from bridge.cli.output import Output
from bridge.cli.session import chosen, open_settings, start_logs, state_file, this_person
from bridge.clock import SystemClock
from bridge.core.message import message
from bridge.pipeline.context import Progress
from bridge.pipeline.known_again import Adopted
from bridge.pipeline.rebuild import RebuildResult, rebuild
from bridge.report.said import document, why
from bridge.settings import Settings
from bridge.store.soundness import Damaged, set_aside

HEADS = ("system", ">customers", ">documents", ">taken back", ">to be asked", ">unknown")
_TOLD = 20
"""Unknown numbers that are named on the screen; `--json` has them all."""


def run(arguments: Namespace, out: Output) -> int:
    """Answers the verdict's exit code: 1 when a person must look at something."""
    loaded = open_settings(arguments)
    names = chosen(arguments, loaded)
    start_logs(loaded, out, writes=not arguments.dry_run)
    who = this_person()
    with out.progress() as progress:
        if arguments.dry_run:
            with wiring.open_dry(loaded, names) as dry:
                result = rebuild(dry, who, progress)
        else:
            try:
                result = _rebuilt(loaded, names, who, progress)
            except Damaged as found:
                aside = set_aside(state_file(loaded), f"damaged-{SystemClock().now():%Y%m%d%H%M%S}")
                out.say(message("now_set_aside", found=found.what, aside=str(aside)))
                result = _rebuilt(loaded, names, who, progress)
    _tell(result, arguments.dry_run, out)
    return result.answer.exit_code


def _rebuilt(
    loaded: Settings, names: list[str] | None, who: str, progress: Progress
) -> RebuildResult:
    with wiring.open_bridge(loaded, names) as live:
        return rebuild(live, who, progress)


def _tell(result: RebuildResult, dry: bool, out: Output) -> None:
    if out.json:
        systems = {each.system: _document(each) for each in result.systems}
        out.document({"run": result.run, "systems": systems} | document(result.answer))
    rows = [
        [e.system, e.customers, e.documents, e.taken_back, e.asked, len(e.unknown)]
        for e in result.systems
    ]
    out.table(HEADS, rows)
    for each in result.systems:
        if each.unknown:
            more = ", …" if len(each.unknown) > _TOLD else ""
            out.say(
                message(
                    "rebuild_unknown",
                    system=each.system,
                    references=", ".join(each.unknown[:_TOLD]),
                    more=more,
                )
            )
        if each.untold:
            out.say(
                message("rebuild_untold", system=each.system, what="; ".join(each.untold[:_TOLD]))
            )
        if each.asked:
            out.say(message("rebuild_asked", system=each.system, count=each.asked))
    out.ended(result.answer.word, why(result.answer))
    if dry:
        out.line(message("dry_nothing_at_all"))
    else:
        out.line(message("look_dry"))


def _document(each: Adopted) -> dict[str, object]:
    return {key: value for key, value in msgspec.to_builtins(each).items() if key != "system"}
