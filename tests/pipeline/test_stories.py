"""What people and networks do to a lender's books, one story each."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.core.delivery import State
from bridge.core.identity import BooksId
from bridge.errors import ConfigurationError, SnapshotRefused, TryLater
from bridge.pipeline.reconcile import compare
from bridge.pipeline.sync import sync
from bridge.report.details import english
from bridge.sandbox.server import SandboxServer
from bridge.store import Entry
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import MAY_SHRINK, REALM, Killed, World, one


@pytest.fixture
def world(tmp_path: Path, sandbox: SandboxServer) -> World:
    made = World(tmp_path, sandbox)
    made.control("POST", "reset")
    return made


@pytest.fixture
def ledger(world: World) -> Ledger:
    made = Ledger.random(random.Random(7))
    made.write(world.snapshot)
    return made


def entries(world: World, state: State | None = None) -> list[Entry]:
    with world.dry() as bridge, bridge.store.read() as work:
        return work.entries.of(BooksId("quickbooks", REALM), state=state, limit=1000)


def fault(world: World, kind: str, path: str, when: str = "after", count: int = 1) -> None:
    wish: dict[str, Any] = {"kind": kind, "when": when, "count": count}
    match = {"method": "POST", "path": path}
    world.control("POST", "faults", system="quickbooks", match=match, **wish)


def edit(world: World, **wish: Any) -> None:
    world.control("POST", "quickbooks/edit", **wish)


def numbers(world: World) -> list[str]:
    return sorted(d["number"] for d in world.live_documents())


def a_payment(ledger: Ledger) -> int:
    row = next(m for m in ledger.movements.values() if m["type"] == "PAYMENT")
    return int(row["movement_id"])


def test_a_lost_reply_is_looked_up_within_the_pass(world: World, ledger: Ledger) -> None:
    fault(world, "reset", "/payment")
    done = one(world.sync())
    assert done.posting.doubted == 1
    assert done.posting.confirmed == done.plan.figures.create
    assert len(numbers(world)) == len(set(numbers(world)))


def test_an_outage_leaves_everything_for_the_next_pass(world: World, ledger: Ledger) -> None:
    fault(world, "429", "/invoice", when="before", count=200)
    first = world.sync()
    assert (first.verdict, first.exit_code) == ("later", 75)
    world.control("DELETE", "faults")
    world.clock.move(3600)
    assert world.sync().verdict == "clean"


def test_books_that_cannot_be_asked_leave_the_doubt_and_send_nothing(
    world: World, ledger: Ledger
) -> None:
    world.dies = lambda where: where == "after the answer"
    with pytest.raises(Killed):
        world.sync()
    world.dies = lambda _: False
    fault(world, "503", "/query", when="before", count=500)
    sent_before = len(world.books()["customers"])
    assert world.sync().verdict == "later"
    assert len(world.books()["customers"]) == sent_before
    assert entries(world, State.IN_DOUBT)
    world.control("DELETE", "faults")
    world.clock.move(3600)
    assert world.sync().verdict == "clean"


def test_a_customer_of_the_same_name_entered_by_hand_is_a_question(
    world: World, ledger: Ledger
) -> None:
    name = "Solo Una Persona"
    ledger.debtors[1]["name"] = name
    ledger.write(world.snapshot)
    edit(world, action="add", kind="customer", name=name)
    result = world.sync()
    assert result.verdict == "person"
    (refused,) = entries(world, State.REJECTED)
    assert (refused.code, refused.reference) == ("name_taken", "DY7F3A-D1")
    waiting = [e for e in entries(world, State.PENDING) if e.loan[1] == "1"]
    assert waiting, "the documents of that borrower wait"
    again = world.sync()
    assert one(again).posting.posted == 0


def test_an_edit_by_the_bookkeeper_is_never_overwritten(world: World, ledger: Ledger) -> None:
    world.sync()
    payment = a_payment(ledger)
    edit(
        world,
        action="edit",
        kind="receipt",
        number=f"DY7F3A-P{payment}",
        set={"date": "2026-11-11"},
    )
    ledger.movements[payment]["amount"] += 500
    ledger.write(world.snapshot)
    result = world.sync()
    assert result.verdict == "person"
    (drifted,) = entries(world, State.DRIFTED)
    assert drifted.reference == f"DY7F3A-P{payment}"
    kept = next(d for d in world.live_documents() if d["number"] == f"DY7F3A-P{payment}")
    assert kept["date"] == "2026-11-11"
    assert f"DY7F3A-P{payment}.2" not in numbers(world)


def test_a_closed_period_is_respected(world: World, ledger: Ledger) -> None:
    edit(world, action="lock", date="2026-12-31")
    held = world.sync()
    assert (held.verdict, held.exit_code) == ("person", 1)  # somebody must open the period
    assert {task.code for task in held.answer.tasks} == {"books.period_closed"}
    assert numbers(world) == []
    with world.dry() as bridge, bridge.store.read() as work:
        codes = {hold.code for hold in work.plans.holds(BooksId("quickbooks", REALM))}
    assert codes == {"books.period_closed"}
    edit(world, action="lock", date="2026-05-31")
    world.sync()
    assert numbers(world) != []


def test_principal_on_an_income_account_stops_the_pass_before_anything(
    world: World, ledger: Ledger, tmp_path: Path
) -> None:
    text = Path("mappings/quickbooks.toml").read_text("utf-8")
    wrong = tmp_path / "quickbooks.toml"
    wrong.write_text(text.replace('item = "Loan principal"', 'item = "Store sales"'), "utf-8")
    world.overrides["LEDGER_BRIDGE_SYSTEMS__QUICKBOOKS__MAPPING"] = str(wrong)
    done = world.sync()
    stopped = one(done).stopped
    assert isinstance(stopped, ConfigurationError)
    assert "Money lent is not income" in english(stopped.problems[0].told)
    assert done.exit_code == 78
    assert numbers(world) == []


def test_a_shrunken_ledger_is_refused_and_nothing_is_voided(world: World, ledger: Ledger) -> None:
    for number in range(6, 40):
        ledger.lend(number, random.Random(number))
    ledger.write(world.snapshot)
    world.sync()
    before = numbers(world)
    ledger.debts = dict(list(ledger.debts.items())[:5])
    ledger.movements = {k: m for k, m in ledger.movements.items() if m["debt_id"] in ledger.debts}
    ledger.write(world.snapshot)
    with pytest.raises(SnapshotRefused) as refused:
        world.sync()
    assert "the last one had 39" in english(refused.value.problems[0].told)
    assert numbers(world) == before


def test_an_older_delivery_is_refused(world: World, ledger: Ledger) -> None:
    world.sync()
    ledger.as_of = "2026-11-12"
    ledger.write(world.snapshot)
    with pytest.raises(SnapshotRefused, match="refused") as refused:
        world.sync()
    assert "older than the last one accepted" in english(refused.value.problems[0].told)


def test_a_second_process_is_told_that_one_is_at_work(world: World, ledger: Ledger) -> None:
    with world.bridge():
        with pytest.raises(TryLater, match="at_work"), world.bridge():
            pytest.fail("two at once")
        assert one(world.preview()).plan.figures.create > 0


def test_a_dry_run_works_beside_a_pass_and_disturbs_nothing(world: World, ledger: Ledger) -> None:
    wanted = one(world.preview()).plan.figures.create
    with world.bridge() as bridge:
        beside = one(world.preview())
        assert beside.plan.figures.create == wanted
        assert one(sync(bridge)).posting.confirmed == wanted
    assert one(world.preview()).plan.figures.create == 0


def test_the_reference_is_all_it_takes_to_find_a_document_again(
    world: World, ledger: Ledger
) -> None:
    """Losing the state between the answer and its record costs nothing."""
    deaths = iter([True])
    world.dies = lambda where: where == "after the answer" and next(deaths, False)
    with pytest.raises(Killed):
        world.sync()
    world.control("POST", "quickbooks/settings", requestid="ignore")
    assert world.sync().verdict == "clean"
    assert len(numbers(world)) == len(set(numbers(world)))


def test_the_books_hold_the_ledgers_own_amounts(world: World, ledger: Ledger) -> None:
    world.sync()
    for debt in ledger.debts.values():
        posted = next(
            d for d in world.live_documents() if d["number"] == f"DY7F3A-L{debt['debt_id']}"
        )
        charged = sum(
            m["amount"]
            for m in ledger.movements.values()
            if m["debt_id"] == debt["debt_id"] and m["type"] in ("INCREASE", "LATE_FEE")
        )
        assert Decimal(posted["total"]) == debt["amount"] - charged


def test_an_item_made_inactive_stops_the_pass_with_what_to_do(world: World, ledger: Ledger) -> None:
    edit(world, action="inactivate", kind="item", name="Late fee")
    stopped = one(world.sync()).stopped
    assert isinstance(stopped, ConfigurationError)
    assert '"Late fee" is not an item in' in english(stopped.problems[0].told)
    assert "deleted" not in english(stopped.problems[0].fix)
    assert numbers(world) == []


def test_a_refused_customer_goes_through_once_the_bookkeeper_made_room(
    world: World, ledger: Ledger
) -> None:
    ledger.debtors[1]["name"] = "Solo Una Persona"
    ledger.write(world.snapshot)
    edit(world, action="add", kind="customer", name="Solo Una Persona")
    world.control("POST", "quickbooks/settings", requestid_replays_faults=True)
    world.sync()
    (refused,) = entries(world, State.REJECTED)
    edit(world, action="rename", name="Solo Una Persona", to="Otra Persona")
    with world.bridge() as bridge, bridge.store.begin() as work:
        work.decisions.retry(refused.id, "ana", "2026-11-20T12:00:00Z")
    assert world.sync().verdict == "clean"
    assert "DY7F3A-L1" in numbers(world)


def drop(world: World, payment: int) -> None:
    """A person decides that a payment is not to be sent."""
    fault(world, "429", "/payment", when="before", count=500)
    world.sync()
    waiting = next(e for e in entries(world, State.PENDING) if e.reference == f"DY7F3A-P{payment}")
    with world.bridge() as bridge, bridge.store.begin() as work:
        work.decisions.drop(waiting.id, "ana", "2026-11-20T12:00:00Z")
    world.control("DELETE", "faults")
    world.clock.move(3600)
    world.sync()


def dropped(world: World) -> list[str]:
    """References of what reconciling says was dropped. Nothing is left unexplained."""
    with world.bridge() as bridge:
        found = compare(bridge, bridge.today, world.clock.now())
    (result,) = found.systems
    assert result.agree, result.items
    return [item.reference for item in result.items if item.cause == "outbox.dropped"]


def test_what_a_person_dropped_stays_dropped_until_the_ledger_says_otherwise(
    world: World, ledger: Ledger
) -> None:
    payment = a_payment(ledger)
    drop(world, payment)
    debt = ledger.movements[payment]["debt_id"]
    ledger.debts[debt]["note"] = "x"
    new = ledger.move(random.Random(3))
    ledger.movements[new].update(debt_id=debt, type="PAYMENT", amount=500)
    ledger.write(world.snapshot)
    world.sync()
    assert f"DY7F3A-P{payment}" not in numbers(world)
    assert f"DY7F3A-P{new}" in numbers(world)
    assert dropped(world) == [f"DY7F3A-P{payment}"]
    ledger.movements[payment]["amount"] += 500
    ledger.write(world.snapshot)
    world.sync()
    assert f"DY7F3A-P{payment}" in numbers(world)


def test_what_was_dropped_and_is_not_wanted_any_more_counts_for_nothing(
    world: World, ledger: Ledger
) -> None:
    payment = a_payment(ledger)
    drop(world, payment)
    assert dropped(world) == [f"DY7F3A-P{payment}"]
    del ledger.movements[payment]
    world.overrides |= MAY_SHRINK
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    assert dropped(world) == []


def test_what_was_dropped_is_not_forgotten_when_the_ledger_changes_to_and_fro(
    world: World, ledger: Ledger
) -> None:
    """Dropped, then wanted otherwise and refused, then wanted as before: it is somewhere."""
    payment = a_payment(ledger)
    drop(world, payment)
    ledger.movements[payment]["amount"] += 500
    ledger.write(world.snapshot)
    fault(world, "429", "/payment", when="before", count=500)
    world.sync()
    ledger.movements[payment]["amount"] -= 500
    ledger.write(world.snapshot)
    world.control("DELETE", "faults")
    world.clock.move(3600)
    world.sync()
    assert f"DY7F3A-P{payment}" in [*numbers(world), *dropped(world)]


@pytest.mark.parametrize("dies", [False, True])
def test_a_payment_that_a_person_removed_and_entered_again_is_not_posted_beside_it(
    world: World, ledger: Ledger, dies: bool
) -> None:
    """Also when the process dies after it has seen that, and before it has written it down."""
    world.system = "xero"
    world.sync()
    payment = a_payment(ledger)
    reference = f"DY7F3A-P{payment}"
    wish = {"kind": "receipt", "number": reference, "set": {"date": "2026-11-11"}}
    world.control("POST", "xero/edit", action="edit", **wish)
    ledger.movements[payment]["amount"] += 500
    ledger.write(world.snapshot)
    if dies:
        world.dies = lambda where: where == "after the answer"
        with pytest.raises(Killed):
            world.sync()
        world.dies = lambda _: False
        world.clock.move(60)
    assert world.sync().verdict == "person"
    there = [d["number"] for d in world.live_documents() if d["number"].startswith(reference)]
    assert there == [reference]


def test_what_waits_to_be_sent_is_not_planned_again(world: World, ledger: Ledger) -> None:
    fault(world, "429", "/payment", when="before", count=500)
    world.sync()
    waiting = entries(world, State.PENDING)
    assert waiting
    for debtor in ledger.debtors.values():
        debtor["phone"] = f"39100000{debtor['debtor_id']:02}"
    ledger.write(world.snapshot)
    figures = one(world.preview()).plan.figures
    assert (figures.create, figures.update, figures.void) == (0, 0, 0)
    world.sync()
    assert [e.id for e in entries(world, State.PENDING)] == [e.id for e in waiting]


def test_a_pass_right_after_an_outage_waits_and_asks_no_person(
    world: World, ledger: Ledger
) -> None:
    fault(world, "429", "/invoice", when="before", count=200)
    assert world.sync().verdict == "later"
    world.control("DELETE", "faults")
    assert world.sync().verdict == "clean"


def test_a_wait_that_is_longer_than_a_pass_is_left_to_the_next(
    world: World, ledger: Ledger
) -> None:
    """So it is when the machine's clock was set back meanwhile."""
    fault(world, "429", "/invoice", when="before", count=200)
    world.sync()
    world.control("DELETE", "faults")
    world.clock._start -= timedelta(hours=2)
    again = world.sync()
    assert (again.verdict, again.exit_code) == ("later", 75)
    world.clock.move(3 * 3600)
    assert world.sync().verdict == "clean"
