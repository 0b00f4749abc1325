"""Which scope covers which resource, narrow and broad (FACTS X4)."""

from __future__ import annotations

from collections.abc import Collection

TRANSACTIONS = "accounting.transactions"
_INVOICES = ("Invoices", "CreditNotes", "Items")
_PAYMENTS = ("Payments", "BatchPayments", "Overpayments", "Prepayments")
COVERS = {
    "accounting.invoices": _INVOICES,
    "accounting.payments": _PAYMENTS,
    "accounting.banktransactions": ("BankTransactions",),
    "accounting.manualjournals": ("ManualJournals",),
    "accounting.settings": (
        "Accounts",
        "Currencies",
        "Items",
        "Organisation",
        "TaxRates",
        "TrackingCategories",
    ),
    "accounting.contacts": ("Contacts", "ContactGroups"),
    TRANSACTIONS: (*_INVOICES, *_PAYMENTS, "BankTransactions", "ManualJournals"),
}
REPORTS = {
    "AgedReceivablesByContact": "accounting.reports.aged.read",
    "TrialBalance": "accounting.reports.trialbalance.read",
    "BalanceSheet": "accounting.reports.balancesheet.read",
}
ALL_REPORTS = "accounting.reports.read"
BROAD = {TRANSACTIONS, f"{TRANSACTIONS}.read", ALL_REPORTS}
KNOWN = (
    {scope for scope in COVERS if scope != TRANSACTIONS}
    | {f"{scope}.read" for scope in COVERS if scope != TRANSACTIONS}
    | set(REPORTS.values())
    | {
        "offline_access",
        "openid",
        "profile",
        "email",
        "accounting.attachments",
        "accounting.attachments.read",
        "accounting.budgets.read",
        "accounting.reports.profitandloss.read",
        "accounting.reports.banksummary.read",
        "accounting.reports.budgetsummary.read",
        "accounting.reports.executivesummary.read",
        "accounting.reports.taxreports.read",
    }
)
FULL = " ".join(
    [
        "offline_access",
        *(scope for scope in COVERS if scope != TRANSACTIONS),
        *REPORTS.values(),
    ]
)


def allows(scopes: Collection[str], resource: str, *, reads: bool) -> bool:
    """Whether one of the scopes covers the resource; a report is named `Reports/…`.

    What does not exist needs no scope: it is told apart later.
    """
    if resource.startswith("Reports/"):
        wanted = REPORTS.get(resource[8:])
        return wanted is None or wanted in scopes or ALL_REPORTS in scopes
    if not any(resource in resources for resources in COVERS.values()):
        return True
    for scope, resources in COVERS.items():
        if resource in resources:
            # Creating an item with accounting.invoices alone was refused (FACTS X6).
            if resource == "Items" and not reads and scope != "accounting.settings":
                continue
            if scope in scopes or (reads and f"{scope}.read" in scopes):
                return True
    return False
