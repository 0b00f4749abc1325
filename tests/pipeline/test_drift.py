"""What a bookkeeper's hand does to posted documents, and what a person decides about it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bridge.core.delivery import State
from bridge.core.tie_out.reconciliation import SystemResult
from bridge.errors import UsageError
from bridge.pipeline import decide
from bridge.pipeline.reconcile import compare
from bridge.pipeline.sync import SyncResult
from tests.pipeline.edited import CHARGE, INVOICE, RECEIPT, accept, hand, owning, repost
from tests.pipeline.faults import check_laws
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.world import MAY_SHRINK, Killed, World, one


@pytest.fixture
def ledger(world: World) -> Ledger:
    made = small_ledger()
    made.write(world.snapshot)
    world.sync()
    world.clock.move(60)  # some products tell the second of a change, and listings lag
    return made


def reconciled(world: World) -> SystemResult:
    with world.bridge() as bridge:
        (result,) = compare(bridge, bridge.today, world.clock.now()).systems
    return result


def told(world: World) -> list[tuple[str, str, str]]:
    return [(i.kind.value, i.reference, i.field) for i in reconciled(world).items]


def live(world: World) -> dict[str, dict[str, Any]]:
    return {d["number"]: d for d in world.live_documents()}


def test_an_edited_invoice_is_told_field_by_field_and_left_alone(
    world: World, ledger: Ledger
) -> None:
    hand(world, "edit", INVOICE, set={"amount": "49000", "due": "2026-12-24"})
    world.clock.move(60)
    fields = {(kind, field) for kind, reference, field in told(world) if reference == INVOICE}
    assert {("drifted", "due"), ("drifted", "total")} <= fields
    done = world.sync()
    assert done.verdict == "person", done.reason
    assert live(world)[INVOICE]["total"] == "49000.00"


def test_an_edit_that_was_taken_back_by_hand_is_no_edit_any_more(
    world: World, ledger: Ledger
) -> None:
    """It says what was posted again: the ledger may go on from there, and the loan can leave it."""
    was = live(world)[INVOICE]["total"]
    hand(world, "edit", INVOICE, set={"amount": "49000"})
    hand(world, "edit", INVOICE, set={"amount": was})
    world.clock.move(60)
    assert INVOICE not in {reference for _, reference, _ in told(world)}
    del ledger.debts[2]
    for number in [n for n, row in ledger.movements.items() if row["debt_id"] == 2]:
        del ledger.movements[number]
    ledger.write(world.snapshot)
    world.overrides |= MAY_SHRINK
    world.overrides |= {"LEDGER_BRIDGE_LIMITS__SHRINK_ROWS_PERCENT": "100"}
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert INVOICE not in live(world)


def test_an_accepted_edit_stays_and_only_its_amount_is_still_told(
    world: World, ledger: Ledger
) -> None:
    hand(world, "edit", INVOICE, set={"amount": "49000", "due": "2026-12-24"})
    accept(world, INVOICE)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert live(world)[INVOICE]["total"] == "49000.00"
    result = reconciled(world)
    assert result.agree
    items = [(i.kind.value, i.reference, i.amount) for i in result.items]
    assert items == [("accepted", INVOICE, Decimal(1000))]
    assert world.preview().systems[world.system].plan.figures.update == 0


def test_an_edited_receipt_is_told(world: World, ledger: Ledger) -> None:
    hand(world, "edit", RECEIPT, set={"amount": "3500"})
    world.clock.move(60)
    result = reconciled(world)
    assert RECEIPT in {item.reference for item in result.items}
    assert not any(tie.unexplained for tie in result.tie_outs)


def test_what_is_to_be_put_back_and_cannot_yet_is_still_told(world: World, ledger: Ledger) -> None:
    hand(world, "edit", INVOICE, set={"amount": "49000"})
    world.control("POST", f"{world.system}/edit", action="lock", date="2026-09-30")
    world.clock.move(60)
    repost(world, INVOICE)
    for _ in range(2):
        result = reconciled(world)
        assert [(i.reference, i.field) for i in result.items if i.amount] == [(INVOICE, "total")]
        assert not any(tie.unexplained for tie in result.tie_outs)


def test_what_the_ledger_says_later_of_an_accepted_document_is_a_question(
    world: World, ledger: Ledger
) -> None:
    hand(world, "edit", RECEIPT, set={"date": "2026-07-09"})
    if world.system == "xero":  # an edited payment is a deleted one and a new one there
        adopted = live(world)[RECEIPT]["id"]
        with world.bridge() as bridge:
            system = bridge.books[world.system].system
            now = world.clock.now()
            decide.adopt(bridge.store, system, RECEIPT, adopted, "ana", now)
    else:
        accept(world, RECEIPT)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    ledger.movements[7]["amount"] += 500
    ledger.write(world.snapshot)
    done = world.sync()
    assert done.verdict == "person", done.reason
    assert live(world)[RECEIPT]["total"] == "3000.00"
    with world.dry() as bridge, bridge.store.read() as work:
        (hold,) = work.plans.holds(world.where)
    assert (hold.code, hold.amount) == ("books.drifted", Decimal(-500))
    assert reconciled(world).agree
    repost(world, RECEIPT)  # the ledger is right
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert live(world)[f"{RECEIPT}.2"]["total"] == "3500.00"
    check_laws(world)


def test_an_edit_is_put_back_when_the_ledger_is_right(world: World, ledger: Ledger) -> None:
    hand(world, "edit", INVOICE, set={"amount": "49000"})
    repost(world, INVOICE)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert live(world)[INVOICE]["total"] == "50000.00"
    assert told(world) == []


def test_a_deleted_receipt_is_a_tombstone_until_somebody_decides(
    world: World, ledger: Ledger
) -> None:
    hand(world, "delete", RECEIPT)
    ((kind, reference, field),) = told(world)
    # Where nothing is left of it, a first reading cannot tell deletion from absence.
    assert (kind in {"tombstoned", "missing"}, reference, field) == (True, RECEIPT, "status")
    done = world.sync()
    assert done.verdict == "person", done.reason
    assert RECEIPT not in live(world)
    repost(world, RECEIPT)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert live(world)[f"{RECEIPT}.2"]["total"] == "3000.00"
    assert reconciled(world).agree
    check_laws(world)


def test_a_deletion_that_is_accepted_is_not_posted_again(world: World, ledger: Ledger) -> None:
    hand(world, "delete", RECEIPT)
    accept(world, RECEIPT)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert RECEIPT not in live(world)
    result = reconciled(world)
    assert result.agree
    assert [(i.kind.value, i.amount) for i in result.items] == [("accepted", Decimal(-3000))]
    for what in ("ROWS", "MONEY"):  # the table is empty then, which a person says is so
        world.overrides[f"LEDGER_BRIDGE_LIMITS__SHRINK_{what}_PERCENT"] = "100"
    del ledger.movements[7]  # the ledger takes it out too
    ledger.write(world.snapshot)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert told(world) == []


def test_a_voided_invoice_comes_back_under_a_new_number(world: World, ledger: Ledger) -> None:
    hand(world, "void", INVOICE)
    assert ("tombstoned", INVOICE, "status") in told(world)
    repost(world, INVOICE)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert live(world)[f"{INVOICE}.2"]["total"] == "50000.00"
    assert reconciled(world).agree


def test_a_stopped_correction_goes_on_once_the_ledger_is_said_to_be_right(
    world: World, ledger: Ledger
) -> None:
    hand(world, "edit", RECEIPT, set={"date": "2026-07-09"})
    ledger.movements[7]["amount"] += 500
    ledger.write(world.snapshot)
    assert world.sync().verdict == "person"
    repost(world, RECEIPT)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    receipts = {n: d["total"] for n, d in live(world).items() if n.startswith(RECEIPT)}
    assert receipts == {f"{RECEIPT}.2": "3500.00"}
    check_laws(world)


def test_or_is_given_up_once_the_books_are(world: World, ledger: Ledger) -> None:
    hand(world, "edit", INVOICE, set={"due": "2026-12-24"})
    ledger.debts[2]["amount"] = 51_000
    ledger.write(world.snapshot)
    assert world.sync().verdict == "person"
    accept(world, INVOICE)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert live(world)[INVOICE]["total"] == "50000.00"
    result = reconciled(world)
    assert result.agree
    assert [(i.kind.value, i.amount) for i in result.items] == [("accepted", Decimal(1000))]


def test_a_customer_merged_into_another_is_adopted_with_its_documents(
    world: World, ledger: Ledger
) -> None:
    edit = {"action": "add", "kind": "customer", "name": "Persona Uno"}
    world.control("POST", f"{world.system}/edit", **edit)
    merge = {"action": "merge", "kind": "customer", "from": "Persona 1", "into": "Persona Uno"}
    world.control("POST", f"{world.system}/edit", **merge)
    kinds = {(kind, reference) for kind, reference, _ in told(world)}
    assert any(reference == "DY7F3A-D1" for _, reference in kinds), kinds
    into = next(c["id"] for c in world.books()["customers"] if c["name"] == "Persona Uno")
    with world.bridge() as bridge:
        system = bridge.books[world.system].system
        decide.adopt(bridge.store, system, "DY7F3A-D1", into, "ana", world.clock.now())
    assert reconciled(world).agree
    ledger.movements[9] = ledger.movements[7] | {"movement_id": 9, "date": "2026-07-20"}
    ledger.write(world.snapshot)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert live(world)["DY7F3A-P9"]["customer"] == "Persona Uno"


def wrote_nothing(done: SyncResult) -> None:
    """What somebody edited is a person's task; no pass writes over it."""
    figures = one(done).plan.figures
    assert (figures.create, figures.update, figures.void) == (0, 0, 0)
    assert done.reason.endswith(" books.edited") or done.reason == "nothing to do"


def test_a_customer_that_two_borrowers_came_to_share_keeps_its_name(
    world: World, ledger: Ledger
) -> None:
    """Two names for one customer would be written over and over."""
    owning(world, "name")
    merge = {"action": "merge", "kind": "customer", "from": "Persona 1", "into": "Persona 2"}
    world.control("POST", f"{world.system}/edit", **merge)
    told(world)
    into = next(c["id"] for c in world.books()["customers"] if c["name"] == "Persona 2")
    with world.bridge() as bridge:
        system = bridge.books[world.system].system
        decide.adopt(bridge.store, system, "DY7F3A-D1", into, "ana", world.clock.now())
    ledger.debtors[1]["name"] = "Persona Uno"
    ledger.write(world.snapshot)
    for _ in range(3):
        wrote_nothing(world.sync())
        world.clock.move(600)
        told(world)
    wish = {"action": "rename", "kind": "customer", "id": into, "to": "Dos Personas"}
    world.control("POST", f"{world.system}/edit", **wish)
    for _ in range(3):
        world.clock.move(600)
        told(world)
        wrote_nothing(world.sync())


def test_a_customer_whose_borrower_left_the_ledger_has_no_name_to_be_given_back(
    world: World, ledger: Ledger
) -> None:
    owning(world, "name")
    ledger.debts[1]["debtor_id"] = 2
    del ledger.debtors[1]
    ledger.write(world.snapshot)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    names = {customer["name"]: customer["id"] for customer in world.books()["customers"]}
    for name in ("Persona 1", "Persona 2"):
        wish = {"action": "rename", "kind": "customer", "id": names[name], "to": f"{name} (otra)"}
        world.control("POST", f"{world.system}/edit", **wish)
    for _ in range(2):
        world.clock.move(600)
        told(world)
        world.sync()
    after = {customer["id"]: customer["name"] for customer in world.books()["customers"]}
    assert after[names["Persona 1"]] == "Persona 1 (otra)"
    assert after[names["Persona 2"]] == "Persona 2"


def test_only_documents_that_the_bridge_has_can_be_decided_about(
    world: World, ledger: Ledger
) -> None:
    with pytest.raises(UsageError, match="DY7F3A-P99 is not a document"):
        accept(world, INVOICE, "DY7F3A-P99")
    with world.dry() as bridge, bridge.store.read() as work:
        binding = work.bindings.named(world.where, INVOICE)
        assert work.decisions.latest() == []
    assert binding is not None
    assert not binding.accepted, "one wrong reference undoes them all"


def test_what_the_mapping_owns_is_put_back_after_the_books_were_read(
    world: World, ledger: Ledger
) -> None:
    owning(world, "amount", "date")
    hand(world, "edit", INVOICE, set={"amount": "49000"})
    world.clock.move(60)
    told(world)  # the morning's reading
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert live(world)[INVOICE]["total"] == "50000.00"
    assert told(world) == []


def test_what_the_bridge_changed_since_the_books_were_read_is_nobodys_edit(
    world: World, ledger: Ledger
) -> None:
    owning(world, "amount")
    told(world)  # the morning's reading
    world.clock.move(60)
    ledger.debts[2]["amount"] = 60_000
    ledger.write(world.snapshot)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert live(world)[INVOICE]["total"] == "60000.00"
    assert world.sync().reason == "nothing to do"


def test_what_the_books_took_otherwise_is_not_written_over_and_over(
    world: World, ledger: Ledger
) -> None:
    owning(world, "customer")
    names = {live(world)[number]["customer"] for number in (CHARGE, INVOICE)}
    kept, lost = sorted(names)
    wish = {"action": "merge", "kind": "customer", "from": lost, "into": kept}
    world.control("POST", f"{world.system}/edit", **wish)
    for number, debt in ((9, 1), (10, 2)):
        ledger.movements[number] = ledger.movements[7] | {"movement_id": number, "debt_id": debt}
    ledger.write(world.snapshot)
    for _ in range(4):
        world.clock.move(600)
        world.sync()
        told(world)
    posted = {d["number"] for d in world.books()["documents"] if "-P" in (d["number"] or "")}
    world.sync()
    world.clock.move(600)
    told(world)
    world.sync()
    again = {d["number"] for d in world.books()["documents"] if "-P" in (d["number"] or "")}
    assert again == posted


def test_an_edit_of_more_than_what_is_owned_is_left_to_a_person(
    world: World, ledger: Ledger
) -> None:
    owning(world, "amount")
    hand(world, "edit", INVOICE, set={"amount": "49000", "due": "2026-12-24"})
    told(world)
    assert world.sync().verdict == "person"
    assert live(world)[INVOICE]["total"] == "49000.00"
    with world.dry() as bridge, bridge.store.read() as work:
        assert work.entries.of(world.where, state=State.DRIFTED) == []


def test_what_was_edited_before_we_knew_that_it_is_there_is_not_taken_back(world: World) -> None:
    made = small_ledger()
    made.movements.clear()
    made.debts[1]["amount"] = 50_000
    made.write(world.snapshot)
    answers = iter(range(10))
    world.dies = lambda at: at == "after the answer" and next(answers) == 1  # of the invoices
    with pytest.raises(Killed):
        world.sync()
    world.dies = lambda _: False
    world.clock.move(600)
    hand(world, "edit", INVOICE, set={"amount": "49000"})
    world.clock.move(600)
    world.sync()
    assert live(world)[INVOICE]["total"] == "49000.00"
    made.debts[2]["concept"] = "otra vez"  # its loan is planned anew
    made.write(world.snapshot)
    world.sync()
    result = reconciled(world)
    assert (INVOICE, "total") in {(item.reference, item.field) for item in result.items}
    assert not any(tie.unexplained for tie in result.tie_outs)
    del made.debts[2]
    made.write(world.snapshot)
    world.overrides |= MAY_SHRINK
    world.sync()
    assert live(world)[INVOICE]["total"] == "49000.00"
