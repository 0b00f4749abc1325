"""The entries that stand on the receivable accounts beside invoices, payments and credit memos.

Journal entries, customers' opening balances among them, and deposits with a line on the account.
Neither can be asked for by account, so all of them are read (FACTS Q29). A cheque or expense on the
account is not told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from bridge.core.books import ControlEntry, EntryKind
from bridge.systems.quickbooks.answers import amount
from bridge.systems.quickbooks.wire import Wire

_DETAIL = {"JournalEntry": "JournalEntryLineDetail", "Deposit": "DepositLineDetail"}
_KINDS = {"JournalEntry": EntryKind.JOURNAL, "Deposit": EntryKind.DEPOSIT}

Raw = dict[str, Any]


def entries(wire: Wire, receivables: Collection[str], home: str) -> Iterator[ControlEntry]:
    for entity, kind in _KINDS.items():
        for raw in wire.rows(entity):
            moved = _moved(entity, raw, receivables)
            if moved:
                yield ControlEntry(
                    kind=kind,
                    external_id=raw["Id"],
                    number=raw.get("DocNumber") or "",
                    day=date.fromisoformat(raw["TxnDate"][:10]),
                    currency=(raw.get("CurrencyRef") or {}).get("value") or home,
                    amount=moved,
                    customers=_customers(entity, raw, receivables),
                )


def _moved(entity: str, raw: Raw, receivables: Collection[str]) -> Decimal:
    """The sum of an entry's lines on the receivable accounts, debits first."""
    moved = Decimal(0)
    for line in raw.get("Line") or ():
        detail = line.get(_DETAIL[entity]) or {}
        if (detail.get("AccountRef") or {}).get("value") in receivables:
            debit = detail.get("PostingType") == "Debit"  # a deposit has none: it takes from there
            moved += amount(line, "Amount") if debit else -amount(line, "Amount")
    return moved


def _customers(entity: str, raw: Raw, receivables: Collection[str]) -> tuple[str, ...]:
    """The customers of its lines on the receivable accounts; none when a line names nobody."""
    named: dict[str, None] = {}
    for line in raw.get("Line") or ():
        detail = line.get(_DETAIL[entity]) or {}
        if (detail.get("AccountRef") or {}).get("value") not in receivables:
            continue
        of = detail.get("Entity") or {}
        reference = of.get("EntityRef") or of  # a deposit's line has the reference itself
        if not reference.get("value") or of.get("Type", "Customer") != "Customer":
            return ()
        named[str(reference["value"])] = None
    return tuple(named)
