"""Plan files: what a pass would do, to be looked at by a person and then done, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bridge.cli.paths import content, new_file
from bridge.core.books import Customer
from bridge.core.message import message
from bridge.core.money import text
from bridge.errors import UsageError
from bridge.pipeline.context import Bridge, System
from bridge.pipeline.sync import SyncResult
from bridge.settings import Settings
from bridge.store.values import Entry
from bridge.tomlfiles import shown as shown_path

FORMAT = 1
ENTRIES_MAX = 1_000_000
_BYTES_MAX = 2**30


class PlanFile(msgspec.Struct, kw_only=True):
    """The file that `--plan-out` writes. The digest, and whether the mapping was applied to what is
    posted, are read again; the rest is for people."""

    format: int
    digest: str
    apply_mapping: bool = False
    changes: list[dict[str, Any]] = []


def written_plan(bridge: Bridge[System], result: SyncResult, *, remap: bool) -> bytes:
    """The plan of this run as a file."""
    changes = list(_changes(bridge, result))
    plan = PlanFile(format=FORMAT, digest=result.digest, apply_mapping=remap, changes=changes)
    return msgspec.json.format(msgspec.json.encode(plan), indent=2) + b"\n"


def approved_by(path: Path) -> PlanFile:
    """A plan file, as it was written."""
    try:
        plan = msgspec.json.decode(content(path, "--apply", _BYTES_MAX), type=PlanFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(message("plan_not", path=str(path))) from error
    if plan.format != FORMAT:
        raise UsageError(message("plan_other_version", path=str(path)))
    return plan


def place_for_plan(path: Path, loaded: Settings, config: Path | None) -> Path:
    """The path that a plan may be written to: nothing is there, or an older plan. Raises
    UsageError."""
    new_file(path, "--plan-out", loaded, config)
    if path.is_file():
        try:
            msgspec.json.decode(content(path, "--plan-out", _BYTES_MAX), type=PlanFile)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UsageError(message("plan_out_no_plan", path=shown_path(path))) from error
    return path


def _changes(bridge: Bridge[System], result: SyncResult) -> Iterator[dict[str, Any]]:
    """Everything that this run put into the outbox, in order of posting."""
    with bridge.store.read() as work:
        for name, books in bridge.books.items():
            entries = work.entries.of(books.id, run=result.run, limit=ENTRIES_MAX)
            for entry in sorted(entries, key=lambda each: (each.phase, each.id)):
                yield shown(name, entry)


def shown(system: str, entry: Entry) -> dict[str, Any]:
    """One change in a person's words; no names."""
    document = entry.document
    shown: dict[str, Any] = {
        "system": system,
        "operation": entry.operation.value,
        "kind": entry.kind.value,
        "reference": entry.reference,
        "loan": entry.loan[1],
        "reason": entry.reason,
    }
    if not isinstance(document, Customer):
        shown |= {
            "date": document.day.isoformat(),
            "currency": document.currency,
            "total": text(document.total, document.currency),
        }
    return shown
