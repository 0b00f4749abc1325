"""Accounts, items, currencies, tax rates and tracking categories. Last verified 2026-11-20."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.xero import faults
from bridge.sandbox.xero.company import CLASSES, Company
from bridge.sandbox.xero.currencies import CURRENCIES
from bridge.sandbox.xero.faults import Invalid
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import new_id

FIXED = ("Type", "CurrencyCode", "SystemAccount")
ACTIVE_CATEGORIES = 2
APPLIES = {
    "ASSET": "CanApplyToAssets",
    "LIABILITY": "CanApplyToLiabilities",
    "EQUITY": "CanApplyToEquity",
    "REVENUE": "CanApplyToRevenue",
    "EXPENSE": "CanApplyToExpenses",
}


def write_account(company: Company, body: Row, *, create: bool, row_id: str = "") -> str:
    """Create an account or change it; a system account cannot be archived."""
    table = company.tables["Accounts"]
    if create:
        before: Row = {"AccountID": new_id(), "Status": "ACTIVE", "EnablePaymentsToAccount": False}
    else:
        found = table.rows.get(row_id or body.get("AccountID", ""))
        if found is None:
            raise Invalid(faults.UNKNOWN_DOCUMENT)
        before = found
    change = {name: value for name, value in body.items() if name != "AccountID"}
    if not create and company.by_hand and "Type" in change:
        _check_retyped(before, change["Type"])
    elif not create:
        change = {name: value for name, value in change.items() if name not in FIXED}
    row = {**before, **change}
    _check_account(company, row)
    if row["Status"] != "ACTIVE" and row.get("SystemAccount") and not company.by_hand:
        raise Invalid("System accounts cannot be archived or deleted.")
    row.setdefault("TaxType", "NONE")
    if row["Type"] == "BANK":
        row.setdefault("CurrencyCode", company.home)
        row.setdefault("BankAccountType", "BANK")
    saved = company.save("Accounts", row)
    company.chart_account(saved)
    return str(saved["AccountID"])


def _check_retyped(before: Row, wanted: str) -> None:
    """In the web site an account takes another type, used or not; a bank and a system account do
    not (FACTS X29)."""
    if before.get("SystemAccount") or "BANK" in (before["Type"], wanted):
        raise Invalid("The type of this account cannot be changed.")


def _check_account(company: Company, row: Row) -> None:
    messages = []
    if row.get("Type") not in CLASSES:
        messages.append(f"Account Type '{row.get('Type', '')}' is not valid")
    if not row.get("Name"):
        messages.append("Account Name must be specified")
    if not row.get("Code") and row.get("Type") != "BANK":
        messages.append("Account Code must be specified")
    for key, label in (("code", "Code"), ("name", "Name")):
        value = row.get(label) or ""
        others = company.tables["Accounts"].having(key, value.casefold()) if value else []
        if any(o["AccountID"] != row["AccountID"] and o["Status"] != "DELETED" for o in others):
            messages.append(f"Please enter a unique {label}.")
    if row.get("TaxType") and row["TaxType"] not in company.tables["TaxRates"].rows:
        messages.append(faults.tax_unknown(row["TaxType"]))
    currency = row.get("CurrencyCode")
    if currency and currency not in (company.home, *company.currencies):
        messages.append(faults.no_currency(currency))
    if messages:
        raise Invalid(*messages)


def delete_account(company: Company, row_id: str) -> None:
    used = any(
        leg.account == row_id for legs in company.books.journal.entries.values() for leg in legs
    )
    if used:
        raise Invalid("The account is used and cannot be deleted; archive it.")
    write_account(company, {"Status": "DELETED"}, create=False, row_id=row_id)


def write_item(company: Company, body: Row, *, create: bool, row_id: str = "") -> str:
    """Create an item, or (POST) change the one with this id or code."""
    table = company.tables["Items"]
    code = body.get("Code") or ""
    holders = table.having("code", code.casefold()) if code else []
    before: Row | None = None
    if not create:
        wanted = row_id or body.get("ItemID", "")
        before = table.rows.get(wanted) if wanted else next(iter(holders), None)
        if wanted and before is None:
            raise Invalid(faults.UNKNOWN_DOCUMENT)
    if before is None:
        before = {"ItemID": new_id(), "IsSold": True, "IsPurchased": True}
    row = {**before, **{name: value for name, value in body.items() if name != "ItemID"}}
    if not row.get("Code"):
        raise Invalid("Price List Item Code must be supplied")
    if any(holder["ItemID"] != row["ItemID"] for holder in holders):
        raise Invalid(f"Price List Item with Code '{row['Code']}' already exists")
    for name in ("SalesDetails", "PurchaseDetails"):
        account = (row.get(name) or {}).get("AccountCode")
        if account and company.account({"Code": account}) is None:
            raise Invalid(faults.account_refused(account))
    return str(company.save("Items", row)["ItemID"])


def write_currency(company: Company, body: Row) -> str:
    """Subscribe to a currency, for good."""
    code = str(body.get("Code") or "").upper()
    if code not in CURRENCIES:
        raise Invalid(f"Currency code '{code}' is not valid")
    if not company.settings.multicurrency:
        raise Invalid("The organisation's plan does not include multiple currencies.")
    if code not in company.currencies and code != company.home:
        company.currencies.append(code)
    return code


def write_category(company: Company, body: Row, *, create: bool, row_id: str = "") -> str:
    """Create, rename, archive or delete a tracking category."""
    table = company.tables["TrackingCategories"]
    if create:
        before: Row = {"TrackingCategoryID": new_id(), "Status": "ACTIVE", "Options": []}
        active = [row for row in table.rows.values() if row["Status"] == "ACTIVE"]
        if len(active) >= ACTIVE_CATEGORIES:
            raise Invalid("You can have at most 2 active tracking categories.")
    else:
        before = table.rows[row_id]
    row = {**before, **{name: body[name] for name in ("Name", "Status") if body.get(name)}}
    if not row.get("Name"):
        raise Invalid("Tracking category name must be specified")
    for other in table.having("name", row["Name"].casefold()):
        if (
            other["TrackingCategoryID"] != row["TrackingCategoryID"]
            and other["Status"] != "DELETED"
        ):
            raise Invalid("A tracking category with this name exists already.")
    return str(company.save("TrackingCategories", row)["TrackingCategoryID"])


def write_option(company: Company, category_id: str, body: Row, option_id: str = "") -> Row:
    """Add an option to a tracking category, or change or delete one."""
    category = company.tables["TrackingCategories"].rows[category_id]
    options = [dict(option) for option in category["Options"]]
    if option_id:
        option = next((each for each in options if each["TrackingOptionID"] == option_id), None)
        if option is None:
            raise Invalid(faults.UNKNOWN_DOCUMENT)
    else:
        option = {"TrackingOptionID": new_id(), "Status": "ACTIVE"}
        options.append(option)
    option.update({name: body[name] for name in ("Name", "Status") if body.get(name)})
    if not option.get("Name"):
        raise Invalid("Tracking option name must be specified")
    same = [each for each in options if each["Name"].casefold() == option["Name"].casefold()]
    if len(same) > 1:
        raise Invalid("A tracking option with this name exists already.")
    company.save("TrackingCategories", {**category, "Options": options})
    return option


def tracking(company: Company, wanted: list[Row]) -> list[Row]:
    """Return the tracking of a line with ids and names; an unknown option is an error."""
    if len(wanted) > ACTIVE_CATEGORIES:
        raise Invalid("A line can have at most 2 tracking categories.")
    made = []
    for body in wanted:
        category = _category(company, body)
        option = next(
            (
                each
                for each in (category or {}).get("Options", ())
                if each["Status"] == "ACTIVE"
                and (
                    each["TrackingOptionID"] == body.get("TrackingOptionID")
                    or each["Name"].casefold() == str(body.get("Option") or "").casefold()
                )
            ),
            None,
        )
        if category is None or option is None:
            label = f"{body.get('Name', '')}/{body.get('Option', '')}"
            raise Invalid(f"The tracking option '{label}' does not exist or is not active.")
        made.append(
            {
                "Name": category["Name"],
                "Option": option["Name"],
                "TrackingCategoryID": category["TrackingCategoryID"],
                "TrackingOptionID": option["TrackingOptionID"],
            }
        )
    return made


def _category(company: Company, body: Row) -> Row | None:
    table = company.tables["TrackingCategories"]
    if body.get("TrackingCategoryID"):
        return table.rows.get(body["TrackingCategoryID"])
    found = table.having("name", str(body.get("Name") or "").casefold())
    return next((row for row in found if row["Status"] == "ACTIVE"), None)


def tax_allowed(company: Company, tax: Row, account: Row) -> bool:
    """Whether a tax rate may stand beside an account of this class."""
    return bool(tax[APPLIES[CLASSES[account["Type"]][0]]])


def tax_percent(company: Company, tax_type: str) -> Decimal:
    row = company.tables["TaxRates"].rows.get(tax_type)
    return row["EffectiveRate"] if row else ZERO
