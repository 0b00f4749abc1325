"""Stories of a lender, and the books that each comes to when all of it is delivered."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from bridge.sandbox.server import SandboxServer
from tests.pipeline.ledger import Rows
from tests.pipeline.rebuilding import with_policies
from tests.pipeline.world import GONE, World, one

CHARGES = {"INCREASE", "LATE_FEE"}


@dataclass
class Story:
    """A loan, what happened to it day by day, and what is open in the end, by document."""

    loan: dict[str, Any]
    rows: list[tuple[str, str, int]]
    """(day, kind, amount); a kind in small letters is a payment's method."""
    open: dict[str, str]
    mapping: dict[str, str] = field(default_factory=dict)
    credit: str = "0"
    """What is left of receipts and credit notes."""

    def ledger(self, through: str) -> Rows:
        made = Rows()
        made.debtors[1] = {
            "debtor_id": 1,
            "name": "Ana",
            "store_id": "T",
            "created_on": "2026-01-01",
        }
        debt = {
            "debt_id": 1, "debtor_id": 1, "kind": "loan", "currency": "COP", "status": "OPEN",
            "created_on": "2026-09-01", "principal": None, "interest_pct": None, "due_on": None,
        } | self.loan  # fmt: skip
        made.debts[1] = debt
        for number, (day, kind, amount) in enumerate(self.rows, start=1):
            if day > through:
                continue
            method, kind = ("CASH", kind) if kind.isupper() else (kind.upper(), "PAYMENT")
            made.movements[number] = {
                "movement_id": number, "debt_id": 1, "type": kind, "amount": amount, "date": day,
                "concept": "", "method": method,
            }  # fmt: skip
            debt["amount"] += amount if kind in CHARGES else 0
        made.as_of = through
        return made


TWO = {
    "amount": 120, "principal": 100, "interest_pct": 20, "currency": "MXN", "instalments": 2,
    "frequency": "MONTHLY",
}  # fmt: skip
FOUR = {
    "amount": 120_000, "principal": 100_000, "interest_pct": 20, "instalments": 4,
    "frequency": "MONTHLY",
}  # fmt: skip
FIADO = {"kind": "fiado", "amount": 50_000}
STORIES = {
    "a fee after the payment of both instalments": Story(
        TWO, [("2026-09-05", "PAYMENT", 120), ("2026-09-21", "LATE_FEE", 12)],
        {"DY7F3A-L1I01": "0", "DY7F3A-L1I02": "0", "DY7F3A-F2": "12"},
        {"invoice_per": "instalment"},
    ),
    "interest that falls due after the payment": Story(
        FOUR, [("2026-09-20", "PAYMENT", 60_000), ("2026-10-15", "PAYMENT", 30_000)],
        # In October 15,000 of the 90,000 should be interest, and 5,000 has been invoiced.
        {"DY7F3A-L1": "15000", "DY7F3A-L1F01": "0", "DY7F3A-L1F02": "5000"},
        {"interest": "as_due"},
    ),
    "a payment of some of what is late": Story(
        FOUR, [("2026-11-10", "PAYMENT", 30_000)],
        {"DY7F3A-L1": "75000", "DY7F3A-L1F01": "0", "DY7F3A-L1F02": "5000"},
        {"interest": "as_due"},
    ),
    "too much, and goods bought later": Story(
        FIADO, [("2026-09-10", "PAYMENT", 125_000), ("2026-10-02", "INCREASE", 60_000)],
        {"DY7F3A-L1": "0", "DY7F3A-C2": "0"}, credit="15000",
    ),
    "too much of a renewal, and goods bought later": Story(
        FIADO, [("2026-09-10", "renewal", 125_000), ("2026-10-02", "INCREASE", 75_000)],
        {"DY7F3A-L1": "0", "DY7F3A-C2": "0"},
    ),
    "a discount of more than is owed, and goods bought later": Story(
        FIADO, [
            ("2026-09-10", "DISCOUNT", 55_000), ("2026-10-02", "INCREASE", 2_000),
            ("2026-10-03", "INCREASE", 4_000),
        ],
        {"DY7F3A-L1": "0", "DY7F3A-C2": "0", "DY7F3A-C3": "1000"},
    ),
}  # fmt: skip


def world_of(system: str, story: Story, folder: Path, sandbox: SandboxServer) -> World:
    folder.mkdir()
    made = World(folder, sandbox, system)
    made.control("POST", "reset")
    made.clock.sandbox_url = sandbox.url
    made.overrides["LEDGER_BRIDGE_SOURCE__MAX_AGE_DAYS"] = "365"
    with_policies(made, **story.mapping)
    return made


def delivered(world: World, story: Story, days: list[str]) -> None:
    for day in days:
        story.ledger(day).write(world.snapshot)
        done = world.sync()
        assert not any(each.rejected for each in done.systems.values()), done.reason
        world.clock.move(120)
    figures = one(world.preview()).plan.figures
    assert (figures.create, figures.update, figures.void) == (0, 0, 0)


def books(world: World) -> tuple[dict[str, Decimal], list[tuple[str, ...]]]:
    told = world.books()
    accounts = {each["name"]: Decimal(each["balance"]) for each in told["accounts"]}
    documents = [
        (d["kind"], d["number"], d["date"], d["total"], d["open"])
        for d in told["documents"]
        if d["status"] not in GONE
    ]
    return accounts, sorted(documents)
