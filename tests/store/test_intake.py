"""What a delivery does to the ledger tables."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from decimal import Decimal

import pytest

from bridge.core.ledger import AdjustmentKind, LoanFile, Note, Origin, RepaymentKind, RepaymentState
from bridge.store import Count, Store
from tests.store.rows import adjustment, borrower, loan, repayment, take

DELIVERY = [
    borrower("1"),
    borrower("2"),
    loan("10", "1"),
    loan("9", "2"),
    loan("L-7", "2", opening=None, gross=Decimal("50000.50")),
    repayment("1", "10"),
    repayment("2", "9"),
    repayment("3", "9", 1000, kind=RepaymentKind.RECOVERY),
    repayment("4", "9", 1000, state=RepaymentState.ANNULLED),
    adjustment("5", "9", AdjustmentKind.DISCOUNT),
    adjustment("6", "10", AdjustmentKind.LATE_FEE),
    adjustment("7", "L-7", AdjustmentKind.LATE_FEE),
]


def files(store: Store, after: int = 0) -> list[str]:
    with store.read() as work:
        return [file.loan_id for file in work.ledger.loan_files(after)]


def test_loans_come_whole_and_in_the_order_of_their_numbers(store: Store) -> None:
    accepted = take(store, DELIVERY)
    assert accepted.change_seq == 1
    assert accepted.counts["repayments"] == Count(new=4)
    with store.read() as work:
        nine, ten, text_id = work.ledger.loan_files(0)
        assert [nine.loan_id, ten.loan_id, text_id.loan_id] == ["9", "10", "L-7"]
        assert nine.repayments == tuple(DELIVERY[6:9])
        assert nine.adjustments == (DELIVERY[9],)
        assert (nine.loan, nine.borrower) == (DELIVERY[3], DELIVERY[1])
        assert nine.prefix == "DY7F3A"
        assert work.ledger.loan_file("dev-7f3a", "10") == ten
        assert work.ledger.loan_file("dev-7f3a", "11") is None


def test_the_same_delivery_again_changes_nothing(store: Store) -> None:
    take(store, DELIVERY)
    again = take(store, DELIVERY)
    assert again.changes == 0
    assert again.counts["loans"] == Count(unchanged=3)
    assert files(store, 1) == []


def test_a_row_that_moved_in_its_file_is_unchanged(store: Store) -> None:
    take(store, [borrower("1"), loan("1", "1", origin=Origin("a.csv", 4))])
    moved = [borrower("1"), loan("1", "1", origin=Origin("a.csv", 5, (("monto", "1.0"),)))]
    assert take(store, moved).changes == 0


def test_another_note_is_a_change(store: Store) -> None:
    take(store, [borrower("1"), loan("1", "1")])
    noted = take(store, [borrower("1"), loan("1", "1", notes=(Note("amount.mixed"),))])
    assert noted.counts["loans"] == Count(changed=1)


def test_a_loan_is_touched_by_everything_about_it(store: Store) -> None:
    take(store, DELIVERY)
    changed = list(DELIVERY)
    changed[1] = borrower("2", phone="+573901234567")
    take(store, changed)
    assert files(store, 1) == ["9", "L-7"]
    changed[5] = repayment("1", "9")
    take(store, changed)
    assert files(store, 2) == ["9", "10"]
    del changed[10]
    assert take(store, changed).counts["adjustments"] == Count(removed=1, unchanged=2)
    assert files(store, 3) == ["10"]
    take(store, DELIVERY)
    assert files(store, 4) == ["9", "10", "L-7"]


def test_a_removed_loan_comes_without_itself_but_with_what_names_it(store: Store) -> None:
    take(store, DELIVERY)
    take(store, [row for row in DELIVERY if row.id != "10"])
    with store.read() as work:
        (ten,) = work.ledger.loan_files(1)
        assert ten.loan is None
        assert ten.repayments == (DELIVERY[5],)
        assert work.ledger.counts()["loans"] == 2
        (orphan, other) = work.findings.all(scope_prefix="snapshot/dev-7f3a/loan/10")
        assert (orphan.code, orphan.subject) == ("movement.orphan", "movement:1")
        assert other.subject == "movement:6"
    take(store, DELIVERY)
    with store.read() as work:
        (ten,) = work.ledger.loan_files(2)
        assert ten.loan == DELIVERY[2]
        assert work.findings.all(scope_prefix="snapshot/dev-7f3a/loan/10") == []


def test_absence_means_nothing_in_an_incomplete_delivery(store: Store) -> None:
    take(store, DELIVERY)
    page = take(store, [repayment("8", "10", 7000)], complete=False)
    assert page.counts["repayments"] == Count(new=1)
    assert page.counts["loans"] == Count()
    assert files(store, 1) == ["10"]
    with store.read() as work:
        assert work.ledger.counts()["loans"] == 3


def test_totals_are_the_sum_of_what_every_loan_owes(store: Store) -> None:
    orphan = repayment("99", "404", "0.25")
    take(store, [*DELIVERY, orphan, loan("12", "1", currency="USD", annulled=True)])
    ten = Decimal(120000) - 20000 + 5000
    nine = Decimal(120000) - 20000 - 5000 - 1000  # called a recovery, and nothing was written off
    text_id = Decimal("50000.50")
    with store.read() as work:
        assert work.ledger.totals() == {"COP": ten + nine + text_id, "XXX": Decimal("-0.25")}


def test_a_reading_that_something_stops_in_the_middle_leaves_no_noise(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ended the work is told once; the reading is closed when nobody looks at it any more."""
    unraised: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unraised.append)
    take(store, DELIVERY)
    reading: Iterator[LoanFile] | None = None
    with pytest.raises(RuntimeError), store.begin() as work:
        reading = work.ledger.loan_files(0)
        next(reading)
        raise RuntimeError
    reading = None
    gc.collect()
    assert unraised == []
