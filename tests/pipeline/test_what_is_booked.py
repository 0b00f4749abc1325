"""Row by row of the design's first table: what each event of the ledger does to the books.

Every test looks at the accounts themselves, to the cent, on every system.
"""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from bridge.errors import ConfigurationError
from bridge.pipeline.plan import booking_of
from tests.in_words import in_words
from tests.pipeline.booked import Moves, accounts, amounts, balances, row
from tests.pipeline.closed import adjusting, documents, lock
from tests.pipeline.ledger import Ledger
from tests.pipeline.mappings import CASH, edit_mapping
from tests.pipeline.rebuilding import with_policies
from tests.pipeline.world import MAY_SHRINK, World, one


@pytest.fixture
def world(world: World) -> World:
    world.overrides |= MAY_SHRINK
    world.overrides["LEDGER_BRIDGE_LIMITS__SHRINK_ROWS_PERCENT"] = "100"
    return world


@pytest.fixture
def ledger() -> Ledger:
    """Loan 1: 100,000 at 20 %, of June; nothing paid yet."""
    made = Ledger()
    made.lend(1, random.Random(1))
    made.debts[1] |= {
        "kind": "loan", "amount": 120_000, "principal": 100_000, "interest_pct": 20,
        "currency": "COP", "due_on": "2026-12-01",
    }  # fmt: skip
    return made


def booked(world: World, ledger: Ledger, verdict: str = "clean") -> Moves:
    """What one delivery moves, by purpose; and a second pass has nothing to do."""
    before, names = balances(world), accounts(world)
    ledger.write(world.snapshot)
    done = world.sync()
    assert done.verdict == verdict, done.reason
    world.clock.move(120)
    moved: Moves = {}
    for account, balance in balances(world).items():
        change = balance - before[account]
        if change:
            name = names[account]
            moved[name] = moved.get(name, Decimal(0)) + change
    figures = one(world.preview()).plan.figures
    assert (figures.create, figures.update, figures.void) == (0, 0, 0)
    assert not sum(moved.values())
    return moved


def shared(world: World, *purposes: str) -> str:
    """How `accounts` names the account of these purposes: several may have the same one."""
    with world.dry() as bridge:
        booking = booking_of(next(iter(bridge.books.values())))
    account = booking.targets[purposes[0]].account
    return accounts(world)[account]


def test_a_loan_is_an_invoice_whose_principal_is_never_income(world: World, ledger: Ledger) -> None:
    interest = shared(world, "interest")
    assert booked(world, ledger) == amounts(receivable=120_000, principal=-100_000) | {
        interest: Decimal(-20_000)
    }
    assert {d["kind"] for d in documents(world).values()} == {"invoice"}


def test_interest_may_be_invoiced_as_it_falls_due(world: World, ledger: Ledger) -> None:
    with_policies(world, interest="as_due")
    interest = shared(world, "interest")
    ledger.debts[1] |= {"instalments": 4, "frequency": "MONTHLY", "due_on": None}
    ledger.as_of = "2026-08-15"
    world.overrides["LEDGER_BRIDGE_SOURCE__MAX_AGE_DAYS"] = "365"
    assert booked(world, ledger) == amounts(receivable=110_000, principal=-100_000) | {
        interest: Decimal(-10_000)
    }
    ledger.as_of = "2026-09-15"
    row(ledger, "PAYMENT", 1_000, "2026-09-02")
    moved = booked(world, ledger)
    assert moved[interest] == Decimal(-5_000)


def test_an_invoice_per_instalment_has_its_own_due_date(world: World, ledger: Ledger) -> None:
    with_policies(world, invoice_per="instalment")
    ledger.debts[1] |= {"instalments": 4, "frequency": "MONTHLY", "due_on": None}
    booked(world, ledger)
    found = documents(world)
    assert [found[f"DY7F3A-L1I0{n}"]["due"] for n in range(1, 5)] == [
        "2026-07-01", "2026-08-01", "2026-09-01", "2026-10-01",
    ]  # fmt: skip
    assert {d["total"] for d in found.values()} == {"30000.00"}


def test_a_fee_is_income_when_it_is_charged(world: World, ledger: Ledger) -> None:
    booked(world, ledger)
    row(ledger, "LATE_FEE", 5_000)
    ledger.debts[1]["amount"] += 5_000
    fee = shared(world, "late_fee")
    assert booked(world, ledger) == amounts(receivable=5_000) | {fee: Decimal(-5_000)}


def test_a_payment_is_a_receipt_applied_to_its_invoice(world: World, ledger: Ledger) -> None:
    booked(world, ledger)
    row(ledger, "PAYMENT", 30_000)
    assert booked(world, ledger) == amounts(cash=30_000, receivable=-30_000)
    assert documents(world)["DY7F3A-L1"]["open"] == "90000.00"


def test_the_mapping_says_which_account_the_money_goes_to(world: World, ledger: Ledger) -> None:
    booked(world, ledger)
    before = {a["name"]: Decimal(a["balance"]) for a in world.books()["accounts"]}
    edit_mapping(world, CASH[world.system])
    row(ledger, "PAYMENT", 30_000)
    booked(world, ledger)
    after = {a["name"]: Decimal(a["balance"]) for a in world.books()["accounts"]}
    (taken,) = [n for n, v in after.items() if v - before[n] == Decimal(30_000)]
    wanted = {"quickbooks": "Savings", "xero": "Nequi wallet", "zoho": "Bank COP"}
    assert taken == wanted[world.system]


def test_what_is_paid_too_much_is_the_customers_credit(world: World, ledger: Ledger) -> None:
    row(ledger, "PAYMENT", 125_000)
    assert booked(world, ledger)["cash"] == Decimal(125_000)
    assert documents(world)["DY7F3A-L1"]["open"] == "0.00"
    assert world.receivable("COP") == Decimal(-5_000)


def test_or_it_is_held_where_the_mapping_says_so(world: World, ledger: Ledger) -> None:
    with_policies(world, overpayment="hold")
    row(ledger, "PAYMENT", 125_000)
    assert "cash" not in booked(world, ledger, "person")
    with world.dry() as bridge, bridge.store.read() as work:
        assert {h.code for h in work.plans.holds(world.where)} == {"policy.overpayment"}


def test_a_discount_is_a_credit_note_on_its_account(world: World, ledger: Ledger) -> None:
    booked(world, ledger)
    row(ledger, "DISCOUNT", 10_000)
    assert booked(world, ledger) == amounts(discount=10_000, receivable=-10_000)
    assert documents(world)["DY7F3A-L1"]["open"] == "110000.00"


def test_a_write_off_is_a_bad_debt_but_for_its_interest(world: World, ledger: Ledger) -> None:
    interest = shared(world, "write_off_interest")
    booked(world, ledger)
    row(ledger, "WRITE_OFF", 120_000)
    assert booked(world, ledger) == amounts(write_off=100_000, receivable=-120_000) | {
        interest: Decimal(20_000)
    }
    assert documents(world)["DY7F3A-L1"]["open"] == "0.00"


def test_money_after_a_write_off_is_recovery_income(world: World, ledger: Ledger) -> None:
    row(ledger, "WRITE_OFF", 120_000)
    booked(world, ledger)
    row(ledger, "PAYMENT", 15_000, "2026-09-01")
    assert booked(world, ledger) == amounts(cash=15_000, recovery=-15_000)


def test_a_reversed_payment_opens_the_invoice_again(world: World, ledger: Ledger) -> None:
    row(ledger, "PAYMENT", 30_000)
    booked(world, ledger)
    row(ledger, "REVERSAL", 30_000, "2026-08-03", reverses=1)
    assert booked(world, ledger) == amounts(cash=-30_000, receivable=30_000)
    assert documents(world)["DY7F3A-L1"]["open"] == "120000.00"


def test_a_cancelled_loan_is_voided_with_what_was_paid(world: World, ledger: Ledger) -> None:
    row(ledger, "PAYMENT", 30_000)
    moved = booked(world, ledger)
    ledger.debts[1]["status"] = "Anulado"
    assert booked(world, ledger) == {name: -amount for name, amount in moved.items()}
    assert documents(world) == {}


def test_or_is_undone_by_a_full_credit_note_where_its_month_is_closed(
    world: World, ledger: Ledger
) -> None:
    adjusting(world)
    moved = booked(world, ledger)
    lock(world, "2026-09-30")
    ledger.debts[1]["status"] = "Anulado"
    assert booked(world, ledger) == {name: -amount for name, amount in moved.items()}
    found = documents(world)
    assert (found["DY7F3A-ZL1"]["kind"], found["DY7F3A-ZL1"]["total"]) == (
        "credit_note", "120000.00",
    )  # fmt: skip


def test_a_sale_on_credit_is_income_at_once(world: World, ledger: Ledger) -> None:
    ledger.debts[1] |= {"kind": "fiado", "principal": None, "interest_pct": None, "due_on": None}
    assert booked(world, ledger) == amounts(receivable=120_000, sale=-120_000)


def test_a_running_account_grows_by_an_invoice_for_each_charge(
    world: World, ledger: Ledger
) -> None:
    ledger.debts[1] |= {"kind": "fiado", "principal": None, "interest_pct": None, "due_on": None}
    booked(world, ledger)
    for amount in (7_000, 9_000):
        row(ledger, "INCREASE", amount)
        ledger.debts[1]["amount"] += amount
        assert booked(world, ledger) == amounts(receivable=amount, sale=-amount)
    assert len(documents(world)) == 3


def test_a_renewal_goes_through_the_clearing_account(world: World, ledger: Ledger) -> None:
    booked(world, ledger)
    before = {a["name"]: Decimal(a["balance"]) for a in world.books()["accounts"]}
    row(ledger, "PAYMENT", 40_000, method="RENEWAL")
    ledger.write(world.snapshot)
    assert world.sync().verdict == "clean"
    after = {a["name"]: Decimal(a["balance"]) for a in world.books()["accounts"]}
    (taken,) = [n for n, v in after.items() if v - before[n] == Decimal(40_000)]
    banks = {"Checking", "Bank COP", "Business Bank Account", "Store cash", "Petty Cash"}
    assert taken not in banks


def test_interest_on_a_liability_account_is_refused_with_what_would_be_right(
    world: World, ledger: Ledger
) -> None:
    unearned = {
        "quickbooks": ('item = "Loan interest"', 'item = "Unearned interest"'),
        "xero": ('account = "270"', 'account = "850"'),
        "zoho": ('item = "Loan interest"', 'item = "Unearned interest"'),
    }
    edit_mapping(world, unearned[world.system])
    ledger.write(world.snapshot)
    stopped = one(world.sync()).stopped
    assert isinstance(stopped, ConfigurationError)
    told = "".join(map(in_words, stopped.problems))
    assert "interest may only go to income" in told
    assert 'interest = "as_due"' in told
    assert documents(world) == {}


def test_principal_on_an_income_account_stops_everything(world: World, ledger: Ledger) -> None:
    targets = {
        "quickbooks": ('item = "Loan principal"', 'item = "Loan interest"'),
        "xero": ("[lines.principal]", '[lines.principal]\naccount = "270"\n[lines.of_no_use]'),
        "zoho": ('item = "Loan principal"', 'item = "Loan interest"'),
    }
    edit_mapping(world, targets[world.system])
    ledger.write(world.snapshot)
    try:
        done = one(world.sync())
    except ConfigurationError as error:
        assert "income" in in_words(error)
    else:
        assert isinstance(done.stopped, ConfigurationError)
        assert "not income" in "".join(map(in_words, done.stopped.problems))
    assert documents(world) == {}
