"""Changed loans → what must be written, put into the outbox in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import date

from bridge.core import identity
from bridge.core.booking import Booking, Limits, resolve
from bridge.core.books import Customer, Kind
from bridge.core.delivery import Operation, State
from bridge.core.diff import change_digest, customer_change, diff
from bridge.core.identity import base_reference
from bridge.core.ledger import LoanFile
from bridge.core.plan import HOLD_CODES, Change, Hold, Plan, PlanFigures
from bridge.core.review import review_borrower
from bridge.core.translate import translate
from bridge.errors import ConfigurationError, PersonNeeded, Problem
from bridge.pipeline.context import Books, PlanLimits, Progress, System
from bridge.store import NO_LOAN, LoanKey, NewEntry, Store, Work
from bridge.systems.base import AccountingReader, Capabilities

_REVISITED = HOLD_CODES | {"debt.amount_edited", "debt.currency_unknown"}
"""Holds that may go away although the loan's rows stay as they are."""


class UnsafePlan(PersonNeeded):
    """The plan is larger than the limits allow. Nothing was put into the outbox."""

    def __init__(self, message: str, plan: Plan, problems: Sequence[Problem]) -> None:
        super().__init__(message, problems)
        self.plan = plan


def booking_of(books: Books[System]) -> Booking:
    """The mapping tied to the company's chart as it is now.

    Raises ConfigurationError with every problem: nothing is booked on a mapping that does not
    fit the chart.
    """
    chart = books.system.chart()
    booking, problems = resolve(
        books.mapping, chart, limits_of(books.system.capabilities), books.where
    )
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
    return booking


def limits_of(can: Capabilities) -> Limits:
    return Limits(
        line_target=can.line_target,
        name_length=can.name_length,
        name_forbidden=can.name_forbidden,
        memo_length=can.memo_length,
        description_length=can.description_length,
        one_currency_per_customer=can.one_currency_per_customer,
        updates_receipts=Kind.RECEIPT in can.update,
        receipt_parts=can.receipt_parts,
    )


def has_work(store: Store, books: Books[System]) -> bool:
    """Whether a pass would have to ask the books anything."""
    with store.read() as work:
        name, company = books.name, books.company
        if work.change_seq() > work.planned_through(name, company):
            return True
        counts = work.outbox_counts(name, company)
        waiting = (State.PENDING, State.SENDING, State.IN_DOUBT, State.POSTED)
        return any(counts.get(state) for state in waiting) or bool(work.revisits(name, company))


def plan(
    store: Store,
    books: Books[System],
    booking: Booking,
    run: str,
    limits: PlanLimits,
    approved: Collection[str],
    progress: Progress,
) -> Plan:
    """Plan every loan that changed since the last plan, and enqueue what it needs.

    `approved` are the digests of plans that a person has seen; with any, nothing else is done.
    Raises UnsafePlan when the plan is over the limits and not one of them; then the store is as it
    was.
    """
    _ask_rates(store, books, booking)
    with store.begin() as work:
        planner = _Planner(work, books, booking, run)
        for number, file in enumerate(
            work.loan_files(
                work.planned_through(books.name, books.company),
                work.revisits(books.name, books.company),
            ),
            start=1,
        ):
            planner.loan(file)
            if number % 100 == 0:
                progress("planned", number, 0)
        made = planner.finish()
        problems = _over_limits(made, limits, run)
        if problems and made.digest not in approved:
            raise UnsafePlan(
                f"The plan for {books.name} is larger than [limits] allow. Nothing was posted.",
                made,
                problems,
            )
        planned = made.figures.create + made.figures.update + made.figures.void
        if approved and planned and made.digest not in approved:
            raise UnsafePlan(
                f"The plan for {books.name} is not the one that was approved.",
                made,
                [
                    Problem(
                        f"--approve {'-'.join(approved)}",
                        f"the plan is now {made.digest}.",
                        "Look at it again with `ledger-bridge sync --dry-run`.",
                    )
                ],
            )
        return made


def _over_limits(made: Plan, limits: PlanLimits, run: str) -> list[Problem]:
    fix = f"Look at it with --dry-run; if it is right, run again with --approve {made.digest}"
    figures = made.figures
    documents = figures.create + figures.update + figures.void
    found = []
    if documents > limits.documents:
        what = f"the plan has {documents} documents, the limit is {limits.documents}."
        found.append(Problem("[limits] documents", what, fix))
    if figures.void > limits.voids:
        what = f"the plan voids {figures.void} documents, the limit is {limits.voids}."
        found.append(Problem("[limits] voids", what, fix))
    for currency, most in limits.money.items():
        planned = figures.posted_money.get(currency)
        if planned is not None and planned > most:
            what = f"the plan posts {planned} {currency}, the limit is {most}."
            found.append(Problem(f"[limits.money] {currency}", what, fix))
    return found


def _ask_rates(store: Store, books: Books[System], booking: Booking) -> None:
    """Rates of the company's own list, for the days that the mapping leaves to it."""
    if not any(rules.source == "books" for rules in booking.mapping.currencies.values()):
        return
    wanted: set[tuple[str, date]] = set()
    with store.read() as work:
        seq = work.planned_through(books.name, books.company)
        for file in work.loan_files(seq, work.revisits(books.name, books.company)):
            if file.loan is None or file.loan.currency == booking.company.home_currency:
                continue
            days = {file.loan.start, *(r.paid_on for r in file.repayments)}
            days |= {a.on for a in file.adjustments}
            wanted |= {(file.loan.currency, day) for day in days}
    for currency, day in sorted(wanted):
        if booking.asks_books_for_rate(currency, day):
            booking.book_rates[currency, day] = books.system.rate(currency, day)


class _Planner:
    """Plans one loan after another inside one transaction."""

    def __init__(
        self, work: Work, books: Books[AccountingReader] | Books[System], booking: Booking, run: str
    ) -> None:
        self.work, self.booking, self.run = work, booking, run
        self.name, self.company = books.name, books.company
        self.figures = PlanFigures()
        self.loans = 0
        self._digest = hashlib.blake2b(digest_size=16)
        self._customers: set[str] = set()

    def loan(self, file: LoanFile) -> None:
        self.loans += 1
        key: LoanKey = (file.installation, file.loan_id)
        work = self.work
        if work.unsettled(self.name, self.company, key):
            work.set_revisit(self.name, self.company, key, "outbox.unsettled")
            return
        bound = work.bindings(self.name, self.company, key)
        made = translate(file, self.booking, bound)
        changes, closed = diff(made, bound, self.booking)
        holds = [*made.holds, *closed]
        changes = self._not_planned_yet(key, changes)
        if made.customer is not None and any(c.operation is Operation.CREATE for c in changes):
            self._customer(made.customer)
        self._enqueue(key, changes)
        work.put_holds(self.name, self.company, key, holds)
        work.put_findings(f"loan/{file.installation}/{file.loan_id}", made.findings)
        if file.borrower is not None:
            scope = f"borrower/{file.installation}/{file.borrower.id}"
            work.put_findings(scope, review_borrower(file.borrower))
        work.set_revisit(self.name, self.company, key, _reason_to_come_back(holds))

    def finish(self) -> Plan:
        self.work.set_planned_through(self.name, self.company, self.work.change_seq())
        return Plan(
            system=self.name,
            company=self.company,
            figures=self.figures,
            digest=self._digest.hexdigest(),
            loans=self.loans,
        )

    def _not_planned_yet(self, key: LoanKey, changes: list[Change]) -> list[Change]:
        """What is left to enqueue: not what waits to be sent, or for a person, or was dropped by
        one, in the very same words. Everything else that was planned before and not sent is
        superseded, what was dropped too: left as it is, it would count for what nobody wants.
        """
        old = self.work.planned_before(self.name, self.company, key)
        still_wanted = [
            entry
            for entry in old
            if any(c.operation is entry.operation and c.document == entry.document for c in changes)
        ]
        kept = {entry.id for entry in still_wanted}
        self.work.supersede([entry for entry in old if entry.id not in kept])
        same = {(entry.operation, entry.reference) for entry in still_wanted}
        return [c for c in changes if (c.operation, c.document.reference) not in same]

    def _customer(self, wanted: Customer) -> None:
        reference = wanted.reference
        if reference in self._customers:
            return
        self._customers.add(reference)
        bound = self.work.customer_binding(self.name, self.company, base_reference(reference))
        owns_name = "name" in self.booking.mapping.own
        change = customer_change(wanted, bound, owns_name=owns_name)
        waiting = self.work.live_entry(self.name, self.company, reference)
        if waiting is not None:
            if waiting.document == wanted or waiting.state not in (State.PENDING, State.REJECTED):
                return
            self.work.supersede([waiting])
        if change is not None:
            self._enqueue(NO_LOAN, [change])

    def _enqueue(self, key: LoanKey, changes: Sequence[Change]) -> None:
        entries = []
        for change in changes:
            self.figures.add(change)
            self._digest.update(change_digest(change).encode())
            entries.append(self._entry(key, change))
        if entries:
            self.work.enqueue(self.run, self.name, self.company, entries)

    def _entry(self, key: LoanKey, change: Change) -> NewEntry:
        reference = change.document.reference
        idempotency = identity.key(
            self.name, self.company, change.operation, reference, change.document.digest
        )
        refused = self.work.refusals(self.name, self.company, reference)
        if refused:  # the old key may remember the refusal
            idempotency = f"{idempotency}-{refused}"
        return NewEntry(
            operation=change.operation,
            document=change.document,
            key=idempotency,
            phase=change.phase,
            generation=change.generation,
            loan=key,
            target="" if change.operation is Operation.CREATE else reference,
            reason=change.reason,
        )


def _reason_to_come_back(holds: Sequence[Hold]) -> str | None:
    return next((hold.code for hold in holds if hold.code in _REVISITED), None)
