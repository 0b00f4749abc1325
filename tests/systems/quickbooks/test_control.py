"""What stands on QuickBooks' receivable accounts beside documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from bridge.core.books import EntryKind
from bridge.systems.quickbooks import control


class Rows:
    """A company with these entries."""

    def __init__(self, **rows: list[dict[str, Any]]) -> None:
        self._rows = rows

    def rows(self, entity: str) -> Any:
        return iter(self._rows.get(entity, []))


def line(account: str, amount: str, posting: str = "") -> dict[str, Any]:
    name = "JournalEntryLineDetail" if posting else "DepositLineDetail"
    detail = {"AccountRef": {"value": account}} | ({"PostingType": posting} if posting else {})
    return {"Amount": Decimal(amount), "DetailType": name, name: detail}


def test_lines_of_one_entry_are_summed_and_a_deposit_takes_off() -> None:
    company = Rows(
        JournalEntry=[
            {
                "Id": "7",
                "DocNumber": "J-1",
                "TxnDate": "2026-11-12",
                "CurrencyRef": {"value": "MXN"},
                "Line": [
                    line("84", "90", "Debit"),
                    line("84", "15.5", "Credit"),
                    line("35", "74.5", "Credit"),
                ],
            },
            {"Id": "8", "TxnDate": "2026-11-12", "Line": [line("35", "9", "Debit")]},
            {
                "Id": "9",
                "TxnDate": "2026-11-12",
                "Line": [line("84", "9", "Debit"), line("84", "9", "Credit")],
            },
        ],
        Deposit=[
            {
                "Id": "10",
                "TxnDate": "2026-11-13",
                "Line": [
                    line("84", "20"),
                    {"Amount": Decimal(5), "LinkedTxn": [{"TxnId": "1", "TxnType": "Payment"}]},
                ],
            }
        ],
    )
    journal, deposit = control.entries(company, {"84"}, "COP")  # type: ignore[arg-type]
    assert (journal.kind, journal.number, journal.currency) == (EntryKind.JOURNAL, "J-1", "MXN")
    assert journal.amount == Decimal("74.5")
    assert (deposit.kind, deposit.number, deposit.currency) == (EntryKind.DEPOSIT, "", "COP")
    assert (deposit.amount, deposit.day) == (Decimal(-20), date(2026, 11, 13))
