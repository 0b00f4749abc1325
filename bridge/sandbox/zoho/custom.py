"""Custom fields: their definitions, their values on records, and records found by them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from bridge.sandbox.zoho.faults import refused
from bridge.sandbox.zoho.organization import Organization
from bridge.sandbox.zoho.tables import Row

ENTITIES = {
    "contact": "contacts",
    "item": "items",
    "invoice": "invoices",
    "customer_payment": "payments",
    "creditnote": "creditnotes",
}
# Which spelling payments have is on no record. Last verified 2026-11-20.
SPELLINGS = {"customerpayment": "customer_payment", "credit_note": "creditnote"}
LONGEST = 255

Values = dict[str, str]


def create(org: Organization, body: Row) -> Row:
    """Add a field; its API name is made of its label."""
    if org.settings.field_creation != "accept":
        raise refused(900031 if org.settings.field_creation == "refuse" else 57)
    entity = SPELLINGS.get(body.get("entity", ""), body.get("entity", ""))
    if entity not in ENTITIES:
        raise refused(4, "entity")
    label = body.get("label", "").strip()
    if not label:
        raise refused(4, "label")
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    api_name = "cf_" + re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    if any(row["api_name"] == api_name for row in defined(org, entity)):
        raise refused(900029, f"Field {label}")
    return org.put(
        "fields",
        {
            "label": label,
            "api_name": api_name,
            "entity": entity,
            "data_type": body.get("data_type", "string"),
            "is_unique": body.get("is_unique", False) and org.settings.field_unique_at_once,
            "is_mandatory": body.get("is_mandatory", False),
            "is_active": True,
            "show_on_pdf": body.get("show_on_pdf", False),
            "value_length": body.get("value_length", LONGEST),
            "help_text": body.get("help_text", ""),
            "index": len(defined(org, entity)) + 1,
            "is_custom_field": True,
        },
    )


def defined(org: Organization, entity: str) -> list[Row]:
    return org.tables["fields"].where("entity", SPELLINGS.get(entity, entity))


def listed(org: Organization, entity: str) -> list[Row]:
    if SPELLINGS.get(entity, entity) not in ENTITIES:
        raise refused(4, "entity")
    return defined(org, entity)


def update(org: Organization, field_id: str, body: Row) -> Row:
    """Change a field; it becomes unique only if its values are."""
    row = org.row("fields", field_id)
    changed = {**row, **{name: value for name, value in body.items() if name != "entity"}}
    if changed["is_unique"] and not row["is_unique"]:
        seen: set[str] = set()
        for record in org.tables[ENTITIES[row["entity"]]].rows.values():
            value = record["custom"].get(field_id)
            if value in seen:
                raise refused(900005, value, row["label"])
            if value:
                seen.add(value)
    return org.put("fields", changed)


def remove(org: Organization, field_id: str) -> None:
    row = org.row("fields", field_id)
    table = ENTITIES[row["entity"]]
    for record in list(org.tables[table].rows.values()):
        if field_id in record["custom"]:
            kept = {name: value for name, value in record["custom"].items() if name != field_id}
            org.put(table, {**record, "custom": kept}, modified=False)
    org.remove("fields", field_id)


def values(org: Organization, entity: str, sent: Any, before: Row | None) -> Values:
    """Return the values of a record after a write; fields that are not sent keep theirs."""
    kept: Values = dict(before["custom"]) if before else {}
    for each in sent or ():
        field = _named(org, entity, each)
        value = "" if each.get("value") is None else str(each["value"])
        if len(value) > int(field["value_length"]):
            raise refused(4, field["label"])
        kept[field["field_id"]] = value
    key = org.tables[ENTITIES[entity]].key
    for field in defined(org, entity):
        value = kept.get(field["field_id"], "")
        if field["is_mandatory"] and not value and not org.by_hand:
            raise refused(4, field["label"])
        if field["is_unique"] and value:
            for other in holders(org, entity, field["field_id"], value):
                if before is None or other[key] != before[key]:
                    raise refused(900005, value, field["label"])
    return {field_id: value for field_id, value in kept.items() if value}


def holders(org: Organization, entity: str, field_id: str, value: str) -> list[Row]:
    """Return the records with a value in a field."""
    rows = org.tables[ENTITIES[entity]].rows
    return [rows[row_id] for row_id in org.with_value.get((field_id, value), ())]


def _named(org: Organization, entity: str, each: Row) -> Row:
    """Find a field by id, API name, label or index: pages and clients differ. 2026-11-20."""
    wanted = each.get("customfield_id") or each.get("field_id")
    for field in defined(org, entity):
        if wanted:
            found = field["field_id"] == wanted
        elif each.get("api_name"):
            found = field["api_name"] == each["api_name"]
        elif each.get("label"):
            found = field["label"] == each["label"]
        else:
            found = field["index"] == each.get("index")
        if found:
            return field
    name = wanted or each.get("api_name") or each.get("label") or each.get("index")
    raise refused(900016, name)


def shown(org: Organization, entity: str, row: Row) -> Row:
    """Return the three ways in which values are read; fields without a value are left out."""
    made: list[Row] = []
    promoted: Row = {}
    for field in defined(org, entity):
        value = row["custom"].get(field["field_id"])
        if not value:
            continue
        made.append(
            {
                "customfield_id": field["field_id"],
                "index": field["index"],
                "label": field["label"],
                "api_name": field["api_name"],
                "value": value,
            }
        )
        promoted[field["api_name"]] = value
        promoted[f"{field['api_name']}_unformatted"] = value
    return {"custom_fields": made, "custom_field_hash": promoted, **promoted}


def found_by(org: Organization, entity: str, key: str, value: str) -> tuple[Row, Row | None]:
    """Return the unique field of an upsert and the record that has the value in it."""
    for field in defined(org, entity):
        if field["api_name"] == key and field["is_unique"]:
            held = holders(org, entity, field["field_id"], value)
            return field, held[0] if held else None
    raise refused(900007, key)
