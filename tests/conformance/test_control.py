"""What a person put on the receivable account besides documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import requests

from bridge.core.books import EntryKind
from tests.conformance.bench import Bench

JOURNAL_FREE = ("xero",)
"""Systems that let no journal on the receivable account."""


def receivable(bench: Bench) -> str:
    return next(
        a.id
        for a in bench.system.chart().accounts
        if a.role == "receivable" and a.currency in ("", "COP")
    )


def by_hand(bench: Bench, number: str, amount: str, customer: str) -> requests.Response:
    """A journal that debits the receivable account and credits another one."""
    other = next(
        a.id
        for a in bench.system.chart().accounts
        if a.classification == "equity" and a.currency in ("", "COP")
    )
    wish: dict[str, Any] = {
        "action": "add",
        "kind": "journal",
        "number": number,
        "date": "2026-11-12",
        "lines": [
            {"account": receivable(bench), "debit": amount, "customer": customer},
            {"account": other, "credit": amount},
        ],
    }
    return requests.post(f"{bench.sandbox.url}/_sandbox/{bench.name}/edit", json=wish, timeout=10)


def test_documents_are_no_entries(bench: Bench) -> None:
    invoice = bench.loan()
    receipt, note = bench.receipt(1, "100.00", invoice), bench.credit_note(1, "50.00")
    bench.post(receipt)
    bench.post(note)
    bench.post(bench.application(1, note, invoice, "50.00"))
    bench.post(bench.sale(1, "30.00"))
    assert list(bench.system.control_entries()) == []


def test_a_journal_on_the_account_is_told_with_number_day_and_amount(bench: Bench) -> None:
    bench.loan()
    before = bench.receivable()
    done = by_hand(bench, "J-7", "90.25", bench.customer().name)
    if bench.name in JOURNAL_FREE:
        assert done.status_code == 400
        assert list(bench.system.control_entries()) == []
        return
    assert done.ok, done.text
    (entry,) = bench.system.control_entries()
    assert (entry.kind, entry.number, entry.day) == (EntryKind.JOURNAL, "J-7", date(2026, 11, 12))
    assert entry.external_id == done.json()["id"]
    assert (entry.currency, entry.amount) == ("COP", Decimal("90.25"))
    assert bench.receivable() - before == entry.amount


def test_a_journal_elsewhere_is_none(bench: Bench) -> None:
    accounts = [a.id for a in bench.system.chart().accounts if a.classification == "expense"][:2]
    lines = [{"account": accounts[0], "debit": "5"}, {"account": accounts[1], "credit": "5"}]
    bench.edit(action="add", kind="journal", number="J-8", date="2026-11-12", lines=lines)
    assert list(bench.system.control_entries()) == []
