"""Books that rest after an undoing: the reason, and the changes of the ledger that they lack
meanwhile."""

from __future__ import annotations

from bridge.core.books import Document
from bridge.core.delivery import UNSETTLED, WAITS_FOR_A_PERSON, Operation, State
from bridge.core.identity import BooksId
from bridge.errors import PersonNeeded
from bridge.pipeline.context import Books, System
from bridge.store import LoanKey, Store, Work

_UNDER_WAY = (UNSETTLED - {State.POSTED}) | WAITS_FOR_A_PERSON | {State.DROPPED}
_MOST_OF_A_LOAN = 100_000


class Resting(PersonNeeded):
    """Nothing is planned for books in which a run was undone."""


def resting(store: Store, books: Books[System]) -> Resting | None:
    """The reason why nothing is planned for these books after a person has undone a run; None where
    they do not rest."""
    with store.read() as work:
        run = work.decisions.paused_by(books.id)
    if not run:
        return None
    return Resting(
        f"{books.name} rests, since {run} was undone. To post what the ledger wants again: "
        "ledger-bridge sync --resume"
    )


def hold_what_is_new(store: Store, books: Books[System], code: str = "run.undone") -> None:
    """Hold every loan that changed since these books were planned last, with what they lack of it,
    so that each morning's comparison explains all of it. They are planned when the books go on."""
    from bridge.core.change.undo import at_rest  # brings all of a loan along, and few books rest

    where = books.id
    with store.begin() as work:
        for file in work.ledger.loan_files(work.plans.planned_through(where)):
            key: LoanKey = (file.installation, file.loan_id)
            work.plans.put_holds(where, key, at_rest(file, _on_the_way(work, where, key), code))


def _on_the_way(work: Work, where: BooksId, key: LoanKey) -> list[Document]:
    """A loan's documents in the books, as they will be once all writes under way have gone
    through."""
    found = {b.reference: b.document for b in work.bindings.of_loan(where, key) if not b.voided}
    for entry in work.entries.of(where, loan=key, limit=_MOST_OF_A_LOAN):
        if entry.state not in _UNDER_WAY:
            continue
        if entry.operation is Operation.VOID:
            found.pop(entry.reference, None)
        else:
            found[entry.reference] = entry.document
    return list(found.values())
