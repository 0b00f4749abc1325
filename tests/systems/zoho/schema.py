"""Holds bodies to the official OpenAPI files: types, required fields, nothing unknown."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "data" / "specs" / "zoho_books"

KNOWN_DEFECTS = {
    # specs README, defect 2: required here, never sent by anyone.
    "customer-payments: invoice_id is required",
    "customer-payments: amount_applied is required",
    "credit-notes: invoice_id is required",
    "credit-notes: amount_applied is required",
    # zoho_books.md §3.7: a line's price, which the file left out.
    "credit-notes: line_items.rate is not in the schema",
    # zoho_books.md §3.5: lines that are kept keep their ids; the answers show them.
    "invoices: line_items.line_item_id is not in the schema",
    # zoho_books.md §2: the shape that every page takes; the files show it for invoices.
    "contacts: custom_fields.customfield_id is not in the schema",
}
"""Where the files themselves are wrong (their README and the fact sheet, 2026-11-20)."""


@cache
def spec(name: str) -> Any:
    return yaml.safe_load(FOLDER.joinpath(f"{name}.yml").read_text("utf-8"))


def violations(name: str, path: str, method: str, body: Any) -> list[str]:
    """What of a request body the file does not allow, known defects left out."""
    whole = spec(name)
    request = whole["paths"][path][method]["requestBody"]
    schema = request["content"]["application/json"]["schema"]
    found = {f"{name}: {text}" for text in _check(whole, schema, body, "")}
    return sorted(found - KNOWN_DEFECTS)


def _check(whole: Any, schema: Any, value: Any, where: str) -> Iterator[str]:
    schema = _resolved(whole, schema)
    if not _fits(schema.get("type"), value):
        yield f"{where} is no {schema['type']}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} may not be {value}"
    if isinstance(value, dict):
        properties = schema.get("properties") or {}
        prefix = f"{where}." if where else ""
        for field in schema.get("required") or ():
            if field not in value:
                yield f"{prefix}{field} is required"
        for field, inner in value.items():
            if field not in properties:
                yield f"{prefix}{field} is not in the schema"
            else:
                yield from _check(whole, properties[field], inner, f"{prefix}{field}")
    if isinstance(value, list):
        for inner in value:
            yield from _check(whole, schema.get("items") or {}, inner, where)


def _resolved(whole: Any, schema: Any) -> Any:
    while "$ref" in schema:
        found = whole
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _fits(kind: str | None, value: Any) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | Decimal) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
    return True
