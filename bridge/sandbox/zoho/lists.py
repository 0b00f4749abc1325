"""Items, accounts, currencies and exchange rates."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.zoho import custom
from bridge.sandbox.zoho.faults import missing, refused, taken
from bridge.sandbox.zoho.organization import CLASS_OF_TYPE, HOME, SALES, Organization
from bridge.sandbox.zoho.tables import Row, sent

ITEM_TYPES = ("sales", "purchases", "sales_and_purchases", "inventory")
PRODUCT_TYPES = ("goods", "service", "digital_service")
ACCOUNT = (
    "account_id",
    "account_name",
    "account_code",
    "account_type",
    "currency_id",
    "is_active",
    "is_system_account",
    "parent_account_id",
    "created_time",
    "last_modified_time",
)
MONEY_TYPES = ("bank", "cash", "credit_card", "payment_clearing")


def write_item(org: Organization, body: Row, item_id: str = "") -> Row:
    """Add or change an item: what a line sells, and to which account it posts."""
    before = org.row("items", item_id) if item_id else None
    row: Row = {**(before or {"item_id": "", "status": "active"})}
    name = sent("name", "", body, row).strip()
    if not name:
        raise refused(4, "name")
    if any(other != item_id for other in org.tables["items"].ids("name", name)):
        raise taken(f'Item "{name}"')
    if not item_id and body.get("rate") is None:
        raise refused(4, "rate")
    for field, allowed, first in (
        ("item_type", ITEM_TYPES, "sales"),
        ("product_type", PRODUCT_TYPES, "goods"),
    ):
        row[field] = body.get(field) or row.get(field, first)
        if row[field] not in allowed:
            raise refused(4, field)
    if row["item_type"] == "inventory":
        raise refused(900025, "inventory")
    account = body.get("account_id") or row.get("account_id") or org.account_named(SALES)
    kind = org.account(account)["account_type"]
    if org.settings.item_account_types == "income" and CLASS_OF_TYPE[kind] != "income":
        raise refused(900017)
    row.update(name=name, account_id=account, rate=sent("rate", ZERO, body, row))
    for field in ("description", "sku", "unit"):
        row[field] = sent(field, "", body, row)
    row["custom"] = custom.values(org, "item", body.get("custom_fields"), before)
    return org.put("items", row)


def set_item_status(org: Organization, item_id: str, wanted: str) -> None:
    org.put("items", {**org.row("items", item_id), "status": wanted})


def delete_item(org: Organization, item_id: str) -> None:
    org.row("items", item_id)
    for name in ("invoices", "creditnotes"):
        for row in org.tables[name].rows.values():
            if any(line["item_id"] == item_id for line in row["line_items"]):
                raise refused(2049)
    org.remove("items", item_id)


def shown_item(org: Organization, row: Row) -> Row:
    """Return an item. Which answers name its account is on no record: here all of them do."""
    names = ("item_id", "name", "status", "description", "rate", "unit", "sku", "product_type")
    return {
        **{name: row[name] for name in names},
        "account_id": row["account_id"],
        "tax_id": "",
        "tax_name": "",
        "tax_percentage": "0",
        **custom.shown(org, "item", row),
    }


def write_account(org: Organization, body: Row, account_id: str = "") -> Row:
    """Add or change an account; its code, if it has one, is its own."""
    before = org.row("accounts", account_id) if account_id else None
    row: Row = {**(before or {"account_id": "", "is_active": True, "is_system_account": False})}
    name = sent("account_name", "", body, row).strip()
    code = sent("account_code", "", body, row).strip()
    kind = body.get("account_type") or row.get("account_type", "")
    if not name:
        raise refused(4, "account_name")
    if kind not in CLASS_OF_TYPE:
        raise refused(4, "account_type")
    if row["is_system_account"] and not org.by_hand and kind != row["account_type"]:
        raise refused(900019)
    # An account in use keeps its type (FACTS Z25).
    if before and kind != before["account_type"] and used(org, account_id):
        raise refused(900032)
    accounts = org.tables["accounts"]
    if any(other != account_id for other in accounts.ids("account_name", name)):
        raise refused(900029, f"Account {name}")
    if code and any(other != account_id for other in accounts.ids("account_code", code)):
        raise refused(900029, f"Account code {code}")
    currency = org.base_currency()
    if body.get("currency_id"):
        currency = org.currency(body["currency_id"])
    elif before:
        currency = org.currency(before["currency_id"])
    if before and currency["currency_id"] != before["currency_id"] and used(org, account_id):
        raise refused(900003, "account")
    if currency["currency_code"] != HOME and kind not in MONEY_TYPES:
        raise refused(4, "currency_id")
    row.update(
        account_name=name,
        account_code=code,
        account_type=kind,
        currency_id=currency["currency_id"],
        currency_code=currency["currency_code"],
        description=sent("description", "", body, row),
        parent_account_id=sent("parent_account_id", "", body, row),
    )
    made = org.put("accounts", row)
    org.chart_account(made)
    return made


def set_account_active(org: Organization, account_id: str, active: bool) -> None:
    row = org.row("accounts", account_id)
    if row["is_system_account"] and not active:
        raise refused(900019)
    org.chart_account(org.put("accounts", {**row, "is_active": active}))


def delete_account(org: Organization, account_id: str) -> None:
    row = org.row("accounts", account_id)
    if row["is_system_account"]:
        raise refused(900019)
    in_items = any(item["account_id"] == account_id for item in org.tables["items"].rows.values())
    if in_items or used(org, account_id):
        raise refused(900020)
    del org.books.chart.accounts[account_id]
    org.remove("accounts", account_id)


def used(org: Organization, account_id: str) -> bool:
    entries = org.books.journal.entries.values()
    return any(leg.account == account_id for legs in entries for leg in legs)


def shown_account(org: Organization, row: Row) -> Row:
    """Return an account as the answers about one show it."""
    more = {"currency_code": row["currency_code"], "description": row["description"]}
    return {**_account(org, row), **more}


def listed_account(org: Organization, row: Row, *, balance: bool) -> Row:
    """Return an account as lists show it: in its place among the others, some of it as text."""
    parents = org.tables["accounts"].rows
    shown = {
        **_account(org, row),
        "is_user_created": not row["is_system_account"],
        "is_standalone_account": False,
        "parent_account_name": parents.get(row["parent_account_id"], {}).get("account_name", ""),
        "depth": "1" if row["parent_account_id"] else "0",
        "has_attachment": False,
        "is_child_present": "false",
        "child_count": "",
    }
    if balance:
        shown["current_balance"] = natural_balance(org, row["account_id"])
    return shown


def _account(org: Organization, row: Row) -> Row:
    return {
        **{name: row[name] for name in ACCOUNT},
        "can_show_in_ze": False,
        "is_involved_in_transaction": row["account_id"] in org.books.journal.home,
        "documents": [],
    }


def natural_balance(org: Organization, account_id: str) -> Decimal:
    """Return the balance in the account's currency, positive on the side where it belongs."""
    account = org.books.chart[account_id]
    sign = 1 if account.group in ("asset", "expense") else -1
    return sign * org.books.account_balance(account) + ZERO


def shown_bank(org: Organization, row: Row) -> Row:
    account_id = row["account_id"]
    return {
        "account_id": account_id,
        "account_name": row["account_name"],
        "account_code": row["account_code"],
        "currency_id": row["currency_id"],
        "currency_code": row["currency_code"],
        "account_type": row["account_type"],
        "account_number": "",
        "uncategorized_transactions": 0,
        "total_unprinted_checks": 0,
        "is_active": row["is_active"],
        "balance": natural_balance(org, account_id),
        "bank_balance": 0,
        "bcy_balance": org.books.journal.balance(account_id) + ZERO,
        "bank_name": "",
        "routing_number": "",
        "is_primary_account": False,
        "is_paypal_account": False,
    }


def write_currency(org: Organization, body: Row, currency_id: str = "") -> Row:
    before = org.row("currencies", currency_id) if currency_id else None
    code = body.get("currency_code") or (before or {}).get("currency_code", "")
    if len(code) != 3 or not code.isalpha():
        raise refused(4, "currency_code")
    if before is None and org.tables["currencies"].ids("currency_code", code.upper()):
        raise refused(900029, f"Currency {code}")
    precision = body.get("price_precision", (before or {}).get("price_precision", 2))
    if precision not in (0, 1, 2):
        raise refused(900025, f"a price precision of {precision}")
    row: Row = {**(before or {"currency_id": "", "currency_code": code.upper()})}
    row.update(
        currency_name=CURRENCY_NAMES.get(row["currency_code"], row["currency_code"]),
        currency_symbol=sent("currency_symbol", "$", body, row),
        price_precision=precision,
        currency_format=sent("currency_format", "1,234,567.89", body, row),
        is_base_currency=row["currency_code"] == HOME,
    )
    return org.put("currencies", row)


def shown_currency(row: Row) -> Row:
    """Return a currency as the answers about one show it: without its rate."""
    return {name: value for name, value in row.items() if not name.endswith("_time")}


def listed_currency(org: Organization, row: Row) -> Row:
    """Return a currency as the list shows it: with its latest rate."""
    day = org.today().isoformat()
    base = row["is_base_currency"]
    rate = ZERO if base else org.rate_on(row["currency_id"], day)
    known = [
        each["effective_date"]
        for each in org.tables["rates"].where("currency_id", row["currency_id"])
        if each["effective_date"] <= day
    ]
    return {
        **shown_currency(row),
        "exchange_rate": rate,
        "effective_date": max(known, default=""),
    }


def rates(org: Organization, currency_id: str, from_date: str, *, current: bool) -> list[Row]:
    """Return the rates from a day on, or the nearest one before it where there is none."""
    org.row("currencies", currency_id)
    rows = sorted(
        org.tables["rates"].where("currency_id", currency_id),
        key=lambda row: str(row["effective_date"]),
    )
    if current:
        from_date = org.today().isoformat()
    if not from_date:
        return rows
    later = [row for row in rows if row["effective_date"] >= from_date]
    earlier = [row for row in rows if row["effective_date"] <= from_date]
    return later or earlier[-1:]


def write_rate(org: Organization, currency_id: str, body: Row) -> Row:
    """Set the rate of a day: base currency units for one foreign unit."""
    currency = org.row("currencies", currency_id)
    if currency["is_base_currency"]:
        raise refused(9004)
    if not body.get("effective_date") or not body.get("rate") or body["rate"] <= 0:
        raise refused(4, "rate")
    for row in org.tables["rates"].where("currency_id", currency_id):
        if row["effective_date"] == body["effective_date"]:
            return org.put("rates", {**row, "rate": body["rate"]})
    return org.put(
        "rates",
        {
            "exchange_rate_id": "",
            "currency_id": currency_id,
            "currency_code": currency["currency_code"],
            "effective_date": body["effective_date"],
            "rate": body["rate"],
        },
    )


def shown_rate(row: Row) -> Row:
    return {name: value for name, value in row.items() if not name.endswith("_time")}


def bank_rows(org: Organization, rows: list[Row]) -> list[Row]:
    return [shown_bank(org, row) for row in rows if row["account_type"] in MONEY_TYPES]


def one_rate(org: Organization, currency_id: str, rate_id: str) -> Row:
    row = org.tables["rates"].rows.get(rate_id)
    if row is None or row["currency_id"] != currency_id:
        raise missing("rates")
    return row


CURRENCY_NAMES = {
    "COP": "Colombian Peso",
    "MXN": "Mexican Peso",
    "USD": "United States Dollar",
    "EUR": "Euro",
    "PEN": "Peruvian Nuevo Sol",
    "CLP": "Chilean Peso",
    "ARS": "Argentine Peso",
    "BRL": "Brazilian Real",
    "GTQ": "Guatemalan Quetzal",
}
