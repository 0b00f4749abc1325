"""A loan of every kind of document, and the same documents made by hand."""

from __future__ import annotations

from typing import Any

from bridge.core.tie_out.reconciliation import Reconciliation
from bridge.pipeline.reconcile import compare
from tests.pipeline.ledger import Rows
from tests.pipeline.world import World

DOCUMENTS = {
    "invoice": "L{}",
    "paid invoice": "L{}",
    "receipt": "P{}1",
    "credit note": "K{}2",
    "recovery": "V{}4",
    "write-off": "K{}3",
    "renewal": "P{}5",
}
"""What a loan of `lent` has → its reference, with the loan's number."""


def lent(loans: dict[int, str]) -> Rows:
    """Loans that each have, of the documents, the one that is named."""
    made = Rows()
    for number, document in loans.items():
        made.debtors[number] = {
            "debtor_id": number, "name": f"Persona {number}", "phone": f"39000000{number:02}",
            "store_id": "T", "created_on": "2026-05-01",
        }  # fmt: skip
        made.debts[number] = {
            "debt_id": number, "debtor_id": number, "kind": "loan", "amount": 120_000,
            "remaining": 120_000, "is_paid": False, "currency": "COP",
            "created_on": "2026-06-01", "due_on": "2026-12-01", "principal": 100_000,
            "interest_pct": 20, "status": "OPEN", "store_id": "T",
        }  # fmt: skip
        rows = {
            "invoice": (),
            "paid invoice": ((1, "PAYMENT", 30_000, "2026-07-03"),),
            "receipt": ((1, "PAYMENT", 30_000, "2026-07-03"),),
            "credit note": ((2, "DISCOUNT", 5_000, "2026-07-05"),),
            "recovery": (
                (3, "WRITE_OFF", 120_000, "2026-08-01"),
                (4, "PAYMENT", 10_000, "2026-09-01"),
            ),
            "write-off": ((3, "WRITE_OFF", 120_000, "2026-08-01"),),
            "renewal": ((5, "PAYMENT", 120_000, "2026-08-02"),),
        }[document]
        for place, kind, amount, day in rows:
            made.movements[number * 10 + place] = {
                "movement_id": number * 10 + place, "debt_id": number, "type": kind,
                "amount": amount, "date": day, "concept": "",
                "method": "RENEWAL" if document == "renewal" else "TRANSFER",
            }  # fmt: skip
    return made


def reconciled(world: World) -> Reconciliation:
    with world.bridge() as bridge:
        return compare(bridge, bridge.today, world.clock.now())


def by_hand(world: World, document: str, reference: str, change: dict[str, Any]) -> None:
    kind = {
        "paid invoice": "invoice",
        "credit note": "credit_note",
        "write-off": "credit_note",
        "recovery": "journal" if world.system == "zoho" else "sales_receipt",
    }.get(document, document)
    wish = {"action": "edit", "kind": kind, "number": reference, "set": change}
    world.control("POST", f"{world.system}/edit", **wish)
