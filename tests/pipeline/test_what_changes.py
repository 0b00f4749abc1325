"""Row by row of the design's second table: what the bridge does when things change.

What has stories of its own is named in `ROWS`, so that no row is without a test on every system.
"""

from __future__ import annotations

import importlib
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import SnapshotRefused
from bridge.pipeline.reconcile import compare
from tests.pipeline import conftest
from tests.pipeline.closed import documents
from tests.pipeline.faults import check_laws
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.rebuilding import with_policies
from tests.pipeline.world import COMPANIES, MAY_SHRINK, World, one

ROWS = {
    "row edited, unpaid, period open":
        "what_changes.test_an_unpaid_invoice_is_changed_in_place",
    "edited, but paid":
        "what_changes.test_a_paid_one_is_corrected_by_another_document",
    "edited, period closed: held":
        "closed_periods.test_a_payment_changed_after_its_month_closed_is_held",
    "edited, period closed: adjusted":
        "closed_periods.test_or_undone_and_posted_anew_in_the_open_month",
    "original date in the memo":
        "closed_periods.test_what_the_field_reports_late_is_posted_in_the_open_month",
    "payment deleted":
        "what_changes.test_a_deleted_payment_is_taken_back",
    "payment moved":
        "what_changes.test_a_moved_payment_goes_where_it_belongs",
    "source empty, shrunk or not adding up":
        "what_changes.test_a_ledger_that_cannot_be_is_refused",
    "edited in the books":
        "drift.test_an_edited_invoice_is_told_field_by_field_and_left_alone",
    "unless the mapping owns the field":
        "drift.test_what_the_mapping_owns_is_put_back_after_the_books_were_read",
    "deleted in the books":
        "drift.test_a_deleted_receipt_is_a_tombstone_until_somebody_decides",
    "accepted":
        "drift.test_a_deletion_that_is_accepted_is_not_posted_again",
    "reposted":
        "drift.test_a_voided_invoice_comes_back_under_a_new_number",
    "entered by hand before":
        "adoption.test_what_may_be_there_already_is_held_and_proposed",
    "matched by reference":
        "adoption.test_what_carries_our_reference_is_ours",
    "adopted by a person":
        "adoption.test_what_is_adopted_is_not_posted_and_the_rest_is",
    "adopted by rule":
        "adoption.test_the_only_one_of_the_same_day_is_adopted_by_rule",
    "mapping changed":
        "mapping_edited.test_it_holds_from_now_on_and_leaves_what_is_posted",
    "mapping applied":
        "mapping_edited.test_applied_it_moves_what_is_posted_to_the_other_account",
    "cutover":
        "cutover.test_what_was_owed_is_one_invoice_and_only_what_follows_is_posted",
    "limits":
        "what_changes.test_a_plan_over_the_limits_waits_for_exactly_that_approval",
    "undo":
        "undo.test_undoing_the_first_pass_leaves_the_books_exactly_as_they_were",
    "rebuild":
        "rebuild.test_after_days_of_change_everything_is_known_again",
}  # fmt: skip


@pytest.fixture
def world(world: World) -> World:
    world.overrides |= MAY_SHRINK
    return world


@pytest.fixture
def ledger(world: World) -> Ledger:
    made = small_ledger()
    deliver(world, made)
    return made


def deliver(world: World, ledger: Ledger, verdict: str = "clean") -> None:
    """A delivery and its pass; a second one has nothing to do, and the laws hold."""
    ledger.write(world.snapshot)
    done = world.sync()
    assert done.verdict == verdict, done.reason
    world.clock.move(120)
    figures = one(world.preview()).plan.figures
    assert (figures.create, figures.update, figures.void) == (0, 0, 0)


def agrees(world: World) -> bool:
    with world.bridge() as bridge:
        return compare(bridge, bridge.today, world.clock.now()).agree


@pytest.mark.parametrize("row", sorted(ROWS))
def test_every_row_has_its_test_on_every_system(row: str) -> None:
    module, _, name = ROWS[row].partition(".")
    found = importlib.import_module(f"tests.pipeline.test_{module}")
    test: Any = getattr(found, name)
    assert "world" in test.__code__.co_varnames
    shared: Any = conftest.world
    fixture: Any = getattr(found, "world", shared)  # one of its own may stand on that of all
    params = fixture._fixture_function_marker.params or shared._fixture_function_marker.params
    assert set(params) == set(COMPANIES)


def test_an_unpaid_invoice_is_changed_in_place(world: World, ledger: Ledger) -> None:
    before = documents(world)["DY7F3A-L2"]
    ledger.debts[2]["amount"] = 53_000
    deliver(world, ledger)
    after = documents(world)["DY7F3A-L2"]
    assert (after["id"], after["total"]) == (before["id"], "53000.00")
    assert agrees(world)
    check_laws(world)


@pytest.mark.parametrize(("change", "kind"), [(6_000, "invoice"), (-6_000, "credit_note")])
def test_a_paid_one_is_corrected_by_another_document(
    world: World, ledger: Ledger, change: int, kind: str
) -> None:
    with_policies(world, amount_edited="correct")
    before = documents(world)["DY7F3A-L1"]
    ledger.debts[1]["amount"] += change
    deliver(world, ledger)
    found = documents(world)
    assert found["DY7F3A-L1"]["total"] == before["total"]
    made = found["DY7F3A-X1N1"]
    assert (made["kind"], Decimal(made["total"])) == (kind, abs(Decimal(change)))
    assert agrees(world)
    check_laws(world)


def test_or_it_is_a_question_where_the_mapping_says_so(world: World, ledger: Ledger) -> None:
    before = documents(world)
    ledger.debts[1]["amount"] += 6_000
    deliver(world, ledger, "person")
    assert documents(world) == before
    with world.dry() as bridge, bridge.store.read() as work:
        (hold,) = work.plans.holds(world.where)
    assert (hold.code, hold.amount) == ("loan.amount_edited", Decimal(6_000))
    assert agrees(world)


def test_an_edited_payment_is_taken_back_and_posted_under_the_next_number(
    world: World, ledger: Ledger
) -> None:
    for generation, amount in enumerate((4_000, 5_000, 6_000), start=2):
        ledger.movements[7]["amount"] = amount
        deliver(world, ledger)
        receipts = {n: d["total"] for n, d in documents(world).items() if d["kind"] == "receipt"}
        assert receipts == {f"DY7F3A-P7.{generation}": f"{amount}.00"}
    assert agrees(world)
    check_laws(world)


def test_a_deleted_payment_is_taken_back(world: World, ledger: Ledger) -> None:
    del ledger.movements[7]
    deliver(world, ledger)
    assert "DY7F3A-P7" not in documents(world)
    assert documents(world)["DY7F3A-L1"]["open"] == "50000.00"
    assert agrees(world)


def test_a_moved_payment_goes_where_it_belongs(world: World, ledger: Ledger) -> None:
    ledger.movements[7]["debt_id"] = 2
    deliver(world, ledger)
    found = documents(world)
    assert (found["DY7F3A-L1"]["open"], found["DY7F3A-L2"]["open"]) == ("50000.00", "47000.00")
    (receipt,) = [d for d in found.values() if d["kind"] == "receipt"]
    assert receipt["customer"] == found["DY7F3A-L2"]["customer"]
    assert agrees(world)
    check_laws(world)


def test_a_paid_loan_that_is_deleted_goes_receipts_first(world: World, ledger: Ledger) -> None:
    ledger.movements[7]["amount"] = 52_000
    deliver(world, ledger)
    del ledger.debts[1]
    ledger.movements = {}
    deliver(world, ledger)
    assert set(documents(world)) == {"DY7F3A-L2"}
    assert world.receivable("COP") == Decimal(50_000)
    assert agrees(world)


@pytest.mark.parametrize("what", ["empty", "shrunk", "miscounted", "cut"])
def test_a_ledger_that_cannot_be_is_refused(world: World, ledger: Ledger, what: str) -> None:
    world.overrides["LEDGER_BRIDGE_LIMITS__SHRINK_MONEY_PERCENT"] = "20"
    before = world.books()
    if what in ("empty", "shrunk"):
        ledger.debts = {} if what == "empty" else {2: ledger.debts[2]}
        ledger.movements = {}
        ledger.write(world.snapshot)
    else:
        text = world.snapshot.read_text("utf-8")
        wrong = text.replace('"debts": 2', '"debts": 3') if what == "miscounted" else text[:-200]
        world.snapshot.write_text(wrong, "utf-8")
    with pytest.raises(SnapshotRefused):
        world.sync()
    assert world.books() == before


def test_a_plan_over_the_limits_waits_for_exactly_that_approval(
    world: World, ledger: Ledger
) -> None:
    before = documents(world)
    world.overrides["LEDGER_BRIDGE_LIMITS__DOCUMENTS"] = "1"
    ledger.lend(3, random.Random(1))
    ledger.write(world.snapshot)
    stopped = world.sync()
    assert (stopped.exit_code, documents(world)) == (1, before)
    assert world.sync("f" * 32).exit_code == 1
    ledger.debts[3]["amount"] += 1_000
    ledger.debts[3] |= {"principal": None, "interest_pct": None}
    ledger.write(world.snapshot)
    assert world.sync(stopped.digest).exit_code == 1
    assert documents(world) == before
    digest = world.preview().digest
    assert world.sync(digest).verdict == "clean"
    assert "DY7F3A-L3" in documents(world)


def customers(world: World) -> dict[str, str]:
    return {c["id"]: c["name"] for c in world.books()["customers"]}


def test_a_renamed_borrower_keeps_the_customer_and_its_name(world: World, ledger: Ledger) -> None:
    before = customers(world)
    ledger.debtors[1]["name"] = "Persona Uno de la Cruz"
    deliver(world, ledger)
    assert customers(world) == before
    assert agrees(world)


def test_or_gives_it_the_new_name_where_the_mapping_owns_it(world: World, ledger: Ledger) -> None:
    before = customers(world)
    text = (world.settings().systems[world.system].mapping or Path()).read_text("utf-8")
    path = world.folder / "owning.toml"
    path.write_text(text.replace("\nown = []\n", '\nown = ["name"]\n'), "utf-8")
    world.overrides[f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__MAPPING"] = str(path)
    ledger.debtors[1]["name"] = "Persona Uno de la Cruz"
    deliver(world, ledger)
    after = customers(world)
    assert after.keys() == before.keys()
    (name,) = set(after.values()) - set(before.values())
    assert name.startswith("Persona Uno de la Cruz")
    assert agrees(world)


def test_a_merged_borrowers_loans_are_posted_again_for_the_one_who_is_left(
    world: World, ledger: Ledger
) -> None:
    ledger.debts[2]["debtor_id"] = 1
    del ledger.debtors[2]
    deliver(world, ledger)
    found = documents(world)
    assert {d["customer"] for d in found.values()} == {found["DY7F3A-L1"]["customer"]}
    assert world.receivable("COP") == Decimal(50_000 + 2_000 - 3_000 + 50_000)
    assert agrees(world)
    check_laws(world)


def test_a_borrower_who_was_two_becomes_two_customers(world: World, ledger: Ledger) -> None:
    ledger.debtors[9] = ledger.debtors[1] | {"debtor_id": 9}  # a homonym
    ledger.lend(5, random.Random(2))
    ledger.debts[5] |= {"debtor_id": 9, "currency": "COP"}
    del ledger.debtors[5]
    deliver(world, ledger)
    found = documents(world)
    assert found["DY7F3A-L5"]["customer"] != found["DY7F3A-L1"]["customer"]
    assert agrees(world)


def test_another_currency_is_another_customer_where_one_has_one_only(
    world: World, ledger: Ledger
) -> None:
    ledger.debts[2]["currency"] = "MXN"
    deliver(world, ledger)
    found = documents(world)
    (loan,) = [d for n, d in found.items() if n.startswith("DY7F3A-L2")]
    assert loan["currency"] == "MXN"
    assert world.receivable("MXN") == Decimal(50_000)
    assert world.receivable("COP") == Decimal(50_000 + 2_000 - 3_000)
    assert agrees(world)
    check_laws(world)


@pytest.mark.parametrize("change", [6_000, -6_000])
def test_what_corrected_a_loan_goes_with_it_when_its_currency_changes(
    world: World, ledger: Ledger, change: int
) -> None:
    with_policies(world, amount_edited="correct")
    ledger.debts[1]["amount"] += change
    deliver(world, ledger)
    assert "DY7F3A-X1N1" in documents(world)
    ledger.debts[1]["currency"] = "MXN"
    deliver(world, ledger)
    owed = Decimal(50_000 + 2_000 - 3_000 + change)
    assert (world.receivable("MXN"), world.receivable("COP")) == (owed, Decimal(50_000))
    counted = [n for n, d in documents(world).items() if d["currency"] == "MXN"]
    assert not any("-X" in number for number in counted)
    assert agrees(world)
    assert one(world.sync()).plan.figures.create == 0
    check_laws(world)
