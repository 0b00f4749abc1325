"""The entries that stand on the receivable account beside invoices, payments and credit notes.

Asked of the account's own ledger, by the types of transaction that are none of ours, since all of
it would be a call for every two hundred documents (FACTS Z37). An invoice that a person wrote off
in Zoho is not among them.

Each row has its customer by the schema; whether the live service fills it in is UNVERIFIED
(FACTS Z38), so a journal of which it does not is asked itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bridge.core.books import ControlEntry, EntryKind
from bridge.errors import TryLater
from bridge.systems.zoho.posted import amount, day, optional, text
from bridge.systems.zoho.shapes import list_of
from bridge.systems.zoho.wire import JOURNALS, PAGE, Wire, more

_TYPES = {
    "journal": EntryKind.JOURNAL,
    "opening_balance": EntryKind.OPENING_BALANCE,
    "base_currency_adjustment": EntryKind.REVALUATION,
    "creditnote_refund": EntryKind.REFUND,
    "refund": EntryKind.REFUND,
}
_OF_DOCUMENTS = frozenset({"invoice", "customer_payment", "credit_notes", "creditnote"})
_PAGES_MAX = 25
"""Of one type. There are few; a filter that is ignored would show every document instead. Beyond,
nothing is concluded from them."""

Raw = dict[str, Any]


def entries(wire: Wire, account: str, home: str) -> Iterator[ControlEntry]:
    seen: set[tuple[str, str]] = set()
    for word, kind in _TYPES.items():
        for raw in _rows(wire, account, word, seen):
            moved = _moved(wire, raw, account, home)
            when = day(raw, "transaction_date")
            if moved and when is not None:
                yield ControlEntry(
                    kind=kind,
                    external_id=text(raw, "transaction_id"),
                    number=text(raw, "reference_number") or text(raw, "entry_number"),
                    day=when,
                    currency=home,
                    amount=moved,
                    customers=_customers(wire, raw, account),
                )


def _rows(wire: Wire, account: str, word: str, seen: set[tuple[str, str]]) -> Iterator[Raw]:
    """Rows of one type, each once. The answer's schema has no word on whether there are more."""
    for page in range(1, _PAGES_MAX + 1):
        content = wire.get(
            "chartofaccounts/accounttransactions",
            account_id=account,
            transaction_type=word,
            page=str(page),
            per_page=str(PAGE),
        )
        rows = list_of(content or {}, "transactions")
        fresh = [raw for raw in rows if _name(raw) not in seen]
        seen |= {_name(raw) for raw in fresh}
        for raw in fresh:
            told = text(raw, "transaction_type") or word
            if told == word or (told not in _TYPES and told not in _OF_DOCUMENTS):
                yield raw
        if not fresh or more(content or {}) is False:
            return
    raise TryLater(f"Zoho shows more of {word} on one account than is read: {_PAGES_MAX} pages.")


def _name(raw: Raw) -> tuple[str, str]:
    return text(raw, "transaction_id"), text(raw, "categorized_transaction_id")


def _journal(wire: Wire, raw: Raw) -> Raw:
    """The journal behind a row; nothing where it is not told, as where it is no more: one of them
    never costs the others their explanation."""
    try:
        return wire.one(JOURNALS, text(raw, "transaction_id")) or {}
    except TryLater as trouble:
        if trouble.retry_after_s is not None:
            raise
        return {}


def _customers(wire: Wire, raw: Raw, account: str) -> tuple[str, ...]:
    """The customer that the row names, or those of the journal's lines on the account; none when
    a line names nobody."""
    if told := text(raw, "customer_id"):
        return (told,)
    if text(raw, "transaction_type") != "journal":
        return ()
    journal = _journal(wire, raw)
    named = [
        text(line, "customer_id")
        for line in journal.get("line_items") or ()
        if text(line, "account_id") == account
    ]
    return tuple(dict.fromkeys(named)) if all(named) else ()


def _moved(wire: Wire, raw: Raw, account: str, home: str) -> Decimal:
    """Debit less credit in the home currency, in which the account is kept.

    Whether the ledger of the account tells a foreign amount at home is UNVERIFIED (FACTS Z38): a
    journal is then asked itself, and anything else is left out rather than guessed.
    """
    if text(raw, "currency_code") in ("", home):
        return amount(raw, "debit_amount") - amount(raw, "credit_amount")
    if text(raw, "transaction_type") != "journal":
        return Decimal(0)
    journal = _journal(wire, raw)
    rate = optional(journal, "exchange_rate")
    if rate is None:
        return Decimal(0)
    moved = Decimal(0)
    for line in journal.get("line_items") or ():
        if text(line, "account_id") == account:
            at_home = (amount(line, "amount") * rate).quantize(Decimal("0.01"))
            moved += at_home if text(line, "debit_or_credit") == "debit" else -at_home
    return moved
