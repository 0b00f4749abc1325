"""Whether a pass on one company's books has anything to do."""

from __future__ import annotations

from bridge.core.delivery import State
from bridge.pipeline.context import Books, System
from bridge.store import Store


def has_work(store: Store, books: Books[System]) -> bool:
    """Whether a pass would have to ask the books anything."""
    with store.read() as work:
        name, company = books.name, books.company
        if work.touched_since(work.planned_through(name, company)):
            return True
        counts = work.outbox_counts(name, company)
        waiting = (State.PENDING, State.SENDING, State.IN_DOUBT, State.POSTED)
        if any(counts.get(state) for state in waiting) or work.revisits(name, company):
            return True
        # What was edited is put back only where the mapping owns fields.
        return bool(books.mapping.own) and work.has_altered(name, company)
