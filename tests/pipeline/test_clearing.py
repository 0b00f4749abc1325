"""A renewal passes through its clearing account and leaves nothing there, in every system."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from bridge.core.mapping.clearing import mixed
from bridge.core.tie_out.checks import CheckCode
from bridge.pipeline.plan import booking_of
from bridge.pipeline.reconcile import compare
from tests.pipeline.closed import adjusting, lock
from tests.pipeline.ledger import Ledger
from tests.pipeline.mappings import edit_mapping
from tests.pipeline.world import World

RENEWALS = "Renewals clearing"
REVERSALS = "Reversals clearing"


def renewed(currency: str) -> Ledger:
    """A loan of 100,000 at 20 %, whose 120,000 a new one pays."""
    made = Ledger()
    made.lend(1, random.Random(1))
    made.debts[1] |= {
        "kind": "loan", "amount": 120_000, "principal": 100_000, "interest_pct": 20,
        "currency": currency, "due_on": "2026-12-01",
    }  # fmt: skip
    made.movements[1] = {
        "movement_id": 1, "debt_id": 1, "type": "PAYMENT", "amount": 120_000,
        "date": "2026-09-01", "concept": "", "method": "RENEWAL",
    }  # fmt: skip
    return made


def balances(world: World) -> dict[str, Decimal]:
    return {a["name"]: Decimal(a["balance"]) for a in world.books()["accounts"]}


@pytest.mark.parametrize(("currency", "at_home"), [("COP", "120000"), ("MXN", "25542000.00")])
def test_a_renewal_is_on_its_clearing_account_until_the_hand_out_is(
    world: World, currency: str, at_home: str
) -> None:
    before = balances(world)
    renewed(currency).write(world.snapshot)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    moved = {n: v - before.get(n, 0) for n, v in balances(world).items() if v != before.get(n, 0)}
    assert moved[RENEWALS] == Decimal(at_home)
    assert not any("Bank" in name or "Undeposited" in name for name in moved)


def test_the_default_mapping_lets_nothing_run_together(world: World) -> None:
    with world.dry() as bridge:
        (books,) = bridge.books.values()
        assert list(mixed(booking_of(books), books.system.chart(), books.where)) == []


@pytest.mark.parametrize("world", ["xero"], indirect=True)
def test_the_check_of_renewals_says_that_payments_taken_back_share_the_account(
    world: World,
) -> None:
    edit_mapping(world, ('account = "642"', 'account = "641"'))
    renewed("COP").write(world.snapshot)
    world.sync()
    with world.bridge() as bridge:
        found = compare(bridge, bridge.today, world.clock.now())
    (check,) = [c for c in found.systems[0].checks if c.code is CheckCode.RENEWALS]
    assert check.why == "shared_account"


def test_a_payment_taken_back_in_a_closed_month_is_not_on_the_renewals_account(
    world: World,
) -> None:
    adjusting(world)
    world.overrides["LEDGER_BRIDGE_LIMITS__SHRINK_MONEY_PERCENT"] = "100"
    ledger = renewed("COP")
    ledger.movements[1]["method"] = "TRANSFER"
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    lock(world, "2026-10-31")
    before = balances(world)
    ledger.movements[1]["amount"] = 100_000
    ledger.write(world.snapshot)
    world.sync()
    moved = {n: v - before.get(n, 0) for n, v in balances(world).items() if v != before.get(n, 0)}
    assert moved[REVERSALS] == Decimal(-120_000)
    assert RENEWALS not in moved
