"""Lines of invoices and credit notes: items, accounts, totals, and the common header."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ONE, ZERO
from bridge.sandbox.books.documents import Line
from bridge.sandbox.zoho.faults import refused
from bridge.sandbox.zoho.organization import (
    CLASS_OF_TYPE,
    HOME,
    OTHER_CHARGES,
    SALES,
    TAXES,
    Organization,
)
from bridge.sandbox.zoho.reading import decimal
from bridge.sandbox.zoho.tables import Row, sent

PERCENT = 19
"""What each tax that a person puts on a line comes to, on top of its amount."""
CONTROL_TYPES = ("accounts_receivable", "accounts_payable")


def built(org: Organization, body: Row, currency: str, *, accounts: bool) -> list[Row]:
    """Return the lines complete with ids, accounts and totals; `accounts`: a line may choose."""
    given = body.get("line_items") or []
    if not given:
        raise refused(4, "line_items")
    return [_line(org, line, place, currency, accounts) for place, line in enumerate(given, 1)]


def _line(org: Organization, line: Row, place: int, currency: str, accounts: bool) -> Row:
    item = _item(org, line)
    if not item and (not line.get("name") or line.get("rate") is None):
        raise refused(2006) if not line.get("name") else refused(4, "rate")
    if line.get("tax_id") and not org.by_hand:
        raise refused(900025, "taxes")
    for name in ("discount", "discount_amount"):
        if line.get(name) and decimal(str(line[name]).rstrip("%"), name):
            raise refused(900025, "discounts")
    rate = sent("rate", ZERO, line, item)
    quantity = line.get("quantity", ONE)
    account = item.get("account_id") or org.account_named(SALES)
    if accounts and line.get("account_id"):
        account = line["account_id"]
    row = org.account(account)
    if row["account_type"] in CONTROL_TYPES:
        raise refused(900017)
    tax = {"tax_id": line["tax_id"], "tax_percentage": PERCENT} if line.get("tax_id") else {}
    return {
        **tax,
        "line_item_id": str(line.get("line_item_id") or "") or org.next_id(),
        "item_id": item.get("item_id", ""),
        "item_type": item.get("item_type", "sales"),
        "product_type": item.get("product_type", "service"),
        "account_id": row["account_id"],
        "name": line.get("name") or item.get("name", ""),
        "description": line.get("description", item.get("description", "")),
        "item_order": place,
        "rate": rate,
        "quantity": quantity,
        "unit": line.get("unit", ""),
        "item_total": org.rounded(Decimal(rate) * Decimal(quantity), currency),
        "tags": line.get("tags", []),
    }


def _item(org: Organization, line: Row) -> Row:
    if not line.get("item_id"):
        return {}
    item = org.tables["items"].rows.get(line["item_id"])
    if item is None:
        raise refused(2006)
    if item["status"] == "inactive" and not org.by_hand:
        raise refused(900004, "item")
    if org.settings.item_account_types == "income" and not org.by_hand:
        account = org.account(item["account_id"])
        if CLASS_OF_TYPE[account["account_type"]] != "income":
            raise refused(900017)
    return item


def total(org: Organization, row: Row) -> None:
    """Set the sums of a document. What the client sent as totals counts for nothing."""
    row["sub_total"] = sum((Decimal(line["item_total"]) for line in row["line_items"]), ZERO)
    row["adjustment"] = org.rounded(row.get("adjustment", ZERO), row["currency_code"])
    row["tax_total"] = sum((_tax(org, row, line) for line in row["line_items"]), ZERO)
    row["total"] = row["sub_total"] + row["tax_total"] + row["adjustment"]
    if row["total"] < 0:
        raise refused(4, "Total")


def _tax(org: Organization, row: Row, line: Row) -> Decimal:
    percent = Decimal(line.get("tax_percentage", ZERO))
    return org.rounded(Decimal(line["item_total"]) * percent / 100, row["currency_code"])


def posted(org: Organization, row: Row) -> list[Line]:
    """Return what the lines post to."""
    made = [Line(line["account_id"], Decimal(line["item_total"])) for line in row["line_items"]]
    if row.get("tax_total"):
        made.append(Line(org.account_named(TAXES), row["tax_total"]))
    if row["adjustment"]:
        made.append(Line(org.account_named(OTHER_CHARGES), Decimal(row["adjustment"])))
    return made


def set_currency(org: Organization, row: Row, customer: Row, body: Row, kind: str) -> None:
    """Settle currency and rate: the customer's currency, base units for one foreign unit."""
    given = body.get("currency_id")
    if given:
        org.currency(given)
    if given and given != customer["currency_id"]:
        raise refused(900003, kind)
    currency = org.currency(customer["currency_id"])
    row["currency_id"], row["currency_code"] = currency["currency_id"], currency["currency_code"]
    row["exchange_rate"] = rate(org, row, body.get("exchange_rate"))


def rate(org: Organization, row: Row, given: Decimal | None) -> Decimal:
    """Return the exchange rate of a document: as sent, as it was, or the latest known."""
    if row["currency_code"] == HOME:
        return ONE
    found = given if given else row.get("exchange_rate") or None
    found = Decimal(found) if found else org.rate_on(row["currency_id"], row["date"])
    if found <= 0:
        raise refused(4, "exchange_rate")
    return found


def shown(org: Organization, lines: list[Row]) -> list[Row]:
    accounts = org.tables["accounts"].rows
    return [
        {**line, "account_name": accounts[line["account_id"]]["account_name"]} for line in lines
    ]
