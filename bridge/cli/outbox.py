"""`outbox list|show|retry|drop|now`: writes on their way, and what a person decides about them."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

import msgspec

from bridge.cli.output import Output, plainly_told
from bridge.cli.plans import shown
from bridge.cli.session import companies, open_settings, open_state, this_person
from bridge.clock import SystemClock
from bridge.core.delivery import UNSETTLED, WAITS_FOR_A_PERSON, State
from bridge.core.message import message
from bridge.core.tie_out.patience import LOOKED_FOR_FIRST
from bridge.errors import UsageError
from bridge.report.details import english
from bridge.store.values import Entry

KEYS = ("entry", "system", "operation", "kind", "reference", "state", "attempt", "detail")
"""What a line of the list shows of an entry."""


def list(arguments: Namespace, out: Output) -> int:
    """Entries that are not finished, or those of the states asked for."""
    loaded = open_settings(arguments)
    states = [State(name) for name in arguments.state or ()]
    states = states or sorted(UNSETTLED | WAITS_FOR_A_PERSON)
    lines: dict[int, dict[str, Any]] = {}
    with open_state(loaded) as store, store.read() as work:
        for name, where in companies(arguments, loaded).items():
            for state in states:
                left = arguments.limit - len(lines)
                if left <= 0:
                    break
                for entry in work.entries.of(where, state=state, limit=left):
                    lines[entry.id] = told(name, entry)
    ordered = [lines[number] for number in sorted(lines)]
    if out.json:
        out.document({"entries": ordered})
    rows = [[line[key] for key in KEYS] for line in ordered]
    out.table([f">{KEYS[0]}", *KEYS[1:]], rows)
    if not ordered:
        out.say(message("outbox_empty"))
    return 0


def show(arguments: Namespace, out: Output) -> int:
    """One entry, its document, and what people decided about it."""
    loaded = open_settings(arguments)
    with open_state(loaded) as store, store.read() as work:
        entry = work.entries.numbered(arguments.entry)
        if entry is None:
            raise UsageError(message("outbox_no_entry", entry=arguments.entry))
        decisions = [plainly_told(d) for d in work.decisions.latest() if d.entry == entry.id]
    document = told("", entry) | {
        "run": entry.run,
        "key": entry.key,
        "generation": entry.generation,
        "waiting": entry.waiting,
        "not_before": entry.not_before,
        "document": without_person(msgspec.to_builtins(entry.document)),
        "decisions": decisions,
    }
    del document["system"]
    if out.json:
        out.document(document)
    for key, value in document.items():
        if key not in ("document", "decisions"):
            out.line(f"{key:<12}{value}")
    out.line()
    out.line(msgspec.json.format(msgspec.json.encode(document["document"]), indent=2).decode())
    for decision in decisions:
        out.line(f"{decision.at[:19]} {decision.who}: {decision.verb}")
    return 0


def retry(arguments: Namespace, out: Output) -> int:
    """Send rejected or drifted entries again at the next pass."""
    return _decide(arguments, out, "retry")


def drop(arguments: Namespace, out: Output) -> int:
    """Do not send entries: reconcile will say that they are missing."""
    return _decide(arguments, out, "drop")


def now(arguments: Namespace, out: Output) -> int:
    """Let entries, or all that wait for their time, be sent by the next pass at once."""
    loaded = open_settings(arguments)
    at, who = SystemClock().now().isoformat(), this_person()
    lifted = {}
    with open_state(loaded) as store, store.begin() as work:
        for number in arguments.entry:
            work.decisions.send_now(number, who, at)
        if not arguments.entry:
            for name, where in companies(arguments, loaded).items():
                lifted[name] = work.decisions.send_all_now(where, who, at)
    if out.json:
        out.document({"decision": "now", "entries": arguments.entry, "systems": lifted})
    if arguments.entry:
        numbers = ", ".join(str(number) for number in arguments.entry)
        out.line(message("outbox_entries_now", entries=numbers))
    for name, number in lifted.items():
        out.line(message("outbox_system_now", system=name, count=number))
    return 0


def _decide(arguments: Namespace, out: Output, verb: str) -> int:
    """All of the entries, or none when one of them cannot be decided so."""
    at = SystemClock().now().isoformat()
    who = this_person()
    unknown = []
    with open_state(open_settings(arguments)) as store, store.begin() as work:
        for number in arguments.entry:
            entry = work.entries.numbered(number)
            if entry is not None and entry.code in LOOKED_FOR_FIRST:
                unknown.append(entry.reference)
            if verb == "retry":
                work.decisions.retry(number, who, at)
            else:
                work.decisions.drop(number, who, at)
    if out.json:
        out.document({"decision": verb, "entries": arguments.entry})
    done = "will be sent by the next sync" if verb == "retry" else "will not be sent"
    out.line(f"{', '.join(str(number) for number in arguments.entry)}: {done}")
    if unknown and verb == "retry":
        out.line(message("outbox_looked_for", references=", ".join(unknown)))
    elif unknown:
        out.line(message("outbox_may_be", references=", ".join(unknown)))
    return 0


def told(system: str, entry: Entry) -> dict[str, Any]:
    """An entry in a person's words; no names."""
    return {
        "entry": entry.id,
        **shown(system, entry),
        "state": entry.state.value,
        "attempt": entry.attempt,
        "code": entry.code,
        "detail": english(entry.detail),
    }


def without_person(document: dict[str, Any]) -> dict[str, Any]:
    """A document without what belongs to a person."""
    return {
        key: value
        for key, value in document.items()
        if key not in ("name", "phone", "email", "facts")
    }
