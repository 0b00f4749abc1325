"""A lender whose borrowers have the names that a test is about."""

from __future__ import annotations

from tests.pipeline.ledger import Ledger


def lent_to(*names: str) -> Ledger:
    ledger = Ledger()
    for number, name in enumerate(names, 1):
        ledger.debtors[number] = {
            "debtor_id": number, "name": name, "store_id": "T", "created_on": "2026-10-01",
        }  # fmt: skip
        ledger.debts[number] = {
            "debt_id": number, "debtor_id": number, "kind": "loan", "amount": 60_000,
            "currency": "COP", "created_on": "2026-11-01", "principal": 50_000,
            "interest_pct": 20, "due_on": "2026-12-01",
        }  # fmt: skip
    return ledger
