"""The changes that a bookkeeper makes in the lines of a sales form: item, amount, tax code,
class."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bridge.sandbox.books.amounts import ZERO, cents
from bridge.sandbox.quickbooks.company import Company
from bridge.sandbox.quickbooks.misunderstood import Misunderstood
from bridge.sandbox.quickbooks.tables import Row

PERCENT = Decimal(19)
TAX_ACCOUNT = "Sales Tax Payable"


def lines(company: Company, row: Row, patches: Any) -> Row:
    """Return the change that gives the lines, in order, what each patch says; a line that has a
    tax code pays it on top of its amount."""
    made = [dict(line) for line in row["Line"] if "SalesItemLineDetail" in line]
    if not isinstance(patches, list) or len(patches) > len(made):
        raise Misunderstood(f"lines must be a list of at most {len(made)}")
    for line, patch in zip(made, patches, strict=False):
        line["SalesItemLineDetail"] = _detail(company, line["SalesItemLineDetail"], patch)
        if "amount" in patch:
            line["Amount"] = Decimal(str(patch["amount"]))
    taxed = [line["Amount"] for line in made if _code(line) != "NON"]
    tax = sum((cents(amount * PERCENT / 100) for amount in taxed), ZERO)
    return {"Line": made, "TxnTaxDetail": {"TotalTax": tax}}


def taxed(row: Row) -> Decimal:
    """Return what of a form is tax: what a person entered, as long as a line has a tax code."""
    tax = row.get("TxnTaxDetail") or {}
    any_code = any(_code(line) != "NON" for line in row["Line"] if "SalesItemLineDetail" in line)
    return Decimal(tax.get("TotalTax") or ZERO) if any_code else ZERO


def tax_account(company: Company) -> str:
    """Return the account that QuickBooks makes for tax when a company first has some."""
    for row in company.tables["Account"].rows.values():
        if row["Name"] == TAX_ACCOUNT:
            return str(row["Id"])
    made: Row = {
        "Name": TAX_ACCOUNT,
        "AcctNum": "",
        "AccountType": "Other Current Liability",
        "AccountSubType": "SalesTaxPayable",
        "CurrencyRef": company.currency_reference(company.home),
    }
    return str(company.add_account(made)["Id"])


def _detail(company: Company, before: Row, patch: Row) -> Row:
    detail = {**before}
    for name in ("Qty", "UnitPrice"):
        detail.pop(name, None)
    if "item" in patch:
        detail["ItemRef"] = {"value": _id(company, "Item", patch["item"])}
        detail.pop("ItemAccountRef", None)
    if "tax" in patch:
        detail["TaxCodeRef"] = {"value": str(patch["tax"])}
    if "class" in patch:
        detail.pop("ClassRef", None)
        if patch["class"]:
            detail["ClassRef"] = {"value": _id(company, "Class", patch["class"])}
    return detail


def _id(company: Company, entity: str, name: Any) -> str:
    for row in company.tables[entity].rows.values():
        if name in (row["Id"], row["Name"]):
            return str(row["Id"])
    raise Misunderstood(f"there is no {entity} {name}")


def _code(line: Row) -> str:
    reference = line["SalesItemLineDetail"].get("TaxCodeRef") or {}
    return str(reference.get("value", "NON"))
