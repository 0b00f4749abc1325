"""Checks of a body before any rule of business: names, lengths, numbers, dates, nesting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from bridge.sandbox.quickbooks import faults, schema
from bridge.sandbox.quickbooks.faults import Error, Refused, wrong_length
from bridge.sandbox.quickbooks.properties import PROPERTIES
from bridge.sandbox.quickbooks.settings import Settings
from bridge.sandbox.quickbooks.tables import Row

DETAILS = (
    "SalesItemLineDetail",
    "JournalEntryLineDetail",
    "DepositLineDetail",
    "DiscountLineDetail",
    "DescriptionLineDetail",
)
LARGEST = Decimal(10) ** 10
LINES = 750
EMPTY: tuple[Any, ...] = (None, "", {})


def clean(entity: str, body: Any, settings: Settings) -> Row:
    """Return the writable properties of a body with exact numbers.

    `""`, `{}` and null stay as they are: what they mean depends on the operation.
    """
    if not isinstance(body, dict):
        raise faults.unsupported_property()
    known = PROPERTIES[entity]
    errors: list[Error] = []
    row: Row = {}
    for name, value in body.items():
        if name not in known:
            raise faults.unsupported_property()
        if name in schema.COMPUTED:
            continue
        row[name] = _value(entity, name, value, settings, errors)
    if errors:
        raise Refused(errors)
    return row


def _value(entity: str, name: str, value: Any, settings: Settings, errors: list[Error]) -> Any:
    if value is None or value in ("", {}):
        return value
    if name == "Line":
        return _lines(value, settings, errors)
    if name in schema.NUMBERS:
        return number(name, value, settings)
    if name in schema.DATES:
        return day(name, value)
    if name in schema.BOOLEANS:
        return boolean(value)
    longest = schema.LENGTHS["*"].get(name) or schema.LENGTHS.get(entity, {}).get(name)
    if longest:
        if not isinstance(value, str):
            value = str(value)
        if len(value) > longest:
            errors.append(wrong_length(name, longest, len(value)))
    elif isinstance(value, dict):
        _nested(name, value, errors)
    return value


def _nested(name: str, value: Row, errors: list[Error]) -> None:
    if name.endswith("Addr") and "Address" not in value:
        lines = [str(text) for key, text in value.items() if key.startswith("Line")]
        for line in lines:
            if len(line) > schema.ADDRESS_LINE:
                errors.append(wrong_length(name, schema.ADDRESS_LINE, len(line)))
        if sum(map(len, lines)) > schema.ADDRESS_LINES:
            errors.append(wrong_length(name, schema.ADDRESS_LINES, sum(map(len, lines))))
    elif name in ("PrimaryEmailAddr", "BillEmail"):
        address = str(value.get("Address") or "")
        if len(address) > schema.EMAIL:
            errors.append(wrong_length(name, schema.EMAIL, len(address)))
        elif address and ("@" not in address or "." not in address):
            raise faults.business("Email Address does not conform to email address format.", name)
    elif name == "CustomerMemo":
        text = str(value.get("value") or "")
        if len(text) > schema.MEMO:
            errors.append(wrong_length(name, schema.MEMO, len(text)))
    elif "FreeFormNumber" in value and len(str(value["FreeFormNumber"])) > schema.PHONE:
        errors.append(wrong_length(name, schema.PHONE, len(str(value["FreeFormNumber"]))))


def _lines(value: Any, settings: Settings, errors: list[Error]) -> list[Row]:
    if not isinstance(value, list) or len(value) > LINES:
        raise faults.unsupported_property()
    return [_line(line, settings, errors) for line in value]


def _line(line: Any, settings: Settings, errors: list[Error]) -> Row:
    if not isinstance(line, dict):
        raise faults.unsupported_property()
    cleaned: Row = {}
    for name, value in line.items():
        if name not in PROPERTIES["Line"]:
            raise faults.unsupported_property()
        if name in DETAILS and isinstance(value, dict):
            value = _detail(name, value, settings)
        elif name == "LinkedTxn" and value:
            value = [_link(each) for each in _list(value)]
        elif name in schema.NUMBERS and value not in EMPTY:
            value = number(name, value, settings)
        elif name == "Description" and value and len(str(value)) > schema.LENGTHS["Line"][name]:
            errors.append(wrong_length(name, schema.LENGTHS["Line"][name], len(str(value))))
        if value is not None and value != "":
            cleaned[name] = value
    return cleaned


def _detail(name: str, detail: Row, settings: Settings) -> Row:
    cleaned: Row = {}
    for key, value in detail.items():
        if key not in PROPERTIES[name]:
            raise faults.unsupported_property()
        if value is None or value == "":
            continue
        cleaned[key] = number(key, value, settings) if key in schema.NUMBERS else value
    return cleaned


def _link(link: Any) -> Row:
    if not isinstance(link, dict) or not PROPERTIES["LinkedTxn"].issuperset(link):
        raise faults.unsupported_property()
    return {key: str(value) for key, value in link.items() if value is not None}


def _list(value: Any) -> Iterable[Any]:
    if not isinstance(value, list):
        raise faults.unsupported_property()
    return value


def number(name: str, value: Any, settings: Settings) -> Decimal:
    """Return an exact number; a quoted one counts as a number unless switched off."""
    quoted = isinstance(value, str)
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise faults.bad_number(name, value)
    if quoted and settings.quoted_numbers == "refuse":
        raise faults.bad_number(name, value)
    try:
        exact = Decimal(value)
    except InvalidOperation:
        raise faults.bad_number(name, value) from None
    if not exact.is_finite() or abs(exact) >= LARGEST:
        raise faults.bad_number(name, value)
    return exact


def day(name: str, value: Any) -> str:
    """Return a date as written; the time of day, if any, is cut off."""
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise faults.bad_format(name, value) from None


def boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    raise faults.unsupported_property()


def present(row: Row) -> Row:
    """Drop what is empty."""
    return {
        name: value for name, value in row.items() if value is not None and value not in ("", {})
    }


def merged(before: Row, change: Row, *, sparse: bool) -> Row:
    """Return the row that an update asks for.

    Sparse: what is left out stays, `""` and `{}` clear, null is ignored. Full: what is left out
    is cleared. A Line array is always taken whole (FACTS Q7, Q8).
    """
    if not sparse:
        return present(change)
    after = {name: value for name, value in before.items() if name not in schema.COMPUTED}
    for name, value in change.items():
        if value is None:
            continue
        if value in ("", {}):
            after.pop(name, None)
        else:
            after[name] = value
    return after
