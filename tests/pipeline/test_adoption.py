"""What people entered by hand before go-live is found, adopted, and never posted a second time."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bridge.errors import UsageError
from bridge.pipeline.adoption import Adoptions, Proposal, Wish, answer, decide_all, propose
from bridge.pipeline.reconcile import compare
from tests.pipeline.closed import documents
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.rebuilding import with_policies
from tests.pipeline.wishes import adopt_customer, by_hand, wish
from tests.pipeline.world import World, one


@pytest.fixture
def entered(world: World) -> dict[str, str]:
    """The loan of Persona 2, and the loan and payment of Persona 1, as somebody typed them in."""
    ids = {}
    for person, day in (("Persona 2", "2026-06-02"), ("PERSONA 1", "2026-06-01")):
        by_hand(world, kind="customer", name=person)
        wish = {"number": f"M-{person[-1]}", "customer": person, "date": day, "amount": "50000"}
        ids[f"L{person[-1]}"] = by_hand(world, kind="invoice", due="2026-07-01", **wish)["id"]
    account = {"quickbooks": "Checking", "xero": "090", "zoho": "Petty Cash"}[world.system]
    ids["P7"] = by_hand(
        world,
        kind="receipt",
        customer="PERSONA 1",
        number="R-7",
        amount="3000",
        date="2026-07-03",
        account=account,
        apply="auto",
    )["id"]
    world.clock.move(120)
    return ids


@pytest.fixture
def ledger(world: World) -> Ledger:
    made = small_ledger()
    made.write(world.snapshot)
    return made


def proposed(world: World) -> list[Proposal]:
    with world.dry() as bridge:
        return propose(bridge)


def decided(world: World, *wishes: Wish) -> Adoptions:
    with world.bridge() as bridge:
        return decide_all(bridge, wishes, "ana", world.clock.now())


def owed(world: World) -> Decimal:
    return world.receivable("COP")


def agrees(world: World) -> bool:
    with world.bridge() as bridge:
        return compare(bridge, bridge.today, world.clock.now()).agree


def test_what_may_be_there_already_is_held_and_proposed(
    world: World, entered: dict[str, str], ledger: Ledger
) -> None:
    before = world.books()
    found = {p.wanted.reference: p for p in proposed(world)}
    ours = {"DY7F3A-L1", "DY7F3A-L2"}
    assert ours <= found.keys() <= ours | {"DY7F3A-P7"}
    assert found["DY7F3A-L2"].theirs.external_id == entered["L2"]
    assert found["DY7F3A-L2"].likeness.days_apart == 1
    assert not (world.folder / "state.db").exists()
    world.sync()
    assert world.books()["documents"] == before["documents"]
    with world.dry() as bridge, bridge.store.read() as work:
        assert {h.code for h in work.plans.holds(world.where)} == {"books.lookalike"}


def test_what_is_adopted_is_not_posted_and_the_rest_is(
    world: World, entered: dict[str, str], ledger: Ledger
) -> None:
    count = len(world.books()["documents"])
    done = decided(world, *(wish(p, same=True) for p in proposed(world)))
    assert {reference for _, reference, _ in done.adopted} >= {"DY7F3A-L1", "DY7F3A-L2"}
    assert world.sync().verdict == "clean"
    later = [wish(p, same=True) for p in proposed(world)]  # payments, once their loan is known
    if later:
        decided(world, *later)
        world.sync()
    assert {d for d in documents(world) if d.startswith("DY7F3A")} == {"DY7F3A-C8"}
    assert len(world.books()["documents"]) == count + 1
    assert owed(world) == Decimal(50_000 + 2_000 + 50_000 - 3_000)
    figures = one(world.preview()).plan.figures
    assert (figures.create, figures.update, figures.void) == (0, 0, 0)
    assert agrees(world)


def test_what_is_another_document_is_posted_beside_it(
    world: World, entered: dict[str, str], ledger: Ledger
) -> None:
    before = owed(world)
    done = decided(world, *(wish(p, same=False) for p in proposed(world)))
    assert len(done.different) >= 2
    assert world.sync().verdict == "person"  # another customer of that name is there
    for person in ("1", "2"):
        adopt_customer(world, person)
    assert world.sync().verdict == "clean"
    assert {"DY7F3A-L1", "DY7F3A-L2", "DY7F3A-P7"} <= set(documents(world))
    assert owed(world) == before + Decimal(50_000 + 2_000 + 50_000 - 3_000)


def test_the_same_decisions_again_are_nothing_to_do(
    world: World, entered: dict[str, str], ledger: Ledger
) -> None:
    wishes = [wish(p, same=p.wanted.reference != "DY7F3A-L2") for p in proposed(world)]
    first = decided(world, *wishes)
    again = decided(world, *wishes)
    assert (again.adopted, again.different) == ((), ())
    assert again.known == len(first.adopted) + len(first.different) == len(wishes)


def test_every_mistake_is_told_at_once_and_nothing_is_done(
    world: World, entered: dict[str, str], ledger: Ledger
) -> None:
    (pair,) = [p for p in proposed(world) if p.wanted.reference == "DY7F3A-L2"]
    right = wish(pair, same=True)
    wrong = [
        Wish(system=world.system, reference="DY7F3A-L2", external_id="no-such",
             loan="2", same=True, where="row 3"),
        Wish(system=world.system, reference="DY7F3A-L9", external_id=entered["L2"],
             loan="9", same=True, where="row 4"),
        Wish(system="siigo", reference="DY7F3A-L2", external_id="1",
             loan="2", same=True, where="row 5"),
        right,
    ]  # fmt: skip
    with pytest.raises(UsageError) as refusal:
        decided(world, right, *wrong)
    assert [p.where for p in refusal.value.problems] == [
        "row 5", "row 3", "row 4", "row of DY7F3A-L2",
    ]  # fmt: skip
    assert proposed(world)
    with world.bridge() as bridge, bridge.store.read() as work:
        assert work.bindings.named(world.where, "DY7F3A-L2") is None


def test_one_pair_is_decided_by_name(world: World, entered: dict[str, str], ledger: Ledger) -> None:
    world.sync()
    with world.bridge() as bridge:
        now = world.clock.now()
        with pytest.raises(UsageError):
            answer(bridge, world.system, "DY7F3A-L9", entered["L2"], "ana", now, same=True)
        with pytest.raises(UsageError):
            answer(bridge, world.system, "DY7F3A-L2", entered["L1"], "ana", now, same=True)
        done = answer(bridge, world.system, "DY7F3A-L2", entered["L2"], "ana", now, same=True)
    assert done.adopted == ((world.system, "DY7F3A-L2", entered["L2"]),)
    world.sync()
    assert "DY7F3A-L2" not in documents(world)


def test_the_only_one_of_the_same_day_is_adopted_by_rule(
    world: World, entered: dict[str, str], ledger: Ledger
) -> None:
    with_policies(world, lookalike="adopt")
    world.sync()
    assert "DY7F3A-L1" not in documents(world)  # of the same day
    found = {p.wanted.reference for p in proposed(world)}
    assert "DY7F3A-L2" in found  # a day apart: a person's to say


def test_what_carries_our_reference_is_ours(world: World, ledger: Ledger) -> None:
    by_hand(world, kind="customer", name="Persona 2")
    by_hand(world, kind="invoice", number="DY7F3A-L2", customer="Persona 2", date="2026-06-01",
            due="2026-07-01", amount="50000")  # fmt: skip
    world.clock.move(120)
    assert world.sync().verdict == "clean"
    assert [d["number"] for d in world.live_documents()].count("DY7F3A-L2") == 1
    assert one(world.preview()).plan.figures.create == 0
    assert owed(world) == Decimal(50_000 + 2_000 + 50_000 - 3_000)


@pytest.mark.parametrize("looked", [False, True], ids=["at once", "after a comparison"])
def test_what_carries_our_reference_since_before_the_first_pass_is_quiet_for_good(
    world: World, ledger: Ledger, looked: bool
) -> None:
    """Somebody put it right later, or its row came later: no other bridge made it."""
    common = {"date": "2026-06-01", "due": "2026-07-01"}
    for person, number, amount in (("2", "L2", "49000"), ("9", "L9", "50000")):
        name = f"Persona {person}"
        by_hand(world, kind="customer", name=name)
        wish = {"number": f"DY7F3A-{number}", "customer": name, "amount": amount}
        by_hand(world, kind="invoice", **wish, **common)
    world.clock.move(120)
    first = world.sync()
    assert {task.code for task in first.answer.tasks} == {"books.lookalike"}
    right = {"action": "edit", "kind": "invoice", "number": "DY7F3A-L2", "set": {"amount": "50000"}}
    world.control("POST", f"{world.system}/edit", **right)
    ledger.debtors[9] = {**ledger.debtors[2], "debtor_id": 9, "name": "Persona 9"}
    ledger.debts[9] = {**ledger.debts[2], "debt_id": 9, "debtor_id": 9}
    for again in (3, 4):
        ledger.debts[again] = {**ledger.debts[1], "debt_id": again}
        ledger.write(world.snapshot)
        world.clock.move(3600)
        if looked:
            agrees(world)
        codes = {task.code for task in world.sync().answer.tasks}
        assert not codes & {"pass.second_writer", "pass.restored"}
    agrees(world)  # who has not looked yet has read it by now
    assert world.sync().verdict == "clean"
    assert agrees(world)
    there = [d["number"] for d in world.live_documents()]
    assert [there.count(f"DY7F3A-{each}") for each in ("L2", "L9")] == [1, 1]
