"""Changed loans → what must be written, put into the outbox in one transaction."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from bridge.core.mapping.booking import Booking, Limits, resolve
from bridge.core.mapping.finder import NotTold
from bridge.core.message import together
from bridge.core.plan import Plan
from bridge.errors import ConfigurationError, PersonNeeded, Problem, TryLater
from bridge.pipeline.context import Books, PlanLimits, Progress, System
from bridge.pipeline.limits import refuse_unsafe
from bridge.pipeline.planner import Planner
from bridge.pipeline.rates import rates_of_loans
from bridge.store import Store
from bridge.systems.base import Capabilities


def booking_of(books: Books[System]) -> Booking:
    """The mapping tied to the company's chart as it is now.

    Raises ConfigurationError with every problem: nothing is booked on a mapping that does not
    fit the chart. Raises TryLater where all that is wrong is something that the books do not tell.
    """
    chart = books.system.chart()
    booking, problems = resolve(
        books.mapping, chart, limits_of(books.system.capabilities), books.where
    )
    if books.cutover is not None and "opening" not in books.mapping.lines:
        where = f"{books.where}, [lines.opening]"
        what = f"is missing, and bridge.toml says that {books.name} began on {books.cutover}."
        problems = [*problems, Problem(where, what, "Name the account of opening balances there.")]
        booking = None
    if booking is None and all(isinstance(problem, NotTold) for problem in problems):
        raise TryLater(together(problem.told for problem in problems))
    if booking is None:
        raise ConfigurationError(
            f"{books.where} does not fit the chart of accounts of {chart.company.name}.", problems
        )
    if not chart.company.writable:
        raise PersonNeeded(f"{chart.company.name} refuses writes: look at its subscription.")
    if not chart.company.own_numbers:
        raise ConfigurationError(
            f"{chart.company.name} numbers its own documents.",
            [
                Problem(
                    f"{books.name}, sales form settings",
                    "custom transaction numbers are off, so our references would be lost.",
                    "Switch them on in the company's settings.",
                )
            ],
        )
    return msgspec.structs.replace(booking, cutover=books.cutover)


def limits_of(can: Capabilities) -> Limits:
    return Limits(
        line_target=can.line_target,
        name_length=can.name_length,
        name_forbidden=can.name_forbidden,
        memo_length=can.memo_length,
        description_length=can.description_length,
        one_currency_per_customer=can.one_currency_per_customer,
        updates=can.update,
        receipt_parts=can.receipt_parts,
        sales_in_account_currency=can.sales_in_account_currency,
        dated_uses=can.dated_uses,
    )


def plan(
    store: Store,
    books: Books[System],
    booking: Booking,
    run: str,
    limits: PlanLimits,
    approved: Collection[str],
    progress: Progress,
    *,
    remap: bool = False,
) -> Plan:
    """Plan every loan that changed since the last plan, and enqueue what it needs.

    `remap`: plan every loan there is, and bring what is posted to what the mapping says now.

    `approved` are the digests of plans that a person has seen; with any, nothing else is done.
    Raises UnsafePlan when the plan is over the limits and not one of them, and SecondWriter when it
    comes upon documents of ours that this state never heard of; then the store is as it was.
    """
    rates_of_loans(store, books, booking)
    with store.begin() as work:
        planner = Planner(work, books, booking, run, remap=remap)
        planner.put_back_what_is_owned()
        since = 0 if remap else work.plans.planned_through(books.id)
        revisits = work.plans.revisits(books.id)
        planner.loans(work.ledger.loan_files(since, revisits), progress)
        made = planner.finish()
        refuse_unsafe(made, limits, approved)
        return made
