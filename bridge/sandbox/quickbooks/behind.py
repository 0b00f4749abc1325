"""The accounts behind the items of sales forms: shown on each line, and moved with an item."""

from __future__ import annotations

from dataclasses import replace

from bridge.sandbox.books.documents import Document, Line
from bridge.sandbox.quickbooks.company import Company
from bridge.sandbox.quickbooks.tables import Row


def moved(company: Company, row: Row, item_id: str, account: str) -> Document:
    """Return a form's document with all that was posted with an item on another account."""
    kept = company.books.documents[row["Id"]]
    items = _items(row)
    lines = [
        Line(account, line.amount, line.customer, line.home) if item == item_id else line
        for (item, line) in zip(items, kept.lines, strict=False)
    ]
    return replace(kept, lines=[*lines, *kept.lines[len(items) :]])  # the last one may be tax


def _items(row: Row) -> list[str]:
    """The item of each line that the books keep; empty for a discount."""
    return [
        line.get("SalesItemLineDetail", {}).get("ItemRef", {}).get("value", "")
        for line in row["Line"]
        if _is_kept(line)
    ]


def _is_kept(line: Row) -> bool:
    detail = line.get("SalesItemLineDetail")
    return bool(detail and "ItemRef" in detail) or line["DetailType"] == "DiscountLineDetail"


def with_accounts(company: Company, lines: list[Row], kept: Document) -> list[Row]:
    """Return the lines with the account that each item line stands on. As in recorded
    answers: FACTS Q23."""
    accounts = iter(kept.lines)
    shown = []
    for line in lines:
        posted = next(accounts, None) if _is_kept(line) else None
        if posted and "SalesItemLineDetail" in line:
            account = company.tables["Account"].rows[posted.account]
            reference = {"value": account["Id"], "name": account["Name"]}
            detail = {**line["SalesItemLineDetail"], "ItemAccountRef": reference}
            line = {**line, "SalesItemLineDetail": detail}
        shown.append(line)
    return shown
