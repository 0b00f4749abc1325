"""What the simulation expects of a write-off, against figures that were worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.simulation.expected import wanted
from tests.simulation.interest import falling_due
from tests.simulation.ledger import FieldLedger

DAY = date(2026, 8, 31)
TERMS = {
    "monthly": (4, "MONTHLY", ["2026-09-30", "2026-10-30", "2026-11-30", "2026-12-30"]),
    "weekly": (3, "WEEKLY", ["2026-09-07", "2026-09-14", "2026-09-21"]),
    "daily, but on no Sunday": (
        6, "DAILY",
        ["2026-09-01", "2026-09-02", "2026-09-03", "2026-09-04", "2026-09-05", "2026-09-07"],
    ),
}  # fmt: skip
INTEREST = {"monthly": "5 5 5 5", "weekly": "7 6 7", "daily, but on no Sunday": "3 4 3 3 4 3"}
"""Of 120 with 20 of interest."""


def lent(times: int | None = 4, often: str | None = "MONTHLY", **told: object) -> FieldLedger:
    """120 on 31 August, of which 20 is interest; where it has instalments, they are known."""
    ledger = FieldLedger(DAY)
    ledger.as_of, ledger.as_due = "2027-03-01", True
    ledger.debtors[1] = {"debtor_id": 1}
    ledger.debts[1] = {
        "debt_id": 1, "debtor_id": 1, "kind": "loan", "amount": Decimal(120), "currency": "COP",
        "created_on": DAY.isoformat(), "principal": Decimal(100), "status": "OPEN",
        "instalments": times, "frequency": often, **told,
    }  # fmt: skip
    return ledger


@pytest.mark.parametrize("terms", TERMS)
def test_interest_falls_due_with_each_instalment(terms: str) -> None:
    times, often, days = TERMS[terms]
    found = list(falling_due(lent(times, often).debts[1], Decimal(120)))
    amounts = [Decimal(part) for part in INTEREST[terms].split()]
    assert found == list(zip(days, amounts, strict=True))


WRITTEN_OFF: dict[str, tuple[list[tuple[str, int]], dict[str, str]]] = {
    "less than does not fall due": ([("2026-10-05", 8)], {"L1": "112 12"}),
    "more than that": ([("2026-10-05", 40)], {"L1": "105 5", "K1": "-25 -25"}),
    "on the day of an instalment": ([("2026-10-30", 40)], {"L1": "110 10", "K1": "-30 -30"}),
    "twice": (
        [("2026-10-05", 8), ("2026-11-05", 30)],
        {"L1": "110 10", "K2": "-28 -28"},
    ),
    "a little, and the rest of it": (
        [("2026-10-05", 3), ("2026-11-05", 117)],
        {"L1": "110 10", "K2": "-110 -110"},
    ),
    "when all has fallen due": ([("2027-01-05", 120)], {"L1": "120 20", "K1": "-120 -120"}),
}  # fmt: skip
"""(day, amount) of the write-offs; what each row does to receivables, and what is earned of it."""


@pytest.mark.parametrize("case", WRITTEN_OFF)
def test_a_write_off_stops_what_has_not_fallen_due_and_takes_off_the_rest(case: str) -> None:
    rows, expected = WRITTEN_OFF[case]
    ledger = lent()
    for day, amount in rows:
        ledger.move(1, "WRITE_OFF", Decimal(amount), date.fromisoformat(day))
    assert in_books(ledger) == expected


@pytest.mark.parametrize("case", ["at once", "no instalments", "of before going live"])
def test_interest_that_is_invoiced_at_once_does_not_stop(case: str) -> None:
    ledger = lent(None, None) if case == "no instalments" else lent()
    ledger.as_due = case != "at once"
    ledger.cutover = "2026-09-15" if case == "of before going live" else ""
    ledger.move(1, "WRITE_OFF", Decimal(8), date(2026, 10, 5))
    carried = case == "of before going live"
    assert in_books(ledger) == {"L1": "120 0" if carried else "120 20", "K1": "-8 -8"}


def in_books(ledger: FieldLedger) -> dict[str, str]:
    return {row.base.partition("-")[2]: f"{row.effect} {row.earned}" for row in wanted(ledger)}
