"""Documents that surely are not in the books: not seen there, and no write of them can be on its
way."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.core.books import Document, Found, Kind, Several
from bridge.core.delivery import Posted, Rejected, ambiguous
from bridge.pipeline.context import Time
from bridge.systems.base import AccountingSystem


def find_surely(
    system: AccountingSystem,
    clock: Time,
    kind: Kind,
    wanted: Sequence[Document],
    links: dict[str, str],
) -> dict[str, Found]:
    """The documents of `wanted` that are in the books. One left out is not there and will not come,
    even if a write of it was cut off a moment ago. Raises what `find` raises."""
    wait_s = system.settles_in_s([document.reference for document in wanted])
    found = system.find(kind, wanted, links)
    missing = [document for document in wanted if document.reference not in found]
    if missing and wait_s > 0:
        clock.sleep(system.settles_in_s([document.reference for document in missing]))
        found |= system.find(kind, missing, links)
    return found


def outcome_of(reference: str, found: Found) -> Posted | Rejected:
    """The outcome of a creation, given what the books have under its reference."""
    return ambiguous(reference, found) if isinstance(found, Several) else Posted(found)
