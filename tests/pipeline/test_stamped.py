"""What a tax office knows is never voided or changed: it is a person's task, with its amount.

An add-on has sent a document of ours and left its code on it. Whatever the ledger does then, and
whether a comparison has read the code before or the pass is the first to see it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bridge.core.tie_out.reconciliation import Reconciliation
from bridge.pipeline.decide import accept
from bridge.pipeline.reconcile import compare
from bridge.pipeline.undo import undo
from bridge.report.details import english
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.mappings import TARGETS, applied, edit_mapping
from tests.pipeline.world import MAY_SHRINK, World, one

INVOICE = "DY7F3A-L2"
NOTE = "DY7F3A-K9"
CODE = "8f2c" * 24


@pytest.fixture
def world(world: World) -> World:
    world.overrides |= MAY_SHRINK
    return world


@pytest.fixture
def ledger(world: World) -> Ledger:
    """Two accounts at the store; the first has a discount. All of it is posted."""
    made = small_ledger()
    made.movements[9] = made.movements[7] | {
        "movement_id": 9, "type": "DISCOUNT", "amount": 1_000, "date": "2026-07-05",
    }  # fmt: skip
    made.write(world.snapshot)
    assert world.sync().verdict == "clean"
    world.clock.move(120)
    return made


def stamp(world: World, number: str, **more: Any) -> None:
    """What an add-on does to a document that it has sent to the tax office."""
    kind = "credit_note" if "-K" in number else "invoice"
    wish = {"action": "stamp", "kind": kind, "number": number, "code": CODE} | more
    world.control("POST", f"{world.system}/edit", **wish)
    world.clock.move(120)


def in_the_books(world: World, number: str) -> tuple[str, str]:
    (found,) = [d for d in world.books()["documents"] if d["number"] == number]
    return found["total"], found["status"]


def compared(world: World) -> Reconciliation:
    with world.bridge() as bridge:
        return compare(bridge, bridge.today, world.clock.now(), fresh=bridge.fresh)


def _gone(ledger: Ledger) -> Decimal:
    """The loan is deleted in the app."""
    del ledger.debts[2]
    return Decimal(-50_000)


def _lowered(ledger: Ledger) -> Decimal:
    """Nobody has paid yet, and the amount is set right."""
    ledger.debts[2]["amount"] = 42_000
    return Decimal(-8_000)


def _discounted_otherwise(ledger: Ledger) -> Decimal:
    ledger.movements[9]["amount"] = 1_500
    return Decimal(-500)


EDITS = {
    _gone: INVOICE,
    _lowered: INVOICE,
    _discounted_otherwise: NOTE,
}


@pytest.mark.parametrize("place", ["note", "field"])
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_once_it_was_read_nothing_of_it_is_planned_and_it_is_held_with_its_amount(
    world: World, ledger: Ledger, edit: Callable[[Ledger], Decimal], place: str
) -> None:
    number = EDITS[edit]
    stamp(world, number, place=place)
    compared(world)
    before = in_the_books(world, number)
    amount = edit(ledger)
    ledger.write(world.snapshot)
    result = world.sync()
    assert in_the_books(world, number) == before
    figures = one(result).plan.figures
    assert (figures.create, figures.update, figures.void) == (0, 0, 0)
    (task,) = result.answer.tasks
    assert (task.code, task.action) == ("books.stamped", "offset_stamped")
    assert (task.amount, task.subject) == (amount, f"document:{number}")
    assert result.exit_code == 1
    found = compared(world)
    assert [task.code for task in found.verdict.tasks] == ["books.stamped"]
    assert not any(tie.unexplained for tie in found.systems[0].tie_outs)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_a_pass_that_is_the_first_to_see_it_sends_nothing_either(
    world: World, ledger: Ledger, edit: Callable[[Ledger], Decimal]
) -> None:
    number = EDITS[edit]
    before = in_the_books(world, number)
    stamp(world, number)
    amount = edit(ledger)
    ledger.write(world.snapshot)
    result = world.sync()
    assert in_the_books(world, number) == before
    assert result.exit_code == 1
    (task,) = result.answer.tasks
    assert task.amount == amount
    if edit is _lowered:  # changed in place: the pass finds it when it looks at the version
        assert task.code == "outbox.rejected"
        assert "tax office" in english(task.detail)
    else:
        assert task.code == "books.stamped"


def test_what_is_paid_on_it_is_posted_all_the_same(world: World, ledger: Ledger) -> None:
    stamp(world, INVOICE)
    compared(world)
    ledger.movements[10] = ledger.movements[7] | {"movement_id": 10, "debt_id": 2}
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    (receipt,) = [d for d in world.books()["documents"] if d["number"] == "DY7F3A-P10"]
    assert receipt["total"] == "3000.00"


def test_an_undoing_leaves_it_and_says_so(world: World, ledger: Ledger) -> None:
    with world.bridge() as bridge, bridge.store.read() as work:
        (run,) = [run.id for run in work.runs.latest(limit=9) if run.verb == "sync"]
    stamp(world, INVOICE)
    compared(world)
    with world.bridge() as bridge:
        result = undo(bridge, run, "ana")
    (done,) = result.systems.values()
    assert [(left.reference, left.why) for left in done.left] == [(INVOICE, "stamped")]
    assert in_the_books(world, INVOICE)[0] == "50000.00"


def test_an_edited_mapping_leaves_it_and_holds_nothing(world: World, ledger: Ledger) -> None:
    stamp(world, INVOICE)
    compared(world)
    edit_mapping(world, TARGETS[world.system])
    result = applied(world)
    assert one(result).plan.figures.update == 2
    assert result.verdict == "clean"


def test_a_person_may_leave_it_as_the_books_have_it(world: World, ledger: Ledger) -> None:
    stamp(world, INVOICE)
    compared(world)
    _lowered(ledger)
    ledger.write(world.snapshot)
    world.sync()
    with world.bridge() as bridge:
        system = bridge.books[world.system].system
        accept(bridge.store, system, [INVOICE], "ana", world.clock.now())
    assert world.sync().answer.tasks == ()
    assert in_the_books(world, INVOICE)[0] == "50000.00"
