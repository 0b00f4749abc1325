"""What a run did to a loan is taken back: what is left of it comes to nothing."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from bridge.core.books import Kind, Receipt, Transaction, applied
from bridge.core.change.diff import diff
from bridge.core.change.past import Done, undoing
from bridge.core.change.undo import TakingBack, Undone, at_rest, phase, undo_loan
from bridge.core.delivery import Binding, Operation
from bridge.core.ledger import AdjustmentKind, LoanFile
from bridge.core.loan.standing import receivable
from bridge.core.loan.translate import translate
from bridge.core.money import NO_CURRENCY
from tests.core.builders import LIMITS, Shelf, account, adjusted, booking, file, loan, paid
from tests.core.change.days import days_of_one_loan

LOCKED = date(2026, 9, 30)
KINDS = frozenset(Kind)


def run(shelf: Shelf, of: LoanFile) -> list[Done]:
    """One pass, and what it did."""
    before = {name: binding.document for name, binding in shelf.bindings.items()}
    bound = list(shelf.bindings.values())
    changes, _ = diff(translate(of, shelf.booking, bound), bound, shelf.booking)
    shelf.sync(of)
    return [
        Done(
            operation=change.operation,
            document=change.document,  # type: ignore[arg-type]
            before=before.get(change.document.reference),
        )
        for change in sorted(changes, key=lambda change: change.phase)
    ]


def undo(shelf: Shelf, of: LoanFile, done: list[Done], voidable: frozenset[Kind] = KINDS) -> Undone:
    """Take it back, and let the shelf be as if all of that had gone through."""
    task = TakingBack(file=of, done=done, bound=list(shelf.bindings.values()), reason=undoing("R1"))
    made = undo_loan(task, shelf.booking, voidable)
    for change in sorted(made.changes, key=phase):
        reference = change.document.reference
        shelf.bindings[reference] = Binding(
            reference=reference,
            external_id=f"x{reference}",
            version="0",
            generation=change.generation,
            document=change.document,
            voided=change.operation is Operation.VOID,
        )
    return made


def live(shelf: Shelf) -> list[Transaction]:
    documents = [b.document for b in shelf.bindings.values() if not b.voided]
    return [d for d in documents if isinstance(d, Transaction)]


def owed(shelf: Shelf) -> Counter[str]:
    found: Counter[str] = Counter()
    for document in live(shelf):
        found[document.currency] += receivable(document)  # type: ignore[assignment]
    return found


@pytest.mark.parametrize("seed", range(40))
def test_a_first_run_leaves_nothing_and_a_later_one_what_was_there(seed: int) -> None:
    first, *later = days_of_one_loan(random.Random(seed))
    shelf = Shelf()
    done = run(shelf, first)
    was = {d.reference.partition(".")[0]: (d.facts, applied(d)) for d in live(shelf)}
    second = run(shelf, later[0])
    made = undo(shelf, later[0], second)
    assert made.left == ()
    now = {d.reference.partition(".")[0]: (d.facts, applied(d)) for d in live(shelf)}
    assert {n: facts for n, (facts, _) in now.items()} == {n: f for n, (f, _) in was.items()}
    sums = [Counter(a.values()) for _, a in now.values()]
    assert sum(sums, Counter()) == sum([Counter(a.values()) for _, a in was.values()], Counter())
    third = undo(shelf, later[0], done)
    if not second:
        assert live(shelf) == []
        assert {h.code for h in third.holds} <= {"run.undone"}


@pytest.mark.parametrize("seed", range(20))
def test_what_is_in_a_closed_month_is_undone_in_the_open_one(seed: int) -> None:
    (first, *_) = days_of_one_loan(random.Random(seed))
    shelf = Shelf()
    done = run(shelf, first)
    shelf.booking = booking(locked=LOCKED)
    made = undo(shelf, first, done)
    assert made.left == ()
    assert not any(owed(shelf).values())
    assert all(
        change.document.day > LOCKED  # type: ignore[union-attr]
        for change in made.changes
        if change.operation is not Operation.VOID
    )
    assert not any(
        change.document.day <= LOCKED  # type: ignore[union-attr]
        for change in made.changes
        if change.operation is Operation.VOID
    )


def test_what_the_system_does_not_take_back_is_undone_by_another_document() -> None:
    shelf = Shelf()
    of = file(loan())
    made = undo(shelf, of, run(shelf, of), KINDS - {Kind.INVOICE})
    assert [c.document.reference for c in made.changes] == ["DY7F3A-ZL84", "DY7F3A-AZL84"]


def test_what_changed_since_stays_and_is_told() -> None:
    shelf = Shelf()
    of = file(loan(), paid(1, "5000"))
    done = run(shelf, of)
    for name, change in (
        ("DY7F3A-L84", {"accepted": "?"}),
        ("DY7F3A-P1", {"document": msgspec.structs.replace(done[1].document, memo="x")}),
    ):
        shelf.bindings[name] = msgspec.structs.replace(shelf.bindings[name], **change)  # type: ignore[arg-type]
    made = undo(shelf, of, done)
    assert {(e.reference, e.why) for e in made.left} == {
        ("DY7F3A-L84", "changed_since"),
        ("DY7F3A-P1", "changed_since"),
    }
    assert made.changes == ()


def test_an_update_goes_back_only_where_that_is_known_and_open() -> None:
    for before, locked, why in (
        (False, None, "before_unknown"),
        (True, LOCKED, "period_closed"),
        (True, None, ""),
    ):
        shelf = Shelf()
        run(shelf, file(loan()))
        of = file(loan("130000"))
        done = run(shelf, of)
        assert [d.operation for d in done] == [Operation.UPDATE]
        shelf.booking = booking(locked=locked)
        known = done if before else [msgspec.structs.replace(done[0], before=None)]
        made = undo(shelf, of, known)
        assert [left.why for left in made.left] == ([why] if why else [])
        if not why:
            assert shelf.bindings["DY7F3A-L84"].document.total == Decimal(120_000)  # type: ignore[union-attr]


def test_what_was_taken_back_comes_again_in_an_open_month_under_the_next_number() -> None:
    shelf = Shelf()
    run(shelf, file(loan(), paid(1, "5000")))
    of = file(loan(annulled=True))
    done = run(shelf, of)
    assert live(shelf) == []
    shelf.booking = booking(locked=LOCKED)
    made = undo(shelf, of, done)
    again = {c.document.reference: c.document for c in made.changes}
    assert again.keys() == {"DY7F3A-L84.2", "DY7F3A-P1.2"}
    receipt = again["DY7F3A-P1.2"]
    assert applied(receipt) == {"DY7F3A-L84.2": Decimal(5000)}
    assert (receipt.day, receipt.dated) == (date(2026, 10, 1), date(2026, 9, 1))  # type: ignore[union-attr]


def test_while_books_rest_what_lies_between_is_the_balance_less_what_they_have() -> None:
    shelf = Shelf()
    of = file(loan(), paid(1, "5000"))
    shelf.sync(of)
    documents = live(shelf)
    assert at_rest(of, documents, "rests") == ()
    (more,) = at_rest(file(loan("130000"), paid(1, "5000")), documents, "rests")
    assert (more.code, more.currency, more.amount) == ("rests", "COP", Decimal(10_000))
    (gone,) = at_rest(file(loan(annulled=True)), documents, "rests")
    assert (gone.currency, gone.amount) == ("COP", Decimal(-115_000))
    vanished = at_rest(file(None, paid(1, "5000")), documents, "rests")
    assert {(hold.currency, hold.amount) for hold in vanished} == {
        (NO_CURRENCY, Decimal(-5000)),
        ("COP", Decimal(-115_000)),
    }


ADJUST = {"closed_period": "adjust"}


def test_what_comes_back_settles_only_what_is_still_there() -> None:
    charge = adjusted(2, AdjustmentKind.CHARGE, "5000", date(2026, 8, 20))
    shelf = Shelf()
    run(shelf, file(account("55000"), charge, paid(1, "55000")))
    done = run(shelf, file(account("55000"), charge))
    run(shelf, file(account("50000")))
    undo(shelf, file(account("50000")), done)
    again = shelf.bindings["DY7F3A-P1.2"].document
    assert applied(again) == {"DY7F3A-L84": Decimal(50_000)}


def test_what_was_moved_once_and_comes_back_later_keeps_the_ledgers_day() -> None:
    of = loan(start=date(2026, 10, 2))
    shelf = Shelf(booking(locked=LOCKED, policies=ADJUST))
    run(shelf, file(of, paid(1, "5000", date(2026, 9, 3))))
    done = run(shelf, file(of))
    shelf.booking = booking(locked=date(2026, 10, 31), policies=ADJUST)
    undo(shelf, file(of), done)
    again = shelf.bindings["DY7F3A-P1.2"].document
    assert isinstance(again, Receipt)
    assert (again.day, again.dated) == (date(2026, 11, 1), date(2026, 9, 3))


@pytest.mark.parametrize(
    ("first", "then"),
    [(date(2026, 10, 10), date(2026, 8, 3)), (date(2026, 8, 3), date(2026, 10, 10))],
)
def test_an_update_into_or_out_of_a_month_that_is_closed_by_now_stays(
    first: date, then: date
) -> None:
    shelf = Shelf()
    run(shelf, file(loan(start=first)))
    of = file(loan(start=then))
    done = run(shelf, of)
    assert [each.operation for each in done] == [Operation.UPDATE]
    shelf.booking = booking(locked=LOCKED)
    made = undo(shelf, of, done)
    assert [left.why for left in made.left] == ["period_closed"]


@pytest.mark.parametrize("dated_uses", [True, False])
def test_a_use_in_an_open_month_of_credit_from_a_closed_one_is_taken_back_where_it_has_a_day(
    dated_uses: bool,
) -> None:
    limits = msgspec.structs.replace(LIMITS, dated_uses=True)
    shelf = Shelf(msgspec.structs.replace(booking(), limits=limits))
    run(shelf, file(account("10000"), paid(1, "12000")))
    shelf.booking = msgspec.structs.replace(booking(locked=LOCKED), limits=limits)
    charge = adjusted(2, AdjustmentKind.CHARGE, "5000", date(2026, 10, 5))
    of = file(account("15000"), paid(1, "12000"), charge)
    done = [each for each in run(shelf, of) if each.operation is Operation.UPDATE]
    assert [each.document.reference for each in done] == ["DY7F3A-P1"]
    limits = msgspec.structs.replace(LIMITS, dated_uses=dated_uses)
    shelf.booking = msgspec.structs.replace(shelf.booking, limits=limits)
    made = undo(shelf, of, done)
    assert [left.why for left in made.left] == ([] if dated_uses else ["period_closed"])
    if dated_uses:
        assert applied(shelf.bindings["DY7F3A-P1"].document) == {"DY7F3A-L84": Decimal(10_000)}


def test_a_run_that_was_undone_is_undone_no_second_time() -> None:
    shelf = Shelf()
    of = file(loan(), paid(1, "5000"))
    done = run(shelf, of)
    undo(shelf, of, done)
    again = undo(shelf, of, done)
    assert (again.changes, again.left) == ((), ())


def test_a_recovery_of_a_closed_month_stays_and_is_told() -> None:
    """No document undoes money that was income."""
    lost = adjusted(1, AdjustmentKind.WRITE_OFF, "120000", date(2026, 9, 1))
    of = file(loan(), lost, paid(2, "1000", date(2026, 9, 5)))
    shelf = Shelf()
    done = run(shelf, of)
    shelf.booking = booking(locked=LOCKED)
    made = undo(shelf, of, done)
    assert [(left.reference, left.why) for left in made.left] == [("DY7F3A-V2", "period_closed")]
    assert not any(change.document.reference == "DY7F3A-V2" for change in made.changes)


def test_what_a_document_of_a_closed_month_settles_is_undone_by_another_one() -> None:
    """A charge of the open month that was paid by what was too much before."""
    charge = adjusted(2, AdjustmentKind.CHARGE, "5000", date(2026, 10, 5))
    of = file(account("15000"), paid(1, "12000"), charge)
    shelf = Shelf()
    done = run(shelf, of)
    shelf.booking = booking(locked=LOCKED)
    made = undo(shelf, of, done)
    by_name = {change.document.reference: change.operation for change in made.changes}
    assert "DY7F3A-C2" not in by_name
    assert by_name["DY7F3A-ZC2"] is Operation.CREATE
