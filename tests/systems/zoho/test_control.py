"""The receivable account's ledger in Zoho: what of it is a person's, and in which currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bridge.core.books import ControlEntry, EntryKind
from bridge.errors import TryLater
from bridge.systems.zoho import control
from tests.systems.zoho.bench import CUSTOMER, Bench

ROW = {
    "transaction_id": "1",
    "categorized_transaction_id": "1",
    "transaction_date": "2026-11-12",
    "reference_number": "J-1",
    "currency_code": "COP",
    "debit_amount": "90.50",
    "credit_amount": 0,
}


class Told:
    """Answers as written down here, and notes what was asked."""

    def __init__(self, answer: Any, journal: Any = None) -> None:
        self.answer, self.journal, self.asked = answer, journal, []

    def get(self, path: str, **options: str) -> Any:
        assert path == "chartofaccounts/accounttransactions"
        self.asked.append(options)
        return self.answer(options)

    def one(self, listing: Any, external_id: str) -> Any:
        if isinstance(self.journal, Exception):
            raise self.journal
        return self.journal


def entries(told: Told) -> list[ControlEntry]:
    return list(control.entries(told, "77", "COP"))  # type: ignore[arg-type]


def only(word: str, row: dict[str, Any]) -> Any:
    """One page with one row of a type, without a word on whether there are more."""
    return lambda asked: {
        "transactions": [row] if asked["transaction_type"] == word and asked["page"] == "1" else []
    }


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("journal", EntryKind.JOURNAL),
        ("opening_balance", EntryKind.OPENING_BALANCE),
        ("creditnote_refund", EntryKind.REFUND),
        ("base_currency_adjustment", EntryKind.REVALUATION),
    ],
)
def test_every_type_that_is_no_document_is_told(word: str, kind: EntryKind) -> None:
    (entry,) = entries(Told(only(word, {**ROW, "transaction_type": word})))
    assert (entry.kind, entry.amount) == (kind, Decimal("90.50"))
    assert (entry.number, entry.day) == ("J-1", date(2026, 11, 12))


def test_a_filter_that_is_ignored_tells_no_document_and_nothing_twice() -> None:
    rows = [
        {**ROW, "transaction_id": str(n), "transaction_type": word}
        for n, word in enumerate(("invoice", "journal", "customer_payment", "credit_notes"))
    ]
    told = Told(lambda asked: {"transactions": rows})
    assert [entry.external_id for entry in entries(told)] == ["1"]


def test_of_an_account_without_end_nothing_is_concluded() -> None:
    def page(asked: dict[str, str]) -> Any:
        row = {**ROW, "transaction_type": "invoice"}
        name = f"{asked['transaction_type']}{asked['page']}"
        return {
            "transactions": [{**row, "transaction_id": name}],
            "page_context": {"has_more_page": True},
        }

    told = Told(page)
    with pytest.raises(TryLater, match="more of journal"):
        entries(told)
    assert len(told.asked) <= 25


def test_a_foreign_amount_is_taken_from_the_journal_at_its_own_rate_or_left_out() -> None:
    row = {**ROW, "currency_code": "MXN", "transaction_type": "journal"}
    lines = [
        {"account_id": "77", "debit_or_credit": "credit", "amount": 10},
        {"account_id": "5", "debit_or_credit": "debit", "amount": 10},
    ]
    journal = {"exchange_rate": Decimal("230.5"), "line_items": lines}
    (entry,) = entries(Told(only("journal", row), journal))
    assert (entry.currency, entry.amount) == ("COP", Decimal("-2305.00"))
    assert entries(Told(only("journal", row), None)) == []
    refund = {**row, "transaction_type": "refund"}
    assert entries(Told(only("refund", refund), journal)) == []


@pytest.mark.parametrize(
    ("told", "lines", "customers"),
    [
        ("8", [], ("8",)),
        ("", [("77", "8"), ("5", "")], ("8",)),
        ("", [("77", "8"), ("77", "9"), ("5", "")], ("8", "9")),
        ("", [("77", "8"), ("77", "")], ()),
        ("", [], ()),
    ],
    ids=["the row tells", "its line", "two lines", "a line of nobody", "gone since"],
)
def test_a_journal_names_the_customers_of_its_lines_on_the_account(
    told: str, lines: list[tuple[str, str]], customers: tuple[str, ...]
) -> None:
    row = {**ROW, "transaction_type": "journal", "customer_id": told}
    items = [{"account_id": account, "customer_id": named} for account, named in lines]
    (entry,) = entries(Told(only("journal", row), {"line_items": items}))
    assert entry.customers == customers


def test_the_sandbox_tells_journals_of_both_currencies(bench: Bench) -> None:
    bench.posted(CUSTOMER)
    account = next(a.id for a in bench.system.chart().accounts if a.role == "receivable")
    other = next(a.id for a in bench.system.chart().accounts if a.classification == "equity")
    bench.edit(action="add", kind="customer", name="Luz", currency="MXN")
    for number, customer, more in (
        ("J-1", CUSTOMER.name, {}),
        ("J-2", "Luz", {"currency": "MXN", "rate": "230"}),
    ):
        lines = [
            {"account": account, "debit": "4", "customer": customer},
            {"account": other, "credit": "4"},
        ]
        where = {"action": "add", "kind": "journal", "date": "2026-11-12"}
        bench.edit(number=number, lines=lines, **where, **more)
    found = {entry.number: entry.amount for entry in bench.system.control_entries()}
    assert found == {"J-1": Decimal(4), "J-2": Decimal(920)}


def test_a_journal_that_is_not_told_costs_the_others_nothing() -> None:
    rows = [
        {**ROW, "transaction_id": "1", "transaction_type": "journal", "currency_code": "MXN"},
        {**ROW, "transaction_id": "2", "transaction_type": "journal"},
    ]
    told = Told(lambda asked: {"transactions": rows}, TryLater("HTTP 500"))
    (entry,) = entries(told)
    assert (entry.external_id, entry.amount, entry.customers) == ("2", Decimal("90.50"), ())
    told.journal = TryLater("asked to wait", retry_after_s=60)
    with pytest.raises(TryLater):
        entries(told)
