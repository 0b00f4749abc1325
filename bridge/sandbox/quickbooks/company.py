"""One realm: its tables, its books, its switches, its numbering."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from bridge.sandbox.books.chart import Account
from bridge.sandbox.books.company import Books
from bridge.sandbox.clock import Clock
from bridge.sandbox.quickbooks import faults
from bridge.sandbox.quickbooks.schema import ENTITIES, INDEXED
from bridge.sandbox.quickbooks.settings import Settings
from bridge.sandbox.quickbooks.tables import Row, Table

COMPANY_ZONE = timezone(timedelta(hours=-5))
SERVER_ZONE = timezone(timedelta(hours=-8))
RECEIVABLE = "Accounts Receivable (A/R)"
UNDEPOSITED = "UndepositedFunds"
API_USER, PERSON = "root", "Contadora"

KIND_OF = {
    "Invoice": "invoice",
    "CreditMemo": "credit_note",
    "SalesReceipt": "sales_receipt",
    "RefundReceipt": "refund",
    "Payment": "receipt",
    "JournalEntry": "journal",
    "Deposit": "deposit",
}
ENTITY_OF = {kind: entity for entity, kind in KIND_OF.items()}

GROUPS = {
    "Bank": "asset",
    "Accounts Receivable": "asset",
    "Other Current Asset": "asset",
    "Fixed Asset": "asset",
    "Other Asset": "asset",
    "Accounts Payable": "liability",
    "Credit Card": "liability",
    "Other Current Liability": "liability",
    "Long Term Liability": "liability",
    "Equity": "equity",
    "Income": "income",
    "Other Income": "income",
    "Cost of Goods Sold": "expense",
    "Expense": "expense",
    "Other Expense": "expense",
}


class Company:
    """State of one company and the small questions that every entity asks of it."""

    def __init__(self, settings: Settings, clock: Clock, home: str) -> None:
        self.settings, self.clock, self.home = settings, clock, home
        self.tables = {name: Table(name, INDEXED.get(name, ())) for name in ENTITIES}
        self.sequences: dict[str, int] = {}
        self.preferences: Row = {}
        self.info: Row = {}
        self.names: dict[str, tuple[str, str]] = {}
        self.rates: dict[str, dict[str, str]] = {}
        self.deposits: dict[str, str] = {}
        self.by_person: set[tuple[str, str]] = set()
        self.by_hand = False
        self.receivables: dict[str, str] = {}
        self.books = Books(home, "", self.receivable)

    def next_id(self, sequence: str) -> str:
        self.sequences[sequence] = self.sequences.get(sequence, 0) + 1
        return str(self.sequences[sequence])

    def now_s(self) -> int:
        return int(self.clock.seconds())

    def stamp(self, moment_s: int) -> str:
        moment = datetime.fromtimestamp(moment_s, COMPANY_ZONE)
        return moment.isoformat(timespec="seconds")

    def time(self) -> str:
        """Return the `time` of an answer, in milliseconds."""
        return self.clock.now().astimezone(COMPANY_ZONE).isoformat(timespec="milliseconds")

    def server_date(self) -> str:
        """Return the date that a transaction gets when none is sent: the server's."""
        return self.clock.now().astimezone(SERVER_ZONE).date().isoformat()

    def today(self) -> date:
        return self.clock.now().astimezone(COMPANY_ZONE).date()

    @property
    def close_date(self) -> str:
        return str(self.preferences["AccountingInfoPrefs"].get("BookCloseDate") or "")

    def check_period(self, *dates: str) -> None:
        """Refuse what touches the closed period. A bookkeeper has the password."""
        if not self.by_hand and any(day <= self.close_date for day in dates if day):
            raise faults.period_closed(self.settings.closed_period)

    def row(self, entity: str, row_id: str) -> Row:
        """Return a stored row, or refuse with 610."""
        table = self.tables[entity]
        found = table.rows.get(row_id)
        if found is None:
            raise faults.already_deleted() if row_id in table.deleted else faults.not_found()
        return found

    def referred(self, entity: str, reference: Any, element: str) -> Row:
        """Return the active row that a reference on a document points to."""
        row_id = reference_id(reference, element)
        if row_id is None:
            raise faults.missing(element)
        found = self.tables[entity].rows.get(row_id)
        if found is None:
            raise faults.unknown_reference(element)
        if not found.get("Active", True) and not self.by_hand:
            if self.settings.inactive_reference == "610":
                raise faults.not_found(element)
            raise faults.unknown_reference(element)
        return found

    def account_of(self, subtype: str) -> str:
        """Return the id of the company's account of a subtype."""
        for row in self.tables["Account"].rows.values():
            if row["AccountSubType"] == subtype and row["Active"]:
                return str(row["Id"])
        raise faults.business(f"There is no account of type {subtype}.")

    def add_account(self, row: Row) -> Row:
        """Put an account that QBO makes by itself into the table and the chart."""
        now = self.now_s()
        row.setdefault("Id", self.next_id("account"))
        row.setdefault("SyncToken", "0")
        row.setdefault("Active", True)
        row.setdefault("CurrencyRef", self.currency_reference(self.home))
        row.setdefault("MetaData", {"CreateTime": self.stamp(now), "LastUpdatedTime": ""})
        row["MetaData"]["LastUpdatedTime"] = self.stamp(now)
        self.tables["Account"].put(row, now)
        self.chart_account(row)
        return row

    def chart_account(self, row: Row) -> None:
        """Put an account into the chart of the books, or change it there."""
        self.books.chart.add(
            Account(
                id=row["Id"],
                name=row["Name"],
                type=row["AccountType"],
                group=GROUPS[row["AccountType"]],
                currency=row["CurrencyRef"]["value"],
                number=row.get("AcctNum", ""),
                active=row["Active"],
            )
        )

    def receivable(self, currency: str) -> str:
        """Return the control account of a currency; QBO makes one when first needed."""
        if currency not in self.receivables:
            name = RECEIVABLE if currency == self.home else f"{RECEIVABLE} - {currency}"
            row = {
                "Name": name,
                "AccountType": "Accounts Receivable",
                "AccountSubType": "AccountsReceivable",
                "CurrencyRef": self.currency_reference(currency),
            }
            self.receivables[currency] = self.add_account(row)["Id"]
        return self.receivables[currency]

    def currency_reference(self, code: str) -> Row:
        for row in self.tables["CompanyCurrency"].rows.values():
            if row["Code"] == code:
                return {"value": code, "name": row["Name"]}
        return {"value": code, "name": CURRENCY_NAMES.get(code, code)}

    def rate_on(self, currency: str, day: str) -> tuple[str, Decimal]:
        """Return the latest known rate on or before a day; 1 where there is none."""
        known = self.rates.get(currency, {})
        dates = [each for each in known if each <= day]
        if currency == self.home or not dates:
            return day, Decimal(1)
        return max(dates), Decimal(known[max(dates)])

    def save_row(self, entity: str, row: Row) -> None:
        """Store a new or changed row with its stamps; a change moves the SyncToken."""
        now = self.now_s()
        if self.by_hand:
            self.by_person.add((entity, row["Id"]))
        else:
            self.by_person.discard((entity, row["Id"]))
        before = self.tables[entity].rows.get(row["Id"])
        stamp = self.stamp(now)
        if before is None:
            row["SyncToken"] = "0"
            row["MetaData"] = {"CreateTime": stamp, "LastUpdatedTime": stamp}
        else:
            row["SyncToken"] = str(int(before["SyncToken"]) + 1)
            created = before["MetaData"]["CreateTime"]
            row["MetaData"] = {"CreateTime": created, "LastUpdatedTime": stamp}
        self.tables[entity].put(row, now)

    def editor(self, entity: str, row_id: str) -> str:
        """Return who changed a row last, by the name that a stale write is told."""
        return PERSON if (entity, row_id) in self.by_person else API_USER

    def touch(self, entity: str, row_id: str, *, token: bool, moment: bool) -> None:
        """Note that something else changed a row, as far as the switches let it show."""
        row = self.tables[entity].rows[row_id]
        if token:
            row["SyncToken"] = str(int(row["SyncToken"]) + 1)
        if moment:
            now = self.now_s()
            row["MetaData"] = {**row["MetaData"], "LastUpdatedTime": self.stamp(now)}
            self.tables[entity].touch(row_id, now)


CURRENCY_NAMES = {
    "COP": "Colombian Peso",
    "MXN": "Mexican Peso",
    "USD": "United States Dollar",
    "EUR": "Euro",
    "GBP": "British Pound Sterling",
    "PEN": "Peruvian Nuevo Sol",
    "CLP": "Chilean Peso",
    "ARS": "Argentine Peso",
    "BRL": "Brazilian Real",
    "GTQ": "Guatemalan Quetzal",
    "CAD": "Canadian Dollar",
}


def reference_id(reference: Any, element: str) -> str | None:
    """Return the id in a reference; None if there is none; refuse what is no reference."""
    if reference in (None, "", {}):
        return None
    if not isinstance(reference, dict):
        raise faults.unsupported_property()
    value = reference.get("value")
    if value in (None, ""):
        return None
    if not isinstance(value, (str, int)):
        raise faults.bad_format(element, value)
    return str(value)


def moment_s(text: str) -> int:
    """Read an ISO date or time; a time without offset is the company's."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=COMPANY_ZONE)
    return int(moment.astimezone(UTC).timestamp())
