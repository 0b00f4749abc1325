"""The lender's ledger as it evolves: what a field app's people do to its rows, day after day.

What that app cannot express is not here: a renewal (money of a new loan that pays an old one) has
no row of its own in it. A loan is annulled by its state (`Anulado`).
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from typing import Any

from tests.pipeline.ledger import Rows
from tests.simulation.interest import falling_due
from tests.simulation.losses import Losses, losses

Row = dict[str, Any]

CHARGES = ("INCREASE", "LATE_FEE", "INTEREST")
LOWERING = ("PAYMENT", "DISCOUNT", "WRITE_OFF")
RAISING = ("REFUND", "REVERSAL")
ANNULLED = "Anulado"
WHOLE = ("CLP", "PYG")
NAMES = (
    "Amparo Zuluaga", "Berenice Ñúñez", "Cipriano Ortegón", "Dolores Quiñones", "Evaristo Palomo",
    "Floralba Tibaquirá", "Gumersindo Roa", "Hortensia Vélez", "Isidoro Camargo", "Jacinta Peña",
)  # fmt: skip


class FieldLedger(Rows):
    """Rows, what was in them before, and who did what to them."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self.today = today
        self.loan_of: dict[int, int] = {}
        """Movement → its loan, also of movements that are gone."""
        self.been_of: dict[int, set[int]] = {}
        """Movement → the loans that it was of before."""
        self.gone: list[Row] = []
        """Movements that were deleted, and may come back."""
        self.before: dict[int, list[Row]] = {}
        """Debt → its movements before the last edit of one: what putting back means."""
        self.names: set[str] = set()
        self.cutover = ""
        """The day of going live; empty when all of every loan is posted."""
        self.as_due = False
        """Whether interest is invoiced as it falls due."""
        self.whole = ""
        """A currency without decimals in which the lender lends too."""
        self._next = {"debtor": 1, "debt": 1, "movement": 1}

    # ── what the rows mean ───────────────────────────────────────────────────────────────────

    def of(self, debt: int) -> list[Row]:
        return [row for row in self.movements.values() if row["debt_id"] == debt]

    def balance(self, debt: int) -> Decimal:
        """What is owed on a debt: its amount, which has the charges in it, less what was paid on
        it and not on what was written off."""
        row = self.debts.get(debt)
        annulled = row is not None and row["status"] == ANNULLED
        owed = Decimal(0) if row is None or annulled else Decimal(row["amount"])
        for movement in self.of(debt):
            owed += Decimal(self.effect(movement)) if not annulled else 0
        if row is not None and not annulled:
            owed += sum(self.losses(debt).recovered.values())
        return owed

    def losses(self, debt: int) -> Losses:
        """What was written off of a debt and came in after all: by rows that count. Of a debt of
        before going live nobody knows the interest."""
        rows = self.of(debt)
        charged = sum((row["amount"] for row in rows if row["type"] in CHARGES), Decimal(0))
        told = self.debts[debt]
        opening = Decimal(told["amount"] - charged)
        counted = [row for row in rows if self.counts(row)]
        by_day = falling_due(told, opening) if self.as_due and not self.is_carried(debt) else ()
        return losses(opening, counted, CHARGES, by_day)

    def is_carried(self, debt: int) -> bool:
        """Whether a debt is of before the day of going live."""
        return bool(self.cutover) and self.debts[debt]["created_on"] < self.cutover

    def counts(self, movement: Row) -> bool:
        """Whether nothing holds or reverses a movement."""
        taken = movement["movement_id"], movement["amount"]
        reversed_by = [
            row
            for row in self.of(movement["debt_id"])
            if row["type"] == "REVERSAL" and (row.get("reverses"), row["amount"]) == taken
        ]
        return not reversed_by and movement["amount"] > 0 and movement["date"] <= self.as_of

    def effect(self, movement: Row) -> Any:
        """What a movement does to the balance beyond the debt's own amount."""
        if movement["type"] in LOWERING:
            return -movement["amount"]
        return movement["amount"] if movement["type"] in RAISING else 0

    def owed(self) -> dict[str, Decimal]:
        """Currency → what all borrowers owe."""
        sums: dict[str, Decimal] = {}
        for number, debt in self.debts.items():
            currency = debt["currency"] if debt["currency"] != "PESOS" else "XXX"
            sums[currency] = sums.get(currency, Decimal(0)) + self.balance(number)
        return {currency: amount for currency, amount in sums.items() if amount}

    # ── rows ─────────────────────────────────────────────────────────────────────────────────

    def number(self, kind: str) -> int:
        """A number that was never used before, as a phone counts."""
        self._next[kind] += 1
        return self._next[kind] - 1

    def borrow(self, chance: random.Random, name: str = "") -> int:
        number = self.number("debtor")
        name = name or f"{chance.choice(NAMES)} {number}"
        self.names.add(name)
        self.debtors[number] = {
            "debtor_id": number, "name": name, "phone": f"390{number:07}", "store_id": "T",
            "created_on": self.today.isoformat(),
        }  # fmt: skip
        return number

    def move(self, debt: int, kind: str, amount: Any, day: date, **more: Any) -> Row:
        number = self.number("movement")
        row = {
            "movement_id": number, "debt_id": debt, "type": kind, "amount": amount,
            "date": day.isoformat(), "concept": "", "method": "CASH", **more,
        }  # fmt: skip
        self.movements[number] = row
        self.loan_of[number] = debt
        if kind in CHARGES:
            self.debts[debt]["amount"] += amount
        return row

    def remember(self, debt: int) -> None:
        self.before[debt] = copy.deepcopy(self.of(debt))

    def put_back(self, debt: int) -> bool:
        """Undo the last edit of a debt's payments. False when there is none to undo."""
        rows = self.before.pop(debt, None)
        if rows is None or debt not in self.debts or rows == self.of(debt):
            return False
        now = {row["movement_id"]: row for row in self.of(debt)}
        if any(row["type"] in CHARGES for row in (*rows, *now.values()) if row not in rows):
            return False
        for row in rows:
            self.movements[row["movement_id"]] = row
            self.place(row, debt)
        return True

    def place(self, row: Row, debt: int) -> None:
        """The movement is of that loan."""
        number, before = row["movement_id"], self.loan_of[row["movement_id"]]
        if before != debt:
            self.been_of.setdefault(number, set()).add(before)
        row["debt_id"] = self.loan_of[number] = debt
        if debt in self.debts and self.debts[debt]["currency"] in WHOLE:
            # Nobody writes a part of a peso where there is none.
            row["amount"] = Decimal(row["amount"]).to_integral_value(ROUND_UP)


Deed = Callable[[FieldLedger, random.Random], str]
"""What somebody does to the ledger. Says what; nothing when there was nothing to do it to."""


def loans(ledger: FieldLedger, *, open_only: bool = False) -> list[int]:
    return [
        number
        for number, debt in ledger.debts.items()
        if debt["status"] != ANNULLED and (not open_only or ledger.balance(number) > 0)
    ]


def payments(ledger: FieldLedger) -> list[Row]:
    return [row for row in ledger.movements.values() if row["type"] == "PAYMENT"]


def day_of(ledger: FieldLedger, chance: random.Random, debt: int) -> date:
    """When it happened: mostly today, often written down late, seldom very late or too early."""
    back = chance.choices((0, chance.randrange(1, 4), chance.randrange(10, 45), -2), (60, 28, 9, 1))
    day = ledger.today - timedelta(days=back[0])
    start = date.fromisoformat(ledger.debts[debt]["created_on"])
    return day if chance.random() < 0.05 else max(day, start)


def some(chance: random.Random, currency: str, most: int = 60) -> Decimal:
    """An amount as people in that currency have them."""
    if currency in ("COP", *WHOLE):
        return Decimal(chance.randrange(1, most) * (500 if currency == "COP" else 37))
    return Decimal(chance.randrange(100, most * 2500)) / 100
