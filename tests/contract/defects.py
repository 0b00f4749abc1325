"""The one table of what the official descriptions get wrong, each with its source.

A violation that is not here fails the contract test, and so does an entry that nothing hits: the
table can only shrink. Last verified 2026-11-20.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from itertools import product

from tests.contract.exchanges import Side, Violation

OWN_EXAMPLES = "the file's own examples show it"
"""A test looks it up there."""


@dataclass(frozen=True)
class Defect:
    """Places where a description is wrong in one way. `*` in a place stands for anything."""

    system: str
    side: Side
    what: str
    source: str
    places: tuple[str, ...]

    def covers(self, violation: Violation) -> set[str]:
        """The places of this entry that a violation is at."""
        if (self.side, self.what) != (violation.side, violation.what):
            return set()
        return {place for place in self.places if fnmatchcase(violation.subject, place)}


def _each(owners: str, names: str) -> tuple[str, ...]:
    return tuple(f"{owner}.{name}" for owner, name in product(owners.split(), names.split()))


def _of(file: str, *groups: tuple[str, str]) -> tuple[str, ...]:
    """Places of one of Zoho's files: owners and names, group by group."""
    return tuple(f"{file}: {place}" for owners, names in groups for place in _each(owners, names))


_XERO = (
    Defect(
        "xero",
        "answer",
        "unknown",
        OWN_EXAMPLES,
        _each(
            "Accounts Actions Allocations BankTransactions BatchPayments ContactGroups Contacts "
            "CreditNotes Currencies Invoices Items ManualJournals Organisations Overpayments "
            "Payments Prepayments ReportWithRows TaxRates TrackingCategories",
            "Id Status ProviderName DateTimeUTC",
        )
        + _each("BankTransaction CreditNote Invoice Overpayment", "DateString")
        + _each("CreditNote Overpayment", "ID")
        + _each("TrackingOption", "HasValidationErrors IsActive IsArchived IsDeleted")
        + _each("ContactGroup", "HasValidationErrors")
        + ("Invoice.DueDateString", "LineItem.ValidationErrors"),
    ),
    Defect(
        "xero",
        "answer",
        "unknown",
        "specs README 5: on the wire, but not in the Invoice and CreditNote schemas",
        ("CreditNote.DueDateString",),
    ),
    Defect("xero", "answer", "unknown", "xero.md §2.4 (REC)", ("Invoice.InvoicePaymentServices",)),
    Defect(
        "xero",
        "answer",
        "unknown",
        "xero.md §7 (REC): an element of a refusal is the object that was sent",
        ("Element.Name", "Element.HasValidationErrors"),
    ),
    Defect(
        "xero",
        "request",
        "format",
        "xero.md §4: a credit note can be had by its number, like an invoice",
        ("GET /CreditNotes/{CreditNoteID}.{CreditNoteID}",),
    ),
)

_told = partial(Defect, "zoho", "answer", "unknown")
_told_as = partial(Defect, "zoho", "answer", "type")
_sent = partial(Defect, "zoho", "request", "unknown")
_left_out = partial(Defect, "zoho", "request", "required")
_NO_PAGE_CONTEXT = "specs README 3: missing from most lists; the service answers one object"
_WIRE = "specs README 6: on the wire, not in the files"
_LIVE = "zoho_books.md §2 (LIVE 9): custom fields on reads"
_FIELD_ID = "custom_fields.api_name custom_fields.customfield_id"
_FIELD_NAMES = "custom_fields.api_name custom_fields.index custom_fields.label"
_RECEIVABLE = "outstanding_receivable_amount unused_credits_receivable_amount"
_INVOICES = (
    "invoice-response get-an-invoice-response.invoice update-an-invoice-response.invoice "
    "list-invoices-response.invoices"
)
_PAYMENT = "payment-response retrieve-a-payment-response.payment update-a-payment-response.payment"
_LEDGER = "list-of-transactions-for-an-account-response"
_BOTH = "amount_bcy amount_fcy"
_BCY = "outstanding_receivable_amount_bcy unused_credits_receivable_amount_bcy"

_ZOHO_ANSWERS = (
    _told_as(
        "specs README 5: amounts vary between text, whole number and number",
        _of(
            "contacts",
            ("contact-response", _BCY),
            ("get-contact-response.contact", f"{_RECEIVABLE} {_BCY}"),
            ("update-a-contact-response.contact", f"{_RECEIVABLE} {_BCY}"),
            ("list-contacts-response.contacts", _RECEIVABLE),
        )
        + _of(
            "invoices",
            (
                _INVOICES,
                "balance total",
            ),
        )
        + _of("chart-of-accounts", (f"{_LEDGER}.transactions", "debit_amount"))
        + _of(
            "customer-payments",
            ("list-refunds-of-a-customer-payment-response.payment_refunds", _BOTH),
        )
        + _of("credit-notes", ("list-refunds-of-a-credit-note-response.creditnote_refunds", _BOTH)),
    ),
    _told_as(
        "zoho_books.md §3.7: a list of credit notes is a list, as of every other kind",
        ("credit-notes: list-all-credit-notes-response.creditnotes",),
    ),
    _told_as(
        "specs README 3: modelled as a list in GET /invoices; the service answers one object",
        ("invoices: list-invoices-response.page_context",),
    ),
    _told(
        _NO_PAGE_CONTEXT,
        (
            "chart-of-accounts: list-chart-of-accounts-response.page_context",
            f"chart-of-accounts: {_LEDGER}.page_context",
            "credit-notes: list-all-credit-notes-response.page_context",
            "currency: list-currencies-response.page_context",
            "journals: get-journal-list-response.page_context",
        ),
    ),
    _told(
        "zoho_books.md §2 (DOC Pagination): what a page_context holds",
        (
            "contacts: list-contacts-response.page_context.report_name",
            "items: list-items-response.page_context.applied_filter",
        ),
    ),
    _told(
        "specs README 4: called customer_payments in the file",
        ("customer-payments: list-customer-payments-response.customerpayments",),
    ),
    _told(
        _WIRE,
        tuple(
            f"{file}: *.{name}"
            for file, name in product(
                ("contacts", "credit-notes", "customer-payments", "invoices", "items"),
                ("custom_field_hash", "cf_ledger_reference", "cf_ledger_reference_unformatted"),
            )
        )
        + _of("invoices", ("*", "line_items.account_id line_items.account_name")),
    ),
    _told(
        _LIVE,
        _of("contacts", ("*", _FIELD_ID), ("list-contacts-response.contacts", "custom_fields"))
        + _of(
            "credit-notes",
            ("*", _FIELD_ID),
            ("list-all-credit-notes-response.creditnotes", "custom_fields"),
        )
        + _of(
            "customer-payments",
            ("*", _FIELD_ID),
            ("list-customer-payments-response.customerpayments", "custom_fields"),
        )
        + _of("invoices", ("*", _FIELD_NAMES))
        + _of(
            "items",
            ("*", _FIELD_NAMES),
            ("get-an-item-response.item update-an-item-response.item", "custom_fields"),
        ),
    ),
    _told(
        "zoho_books.md §3.6: wire fields that the create answer and the list omit",
        _of(
            "customer-payments",
            (
                _PAYMENT,
                "account_id account_name payment_number unused_amount",
            ),
            ("payment-response retrieve-a-payment-response.payment", "invoices.invoice_payment_id"),
            (
                "list-customer-payments-response.customerpayments",
                "account_id account_name invoice_numbers unused_amount",
            ),
        ),
    ),
    _told(
        "zoho_books.md §3.6: the list is searched by them; public clients' models of its rows",
        _of(
            "customer-payments",
            (
                "list-customer-payments-response.customerpayments",
                "customer_id customer_name reference_number description currency_code",
            ),
        ),
    ),
    _told(
        "zoho_books.md §3.7: the file's own `line_items`, of which GET and PUT leave these out",
        _of(
            "credit-notes",
            (
                "get-a-credit-note-response.creditnote update-a-credit-note-response.creditnote",
                "line_items.line_item_id line_items.rate",
            ),
        ),
    ),
    _told(
        "zoho_books.md §3.3: an item is bound to its account; which answers tell is UNVERIFIED",
        ("items: *.account_id",),
    ),
    _told(
        "zoho_books.md §3.4: among the fields of a row",
        ("chart-of-accounts: list-chart-of-accounts-response.chartofaccounts.currency_id",),
    ),
    _told(
        "zoho_books.md §3.1: live, not in the file",
        (
            "organizations: list-organizations-response.organizations.country_code",
            "organizations: get-an-organization-response.organization.country_code",
        ),
    ),
    _told_as(
        "zoho_books.md §3.1 (LIVE 3, 9): a number in the list, the name of a month in the detail",
        ("organizations: get-an-organization-response.organization.fiscal_year_start_month",),
    ),
    _told(
        "specs README 3: one account is modelled flat; the service wraps it",
        ("chart-of-accounts: get-an-account-response.chart_of_account",),
    ),
    _told(
        "zoho_books.md §3.6: payment_refunds in the file, payment_refund elsewhere",
        ("customer-payments: refund-an-excess-customer-payment-response.payment_refund",),
    ),
    _told(
        "zoho_books.md §3.2 names these calls; the file describes their envelope alone",
        (
            "contacts: get-contact-unused-credits-response.creditnotes",
            "contacts: get-contact-unused-credits-response.customer_payments",
            "contacts: list-contact-unpaid-invoices-response.invoices",
        ),
    ),
    _told(
        "zoho_books.md §2: the envelope, always",
        ("reporting-tags: GET /reportingtags.code", "reporting-tags: GET /reportingtags.message"),
    ),
    _told(
        "zoho_books.md §3.9: a lock names its module; the file has it in requests only",
        ("transaction-locking: transaction-lock-response.transaction_lock_module",),
    ),
)

_ZOHO_REQUESTS = (
    _left_out(
        "specs README 2: `required` is wrong; real traffic omits these at the top level",
        _of(
            "customer-payments",
            ("create-a-payment-request update-a-payment-request", "invoice_id amount_applied"),
        )
        + _of("credit-notes", ("credit-to-an-invoice-request", "invoice_id amount_applied")),
    ),
    _left_out(
        r"the tag's id is in the path, as (\d+), and declared for the query",
        (r"reporting-tags: GET /reportingtags/(\d+)/options/all.?tag_id",),
    ),
    _sent(
        "zoho_books.md §2: sort_order = A or D goes with every sort_column",
        (
            "chart-of-accounts: GET /chartofaccounts.?sort_order",
            "contacts: GET /contacts.?sort_order",
            "credit-notes: GET /creditnotes.?sort_order",
            "customer-payments: GET /customerpayments.?sort_order",
            "invoices: GET /invoices.?sort_order",
            "items: GET /items.?sort_order",
            "journals: GET /journals.?sort_order",
        ),
    ),
    _sent(
        "zoho_books.md §2: the shape that every page takes; the files show it for invoices",
        _of(
            "contacts",
            (
                "create-a-contact-request update-a-contact-request",
                "custom_fields.customfield_id",
            ),
        ),
    ),
    _sent(
        "zoho_books.md §3.7: a line's price, which the file has in its other requests",
        ("credit-notes: create-a-credit-note-request.line_items.rate",),
    ),
    _sent(
        "zoho_books.md §3.5: lines that are kept keep their ids; the answers show them",
        ("invoices: update-an-invoice-request.line_items.line_item_id",),
    ),
)

TABLE: tuple[Defect, ...] = (*_XERO, *_ZOHO_ANSWERS, *_ZOHO_REQUESTS)
"""None for QuickBooks: its schemas have every name, type and choice of what is sent and told."""


def of(system: str) -> list[Defect]:
    return [defect for defect in TABLE if defect.system == system]


def undocumented(system: str, violations: Iterable[Violation]) -> list[Violation]:
    """Those that no entry covers, each kind of them once."""
    table = of(system)
    first: dict[tuple[str, str, str], Violation] = {}
    for violation in violations:
        if not any(defect.covers(violation) for defect in table):
            first.setdefault(violation.key, violation)
    return list(first.values())


def unhit(system: str, violations: Iterable[Violation]) -> list[str]:
    """Places of the table at which nothing was found: they can go."""
    kinds = {violation.key: violation for violation in violations}.values()
    return [
        f"{defect.side}: {defect.what}: {place}"
        for defect in of(system)
        for place in set(defect.places) - {p for v in kinds for p in defect.covers(v)}
    ]
