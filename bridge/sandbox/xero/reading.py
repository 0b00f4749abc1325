"""Reads: filters, order, pages, what has changed (FACTS X31, X32, X34)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bridge.sandbox.wire import Request
from bridge.sandbox.xero import rendering, where
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.faults import bad_filter, not_found
from bridge.sandbox.xero.fields import check, field
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import read_time_ms

PAGED = (
    "Invoices",
    "Contacts",
    "CreditNotes",
    "BankTransactions",
    "ManualJournals",
    "Payments",
    "Overpayments",
)
NUMBERS = {"Invoices": "number", "CreditNotes": "number", "Contacts": "number", "Items": "code"}
PAGE_SIZE, LARGEST_PAGE = 100, 1000
MOST_UNPAGED = 100_000
SEARCHED = ("InvoiceNumber", "Reference", "Name", "FirstName", "LastName", "ContactNumber")
# What summaryOnly leaves out (FACTS X34).
NOT_IN_SUMMARY = ("Payments", "LineItems", "HasAttachments", "CISDeduction")


def one(company: Company, table: str, wanted: str) -> Row:
    """Return a row by id, or by the number that some resources can be asked for by."""
    place = company.tables[table]
    row = place.rows.get(wanted) or place.rows.get(wanted.lower())
    if row is None and table in NUMBERS:
        found = place.having(NUMBERS[table], wanted.casefold())
        row = found[-1] if found else None
    if row is None:
        raise not_found()
    return row


def many(company: Company, table: str, request: Request) -> Row:
    """Return the rows that a request asks for, a page of them or all."""
    asked = {name.lower(): value for name, value in request.query.items()}
    found = list(_wanted(company, table, request, asked))
    _sort(company, table, found, asked.get("order", ""))
    summary = asked.get("summaryonly", "").lower() == "true"
    paged = table in PAGED and (
        "page" in asked or "pagesize" in asked or summary or "statuses" in asked
    )
    if not paged:
        if len(found) > MOST_UNPAGED:
            raise bad_filter("Too many records: use paging or a filter.")
        full = table not in PAGED
        return {table: [rendering.show(company, table, row, full=full) for row in found]}
    page, size = _page(asked)
    rows = found[(page - 1) * size : page * size]
    shown = [rendering.show(company, table, row, full=True) for row in rows]
    if summary:
        shown = [{n: v for n, v in row.items() if n not in NOT_IN_SUMMARY} for row in shown]
    pagination = {
        "page": page,
        "pageSize": size,
        "pageCount": -(-len(found) // size),
        "itemCount": len(found),
    }
    return {"pagination": pagination, table: shown}


def _page(asked: dict[str, str]) -> tuple[int, int]:
    """Return page and size; what is out of range is adjusted."""
    try:
        page, size = int(asked.get("page") or 1), int(asked.get("pagesize") or PAGE_SIZE)
    except ValueError:
        raise bad_filter("page and pageSize must be whole numbers") from None
    return max(1, page), min(max(1, size), LARGEST_PAGE)


def _wanted(company: Company, table: str, request: Request, asked: dict[str, str]) -> Iterable[Row]:
    place = company.tables[table]
    rows: Iterable[Row] = place.rows.values()
    numbers, ids = _listed(asked, "invoicenumbers"), _listed(asked, "ids")
    if table == "Invoices" and numbers:
        rows = [row for number in sorted(numbers) for row in place.having("number", number)]
    if ids and table in ("Invoices", "Contacts"):
        rows = [row for row in rows if row[place.id_name] in ids]
    contacts = _listed(asked, "contactids")
    if contacts and table == "Invoices":
        rows = [row for row in rows if row["ContactID"] in contacts]
    statuses = _listed(asked, "statuses")
    if statuses and table == "Invoices":
        rows = [row for row in rows if field(company, table, row, "Status").lower() in statuses]
    if asked.get("createdbymyapp", "").lower() == "true" and table == "Invoices":
        rows = [row for row in rows if row["_app"]]
    if table == "Contacts" and asked.get("includearchived", "").lower() != "true":
        rows = [row for row in rows if row["ContactStatus"] == "ACTIVE"]
    since = _since(company, request)
    if since is not None:
        rows = [row for row in rows if row["_ms"] >= since]
    if asked.get("searchterm"):
        term = asked["searchterm"].casefold()
        rows = [r for r in rows if any(term in str(r.get(n) or "").casefold() for n in SEARCHED)]
    if asked.get("where"):
        test = where.parse(asked["where"], lambda name: check(table, name))
        rows = [row for row in rows if test(lambda name: field(company, table, row, name))]  # noqa: B023
    return rows


def _listed(asked: dict[str, str], name: str) -> set[str]:
    return {each.strip().casefold() for each in asked.get(name, "").split(",") if each.strip()}


def _since(company: Company, request: Request) -> int | None:
    """Return the moment of If-Modified-Since; it has whole seconds, and what is no date is left."""
    given = request.headers.get("if-modified-since", "")
    if not given:
        return None
    try:
        moment_ms = read_time_ms(given) // 1000 * 1000
    except (ValueError, OverflowError):
        return None
    return moment_ms if company.settings.modified_since == "inclusive" else moment_ms + 1000


def _sort(company: Company, table: str, rows: list[Row], order: str) -> None:
    """Order by the field that was named; else by time of change, then id."""
    id_name = company.tables[table].id_name
    rows.sort(key=lambda row: (row["_ms"], str(row[id_name])))
    for part in reversed([each.strip() for each in order.split(",") if each.strip()]):
        name, _, way = part.partition(" ")
        check(table, name)

        def key(row: Row, name: str = name) -> tuple[bool, Any]:
            value = field(company, table, row, name)
            value = value.casefold() if isinstance(value, str) else value
            return (value is not None, value if value is not None else 0)

        rows.sort(key=key, reverse=way.strip().lower() in ("desc", "descending"))
