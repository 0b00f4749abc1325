"""What customers are called, and how long what a document says of itself may be."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from bridge.core.books import Invoice
from bridge.core.delivery import UNSEEN, Decision, Seen
from bridge.core.loan.standing import weigh
from bridge.core.mapping.naming import customer, customer_reference
from tests.core.builders import BORROWER, LIMITS, Shelf, booking, file, loan


@pytest.mark.parametrize(
    ("one_currency", "currency", "expected"),
    [
        (True, "COP", "DY7F3A-D11"),
        (True, "MXN", "DY7F3A-D11MXN"),
        (False, "COP", "DY7F3A-D11"),
        (False, "MXN", "DY7F3A-D11"),
    ],
)
def test_a_customer_is_one_for_each_currency_only_where_the_system_ties_it_to_one(
    one_currency: bool, currency: str, expected: str
) -> None:
    limits = msgspec.structs.replace(LIMITS, one_currency_per_customer=one_currency)
    book = msgspec.structs.replace(booking(), limits=limits)
    assert customer_reference(file(loan()), "11", currency, book) == expected


def test_a_name_has_a_suffix_only_where_another_borrower_has_it_too() -> None:
    alone = customer(file(loan()), BORROWER, "COP", booking())
    assert alone.name == "Luz Marina Castañeda"
    two = customer(file(loan(), homonym=True), BORROWER, "COP", booking())
    assert two.name != alone.name
    assert two.name.startswith(alone.name)
    each = booking(customers={"suffix_for": "all"})
    assert customer(file(loan()), BORROWER, "COP", each).name == two.name


def test_a_memo_is_cut_so_that_the_day_of_the_ledger_still_fits() -> None:
    book = booking(
        locked=date(2026, 9, 30),
        policies={"closed_period": "adjust"},
        memos={"invoice": "x" * 199 + "{reference}"},
    )
    shelf = Shelf(book)
    shelf.sync(file(loan()))
    (posted,) = [b.document for b in shelf.live() if isinstance(b.document, Invoice)]
    assert len(posted.memo) == LIMITS.memo_length
    assert posted.memo.endswith("x [2026-08-03]")


def test_what_a_person_left_is_taken_as_seen_with_what_the_ledger_says_now() -> None:
    shelf = Shelf()
    shelf.sync(file(loan()))
    (bound,) = [b for b in shelf.live() if isinstance(b.document, Invoice)]
    wanted = msgspec.structs.replace(bound.document, facts="now", memo="other words")
    unseen = msgspec.structs.replace(bound, accepted=UNSEEN)
    counts, beside = weigh(unseen, wanted)
    assert counts.memo == "other words"
    assert [(b.reference, b.decision) for b in beside.noted] == [
        (bound.reference, Decision(saw=Seen("now"), gone=False))
    ]
    assert not beside.asked
    decided = msgspec.structs.replace(bound, accepted="then")
    counts, beside = weigh(decided, wanted)
    assert counts == bound.document
    assert beside.asked
