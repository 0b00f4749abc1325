"""One organization: its tables, its books, its switches, its numbering, its clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bridge.sandbox.books.amounts import ONE, ZERO
from bridge.sandbox.books.chart import Account
from bridge.sandbox.books.company import Books
from bridge.sandbox.clock import Clock
from bridge.sandbox.zoho.faults import missing, refused
from bridge.sandbox.zoho.settings import Settings
from bridge.sandbox.zoho.tables import Row, Table

ORGANIZATION_ID = "600000000001"
NAME = "Crédito Fácil SAS"
HOME = "COP"
ZONE_NAME = "America/Bogota"
ZONE = timezone(timedelta(hours=-5))
STAMP = "%Y-%m-%dT%H:%M:%S%z"
FIRST_ID = 4_600_000_000_000_000_000

# The system accounts that the API posts to by itself.
RECEIVABLE = "Accounts Receivable"
UNDEPOSITED = "Undeposited Funds"
BAD_DEBT = "Bad Debt"
SALES = "Sales"
GAIN_LOSS = "Exchange Gain or Loss"
BANK_CHARGES = "Bank Fees and Charges"
OTHER_CHARGES = "Other Charges"
TAXES = "Tax Payable"
UNEARNED = "Unearned Revenue"

# resource: key of its rows, indexed fields
TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "currencies": ("currency_id", ("currency_code",)),
    "rates": ("exchange_rate_id", ("currency_id",)),
    "accounts": ("account_id", ("account_name", "account_code")),
    "fields": ("field_id", ("entity", "api_name")),
    "contacts": ("contact_id", ("folded_name",)),
    "items": ("item_id", ("name",)),
    "invoices": ("invoice_id", ("invoice_number", "customer_id")),
    "payments": ("payment_id", ("customer_id",)),
    "creditnotes": ("creditnote_id", ("creditnote_number", "customer_id")),
    "journals": ("journal_id", ()),
    "refunds": ("refund_id", ("credit_id", "customer_id")),
    "applications": ("application_id", ("invoice_id", "credit_id")),
}

CLASS_OF_TYPE = {
    **dict.fromkeys(
        (
            "other_asset",
            "other_current_asset",
            "intangible_asset",
            "right_to_use_asset",
            "financial_asset",
            "contingent_asset",
            "contract_asset",
            "cash",
            "bank",
            "fixed_asset",
            "accounts_receivable",
            "stock",
            "payment_clearing",
        ),
        "asset",
    ),
    **dict.fromkeys(
        (
            "other_current_liability",
            "contract_liability",
            "refund_liability",
            "credit_card",
            "long_term_liability",
            "loans_and_borrowing",
            "lease_liability",
            "employee_benefit_liability",
            "contingent_liability",
            "financial_liability",
            "other_liability",
            "accounts_payable",
        ),
        "liability",
    ),
    **dict.fromkeys(("equity",), "equity"),
    **dict.fromkeys(
        ("income", "finance_income", "other_comprehensive_income", "other_income"), "income"
    ),
    **dict.fromkeys(
        (
            "expense",
            "manufacturing_expense",
            "impairment_expense",
            "depreciation_expense",
            "employee_benefit_expense",
            "lease_expense",
            "finance_expense",
            "tax_expense",
            "cost_of_goods_sold",
            "other_expense",
        ),
        "expense",
    ),
}


class Organization:
    """State of one organization and the small questions that every resource asks of it."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings, self.clock = settings, clock
        self.tables = {name: Table(name, key, more) for name, (key, more) in TABLES.items()}
        self.last_id = FIRST_ID
        self.numbers: dict[str, int] = {}
        self.locks: dict[str, Row] = {}
        self.by_hand = False
        self.receivable_id = ""
        self.with_value: dict[tuple[str, str], dict[str, None]] = {}
        self.books = Books(HOME, "", lambda currency: self.receivable_id)

    def next_id(self) -> str:
        self.last_id += 1
        return str(self.last_id)

    def now_s(self) -> float:
        return self.clock.seconds()

    def stamp(self) -> str:
        """Return the time as the API writes it: an offset without a colon."""
        return self.clock.now().astimezone(ZONE).strftime(STAMP)

    def midnight_after(self, day: str) -> str:
        """Return the end of a day as the API writes it."""
        end = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), ZONE)
        return end.strftime(STAMP)

    def today(self) -> date:
        return self.clock.now().astimezone(ZONE).date()

    def put(self, table: str, row: Row, *, modified: bool = True) -> Row:
        """Store a new or changed row; lists follow after the lag."""
        key = self.tables[table].key
        stamp = self.stamp()
        row.setdefault(key, "")
        if not row[key]:
            row[key] = self.next_id()
        row.setdefault("created_time", stamp)
        if modified or "last_modified_time" not in row:
            row["last_modified_time"] = stamp
        self._index_values(self.tables[table].rows.get(row[key]), row[key], linked=False)
        self.tables[table].put(row, self._shown_from())
        self._index_values(row, row[key], linked=True)
        return row

    def remove(self, table: str, row_id: str) -> None:
        self._index_values(self.tables[table].rows[row_id], row_id, linked=False)
        self.tables[table].remove(row_id, self._shown_from())

    def index_values(self) -> None:
        """Build the index of custom field values anew."""
        self.with_value = {}
        for table in self.tables.values():
            for row_id, row in table.rows.items():
                self._index_values(row, row_id, linked=True)

    def _index_values(self, row: Row | None, row_id: str, *, linked: bool) -> None:
        for place in ((row or {}).get("custom") or {}).items():
            if linked:
                self.with_value.setdefault(place, {})[row_id] = None
            else:
                self.with_value.get(place, {}).pop(row_id, None)

    def _shown_from(self) -> float:
        lag = self.settings.read_lag_s
        return self.now_s() + lag if lag else 0

    def row(self, table: str, row_id: Any) -> Row:
        """Return a stored row, or refuse with 404 and 1002."""
        found = self.tables[table].rows.get(str(row_id or ""))
        if found is None:
            raise missing(table)
        return found

    def base_currency(self) -> Row:
        return self.currency_by_code(HOME)

    def currency_by_code(self, code: str) -> Row:
        return self.tables["currencies"].where("currency_code", code)[0]

    def currency(self, currency_id: Any) -> Row:
        found = self.tables["currencies"].rows.get(str(currency_id))
        if found is None:
            raise refused(9004)
        return found

    def rounded(self, amount: Decimal, currency_code: str) -> Decimal:
        """Round half up to the currency's price precision, as Zoho does with what it is sent."""
        places = self.currency_by_code(currency_code)["price_precision"]
        return Decimal(amount).quantize(ONE.scaleb(-places), rounding=ROUND_HALF_UP)

    def rate_on(self, currency_id: str, day: str) -> Decimal:
        """Return the latest known rate on or before a day; 1 where there is none."""
        known = [
            row
            for row in self.tables["rates"].where("currency_id", currency_id)
            if row["effective_date"] <= day
        ]
        if not known:
            return ONE
        return Decimal(max(known, key=lambda row: str(row["effective_date"]))["rate"])

    def account_named(self, name: str) -> str:
        """Return the id of a system account."""
        return str(self.tables["accounts"].where("account_name", name)[0]["account_id"])

    def account(self, account_id: Any) -> Row:
        """Return an account that a document may use, or refuse."""
        found = self.tables["accounts"].rows.get(str(account_id))
        if found is None:
            raise refused(900017)
        if not found["is_active"] and not self.by_hand:
            raise refused(900004, "account")
        return found

    def chart_account(self, row: Row) -> None:
        """Put an account into the chart of the books, or change it there."""
        self.books.chart.add(
            Account(
                id=row["account_id"],
                name=row["account_name"],
                type=row["account_type"],
                group=CLASS_OF_TYPE[row["account_type"]],
                currency=row["currency_code"],
                number=row["account_code"],
                active=row["is_active"],
            )
        )

    def customer(self, contact_id: Any, fault: Exception) -> Row:
        """Return the active customer of a document, or refuse."""
        found = self.tables["contacts"].rows.get(str(contact_id or ""))
        if found is None or found["contact_type"] != "customer":
            raise fault
        if found["status"] == "inactive" and not self.by_hand:
            raise refused(900004, "customer")
        return found

    def customer_name(self, contact_id: str) -> str:
        found = self.tables["contacts"].rows.get(contact_id)
        return str(found["contact_name"]) if found else ""

    def check_open(self, module: str, *days: str) -> None:
        """Refuse what touches a locked period. A bookkeeper unlocks it for a moment."""
        lock = self.locks.get(module)
        if self.by_hand or not lock or lock["transaction_lock_status"] == "disabled":
            return
        until = lock["transaction_lock_date"]
        for day in days:
            locked = day <= until if self.settings.lock_includes_the_day else day < until
            if day and locked:
                raise refused(900002, until)

    def own_number(self, series: str, form: str, given: str, *, own: bool) -> str:
        """Return the number of a new document: the next, or the one given if that is allowed."""
        following = form.format(self.numbers.get(series, 0) + 1)
        if given and not own and not self.by_hand and given != following:
            raise refused(4097)
        if not given or given == following:
            self.numbers[series] = self.numbers.get(series, 0) + 1
        return given or following

    def used_credit(self, document_id: str) -> Decimal:
        """Return how much of a posted document is settled."""
        kept = self.books.documents.get(document_id)
        return kept.claim - kept.open if kept else ZERO
