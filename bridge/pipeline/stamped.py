"""Documents of ours that a tax office knows: they are neither changed nor taken back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bridge.core.books import Kind
from bridge.core.delivery import Binding, Operation, State
from bridge.core.holding import not_posted
from bridge.core.identity import base_reference
from bridge.core.ledger import LoanFile
from bridge.core.plan import Change, Hold
from bridge.core.remapping import REASON
from bridge.core.undo import at_rest
from bridge.store import Entry, LoanKey, Store, Work
from bridge.systems.base import AccountingReader

CODE = "books.stamped"
_FORMS = (Kind.INVOICE, Kind.CREDIT_NOTE)
_ALL = 1_000_000


def marks(
    work: Work, system: str, company: str, bound: Sequence[Binding], changes: Sequence[Change]
) -> dict[str, str]:
    """Reference of each document that `changes` would change or take back and that carries a tax
    office's mark, as the books were read last → that mark."""
    ids = {binding.reference: binding.external_id for binding in bound}
    found = {}
    for change in changes:
        reference, kind = change.document.reference, change.document.kind
        if change.operation is Operation.CREATE or reference not in ids:
            continue
        now = work.mirror_document(system, company, kind, ids[reference])
        if now is not None and now.stamp:
            found[reference] = now.stamp
    return found


def left_alone(
    file: LoanFile, bound: Sequence[Binding], changes: Sequence[Change], marked: dict[str, str]
) -> tuple[list[Change], list[Hold]]:
    """What is still to be done of a loan with such documents, and what is held of it.

    What the mapping alone would say otherwise of them is left out. Where the ledger has changed,
    nothing of the loan is posted: every document of it is made on what cannot be had.
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


def look_before_taking_back(store: Store, system: AccountingReader, run: str) -> None:
    """Look at the invoices and credit notes that a run takes back before anything of their loans is
    sent: what settles them goes first, and would be gone when the rest turns out to stay.

    Raises what the books raise when they are asked; then nothing was changed.
    """
    where = (system.name, system.company_id)
    with store.read() as work:
        waiting = work.entries(*where, run=run, state=State.PENDING, limit=_ALL)
        taken = [e for e in waiting if e.operation is Operation.VOID and e.kind in _FORMS]
        bound = {entry.id: work.binding(*where, entry.reference) for entry in taken}
    ids = {entry.id: each.external_id for entry in taken if (each := bound[entry.id])}
    now = []
    for kind in _FORMS:
        wanted = [ids[entry.id] for entry in taken if entry.kind is kind and entry.id in ids]
        found = system.fetch(kind, wanted).values() if wanted else ()
        now += [each for each in found if each.stamp]
    if not now:
        return
    known = {each.external_id for each in now}
    loans = {entry.loan for entry in taken if ids.get(entry.id) in known}
    with store.begin() as work:
        work.mirror_put(*where, now)
        for file in work.loan_files(work.change_seq(), loans):
            _give_up(work, where, file)


def _give_up(work: Work, where: tuple[str, str], file: LoanFile) -> None:
    key: LoanKey = (file.installation, file.loan_id)
    bound = work.bindings(*where, key)
    planned = [e for e in work.planned_before(*where, key) if e.state is State.PENDING]
    changes = [_change(entry) for entry in planned]
    left, holds = left_alone(file, bound, changes, marks(work, *where, bound, changes))
    work.supersede([e for e, change in zip(planned, changes, strict=True) if change not in left])
    if holds:
        work.put_holds(*where, key, holds)
        work.set_revisit(*where, key, CODE)


def _change(entry: Entry) -> Change:
    return Change(
        operation=entry.operation,
        document=entry.document,
        generation=entry.generation,
        reason=entry.reason,
    )
