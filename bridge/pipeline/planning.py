"""The plan of a pass, made after the state was checked for what it has forgotten."""

from __future__ import annotations

from bridge.core.plan import Plan
from bridge.pipeline.context import Books, Bridge, Orders, System
from bridge.pipeline.forgotten import Keeping
from bridge.pipeline.limits import UnsafePlan
from bridge.pipeline.plan import booking_of, plan
from bridge.pipeline.second_writer import SecondWriter
from bridge.pipeline.to_do import known_here, note_looked_at


def planned(
    bridge: Bridge[System],
    books: Books[System],
    run: str,
    orders: Orders,
) -> Plan:
    """The plan of a pass, made after the books were asked what they have of ours.

    Raises UnsafePlan, and SecondWriter beside somebody else.
    """
    keeping = Keeping(bridge, books, orders.progress, orders.take_over)
    keeping.meet()
    booking = booking_of(books)
    keeping.after_restoring(booking)

    def made_once() -> Plan:
        with bridge.store.read() as work:
            known = known_here(work, books)
        made = plan(
            bridge.store,
            books,
            booking,
            run,
            orders.limits,
            orders.approved,
            orders.progress,
            remap=orders.remap,
        )
        with bridge.store.begin() as work:
            note_looked_at(work, books, known)
        return made

    try:
        made = made_once()
    except UnsafePlan as unsafe:
        if not keeping.finds_more(booking, unsafe.plan.figures):
            raise
    except SecondWriter:
        keeping.knows_them_now(booking)
    else:
        if not keeping.finds_more(booking, made.figures):
            return made
    return made_once()
