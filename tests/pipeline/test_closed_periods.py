"""Months close. What was posted in them stays; the ledger's later changes are held, or undone and
posted anew in the open month where the mapping says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.core.tie_out.items import ItemKind
from bridge.core.tie_out.reconciliation import Lateness
from bridge.pipeline.reconcile import compare
from tests import lost_states
from tests.pipeline.closed import adjusting, compared, documents, lock, put_back
from tests.pipeline.faults import check_laws
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.world import MAY_SHRINK, World, one


@pytest.fixture
def world(world: World) -> World:
    world.overrides |= MAY_SHRINK
    return world


@pytest.fixture
def ledger() -> Ledger:
    return small_ledger()


def agrees(world: World) -> bool:
    with world.bridge() as bridge:
        return compare(bridge, bridge.today, world.clock.now()).agree


def late(world: World, as_of: date | None = None) -> Lateness:
    return compared(world, as_of).late


def row_of(number: int, kind: str, amount: int, on: str) -> dict[str, Any]:
    """One more movement of the second loan."""
    return {
        "movement_id": number, "debt_id": 2, "type": kind, "amount": amount,
        "date": on, "concept": "", "method": "CASH",
    }  # fmt: skip


def test_a_payment_changed_after_its_month_closed_is_held(world: World, ledger: Ledger) -> None:
    ledger.write(world.snapshot)
    world.sync()
    lock(world, "2026-09-30")
    before = documents(world)
    ledger.movements[7]["amount"] += 500
    ledger.write(world.snapshot)
    assert world.sync().verdict == "person"
    assert documents(world) == before
    with world.dry() as bridge, bridge.store.read() as work:
        holds = work.plans.holds(world.where)
    assert {h.code for h in holds} == {"books.period_closed"}
    assert sum(h.amount for h in holds) == Decimal(-500)
    assert agrees(world)


def test_or_undone_and_posted_anew_in_the_open_month(world: World, ledger: Ledger) -> None:
    adjusting(world)
    ledger.write(world.snapshot)
    world.sync()
    lock(world, "2026-09-30")
    before = documents(world)
    ledger.movements[7]["amount"] += 500
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    after = documents(world)
    kept = {number: (d["date"], d["total"]) for number, d in before.items()}
    assert kept.items() <= {n: (d["date"], d["total"]) for n, d in after.items()}.items()
    new = {n: (d["kind"], d["date"], d["total"]) for n, d in after.items() if n not in before}
    assert new == {
        "DY7F3A-ZP7": ("invoice", "2026-11-19", "3000.00"),
        "DY7F3A-P7.2": ("receipt", "2026-10-01", "3500.00"),
    }
    assert agrees(world)
    check_laws(world)


def test_a_loan_deleted_after_its_month_closed_comes_to_nothing(
    world: World, ledger: Ledger
) -> None:
    adjusting(world)
    ledger.write(world.snapshot)
    world.sync()
    lock(world, "2026-09-30")
    del ledger.debts[1]
    ledger.movements = {}
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    after = documents(world)
    assert {"DY7F3A-ZL1", "DY7F3A-ZC8", "DY7F3A-ZP7"} <= set(after)
    owed = {n: Decimal(d["open"]) for n, d in after.items() if n != "DY7F3A-L2"}
    assert not any(owed.values()), owed
    assert agrees(world)
    check_laws(world)


def test_what_undid_a_document_goes_when_a_person_says_that_that_one_is_gone(
    world: World, ledger: Ledger
) -> None:
    adjusting(world)
    ledger.write(world.snapshot)
    world.sync()
    lock(world, "2026-09-30")
    del ledger.debts[2]
    ledger.write(world.snapshot)
    world.sync()
    assert {"DY7F3A-L2", "DY7F3A-ZL2"} <= set(documents(world))
    lock(world, "2026-05-31")
    edit = {"action": "void", "kind": "invoice", "number": "DY7F3A-L2"}
    world.control("POST", f"{world.system}/edit", **edit)
    world.clock.move(120)
    put_back(world, "DY7F3A-L2")
    world.sync()
    assert {"DY7F3A-L2", "DY7F3A-ZL2"}.isdisjoint(documents(world))
    assert agrees(world)
    check_laws(world)


def test_credit_of_a_closed_month_is_not_put_to_use_by_changing_its_receipt(
    world: World, ledger: Ledger
) -> None:
    ledger.movements[7]["amount"] = 60_000
    ledger.write(world.snapshot)
    world.sync()
    lock(world, "2026-09-30")
    ledger.movements[9] = {
        "movement_id": 9, "debt_id": 1, "type": "INCREASE", "amount": 5_000,
        "date": "2026-11-01", "concept": "", "method": "CASH",
    }  # fmt: skip
    ledger.debts[1]["amount"] += 5_000
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    # In Xero an allocation has the day of the later document, so the closed month is not touched.
    left = "0.00" if world.system == "xero" else "5000.00"
    assert documents(world)["DY7F3A-C9"]["open"] == left
    assert agrees(world)
    assert one(world.preview()).plan.figures.update == 0


def test_what_a_person_wants_put_back_in_a_closed_month_waits(world: World, ledger: Ledger) -> None:
    ledger.write(world.snapshot)
    world.sync()
    edit = {"action": "edit", "kind": "invoice", "number": "DY7F3A-L2"}
    world.control("POST", f"{world.system}/edit", **edit, set={"amount": "49000"})
    lock(world, "2026-09-30")
    world.clock.move(120)
    put_back(world, "DY7F3A-L2")
    done = world.sync()
    assert (done.verdict, one(done).plan.figures.update) == ("person", 0)
    with world.dry() as bridge, bridge.store.read() as work:
        assert {h.code for h in work.plans.holds(world.where)} == {"books.period_closed"}
    lock(world, "2026-05-31")
    assert one(world.sync()).plan.figures.update == 1
    assert documents(world)["DY7F3A-L2"]["total"] == "50000.00"
    assert agrees(world)


def test_what_the_field_reports_late_is_posted_in_the_open_month(
    world: World, ledger: Ledger
) -> None:
    adjusting(world)
    ledger.write(world.snapshot)
    world.sync()
    lock(world, "2026-09-30")
    ledger.movements[9] = row_of(9, "PAYMENT", 700, "2026-09-29")
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    assert documents(world)["DY7F3A-P9"]["date"] == "2026-10-01"
    told = late(world)
    assert [
        (row.reference, row.document, str(row.day), str(row.posted_on), str(row.amount))
        for row in told.rows
    ] == [("DY7F3A-P9", "receipt", "2026-09-29", "2026-10-01", "700.00")]
    assert told.totals == (("receipt", "COP", 1, Decimal("700.00")),)
    del ledger.movements[9]
    ledger.write(world.snapshot)
    world.sync()
    assert late(world).rows == ()
    assert agrees(world)


def test_what_came_late_is_told_as_the_books_have_it_now(world: World, ledger: Ledger) -> None:
    adjusting(world)
    ledger.write(world.snapshot)
    world.sync()
    lock(world, "2026-09-30")
    ledger.movements[9] = row_of(9, "INCREASE", 700, "2026-09-29")
    ledger.debts[2]["amount"] += 700
    ledger.movements[10] = row_of(10, "PAYMENT", 400, "2026-09-29")
    ledger.write(world.snapshot)
    world.sync()
    world.clock.move(120)
    ledger.movements[9]["amount"] += 200
    ledger.debts[2]["amount"] += 200
    ledger.movements[10]["amount"] += 100
    ledger.write(world.snapshot)
    assert one(world.sync()).plan.figures.by_kind["update.invoice"] == 1
    told = late(world)
    assert {(row.reference, str(row.amount)) for row in told.rows} == {
        ("DY7F3A-C9", "900.00"),
        ("DY7F3A-P10.2", "500.00"),
    }
    assert told.totals == (
        ("invoice", "COP", 1, Decimal("900.00")),
        ("receipt", "COP", 1, Decimal("500.00")),
    )
    assert agrees(world)


def test_late_is_told_in_the_month_in_which_it_was_posted(world: World, ledger: Ledger) -> None:
    adjusting(world)
    ledger.write(world.snapshot)
    world.sync()
    lock(world, "2026-09-30")
    ledger.movements[9] = row_of(9, "PAYMENT", 700, "2026-09-29")
    ledger.write(world.snapshot)
    world.sync()
    months = {day: len(late(world, date(2026, *day)).rows) for day in ((10, 31), (11, 1), (12, 1))}
    assert months == {(10, 31): 0, (11, 1): 1, (12, 1): 0}


def test_what_is_held_since_its_month_is_closed_is_told_with_its_amount(
    world: World, ledger: Ledger
) -> None:
    ledger.write(world.snapshot)
    world.sync()
    lock(world, "2026-09-30")
    ledger.movements[9] = row_of(9, "PAYMENT", 700, "2026-09-29")
    ledger.write(world.snapshot)
    world.sync()
    found = compared(world)
    (item,) = found.items
    assert (item.kind, item.cause, item.subject, item.loan) == (
        ItemKind.HELD,
        "books.period_closed",
        "movement:9",
        "2",
    )
    assert (str(item.amount), item.currency) == ("-700.00", "COP")
    assert (found.late.rows, found.agree) == ((), True)


@pytest.mark.spread
@pytest.mark.parametrize("when", ["before the month closed", "before it was undone"])
@pytest.mark.parametrize("moved", [False, True], ids=["edited", "moved to another loan"])
def test_what_undid_a_document_is_known_again_for_the_loan_of_that_one(
    world: World, ledger: Ledger, tmp_path: Path, moved: bool, when: str
) -> None:
    """An older copy of the state is put in place. Whoever the row is of by now, what undid its
    document belongs to the loan whose balance that document lowered."""
    adjusting(world)
    ledger.write(world.snapshot)
    world.sync()
    state, copy = world.folder / "state.db", tmp_path / "copy.db"
    if when == "before the month closed":
        lost_states.plain_copy(state, copy)
    lock(world, "2026-09-30")
    world.sync()
    if when != "before the month closed":
        lost_states.plain_copy(state, copy)
    ledger.movements[7] |= {"debt_id": 2} if moved else {"amount": 3500}
    ledger.write(world.snapshot)
    world.clock.move(3600)
    assert world.sync().verdict == "clean"
    there = {number: (d["kind"], d["total"]) for number, d in documents(world).items()}
    assert "DY7F3A-ZP7" in there
    lost_states.put_back(copy, state)
    world.clock.move(3600)
    assert "pass.restored" in {task.code for task in world.sync().answer.tasks}
    for _ in range(2):
        assert {n: (d["kind"], d["total"]) for n, d in documents(world).items()} == there
        assert compared(world).agree
        done = world.sync()
        assert (done.verdict, done.changes) == ("clean", 0), done.reason
    check_laws(world)
