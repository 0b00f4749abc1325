"""The demo organization: what a new one has, plus the accounts and items a lender adds."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.zoho import lists, people
from bridge.sandbox.zoho.organization import (
    BAD_DEBT,
    BANK_CHARGES,
    GAIN_LOSS,
    HOME,
    OTHER_CHARGES,
    RECEIVABLE,
    SALES,
    UNDEPOSITED,
    UNEARNED,
    Organization,
)

CURRENCIES = ((HOME, "$"), ("MXN", "$"), ("USD", "$"))
# name, type; what Zoho makes and does not let go
SYSTEM_ACCOUNTS = (
    (RECEIVABLE, "accounts_receivable"),
    ("Accounts Payable", "accounts_payable"),
    (UNDEPOSITED, "cash"),
    ("Petty Cash", "cash"),
    ("Advance Tax", "other_current_asset"),
    ("Prepaid Expenses", "other_current_asset"),
    ("Furniture and Equipment", "fixed_asset"),
    (UNEARNED, "other_current_liability"),
    ("Customer Advance", "other_current_liability"),
    ("Tax Payable", "other_current_liability"),
    ("Opening Balance Adjustments", "other_current_liability"),
    ("Owner's Equity", "equity"),
    ("Retained Earnings", "equity"),
    ("Opening Balance Offset", "equity"),
    (SALES, "income"),
    ("General Income", "income"),
    ("Interest Income", "income"),
    ("Late Fee Income", "income"),
    (OTHER_CHARGES, "income"),
    ("Discount", "income"),
    (BANK_CHARGES, "expense"),
    (BAD_DEBT, "expense"),
    (GAIN_LOSS, "other_expense"),
    ("Office Supplies", "expense"),
    ("Rent Expense", "expense"),
    ("Other Expenses", "expense"),
    ("Cost of Goods Sold", "cost_of_goods_sold"),
)
# code, name, type, currency; what the lender added
LENDER_ACCOUNTS = (
    ("1000", "Bank COP", "bank", HOME),
    ("1020", "Route cash Bogotá", "cash", HOME),
    ("1021", "Store cash", "cash", HOME),
    ("1022", "Nequi wallet", "cash", HOME),
    ("1030", "Bank MXN", "bank", "MXN"),
    ("1031", "Bank USD", "bank", "USD"),
    ("1310", "Loan clearing", "other_current_asset", HOME),
    ("1320", "Renewals clearing", "cash", HOME),
    ("2310", "Unearned interest", "other_current_liability", HOME),
    ("3000", "Opening balances", "equity", HOME),
    ("4090", "Discounts given", "income", HOME),
    ("4110", "Loan interest income", "income", HOME),
    ("4120", "Late fees", "income", HOME),
    ("4130", "Store sales", "income", HOME),
    ("6110", "Bad debts", "expense", HOME),
    ("7010", "Recovery of written-off loans", "other_income", HOME),
    ("1330", "Reversals clearing", "other_current_asset", HOME),
)
ITEMS = (
    ("Services", SALES),
    ("Loan principal", "Loan clearing"),
    ("Loan interest", "Loan interest income"),
    ("Late fee", "Late fees"),
    ("Store sales", "Store sales"),
    ("Bad debt write-off", "Bad debts"),
    ("Discount", "Discounts given"),
    ("Recovery", "Recovery of written-off loans"),
    ("Opening balance", "Opening balances"),
    ("Payment reversal", "Reversals clearing"),
    ("Unearned interest", "Unearned interest"),
)
# Invented, but near the samples: base currency units for one foreign unit.
RATES = {
    "USD": {"2025-01-01": "4409.15", "2026-01-02": "4105.30", "2026-11-20": "3987.45"},
    "MXN": {"2025-01-01": "212.55", "2026-01-02": "219.40", "2026-11-20": "216.73"},
}
CUSTOMER = "Cliente de ejemplo"


def open_organization(org: Organization) -> None:
    """Fill an empty organization; no transactions, so the trial balance is zero."""
    lag, org.settings.read_lag_s = org.settings.read_lag_s, 0
    org.by_hand = True
    for code, symbol in CURRENCIES:
        precision = org.settings.price_precision if code == HOME else 2
        lists.write_currency(
            org,
            {"currency_code": code, "currency_symbol": symbol, "price_precision": precision},
        )
    for name, kind in SYSTEM_ACCOUNTS:
        made = lists.write_account(org, {"account_name": name, "account_type": kind})
        org.put("accounts", {**made, "is_system_account": True})
    for code, name, kind, currency in LENDER_ACCOUNTS:
        body = {"account_code": code, "account_name": name, "account_type": kind}
        body["currency_id"] = org.currency_by_code(currency)["currency_id"]
        lists.write_account(org, body)
    org.receivable_id = org.account_named(RECEIVABLE)
    org.books.gain_loss = org.account_named(GAIN_LOSS)
    for name, account in ITEMS:
        item = {"name": name, "rate": Decimal(0), "product_type": "service"}
        lists.write_item(org, {**item, "account_id": org.account_named(account)})
    for code, known in RATES.items():
        currency_id = org.currency_by_code(code)["currency_id"]
        for day, rate in known.items():
            lists.write_rate(org, currency_id, {"effective_date": day, "rate": Decimal(rate)})
    people.create(org, {"contact_name": CUSTOMER})
    org.by_hand = False
    org.settings.read_lag_s = lag


def show_settings(org: Organization) -> None:
    """Let the base currency show the switch for its precision."""
    base = org.base_currency()
    if base["price_precision"] != org.settings.price_precision:
        org.put("currencies", {**base, "price_precision": org.settings.price_precision})
