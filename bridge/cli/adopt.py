"""`drift adopt` and `drift different`: documents entered by hand, and which of them are ours."""

from __future__ import annotations

from argparse import Namespace

from bridge import wiring
from bridge.cli import proposal_file
from bridge.cli.output import Output
from bridge.cli.paths import naming, new_file
from bridge.cli.session import chosen, open_settings, start_logs, this_person
from bridge.core.message import message
from bridge.errors import UsageError
from bridge.files import BY_UMASK, replace_durably
from bridge.pipeline import adoption, decide
from bridge.pipeline.adoption import Adoptions, Proposal
from bridge.pipeline.context import Bridge, System
from bridge.settings import Settings
from bridge.tomlfiles import shown

HEADS = ("system", "reference", "loan", "date", ">amount", "currency", "id", "number", "date there")


def adopt(arguments: Namespace, out: Output) -> int:
    """One pair; or a file of proposals written; or such a file, edited, taken in."""
    ways = [arguments.propose, arguments.from_file, arguments.reference]
    if sum(way is not None for way in ways) != 1:
        raise UsageError(message("adopt_ways"))
    if arguments.propose:
        return _propose(arguments, out)
    if arguments.from_file:
        return _from(arguments, out)
    return _pair(arguments, out, same=True)


def different(arguments: Namespace, out: Output) -> int:
    """A document of the books is not this one of ours: both are to be there."""
    return _pair(arguments, out, same=False)


def _propose(arguments: Namespace, out: Output) -> int:
    loaded = open_settings(arguments)
    new_file(arguments.propose, "--propose", loaded, arguments.config)
    if arguments.propose.exists():
        raise UsageError(message("there_already", file=shown(arguments.propose)))
    start_logs(loaded, out, writes=False)
    with out.progress() as progress, wiring.open_dry(loaded, chosen(arguments, loaded)) as dry:
        found = adoption.propose(dry, progress)
    language = loaded.report.languages[0]
    content = proposal_file.written(found, language, names=loaded.lender.names_in_reports)
    with naming(arguments.propose, "--propose"):
        replace_durably(arguments.propose, content, BY_UMASK)
    if out.json:
        out.document({"file": str(arguments.propose), "proposals": [_shown(p) for p in found]})
    out.table(HEADS, [list(_shown(proposal).values()) for proposal in found])
    out.line(message("adopt_written", count=len(found), file=shown(arguments.propose)))
    out.line(message("adopt_fill_in"))
    out.line(f"ledger-bridge drift adopt --from {arguments.propose}")
    return 0


def _shown(proposal: Proposal) -> dict[str, str]:
    ours, theirs = proposal.wanted, proposal.theirs
    return {
        "system": proposal.system,
        "reference": ours.reference,
        "loan": proposal.loan[1],
        "date": ours.day.isoformat(),
        "amount": str(ours.total),
        "currency": ours.currency,
        "external_id": theirs.external_id,
        "number": theirs.number,
        "date_there": theirs.day.isoformat() if theirs.day else "",
    }


def _from(arguments: Namespace, out: Output) -> int:
    wishes = proposal_file.read(arguments.from_file)
    loaded = open_settings(arguments)
    start_logs(loaded, out, writes=not arguments.dry_run)
    who, names = this_person(), chosen(arguments, loaded)
    with out.progress() as progress:
        if arguments.dry_run:
            with wiring.open_dry(loaded, names) as dry:
                done = adoption.decide_all(dry, wishes, who, dry.clock.now(), progress)
        else:
            with wiring.open_bridge(loaded, names) as live:
                done = adoption.decide_all(live, wishes, who, live.clock.now(), progress)
    _tell(done, out, arguments.dry_run)
    return 0


def _pair(arguments: Namespace, out: Output, *, same: bool) -> int:
    if arguments.external_id is None:
        raise UsageError(message("adopt_id"))
    loaded = open_settings(arguments)
    start_logs(loaded, out)
    reference, external_id = arguments.reference, arguments.external_id
    with wiring.open_bridge(loaded, chosen(arguments, loaded)) as bridge:
        name = _the_system(bridge, loaded, reference)
        who, at = this_person(), bridge.clock.now()
        if same and _is_known(bridge, name, reference):
            system = bridge.books[name].system
            pair = decide.adopt(bridge.store, system, reference, external_id, who, at)
            done = Adoptions(
                adopted=((pair.system, pair.reference, pair.external_id),), different=(), known=0
            )
        else:
            done = adoption.answer(bridge, name, reference, external_id, who, at, same=same)
    _tell(done, out, dry=False)
    return 0


def _the_system(bridge: Bridge[System], loaded: Settings, reference: str) -> str:
    """The one system that a reference is about. Raises UsageError when it could be several."""
    if len(bridge.books) == 1:
        return next(iter(bridge.books))
    known = [name for name in bridge.books if _is_known(bridge, name, reference)]
    if len(known) == 1:
        return known[0]
    raise UsageError(
        message("say_which_system", reference=reference, systems=", ".join(bridge.books))
    )


def _is_known(bridge: Bridge[System], name: str, reference: str) -> bool:
    where = bridge.books[name].id
    with bridge.store.read() as work:
        return bool(
            work.bindings.named(where, reference)
            or work.entries.of(where, reference=reference, limit=1)
        )


def _tell(done: Adoptions, out: Output, dry: bool) -> None:
    if out.json:
        out.document(
            {
                "adopted": [_named(pair) for pair in done.adopted],
                "different": [_named(pair) for pair in done.different],
                "known": done.known,
            }
        )
    for system, reference, external_id in done.adopted:
        out.line(message("adopted_now", system=system, reference=reference, id=external_id))
    for system, reference, external_id in done.different:
        out.line(message("adopted_not", system=system, reference=reference, id=external_id))
    if done.known:
        out.line(message("adopted_before", count=done.known))
    if dry:
        out.line(message("dry_nothing"))


def _named(pair: tuple[str, str, str]) -> dict[str, str]:
    return dict(zip(("system", "reference", "external_id"), pair, strict=True))
