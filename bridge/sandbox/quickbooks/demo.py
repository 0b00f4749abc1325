"""The demo company: what a new user meets, plus the accounts and items a lender adds."""

from __future__ import annotations

from bridge.sandbox.quickbooks import people, taxes
from bridge.sandbox.quickbooks.company import RECEIVABLE, UNDEPOSITED, Company
from bridge.sandbox.quickbooks.lists import SUBTYPES
from bridge.sandbox.quickbooks.tables import Row
from bridge.sandbox.quickbooks.writing import write

REALM = "4620816365000000001"
NAME = "Crédito Fácil SAS"
HOME = "COP"
GAIN_LOSS = "ExchangeGainOrLoss"

# number, name, type, detail type, currency
ACCOUNTS = (
    ("1000", "Checking", "Bank", "Checking", HOME),
    ("1010", "Savings", "Bank", "Savings", HOME),
    ("1050", "Undeposited Funds", "Other Current Asset", UNDEPOSITED, HOME),
    ("1100", RECEIVABLE, "Accounts Receivable", "AccountsReceivable", HOME),
    ("1200", "Inventory Asset", "Other Current Asset", "Inventory", HOME),
    ("1250", "Prepaid Expenses", "Other Current Asset", "PrepaidExpenses", HOME),
    ("1500", "Furniture and Equipment", "Fixed Asset", "FurnitureAndFixtures", HOME),
    ("2000", "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable", HOME),
    ("2100", "Mastercard", "Credit Card", "CreditCard", HOME),
    ("2200", "Loan Payable", "Other Current Liability", "OtherCurrentLiabilities", HOME),
    ("2700", "Notes Payable", "Long Term Liability", "OtherLongTermLiabilities", HOME),
    ("3000", "Opening Balance Equity", "Equity", "OpeningBalanceEquity", HOME),
    ("3900", "Retained Earnings", "Equity", "RetainedEarnings", HOME),
    ("4000", "Sales", "Income", "SalesOfProductIncome", HOME),
    ("4010", "Services", "Income", "ServiceFeeIncome", HOME),
    ("4020", "Sales of Product Income", "Income", "SalesOfProductIncome", HOME),
    ("4090", "Discounts given", "Income", "DiscountsRefundsGiven", HOME),
    ("4095", "Unapplied Cash Payment Income", "Income", "UnappliedCashPaymentIncome", HOME),
    ("5000", "Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs", HOME),
    ("6000", "Advertising", "Expense", "AdvertisingPromotional", HOME),
    ("6010", "Bank Charges", "Expense", "BankCharges", HOME),
    ("6020", "Office Expenses", "Expense", "OfficeGeneralAdministrativeExpenses", HOME),
    ("6030", "Rent or Lease", "Expense", "RentOrLeaseOfBuildings", HOME),
    ("6040", "Utilities", "Expense", "Utilities", HOME),
    ("8000", "Miscellaneous", "Other Expense", "OtherMiscellaneousExpense", HOME),
    ("8100", "Exchange Gain or Loss", "Other Expense", GAIN_LOSS, HOME),
    ("1310", "Loan clearing", "Other Current Asset", "LoansToOthers", HOME),
    ("1320", "Renewals clearing", "Other Current Asset", "LoansToOthers", HOME),
    ("1020", "Route cash Bogotá", "Bank", "CashOnHand", HOME),
    ("1021", "Store cash", "Bank", "CashOnHand", HOME),
    ("1022", "Nequi wallet", "Bank", "CashOnHand", HOME),
    ("1030", "Bank MXN", "Bank", "Checking", "MXN"),
    ("1031", "Bank USD", "Bank", "Checking", "USD"),
    ("2310", "Unearned interest", "Other Current Liability", "OtherCurrentLiabilities", HOME),
    ("4110", "Interest income", "Income", "OtherPrimaryIncome", HOME),
    ("4120", "Late fees", "Income", "ServiceFeeIncome", HOME),
    ("4130", "Store sales", "Income", "SalesOfProductIncome", HOME),
    ("6110", "Bad debts", "Expense", "BadDebts", HOME),
    ("7010", "Recovery of written-off loans", "Other Income", "OtherMiscellaneousIncome", HOME),
    ("1330", "Reversals clearing", "Other Current Asset", "OtherCurrentAssets", HOME),
)
ITEMS = (
    ("Services", "Services"),
    ("Loan principal", "Loan clearing"),
    ("Loan interest", "Interest income"),
    ("Late fee", "Late fees"),
    ("Store sales", "Store sales"),
    ("Bad debt write-off", "Bad debts"),
    ("Discount", "Discounts given"),
    ("Recovery", "Recovery of written-off loans"),
    ("Opening balance", "Opening Balance Equity"),
    ("Payment reversal", "Reversals clearing"),
    ("Unearned interest", "Unearned interest"),
)
CURRENCIES = ("MXN", "USD")
TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
METHODS = ("Cash", "Check", "Visa", "Transfer", "Nequi")
# Invented, but near the samples: home units for one foreign unit.
RATES = {
    "USD": {"2025-01-01": "4409.15", "2026-01-02": "4105.30", "2026-11-20": "3987.45"},
    "MXN": {"2025-01-01": "212.55", "2026-01-02": "219.40", "2026-11-20": "216.73"},
}


def open_company(company: Company) -> None:
    """Fill an empty company; no transactions, so the trial balance is zero."""
    company.by_hand = True
    _preferences(company)
    _info(company)
    for code in CURRENCIES:
        write(company, "CompanyCurrency", "create", {"Code": code})
    for number, name, kind, detail, currency in ACCOUNTS:
        row: Row = {
            "Name": name,
            "AcctNum": number,
            "AccountType": kind,
            "AccountSubType": detail or SUBTYPES[kind],
            "CurrencyRef": company.currency_reference(currency),
        }
        made = company.add_account(row)
        if name == RECEIVABLE:
            company.receivables[HOME] = made["Id"]
    company.books.gain_loss = company.account_of(GAIN_LOSS)
    accounts = {row["Name"]: row["Id"] for row in company.tables["Account"].rows.values()}
    for name, account in ITEMS:
        body: Row = {
            "Name": name,
            "Type": "Service",
            "IncomeAccountRef": {"value": accounts[account]},
        }
        write(company, "Item", "create", body)
    for name, days in TERMS:
        write(company, "Term", "create", {"Name": name, "DueDays": days})
    for name in METHODS:
        write(company, "PaymentMethod", "create", {"Name": name})
    for row_id, name in taxes.PSEUDO:
        company.save_row(
            "TaxCode",
            {"Id": row_id, "Name": row_id, "Description": name, "Active": True, "Hidden": False},
        )
    write(company, "Customer", "create", {"DisplayName": "Amy's Bird Sanctuary"})
    write(company, "Vendor", "create", {"DisplayName": "Books by Bessie"})
    people.index(company)
    company.rates = {code: dict(known) for code, known in RATES.items()}
    company.sequences["transaction"] = 100
    company.by_hand = False


def _info(company: Company) -> None:
    stamp = company.stamp(company.now_s())
    address = {"Id": "1", "Line1": "Carrera 7 71-21", "City": "Bogotá", "Country": "COL"}
    company.info = {
        "CompanyName": NAME,
        "LegalName": NAME,
        "CompanyAddr": address,
        "CustomerCommunicationAddr": address,
        "LegalAddr": address,
        "PrimaryPhone": {},
        "CompanyStartDate": "2025-01-01",
        "FiscalYearStartMonth": "January",
        "Country": company.settings.country,
        "Email": {"Address": "contabilidad@creditofacil.example"},
        "WebAddr": {},
        "SupportedLanguages": "en",
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "SubscriptionStatus", "Value": "PAID"},
            {"Name": "ItemCategoriesFeature", "Value": "true"},
        ],
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "0",
        "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
    }


def _preferences(company: Company) -> None:
    settings, stamp = company.settings, company.stamp(company.now_s())
    company.preferences = {
        "AccountingInfoPrefs": {
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": True,
            "TrackDepartments": True,
            "FirstMonthOfFiscalYear": "January",
            "UseAccountNumbers": True,
            "TaxForm": "6",
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {"ForSales": True, "ForPurchase": True},
        "SalesFormsPrefs": {
            "CustomTxnNumbers": settings.custom_txn_numbers,
            "AllowDeposit": True,
            "AllowDiscount": True,
            "AutoApplyCredit": settings.auto_apply_credit,
            "AutoApplyPayments": settings.auto_apply_payments,
            "DefaultTerms": {"value": "3"},
        },
        "TaxPrefs": {"UsingSalesTax": False, "PartnerTaxEnabled": False},
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": settings.multicurrency,
            "HomeCurrency": {"value": HOME},
        },
        "ReportPrefs": {"ReportBasis": "Accrual"},
        "OtherPrefs": {"NameValue": [{"Name": "SalesFormsPrefs.DefaultCustomerMessage"}]},
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "0",
        "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
    }


def show_settings(company: Company) -> None:
    """Let the preferences show the switches that stand for company settings."""
    settings = company.settings
    forms = company.preferences["SalesFormsPrefs"]
    forms["CustomTxnNumbers"] = settings.custom_txn_numbers
    forms["AutoApplyCredit"] = settings.auto_apply_credit
    forms["AutoApplyPayments"] = settings.auto_apply_payments
    company.preferences["CurrencyPrefs"]["MultiCurrencyEnabled"] = settings.multicurrency
    company.info["Country"] = settings.country
    taxes.show(company)
