"""Lists: filters, order, pages. A filter that a list does not know is ignored (FACTS Z27)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from bridge.sandbox.zoho import creditnotes, invoices
from bridge.sandbox.zoho.faults import refused
from bridge.sandbox.zoho.listings import INVOICE_FILTERS, LISTINGS, Listing
from bridge.sandbox.zoho.organization import CLASS_OF_TYPE, Organization
from bridge.sandbox.zoho.tables import Row

LONGEST_SEARCH = 100

Query = dict[str, str]


def found(org: Organization, name: str, asked: Query, also: Query | None = None) -> list[Row]:
    """Return the rows that a list shows for a query, in its order."""
    listing = LISTINGS[name]
    tests = _tests(org, listing, {**asked, **(also or {})})
    rows = org.tables[listing.table].listed(org.now_s())
    kept = [row for row in rows if all(test(row) for test in tests)]
    return _ordered(org, listing, kept, asked)


def _tests(org: Organization, listing: Listing, asked: Query) -> list[Callable[[Row], bool]]:
    tests: list[Callable[[Row], bool]] = []
    for name in listing.exact:
        if asked.get(name):
            tests.append(_exact(org, listing, name, asked[name]))
    for name in listing.texts:
        for suffix in ("", "_startswith", "_contains", "_starts_with", "_ends_with"):
            if asked.get(name + suffix):
                tests.append(_text(org, name, suffix, asked[name + suffix]))
    for name in listing.dates:
        for suffix in ("", "_start", "_end", "_before", "_after"):
            if asked.get(name + suffix):
                tests.append(_date(org, name, suffix, asked[name + suffix]))
    for name in listing.amounts:
        for suffix in COMPARISONS:
            if asked.get(name + suffix):
                tests.append(_amount(org, name, suffix, asked[name + suffix]))
    if listing.filters and asked.get("filter_by"):
        tests.append(_filter(org, listing, asked["filter_by"]))
    if listing.modified and asked.get("last_modified_time"):
        tests.append(_modified(org, listing, asked["last_modified_time"]))
    for suffix in ("", "_startswith", "_contains"):
        if listing.fields and asked.get(f"custom_field{suffix}"):
            tests.append(_field(suffix, asked[f"custom_field{suffix}"]))
    if asked.get("search_text"):
        tests.append(_search(org, listing, asked["search_text"]))
    if listing.table == "invoices" and asked.get("item_id"):
        tests.append(
            lambda row: any(line["item_id"] == asked["item_id"] for line in row["line_items"])
        )
    return tests


def value(org: Organization, row: Row, name: str) -> Any:
    """Return what a row shows under a name, computed ones included."""
    if name == "customer_name":
        return org.customer_name(row["customer_id"])
    if name == "status":
        return status(org, row)
    if name == "last_modified_time" and "invoice_id" in row:
        return invoices.modified(org, row)
    if name == "created_date":
        return row["created_time"][:10]
    if name == "notes" and "description" in row:
        return row["description"]
    if name == "account_name" and "account_name" not in row:
        return org.tables["accounts"][row["account_id"]]["account_name"]
    if name in ("first_name", "last_name", "email", "phone"):
        first: Row = (row.get("contact_persons") or [{}])[0]
        return first.get(name, "")
    return row.get(name, "")


def status(org: Organization, row: Row) -> str:
    if "invoice_id" in row:
        return invoices.status(org, row)
    if "creditnote_id" in row:
        return creditnotes.status(row)
    return str(row.get("status", ""))


def _exact(org: Organization, listing: Listing, name: str, wanted: str) -> Callable[[Row], bool]:
    if listing.table == "journals" and name in ("customer_id", "account_id"):
        return lambda row: any(line[name] == wanted for line in row["line_items"])
    if listing.table == "invoices" and name == "status" and wanted == "unpaid":
        return lambda row: status(org, row) in INVOICE_FILTERS["Status.Unpaid"]
    return lambda row: bool(value(org, row, name) == wanted)


def _text(org: Organization, name: str, suffix: str, wanted: str) -> Callable[[Row], bool]:
    if len(wanted) > LONGEST_SEARCH:
        raise refused(4, name)
    wanted = wanted.casefold()
    # A plain filter is not exact: clients must compare what comes back (FACTS Z27).
    loose = suffix == "" and org.settings.loose_filters == "substring"

    def test(row: Row) -> bool:
        held = str(value(org, row, name)).casefold()
        if suffix in ("_startswith", "_starts_with"):
            return held.startswith(wanted)
        if suffix == "_ends_with":
            return held.endswith(wanted)
        if suffix == "_contains" or loose:
            return wanted in held
        return held == wanted

    return test


def _date(org: Organization, name: str, suffix: str, wanted: str) -> Callable[[Row], bool]:
    compare: dict[str, Callable[[str], bool]] = {
        "": lambda day: day == wanted,
        "_start": lambda day: day >= wanted,
        "_end": lambda day: day <= wanted,
        "_before": lambda day: day < wanted,
        "_after": lambda day: day > wanted,
    }
    try:
        datetime.strptime(wanted, "%Y-%m-%d")  # noqa: DTZ007
    except ValueError:
        raise refused(2, name) from None
    return lambda row: compare[suffix](str(value(org, row, name)))


COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "": lambda held, wanted: held == wanted,
    "_less_than": lambda held, wanted: held < wanted,
    "_less_equals": lambda held, wanted: held <= wanted,
    "_greater_than": lambda held, wanted: held > wanted,
    "_greater_equals": lambda held, wanted: held >= wanted,
}


def _amount(org: Organization, name: str, suffix: str, wanted: str) -> Callable[[Row], bool]:
    try:
        limit = Decimal(wanted)
    except InvalidOperation:
        raise refused(2, name) from None
    return lambda row: COMPARISONS[suffix](Decimal(row[name]), limit)


def _filter(org: Organization, listing: Listing, wanted: str) -> Callable[[Row], bool]:
    assert listing.filters is not None
    if wanted not in listing.filters:
        raise refused(2, "filter_by")
    allowed = listing.filters[wanted]

    def test(row: Row) -> bool:
        if not allowed:
            return True
        if listing.table == "payments":
            return str(row["payment_mode"]).casefold() in allowed
        if listing.table == "accounts":
            state = "active" if row["is_active"] else "inactive"
            return bool({state, CLASS_OF_TYPE[row["account_type"]]} & set(allowed))
        if listing.table == "contacts":
            return bool({row["status"], row["contact_type"]} & set(allowed))
        return status(org, row) in allowed

    return test


def _modified(org: Organization, listing: Listing, wanted: str) -> Callable[[Row], bool]:
    try:
        moment = datetime.fromisoformat(wanted)
        aware = moment.tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise refused(2, "last_modified_time")
    equal = listing.table == "journals" and org.settings.journal_modified_filter == "equal"

    def test(row: Row) -> bool:
        held = datetime.fromisoformat(value(org, row, "last_modified_time"))
        return held == moment if equal else held > moment

    return test


def _field(suffix: str, wanted: str) -> Callable[[Row], bool]:
    def test(row: Row) -> bool:
        for held in row["custom"].values():
            if suffix == "_contains" and wanted in held:
                return True
            if suffix == "_startswith" and held.startswith(wanted):
                return True
            if held == wanted:
                return True
        return False

    return test


def _search(org: Organization, listing: Listing, wanted: str) -> Callable[[Row], bool]:
    if len(wanted) > LONGEST_SEARCH:
        raise refused(4, "search_text")
    wanted = wanted.casefold()
    names = listing.searched or listing.texts
    return lambda row: any(wanted in str(value(org, row, name)).casefold() for name in names)


def _ordered(org: Organization, listing: Listing, rows: Iterable[Row], asked: Query) -> list[Row]:
    column = asked.get("sort_column") or ""
    if column and column not in listing.sorts:
        raise refused(2, "sort_column")
    order = asked.get("sort_order", "")
    if order not in ("", "A", "D"):
        raise refused(2, "sort_order")
    # Without a column the newest comes first. Last verified 2026-11-20.
    newest = listing.table in ("invoices", "payments", "creditnotes", "journals")
    down = order == "D" or (not order and not column and newest)
    rows = list(rows)
    if column and column != "created_time":
        rows.sort(key=lambda row: value(org, row, column), reverse=down)
    elif down:
        rows.reverse()
    return rows
