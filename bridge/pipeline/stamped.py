"""Documents of ours that a tax office knows: they are neither changed nor taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from bridge.core.books import Kind, PostedDocument
from bridge.core.change.remapping import REASON
from bridge.core.change.undo import at_rest
from bridge.core.delivery import Binding, Operation, State
from bridge.core.identity import BooksId, base_reference
from bridge.core.ledger import LoanFile
from bridge.core.loan.holding import not_posted
from bridge.core.plan import Change, Hold
from bridge.core.tie_out.patience import LOOKED_FOR_FIRST
from bridge.pipeline.apart import Unread, fetched
from bridge.store import Entry, LoanKey, Store, Work
from bridge.systems.base import AccountingReader, books_of

CODE = "books.stamped"
_FORMS = (Kind.INVOICE, Kind.CREDIT_NOTE)
_ALL = 1_000_000


def marks(
    work: Work, where: BooksId, bound: Sequence[Binding], changes: Sequence[Change]
) -> dict[str, str]:
    """Reference of each document that `changes` would change or take back and that carries a tax
    office's mark, as the books were read last → that mark."""
    ids = {binding.reference: binding.external_id for binding in bound}
    found = {}
    for change in changes:
        reference, kind = change.document.reference, change.document.kind
        if change.operation is Operation.CREATE or reference not in ids:
            continue
        now = work.mirror.document(where, kind, ids[reference])
        if now is not None and now.stamp:
            found[reference] = now.stamp
    return found


def left_alone(
    file: LoanFile, bound: Sequence[Binding], changes: Sequence[Change], marked: dict[str, str]
) -> tuple[list[Change], list[Hold]]:
    """The changes left for a loan that has documents known to a tax office, and its holds.

    A change that only the mapping wants is left out for those documents. Where the ledger has
    changed, nothing of the loan is posted, since every document of it would rest on one that cannot
    be changed.
    """
    theirs = [change for change in changes if change.document.reference in marked]
    if all(change.reason == REASON for change in theirs):
        bases = {base_reference(reference) for reference in marked}
        return [c for c in changes if base_reference(c.document.reference) not in bases], []
    reference = next(c.document.reference for c in theirs if c.reason != REASON)
    if file.loan is None or file.loan.annulled:
        documents = [binding.document for binding in bound if binding.in_force]
        rest = at_rest(file, documents, CODE)
    else:
        rest = not_posted(file, file.loan, CODE, bound)
    about = {"subject": f"document:{reference}", "detail": marked[reference]}
    return [], [msgspec.structs.replace(hold, **about) for hold in rest]


class Untold(msgspec.Struct, frozen=True, kw_only=True):
    """The documents that the books did not tell before a run takes something back."""

    came: dict[int, str] = {}
    """Entry → what came back instead of its document."""
    left: frozenset[int] = frozenset()
    """The entries of their loans that wait to be sent: nothing of those is touched meanwhile."""


def look_before_taking_back(store: Store, system: AccountingReader, run: str) -> Untold:
    """Look at the invoices and credit notes that a run takes back, before anything of their loans
    is sent: their applications go first, and would be gone if the document then turns out to stay.
    Looks again at those of earlier runs that were not told then; one that was given up is a
    person's, and its loan waits with it.

    Raises what the books raise when they answer nobody; then nothing was changed.
    """
    where = books_of(system)
    with store.read() as work:
        tried = work.trials.under_trial(where)
        waiting = work.entries.of(where, state=State.PENDING, operation=Operation.VOID, limit=_ALL)
        forms = [e for e in waiting if e.kind in _FORMS]
        taken = [e for e in forms if e.run == run or e.id in tried]
        bound = {entry.id: work.bindings.named(where, entry.reference) for entry in taken}
        ended = work.entries.of(where, state=State.REJECTED, operation=Operation.VOID, limit=_ALL)
    stuck = {e.loan for e in ended if e.kind in _FORMS and e.code in LOOKED_FOR_FIRST}
    if not taken and not stuck:
        return Untold()
    ids = {entry.id: each.external_id for entry in taken if (each := bound[entry.id])}
    now, unread = [], Unread()
    for kind in _FORMS:
        wanted = [ids[entry.id] for entry in taken if entry.kind is kind and entry.id in ids]
        found = fetched(system, kind, wanted, unread).values() if wanted else ()
        now += [each for each in found if each.stamp]
    _leave_what_is_stamped(store, where, taken, ids, now)
    silent = {e.id: c for e in taken if (c := unread.get((e.kind, ids.get(e.id, ""))))}
    loans = stuck | {entry.loan for entry in taken if entry.id in silent}
    with store.read() as work:
        rest = work.entries.planned_before(where, loans).values()
    left = frozenset(e.id for several in rest for e in several if e.state is State.PENDING)
    return Untold(came=silent, left=left)


def _leave_what_is_stamped(
    store: Store,
    where: BooksId,
    taken: Sequence[Entry],
    ids: Mapping[int, str],
    now: Sequence[PostedDocument],
) -> None:
    if not now:
        return
    known = {each.external_id for each in now}
    loans = {entry.loan for entry in taken if ids.get(entry.id) in known}
    with store.begin() as work:
        work.mirror.put(where, now)
        for file in work.ledger.loan_files(work.ledger.change_seq(), loans):
            _give_up(work, where, file)


def _give_up(work: Work, where: BooksId, file: LoanFile) -> None:
    key: LoanKey = (file.installation, file.loan_id)
    bound = work.bindings.of_loan(where, key)
    before = work.entries.planned_before(where, [key]).get(key, [])
    planned = [entry for entry in before if entry.state is State.PENDING]
    changes = [_change(entry) for entry in planned]
    left, holds = left_alone(file, bound, changes, marks(work, where, bound, changes))
    work.outbox.supersede(
        [e for e, change in zip(planned, changes, strict=True) if change not in left]
    )
    if holds:
        work.plans.put_holds(where, key, holds)
        work.plans.set_revisit(where, key, CODE)


def _change(entry: Entry) -> Change:
    return Change(
        operation=entry.operation,
        document=entry.document,
        generation=entry.generation,
        reason=entry.reason,
    )
