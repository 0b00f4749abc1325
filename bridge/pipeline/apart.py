"""Fetching documents by id so that one that gets no answer never costs the others theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bridge.core.books import Kind, PostedDocument
from bridge.errors import PersonNeeded, Problem
from bridge.systems.apart import BY_THEMSELVES, told_apart
from bridge.systems.base import AccountingReader

Unread = dict[tuple[Kind, str], str]
"""Document of the books → what came back instead of it."""


def fetched(
    system: AccountingReader, kind: Kind, external_ids: Sequence[str], unread: Unread
) -> dict[str, PostedDocument]:
    """The documents that were told, by id; adds to `unread` those that got no answer even alone.

    Raises TryLater where the product asks to wait, or where it is not these documents' trouble.
    """
    room = max(BY_THEMSELVES - len(unread), 0)
    found, untold = told_apart(
        lambda part: system.fetch(kind, part), external_ids, system.chart, room
    )
    unread |= {(kind, external_id): came for external_id, came in untold.items()}
    return found


def told_to_a_person(
    system: AccountingReader, kind: Kind, wanted: Mapping[str, str], way_out: str
) -> dict[str, PostedDocument]:
    """The documents of these ids, each of which stands for a reference, by id.

    Raises PersonNeeded for those that the books do not tell while they answer otherwise: asking
    again by itself ends nothing. `way_out` is the command that does, of a {reference} and an {id}.
    """
    unread = Unread()
    found = fetched(system, kind, list(wanted), unread)
    if unread:
        system.chart()  # raises where the product answers nobody
        named = {wanted[each]: (each, came) for (_, each), came in unread.items()}
        raise not_told(system.name, kind, named, way_out)
    return found


def not_told(
    system: str, kind: Kind, named: Mapping[str, tuple[str, str]], way_out: str
) -> PersonNeeded:
    """The error for documents that the books do not tell: reference → id, and what came back."""
    problems = [
        Problem(
            reference,
            f"{system} gives no answer about the {kind.value} with the id {external_id}: {came}",
            f"Open it there: once it can be read, the same command goes on. Or, to end it now: "
            f"{way_out.format(reference=reference, id=external_id)}",
        )
        for reference, (external_id, came) in sorted(named.items())
    ]
    return PersonNeeded(
        "Nothing was decided, since the books do not tell what it is about.", problems
    )
