"""The same rows make the same documents, whether they arrive day by day or all at once.

Held apart is what cannot: a row that arrives after a later one was applied (what is applied stays
applied), rows that take others back, and what a person edits meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bridge.core.books import Application, Invoice, Transaction, applied, digest_of
from bridge.core.identity import base_reference
from bridge.core.ledger import Adjustment, AdjustmentKind, Loan, Repayment
from bridge.core.loan import lending
from bridge.core.loan.draft import repayment_facts
from bridge.core.loan.owed import course
from bridge.core.loan.parts import part_facts
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.mapping_file import Policies
from bridge.core.mapping.rounding import rounding_of
from tests.core.builders import START, Shelf, account, adjusted, booking, file, loan, paid
from tests.core.loan.parts import LOAN_ID, in_parts

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
LOSSES = {AdjustmentKind.WRITE_OFF}


def delivered(of: Loan, rows: Rows, days: Iterable[date], book: Booking, end: date = END) -> Shelf:
    """What is in the books after a pass on each of those days, with what there was by then."""
    shelf = Shelf(book)
    for day in sorted({*days, end}):
        there = [row for row in rows if on(row) <= day]
        shelf.sync(file(of, *there, as_of=day))
    return shelf


def on(row: Repayment | Adjustment) -> date:
    return row.paid_on if isinstance(row, Repayment) else row.on


def documents(shelf: Shelf) -> dict[str, object]:
    """What is in the books by base reference: a loss makes of a receipt a recovery under the next
    generation, where the payment was posted before it."""
    made: dict[str, object] = {}
    for binding in shelf.live():
        document = binding.document
        if isinstance(document, Transaction):
            uses = {base_reference(name): amount for name, amount in applied(document).items()}
            lines = [(line.purpose, line.amount) for line in getattr(document, "lines", ())]
            told = (document.kind, document.day, document.total, lines, uses)
            made[base_reference(binding.reference)] = told
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
        AdjustmentKind.WRITE_OFF,
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


@pytest.mark.not_quick
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
    assume(not takes_money_back(of, rows))
    book = in_parts(book) if parts else book
    every_day = {START + timedelta(days=after) for after in range(121)}
    happens = {on(row) for row in rows} | {i.due for i in instalments(of)} | {START}
    daily = delivered(of, rows, every_day & happens, book)
    at_once = delivered(of, rows, (), book)
    now_and_then = delivered(of, rows, some_days, book)
    assert documents(daily) == documents(at_once) == documents(now_and_then)
    assert held(daily) == held(at_once) == held(now_and_then)


def takes_money_back(of: Loan, rows: Rows) -> bool:
    """Whether a loss of more than was open makes a recovery of what had been paid before it."""
    recovered = course(file(of, *rows)).recovered
    lost = [on(r) for r in rows if isinstance(r, Adjustment) and r.kind in LOSSES]
    return any(on(row) < max(lost) for row in rows if row.id in recovered)


def instalments(of: Loan) -> tuple[Any, ...]:
    return lending.schedule(of, lending.opening(of, ()), rounding_of(of, (), Policies()))


def kept_apart(of: Loan, *rows: Repayment | Adjustment, **rules: Any) -> tuple[Shelf, Shelf]:
    """The last row was delivered after the others, dated before them; and all at once."""
    shelf, at_once = Shelf(booking(**rules)), Shelf(booking(**rules))
    shelf.sync(file(of, *rows[:-1]))
    shelf.sync(file(of, *rows))
    at_once.sync(file(of, *rows))
    return shelf, at_once


def test_what_is_applied_stays_applied_when_an_earlier_row_comes_late() -> None:
    fee = adjusted(9, AdjustmentKind.LATE_FEE, "12000", date(2026, 8, 20))
    later, earlier = paid(1, "130000", date(2026, 9, 10)), paid(2, "20000", date(2026, 8, 10))
    of = loan(opening=Decimal(120000))
    shelf, at_once = kept_apart(of, fee, later, earlier)
    settled = [
        {name: applied(b.document) for name, b in each.bindings.items() if "-P" in name}
        for each in (shelf, at_once)
    ]
    assert settled[0]["DY7F3A-P1"] == {"DY7F3A-F9": Decimal(12000), LOAN_ID: Decimal(118000)}
    assert settled[1]["DY7F3A-P2"] == {LOAN_ID: Decimal(20000)}
    assert [sum(map(total, each.values())) for each in settled] == [Decimal(132000)] * 2


def total(pairs: dict[str, Decimal]) -> Decimal:
    return sum(pairs.values(), Decimal(0))


def test_parts_posted_before_credit_was_put_to_use_stay_as_they_are() -> None:
    """The versions before gave a charge that came later a payment of its own, and told credit by
    nothing."""
    shelf, of = Shelf(in_parts(booking())), account(opening=Decimal(50000))
    charge = adjusted(7, AdjustmentKind.CHARGE, "12000", date(2026, 9, 20))
    row = paid(8, "65000")
    shelf.sync(file(of, charge, row))
    whole = digest_of(("DY7F3A-D11", "COP", row.paid_on, repayment_facts(row, row.amount)))
    bound = shelf.bindings["DY7F3A-P8S2"]
    for number, (amount, invoices) in enumerate([("12000", ["DY7F3A-C7"]), ("3000", [])], start=2):
        uses = tuple(Application(invoice, Decimal(amount)) for invoice in invoices)
        changes: dict[str, Any] = {"total": Decimal(amount), "applications": uses}
        part = msgspec.structs.replace(
            bound.document, reference=f"DY7F3A-P8S{number}", on_account=False, **changes
        )
        part = msgspec.structs.replace(part, facts=part_facts(whole, number, part))
        shelf.bindings[part.reference] = msgspec.structs.replace(
            bound, reference=part.reference, document=part
        )
    assert shelf.sync(file(of, charge, row)) == []
    more = adjusted(9, AdjustmentKind.CHARGE, "2000", date(2026, 10, 1))
    done = shelf.sync(file(of, charge, more, row))
    assert done == ["create DY7F3A-C9", "update DY7F3A-P8S3"]
    assert shelf.sync(file(of, charge, more, row)) == []


@pytest.mark.parametrize(
    ("payments", "interest"),
    [
        ([("60000", 25)], "0"),
        ([("60000", 62)], "10000"),
        ([("60000", 92)], "10000"),
        ([("30000", 92), ("30000", 93)], "10000"),
        ([("60000", 25), ("60000", 92)], "20000"),
        ([("119999", 92)], "20000"),
    ],
)
def test_the_interest_in_a_payment_is_that_of_its_own_day(
    payments: list[tuple[str, int]], interest: str
) -> None:
    """Half of a loan of 120,000 is paid: of 20,000 interest, half, as far as it was due by then."""
    of, book = LOANS["a loan"], booking(interest="as_due")
    rows: Rows = [
        paid(number, amount, START + timedelta(days=after))
        for number, (amount, after) in enumerate(payments, start=1)
    ]
    last = max(on(row) for row in rows)
    for days in ((), {START, last}, {last}):
        assert of_interest(delivered(of, rows, days, book, end=last)) == Decimal(interest)


@pytest.mark.parametrize("dated_uses", [False, True])
@pytest.mark.parametrize("credit", ["paid", "discount"])
def test_credit_of_a_closed_month_is_used_for_what_is_dated_after_it_where_uses_have_a_day(
    dated_uses: bool, credit: str
) -> None:
    def book(locked: date | None) -> Booking:
        made = in_parts(booking(locked=locked))
        limits = msgspec.structs.replace(made.limits, dated_uses=dated_uses)
        return msgspec.structs.replace(made, limits=limits)

    of = account(opening=Decimal(50000))
    row: Repayment | Adjustment = paid(8, "65000", date(2026, 9, 1))
    if credit == "discount":
        row = adjusted(8, AdjustmentKind.DISCOUNT, "65000", date(2026, 9, 1))
    shelf = Shelf(book(None))
    shelf.sync(file(of, row))
    shelf.booking = book(date(2026, 9, 30))
    more = adjusted(9, AdjustmentKind.CHARGE, "12000", date(2026, 10, 1))
    done = shelf.sync(file(of, row, more))
    used = "update DY7F3A-P8S2" if credit == "paid" else "update DY7F3A-A8"
    assert done == ["create DY7F3A-C9", *([used] if dated_uses else [])]
    assert shelf.closed == []
    assert shelf.sync(file(of, row, more)) == []
