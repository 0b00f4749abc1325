"""A journal that a person makes on the receivable account of any system."""

from __future__ import annotations

from typing import Any

from tests.conformance.bench import Bench


def by_hand(bench: Bench, number: str, amount: str, customer: str, **more: str) -> Any:
    """A journal that debits the receivable account and credits another one."""
    home = [a for a in bench.system.chart().accounts if a.currency in ("", bench.home)]
    lines = [
        {
            "account": next(a.id for a in home if a.role == "receivable"),
            "debit": amount,
            "customer": customer,
        },
        {"account": next(a.id for a in home if a.classification == "equity"), "credit": amount},
    ]
    where = {"action": "add", "kind": "journal", "date": "2026-11-12"}
    return bench.edit(number=number, lines=lines, **where, **more)
