"""Laws of the intake, attacked with any two deliveries."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.ledger import AdjustmentKind, Borrower, Entity, Loan, LoanFile
from bridge.core.loan.owed import recovered
from bridge.store import Store
from tests.store.rows import adjustment, borrower, loan, repayment, take

IDS = st.sampled_from(["1", "2", "3", "10", "007", "L-4"])
AMOUNTS = st.integers(1, 3).map(lambda number: Decimal(number) / 4)
PEOPLE = st.builds(borrower, IDS, name=st.sampled_from(["Ana", "ána ", "Luz"]))
LOANS = st.builds(loan, IDS, IDS, opening=AMOUNTS, currency=st.sampled_from(["COP", "USD"]))
PAID = st.builds(repayment, IDS, IDS, AMOUNTS)
ADJUSTED = st.builds(adjustment, IDS, IDS, st.sampled_from(AdjustmentKind), AMOUNTS)


def unique(rows: list[Entity]) -> list[Entity]:
    return list({(type(row), row.id): row for row in rows}.values())


DELIVERIES = st.tuples(*(st.lists(kind, max_size=5) for kind in (PEOPLE, LOANS, PAID, ADJUSTED)))
ROWS = DELIVERIES.map(lambda kinds: [row for kind in kinds for row in unique(kind)])


@contextmanager
def fresh() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/state.db")
        yield store
        store.close()


def present(store: Store) -> dict[str, LoanFile]:
    """Loans about which anything is left."""
    with store.read() as work:
        return {
            file.loan_id: file
            for file in work.ledger.loan_files(0)
            if file.loan or file.repayments or file.adjustments
        }


def about(rows: list[Entity], wanted: str) -> list[Entity]:
    """Everything in a delivery that bears on one loan."""
    mine = [row for row in rows if isinstance(row, Loan) and row.id == wanted]
    owners = {row.borrower for row in mine if isinstance(row, Loan)}
    mine += [row for row in rows if isinstance(row, Borrower) and row.id in owners]
    return mine + [row for row in rows if getattr(row, "loan", None) == wanted]


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_the_same_delivery_twice_changes_nothing(rows: list[Entity]) -> None:
    with fresh() as store:
        first = take(store, rows)
        assert first.changes == len(rows)
        again = take(store, rows)
        assert again.changes == 0
        assert again.loans_touched == 0


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS)
def test_what_is_there_depends_on_the_last_delivery_only(
    before: list[Entity], after: list[Entity]
) -> None:
    with fresh() as one, fresh() as other:
        take(one, before)
        take(one, after)
        take(other, after)
        assert present(one) == present(other)
        with one.read() as mine, other.read() as theirs:
            assert mine.ledger.totals() == theirs.ledger.totals()
            assert mine.ledger.counts() == theirs.ledger.counts()
            assert set(mine.findings.scoped()) == set(theirs.findings.scoped())


@settings(max_examples=100, deadline=None)
@given(ROWS, ROWS)
def test_exactly_the_loans_with_a_difference_are_touched(
    before: list[Entity], after: list[Entity]
) -> None:
    with fresh() as store:
        take(store, before)
        take(store, after)
        with store.read() as work:
            touched = {file.loan_id for file in work.ledger.loan_files(1)}
    named = {row.id for row in before + after if isinstance(row, Loan)}
    named |= {getattr(row, "loan", "") for row in before + after} - {""}
    different = {name for name in named if set(about(before, name)) != set(about(after, name))}
    assert touched == different


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_totals_are_what_adding_up_the_loan_files_gives(rows: list[Entity]) -> None:
    lowering = {AdjustmentKind.DISCOUNT, AdjustmentKind.WRITE_OFF}
    sums: dict[str, Decimal] = {}
    with fresh() as store:
        take(store, rows)
        for file in present(store).values():
            currency = file.loan.currency if file.loan else "XXX"
            owed = file.loan.opening if file.loan and file.loan.opening else Decimal(0)
            owed -= sum((row.amount for row in file.repayments), Decimal(0))
            for row in file.adjustments:
                owed += -row.amount if row.kind in lowering else row.amount
            owed += recovered(file)
            sums[currency] = sums.get(currency, Decimal(0)) + owed
        with store.read() as work:
            assert work.ledger.totals() == sums
