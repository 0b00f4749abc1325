"""Which lists there are and what each can be asked. Last verified 2026-11-20."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_PAGE = 200

Filters = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Listing:
    """The questions that a list can be asked. The names of texts are found loosely, of exact ones
    exactly."""

    table: str
    report: str
    texts: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    filters: Filters | None = None
    searched: tuple[str, ...] = ()
    """What search_text looks at; empty: all texts."""
    modified: bool = False
    fields: bool = False
    entity: str = ""


INVOICE_FILTERS: Filters = {
    "Status.All": (),
    "Status.Draft": ("draft",),
    "Status.Sent": ("sent",),
    "Status.OverDue": ("overdue",),
    "Status.Paid": ("paid",),
    "Status.PartiallyPaid": ("partially_paid",),
    "Status.Void": ("void",),
    "Status.Unpaid": ("sent", "overdue", "partially_paid"),
    "Status.Viewed": ("viewed",),
    "Date.PaymentExpectedDate": (),
}
CREDIT_FILTERS: Filters = {
    "Status.All": (),
    "Status.Open": ("open",),
    "Status.Draft": ("draft",),
    "Status.Closed": ("closed",),
    "Status.Void": ("void",),
}
CONTACT_FILTERS: Filters = {
    "Status.All": (),
    "Status.Active": ("active",),
    "Status.Inactive": ("inactive",),
    "Status.Customers": ("customer",),
    "Status.Vendors": ("vendor",),
    "Status.Duplicate": ("duplicate",),
    "Status.Crm": ("crm",),
    "Status.PortalEnabled": ("portal",),
    "Status.PortalDisabled": (),
    "Invoice.OverDue": (),
    "Invoice.Unpaid": (),
    "Status.CreditLimitExceed": (),
}
ACTIVE_FILTERS: Filters = {
    "Status.All": (),
    "Status.Active": ("active",),
    "Status.Inactive": ("inactive",),
}
ACCOUNT_FILTERS: Filters = {
    "AccountType.All": (),
    "AccountType.Active": ("active",),
    "AccountType.Inactive": ("inactive",),
    "AccountType.Asset": ("asset",),
    "AccountType.Liability": ("liability",),
    "AccountType.Equity": ("equity",),
    "AccountType.Income": ("income",),
    "AccountType.Expense": ("expense",),
}
MODES = "All Check Cash BankTransfer Paypal CreditCard GoogleCheckout Credit Authorizenet"
MODES += " BankRemittance Payflowpro Stripe TwoCheckout Braintree Others"
PAYMENT_FILTERS: Filters = {f"PaymentMode.{mode}": (mode.casefold(),) for mode in MODES.split()}
PAYMENT_FILTERS["PaymentMode.All"] = ()

LISTINGS = {
    "contacts": Listing(
        "contacts",
        "Contacts",
        texts=("contact_name", "company_name", "first_name", "last_name", "email", "phone"),
        exact=("contact_type",),
        searched=("contact_name", "notes"),
        sorts=(
            "contact_name",
            "company_name",
            "first_name",
            "last_name",
            "email",
            "outstanding_receivable_amount",
            "created_time",
            "last_modified_time",
        ),
        filters=CONTACT_FILTERS,
    ),
    "items": Listing(
        "items",
        "Items",
        texts=("name", "description"),
        exact=("account_id",),
        amounts=("rate",),
        sorts=("name", "sku", "rate", "tax_name", "created_time", "last_modified_time"),
        filters=ACTIVE_FILTERS,
    ),
    "invoices": Listing(
        "invoices",
        "Invoices",
        texts=("invoice_number", "reference_number", "customer_name"),
        exact=("customer_id", "status"),
        dates=("date", "due_date", "created_date"),
        amounts=("total", "balance"),
        sorts=(
            "customer_name",
            "invoice_number",
            "date",
            "due_date",
            "total",
            "balance",
            "created_time",
        ),
        filters=INVOICE_FILTERS,
        modified=True,
        fields=True,
        entity="invoice",
    ),
    "payments": Listing(
        "payments",
        "Payments",
        texts=("reference_number", "customer_name", "notes"),
        exact=("customer_id", "payment_mode"),
        dates=("date",),
        amounts=("amount",),
        sorts=(
            "date",
            "invoice_number",
            "reference_number",
            "account_name",
            "amount",
            "customer_name",
            "created_time",
        ),
        filters=PAYMENT_FILTERS,
    ),
    "creditnotes": Listing(
        "creditnotes",
        "Credit Notes",
        texts=("creditnote_number", "reference_number", "customer_name"),
        exact=("customer_id", "status"),
        dates=("date", "created_date"),
        amounts=("total",),
        sorts=(
            "customer_name",
            "creditnote_number",
            "balance",
            "total",
            "date",
            "created_time",
            "last_modified_time",
        ),
        filters=CREDIT_FILTERS,
        modified=True,
    ),
    "journals": Listing(
        "journals",
        "Journals",
        texts=("entry_number", "reference_number", "notes"),
        exact=("status", "customer_id", "account_id"),
        dates=("date",),
        amounts=("total",),
        sorts=(
            "journal_date",
            "entry_number",
            "reference_number",
            "total",
            "created_time",
            "last_modified_time",
        ),
        modified=True,
    ),
    "accounts": Listing(
        "accounts",
        "Chart of Accounts",
        texts=("account_name", "account_code"),
        exact=("account_id",),
        sorts=("account_name", "account_type", "account_code"),
        filters=ACCOUNT_FILTERS,
        modified=True,
    ),
    "currencies": Listing("currencies", "Currencies"),
}
