"""Which path answers what, and the scope that it needs. Last verified 2026-11-20."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bridge.sandbox.zoho import master_routes as master
from bridge.sandbox.zoho import sales_routes as sales
from bridge.sandbox.zoho import settings_routes as settings
from bridge.sandbox.zoho.calls import Handler

# method, path (a star stands for an id), module of the scope, what answers
_TABLE: tuple[tuple[str, str, str, Handler], ...] = (
    ("GET", "organizations", "settings", master.list_organizations),
    ("GET", "organizations/*", "settings", master.read_organization),
    ("POST", "contacts", "contacts", master.create_contact),
    ("GET", "contacts", "contacts", master.list_contacts),
    ("PUT", "contacts", "contacts", master.upsert_contact),
    ("DELETE", "contacts", "contacts", master.delete_contacts),
    ("GET", "contacts/*", "contacts", master.read_contact),
    ("PUT", "contacts/*", "contacts", master.update_contact),
    ("DELETE", "contacts/*", "contacts", master.delete_contact),
    ("POST", "contacts/*/(active|inactive)", "contacts", master.contact_status),
    ("GET", "contacts/*/unpaidinvoices", "contacts", master.unpaid_invoices),
    ("GET", "contacts/*/receivables/unusedcredits", "contacts", master.unused_credits),
    ("GET", "contacts/reference/*", "contacts", master.contact_by_reference),
    ("POST", "items", "settings", master.create_item),
    ("GET", "items", "settings", master.list_items),
    ("PUT", "items", "settings", master.upsert_item),
    ("GET", "itemdetails", "settings", master.item_details),
    ("GET", "items/*", "settings", master.read_item),
    ("PUT", "items/*", "settings", master.update_item),
    ("DELETE", "items/*", "settings", master.delete_item),
    ("POST", "items/*/(active|inactive)", "settings", master.item_status),
    ("POST", "chartofaccounts", "accountants", master.create_account),
    ("GET", "chartofaccounts", "accountants", master.list_accounts),
    ("GET", "chartofaccounts/accounttransactions", "accountants", master.account_transactions),
    ("POST", "chartofaccounts/(active|inactive)", "accountants", master.accounts_status),
    ("GET", "chartofaccounts/*", "accountants", master.read_account),
    ("PUT", "chartofaccounts/*", "accountants", master.update_account),
    ("DELETE", "chartofaccounts/*", "accountants", master.delete_account),
    ("POST", "chartofaccounts/*/(active|inactive)", "accountants", master.account_status),
    ("GET", "bankaccounts", "banking", master.list_banks),
    ("GET", "settings/currencies", "settings", master.list_currencies),
    ("POST", "settings/currencies", "settings", master.create_currency),
    ("GET", "settings/currencies/*", "settings", master.read_currency),
    ("PUT", "settings/currencies/*", "settings", master.update_currency),
    ("GET", "settings/currencies/*/exchangerates", "settings", master.list_rates),
    ("POST", "settings/currencies/*/exchangerates", "settings", master.create_rate),
    ("GET", "settings/currencies/*/exchangerates/*", "settings", master.read_rate),
    ("GET", "settings/fields", "settings", settings.list_fields),
    ("POST", "settings/fields", "settings", settings.create_field),
    ("PUT", "settings/fields/*", "settings", settings.update_field),
    ("DELETE", "settings/fields/*", "settings", settings.delete_field),
    ("GET", "settings/taxes", "settings", settings.list_taxes),
    ("GET", "users/me", "settings", settings.me),
    ("GET", "locations", "settings", settings.list_locations),
    ("GET", "reportingtags", "settings", settings.list_tags),
    ("GET", "transactionlock", "accountants", settings.read_lock),
    ("PUT", "transactionlock", "accountants", settings.put_lock),
    ("DELETE", "transactionlock", "accountants", settings.delete_lock),
    ("GET", "transactionlocks", "accountants", settings.list_locks),
    ("POST", "journals", "accountants", settings.create_journal),
    ("GET", "journals", "accountants", settings.list_journals),
    ("GET", "journals/*", "accountants", settings.read_journal),
    ("PUT", "journals/*", "accountants", settings.update_journal),
    ("DELETE", "journals/*", "accountants", settings.delete_journal),
    ("POST", "journals/*/status/publish", "accountants", settings.publish_journal),
    ("POST", "journals/*/reverse", "accountants", settings.reverse_journal),
    ("POST", "journals/*/credits/*/invoices", "accountants", settings.apply_journal),
    ("GET", "transactions/*/journals", "accountants", settings.transaction_journal),
    ("POST", "invoices", "invoices", sales.create_invoice),
    ("GET", "invoices", "invoices", sales.list_invoices),
    ("PUT", "invoices", "invoices", sales.upsert_invoice),
    ("DELETE", "invoices", "invoices", sales.delete_invoices),
    ("POST", "invoices/status/(sent|void)", "invoices", sales.invoices_status),
    ("POST", "invoices/writeoff", "invoices", sales.write_off_several),
    ("GET", "invoices/templates", "invoices", sales.invoice_template),
    ("GET", "invoices/*", "invoices", sales.read_invoice),
    ("PUT", "invoices/*", "invoices", sales.update_invoice),
    ("DELETE", "invoices/*", "invoices", sales.delete_invoice),
    ("POST", "invoices/*/status/(sent|void|draft)", "invoices", sales.invoice_status),
    ("POST", "invoices/*/writeoff", "invoices", sales.write_off),
    ("POST", "invoices/*/writeoff/cancel", "invoices", sales.cancel_write_off),
    ("GET", "invoices/*/payments", "invoices", sales.invoice_payments),
    ("DELETE", "invoices/*/payments/*", "invoices", sales.remove_invoice_payment),
    ("GET", "invoices/*/creditsapplied", "invoices", sales.invoice_credits),
    ("DELETE", "invoices/*/creditsapplied/*", "invoices", sales.remove_invoice_credit),
    ("POST", "invoices/*/credits", "invoices", sales.apply_credits),
    ("GET", "invoices/*/comments", "invoices", sales.invoice_comments),
    ("PUT", "invoice/*/customfields", "invoices", sales.invoice_custom_fields),
    ("POST", "customerpayments", "customerpayments", sales.create_payment),
    ("GET", "customerpayments", "customerpayments", sales.list_payments),
    ("PUT", "customerpayments", "customerpayments", sales.upsert_payment),
    ("DELETE", "customerpayments", "customerpayments", sales.delete_payments),
    ("GET", "customerpayments/*", "customerpayments", sales.read_payment),
    ("PUT", "customerpayments/*", "customerpayments", sales.update_payment),
    ("DELETE", "customerpayments/*", "customerpayments", sales.delete_payment),
    ("GET", "customerpayments/*/refunds", "customerpayments", sales.payment_refunds),
    ("POST", "customerpayments/*/refunds", "customerpayments", sales.refund_payment),
    ("DELETE", "customerpayments/*/refunds/*", "customerpayments", sales.delete_payment_refund),
    ("PUT", "customerpayment/*/customfields", "customerpayments", sales.set_payment_custom_fields),
    ("POST", "creditnotes", "creditnotes", sales.create_creditnote),
    ("GET", "creditnotes", "creditnotes", sales.list_creditnotes),
    ("PUT", "creditnotes", "creditnotes", sales.upsert_creditnote),
    ("GET", "creditnotes/*", "creditnotes", sales.read_creditnote),
    ("PUT", "creditnotes/*", "creditnotes", sales.update_creditnote),
    ("DELETE", "creditnotes/*", "creditnotes", sales.delete_creditnote),
    ("POST", "creditnotes/*/status/(void|open|draft)", "creditnotes", sales.creditnote_status),
    ("GET", "creditnotes/*/invoices", "creditnotes", sales.credited_invoices),
    ("POST", "creditnotes/*/invoices", "creditnotes", sales.apply_creditnote),
    ("DELETE", "creditnotes/*/invoices/*", "creditnotes", sales.remove_credited_invoice),
    ("GET", "creditnotes/*/refunds", "creditnotes", sales.creditnote_refunds),
    ("POST", "creditnotes/*/refunds", "creditnotes", sales.refund_creditnote),
    ("DELETE", "creditnotes/*/refunds/*", "creditnotes", sales.delete_creditnote_refund),
)
VERBS = {"GET": "READ", "POST": "CREATE", "PUT": "UPDATE", "DELETE": "DELETE"}


@dataclass(frozen=True, slots=True)
class Route:
    """A path that exists, with what answers each method."""

    pattern: re.Pattern[str]
    module: str
    handlers: dict[str, Handler]


def _routes() -> list[Route]:
    made: dict[str, Route] = {}
    for method, path, module, handler in _TABLE:
        if path not in made:
            pattern = re.compile(path.replace("*", "([^/]+)"))
            made[path] = Route(pattern, module, {})
        made[path].handlers[method] = handler
    return list(made.values())


ROUTES = _routes()


def find(path: str) -> tuple[Route, list[str]] | None:
    """Return the first route that the path matches, with its ids."""
    for route in ROUTES:
        match = route.pattern.fullmatch(path)
        if match:
            return route, list(match.groups())
    return None
