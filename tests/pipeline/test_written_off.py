"""Write-offs and what comes back of them, in the accounts of every system.

Each case is delivered row by row, and all at once: the books are the same.
"""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bridge.pipeline.plan import booking_of
from tests.pipeline.booked import RECEIVABLE, Moves, accounts, amounts, balances, row
from tests.pipeline.ledger import Ledger
from tests.pipeline.mappings import edit_mapping
from tests.pipeline.mornings import answer
from tests.pipeline.rebuilding import with_policies
from tests.pipeline.world import MAY_SHRINK, World, one

Rows = list[tuple[str, int, str]]
"""What a movement is, its amount, its day; in the order in which they become known."""


class Case(msgspec.Struct, frozen=True):
    rows: Rows
    moved: Moves
    owed: int
    """What customers owe by the ledger."""
    opening: int = 120_000
    as_due: bool = False
    """A loan of 100,000 and 20,000 interest in four months, invoiced as it falls due."""
    principal: int | None = None


CASES = {
    "what is open is paid first": Case(
        [
            ("PAYMENT", 100_000, "2026-07-01"),
            ("WRITE_OFF", 200_000, "2026-08-01"),
            ("PAYMENT", 50_000, "2026-09-01"),
        ],
        amounts(cash=150_000, receivable=250_000, write_off=200_000, principal=-600_000),
        250_000,
        600_000,
    ),
    "money is recovery for what is written off": Case(
        [
            ("WRITE_OFF", 200_000, "2026-08-01"),
            ("PAYMENT", 450_000, "2026-09-01"),
        ],
        amounts(cash=450_000, write_off=200_000, recovery=-50_000, principal=-600_000),
        0,
        600_000,
    ),
    "a payment of before the write-off that arrives after it": Case(
        [
            ("WRITE_OFF", 120_000, "2026-08-01"),
            ("PAYMENT", 30_000, "2026-07-15"),
        ],
        amounts(cash=30_000, write_off=120_000, recovery=-30_000, principal=-120_000),
        0,
    ),
    "more than was written off is the customer's credit": Case(
        [
            ("WRITE_OFF", 120_000, "2026-08-01"),
            ("PAYMENT", 130_000, "2026-09-01"),
        ],
        amounts(
            cash=130_000, receivable=-10_000, write_off=120_000, recovery=-120_000,
            principal=-120_000,
        ),
        -10_000,
    ),
    "a fee of later is owed, and no recovery settles it": Case(
        [
            ("WRITE_OFF", 120_000, "2026-08-01"),
            ("PAYMENT", 15_000, "2026-09-01"),
            ("LATE_FEE", 5_000, "2026-10-01"),
        ],
        amounts(
            cash=15_000, receivable=5_000, write_off=120_000, recovery=-15_000,
            principal=-120_000, late_fee=-5_000,
        ),
        5_000,
    ),
    "interest that is written off is no bad debt": Case(
        [("PAYMENT", 30_000, "2026-07-01"), ("WRITE_OFF", 90_000, "2026-08-01")],
        amounts(
            cash=30_000, write_off=75_000, write_off_interest=15_000, interest=-20_000,
            principal=-100_000,
        ),
        0,
        principal=100_000,
    ),
    "nothing more falls due of what is written off": Case(
        [("WRITE_OFF", 120_000, "2026-07-15")],
        amounts(
            write_off=100_000, write_off_interest=5_000, interest=-5_000, principal=-100_000
        ),
        0,
        as_due=True,
        principal=100_000,
    ),
    "what falls due is what the payment left": Case(
        [("PAYMENT", 30_000, "2026-07-10"), ("WRITE_OFF", 90_000, "2026-07-15")],
        amounts(cash=30_000, write_off=75_000, interest=-5_000, principal=-100_000),
        0,
        as_due=True,
        principal=100_000,
    ),
    "part of it is written off, and no more interest falls due": Case(
        [("WRITE_OFF", 50_000, "2026-07-15"), ("PAYMENT", 20_000, "2026-09-15")],
        amounts(
            cash=20_000, receivable=50_000, write_off=35_000, interest=-5_000, principal=-100_000
        ),
        50_000,
        as_due=True,
        principal=100_000,
    ),
    "all of that comes back, and more": Case(
        [("WRITE_OFF", 120_000, "2026-07-15"), ("PAYMENT", 130_000, "2026-09-15")],
        amounts(
            cash=130_000, receivable=-10_000, write_off=100_000, write_off_interest=5_000,
            interest=-5_000, principal=-100_000, recovery=-120_000,
        ),
        -10_000,
        as_due=True,
        principal=100_000,
    ),
}  # fmt: skip


@pytest.fixture
def world(world: World) -> World:
    world.overrides |= MAY_SHRINK
    world.overrides["LEDGER_BRIDGE_SOURCE__MAX_AGE_DAYS"] = "365"
    return world


def loan(opening: int, **changes: Any) -> Ledger:
    """Loan 1 of June: all of it principal."""
    made = Ledger()
    made.lend(1, random.Random(1))
    made.debts[1] |= {
        "kind": "loan", "amount": opening, "principal": opening, "interest_pct": None,
        "currency": "COP", "due_on": "2026-12-01",
    } | changes  # fmt: skip
    return made


def deliver(world: World, ledger: Ledger) -> None:
    ledger.write(world.snapshot)
    world.sync()
    world.clock.move(120)
    figures = one(world.preview()).plan.figures
    assert (figures.create, figures.update, figures.void) == (0, 0, 0)


def add(ledger: Ledger, kind: str, amount: int, day: str) -> None:
    row(ledger, kind, amount, day)
    if kind == "LATE_FEE":
        ledger.debts[1]["amount"] += amount


def moved(world: World, before: dict[str, Decimal]) -> Moves:
    found: Moves = {}
    names = accounts(world)
    for account, balance in balances(world).items():
        if change := balance - before[account]:
            found[names[account]] = found.get(names[account], Decimal(0)) + change
    return {name: amount for name, amount in found.items() if amount}


def by_account(world: World, wanted: Moves) -> Moves:
    """What is wanted of each account: several purposes may have the same one."""
    names = accounts(world)
    with world.dry() as bridge:
        (books,) = bridge.books.values()
        targets = {purpose: t.account for purpose, t in booking_of(books).targets.items()}
    found: Moves = {}
    for purpose, amount in wanted.items():
        name = names[targets[purpose]] if purpose in targets else purpose
        found[name] = found.get(name, Decimal(0)) + amount
    return {name: amount for name, amount in found.items() if amount}


@pytest.mark.spread
@pytest.mark.parametrize("at_once", [False, True], ids=["row by row", "at once"])
@pytest.mark.parametrize("case", CASES)
def test_what_is_written_off_and_what_comes_back(world: World, case: str, at_once: bool) -> None:
    wanted = CASES[case]
    before = balances(world)
    ledger = loan(wanted.opening, principal=wanted.principal or wanted.opening)
    if wanted.as_due:
        with_policies(world, interest="as_due")
        ledger.debts[1] |= {"instalments": 4, "frequency": "MONTHLY", "due_on": None}
    if not at_once:
        ledger.as_of = "2026-06-02"
        deliver(world, ledger)
    for kind, amount, day in wanted.rows:
        ledger.as_of = max(ledger.as_of, day)
        add(ledger, kind, amount, day)
        if not at_once:
            deliver(world, ledger)
    ledger.as_of = "2026-11-19"
    deliver(world, ledger)
    assert moved(world, before) == by_account(world, wanted.moved)
    (tie,) = [t for t in answer(world).tie_outs if t.currency == "COP"]
    assert (tie.ledger, tie.unexplained) == (wanted.owed, 0)
    assert tie.ledger == tie.control_account


USD = """[currencies.USD]
source = "manual"
rates = [{ from = "2026-01-01", rate = "4105.30" }, { from = "2026-10-01", rate = "3987.45" }]

"""


def home_values(world: World) -> dict[str, Decimal]:
    return {a["id"]: Decimal(a["home_balance"]) for a in world.books()["accounts"]}


@pytest.mark.parametrize("at_once", [False, True], ids=["row by row", "at once"])
def test_what_comes_back_of_a_foreign_loan_goes_into_an_account_at_home(
    world: World, at_once: bool
) -> None:
    """Income at the rate of its own day, into an account that is kept in pesos."""
    edit_mapping(world, ("[currencies.MXN]", USD + "[currencies.MXN]"))
    ledger = loan(1_000, currency="USD")
    before = home_values(world)
    if not at_once:
        deliver(world, ledger)
    for kind, amount, day in [("WRITE_OFF", 1_000, "2026-08-01"), ("PAYMENT", 700, "2026-11-10")]:
        add(ledger, kind, amount, day)
        if not at_once:
            deliver(world, ledger)
    deliver(world, ledger)
    names, change = accounts(world), dict[str, Decimal]()
    for account, value in home_values(world).items():
        name = names.get(account, RECEIVABLE)
        change[name] = change.get(name, Decimal(0)) + value - before.get(account, Decimal(0))
    assert (change["cash"], change["recovery"]) == (Decimal("2791215.00"), Decimal("-2791215.00"))
    assert change["receivable"] == 0
    assert change["write_off"] == -change["principal"]
    told = answer(world)
    assert all(tie.ledger == tie.control_account == 0 for tie in told.tie_outs)
    assert [item for item in told.items if item.amount or item.worth] == []
