"""A drawn lender's ledger as the field app delivers it on a day."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from tests.recount.lenders import Lender
from tests.simulation.ledger import CHARGES

Row = dict[str, Any]

WORDS = {
    "payment": "PAYMENT", "discount": "DISCOUNT", "late_fee": "LATE_FEE", "charge": "INCREASE",
    "reversal": "REVERSAL", "write_off": "WRITE_OFF", "interest": "INTEREST",
}  # fmt: skip
"""Our kinds of movement, as the app writes them."""


def snapshot(lender: Lender, day: date) -> Row:
    loans, movements = lender.known(day)
    people, debts = [_person(loan) for loan in loans], [_debt(loan, movements) for loan in loans]
    return {
        "schema": "deudores-snapshot/1", "generated_at": f"{day}T17:00:00-05:00",
        "as_of": day.isoformat(), "device_id": "dev-7f3a", "locale": "es-CO",
        "timezone": "America/Bogota", "default_currency": lender.home,
        "stores": [{"store_id": "T", "name": "Tienda", "currency": lender.home, "kind": "mixed"}],
        "counts": {"debtors": len(people), "debts": len(debts), "movements": len(movements)},
        "debtors": people, "debts": debts, "movements": [_movement(row) for row in movements],
        "consents": [],
    }  # fmt: skip


def _person(loan: Row) -> Row:
    return {
        "debtor_id": int(loan["id"]), "name": loan["customer"],
        "phone": f"390{int(loan['id']):07}", "store_id": "T", "created_on": loan["day"],
    }  # fmt: skip


def _debt(loan: Row, movements: list[Row]) -> Row:
    """A debt's amount has its charges in it, and says what is left of it."""
    of_kind: Counter[str] = Counter()
    for row in movements:
        if row["loan"] == loan["id"]:
            of_kind[WORDS[row["kind"]]] += row["amount"]
    amount = loan["total"] + sum(of_kind[word] for word in CHARGES)
    lowered = of_kind["PAYMENT"] + of_kind["DISCOUNT"] + of_kind["WRITE_OFF"] - of_kind["REVERSAL"]
    fiado = loan["kind"] == "fiado"
    interest = loan["total"] - loan["principal"]
    return {
        "debt_id": int(loan["id"]), "debtor_id": int(loan["id"]), "kind": loan["kind"],
        "amount": str(amount), "remaining": str(max(amount - lowered, 0)),
        "is_paid": amount <= lowered, "currency": loan["currency"], "created_on": loan["day"],
        "due_on": None, "principal": None if fiado else str(loan["principal"]),
        "interest_pct": None if fiado else str(interest * 100 / loan["principal"]),
        "instalments": None if fiado else loan["instalments"],
        "frequency": "NONE" if fiado else loan["frequency"].upper(), "status": "OPEN",
    }  # fmt: skip


def _movement(row: Row) -> Row:
    reverses = {"reverses": int(row["reverses"])} if "reverses" in row else {}
    return {
        "movement_id": int(row["id"]), "debt_id": int(row["loan"]), "type": WORDS[row["kind"]],
        "amount": str(row["amount"]), "date": row["day"], "concept": "", "method": row["method"],
        **reverses,
    }  # fmt: skip
