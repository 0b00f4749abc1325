"""One page of a list, with its page_context."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.zoho.faults import refused
from bridge.sandbox.zoho.listing import Query
from bridge.sandbox.zoho.listings import LARGEST_PAGE, LISTINGS
from bridge.sandbox.zoho.organization import Organization
from bridge.sandbox.zoho.tables import Row


def page(
    org: Organization,
    name: str,
    key: str,
    rows: list[Row],
    asked: Query,
    show: Callable[[Row], Row],
) -> Row:
    """Return the rows of the page that is asked for, under their key."""
    number, size = _number(asked, "page", 1), _number(asked, "per_page", LARGEST_PAGE)
    if size > LARGEST_PAGE:
        # What a larger page does is on no record (FACTS Z28).
        if org.settings.page_size == "refuse":
            raise refused(2, "per_page")
        size = LARGEST_PAGE
    start = (number - 1) * size
    part = rows[start : start + size]
    if org.settings.duplicate_rows and start and part:
        part = [rows[start - 1], *part]
    context: Row = {
        "page": number,
        "per_page": size,
        "has_more_page": start + size < len(rows),
        "report_name": LISTINGS[name].report,
        "applied_filter": asked.get("filter_by") or _no_filter(name),
        "sort_column": asked.get("sort_column") or "created_time",
        "sort_order": asked.get("sort_order") or ("A" if asked.get("sort_column") else "D"),
    }
    shown: Row = {key: [show(row) for row in part]}
    if name == "invoices":
        _options(asked, context, shown, rows)
    noisy = org.settings.type_noise and name == "invoices"
    shown["page_context"] = [context] if noisy else context
    return shown


def _options(asked: Query, context: Row, shown: Row, rows: list[Row]) -> None:
    """Add counts and sums as response_option asks: 0 list, 1 all, 2 count, 3 and 4 sums."""
    option = asked.get("response_option", "")
    if option not in ("", "0", "1", "2", "3", "4"):
        raise refused(2, "response_option")
    if option:
        context["response_option"] = int(option)
    if option in ("1", "2", "3"):
        context["total"] = len(rows)
    if option in ("1", "3", "4"):
        total = sum((Decimal(row["total"]) for row in rows), ZERO)
        balance = sum((Decimal(row["balance"]) for row in rows), ZERO)
        context["sum_columns"] = {"total": total, "balance": balance}
    if option in ("2", "3"):
        shown.pop("invoices")


def _number(asked: Query, name: str, default: int) -> int:
    text = asked.get(name) or str(default)
    if not text.isdigit() or int(text) < 1:
        raise refused(2, name)
    return int(text)


def _no_filter(name: str) -> str:
    first = next(iter(LISTINGS[name].filters or {}), "")
    return first or "Status.All"


def noisy(value: Any, name: str = "") -> Any:
    """Return an answer with the types seen to change: amounts, booleans as text (FACTS Z30)."""
    if isinstance(value, dict):
        return {key: noisy(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [noisy(each, name) for each in value]
    if isinstance(value, bool) and name != "has_more_page":
        return "true" if value else "false"
    if isinstance(value, Decimal) and name in ("total", "balance"):
        return format(value, "f")
    if name in ("customer_id", "location_id") and isinstance(value, str) and value.isdigit():
        return int(value)
    return value
