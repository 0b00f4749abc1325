"""Lenders that a seed draws: how they book, what they lend, and what happens to each loan."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.recount.recomputation import unit_of

Row = dict[str, Any]

FIRST, LAST = date(2026, 6, 1), date(2026, 10, 20)
WORTH = {"COP": "1", "MXN": "214", "USD": "4021", "CLP": "4.35", "PYG": "0.552"}
"""What a unit of each currency is worth in one of them."""
SINCE = ("2026-01-01", "2026-07-01", "2026-10-01")
MOVES = ("1.0123", "0.9951", "1.0037")
"""The days from which rates hold, and how far they move."""
UNIT = {"COP": 1000, "MXN": Decimal("10.01"), "USD": Decimal("1.03"), "CLP": 1000, "PYG": 5000}
"""What amounts of a currency are made of here."""
HOMES = ("COP", "COP", "MXN", "USD", "CLP", "PYG")
CURRENCIES = ("COP", "MXN", "USD", "CLP", "PYG")
"""What companies keep their books in, and what is lent beside it."""
BANK = "MXN"
"""What has a bank account of its own: only there and at home does Xero take money that settles
nothing yet."""
DAY = timedelta(days=1)
CLOSES = 0.4
"""How many lenders close their months."""
METHODS = ("CASH", "CASH", "TRANSFER", "NEQUI")

KINDS: dict[str, int] = {
    "payment": 12,
    "late payment": 3,
    "discount": 1,
    "late_fee": 2,
    "charge": 1,
    "reversal": 2,
    "overpayment": 1,
    "renewal": 1,
    "write off": 2,
}
"""What may happen to a loan, and how often."""


@dataclass
class Lender:
    """What a seed draws: plain rows, each with the day on which the ledger first shows it."""

    seed: int
    home: str
    rules: dict[str, str]
    deliveries: list[date]
    locks: list[tuple[date, date]] = field(default_factory=list)
    """Day on which the books were closed, and the last day that was closed then."""
    loans: list[Row] = field(default_factory=list)
    movements: list[Row] = field(default_factory=list)

    @property
    def currencies(self) -> list[str]:
        return sorted({loan["currency"] for loan in self.loans} - {self.home})

    def known(self, day: date) -> tuple[list[Row], list[Row]]:
        """The rows that a delivery of that day has."""
        text = day.isoformat()
        loans = [row for row in self.loans if row["known"] <= text]
        return loans, [row for row in self.movements if row["known"] <= text]


def rates_of(code: str, home: str) -> list[str]:
    """What a unit is worth at home from each of the days on, as a person writes a rate."""
    worth = Decimal(WORTH[code]) / Decimal(WORTH[home])
    return [f"{(worth * Decimal(move)).normalize():.6g}" for move in MOVES]


def draw(seed: int) -> Lender:
    chance = random.Random(f"recount {seed}")
    rules = {
        "interest": chance.choice(("upfront", "upfront", "as_due")),
        "invoice_per": chance.choice(("loan", "instalment")),
    }
    locks = []
    if chance.random() < CLOSES:
        rules["closed_period"] = chance.choice(("hold", "adjust"))
        locks = [(date(2026, month, 6), date(2026, month, 1) - DAY) for month in range(7, 11)]
    every = chance.randrange(18, 40)
    days = [FIRST + timedelta(days=n) for n in range(every, (LAST - FIRST).days, every)]
    home = chance.choice(HOMES)
    lender = Lender(seed, home, rules, [*days, LAST], locks)
    # With interest as it falls due, money may come before anything is there that it settles.
    currencies = (home, home, *CURRENCIES) if rules["interest"] == "upfront" else (home, home, BANK)
    for _ in range(chance.randrange(2, 6)):
        lend(lender, chance, chance.choice(currencies))
    return lender


def lend(lender: Lender, chance: random.Random, currency: str, day: date | None = None) -> Row:
    day = day or FIRST + timedelta(days=chance.randrange(0, 70))
    day = min(day, day.replace(day=28))
    principal = Decimal(UNIT[currency] * chance.randrange(20, 400))
    loan = {
        "id": str(len(lender.loans) + 1),
        "customer": f"Cliente {len(lender.loans) + 1}",
        "currency": currency,
        "kind": "fiado" if chance.random() < 0.2 else "loan",
        "day": day.isoformat(),
        "known": day.isoformat(),
        "principal": principal,
        "instalments": chance.choice((1, 2, 3, 4, 6, 7, 9)),
        "frequency": chance.choice(("weekly", "monthly")),
    }
    rate = chance.choice((0, 10, 20, 25)) if loan["kind"] == "loan" else 0
    unit = unit_of(currency)
    loan["total"] = principal + (principal * rate / 100 / unit).to_integral() * unit
    lender.loans.append(loan)
    live(lender, chance, loan)
    return loan


def live(lender: Lender, chance: random.Random, loan: Row) -> None:
    """What happens to a loan from day to day, until nothing more does."""
    left, day = loan["total"], date.fromisoformat(loan["day"])
    for _ in range(chance.randrange(1, 9)):
        day += timedelta(days=chance.randrange(0, 15))
        if day > LAST:
            return
        (kind,) = chance.choices(list(KINDS), list(KINDS.values()))
        if kind == "write off" and not may_lose(lender, loan):
            kind = "payment"
        for row in happen(lender, chance, loan, kind, left, day):
            left += {"charge": 1, "late_fee": 1, "reversal": 1}.get(row["kind"], -1) * row["amount"]
            day = max(day, date.fromisoformat(row["day"]))
        if left <= 0 or kind == "write off":
            return


def may_lose(lender: Lender, loan: Row) -> bool:
    return not (lender.locks and lender.rules["interest"] == "as_due")


def happen(
    lender: Lender, chance: random.Random, loan: Row, kind: str, left: Decimal, day: date
) -> Iterator[Row]:
    part = some(chance, loan["currency"], left)
    if kind == "payment":
        yield move(lender, loan, "payment", part, day, method=chance.choice(METHODS))
    elif kind == "late payment":
        known = min(day + timedelta(days=chance.randrange(1, 40)), LAST)
        yield move(lender, loan, "payment", part, day, known=known.isoformat())
    elif kind == "overpayment":
        more = left + some(chance, loan["currency"], left)
        yield move(lender, loan, "payment", more, day)
    elif kind == "renewal":
        yield move(lender, loan, "payment", left, day, method="RENEWAL")
    elif kind == "reversal":
        paid = move(lender, loan, "payment", part, day)
        yield paid
        back = min(day + timedelta(days=chance.randrange(0, 20)), LAST)
        yield move(lender, loan, "reversal", part, back, reverses=paid["id"])
    elif kind == "write off":
        yield from lose(lender, chance, loan, left, day)
    elif kind == "discount":
        yield move(lender, loan, "discount", some(chance, loan["currency"], left / 4), day)
    else:
        yield move(lender, loan, kind, some(chance, loan["currency"], loan["total"] / 8), day)


def lose(
    lender: Lender, chance: random.Random, loan: Row, left: Decimal, day: date
) -> Iterator[Row]:
    """Part of what is left is written off, or all of it; some money comes all the same, sometimes
    more than was written off, or as late as if nobody had told."""
    whole = chance.random() < 0.5
    lost = left if whole else some(chance, loan["currency"], left)
    yield move(lender, loan, "write_off", lost, day)
    if chance.random() < 0.3:
        before = max(day - timedelta(days=9), date.fromisoformat(loan["day"])).isoformat()
        known = min(day + timedelta(days=6), LAST).isoformat()
        paid = some(chance, loan["currency"], left / 2)
        yield move(lender, loan, "payment", paid, date.fromisoformat(before), known=known)
        left -= paid
    for _ in range(chance.randrange(0, 3)):
        day = min(day + timedelta(days=chance.randrange(1, 30)), LAST)
        paid = some(chance, loan["currency"], left)
        yield move(lender, loan, "payment", paid, day, method=chance.choice(METHODS))
    if chance.random() < 0.2:
        yield move(lender, loan, "payment", left * 2, LAST)


def some(chance: random.Random, currency: str, most: Decimal) -> Decimal:
    """A part of an amount, as people in that currency have them."""
    unit = Decimal(50) if currency == "COP" else unit_of(currency)
    return max((most * chance.randrange(5, 70) / 100 / unit).to_integral() * unit, unit)


def move(lender: Lender, loan: Row, kind: str, amount: Decimal, day: date, **more: Any) -> Row:
    row = {
        "id": str(len(lender.movements) + 1),
        "loan": loan["id"],
        "kind": kind,
        "amount": amount,
        "day": day.isoformat(),
        "known": day.isoformat(),
        "method": "CASH",
        **more,
    }
    lender.movements.append(row)
    return row
