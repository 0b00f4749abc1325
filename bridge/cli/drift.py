"""`drift`: what the books hold otherwise than posted, and which side is right."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

import msgspec

from bridge import wiring
from bridge.cli.lookup import loan_of
from bridge.cli.output import Output
from bridge.cli.session import chosen, open_settings, start_logs, this_person
from bridge.core.message import message
from bridge.core.tie_out.items import Item, ItemKind
from bridge.core.tie_out.reconciliation import SystemResult
from bridge.errors import UsageError
from bridge.pipeline import decide
from bridge.pipeline.context import Bridge, System
from bridge.pipeline.decide import Decided
from bridge.pipeline.reconcile import compare
from bridge.report import json
from bridge.settings import Settings

_ALL = 100_000
CHOICES = {
    ItemKind.DRIFTED: ("accept", "repost"),
    ItemKind.MISMATCHED: ("accept", "repost"),
    ItemKind.TOMBSTONED: ("accept", "repost"),
    ItemKind.MISSING: ("accept", "repost"),
    ItemKind.ORPHANED: ("adopt",),
    ItemKind.ACCEPTED: ("repost",),
}
"""What a person may decide about an item, by its kind."""
_OPEN = frozenset(CHOICES) - {ItemKind.ACCEPTED}


def list(arguments: Namespace, out: Output) -> int:
    """The differences, read from the books now; writes nothing. Answers 1 when something is
    open."""
    loaded = open_settings(arguments)
    start_logs(loaded, out, writes=False)
    with out.progress() as progress, wiring.open_dry(loaded, chosen(arguments, loaded)) as dry:
        found = _compared(dry, progress)
    shown = {result.system: _shown(result, arguments.all) for result in found}
    if out.json:
        out.document({"systems": shown})
    rows = [
        [name, *(item[key] for key in _KEYS), "|".join(item["choices"])]
        for name, each in shown.items()
        for item in each["items"]
    ]
    out.table(("system", *_HEADS, "choices"), rows)
    for result in found:
        if not result.checked:
            why = result.notices[0].detail
            out.say(message("drift_unchecked", system=result.system, why=why))
    open_ones = sum(
        item["kind"] != ItemKind.ACCEPTED for each in shown.values() for item in each["items"]
    )
    if not rows:
        out.say(message("as_posted"))
    unchecked = max((result.exit_code for result in found if not result.checked), default=0)
    return unchecked or (1 if open_ones else 0)


_KEYS = ("kind", "reference", "document", "field", "ledger", "books", "amount", "currency")
_HEADS = ("kind", "reference", "document", "field", "ledger", "books", ">amount", "currency")


def accept(arguments: Namespace, out: Output) -> int:
    """The books are right: leave the documents as they have them."""
    return _decide(arguments, out, "accept")


def repost(arguments: Namespace, out: Output) -> int:
    """The ledger is right: have the documents again as they were posted."""
    return _decide(arguments, out, "repost")


def _decide(arguments: Namespace, out: Output, verb: str) -> int:
    loaded = open_settings(arguments)
    start_logs(loaded, out)
    done: Sequence[Decided] = ()
    with (
        out.progress() as progress,
        wiring.open_bridge(loaded, chosen(arguments, loaded)) as bridge,
    ):
        wanted = _wanted(bridge, arguments, loaded, progress)
        for name, references in wanted.items():
            system = bridge.books[name].system
            if verb == "accept":
                now = bridge.clock.now()
                made = decide.accept(bridge.store, system, references, this_person(), now)
            else:
                who = this_person()
                made = decide.repost(bridge.store, system, references, who, bridge.clock)
            done = (*done, *made)
    _tell(done, out)
    return 0


def _wanted(
    bridge: Bridge[System], arguments: Namespace, loaded: Settings, progress: Any
) -> dict[str, Sequence[str]]:
    """System → references: those named, or with `--loan` all of a loan that differ."""
    if arguments.loan:
        if arguments.references:
            raise UsageError(message("drift_not_both"))
        return _of_loan(bridge, arguments, loaded, progress)
    if not arguments.references:
        raise UsageError(message("drift_name"))
    wanted: dict[str, tuple[str, ...]] = {}
    for reference in arguments.references:
        name = _the_system(bridge, reference)
        wanted[name] = (*wanted.get(name, ()), reference)
    return {**wanted}


def _of_loan(
    bridge: Bridge[System], arguments: Namespace, loaded: Settings, progress: Any
) -> dict[str, Sequence[str]]:
    with bridge.store.read() as work:
        on = {name: books.id for name, books in bridge.books.items()}
        loan = loan_of(work, loaded, on, arguments.loan)
    if loan is None:
        raise UsageError(message("loan_unknown", loan=arguments.loan))
    wanted: dict[str, Sequence[str]] = {}
    for result in _compared(bridge, progress):
        references = [
            item.reference
            for item in result.items
            if item.kind in _OPEN and item.loan in {loan[1], "/".join(loan)} and item.reference
        ]
        if references:
            wanted[result.system] = tuple(dict.fromkeys(references))
    if not wanted:
        raise UsageError(message("loan_same", loan=arguments.loan))
    return wanted


def _the_system(bridge: Bridge[System], reference: str) -> str:
    """The one system that a reference is about. Raises UsageError when it could be several."""
    with bridge.store.read() as work:
        known = [
            name
            for name, books in bridge.books.items()
            if work.bindings.named(books.id, reference)
            or work.entries.of(books.id, reference=reference, limit=1)
        ]
    if not known:
        raise UsageError(message("document_unknown", reference=reference))
    if len(known) > 1:
        raise UsageError(
            message("document_in_several", reference=reference, systems=", ".join(known))
        )
    return known[0]


def _compared(bridge: Bridge[System], progress: Any) -> tuple[SystemResult, ...]:
    return compare(
        bridge,
        bridge.today,
        bridge.clock.now(),
        names=False,
        listed=_ALL,
        progress=progress,
    ).systems


def _shown(result: SystemResult, accepted_too: bool) -> dict[str, Any]:
    kinds = frozenset(CHOICES) if accepted_too else _OPEN
    return {
        "checked": result.checked,
        "items": [_item(item) for item in result.items if _is_told(item, kinds)],
    }


def _is_told(item: Item, kinds: frozenset[ItemKind]) -> bool:
    """Documents that differ, and corrections that were stopped because they do."""
    return item.kind in kinds or item.cause == "outbox.drifted"


def _item(item: Item) -> dict[str, Any]:
    choices = CHOICES.get(item.kind, ("accept", "repost"))
    if item.cause == "customer.inactive":
        choices = ()  # it is made active again in the books
    if item.cause == "customer.merged":
        choices = ("adopt",)
    return {**json.item(item), "choices": choices}


def _tell(done: Sequence[Decided], out: Output) -> None:
    if out.json:
        out.document({"decisions": [msgspec.to_builtins(each) for each in done]})
    for each in done:
        fields = f" ({', '.join(each.differs)})" if each.differs else ""
        system, reference = each.system, each.reference
        if each.decision == "accept":
            out.line(message("drift_accept", system=system, reference=reference, fields=fields))
        else:
            out.line(message("drift_repost", system=system, reference=reference, fields=fields))
