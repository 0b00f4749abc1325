"""A company that also sells to other people: their invoices and payments are its own business."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bridge.core.tie_out.reconciliation import Reconciliation
from bridge.core.tie_out.verdict import Result
from bridge.pipeline.reconcile import compare
from bridge.sandbox.server import SandboxServer
from tests.pipeline.ledger import Rows
from tests.pipeline.world import COMPANIES, World

DAYS = int(os.environ.get("BRIDGE_MORNINGS", "4"))
FIRST, DAY_S = date(2026, 11, 20), 86_400
STRANGERS = ("Ferretería La Llave", "Panadería Aurora", "Taller Nariño")
CASH = {"quickbooks": "Checking", "xero": "090", "zoho": "Bank COP"}


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(fast=True) as server:
        yield server


class Office:
    """One lender's ledger and one bookkeeper, from day to day."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.chance = world, random.Random(seed)
        self.ledger = Rows()
        self.invoices = 0

    def morning(self, day: date) -> Reconciliation:
        """What the field brought and what the office did; then a pass, and the comparison."""
        self.ledger.as_of = day.isoformat()
        self._field(day)
        self.ledger.write(self.world.snapshot)
        self._office(day)
        done = self.world.sync()
        assert done.exit_code == 0, (day, done.reason, done.verdict)
        with self.world.bridge() as bridge:
            now = bridge.clock.now()
            return compare(bridge, bridge.today, now, fresh=bridge.fresh)

    def _field(self, day: date) -> None:
        """A new loan, and a payment or two of what is still owed."""
        number = len(self.ledger.debts) + 1
        if number < 4 or self.chance.random() < 0.5:
            lent = self.chance.randrange(50, 900) * 1000
            self.ledger.debtors[number] = {
                "debtor_id": number, "name": f"Persona {number}", "phone": f"39000000{number:02}",
                "store_id": "T", "created_on": "2026-05-01",
            }  # fmt: skip
            self.ledger.debts[number] = {
                "debt_id": number, "debtor_id": number, "kind": "loan", "amount": lent * 6 // 5,
                "currency": "COP", "created_on": day.isoformat(), "due_on": "2027-02-01",
                "principal": lent, "interest_pct": 20, "status": "OPEN",
            }  # fmt: skip
        for _ in range(self.chance.randrange(1, 3)):
            self._pay(day)

    def _pay(self, day: date) -> None:
        self.ledger.settle()
        owing = [debt for debt in self.ledger.debts.values() if debt["remaining"] >= 1000]
        if not owing:
            return
        debt = self.chance.choice(owing)
        number = len(self.ledger.movements) + 1
        self.ledger.movements[number] = {
            "movement_id": number, "debt_id": debt["debt_id"], "type": "PAYMENT",
            "amount": self.chance.randrange(1, debt["remaining"] // 1000 + 1) * 1000,
            "date": day.isoformat(), "concept": "", "method": "CASH",
        }  # fmt: skip

    def _office(self, day: date) -> None:
        """An invoice for somebody who borrows nothing, and often its payment."""
        who = self.chance.choice(STRANGERS)
        amount = str(self.chance.randrange(20, 400) * 1000)
        self.invoices += 1
        number = f"F-{self.invoices}"
        for step in ("invoice", "receipt"):
            wish = {"action": "add", "kind": step, "customer": who, "amount": amount}
            wish |= {"date": day.isoformat(), "currency": "COP"}
            if step == "invoice":
                wish |= {"number": number, "due": (day + timedelta(days=30)).isoformat()}
            else:
                wish |= {"number": f"R-{self.invoices}", "account": CASH[self.world.system]}
            self.world.control("POST", f"{self.world.system}/edit", **wish)
            if self.chance.random() < 0.4:
                return


@pytest.mark.parametrize("system", sorted(COMPANIES))
def test_mornings_of_a_company_with_other_customers_stay_green(
    system: str, tmp_path: Path, sandbox: SandboxServer
) -> None:
    office = Office(World(tmp_path, sandbox, system), seed=2026)
    for number in range(DAYS):
        found = office.morning(FIRST + timedelta(days=number))
        office.world.clock.move(DAY_S)
        said = [(task.code, task.amount, task.subject) for task in found.verdict.tasks]
        assert found.verdict.green, (number, found.verdict.reason, said)
        assert not any(tie.unexplained for each in found.systems for tie in each.tie_outs)
    assert found.verdict.result is Result.AGREES_WITH_ITEMS, "what is theirs is told, as an item"
