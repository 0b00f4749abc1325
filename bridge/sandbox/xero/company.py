"""One organisation: its tables, its books, its switches, and how a step is taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date, timedelta, timezone
from decimal import Decimal
from typing import Any

from bridge.sandbox.books.amounts import ONE
from bridge.sandbox.books.chart import Account
from bridge.sandbox.books.company import Books, OverApplied
from bridge.sandbox.books.documents import Document
from bridge.sandbox.books.receivables import Claim
from bridge.sandbox.clock import Clock
from bridge.sandbox.xero import faults
from bridge.sandbox.xero.faults import Invalid
from bridge.sandbox.xero.settings import Settings
from bridge.sandbox.xero.tables import Key, Row, Table
from bridge.sandbox.xero.values import rounded

ZONE = timezone(timedelta(hours=-5))

# Xero's types of account, with the class that it shows and the class of the books.
CLASSES = {
    "BANK": ("ASSET", "asset"),
    "CURRENT": ("ASSET", "asset"),
    "FIXED": ("ASSET", "asset"),
    "INVENTORY": ("ASSET", "asset"),
    "NONCURRENT": ("ASSET", "asset"),
    "PREPAYMENT": ("ASSET", "asset"),
    "CURRLIAB": ("LIABILITY", "liability"),
    "LIABILITY": ("LIABILITY", "liability"),
    "TERMLIAB": ("LIABILITY", "liability"),
    "PAYG": ("LIABILITY", "liability"),
    "EQUITY": ("EQUITY", "equity"),
    "REVENUE": ("REVENUE", "income"),
    "SALES": ("REVENUE", "income"),
    "OTHERINCOME": ("REVENUE", "income"),
    "EXPENSE": ("EXPENSE", "expense"),
    "OVERHEADS": ("EXPENSE", "expense"),
    "DIRECTCOSTS": ("EXPENSE", "expense"),
    "DEPRECIATN": ("EXPENSE", "expense"),
}


def _folded(name: str) -> Key:
    return lambda row: str(row.get(name) or "").casefold()


TABLES: dict[str, tuple[str, dict[str, Key]]] = {
    "Accounts": ("AccountID", {"code": _folded("Code"), "name": _folded("Name")}),
    "Contacts": ("ContactID", {"name": _folded("Name"), "number": _folded("ContactNumber")}),
    "ContactGroups": ("ContactGroupID", {"name": _folded("Name")}),
    "Items": ("ItemID", {"code": _folded("Code")}),
    "TaxRates": ("TaxType", {}),
    "TrackingCategories": ("TrackingCategoryID", {"name": _folded("Name")}),
    "Invoices": (
        "InvoiceID",
        {"number": _folded("InvoiceNumber"), "contact": _folded("ContactID")},
    ),
    "CreditNotes": (
        "CreditNoteID",
        {"number": _folded("CreditNoteNumber"), "contact": _folded("ContactID")},
    ),
    "Overpayments": ("OverpaymentID", {"contact": _folded("ContactID")}),
    "Payments": ("PaymentID", {"target": _folded("TargetID"), "batch": _folded("BatchPaymentID")}),
    "BatchPayments": ("BatchPaymentID", {}),
    "Allocations": (
        "AllocationID",
        {"source": _folded("SourceID"), "invoice": _folded("InvoiceID")},
    ),
    "BankTransactions": ("BankTransactionID", {"contact": _folded("ContactID")}),
    "ManualJournals": ("ManualJournalID", {}),
}


class Company:
    """State of one organisation and the small questions that every resource asks of it.

    Every change of a table or of the books goes through here and leaves a way back, so that an
    element, or a whole request, can be refused without a trace.
    """

    def __init__(self, settings: Settings, clock: Clock, home: str) -> None:
        self.settings, self.clock, self.home = settings, clock, home
        self.tables = {name: Table(one, keys) for name, (one, keys) in TABLES.items()}
        self.sequences: dict[str, int] = {}
        self.organisation: Row = {}
        self.currencies: list[str] = []
        self.rates: dict[str, dict[str, str]] = {}
        self.history: dict[str, list[Row]] = {}
        self.receivable_id = ""
        self.tax_account_id = ""
        self.by_hand = False
        self.books = Books(home, "", lambda _currency: self.receivable_id)
        self._undo: list[Callable[[], None]] = []

    def begin(self) -> None:
        self._undo.clear()

    def mark(self) -> int:
        return len(self._undo)

    def rollback(self, mark: int) -> None:
        """Take back everything done since the mark, the last first."""
        while len(self._undo) > mark:
            self._undo.pop()()

    def now_ms(self) -> int:
        return int(self.clock.seconds() * 1000)

    def today(self) -> str:
        return self.clock.now().astimezone(ZONE).date().isoformat()

    def next_number(self, prefix: str) -> str:
        self.sequences[prefix] = self.sequences.get(prefix, 0) + 1
        return f"{prefix}{self.sequences[prefix]:04d}"

    def save(self, table: str, row: Row, *, quietly: bool = False) -> Row:
        """Store a new or changed row; quietly means that its time of change does not move."""
        place = self.tables[table]
        before = place.rows.get(row[place.id_name])
        stamp = before["_ms"] if quietly and before else self.now_ms()
        row = {**row, "_ms": stamp, "_app": before["_app"] if before else not self.by_hand}
        place.put(row)
        row_id: str = row[place.id_name]
        self._undo.append(lambda: place.put(before) if before else place.remove(row_id))
        return row

    def drop(self, table: str, row_id: str) -> None:
        """Take a row away."""
        place = self.tables[table]
        before = place.rows[row_id]
        place.remove(row_id)
        self._undo.append(lambda: place.put(before))

    def touch(self, table: str, row_id: str) -> None:
        """Move the time of change of a row because of something that happened to it."""
        self.save(table, self.tables[table].rows[row_id])

    def enter(self, document: Document) -> None:
        """Put a document into the books, new or in the place of what it was."""
        before = self.books.documents.get(document.id)
        if before is None:
            self.books.post(document)
            self._undo.append(lambda: self.books.delete(document.id))
            return
        try:
            self.books.repost(document)
        except OverApplied:
            raise Invalid(faults.PAID_DOCUMENT) from None
        self._undo.append(lambda: self.books.repost(before))

    def void(self, document_id: str) -> None:
        """Void a document that nothing is applied to."""
        kept = deepcopy(self.books.documents[document_id])
        self.books.void(document_id)

        def back() -> None:
            del self.books.documents[document_id]
            self.books.post(kept)

        self._undo.append(back)

    def withdraw(self, document_id: str) -> None:
        """Take a document that nothing but itself has applied out of the books."""
        books = self.books
        kept = deepcopy(books.documents[document_id])
        uses = [
            (books.documents[use.debit], books.documents[use.credit], use.amount)
            for use in books.receivables.owned.get(document_id, ())
        ]
        books.delete(document_id)

        def back() -> None:
            books.post(kept)
            for debit, credit, amount in uses:
                debit, credit = books.documents[debit.id], books.documents[credit.id]
                books.settle(document_id, [(debit, amount)], [(credit, amount)])

        self._undo.append(back)

    def settle(self, owner: str, debits: Sequence[Claim], credits: Sequence[Claim]) -> None:
        self.books.settle(owner, debits, credits)
        self._undo.append(lambda: self.books.release(owner))

    def release(self, owner: str) -> None:
        """Undo what an owner that is no document has applied."""
        documents = self.books.documents
        uses = list(self.books.receivables.owned.get(owner, ()))
        self.books.release(owner)

        def back() -> None:
            debits = [(documents[use.debit], use.amount) for use in uses]
            credits = [(documents[use.credit], use.amount) for use in uses]
            self.books.settle(owner, debits, credits)

        self._undo.append(back)

    def uses(self, document_id: str) -> list[Any]:
        """Return what is applied to a document, or of it."""
        return list(self.books.receivables.touching.get(document_id, ()))

    def lock_messages(self, *days: str) -> list[str]:
        """Say which lock dates forbid a document of these days. A bookkeeper may go past them."""
        if self.by_hand:
            return []
        found = []
        for name, which in (("PeriodLockDate", "period"), ("EndOfYearLockDate", "end of year")):
            lock = self.organisation.get(name)
            refuse_day = self.settings.lock_day == "refuse"
            if lock and any(day < lock or (day == lock and refuse_day) for day in days if day):
                found.append(faults.locked(which, lock))
        return found

    def account(self, reference: Row) -> Row | None:
        """Find an account by AccountID or Code; None if there is none."""
        table = self.tables["Accounts"]
        if reference.get("AccountID"):
            return table.rows.get(reference["AccountID"])
        code = reference.get("AccountCode") or reference.get("Code") or ""
        found = [row for row in table.having("code", code.casefold()) if row["Status"] != "DELETED"]
        return found[0] if found else None

    def chart_account(self, row: Row) -> None:
        """Put an account into the chart of the books, or change it there."""
        before = self.books.chart.accounts.get(row["AccountID"])
        made = Account(
            id=row["AccountID"],
            name=row["Name"],
            type=row["Type"],
            group=CLASSES[row["Type"]][1],
            currency=row.get("CurrencyCode") or self.home,
            number=row.get("Code", ""),
            active=row["Status"] == "ACTIVE",
        )
        self.books.chart.add(made)

        def back() -> None:
            if before:
                self.books.chart.add(before)
            else:
                del self.books.chart.accounts[made.id]

        self._undo.append(back)

    def rate_on(self, currency: str, day: str) -> Decimal:
        """Return foreign units for one of ours, as the day's list has it, at Xero's precision."""
        known = self.rates.get(currency, {})
        dates = [each for each in known if each <= day]
        if currency == self.home or not known:
            return ONE
        latest = max(dates) if dates else min(known)
        return self.as_rate(ONE / Decimal(known[latest]))

    def as_rate(self, rate: Decimal) -> Decimal:
        return rounded(rate, self.settings.rate_decimals)

    def month(self) -> str:
        return date.fromisoformat(self.today()).strftime("%Y-%m")
