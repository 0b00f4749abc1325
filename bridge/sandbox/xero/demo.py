"""The demo organisation: Xero's Demo Company, Colombian, plus the accounts a lender adds."""

from __future__ import annotations

from decimal import Decimal

from bridge.sandbox.books.amounts import ZERO
from bridge.sandbox.xero import contacts, lists
from bridge.sandbox.xero.company import Company
from bridge.sandbox.xero.tables import Row

TENANT = "70784a63-0000-4000-8000-000000000001"
CONNECTION = "e1eede29-0000-4000-8000-000000000001"
APP = "Ledger bridge sandbox"
NAME = "Crédito Fácil SAS"
HOME = "COP"
CURRENCIES = ("MXN", "USD")
PAYABLE = "+"
LENDER = "00000000-0000-4000-9000-"

# code, name, type, tax type, currency, system account ("+": payments are enabled)
ACCOUNTS = (
    ("090", "Business Bank Account", "BANK", "NONE", HOME, ""),
    ("091", "Business Savings Account", "BANK", "NONE", HOME, ""),
    ("200", "Sales", "REVENUE", "OUTPUT", "", ""),
    ("260", "Other Revenue", "REVENUE", "OUTPUT", "", ""),
    ("270", "Interest Income", "REVENUE", "NONE", "", ""),
    ("310", "Cost of Goods Sold", "DIRECTCOSTS", "INPUT", "", ""),
    ("400", "Advertising", "EXPENSE", "INPUT", "", ""),
    ("404", "Bank Fees", "EXPENSE", "NONE", "", ""),
    ("429", "General Expenses", "EXPENSE", "INPUT", "", ""),
    ("453", "Office Expenses", "EXPENSE", "INPUT", "", ""),
    ("469", "Rent", "EXPENSE", "INPUT", "", ""),
    ("477", "Salaries", "EXPENSE", "NONE", "", ""),
    ("489", "Telephone & Internet", "EXPENSE", "INPUT", "", ""),
    ("497", "Bank Revaluations", "EXPENSE", "NONE", "", "BANKCURRENCYGAIN"),
    ("498", "Unrealised Currency Gains", "EXPENSE", "NONE", "", "UNREALISEDCURRENCYGAIN"),
    ("499", "Realised Currency Gains", "EXPENSE", "NONE", "", "REALISEDCURRENCYGAIN"),
    ("610", "Accounts Receivable", "CURRENT", "NONE", "", "DEBTORS"),
    ("620", "Prepayments", "CURRENT", "NONE", "", ""),
    ("630", "Inventory", "INVENTORY", "NONE", "", ""),
    ("710", "Office Equipment", "FIXED", "INPUT", "", ""),
    ("800", "Accounts Payable", "CURRLIAB", "NONE", "", "CREDITORS"),
    ("820", "Sales Tax", "CURRLIAB", "NONE", "", "GST"),
    ("835", "Owner A Funds Introduced", "EQUITY", "NONE", "", ""),
    ("840", "Historical Adjustment", "CURRLIAB", "NONE", "", "HISTORICAL"),
    ("860", "Rounding", "CURRLIAB", "NONE", "", "ROUNDING"),
    ("877", "Tracking Transfers", "CURRLIAB", "NONE", "", "TRACKINGTRANSFERS"),
    ("900", "Loan", "TERMLIAB", "NONE", "", ""),
    ("960", "Retained Earnings", "EQUITY", "NONE", "", "RETAINEDEARNINGS"),
    ("970", "Owner A Share Capital", "EQUITY", "NONE", "", ""),
    ("092", "Nequi wallet", "BANK", "NONE", HOME, ""),
    ("093", "Bank MXN", "BANK", "NONE", "MXN", ""),
    ("094", "Bank USD", "BANK", "NONE", "USD", ""),
    ("271", "Late fees", "REVENUE", "NONE", "", ""),
    ("272", "Store sales", "REVENUE", "NONE", "", ""),
    ("273", "Recovery of written-off loans", "OTHERINCOME", "NONE", "", ""),
    ("274", "Discounts given", "REVENUE", "NONE", "", ""),
    ("460", "Bad debts", "EXPENSE", "NONE", "", ""),
    ("640", "Loan clearing", "CURRENT", "NONE", "", ""),
    ("641", "Renewals clearing", "CURRENT", "NONE", "", PAYABLE),
    ("650", "Route cash Bogotá", "CURRENT", "NONE", "", PAYABLE),
    ("651", "Store cash", "CURRENT", "NONE", "", PAYABLE),
    ("850", "Unearned interest", "CURRLIAB", "NONE", "", ""),
    ("980", "Opening Balance Equity", "EQUITY", "NONE", "", ""),
    ("642", "Reversals clearing", "CURRENT", "NONE", "", ""),
)
# name, type, percent
TAX_RATES = (
    ("Tax on Sales", "OUTPUT", "19"),
    ("Tax on Purchases", "INPUT", "19"),
    ("Sales Tax on Imports", "GSTONIMPORTS", "0"),
    ("Tax Exempt", "NONE", "0"),
)
BALANCE_SHEET = ("NONE", "INPUT")
# Invented, but near the samples: base units for one foreign unit.
RATES = {
    "USD": {"2025-01-01": "4409.15", "2026-01-02": "4105.30", "2026-11-20": "3987.45"},
    "MXN": {"2025-01-01": "212.55", "2026-01-02": "219.40", "2026-11-20": "216.73"},
}


def open_company(company: Company) -> None:
    """Fill an empty organisation; no transactions, so the trial balance is zero."""
    company.by_hand = True
    _organisation(company)
    company.currencies = list(CURRENCIES)
    company.rates = {code: dict(known) for code, known in RATES.items()}
    for name, tax_type, percent in TAX_RATES:
        company.save("TaxRates", _tax_rate(name, tax_type, percent))
    for number, (code, name, kind, tax, currency, system) in enumerate(ACCOUNTS, 1):
        row: Row = {
            "AccountID": f"{LENDER}{number:012d}",
            "Code": code,
            "Name": name,
            "Type": kind,
            "Status": "ACTIVE",
            "TaxType": tax,
            "EnablePaymentsToAccount": system == PAYABLE,
        }
        if currency:
            row.update(CurrencyCode=currency, BankAccountType="BANK", BankAccountNumber=f"0{code}")
        if system not in ("", PAYABLE):
            row["SystemAccount"] = system
        company.chart_account(company.save("Accounts", row))
        if system == "DEBTORS":
            company.receivable_id = row["AccountID"]
        elif system == "GST":
            company.tax_account_id = row["AccountID"]
        elif system == "REALISEDCURRENCYGAIN":
            company.books.gain_loss = row["AccountID"]
    contacts.write(
        company, {"Name": "Basket Case", "EmailAddress": "shop@basket.example"}, create=True
    )
    contacts.write(company, {"Name": "City Limousines"}, create=True)
    lists.write_item(
        company, _item("BOOK", "Fish out of Water: Finding Your Brand", "200"), create=True
    )
    category = lists.write_category(company, {"Name": "Region"}, create=True)
    for name in ("Bogotá", "Medellín", "Cali"):
        lists.write_option(company, category, {"Name": name})
    company.by_hand = False
    company.begin()


def _item(code: str, name: str, account: str) -> Row:
    price = {"UnitPrice": Decimal("19.95"), "AccountCode": account, "TaxType": "OUTPUT"}
    return {"Code": code, "Name": name, "Description": name, "SalesDetails": price}


def _tax_rate(name: str, tax_type: str, percent: str) -> Row:
    both = tax_type in BALANCE_SHEET
    rate = Decimal(percent)
    return {
        "Name": name,
        "TaxType": tax_type,
        "ReportTaxType": tax_type,
        "Status": "ACTIVE",
        "CanApplyToAssets": both,
        "CanApplyToEquity": both,
        "CanApplyToExpenses": both or tax_type == "GSTONIMPORTS",
        "CanApplyToLiabilities": both,
        "CanApplyToRevenue": tax_type in ("NONE", "OUTPUT"),
        "EffectiveRate": rate or ZERO,
    }


def _organisation(company: Company) -> None:
    company.organisation = {
        "Name": NAME,
        "LegalName": NAME,
        "PaysTax": True,
        "Version": "GLOBAL",
        "OrganisationType": "COMPANY",
        "BaseCurrency": HOME,
        "CountryCode": "CO",
        "IsDemoCompany": True,
        "OrganisationStatus": "ACTIVE",
        "TaxNumber": "900.123.456-7",
        "FinancialYearEndDay": 31,
        "FinancialYearEndMonth": 12,
        "SalesTaxBasis": "ACCRUALS",
        "SalesTaxPeriod": "2MONTHLY",
        "DefaultSalesTax": "Based on sales tax rates",
        "DefaultPurchasesTax": "Based on sales tax rates",
        "Timezone": "SAPACIFICSTANDARDTIME",
        "ShortCode": "!Cf4cl",
        "OrganisationEntityType": "COMPANY",
        "OrganisationID": TENANT,
        "Edition": "BUSINESS",
        "Class": "DEMO",
        "_created": company.now_ms(),
    }
