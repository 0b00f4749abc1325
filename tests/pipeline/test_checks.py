"""The bookkeeper's checks on each system: a fault in the books turns exactly its own check red."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bridge.core.tie_out.checks import Check, CheckCode, Outcome
from bridge.core.tie_out.reconciliation import Reconciliation
from tests.pipeline.lent import DOCUMENTS, by_hand, lent, reconciled
from tests.pipeline.places import places
from tests.pipeline.world import World

CUTOVER = "2026-05-01"
LOANS = {
    11: "invoice",
    12: "invoice",
    13: "recovery",
    14: "invoice",
    15: "write-off",
    16: "recovery",
    17: "invoice",
    18: "renewal",
    19: "invoice",
    20: "invoice",
    21: "receipt",
}


def reference(number: int) -> str:
    return f"DY7F3A-{DOCUMENTS[LOANS[number]].format(number)}"


@pytest.fixture
def world(world: World) -> World:
    """Everything that a check is about is in the books, and nothing is wrong."""
    section = f"LEDGER_BRIDGE_SYSTEMS__{world.system.upper()}__"
    world.overrides[f"{section}CUTOVER"] = CUTOVER
    ledger = lent(LOANS)
    ledger.debts[17]["created_on"] = "2026-04-01"
    ledger.write(world.snapshot)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    journal(world, "handed out", "120000", debit="Loan clearing", credit=CLEARING)
    world.clock.move(60)
    return world


CLEARING = "Renewals clearing"


def journal(world: World, number: str, amount: str, debit: str, credit: str) -> None:
    lines = [{"account": debit, "debit": amount}, {"account": credit, "credit": amount}]
    wish = {"action": "add", "kind": "journal", "number": number, "date": "2026-11-10"}
    world.control("POST", f"{world.system}/edit", lines=lines, **wish)


def on_receivables(world: World) -> None:
    receivable, equity, _ = places(world)
    lines = [
        {"account": receivable, "debit": "90", "customer": "Persona 14"},
        {"account": equity, "credit": "90"},
    ]
    wish = {"action": "add", "kind": "journal", "number": "J-1", "date": "2026-11-10"}
    world.control("POST", f"{world.system}/edit", lines=lines, **wish)


def received(world: World) -> None:
    wish = {"action": "add", "kind": "receipt", "number": "R-1", "date": "2026-11-10"}
    world.control(
        "POST", f"{world.system}/edit", customer="Persona 14", amount="700", account=BANK, **wish
    )


BANK = "Nequi wallet"
Fault = Callable[[World], None]


def change(number: int, **wanted: Any) -> Fault:
    return lambda world: by_hand(world, LOANS[number], reference(number), wanted)


def taken_back(world: World) -> None:
    wish = {"action": "delete", "kind": "receipt", "number": reference(21)}
    world.control("POST", f"{world.system}/edit", **wish)


def faults(system: str) -> dict[CheckCode, tuple[Fault, str]]:
    """Check → a fault in the books, and the amount that it must be told with."""
    income = {"account": "Store sales"} if system == "xero" else {"item": "Store sales"}
    tax = {"tax": {"quickbooks": "TAX", "xero": "OUTPUT", "zoho": "4600"}[system]}
    cash, fees = {"account": BANK}, [income]
    if system == "zoho":  # a journal, where the money comes first
        cash, fees = {"lines": [{"account": BANK}]}, [{}, {"account": "Late fees"}]
    other = {"account": "Discounts given"} if system == "xero" else {"item": "Discount"}
    taxed = "3193.28" if system == "xero" else "3800.00"  # inside of the amount, or on top of it
    found: dict[CheckCode, tuple[Fault, str]] = {
        CheckCode.PRINCIPAL: (change(11, lines=[income]), "100000.00"),
        CheckCode.CUT_OFF: (change(12, date="2026-07-01"), "120000.00"),
        CheckCode.CASH: (change(13, **cash), "10000.00"),
        CheckCode.UNAPPLIED: (received, "700.00"),
        CheckCode.WRITE_OFF: (change(15, lines=[other]), "120000.00"),
        CheckCode.RECOVERY: (change(16, lines=fees), "10000.00"),
        CheckCode.OPENING: (change(17, amount="121000"), "1000.00"),
        CheckCode.RENEWALS: (
            lambda world: journal(world, "J-2", "500", CLEARING, "Loan clearing"),
            "500.00",
        ),
        CheckCode.TAX: (change(19, lines=[{}, tax]), taxed),
        CheckCode.ROUNDING: (change(20, amount="120000.01"), "0.01"),
        CheckCode.VOIDS: (taken_back, "30000.00"),
        CheckCode.CONTROL: (on_receivables, "90.00"),
    }
    if system == "xero":
        del found[CheckCode.CONTROL]  # Xero lets nobody post to that account
    return found


def told(morning: Reconciliation) -> dict[CheckCode, Check]:
    (result,) = morning.systems
    found = {check.code: check for check in result.checks}
    assert list(found) == list(CheckCode)
    return found


def failing(morning: Reconciliation) -> set[CheckCode]:
    return {code for code, each in told(morning).items() if each.outcome is Outcome.FAILS}


def test_each_fault_in_the_books_turns_exactly_its_check_red(world: World) -> None:
    morning = reconciled(world)
    assert morning.verdict.green, morning.verdict
    outcomes = {code: check.outcome for code, check in told(morning).items()}
    nothing = {CheckCode.AGENCY: Outcome.NONE, CheckCode.CLOSED: Outcome.NONE}
    if world.system == "quickbooks":  # it does not tell that nothing is closed
        nothing[CheckCode.CLOSED] = Outcome.CANNOT
    assert outcomes == dict.fromkeys(CheckCode, Outcome.HOLDS) | nothing
    wrong: set[CheckCode] = set()
    for code, (fault, amount) in faults(world.system).items():
        fault(world)
        world.clock.move(60)
        morning = reconciled(world)
        assert failing(morning) - wrong == {code}
        assert dict(told(morning)[code].amounts) == {"COP": Decimal(amount)}
        assert morning.verdict.exit_code == 1
        wrong.add(code)


def test_a_change_in_a_closed_period_turns_its_check_red(world: World) -> None:
    world.control("POST", f"{world.system}/edit", action="lock", date="2026-06-30")
    assert told(reconciled(world))[CheckCode.CLOSED].count == len(LOANS)
    change(12, amount="121000")(world)
    world.clock.move(60)
    morning = reconciled(world)
    assert failing(morning) == {CheckCode.CLOSED}
    assert told(morning)[CheckCode.CLOSED].amounts == (("COP", Decimal(1000)),)
    assert not morning.verdict.green
