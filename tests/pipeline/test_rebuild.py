"""The state store is lost. The books still have every document, and nothing is posted again."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from bridge.core.tie_out.items import ItemKind
from bridge.store import NO_LOAN
from tests import lost_states
from tests.pipeline.closed import adjusting, lock
from tests.pipeline.edited import accept, hand, owning
from tests.pipeline.faults import check_laws
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.rebuilding import (
    bindings,
    compared,
    known,
    lose_state,
    planned,
    rebuilt,
    with_policies,
)
from tests.pipeline.world import MAY_SHRINK, ROOT, World

pytestmark = pytest.mark.spread


@pytest.fixture
def world(world: World) -> World:
    world.overrides |= MAY_SHRINK
    return world


def items(world: World) -> list[tuple[ItemKind, str, str]]:
    (system,) = compared(world).systems
    kinds = {ItemKind.HELD, ItemKind.FOREIGN}
    return sorted((i.kind, i.reference, i.field) for i in system.items if i.kind not in kinds)


def settled(world: World) -> dict[str, list[str]]:
    """What each receipt in force settles."""
    return {
        reference: [application.invoice for application in binding.document.applications]
        for reference, binding in bindings(world).items()
        if binding.document.kind == "receipt" and not binding.voided
    }


@pytest.mark.parametrize("seed", range(4))
def test_after_days_of_change_everything_is_known_again(world: World, seed: int) -> None:
    chance = random.Random(seed)
    ledger = Ledger.random(chance, loans=6)
    for _ in range(4):
        ledger.write(world.snapshot)
        world.sync()
        world.clock.move(3600)
        ledger.change(chance)
    before = known(world)
    live = {name: told for name, told in before.items() if not told[1]}
    lose_state(world)
    done = rebuilt(world)
    assert (done.asked, done.unknown) == (0, [])
    assert {name: told for name, told in known(world).items() if not told[1]} == live
    assert planned(world) == (0, 0, 0)
    assert world.sync().verdict == "clean"
    assert items(world) == []


def test_what_was_taken_back_is_not_numbered_a_second_time(world: World) -> None:
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    ledger.movements[7]["amount"] = 4_000
    ledger.write(world.snapshot)
    world.sync()
    numbers = sorted(d["number"] for d in world.books()["documents"])
    lose_state(world)
    rebuilt(world)
    ledger.movements[7]["amount"] = 5_000
    ledger.write(world.snapshot)
    world.sync()
    assert len(world.live_documents()) == 4
    new = {d["number"] for d in world.books()["documents"]} - set(numbers)
    assert new <= {"DY7F3A-P7.3"}
    check_laws(world)


def test_what_closed_months_hold_and_what_undid_it_are_known_again(world: World) -> None:
    adjusting(world)
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    lock(world, "2026-09-30")
    ledger.movements[7]["amount"] += 500
    ledger.movements[9] = {
        "movement_id": 9, "debt_id": 2, "type": "PAYMENT", "amount": 700,
        "date": "2026-09-29", "concept": "", "method": "CASH",
    }  # fmt: skip
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    before, agreed = known(world), compared(world).agree
    lose_state(world)
    done = rebuilt(world)
    assert (done.asked, done.unknown) == (0, [])
    assert {n: t for n, t in known(world).items() if not t[1]} == {
        n: t for n, t in before.items() if not t[1]
    }
    assert planned(world) == (0, 0, 0)
    assert (items(world), agreed) == ([], True)


def test_what_a_receipt_settles_is_asked_for_where_it_is_not_plain(world: World) -> None:
    """Some listings do not tell it. What undid a repayment of a closed month may be meant."""
    adjusting(world)
    ledger = small_ledger()
    ledger.debts[2]["due_on"] = "2027-06-01"
    row = ledger.movements[7] | {"debt_id": 2}
    ledger.movements[9] = row | {"movement_id": 9}
    ledger.write(world.snapshot)
    world.sync()
    lock(world, "2026-09-30")
    del ledger.movements[9]
    # Paid on the day of the undoing: what is dated after a payment is not settled by it.
    ledger.movements[10] = row | {"movement_id": 10, "date": "2026-11-19", "amount": 1_000}
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    before = settled(world)
    assert before["DY7F3A-P10"] == ["DY7F3A-ZP9"]
    lose_state(world)
    done = rebuilt(world)
    assert (done.asked, done.unknown) == (0, [])
    assert settled(world) == before


def test_a_loan_that_came_to_nothing_and_left_the_ledger_is_no_question(world: World) -> None:
    adjusting(world)
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    lock(world, "2026-09-30")
    del ledger.debts[1]
    ledger.movements = {}
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    lose_state(world)
    done = rebuilt(world)
    assert (done.asked, done.unknown) == (0, [])
    assert planned(world) == (0, 0, 0)
    assert items(world) == []


def test_what_counts_in_the_books_and_no_loan_has_is_named_and_bound_to_nothing(
    world: World,
) -> None:
    """Its loan left the ledger while nobody looked: what stands there is a person's to explain."""
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    left = [n for n in (d["number"] for d in world.live_documents()) if n.endswith(("L1", "P1"))]
    assert left
    del ledger.debts[1]
    ledger.movements = {}
    ledger.write(world.snapshot)
    lose_state(world)
    done = rebuilt(world)
    assert set(left) <= set(done.unknown)
    assert not bindings(world).keys() & set(left)
    with world.dry() as bridge, bridge.store.read() as work:
        bound = {b.reference for b in work.bindings.of_loan(world.where, NO_LOAN)}
    assert not bound & set(left)


def test_a_correction_of_what_no_loan_has_is_named_like_it(world: World) -> None:
    """It counts: bound to nothing and named to nobody, its amount lay between the two sides."""
    with_policies(world, amount_edited="correct")
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    ledger.debts[1]["amount"] -= 9_000
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    corrections = {n for d in world.live_documents() if (n := d["number"]) and "-X1N" in n}
    assert corrections
    del ledger.debts[1]
    ledger.movements = {}
    ledger.write(world.snapshot)
    lose_state(world)
    assert corrections <= set(rebuilt(world).unknown)
    world.sync()
    (system,) = compared(world).systems
    assert not any(tie.unexplained for tie in system.tie_outs)
    assert corrections <= {each.reference for each in system.items}


def test_what_was_edited_before_it_was_undone_is_still_told(world: World) -> None:
    adjusting(world)
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    hand(world, "edit", "DY7F3A-L2", set={"amount": "51000"})
    lock(world, "2026-09-30")
    del ledger.debts[2]
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    lose_state(world)
    rebuilt(world)
    world.sync()
    found = compared(world)
    assert not any(tie.unexplained for tie in found.systems[0].tie_outs)
    assert ("DY7F3A-L2", "total") in {(i.reference, i.field) for i in found.systems[0].items}


def test_corrections_are_known_again(world: World) -> None:
    with_policies(world, amount_edited="correct")
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    for change in (6_000, -2_000, -9_000):
        ledger.debts[1]["amount"] += change
        ledger.write(world.snapshot)
        assert world.sync().verdict == "clean"
    assert any("-X1N" in d["number"] for d in world.live_documents())
    lose_state(world)
    done = rebuilt(world)
    assert (done.asked, done.unknown) == (0, [])
    assert planned(world) == (0, 0, 0)
    world.sync()
    assert items(world) == []
    ledger.debts[1]["amount"] += 1_000
    ledger.write(world.snapshot)
    world.sync()
    assert compared(world).agree
    check_laws(world)


def test_what_a_bookkeeper_edited_is_a_question_and_not_overwritten(world: World) -> None:
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    number = "DY7F3A-L2"
    hand(world, "edit", number, set={"amount": "51000"})
    lose_state(world)
    rebuilt(world)
    assert planned(world) == (0, 0, 0)
    assert (ItemKind.DRIFTED, number, "total") in items(world)
    ledger.debts[2]["amount"] += 5_000
    ledger.write(world.snapshot)
    world.sync()
    assert [d["total"] for d in world.live_documents() if d["number"] == number] == ["51000.00"]


def test_a_payment_that_the_ledger_no_longer_has_is_asked_about(world: World) -> None:
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    lose_state(world)
    del ledger.movements[7]
    ledger.write(world.snapshot)
    done = rebuilt(world)
    assert done.asked == 1
    assert planned(world) == (0, 0, 0)
    world.sync()
    with world.dry() as bridge, bridge.store.read() as work:
        holds = work.plans.holds(world.where)
    assert [(h.code, h.subject) for h in holds] == [("books.drifted", "document:DY7F3A-P7")]
    assert compared(world).agree


def test_what_came_to_the_ledger_since_is_posted_once(world: World) -> None:
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    lose_state(world)
    ledger.lend(3, random.Random(1))
    ledger.write(world.snapshot)
    rebuilt(world)
    assert planned(world)[0] == 2  # the loan and its customer
    world.sync()
    assert compared(world).agree
    check_laws(world)


def test_customers_that_people_renamed_are_still_the_same(world: World) -> None:
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    customer = world.books()["customers"][-1]
    wish = {"action": "rename", "kind": "customer", "id": customer["id"], "to": "Doña Persona"}
    world.control("POST", f"{world.system}/edit", **wish)
    count = len(world.books()["customers"])
    lose_state(world)
    assert rebuilt(world).customers == 2
    world.sync()
    assert len(world.books()["customers"]) == count
    assert items(world) == []


def test_a_customer_that_two_borrowers_came_to_share_keeps_its_name(world: World) -> None:
    """Two names for one customer would be written over and over."""
    owning(world, "name")
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    merge = {"action": "merge", "kind": "customer", "from": "Persona 1", "into": "Persona 2"}
    world.control("POST", f"{world.system}/edit", **merge)
    lose_state(world)
    rebuilt(world)
    for _ in range(3):
        planned = world.sync().systems[world.system].plan.figures
        assert (planned.create, planned.update, planned.void) == (0, 0, 0)
        world.clock.move(600)
        compared(world)


def test_rates_that_a_listing_does_not_tell_are_known_again(world: World) -> None:
    adjusting(world)
    ledger = small_ledger()
    ledger.debts[1]["currency"] = "MXN"
    ledger.write(world.snapshot)
    world.sync()
    lock(world, "2026-09-30")
    ledger.debts[1]["status"] = "Anulado"
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    lose_state(world)
    rebuilt(world)
    world.sync()
    (found,) = compared(world).systems
    assert not any(abs(tie.unexplained) > 0 for tie in found.tie_outs)
    assert {
        b.document.rate is None for b in bindings(world).values() if b.document.currency == "MXN"
    } == {False}


@pytest.mark.parametrize("left", [False, True], ids=["as it is asked", "left so by a person"])
@pytest.mark.parametrize("currency", ["COP", "USD"])
def test_what_is_in_another_currency_than_the_ledger_says_keeps_its_rate(
    world: World, currency: str, left: bool
) -> None:
    """So that what it weighs on the receivable account is known."""
    with_dollars(world)
    ledger = small_ledger()
    ledger.debts[1]["currency"] = "MXN"
    ledger.movements[7]["amount"] = 90_000  # more than was owed: a part stays open
    ledger.debts[2]["currency"] = currency
    ledger.settle()
    ledger.write(world.snapshot)
    world.sync()
    receipts = [d for d in world.live_documents() if d["number"].startswith("DY7F3A-P7")]
    assert any(Decimal(each["open"]) for each in receipts)
    ledger.movements[7]["debt_id"] = 2
    ledger.settle()
    ledger.write(world.snapshot)
    lose_state(world)
    rebuilt(world)
    if left:
        accept(world, *(each["number"] for each in receipts))
    (found,) = compared(world).systems
    assert ("DY7F3A-P7", "currency") in {(i.reference, i.field) for i in found.items}
    assert {Decimal(each["rate"]) > 1 for each in receipts} == {True}
    assert not any(abs(tie.unexplained) > 0 for tie in found.tie_outs)


def with_dollars(world: World) -> None:
    text = (ROOT / "mappings" / f"{world.system}.toml").read_text("utf-8")
    text += '\n[currencies.USD]\nsource = "manual"\n'
    text += 'rates = [{ from = "2026-01-01", rate = "4105.30" }]\n'
    path = world.folder / "mapping.toml"
    path.write_text(text, "utf-8")
    world.overrides[f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__MAPPING"] = str(path)


def test_a_state_that_is_not_lost_stays_as_it_knows_it(world: World) -> None:
    small_ledger().write(world.snapshot)
    world.sync()
    before = known(world)
    assert rebuilt(world).documents == 0
    assert known(world) == before
    assert planned(world) == (0, 0, 0)


def test_of_a_state_whose_last_writes_got_lost_the_rest_is_known_again(
    world: World, tmp_path: Path
) -> None:
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    copy = lost_states.plain_copy(world.folder / "state.db", tmp_path / "copy.db", log=False)
    ledger.lend(9, random.Random(1))
    ledger.write(world.snapshot)
    world.sync()
    there = known(world)
    lost_states.put_back(copy, world.folder / "state.db")
    assert rebuilt(world).documents > 0
    assert known(world) == there
    assert planned(world) == (0, 0, 0)


def test_what_a_person_voided_is_asked_about_and_not_posted_again(world: World) -> None:
    """An invoice in every system; where receipts can be void, one of these as well."""
    ledger = small_ledger()
    ledger.write(world.snapshot)
    world.sync()
    voided = ["DY7F3A-L2"] + ["DY7F3A-P7"] * (world.system == "quickbooks")
    for number in voided:
        hand(world, "void", number)
    world.clock.move(120)
    there = sorted(d["number"] for d in world.books()["documents"])
    lose_state(world)
    rebuilt(world)
    assert planned(world) == (0, 0, 0)
    world.sync()
    assert sorted(d["number"] for d in world.books()["documents"]) == there
    (told,) = compared(world).systems
    gone = {i.reference for i in told.items if i.kind is ItemKind.TOMBSTONED}
    assert gone == set(voided)
