"""The fate of writes whose answers were lost, learnt by asking the books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from bridge.core.books import Found, PostedDocument, Status, applied
from bridge.core.change.matching import differences
from bridge.core.delivery import Drifted, InDoubt, Operation, Outcome, Posted, Unavailable
from bridge.errors import TryLater
from bridge.pipeline.absence import outcome_of
from bridge.pipeline.apart import Unread, fetched
from bridge.pipeline.asking import Asking
from bridge.pipeline.readback import read_back
from bridge.store import Entry, Store
from bridge.store.waiting import WaitingWrites
from bridge.systems.base import AccountingSystem, books_of


def looked_up(
    store: Store,
    system: AccountingSystem,
    entries: Sequence[Entry],
    asking: Asking,
    *,
    sure: bool,
) -> dict[int, Outcome]:
    """The outcomes of writes of one operation and kind, by entry; one left out stays in doubt.

    `sure`: the product cannot be at work on them any more, so what does not show was not applied.
    Where the product refuses the question, for the signs in a name perhaps, or gives no answer, it
    is put for each write by itself. A write about which it refuses even that is looked for among
    all documents of the books.
    """
    outcomes, refused = asking.each(lambda part: _asked(system, part), entries)
    created = [entry for entry in refused if entry.operation is Operation.CREATE]
    changed = [entry for entry in refused if entry.operation is not Operation.CREATE]
    if changed:
        asking.leave(changed, TryLater(f"{system.name} refuses the question about it"))
    if created:
        try:
            outcomes |= _among_all(store, system, created, asking)
        except TryLater as trouble:
            asking.leave(created, trouble)
    if not sure:
        return {key: o for key, o in outcomes.items() if not isinstance(o, Unavailable)}
    return outcomes


def _among_all(
    store: Store, system: AccountingSystem, refused: Sequence[Entry], asking: Asking
) -> dict[int, Outcome]:
    """The outcomes of creations, found by reading all of the books; one that a listing shows and
    its own id does not tell stays in doubt."""
    read_back(store, system)
    with store.read() as work:
        waiting = WaitingWrites.on(work).waiting(books_of(system))
        ids = {side.entry.id: side.found.external_id for side in waiting if side.found}
    kind, unread = refused[0].kind, Unread()
    there = fetched(system, kind, [ids[e.id] for e in refused if e.id in ids], unread)
    silent = {e.id: unread[kind, ids[e.id]] for e in refused if (kind, ids.get(e.id)) in unread}
    asking.unanswered |= {entry: InDoubt(came) for entry, came in silent.items()}
    told = [e for e in refused if e.id not in silent]
    return {e.id: _created(e, there.get(ids.get(e.id, ""))) for e in told}


def _asked(system: AccountingSystem, entries: Sequence[Entry]) -> list[Outcome]:
    """The outcomes of writes of one operation and kind, by asking the books."""
    kind, operation = entries[0].kind, entries[0].operation
    if operation is Operation.CREATE:
        links: dict[str, str] = {}
        for entry in entries:
            links |= entry.links
        found = system.find(kind, [entry.document for entry in entries], links)
        found |= _told_again(system, entries, found)
        return [_created(entry, found.get(entry.reference)) for entry in entries]
    ids = [entry.binding.external_id for entry in entries if entry.binding]
    now = system.fetch(kind, ids)
    told = _changed if operation is Operation.UPDATE else _taken_back
    return [told(entry, now) for entry in entries]


def _told_again(
    system: AccountingSystem, entries: Sequence[Entry], found: Mapping[str, Found]
) -> dict[str, Found]:
    """The documents that were found, read once more by their own id.

    The first answer may give one the id or the number of another document, under which it would be
    bound. Raises TryLater where the two answers are not about one document.
    """
    live = {
        entry.reference: document
        for entry in entries
        if isinstance(document := found.get(entry.reference), PostedDocument)
        and document.status is Status.LIVE
    }
    if not live:
        return {}
    ids = [document.external_id for document in live.values()]
    now = system.fetch(entries[0].kind, ids)
    told: dict[str, Found] = {}
    for reference, document in live.items():
        again = now.get(document.external_id)
        if again is None or again.number != document.number:
            raise TryLater(
                f"{system.name} gave {reference} the id {document.external_id}, and under that id "
                f"tells another document, or none. Nothing was concluded."
            )
        told[reference] = again
    return told


def _created(entry: Entry, found: Found | None) -> Outcome:
    if found is None:
        return Unavailable("not in the books")
    return outcome_of(entry.reference, found)


def _changed(entry: Entry, now: dict[str, PostedDocument]) -> Outcome:
    """The outcome of an update in doubt: applied, not applied, or somebody else changed the
    document."""
    assert entry.binding is not None, f"{entry.reference} has no binding to change"
    current = now.get(entry.binding.external_id)
    if current is None or current.status is not Status.LIVE:
        return Drifted(current)
    if not differences(entry.document, current, entry.links):
        return Posted(current)
    if not differences(entry.binding.document, current, entry.links):
        return Unavailable("not changed")
    if _is_changed_in_part(entry, current):
        return Unavailable("changed in part")
    return Drifted(current)


def _taken_back(entry: Entry, now: dict[str, PostedDocument]) -> Outcome:
    """The outcome of a void in doubt. A document that is gone may be so by somebody's hand, so it
    counts as voided, but not as sent by us."""
    binding = entry.binding
    assert binding is not None, f"{entry.reference} has no binding to void"
    current = now.get(binding.external_id)
    if current is not None and current.status in {Status.LIVE, Status.DRAFT}:
        return Unavailable("not voided")
    left = current or binding.posted
    if left is None:
        return Unavailable("gone")
    status = current.status if current is not None else Status.DELETED
    return Posted(msgspec.structs.replace(left, status=status), sent=False)


def _is_changed_in_part(entry: Entry, current: PostedDocument) -> bool:
    """Whether only some of the document's applications have changed as wanted: some products are
    told them invoice by invoice."""
    assert entry.binding is not None
    before = entry.binding.posted
    steps = set(before.applications) if before is not None else set()
    steps |= {(entry.links.get(i, ""), amount) for i, amount in applied(entry.document).items()}
    fields = {d.field for d in differences(entry.document, current, entry.links)}
    return fields == {"applications"} and steps.issuperset(current.applications)
