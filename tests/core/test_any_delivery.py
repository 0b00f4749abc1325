"""The same rows make the same documents, whether they arrive day by day or all at once.

Held apart is what cannot: a row that arrives after a later one was applied (what is applied stays
applied), rows that take others back, and what a person edits meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core import lending
from bridge.core.booking import Booking
from bridge.core.books import Invoice, Transaction, applied
from bridge.core.ledger import Adjustment, AdjustmentKind, Loan, Repayment
from tests.core.builders import START, Shelf, account, adjusted, booking, file, loan, paid
from tests.core.test_translate import in_parts

Rows = list[Repayment | Adjustment]

TERMS: dict[str, Any] = {"instalments": 2, "frequency": "monthly", "first_due": date(2026, 10, 3)}
LOANS = {
    "a loan": loan("100000", opening=Decimal(120000), **TERMS),
    "a loan in weeks": loan(opening=Decimal(120000), instalments=7, frequency="weekly"),
    "a foreign loan": loan(opening=Decimal(120000), currency="MXN", **TERMS),
    "a running account": account(opening=Decimal(50000)),
    "an account that begins empty": account(opening=Decimal(0)),
}
MODES: dict[str, dict[str, Any]] = {
    "one invoice": {},
    "one an instalment": {"invoice_per": "instalment"},
    "interest as due": {"interest": "as_due"},
    "one an instalment, interest as due": {"invoice_per": "instalment", "interest": "as_due"},
    "too much is held": {"interest": "as_due", "policies": {"overpayment": "hold"}},
}
END = date(2026, 12, 1)


def delivered(of: Loan, rows: Rows, days: Iterable[date], book: Booking) -> Shelf:
    """What is in the books after a pass on each of those days, with what there was by then."""
    shelf = Shelf(book)
    for day in sorted({*days, END}):
        there = [row for row in rows if on(row) <= day]
        shelf.sync(file(of, *there, as_of=day))
    return shelf


def on(row: Repayment | Adjustment) -> date:
    return row.paid_on if isinstance(row, Repayment) else row.on


def documents(shelf: Shelf) -> dict[str, object]:
    made: dict[str, object] = {}
    for binding in shelf.live():
        document = binding.document
        if isinstance(document, Transaction):
            made[binding.reference] = (document.kind, document.day, applied(document), document)
    return made


def held(shelf: Shelf) -> list[tuple[str, str, Decimal]]:
    assert shelf.last is not None
    return sorted((hold.code, hold.subject, hold.amount) for hold in shelf.last.holds)


def of_interest(shelf: Shelf) -> Decimal:
    """How much of what was paid settles interest that has invoices of its own."""
    interest = {
        b.reference
        for b in shelf.live()
        if isinstance(b.document, Invoice)
        and {line.purpose for line in b.document.lines} == {"interest"}
    }
    pairs = (pair for b in shelf.live() for pair in applied(b.document).items())
    return sum((amount for invoice, amount in pairs if invoice in interest), Decimal(0))


kinds = st.sampled_from(
    [
        "paid",
        "paid",
        "paid",
        AdjustmentKind.CHARGE,
        AdjustmentKind.LATE_FEE,
        AdjustmentKind.INTEREST,
        AdjustmentKind.DISCOUNT,
    ]
)
days = st.integers(0, 110).map(lambda after: START + timedelta(days=after))
amounts = st.integers(1, 90_000).map(Decimal)


@st.composite
def ledgers(draw: st.DrawFn) -> Rows:
    drawn = draw(st.lists(st.tuples(kinds, amounts, days), max_size=9))
    made: Rows = []
    for number, (kind, amount, day) in enumerate(sorted(drawn, key=lambda each: each[2]), 1):
        if isinstance(kind, AdjustmentKind):
            made.append(adjusted(number, kind, str(amount), day))
        else:
            made.append(paid(number, str(amount), day))
    return made


@settings(max_examples=300, deadline=None)
@given(
    ledgers(),
    st.sampled_from(sorted(LOANS)),
    st.sampled_from(sorted(MODES)),
    st.booleans(),
    st.sets(days),
)
def test_the_same_rows_make_the_same_documents_in_any_delivery(  # type: ignore[no-untyped-def]
    rows, name, mode, parts, some_days
) -> None:
    of, book = LOANS[name], booking(**MODES[mode])
    book = in_parts(book) if parts else book
    every_day = {START + timedelta(days=after) for after in range(121)}
    happens = {on(row) for row in rows} | {i.due for i in instalments(of)} | {START}
    daily = delivered(of, rows, every_day & happens, book)
    at_once = delivered(of, rows, (), book)
    now_and_then = delivered(of, rows, some_days, book)
    assert documents(daily) == documents(at_once) == documents(now_and_then)
    assert held(daily) == held(at_once) == held(now_and_then)


def instalments(of: Loan) -> tuple[Any, ...]:
    return lending.schedule(of, lending.opening(of, ()), Decimal("0.01"))
