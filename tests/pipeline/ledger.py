"""Ledgers of the Deudores app for the tests: rows in memory, written as a snapshot."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any


class Rows:
    """A deudores ledger's own rows, and the snapshot that the app makes of them."""

    def __init__(self) -> None:
        self.debtors: dict[int, dict[str, Any]] = {}
        self.debts: dict[int, dict[str, Any]] = {}
        self.movements: dict[int, dict[str, Any]] = {}
        self.as_of = "2026-11-19"

    def settle(self) -> None:
        """Let every debt say what is left of it, as the app does."""
        lowered: dict[int, Any] = {}
        for row in self.movements.values():
            sign = LOWERS.get(row["type"], 0)
            lowered[row["debt_id"]] = lowered.get(row["debt_id"], 0) + sign * row["amount"]
        for debt in self.debts.values():
            owed = debt["amount"] - lowered.get(debt["debt_id"], 0)
            debt["remaining"] = max(owed, 0)
            debt["is_paid"] = owed <= 0

    def snapshot(self) -> dict[str, Any]:
        """The whole ledger as `deudores-snapshot/1`."""
        self.settle()
        return {
            "schema": "deudores-snapshot/1", "generated_at": f"{self.as_of}T23:00:00-05:00",
            "as_of": self.as_of, "device_id": "dev-7f3a", "locale": "es-CO",
            "timezone": "America/Bogota", "default_currency": "COP",
            "stores": [{"store_id": "T", "name": "Tienda", "currency": "COP", "kind": "mixed"}],
            "counts": {
                "debtors": len(self.debtors), "debts": len(self.debts),
                "movements": len(self.movements),
            },
            "debtors": list(self.debtors.values()), "debts": list(self.debts.values()),
            "movements": list(self.movements.values()), "consents": [],
        }  # fmt: skip

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(self.snapshot()), encoding="utf-8")


LOWERS = {"PAYMENT": 1, "DISCOUNT": 1, "WRITE_OFF": 1, "REVERSAL": -1}
"""Kind of movement → whether it lowers what is owed, or takes back what did."""


class Ledger(Rows):
    """A small ledger that a seed makes and changes."""

    @classmethod
    def random(cls, chance: random.Random, loans: int = 5) -> Ledger:
        made = cls()
        for number in range(1, loans + 1):
            made.lend(number, chance)
        for _ in range(loans * 2):
            made.move(chance)
        return made

    def lend(self, number: int, chance: random.Random) -> None:
        currency = chance.choice(["COP", "COP", "COP", "MXN"])
        principal = chance.randrange(50, 900) * 1000
        fiado = chance.random() < 0.4
        amount = principal if fiado else principal * 6 // 5
        self.debtors[number] = {
            "debtor_id": number, "name": f"Persona {number % 3}", "phone": f"39000000{number:02}",
            "store_id": "T", "created_on": "2026-05-01",
        }  # fmt: skip
        self.debts[number] = {
            "debt_id": number, "debtor_id": number, "kind": "fiado" if fiado else "loan",
            "amount": amount, "remaining": amount, "is_paid": False, "currency": currency,
            "created_on": "2026-06-01", "due_on": None if fiado else "2026-12-01",
            "principal": None if fiado else principal, "interest_pct": None if fiado else 20,
            "status": "OPEN",
        }  # fmt: skip

    def move(self, chance: random.Random) -> int:
        number = max(self.movements, default=0) + 1
        debt = chance.choice(sorted(self.debts))
        kinds = ["PAYMENT"] * 6 + ["INCREASE", "DISCOUNT", "LATE_FEE"]
        kind = chance.choice(kinds)
        amount = chance.randrange(1, 60) * 500
        self.movements[number] = {
            "movement_id": number, "debt_id": debt, "type": kind, "amount": amount,
            "date": f"2026-{chance.randrange(7, 11):02}-{chance.randrange(1, 28):02}",
            "concept": "", "method": "CASH",
        }  # fmt: skip
        if kind in ("INCREASE", "LATE_FEE"):
            self.debts[debt]["amount"] += amount
        return number

    def change(self, chance: random.Random) -> None:
        """A day in the field: new rows, edited rows, deleted rows."""
        for _ in range(chance.randrange(1, 4)):
            self.move(chance)
        payments = [m for m in self.movements.values() if m["type"] == "PAYMENT"]
        if payments and chance.random() < 0.6:
            chance.choice(payments)["amount"] += 500
        if payments and chance.random() < 0.4:
            gone = chance.choice(payments)
            del self.movements[gone["movement_id"]]
        if chance.random() < 0.3:
            self.lend(max(self.debts) + 1, chance)
        if len(self.debts) > 3 and chance.random() < 0.2:
            debt = chance.choice(sorted(self.debts))
            del self.debts[debt]
            self.movements = {k: m for k, m in self.movements.items() if m["debt_id"] != debt}


def small_ledger() -> Ledger:
    """Two accounts at the store, 1 and 2; the first has payment 7 and charge 8."""
    made = Ledger()
    chance = random.Random(1)
    for number in (1, 2):
        made.lend(number, chance)
        made.debtors[number]["name"] = f"Persona {number}"
        made.debts[number] |= {
            "kind": "fiado", "amount": 50_000, "due_on": None, "principal": None,
            "interest_pct": None, "currency": "COP",
        }  # fmt: skip
    row = {"debt_id": 1, "concept": "", "method": "CASH"}
    made.movements[7] = row | {
        "movement_id": 7, "type": "PAYMENT", "amount": 3_000, "date": "2026-07-03",
    }  # fmt: skip
    made.movements[8] = row | {
        "movement_id": 8, "type": "INCREASE", "amount": 2_000, "date": "2026-07-04",
    }  # fmt: skip
    made.debts[1]["amount"] += 2_000
    return made
