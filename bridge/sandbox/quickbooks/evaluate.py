"""Answering queries: by index where there is one, else row by row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from bridge.sandbox.quickbooks import faults, lists, schema
from bridge.sandbox.quickbooks.company import Company, moment_s
from bridge.sandbox.quickbooks.query import Condition, Question
from bridge.sandbox.quickbooks.rendering import render
from bridge.sandbox.quickbooks.tables import Row, value_at

COMPUTED = ("Balance", "CurrentBalance", "Classification", "SubAccount", "FullyQualifiedName")
UPDATED = "MetaData.LastUpdatedTime"
HIDDEN = {"Item": ("Sku",)}

Test = Callable[[Row], bool]


def ask(company: Company, question: Question) -> Row:
    """Return the QueryResponse object of a question."""
    entity = question.entity
    if entity == "CompanyInfo":
        return _page(question, [company.info])
    if entity == "Preferences":
        return _page(question, [company.preferences])
    if entity == "ExchangeRate":
        return _rates(company, question)
    tests = [_test(company, question, condition) for condition in question.conditions]
    active = "Active" in schema.QUERYABLE[entity]
    if active and not any(each.name == "Active" for each in question.conditions):
        tests.append(lambda row: row.get("Active", True) is not False)
    rows = company.tables[entity].rows
    found: Iterable[Row] = (rows[row_id] for row_id in _candidates(company, question))
    if tests:
        found = (row for row in found if all(test(row) for test in tests))
    if question.count:
        return {"totalCount": sum(1 for _ in found)}
    ordered = _ordered(company, question, found)
    page = islice(ordered, question.start - 1, question.start - 1 + question.most)
    return _page(question, [render(company, entity, row) for row in page], paged=True)


def _page(question: Question, rows: list[Row], *, paged: bool = False) -> Row:
    if question.count:
        return {"totalCount": len(rows)}
    if not rows:
        return {}
    if not paged:
        rows = rows[question.start - 1 :][: question.most]
    shown = [_shown(question, row) for row in rows]
    return {
        question.entity: shown,
        "startPosition": question.start,
        "maxResults": len(shown),
    }


def _shown(question: Question, row: Row) -> Row:
    """Return the columns asked for. `*` leaves out what must be named (Sku)."""
    hidden = HIDDEN.get(question.entity, ())
    if "*" in question.columns:
        return {k: v for k, v in row.items() if k not in hidden or k in question.columns}
    roots = {name.split(".")[0] for name in question.columns} | {"Id", "domain", "sparse"}
    return {name: value for name, value in row.items() if name in roots}


def _candidates(company: Company, question: Question) -> Iterable[str]:
    """Return ids, in id order, that hold every row asked for and as few others as can be."""
    table = company.tables[question.entity]
    for condition in question.conditions:
        if condition.operator not in ("=", "IN"):
            continue
        if condition.name == "Id":
            wanted = dict.fromkeys(condition.values)
            return sorted((each for each in wanted if each in table.rows), key=int)
        if table.indexed(condition.name):
            ids: dict[str, None] = {}
            for value in condition.values:
                ids.update(dict.fromkeys(table.ids(condition.name, value)))
            return sorted(ids, key=int)
    for condition in question.conditions:
        if condition.name == UPDATED and condition.operator in (">", ">="):
            return sorted(table.since(_moment(condition.values[0])), key=int)
    return list(table.rows)


def _ordered(company: Company, question: Question, rows: Iterable[Row]) -> Iterable[Row]:
    order = question.order
    if not order:
        if company.settings.query_order == "newest":
            stamps = company.tables[question.entity].updated
            return sorted(rows, key=lambda row: (stamps[row["Id"]], int(row["Id"])), reverse=True)
        return rows
    if order == [("Id", False)]:
        return rows
    found = list(rows)
    for name, descending in reversed(order):
        read, kind = _reader(company, question, name), schema.QUERYABLE[question.entity][name]
        found.sort(key=lambda row: _sortable(read(row), kind), reverse=descending)
    return found


def _sortable(value: Any, kind: str) -> Any:
    if kind == "id":
        return int(value)
    if kind == "number":
        return Decimal(value or 0)
    if kind == "time":
        return value
    return str(value or "").casefold()


def _reader(company: Company, question: Question, name: str) -> Callable[[Row], Any]:
    entity = question.entity
    if name == UPDATED:
        stamps = company.tables[entity].updated
        return lambda row: stamps[row["Id"]]
    if name == "MetaData.CreateTime":
        return lambda row: moment_s(row["MetaData"]["CreateTime"])
    if name == "Balance" and entity in ("Invoice", "CreditMemo"):
        documents = company.books.documents
        return lambda row: documents[row["Id"]].open
    if name in COMPUTED:
        return lambda row: render(company, entity, row).get(name)
    if "." not in name and not name.endswith(("Ref", "Addr")):
        return lambda row: row.get(name)
    return lambda row: value_at(row, name)


def _test(company: Company, question: Question, condition: Condition) -> Test:
    """Return what decides whether a row fulfils a condition."""
    kind = schema.QUERYABLE[question.entity][condition.name]
    read = _reader(company, question, condition.name)
    if condition.operator == "LIKE":
        return _like(read, condition.values[0])
    convert = _converter(company, kind, condition)
    values = [convert(value) for value in condition.values]
    if condition.operator in ("=", "IN"):
        allowed = set(values)
        return lambda row: convert(read(row)) in allowed
    compare = _COMPARE[condition.operator]
    wanted = values[0]

    def test(row: Row) -> bool:
        value = read(row)
        return value is not None and compare(convert(value), wanted)

    return test


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


def _like(read: Callable[[Row], Any], text: str) -> Test:
    pattern = re.compile(".*".join(map(re.escape, text.split("%"))), re.IGNORECASE | re.DOTALL)
    return lambda row: pattern.fullmatch(str(read(row) or "")) is not None


def _converter(company: Company, kind: str, condition: Condition) -> Callable[[Any], Any]:
    """Return how values of a kind are compared; a value of the wrong kind is refused."""
    if kind == "number":
        return lambda value: _number(value or 0, condition.name)
    if kind == "time":
        return lambda value: value if isinstance(value, int) else _moment(value)
    if kind == "date":
        return lambda value: _date(value) if value else ""
    if kind == "bool":
        return lambda value: str(value).lower()
    if kind == "id" and condition.operator not in ("=", "IN"):
        return lambda value: int(_number(value, condition.name))
    if kind in ("text", "ref") and company.settings.query_strings == "insensitive":
        return lambda value: str(value or "").casefold()
    return lambda value: str(value or "")


def _number(value: Any, name: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation:
        raise faults.query_invalid(f"'{value}' is not a number for property {name}") from None


def _moment(value: Any) -> int:
    try:
        return moment_s(str(value))
    except ValueError:
        raise faults.query_invalid(f"Invalid date time format: {value}") from None


def _date(value: Any) -> str:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise faults.query_invalid(f"Invalid date format: {value}") from None


def _rates(company: Company, question: Question) -> Row:
    asked = {each.name: each.values for each in question.conditions}
    codes = asked.get("SourceCurrencyCode") or tuple(company.rates)
    day = (asked.get("AsOfDate") or (company.today().isoformat(),))[0]
    return _page(question, [lists.read_rate(company, code, _date(day)) for code in codes])
