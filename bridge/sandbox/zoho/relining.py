"""The changes that a bookkeeper makes in the lines of a document: item, account, amount, tax,
tag."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bridge.sandbox.zoho.misunderstood import Misunderstood
from bridge.sandbox.zoho.organization import Organization
from bridge.sandbox.zoho.tables import Row

KEPT = (
    "line_item_id",
    "item_id",
    "account_id",
    "name",
    "description",
    "rate",
    "quantity",
    "tax_id",
    "tags",
)
KEPT_IN_JOURNAL = (
    "line_id",
    "account_id",
    "customer_id",
    "description",
    "debit_or_credit",
    "amount",
)


def relined(org: Organization, kind: str, row: Row, patches: Any) -> list[Row]:
    """Return the lines with, in order, what each patch says."""
    kept = KEPT_IN_JOURNAL if kind == "journal" else KEPT
    made = [{name: line[name] for name in kept if name in line} for line in row["line_items"]]
    if not isinstance(patches, list) or len(patches) > len(made):
        raise Misunderstood(f"lines must be a list of at most {len(made)}")
    for line, patch in zip(made, patches, strict=False):
        if "item" in patch:
            item = _named(org, "items", "name", patch["item"])
            line.update(item_id=item["item_id"], name=item["name"], account_id=item["account_id"])
        if "account" in patch:
            account = _named(org, "accounts", "account_name", patch["account"])
            line["account_id"] = account["account_id"]
        if "amount" in patch:
            amount = Decimal(str(patch["amount"]))
            line.update({"amount": amount} if kind == "journal" else {"rate": amount})
        if "tax" in patch:
            line["tax_id"] = str(patch["tax"])
        if "class" in patch:
            tag, _, option = str(patch["class"]).partition(":")
            line["tags"] = [{"tag_id": tag, "tag_option_id": option}] if option else []
    return made


def _named(org: Organization, table: str, field: str, name: Any) -> Row:
    for row in org.tables[table].rows.values():
        if row[field] == name:
            return row
    raise Misunderstood(f"there is no {name} among the {table}")
