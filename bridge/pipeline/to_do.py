"""The question before each pass: is there anything to do for one company's books?"""

from __future__ import annotations

from hashlib import blake2b

from bridge.core.delivery import State
from bridge.core.plan import ASKED_ABOUT, REVISITED
from bridge.core.tie_out.known import LOGIN
from bridge.pipeline.context import Books, System
from bridge.pipeline.older_state import may_have_forgotten
from bridge.store import Store, Work

_UNDER_WAY = (State.PENDING, State.SENDING, State.IN_DOUBT, State.POSTED)
_LOOKED = "looked.{}.{}"
"""What the state notes of each company: what was known when its holds were looked at last."""


def has_work(store: Store, books: Books[System]) -> bool:
    """Whether a pass would have to ask the books anything.

    The ledger changed, something is on its way or to be done again, or the books are in doubt.
    Loans that are held are looked at again when something else changed that may end it.
    """
    with store.read() as work:
        where = books.id
        if work.ledger.touched_since(work.plans.planned_through(where)):
            return True
        counts = work.outbox.counts(where)
        if any(counts.get(state) for state in _UNDER_WAY):
            return True
        return _is_in_doubt(store, work, books) or _is_to_be_looked_at(work, books)


def known_here(work: Work, books: Books[System]) -> str:
    """A digest of all that holds depend on beside the loan's own rows, as far as the state knows
    it: the day, the mapping, what is posted, the books as they were read last, and what people
    decided."""
    where = books.id
    delivery, intake = work.tasks.delivery(), work.tasks.last_intake()
    known = (
        delivery and delivery.day,
        intake and intake[1],
        books.mapping.model_dump_json(),
        books.cutover,
        books.declared,
        work.mirror.cursor(where),
        sorted(work.outbox.counts(where).items()),
        sorted(work.bindings.counts(where).items()),
        work.decisions.newest(),
        work.tasks.last_answer(),
    )
    return blake2b(repr(known).encode(), digest_size=16).hexdigest()


def note_looked_at(work: Work, books: Books[System], known: str) -> None:
    """Every hold was looked at, in a plan that began when so much was known."""
    work.upkeep.note(_LOOKED.format(books.name, books.company), known)


def _is_in_doubt(store: Store, work: Work, books: Books[System]) -> bool:
    """Whether the state may be behind the books, or nobody knows that there is a login again."""
    where = books.id
    last = work.tasks.comparison(where)
    logged_out = last is not None and last.stop is not None and last.stop.code == LOGIN
    return logged_out or may_have_forgotten(store, work, where)


def _is_to_be_looked_at(work: Work, books: Books[System]) -> bool:
    """Whether loans are to be planned again although their rows are as they were.

    What may have ended in the books, where somebody opened a month, is asked about at each pass
    that a person runs, and once a day at those that nobody waits for.
    """
    reasons = work.plans.revisit_reasons(books.id).keys()
    if reasons - REVISITED or (reasons & ASKED_ABOUT and not books.patient):
        return True
    # What was edited is put back only where the mapping owns fields.
    edited = bool(books.mapping.own) and work.mirror.has_altered(books.id)
    if not reasons and not edited:
        return False
    return work.upkeep.noted(_LOOKED.format(books.name, books.company)) != known_here(work, books)
