"""One plan suffices: planned again, nothing is left to do, to ask otherwise or to note.

What a person answered, what is gone from both sides and what the source tells of an opening are
known to the plan that finds them, not only to the next one.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.books import CreditApplication, CreditNote, Invoice, Receipt
from bridge.core.ledger import LoanFile
from bridge.core.mapping.booking import Booking
from tests.core.builders import START, Shelf, booking
from tests.core.loan.parts import accounted_for, in_parts, owed
from tests.core.loan.rows import Row, made

CUTOVER = START + timedelta(days=30)
TOLD = {"reported_balance": Decimal(300)}
ADJUST = {"closed_period": "adjust"}


def plain(book: Booking) -> Booking:
    return book


def in_dated_parts(book: Booking) -> Booking:
    """The same as in parts, where what credit is used for has a day of its own."""
    made = in_parts(book)
    return msgspec.structs.replace(
        made, limits=msgspec.structs.replace(made.limits, dated_uses=True)
    )


def once(shelf: Shelf, rows: list[Row], **changes: Any) -> list[str]:
    """Apply one plan, after which every cent has its place and nothing is left to do."""
    of = made(rows, **changes)
    done = shelf.sync(of)
    _all_is_well(shelf, of)
    return done


@pytest.mark.parametrize("system", [plain, in_parts])
def test_a_receipt_that_is_gone_is_no_receipt_when_its_payment_moves_before_going_live(
    system: Any,
) -> None:
    """Nothing of it was paid on what is open then, so all that is written off is lost."""
    shelf = Shelf(system(booking(cutover=CUTOVER)))
    once(shelf, [("paid", 1200, 0), ("paid", 1, 30)])
    shelf.accept("DY7F3A-P2", gone=True)
    done = once(shelf, [("paid", 1200, 0), ("paid", 1, 0), ("lost", 1, 30)])
    assert done == ["create DY7F3A-K3"]
    assert shelf.bindings["DY7F3A-P2"].voided


def test_an_answer_about_what_a_loan_was_opened_with_counts_for_what_is_lost_of_it() -> None:
    shelf = Shelf(booking(cutover=CUTOVER))
    once(shelf, [], **TOLD)
    once(shelf, [("lost", 450, 45)], **TOLD)
    shelf.accept("DY7F3A-L84")
    once(shelf, [("lost", 450, 45)], **TOLD)
    opened, lost = shelf.bindings["DY7F3A-L84"].document, _lost(shelf)
    assert isinstance(opened, Invoice)
    assert (opened.total, lost) == (750, [450])


def test_what_comes_back_on_a_told_balance_is_weighed_against_what_is_opened() -> None:
    """Opened with 400, so 400 are lost, and not what would be if nothing had come back."""
    shelf = Shelf(booking(cutover=CUTOVER))
    once(shelf, [("paid", 60, 45), ("fee", 1200, 60), ("lost", 1300, 30), ("fee", 1, 31)], **TOLD)
    opened = shelf.bindings["DY7F3A-L84"].document
    assert isinstance(opened, Invoice)
    assert (opened.total, _lost(shelf)) == (400, [400])


def test_a_fee_that_a_correction_settled_moves_with_its_loan_to_another_currency() -> None:
    """It stayed in the books of the old one, for good."""
    shelf = Shelf(booking(policies={"amount_edited": "correct"}))
    once(shelf, [("paid", 1300, 60), ("fee", 1200, 30), ("fee", 1300, 45)])
    once(shelf, [("paid", 1300, 60), ("fee", 700, 30), ("fee", 1300, 15)])
    assert "DY7F3A-A84N1" in shelf.bindings
    done = once(shelf, [("less", 1300, 45)], currency="MXN")
    assert "void DY7F3A-F3" in done
    assert {b.document.currency for b in shelf.live()} == {"MXN"}  # type: ignore[union-attr]


@pytest.mark.parametrize("gone", [False, True])
def test_a_use_that_a_person_left_goes_with_its_note_and_asks_nothing(gone: bool) -> None:
    """For one morning it was a question, of nothing."""
    shelf = Shelf(booking())
    once(shelf, [("lost", 450, 0)])
    shelf.accept("DY7F3A-A1", gone=gone)
    once(shelf, [("lost", 450, 0)])
    shelf.booking = booking(locked=CUTOVER, policies=ADJUST)
    assert once(shelf, []) == ["create DY7F3A-ZK1"]
    assert shelf.last is not None
    assert shelf.last.holds == ()


def test_a_use_that_a_person_left_goes_with_its_note_of_a_loan_that_is_annulled() -> None:
    shelf = Shelf(booking())
    once(shelf, [("lost", 450, 0)])
    shelf.accept("DY7F3A-A1")
    once(shelf, [("lost", 450, 0)])
    shelf.booking = booking(locked=CUTOVER, policies=ADJUST)
    annulled = made([], annulled=True)
    assert "create DY7F3A-ZK1" in shelf.sync(annulled)
    assert shelf.last is not None
    assert shelf.last.holds == ()
    assert shelf.left_to_do(annulled) == []
    assert isinstance(shelf.bindings["DY7F3A-A1"].document, CreditApplication)


def _lost(shelf: Shelf) -> list[Decimal]:
    notes = (b.document for b in shelf.live() if isinstance(b.document, CreditNote))
    return [note.total for note in notes]


rows = st.lists(
    st.tuples(
        st.sampled_from(["paid", "paid", "lost", "fee", "less"]),
        st.sampled_from([1, 60, 300, 450, 700, 1200, 1300]),
        st.sampled_from([0, 0, 15, 30, 31, 45, 60]),
    ),
    max_size=5,
)
loans = st.sampled_from(
    [{}, {"instalments": 4, "frequency": "weekly"}, {"currency": "MXN"}, TOLD, {"annulled": True}]
)
locks = st.sampled_from([None, None, 0, 20, 30, 40, 60])
answers = st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.booleans()), max_size=2)
"""Of which document, whether it is gone, and whether a receipt is meant."""
rules = st.sampled_from(
    [
        {},
        {"interest": "as_due"},
        {"invoice_per": "instalment"},
        {"cutover": CUTOVER},
        {"cutover": CUTOVER, "policies": {"amount_edited": "correct"}},
        {"policies": {"amount_edited": "correct"}},
        {"policies": {"overpayment": "hold"}},
        {"deposits": [{"account": "1000"}]},
    ]
)
steps = st.lists(st.tuples(rows, st.booleans(), loans, locks, answers), min_size=1, max_size=4)


@pytest.mark.not_quick
@settings(max_examples=300)
@given(
    steps,
    rules,
    st.sampled_from(["adjust", "hold"]),
    st.sampled_from([plain, in_parts, in_dated_parts]),
)
def test_whatever_is_lost_moves_is_answered_and_closed(drawn, rule, closed, system) -> None:  # type: ignore[no-untyped-def]
    rule = {**rule, "policies": {**rule.get("policies", {}), "closed_period": closed}}
    shelf, latest, known = Shelf(), None, []
    for some, adds, change, lock, answered in drawn:
        day = None if lock is None else START + timedelta(days=lock)
        latest = max(filter(None, (latest, day)), default=None)
        shelf.booking = system(booking(locked=latest, **rule))
        known = [*known, *some] if adds else some
        of = made([] if "annulled" in change else known, **change)
        shelf.sync(of)
        _all_is_well(shelf, of)
        for place, gone, receipt in answered:
            live = [b for b in shelf.live() if not b.accepted]
            live = [b for b in live if not receipt or isinstance(b.document, Receipt)]
            if live:
                shelf.accept(live[place % len(live)].reference, gone=gone)
        left = {b.reference for b in shelf.live() if b.accepted}
        done = shelf.sync(of)
        assert not left & {line.partition(" ")[2] for line in done}
        _all_is_well(shelf, of)


def _all_is_well(shelf: Shelf, of: LoanFile) -> None:
    assert of.loan is not None
    assert accounted_for(shelf) == ({} if of.loan.annulled else owed(of))
    assert shelf.left_to_do(of) == []
