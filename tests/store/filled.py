"""A store of a lender at work: loans that are posted, wait, were refused; books that were read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from bridge.core.books import Customer, Document, Invoice, Kind, PostedDocument, Receipt
from bridge.core.delivery import InDoubt, Operation, Outcome, Posted, Rejected, State
from bridge.core.findings import Finding
from bridge.core.ledger import AdjustmentKind, Entity, Instalment
from bridge.core.plan import Change, Hold
from bridge.store import NO_LOAN, NewEntry, Store
from tests.store.rows import (
    AT,
    BOOKS,
    DAY,
    NOW,
    ORIGIN,
    PHONE,
    SYSTEM,
    adjustment,
    borrower,
    customer,
    invoice,
    loan,
    posted,
    receipt,
    repayment,
    take,
)

PREFIX = "DY7F3A"
PAYMENTS = 3
_AT_ONCE = 500


def rows(loans: range) -> Iterator[Entity]:
    """The ledger's rows of these loans; one in ten has another's name."""
    for n in loans:
        yield borrower(f"{n}", name=f"Person {n // 10 if n % 10 == 0 else n}")
    for n in loans:
        yield loan(f"{n}", f"{n}")
    for n in loans:
        yield Instalment(
            id=f"{n}", origin=ORIGIN, loan=f"{n}", number=1, due=DAY, amount=Decimal(120000)
        )
    for n in loans:
        for turn in range(PAYMENTS):
            yield repayment(f"{n * PAYMENTS + turn}", f"{n}", 20000 + n)
    for n in loans:
        yield adjustment(f"{n}", f"{n}", AdjustmentKind.DISCOUNT)


def documents(n: int) -> tuple[Customer, Invoice, list[Receipt]]:
    """What the books get of a loan."""
    whose, about = f"{PREFIX}-D{n}", f"{PREFIX}-L{n}"
    paid = [receipt(f"{PREFIX}-P{n * PAYMENTS + turn}", about, whose) for turn in range(PAYMENTS)]
    return customer(whose), invoice(about, whose), paid


def entry(
    document: Document, loan: tuple[str, str], operation: Operation = Operation.CREATE
) -> NewEntry:
    change = Change(operation=operation, document=document, generation=1, reason="new")
    return NewEntry(
        operation=operation,
        document=document,
        key=f"{operation.value} {document.reference}".replace("-", ""),
        phase=change.phase,
        loan=loan,
        target=document.reference if operation is not Operation.CREATE else "",
        reason="new",
    )


def told(document: Document, version: str = "0") -> PostedDocument:
    """What the books say of a document of ours."""
    total = getattr(document, "total", Decimal(0))
    return posted(
        document.kind,
        f"id-{document.reference}",
        version,
        number=document.reference,
        customer_id=f"id-{getattr(document, 'customer', '')}",
        currency=document.currency,
        total=total,
        open=total if document.kind is Kind.INVOICE else Decimal(0),
        day=DAY,
        due=DAY,
        deposit_account="35",
    )


def fill(store: Store, loans: int) -> None:
    """So many loans and half as many again that are not posted yet."""
    take(store, rows(range(1, loans + loans // 2 + 1)))
    for first in range(1, loans + 1, _AT_ONCE):
        _enqueue(store, range(first, min(first + _AT_ONCE, loans + 1)))
    with store.begin() as work:
        run = work.runs.start("sync", SYSTEM, AT)
        work.runs.end(run, "clean", "", {}, AT)
    while _send(store):
        pass
    _read_books(store, loans)
    _enqueue(store, range(loans + 1, loans + loans // 2 + 1))
    _leave_open(store, loans)


def _enqueue(store: Store, loans: range) -> None:
    entries: list[NewEntry] = []
    for n in loans:
        whose, about, paid = documents(n)
        entries += [entry(whose, NO_LOAN), entry(about, (PHONE, f"{n}"))]
        entries += [entry(each, (PHONE, f"{n}")) for each in paid]
    with store.begin() as work:
        work.outbox.enqueue("20261120T060000Z-sync", BOOKS, entries)


def _send(store: Store) -> int:
    """Post and prove what can be sent; returns how many that were."""
    with store.begin() as work:
        batch = work.outbox.claim(BOOKS, NOW, _AT_ONCE)
        for each in batch:
            work.outbox.move(each, Posted(told(each.document)), NOW)
            work.outbox.confirm_all({each.id: (State.CONFIRMED, "")})
    return len(batch)


def _read_books(store: Store, loans: int) -> None:
    with store.begin() as work:
        ours: list[PostedDocument] = []
        for n in range(1, loans + 1):
            whose, about, paid = documents(n)
            ours += [told(each, "1" if n % 50 == 0 else "0") for each in (whose, about, *paid)]
        work.mirror.put(BOOKS, ours)
        for n in range(loans // 5):
            number = f"{n}" if n % 10 else f"{PREFIX}-L{n}999.2"
            stranger = posted(
                Kind.INVOICE, f"{n}", number=number, customer_id=f"id-{PREFIX}-D{n + 1}",
                currency="COP", total=Decimal(n), open=Decimal(n), day=date(2026, 11, 1), due=DAY,
            )  # fmt: skip
            work.mirror.put(BOOKS, [stranger])
        work.strangers.recognise(BOOKS)
        work.plans.set_planned_through(BOOKS, work.ledger.change_seq())


def _leave_open(store: Store, loans: int) -> None:
    """Some of each: refused, in doubt, posted and not proved, tried in vain; holds and answers."""
    ends: list[Outcome] = [Rejected("no", "6240"), InDoubt("cut"), Posted(told(customer("X")))]
    with store.begin() as work:
        for each in work.outbox.claim(BOOKS, NOW, max(loans // 10, len(ends))):
            end = ends[each.id % len(ends)]
            work.outbox.move(
                each, Posted(told(each.document)) if isinstance(end, Posted) else end, NOW
            )
        for n in range(1, loans // 10 + 1):
            key = (PHONE, f"{n}")
            hold = Hold(code="loan.held", subject=f"loan:{n}", currency="COP", amount=Decimal(1))
            work.plans.put_holds(BOOKS, key, [hold])
            work.findings.put(f"loan/{n}", [Finding(code="loan.overpaid", subject=f"loan:{n}")])
            work.plans.set_revisit(BOOKS, key, "rate.missing")
            work.decisions.record("ana", AT, "accept", f"{PREFIX}-L{n}")
