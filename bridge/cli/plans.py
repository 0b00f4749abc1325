"""Plan files: what a pass would do, to be looked at by a person and then done, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bridge.core.books import Customer
from bridge.core.money import text
from bridge.errors import UsageError
from bridge.pipeline.context import Bridge, System
from bridge.pipeline.sync import SyncResult
from bridge.store.values import Entry

FORMAT = 1
ENTRIES_MAX = 1_000_000


class PlanFile(msgspec.Struct, kw_only=True):
    """What `--plan-out` writes. The digest, and whether the mapping was applied to what is posted,
    are read again; the rest is for people."""

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
        plan = msgspec.json.decode(path.read_bytes(), type=PlanFile)
    except FileNotFoundError as error:
        raise UsageError(f"{path}: there is no such plan.") from error
    except msgspec.DecodeError as error:
        raise UsageError(f"{path} is not a plan. Write one with --plan-out.") from error
    if plan.format != FORMAT:
        raise UsageError(f"{path} was written by another version. Write it again.")
    return plan


def _changes(bridge: Bridge[System], result: SyncResult) -> Iterator[dict[str, Any]]:
    """Everything that this run put into the outbox, in order of posting."""
    with bridge.store.read() as work:
        for name, books in bridge.books.items():
            entries = work.entries(name, books.company, run=result.run, limit=ENTRIES_MAX)
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
