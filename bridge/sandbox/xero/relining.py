"""The changes that a bookkeeper makes in the lines of a document: account, amount, tax rate,
tracking."""

from __future__ import annotations

from typing import Any

from bridge.sandbox.books.amounts import ONE
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.entries import decimal_of, named
from bridge.sandbox.xero.misunderstood import Misunderstood
from bridge.sandbox.xero.tables import Row

KEPT = (
    "LineItemID",
    "Description",
    "Quantity",
    "UnitAmount",
    "AccountCode",
    "AccountID",
    "TaxType",
    "Tracking",
)


def relined(company: Company, row: Row, patches: Any) -> Row:
    """Return the change that gives the lines, in order, what each patch says. Amounts include the
    tax, so that the total stays."""
    made = [{name: line[name] for name in KEPT if line.get(name)} for line in row["LineItems"]]
    if not isinstance(patches, list) or len(patches) > len(made):
        raise Misunderstood(f"lines must be a list of at most {len(made)}")
    for line, patch in zip(made, patches, strict=False):
        if "account" in patch:
            line["AccountCode"] = named(company, "account", patch["account"])["Code"]
            line.pop("AccountID", None)
        if "amount" in patch:
            line.update(Quantity=ONE, UnitAmount=decimal_of(patch["amount"]))
        if "tax" in patch:
            line["TaxType"] = str(patch["tax"])
        if "class" in patch:
            name, _, option = str(patch["class"]).partition("/")
            line["Tracking"] = [{"Name": name, "Option": option}] if option else []
    taxed = any(line.get("TaxType", "NONE") != "NONE" for line in made)
    return {"LineItems": made, "LineAmountTypes": "Inclusive" if taxed else "NoTax"}
