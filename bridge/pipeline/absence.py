"""What is surely not in the books: not to be seen there, and nothing can be on its way any more."""

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
    """Those of `wanted` that are in the books; one left out is not there and will not come, though
    a write of it may have been cut off a moment ago. Raises what `find` raises."""
    wait_s = system.settles_in_s([document.reference for document in wanted])
    found = system.find(kind, wanted, links)
    missing = [document for document in wanted if document.reference not in found]
    if missing and wait_s > 0:
        clock.sleep(system.settles_in_s([document.reference for document in missing]))
        found |= system.find(kind, missing, links)
    return found


def outcome_of(reference: str, found: Found) -> Posted | Rejected:
    """What became of a creation of which the books have this."""
    return ambiguous(reference, found) if isinstance(found, Several) else Posted(found)
