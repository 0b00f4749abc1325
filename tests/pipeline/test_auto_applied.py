"""Books that put credit to use by themselves: once, and in the open."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bridge.core.delivery import State
from bridge.core.identity import BooksId
from bridge.core.tie_out.items import ItemKind
from bridge.core.tie_out.reconciliation import SystemResult
from bridge.pipeline.reconcile import compare
from bridge.report.details import english
from bridge.sandbox.server import SandboxServer
from tests.pipeline.faults import check_laws
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import NOW, REALM, World, one


@pytest.fixture
def world(tmp_path: Path, sandbox: SandboxServer) -> World:
    made = World(tmp_path, sandbox)
    made.control("POST", "reset")
    # One after the other: what is applied to what depends on what is there already.
    made.overrides = {"LEDGER_BRIDGE_SYSTEMS__QUICKBOOKS__PARALLEL": "1"}
    return made


def lend(ledger: Ledger, number: int, borrower: int, due: str, amount: int = 120000) -> None:
    ledger.debtors[borrower] = {
        "debtor_id": borrower, "name": f"Persona {borrower}", "phone": f"39000000{borrower:02}",
        "store_id": "T", "created_on": "2026-05-01",
    }  # fmt: skip
    ledger.debts[number] = {
        "debt_id": number, "debtor_id": borrower, "kind": "loan", "amount": amount,
        "remaining": amount, "is_paid": False, "currency": "COP", "created_on": "2026-06-01",
        "due_on": due, "principal": amount * 5 // 6, "interest_pct": 20, "status": "OPEN",
    }  # fmt: skip


def move(ledger: Ledger, number: int, debt: int, kind: str, amount: int, day: str) -> None:
    ledger.movements[number] = {
        "movement_id": number, "debt_id": debt, "type": kind, "amount": amount, "date": day,
        "concept": "", "method": "CASH",
    }  # fmt: skip


def morning(world: World) -> SystemResult:
    with world.bridge() as bridge:
        (result,) = compare(bridge, bridge.today, NOW).systems
    assert not any(tie.unexplained for tie in result.tie_outs)
    return result


def drifted(world: World) -> dict[str, str]:
    """Reference → what differs, of what waits for a person."""
    with world.dry() as bridge, bridge.store.read() as work:
        entries = work.entries.of(BooksId("quickbooks", REALM), state=State.DRIFTED, limit=100)
        return {entry.reference: english(entry.detail) for entry in entries}


def id_of(world: World, number: str) -> str:
    return str(next(d["id"] for d in world.books()["documents"] if d["number"] == number))


def uses_of_credit(world: World) -> list[str]:
    """Numbers of the payments of nothing in the books."""
    documents = world.books()["documents"]
    return [d["number"] for d in documents if d["kind"] == "receipt" and d["total"] == "0.00"]


def test_credit_applied_where_we_wanted_it_is_ours_and_nothing_is_left_to_do(world: World) -> None:
    world.control("POST", "quickbooks/settings", auto_apply_credit=True)
    ledger = Ledger()
    lend(ledger, 1, 1, "2026-12-01")
    move(ledger, 1, 1, "PAYMENT", 20000, "2026-07-01")
    move(ledger, 2, 1, "DISCOUNT", 5000, "2026-07-02")
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    assert uses_of_credit(world) == ["DY7F3A-A2"]
    check_laws(world)
    assert morning(world).agree
    world.overrides["LEDGER_BRIDGE_LIMITS__SHRINK_ROWS_PERCENT"] = "100"
    del ledger.movements[2]  # the discount is taken back, and with it the use that was taken over
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    check_laws(world)
    assert morning(world).agree


def test_credit_applied_elsewhere_is_told_by_field_and_a_person_is_asked(world: World) -> None:
    world.control("POST", "quickbooks/settings", auto_apply_credit=True)
    ledger = Ledger()
    lend(ledger, 1, 1, "2026-12-01")
    lend(ledger, 2, 1, "2026-10-01")  # due earlier: settled first
    move(ledger, 1, 1, "DISCOUNT", 5000, "2026-07-02")
    ledger.write(world.snapshot)
    result = world.sync()
    assert (result.verdict, result.exit_code) == ("person", 1)
    detail = drifted(world)["DY7F3A-A1"]
    other = id_of(world, "DY7F3A-L2")
    assert f"Invoices paid: DY7F3A-L1 5000.00 / {other} 5000.00" in detail
    assert len(uses_of_credit(world)) == 1
    told = morning(world)
    assert not told.agree
    (item,) = [i for i in told.items if i.field == "applications"]
    assert (item.reference, item.kind) == ("DY7F3A-A1", ItemKind.DRIFTED)
    assert item.amount == 0
    again = world.sync()
    assert one(again).posting.posted == 0
    assert len(uses_of_credit(world)) == 1


def test_a_payment_applied_to_another_loan_is_told_and_a_person_is_asked(world: World) -> None:
    world.control("POST", "quickbooks/settings", auto_apply_payments=True)
    ledger = Ledger()
    lend(ledger, 1, 1, "2026-10-01", amount=12000)
    lend(ledger, 2, 1, "2026-12-01")
    move(ledger, 1, 1, "PAYMENT", 12000, "2026-07-01")
    move(ledger, 2, 1, "PAYMENT", 3000, "2026-07-02")  # nothing is owed on that loan any more
    ledger.write(world.snapshot)
    assert world.sync().verdict == "person"
    other = id_of(world, "DY7F3A-L2")
    assert drifted(world) == {"DY7F3A-P2": f"Invoices paid:  / {other} 3000.00"}
    told = morning(world)
    assert not told.agree
    assert [i.reference for i in told.items if i.field == "applications"] == ["DY7F3A-P2"]
    assert len({d["number"] for d in world.live_documents()}) == len(world.live_documents())


def test_the_rest_of_a_payment_that_went_to_a_new_loan_is_found_in_the_morning(
    world: World,
) -> None:
    world.control("POST", "quickbooks/settings", auto_apply_payments=True)
    ledger = Ledger()
    lend(ledger, 1, 1, "2026-10-01", amount=12000)
    move(ledger, 1, 1, "PAYMENT", 15000, "2026-07-01")
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    assert morning(world).agree
    lend(ledger, 2, 1, "2026-12-01")
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    told = morning(world)
    assert not told.agree
    (item,) = [i for i in told.items if i.field == "applications"]
    assert (item.reference, item.kind) == ("DY7F3A-P1", ItemKind.DRIFTED)
    assert item.amount == Decimal(0)
    assert "3000.00" in item.books
    move(ledger, 2, 2, "PAYMENT", 120000, "2026-08-01")  # more than is open on it in the books
    ledger.write(world.snapshot)
    assert world.sync().verdict == "person"
    told = morning(world)
    assert told.counts["rejected"] == 1
