"""A mapping is edited: it holds from now on, and for what is posted only when a person says so."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bridge.core.books import Kind
from bridge.core.delivery import State
from bridge.pipeline.reconcile import compare
from bridge.pipeline.sync import preview, sync
from tests.pipeline.closed import documents, lock
from tests.pipeline.edited import hand
from tests.pipeline.faults import check_laws
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.mappings import CASH, TARGETS, applied, edit_mapping
from tests.pipeline.world import MAY_SHRINK, World, one


@pytest.fixture
def world(world: World) -> World:
    world.overrides |= MAY_SHRINK
    return world


@pytest.fixture
def ledger(world: World) -> Ledger:
    made = small_ledger()
    made.write(world.snapshot)
    world.sync()
    world.clock.move(120)
    return made


def foreseen(world: World) -> Any:
    with world.dry() as bridge:
        return one(preview(bridge, remap=True)).plan.figures


def balances(world: World) -> dict[str, Decimal]:
    return {a["name"]: Decimal(a["balance"]) for a in world.books()["accounts"]}


def agrees(world: World) -> bool:
    with world.bridge() as bridge:
        return compare(bridge, bridge.today, world.clock.now()).agree


def test_it_holds_from_now_on_and_leaves_what_is_posted(world: World, ledger: Ledger) -> None:
    before = world.books()["documents"]
    edit_mapping(world, TARGETS[world.system], CASH[world.system])
    assert world.sync().reason == "nothing to do"
    ledger.movements[7]["concept"] = "Abono"
    ledger.write(world.snapshot)
    assert one(world.sync()).plan.figures.by_kind == {}
    assert world.books()["documents"] == before


def test_applied_it_moves_what_is_posted_to_the_other_account(world: World, ledger: Ledger) -> None:
    then = balances(world)
    edit_mapping(world, TARGETS[world.system])
    wanted = foreseen(world)
    done = applied(world)
    assert done.verdict == "clean"
    assert one(done).plan.figures == wanted
    assert wanted.by_kind == {"update.invoice": 3}
    now = balances(world)
    moved = sorted(v - then[n] for n, v in now.items() if v != then[n])
    assert moved == [Decimal(-102_000), Decimal(102_000)]
    assert agrees(world)
    assert foreseen(world).by_kind == {}
    assert one(world.sync()).plan.figures.by_kind == {}
    check_laws(world)


def test_what_is_paid_in_full_moves_too_and_stays_paid(world: World, ledger: Ledger) -> None:
    ledger.movements[9] = {
        "movement_id": 9, "debt_id": 2, "type": "PAYMENT", "amount": 50_000,
        "date": "2026-11-02", "concept": "", "method": "CASH",
    }  # fmt: skip
    ledger.write(world.snapshot)
    world.sync()
    world.clock.move(120)
    before = documents(world)
    assert before["DY7F3A-L2"]["open"] == "0.00"
    then = balances(world)
    edit_mapping(world, TARGETS[world.system])
    assert applied(world).verdict == "clean"
    assert documents(world) == before
    now = balances(world)
    assert {v - then[n] for n, v in now.items() if v != then[n]} == {
        Decimal(-102_000),
        Decimal(102_000),
    }
    assert agrees(world)
    assert foreseen(world).by_kind == {}
    check_laws(world)


def test_calls_follow_what_is_changed(world: World, ledger: Ledger) -> None:
    idle = one(applied(world)).calls
    edit_mapping(world, CASH[world.system])
    few = one(applied(world)).calls
    edit_mapping(world, CASH[world.system], TARGETS[world.system])
    more = one(applied(world)).calls
    again = one(applied(world)).calls
    assert again == idle < few < idle + 12
    assert more < few + 3 * 4


def test_receipts_go_to_the_account_that_the_mapping_says_now(world: World, ledger: Ledger) -> None:
    then = balances(world)
    edit_mapping(world, CASH[world.system])
    assert applied(world).verdict == "clean"
    now = balances(world)
    moved = sorted(v - then[n] for n, v in now.items() if v != then[n])
    assert moved == [Decimal(-3_000), Decimal(3_000)]
    receipts = [n for n, d in documents(world).items() if d["kind"] == "receipt"]
    assert [n.partition(".")[0] for n in receipts] == ["DY7F3A-P7"]
    assert foreseen(world).by_kind == {}
    assert agrees(world)
    check_laws(world)


def test_texts_are_changed_too_and_nothing_else(world: World, ledger: Ledger) -> None:
    then = documents(world)
    edit_mapping(world, ('\ninvoice = "', '\ninvoice = "Nuevo '))
    assert applied(world).verdict == "clean"
    assert documents(world) == then
    with world.dry() as bridge, bridge.store.read() as work:
        bound = work.bindings.named(world.where, "DY7F3A-L2")
    assert bound is not None
    assert bound.posted is not None
    assert bound.posted.memo.startswith("Nuevo ")


def test_no_receipt_is_deleted_for_its_words(world: World, ledger: Ledger) -> None:
    then = documents(world)
    edit_mapping(world, ('\nreceipt = "', '\nreceipt = "Nuevo '))
    with world.dry() as bridge:
        in_place = Kind.RECEIPT in bridge.books[world.system].system.capabilities.update
    assert foreseen(world).by_kind == ({"update.receipt": 1} if in_place else {})
    assert applied(world).verdict == "clean"
    assert documents(world) == then
    with world.dry() as bridge, bridge.store.read() as work:
        bound = work.bindings.named(world.where, "DY7F3A-P7")
    assert bound is not None
    assert bound.document.memo.startswith("Nuevo ") is in_place  # type: ignore[union-attr]
    assert agrees(world)
    check_laws(world)


def test_closed_months_stay(world: World, ledger: Ledger) -> None:
    lock(world, "2026-09-30")
    edit_mapping(world, TARGETS[world.system], CASH[world.system])
    then = world.books()
    assert foreseen(world).by_kind == {}
    assert applied(world).verdict == "clean"
    assert world.books() == then


def test_what_a_bookkeeper_edited_is_asked_about_and_stays(world: World, ledger: Ledger) -> None:
    hand(world, "edit", "DY7F3A-L2", set={"amount": "51000"})
    edit_mapping(world, TARGETS[world.system])
    applied(world)
    assert documents(world)["DY7F3A-L2"]["total"] == "51000.00"
    with world.dry() as bridge, bridge.store.read() as work:
        asked = work.entries.of(world.where, state=State.DRIFTED)
    assert [e.reference for e in asked] == ["DY7F3A-L2"]


def test_a_large_one_waits_for_approval(world: World, ledger: Ledger) -> None:
    world.overrides["LEDGER_BRIDGE_LIMITS__DOCUMENTS"] = "2"
    edit_mapping(world, TARGETS[world.system])
    then = world.books()
    refused = applied(world)
    assert refused.exit_code == 1
    assert world.books() == then
    with world.bridge() as bridge:
        done = sync(bridge, refused.digest, remap=True)
    assert one(done).plan.figures.update == 3
