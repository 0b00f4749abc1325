"""Accounts, items and the small lists: classes, departments, terms, payment methods, currencies."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.quickbooks import faults
from bridge.sandbox.quickbooks.company import CURRENCY_NAMES, GROUPS, Company, reference_id
from bridge.sandbox.quickbooks.people import DELETED
from bridge.sandbox.quickbooks.tables import Row

SUBTYPES = {
    "Bank": "Checking",
    "Accounts Receivable": "AccountsReceivable",
    "Other Current Asset": "OtherCurrentAssets",
    "Fixed Asset": "OtherFixedAssets",
    "Other Asset": "OtherLongTermAssets",
    "Accounts Payable": "AccountsPayable",
    "Credit Card": "CreditCard",
    "Other Current Liability": "OtherCurrentLiabilities",
    "Long Term Liability": "OtherLongTermLiabilities",
    "Equity": "OpeningBalanceEquity",
    "Income": "SalesOfProductIncome",
    "Cost of Goods Sold": "SuppliesMaterialsCogs",
    "Expense": "OtherMiscellaneousServiceCost",
    "Other Income": "OtherMiscellaneousIncome",
    "Other Expense": "OtherMiscellaneousExpense",
}
TYPES = {
    **{subtype: kind for kind, subtype in SUBTYPES.items()},
    "CashOnHand": "Bank",
    "Savings": "Bank",
    "LoansToOthers": "Other Current Asset",
    "AllowanceForBadDebts": "Other Current Asset",
    "UndepositedFunds": "Other Current Asset",
    "BadDebts": "Expense",
    "InterestEarned": "Other Income",
    "OtherInvestmentIncome": "Other Income",
    "ServiceFeeIncome": "Income",
    "OtherPrimaryIncome": "Income",
    "DiscountsRefundsGiven": "Income",
    "TrustAccountsLiabilities": "Other Current Liability",
    "ExchangeGainOrLoss": "Other Expense",
    "UnappliedCashPaymentIncome": "Income",
}
FOREIGN_TYPES = ("Bank", "Credit Card", "Accounts Receivable", "Accounts Payable")
CLASSIFICATIONS = {"income": "Revenue"}
ITEM_TYPES = ("Service", "NonInventory")
CONTROL = ("Accounts Receivable", "Accounts Payable")


def build_account(company: Company, row: Row, before: Row | None) -> Row:
    """Check an account and complete it; nothing is changed yet."""
    _named(company, "Account", row, before)
    if '"' in row["Name"] or ":" in row["Name"]:
        raise faults.business('Account names must not contain a colon (:) or a quote (").', "Name")
    kind, subtype = row.get("AccountType"), row.get("AccountSubType")
    if not kind and not subtype:
        raise faults.missing("AccountType")
    kind = kind or TYPES.get(str(subtype))
    if kind not in GROUPS:
        raise faults.bad_enumeration("AccountType", kind or subtype)
    row["AccountType"], row["AccountSubType"] = kind, subtype or SUBTYPES[str(kind)]
    _account_number(company, row)
    currency = (row.get("CurrencyRef") or {}).get("value") or (
        before["CurrencyRef"]["value"] if before else company.home
    )
    if before and currency != before["CurrencyRef"]["value"]:
        raise faults.business("The currency of an account can't be changed.", "CurrencyRef")
    if currency != company.home and kind not in FOREIGN_TYPES:
        raise faults.business("This type of account must be in your home currency.", "CurrencyRef")
    row["CurrencyRef"] = company.currency_reference(currency)
    if row.get("ParentRef"):
        parent = company.referred("Account", row["ParentRef"], "ParentRef")
        row["ParentRef"] = {"value": parent["Id"]}
    return row


def render_account(company: Company, row: Row) -> Row:
    account = company.books.chart[row["Id"]]
    balance = Decimal(0)
    if account.group in ("asset", "liability", "equity"):
        balance = company.books.account_balance(account)
    return {
        **row,
        "domain": "QBO",
        "sparse": False,
        "SubAccount": bool(row.get("ParentRef")),
        "FullyQualifiedName": _full_name(company, "Account", row),
        "Classification": CLASSIFICATIONS.get(account.group, account.group.capitalize()),
        "CurrentBalance": balance,
        "CurrentBalanceWithSubAccounts": balance,
    }


def build_item(company: Company, row: Row, before: Row | None) -> Row:
    """Check an item and complete it; nothing is changed yet."""
    _named(company, "Item", row, before)
    if not row.get("Type"):
        raise faults.missing("Type")
    if row["Type"] not in ITEM_TYPES:
        raise faults.bad_enumeration("Type", row["Type"])
    if not row.get("IncomeAccountRef"):
        raise faults.missing("IncomeAccountRef")
    account = company.referred("Account", row["IncomeAccountRef"], "IncomeAccountRef")
    income = account["AccountType"] in ("Income", "Other Income")
    asset_ok = company.settings.asset_account_on_service_item == "accept" or company.by_hand
    if account["AccountType"] in CONTROL or not (income or asset_ok):
        raise faults.wrong_account_type("IncomeAccountRef")
    row["IncomeAccountRef"] = {"value": account["Id"], "name": account["Name"]}
    for name, value in (("Taxable", False), ("UnitPrice", 0), ("TrackQtyOnHand", False)):
        row.setdefault(name, value)
    return row


def build_named(company: Company, entity: str, row: Row, before: Row | None) -> Row:
    """Check a class, department, term or payment method."""
    _named(company, entity, row, before)
    if row.get("ParentRef"):
        parent = company.referred(entity, row["ParentRef"], "ParentRef")
        row["ParentRef"] = {"value": parent["Id"]}
    if entity == "Term":
        row.setdefault("Type", "STANDARD" if "DueDays" in row else "DATE_DRIVEN")
    if entity == "PaymentMethod":
        row.setdefault("Type", "NON_CREDIT_CARD")
    return row


def render_named(company: Company, entity: str, row: Row) -> Row:
    shown = {**row, "domain": "QBO", "sparse": False}
    if entity in ("Class", "Department", "Item"):
        shown["FullyQualifiedName"] = _full_name(company, entity, row)
        if entity != "Item":
            shown[f"Sub{entity}"] = bool(row.get("ParentRef"))
    return shown


def build_currency(company: Company, row: Row, before: Row | None) -> Row:
    code = str(row.get("Code") or (before or {}).get("Code") or "")
    if not code:
        raise faults.missing("Code")
    if not company.settings.multicurrency:
        raise faults.business("Multicurrency is not enabled for this company.")
    if len(code) != 3 or not code.isalpha() or not code.isupper():
        raise faults.bad_enumeration("Code", code)
    for other in company.tables["CompanyCurrency"].rows.values():
        if other["Code"] == code and other["Id"] != row.get("Id"):
            raise faults.duplicate_name(of_a_person=False)
    row.update(Code=code, Name=CURRENCY_NAMES.get(code, code))
    row.setdefault("Active", True)
    return row


def read_rate(company: Company, code: str, day: str) -> Row:
    """Return the rate of a day: home units for one foreign unit."""
    if not code:
        raise faults.missing("SourceCurrencyCode")
    known = {row["Code"] for row in company.tables["CompanyCurrency"].rows.values()}
    if code not in known and code != company.home:
        raise faults.not_found("SourceCurrencyCode")
    since, rate = company.rate_on(code, day)
    return {
        "SyncToken": "0",
        "domain": "QBO",
        "AsOfDate": day,
        "SourceCurrencyCode": code,
        "Rate": rate,
        "sparse": False,
        "TargetCurrencyCode": company.home,
        "MetaData": {"LastUpdatedTime": f"{since}T00:00:00-05:00"},
    }


def write_rate(company: Company, row: Row) -> Row:
    needed = [name for name in ("SourceCurrencyCode", "Rate", "AsOfDate") if not row.get(name)]
    if needed:
        raise faults.missing(*needed)
    code = str(row["SourceCurrencyCode"])
    if code == company.home:
        raise faults.business("The exchange rate of the home currency can't be changed.")
    company.rates.setdefault(code, {})[row["AsOfDate"]] = str(row["Rate"])
    return read_rate(company, code, row["AsOfDate"])


def _named(company: Company, entity: str, row: Row, before: Row | None) -> None:
    """Settle the name: needed, unique in its list, marked when inactive."""
    if not row.get("Name"):
        raise faults.missing("Name")
    row.setdefault("Active", before["Active"] if before else True)
    name = str(row["Name"]).strip()
    if not row["Active"] and not name.endswith(DELETED):
        name += DELETED
    elif row["Active"] and before and not before["Active"]:
        name = name.removesuffix(DELETED)
    row["Name"] = name
    parent = reference_id(row.get("ParentRef"), "ParentRef")
    for other in company.tables[entity].ids("Name", name):
        same_parent = reference_id(company.tables[entity].rows[other].get("ParentRef"), "ParentRef")
        if other != row.get("Id") and same_parent == parent:
            raise faults.duplicate_name(of_a_person=False)


def _account_number(company: Company, row: Row) -> None:
    number, longest = str(row.get("AcctNum") or ""), company.settings.account_number_length
    if len(number) > longest:
        raise faults.Refused([faults.wrong_length("AcctNum", longest, len(number))])
    if ":" in number:
        raise faults.business("Account numbers must not contain a colon (:).", "AcctNum")


def _full_name(company: Company, entity: str, row: Row) -> str:
    names = [str(row["Name"])]
    while row.get("ParentRef") and len(names) < 5:
        row = company.tables[entity].rows[row["ParentRef"]["value"]]
        names.append(str(row["Name"]))
    return ":".join(reversed(names))
