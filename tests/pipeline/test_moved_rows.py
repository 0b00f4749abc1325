"""A payment or a charge that the ledger moves to another loan is never in the books twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bridge.core.delivery import State
from tests.pipeline.faults import check_laws
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.world import World


@pytest.fixture
def ledger() -> Ledger:
    return small_ledger()


def in_the_books(world: World, base: str) -> list[tuple[str, Decimal]]:
    """Live documents of a reference, whatever their generation."""
    return [
        (d["number"], Decimal(d["total"]))
        for d in world.live_documents()
        if d["number"].partition(".")[0] == base
    ]


def test_a_payment_moved_to_another_loan_is_voided_there_and_posted_here_in_one_pass(
    world: World, ledger: Ledger
) -> None:
    ledger.write(world.snapshot)
    world.sync()
    ledger.movements[7]["debt_id"] = 2
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    assert in_the_books(world, "DY7F3A-P7") == [("DY7F3A-P7.2", Decimal(3000))]
    check_laws(world)


def test_a_charge_moved_to_another_account_leaves_its_first_number_to_the_void(
    world: World, ledger: Ledger
) -> None:
    ledger.write(world.snapshot)
    world.sync()
    ledger.movements[8]["debt_id"] = 2
    ledger.debts[1]["amount"] -= 2_000
    ledger.debts[2]["amount"] += 2_000
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    assert in_the_books(world, "DY7F3A-C8") == [("DY7F3A-C8.2", Decimal(2000))]
    check_laws(world)


def test_a_moved_payment_that_somebody_edited_waits_and_is_not_posted_beside_itself(
    world: World, ledger: Ledger
) -> None:
    ledger.write(world.snapshot)
    world.sync()
    edit = {"action": "edit", "kind": "receipt", "number": "DY7F3A-P7"}
    world.control("POST", f"{world.system}/edit", **edit, set={"date": "2026-07-09"})
    ledger.movements[7]["debt_id"] = 2
    ledger.write(world.snapshot)
    assert world.sync().verdict == "person"
    assert in_the_books(world, "DY7F3A-P7") == [("DY7F3A-P7", Decimal(3000))]
    with world.dry() as bridge, bridge.store.read() as work:
        waiting = work.entries.of(world.where, state=State.PENDING)
    assert [e.reference for e in waiting] == ["DY7F3A-P7.2"]


def test_a_payment_moved_before_it_was_sent_is_posted_once_where_it_belongs(
    world: World, ledger: Ledger
) -> None:
    ledger.write(world.snapshot)
    paths = {"quickbooks": "/payment", "xero": "/Payments", "zoho": "/customerpayments"}
    world.control(
        "POST", "faults", system=world.system, kind="429", when="before", count=500,
        match={"method": "PUT" if world.system == "xero" else "POST", "path": paths[world.system]},
    )  # fmt: skip
    world.sync()
    assert in_the_books(world, "DY7F3A-P7") == []
    world.control("DELETE", "faults")
    world.clock.move(3600)
    # Loan 1 is planned before loan 2, and the other way round.
    for debt in (2, 1, 2):
        ledger.movements[7]["debt_id"] = debt
        ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    assert in_the_books(world, "DY7F3A-P7") == [("DY7F3A-P7", Decimal(3000))]
    check_laws(world)
