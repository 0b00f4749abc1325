"""The values that each entity's properties may hold and which of them a query may name.

By Intuit's schema (FACTS Q5) and what was refused in the field (FACTS Q15, Q25).
"""

from __future__ import annotations

from bridge.sandbox.quickbooks.properties import PROPERTIES

TRANSACTIONS = (
    "Invoice",
    "CreditMemo",
    "SalesReceipt",
    "RefundReceipt",
    "Payment",
    "JournalEntry",
    "Deposit",
)
SALES = ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt")
PEOPLE = ("Customer", "Vendor", "Employee")
LISTS = ("Class", "Department", "Term", "PaymentMethod")
ENTITIES = (
    *TRANSACTIONS,
    *PEOPLE,
    *LISTS,
    "Account",
    "Item",
    "TaxCode",
    "CompanyCurrency",
    "ExchangeRate",
    "CompanyInfo",
    "Preferences",
)
BY_PATH = {name.lower(): name for name in ENTITIES}
READ_ONLY_ENTITIES = ("TaxCode", "CompanyInfo", "Preferences")
NOT_IN_CDC = ("JournalCode", "TimeActivity", "TaxAgency", "TaxCode", "TaxRate")

VOID_BY_OPERATION = ("Invoice",)
VOID_BY_INCLUDE = ("Invoice", "Payment", "SalesReceipt")
DELETABLE = TRANSACTIONS

COMPUTED = {
    "MetaData",
    "HomeTotalAmt",
    "HomeBalance",
    "Balance",
    "BalanceWithJobs",
    "RemainingCredit",
    "UnappliedAmt",
    "FullyQualifiedName",
    "Level",
    "IsProject",
    "InvoiceLink",
    "DeliveryInfo",
    "FreeFormAddress",
    "CurrentBalance",
    "CurrentBalanceWithSubAccounts",
    "Classification",
    "SubAccount",
    "OverDueBalance",
    "domain",
    "sparse",
    "status",
    "OpenBalanceDate",
}

LENGTHS: dict[str, dict[str, int]] = {
    "*": {"PrivateNote": 4000, "DocNumber": 21, "PaymentRefNum": 21},
    "Line": {"Description": 4000},
    "Customer": {
        "DisplayName": 500,
        "GivenName": 100,
        "MiddleName": 100,
        "FamilyName": 100,
        "CompanyName": 100,
        "Title": 16,
        "Suffix": 16,
        "PrintOnCheckName": 110,
        "Notes": 2000,
    },
    "Item": {"Name": 100, "Sku": 100, "Description": 4000},
    "Account": {"Name": 100, "Description": 100},
    "Class": {"Name": 100},
    "Department": {"Name": 100},
    "Term": {"Name": 31},
    "PaymentMethod": {"Name": 15},
}
LENGTHS["Vendor"] = LENGTHS["Employee"] = LENGTHS["Customer"]
ADDRESS_LINE = 500
ADDRESS_LINES = 2000
EMAIL = 100
PHONE = 30
MEMO = 1000

NUMBERS = frozenset(
    [
        "ExchangeRate",
        "TotalAmt",
        "Balance",
        "Deposit",
        "Amount",
        "UnitPrice",
        "Qty",
        "DiscountRate",
        "DiscountAmt",
        "DiscountPercent",
        "HomeTotalAmt",
        "HomeBalance",
        "UnappliedAmt",
        "RemainingCredit",
        "PurchaseCost",
        "Rate",
        "DueDays",
        "OpeningBalance",
        "CreditLimit",
        "CurrentBalance",
        "BalanceWithJobs",
        "DiscountDays",
        "LineNum",
        "DayOfMonthDue",
        "DueNextMonthDays",
        "TaxInclusiveAmt",
    ]
)
DATES = frozenset(
    ["TxnDate", "DueDate", "ShipDate", "OpenBalanceDate", "OpeningBalanceDate", "AsOfDate"]
)
BOOLEANS = frozenset(
    ["Active", "Job", "Taxable", "ApplyTaxAfterDiscount", "BillWithParent", "Adjustment"]
)

_STAMPS = {"MetaData.CreateTime": "time", "MetaData.LastUpdatedTime": "time"}
_NAMED = {"Id": "id", "Name": "text", "Active": "bool", "FullyQualifiedName": "text", **_STAMPS}
_PERSON = {
    "Id": "id",
    "DisplayName": "text",
    "GivenName": "text",
    "FamilyName": "text",
    "CompanyName": "text",
    "Active": "bool",
    "Balance": "number",
    "PrimaryEmailAddr": "text",
    "PrintOnCheckName": "text",
    **_STAMPS,
}
_DATED = {"Id": "id", "TxnDate": "date", **_STAMPS}
_OF_CUSTOMER = {**_DATED, "CustomerRef": "ref", "ProjectRef": "ref"}
_NUMBERED = {**_OF_CUSTOMER, "DocNumber": "text"}

QUERYABLE: dict[str, dict[str, str]] = {
    "Customer": {**_PERSON, "FullyQualifiedName": "text"},
    "Vendor": _PERSON,
    "Employee": {key: kind for key, kind in _PERSON.items() if key != "Balance"},
    "Item": {**_NAMED, "Type": "text", "Sku": "text"},
    "Account": {
        **_NAMED,
        "AccountType": "text",
        "AccountSubType": "text",
        "Classification": "text",
        "CurrentBalance": "number",
        "Description": "text",
        "SubAccount": "bool",
        "ParentRef": "ref",
    },
    "Invoice": {
        **_NUMBERED,
        "SalesTermRef": "ref",
        "DueDate": "date",
        "Balance": "number",
        "TotalAmt": "number",
    },
    "CreditMemo": {**_NUMBERED, "SalesTermRef": "ref", "TotalAmt": "number"},
    "SalesReceipt": {**_NUMBERED, "TotalAmt": "number", "DepositToAccountRef": "ref"},
    "RefundReceipt": {**_NUMBERED, "TotalAmt": "number"},
    "Payment": {**_OF_CUSTOMER, "PaymentRefNum": "text", "TotalAmt": "number"},
    "JournalEntry": {**_DATED, "DocNumber": "text"},
    "Deposit": {**_DATED, "DocNumber": "text"},
    "Class": _NAMED,
    "Department": _NAMED,
    "Term": {key: kind for key, kind in _NAMED.items() if key != "FullyQualifiedName"},
    "PaymentMethod": {key: kind for key, kind in _NAMED.items() if key != "FullyQualifiedName"},
    "TaxCode": {key: kind for key, kind in _NAMED.items() if key != "FullyQualifiedName"},
    "CompanyCurrency": {"Id": "id", "Code": "text", "Name": "text", "Active": "bool", **_STAMPS},
    "ExchangeRate": {"SourceCurrencyCode": "text", "AsOfDate": "date"},
    "CompanyInfo": {"Id": "id", **_STAMPS},
    "Preferences": {"Id": "id", **_STAMPS},
}

INDEXED = {
    "Customer": ("DisplayName",),
    "Vendor": ("DisplayName",),
    "Employee": ("DisplayName",),
    "Item": ("Name",),
    "Account": ("Name",),
    "Invoice": ("DocNumber", "CustomerRef"),
    "CreditMemo": ("DocNumber", "CustomerRef"),
    "SalesReceipt": ("DocNumber", "CustomerRef"),
    "RefundReceipt": ("DocNumber", "CustomerRef"),
    "Payment": ("PaymentRefNum", "CustomerRef"),
    "JournalEntry": ("DocNumber",),
    "Deposit": ("DocNumber",),
}
for _name in LISTS:
    INDEXED[_name] = ("Name",)

BY_PROPERTY = {
    entity: {name.lower(): name for name in names}
    | {name.lower(): name for name in ("MetaData.CreateTime", "MetaData.LastUpdatedTime")}
    for entity, names in PROPERTIES.items()
}
