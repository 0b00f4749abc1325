"""Money pays what is open, then what was written off, and is the customer's credit beyond."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.core.books import CreditNote, Receipt, Sale
from bridge.core.ledger import Adjustment, AdjustmentKind
from bridge.core.loan.already import already_posted
from bridge.core.loan.draft import draft_of
from bridge.core.loan.owed import balance, course, taken_back
from bridge.core.loan.standing import receivable
from bridge.core.message import message
from tests.core.builders import ITEMS, START, Shelf, account, adjusted, booking, file, loan, paid
from tests.core.loan.parts import accounted_for, in_parts, owed
from tests.core.loan.rows import KINDS, WRITE_OFF, Row, changes, made

CASES: dict[str, tuple[list[Row], dict[str, int], int]] = {
    "what is open is paid first": (
        [("paid", 200, 1), ("lost", 400, 2), ("paid", 100, 3)], {}, 500,
    ),
    "then what is written off": (
        [("paid", 200, 1), ("lost", 400, 2), ("paid", 700, 3)], {"3": 100}, 0,
    ),
    "beyond it is credit": ([("lost", 1200, 1), ("paid", 1300, 2)], {"2": 1200}, -100),
    "dated before the write-off": ([("lost", 1200, 9), ("paid", 300, 2)], {"2": 300}, 0),
    "the newest money first": (
        [("paid", 300, 1), ("paid", 300, 2), ("lost", 1000, 9)], {"2": 300, "1": 100}, 0,
    ),
    "of the same day": ([("paid", 300, 2), ("lost", 900, 2)], {}, 0),
    "a later fee is owed": ([("lost", 1200, 1), ("paid", 50, 2), ("fee", 60, 3)], {"2": 50}, 60),
    "and paid": (
        [("lost", 1200, 1), ("paid", 50, 2), ("fee", 60, 3), ("paid", 60, 4)], {"2": 50}, 0,
    ),
    "two write-offs": (
        [("lost", 200, 1), ("lost", 1000, 2), ("paid", 1100, 3), ("paid", 300, 4)],
        {"3": 1100, "4": 100}, -200,
    ),
    "more than there was to lose": ([("paid", 200, 1), ("lost", 1500, 2)], {}, -500),
    "nothing is written off": ([("paid", 1300, 1)], {}, -100),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_which_money_came_in_on_what_was_written_off(case: str) -> None:
    rows, recovered, left = CASES[case]
    of = made(rows)
    assert course(of).recovered == {number: Decimal(much) for number, much in recovered.items()}
    assert balance(of) == left


STAYS: dict[str, tuple[list[Row], dict[str, int], dict[str, int], list[int]]] = {
    "all of a payment": ([("paid", 300, 1), ("lost", 1200, 9)], {"1": 300}, {}, [900]),
    "part of it": ([("paid", 900, 1), ("lost", 1200, 9)], {"1": 850}, {"1": 50}, [350]),
    "part of it, which is less than comes back in two goes": (
        [("paid", 900, 1), ("lost", 330, 2), ("lost", 100, 3)], {"1": 850}, {"1": 50}, [330, 20],
    ),
    "more than the payment is by now": (
        [("paid", 500, 1), ("lost", 1200, 9)], {"1": 900}, {}, [700],
    ),
    "one of two": (
        [("paid", 300, 1), ("paid", 300, 2), ("lost", 1000, 9)], {"2": 300}, {"1": 100}, [700],
    ),
}  # fmt: skip
"""Rows, how much of a payment stays a receipt, what came in on what is lost, and what is lost."""


@pytest.mark.parametrize("case", STAYS)
def test_what_stays_a_receipt_paid_what_was_open_and_so_much_less_is_lost(case: str) -> None:
    rows, fixed, recovered, lost = STAYS[case]
    found = course(made(rows), {number: Decimal(much) for number, much in fixed.items()})
    assert found.recovered == {number: Decimal(much) for number, much in recovered.items()}
    assert [loss.amount for loss in found.losses] == lost
    said = sum(loss.row.amount for loss in found.losses)
    assert found.spared == said - sum(lost) + sum(recovered.values())


def test_what_is_written_off_of_a_loan_that_nobody_knows_is_worth_what_it_says() -> None:
    assert balance(file(None, paid(1, "300"), adjusted(2, WRITE_OFF, "900"))) == -1200


def test_a_payment_that_takes_another_amount_back_than_was_paid_takes_none_back() -> None:
    of = file(loan(), paid(1, "1000"), paid(2, "-400", reverses="1"))
    assert taken_back(of).rows == frozenset()
    assert balance(of) == 120000 - 1000 + 400


def test_what_is_reversed_or_held_recovers_nothing() -> None:
    rows = [
        adjusted(1, WRITE_OFF, "120000", date(2026, 9, 1)),
        paid(2, "30000", date(2026, 9, 2)),
        adjusted(3, AdjustmentKind.REVERSAL, "30000", reverses="2"),
    ]
    assert course(file(loan(), *rows)).recovered == {}


def test_a_payment_that_is_both_is_two_documents_of_one_row() -> None:
    shelf = Shelf()
    done = shelf.sync(made([("lost", 700, 1), ("paid", 550, 2)]))
    assert {"create DY7F3A-P2", "create DY7F3A-V2"} <= set(done)
    by = {b.reference: b.document for b in shelf.live()}
    receipt, sale = by["DY7F3A-P2"], by["DY7F3A-V2"]
    assert isinstance(receipt, Receipt)
    assert isinstance(sale, Sale)
    assert (receipt.total, sale.total) == (500, 50)
    assert receipt.deposit_account == sale.deposit_account


@pytest.mark.parametrize("parts", [False, True])
def test_a_receipt_of_a_closed_month_stays_and_so_much_less_is_lost(parts: bool) -> None:
    """Bad debts 900 and a receipt of 300 are worth what 1,200 and a recovery of 300 are."""
    system = in_parts if parts else msgspec.structs.replace
    shelf = Shelf(system(booking()))
    shelf.sync(made([("paid", 300, 5)]))
    shelf.booking = system(booking(locked=START + timedelta(days=20)))
    assert shelf.sync(made([("paid", 300, 5), ("lost", 1200, 40)])) == [
        "create DY7F3A-K2", "create DY7F3A-A2",
    ]  # fmt: skip
    assert shelf.bindings["DY7F3A-K2"].document.total == 900  # type: ignore[union-attr]
    assert shelf.last is not None
    (hold,) = shelf.last.holds
    assert (hold.code, hold.subject, hold.amount) == ("write_off.paid", "movement:2", 0)
    assert (hold.worth, shelf.closed) == (300, [])


def test_a_write_off_that_a_receipt_of_a_closed_month_covers_whole_is_said() -> None:
    """No document is made of it: nobody would know."""
    shelf = Shelf()
    shelf.sync(made([("paid", 300, 5)]))
    shelf.booking = booking(locked=START + timedelta(days=20))
    rows = [("paid", 300, 5), ("lost", 200, 40), ("paid", 900, 41)]
    shelf.sync(made(rows))
    assert shelf.last is not None
    assert "write_off.paid" not in {each.code for each in shelf.last.holds}  # it is open money
    shelf = Shelf()
    shelf.sync(made([("paid", 1200, 5)]))
    shelf.booking = booking(locked=START + timedelta(days=20))
    assert shelf.sync(made([("paid", 1200, 5), ("lost", 200, 40)])) == []
    assert shelf.last is not None
    assert [(h.code, h.subject, h.worth) for h in shelf.last.holds] == [
        ("write_off.paid", "movement:2", 200)
    ]


LEFT = [
    (False, "DY7F3A-P1"),
    (True, "DY7F3A-P1"),
    (True, "DY7F3A-P1S2"),
]
"""Whether receipts are in parts, and the one that a person answers about."""


@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.parametrize(("in_many", "answered"), LEFT)
def test_an_answer_about_a_receipt_takes_nothing_back_that_is_beside_it(
    in_many: bool, answered: str, gone: bool
) -> None:
    """Of 900 a cent came in on what is written off, and that is what it stays."""
    book = booking()
    shelf = Shelf(in_parts(book) if in_many else book)
    rows = [paid(1, "900"), adjusted(2, WRITE_OFF, "0.01", date(2026, 11, 1))]
    of = file(account("700"), *rows)
    shelf.sync(of)
    there = {b.reference for b in shelf.live()}
    assert {answered, "DY7F3A-V1", "DY7F3A-K2"} <= there
    shelf.accept(answered, gone=gone)
    for _ in range(2):
        assert shelf.sync(of) == []
        assert {b.reference for b in shelf.live()} == there
        assert accounted_for(shelf) == owed(of)


@pytest.mark.parametrize(("in_many", "answered"), LEFT)
def test_what_a_person_left_a_receipt_stays_one_when_more_is_lost(
    in_many: bool, answered: str
) -> None:
    """So much less is lost then; only what the payment is more than that came in on the loss."""
    book = booking()
    shelf = Shelf(in_parts(book) if in_many else book)
    shelf.sync(file(account("700"), paid(1, "900")))
    shelf.accept(answered)
    lost = adjusted(2, WRITE_OFF, "500", date(2026, 11, 1))
    for amount, recovered in (("900", 0), ("950", 50)):
        of = file(account("700"), paid(1, amount), lost)
        shelf.sync(of)
        assert shelf.sync(of) == []
        sums = in_books(shelf)
        assert (sums["receipt"], sums.get("recovery", 0)) == (900, recovered)
        assert accounted_for(shelf) == owed(of)


def test_a_recovery_of_a_closed_month_stays_when_the_write_off_goes_and_is_a_question() -> None:
    shelf = Shelf()
    shelf.sync(made([("paid", 300, 5), ("lost", 1200, 1)]))
    shelf.booking = booking(locked=START + timedelta(days=20))
    gone = made([("paid", 300, 5)])
    shelf.sync(gone)
    sales = [b for b in shelf.live() if isinstance(b.document, Sale)]
    assert [b.document.total for b in sales] == [300]  # type: ignore[union-attr]
    assert not any(isinstance(b.document, Receipt) for b in shelf.live())
    assert accounted_for(shelf) == owed(gone) == {"COP": Decimal(900)}


def test_what_is_written_off_beyond_what_there_was_is_held() -> None:
    shelf = Shelf()
    shelf.sync(made([("lost", 1500, 2)]))
    (note,) = [b.document for b in shelf.live() if isinstance(b.document, CreditNote)]
    assert note.total == 1200
    assert shelf.last is not None
    beyond = message("lost_beyond", shown=Decimal(1500), currency="COP", amount=Decimal(1200))
    assert [(h.code, h.amount, h.detail) for h in shelf.last.holds] == [
        ("movement.written_off_beyond", Decimal(-300), beyond)
    ]


amounts = st.sampled_from([1, 60, 300, 450, 700, 1200, 1300])
kinds = st.sampled_from(["paid", "paid", "lost", "fee", "less"])
drawn = st.lists(st.tuples(kinds, amounts, st.integers(0, 60)), max_size=7)
rules = st.sampled_from(
    [
        {},
        {"interest": "as_due"},
        {"invoice_per": "instalment"},
        {"cutover": START + timedelta(days=30)},
        {"policies": {"amount_edited": "correct"}},
        {"policies": {"overpayment": "hold"}},
    ]
)


@pytest.mark.not_quick
@settings(max_examples=200, deadline=None)
@given(drawn, drawn, changes, rules, st.booleans())
def test_every_cent_is_in_a_document_or_a_hold_whatever_is_lost_and_comes_back(  # type: ignore[no-untyped-def]
    before, after, change, rule, parts
) -> None:
    book = booking(**rule)
    shelf = Shelf(in_parts(book) if parts else book)
    for rows in (before, [*before, *after], after):
        of = made(rows, **change)
        shelf.sync(of)
        assert accounted_for(shelf) == owed(of)
        assert shelf.left_to_do(of) == []


MOVED_BEFORE_GOING_LIVE: tuple[list[Row], list[Row], dict[str, object]] = (
    [("paid", 1, 0), ("paid", 1, 0), ("paid", 1, 0), ("paid", 1, 30)],
    [("paid", 1, 0), ("paid", 1, 0), ("paid", 1200, 0), ("paid", 1, 0), ("lost", 1, 30)],
    {"cutover": START + timedelta(days=30)},
)
"""Its receipt is gone by a person's word, and the payment is one of the opening balance now."""


@pytest.mark.not_quick
@settings(max_examples=200, deadline=None)
@example(*MOVED_BEFORE_GOING_LIVE, False, 0, True)
@example(*MOVED_BEFORE_GOING_LIVE, True, 0, True)
@given(drawn, drawn, rules, st.booleans(), st.integers(0, 9), st.booleans())
def test_and_while_a_person_answers_about_receipts(  # type: ignore[no-untyped-def]
    before, after, rule, parts, place, gone
) -> None:
    """What is lost, and what came back of it, is beside a receipt: no answer about one moves it."""
    book = booking(**rule)
    shelf = Shelf(in_parts(book) if parts else book)
    shelf.sync(made(before))
    lost_and_back = _lost_and_back(shelf)
    if receipts := [b.reference for b in shelf.live() if isinstance(b.document, Receipt)]:
        shelf.accept(receipts[place % len(receipts)], gone=gone)
    shelf.sync(made(before))
    assert _lost_and_back(shelf) == lost_and_back
    for rows in (before, [*before, *after], after):
        of = made(rows)
        shelf.sync(of)
        assert accounted_for(shelf) == owed(of)
        assert shelf.left_to_do(of) == []


def _lost_and_back(shelf: Shelf) -> set[tuple[str, Decimal]]:
    found = (b.document for b in shelf.live() if isinstance(b.document, Sale | CreditNote))
    return {(each.reference, each.total) for each in found}


@pytest.mark.not_quick
@settings(max_examples=200, deadline=None)
@given(drawn, drawn, rules, st.sampled_from(["adjust", "hold"]), st.integers(0, 60))
def test_and_while_months_close(before, after, rule, closed, locked) -> None:  # type: ignore[no-untyped-def]
    policies = {**rule.get("policies", {}), "closed_period": closed}
    rule = {**rule, "policies": policies}
    shelf = Shelf(booking(**rule))
    shelf.sync(made(before))
    shelf.booking = booking(locked=START + timedelta(days=locked), **rule)
    for rows in ([*before, *after], after):
        of = made(rows)
        shelf.sync(of)
        assert accounted_for(shelf) == owed(of)
        assert shelf.left_to_do(of) == []


@pytest.mark.not_quick
@settings(max_examples=200, deadline=None)
@given(drawn, st.randoms(use_true_random=False))
def test_the_day_on_which_a_row_becomes_known_changes_nothing(rows, chance) -> None:  # type: ignore[no-untyped-def]
    """One delivery or many, in any order: the same bad debts, recoveries and receipts."""
    at_once, daily = Shelf(), Shelf()
    whole = made(rows)
    at_once.sync(whole)
    every = [*whole.repayments, *whole.adjustments]
    chance.shuffle(every)
    for count in range(len(every) + 1):
        known = every[:count]
        fees = sum(
            (r.amount for r in known if isinstance(r, Adjustment) and r.kind == KINDS["fee"]),
            Decimal(0),
        )
        daily.sync(file(loan(str(1200 + fees), "1000"), *known))
    assert _sums(daily) == _sums(at_once)


def _sums(shelf: Shelf) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for binding in shelf.live():
        document = binding.document
        if isinstance(document, Receipt):
            found["receipt"] = found.get("receipt", Decimal(0)) + document.total
        for line in getattr(document, "lines", ()):
            sign = -1 if isinstance(document, CreditNote) else 1
            found[line.purpose] = found.get(line.purpose, Decimal(0)) + sign * line.amount
    return found


def test_a_running_account_loses_and_recovers_alike() -> None:
    rows = [adjusted(1, WRITE_OFF, "50000"), paid(2, "60000", date(2026, 9, 9))]
    of = file(account(), *rows)
    assert course(of).recovered == {"2": Decimal(50000)}
    assert balance(msgspec.structs.replace(of, repayments=())) == 0


AS_DUE = {"instalments": 4, "frequency": "monthly", "due": None}
"""Interest of 50 with each of four instalments: 3 September, 3 October, 3 November, 3 December."""


def in_books(shelf: Shelf) -> dict[str, Decimal]:
    """By purpose; `open` is what customers owe."""
    sums = _sums(shelf)
    owes = [receivable(b.document) for b in shelf.live()]
    return {name: amount for name, amount in sums.items() if amount} | {
        "open": sum(owes, Decimal(0))
    }


STOPPED: dict[str, tuple[list[Row], dict[str, int]]] = {
    "all of it": (
        [("lost", 1200, 40)],
        {
            "principal": 1000, "interest": 50, "write_off": -1000,
            "write_off_interest": -50, "open": 0,
        },
    ),
    "what is left of it": (
        [("paid", 300, 35), ("lost", 900, 40)],
        {"principal": 1000, "interest": 50, "receipt": 300, "write_off": -750, "open": 0},
    ),
    "a part": (
        [("lost", 500, 40)],
        {"principal": 1000, "interest": 50, "write_off": -350, "open": 700},
    ),
    "less than has not fallen due": (
        [("lost", 75, 40)],
        {"principal": 1000, "interest": 125, "open": 1125},
    ),
    "twice": (
        [("lost", 60, 40), ("lost", 1140, 75)],
        {
            "principal": 1000, "interest": 100, "write_off": -1000,
            "write_off_interest": -100, "open": 0,
        },
    ),
    "and all of it comes back": (
        [("lost", 1200, 40), ("paid", 1300, 50)],
        {
            "principal": 1000, "interest": 50, "write_off": -1000, "write_off_interest": -50,
            "recovery": 1200, "receipt": 100, "open": -100,
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("case", STOPPED)
def test_nothing_more_falls_due_of_what_is_written_off(case: str, at_once: bool) -> None:
    rows, wanted = STOPPED[case]
    shelf = Shelf(booking(interest="as_due"))
    days = [] if at_once else sorted({day for _, _, day in rows})
    for day in days:
        known = made([row for row in rows if row[2] <= day], **AS_DUE)
        shelf.sync(msgspec.structs.replace(known, as_of=START + timedelta(days=day)))
    whole = made(rows, **AS_DUE)
    shelf.sync(msgspec.structs.replace(whole, as_of=date(2027, 3, 1)))
    assert in_books(shelf) == {name: Decimal(much) for name, much in wanted.items()}
    assert accounted_for(shelf) == owed(whole)
    assert shelf.last is not None
    assert shelf.last.holds == ()


def test_a_write_off_that_was_posted_as_one_bad_debt_stays_so() -> None:
    """As the books of an earlier release have it: no document is torn up for a line of its own."""
    before = {purpose: {"item": purpose} for purpose in ITEMS if purpose != "write_off_interest"}
    shelf = Shelf(booking(lines=before))
    of = made([("lost", 1200, 40)])
    shelf.sync(of)
    assert in_books(shelf)["write_off"] == -1200
    bound = shelf.bindings["DY7F3A-K1"]
    day = START + timedelta(days=40)
    plain = draft_of(of, booking(), already_posted(())).facts(day, (WRITE_OFF, Decimal(1200)))
    older = msgspec.structs.replace(bound.document, facts=plain)
    for posted in (bound.document, older):
        shelf.bindings["DY7F3A-K1"] = msgspec.structs.replace(bound, document=posted)
        shelf.booking = booking()
        assert [done for done in shelf.sync(of) if "K1" in done] == []


def test_what_an_earlier_release_went_on_invoicing_is_taken_back() -> None:
    shelf = Shelf(booking(interest="as_due"))
    living = made([], **AS_DUE)
    shelf.sync(msgspec.structs.replace(living, as_of=date(2027, 3, 1)))
    gone = made([("lost", 1200, 40)], **AS_DUE)
    done = shelf.sync(msgspec.structs.replace(gone, as_of=date(2027, 3, 1)))
    assert [d for d in done if d.startswith("void")] == [f"void DY7F3A-L84F0{n}" for n in (2, 3, 4)]
    assert in_books(shelf)["open"] == 0


def test_a_fee_that_is_written_off_is_a_bad_debt() -> None:
    shelf = Shelf()
    shelf.sync(made([("fee", 60, 10), ("lost", 660, 40)]))
    assert {p: a for p, a in in_books(shelf).items() if p.startswith("write")} == {
        "write_off": -560, "write_off_interest": -100,
    }  # fmt: skip


def test_of_a_balance_that_the_source_told_at_going_live_no_more_than_that_is_open() -> None:
    """Opened with 600 of 1,200: 600 are lost, and what comes in afterwards is a recovery."""
    day = START + timedelta(days=30)
    shelf = Shelf(booking(cutover=day))
    for rows, left in (
        ([], 600), ([("lost", 600, 40)], 0), ([("lost", 600, 40), ("paid", 100, 50)], 0),
    ):  # fmt: skip
        of = made(rows, reported_balance=Decimal(left))
        shelf.sync(of)
        assert accounted_for(shelf) == owed(of)
    sums = in_books(shelf)
    assert (sums["recovery"], sums["write_off"], sums["open"]) == (100, -600, 0)
    assert shelf.last is not None
    assert [h.code for h in shelf.last.holds] == ["cutover.paid_before"]


def test_a_payment_taken_back_by_another_counts_beside_one_that_finds_nothing() -> None:
    rows = [
        paid(1, "1000"),
        paid(2, "-5", reverses="9"),
        paid(3, "-1000", reverses="1"),
        paid(4, "700"),
    ]
    shelf = Shelf()
    shelf.sync(file(loan(), *rows))
    receipts = {name for name in shelf.bindings if "-P" in name}
    assert receipts == {"DY7F3A-P4"}
