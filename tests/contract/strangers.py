"""What other clients ask of the sandbox: kinds and lists that the adapters have no use for.

Only the answers are judged. The requests are those of a test's own client.
"""

from __future__ import annotations

from bridge.sandbox.quickbooks.properties import PROPERTIES
from bridge.sandbox.server import SandboxServer
from tests.contract import xsd
from tests.contract.openapi import words
from tests.sandbox import client as quickbooks_client
from tests.sandbox.client import AMY, OPENING_EQUITY, RECEIVABLE, invoice, item_line, link
from tests.sandbox.xero import client as xero_client
from tests.sandbox.xero.client import DAY, line
from tests.sandbox.zoho import client as zoho_client

XERO_LISTS = words(
    "Accounts BankTransactions BatchPayments ContactGroups Contacts CreditNotes "
    "Currencies Invoices Items ManualJournals Overpayments Payments Prepayments TaxRates "
    "TrackingCategories"
)
EURO = {"currency_code": "EUR", "currency_format": "1,234.56"}
ZOHO_PAGES = words(
    "organizations organizations/600000000001 users/me locations reportingtags settings/taxes "
    "contacts contacts/{contact} contacts/{contact}/receivables/unusedcredits "
    "contacts/{contact}/unpaidinvoices items items/{item} itemdetails?item_ids={item} "
    "invoices invoices/{invoice} invoices/{invoice}/payments invoices/{invoice}/creditsapplied "
    "invoices/{invoice}/comments customerpayments customerpayments/{payment} "
    "customerpayments/{payment}/refunds creditnotes creditnotes/{note} creditnotes/{note}/invoices "
    "creditnotes/{note}/refunds chartofaccounts chartofaccounts/{account} bankaccounts "
    "chartofaccounts/accounttransactions?account_id={bank} "
    "settings/currencies settings/currencies/{currency} "
    "settings/currencies/{currency}/exchangerates "
    "settings/currencies/{currency}/exchangerates/{rate} journals journals/{journal} "
    "transactions/{invoice}/journals?entity_type=invoice "
    "transactionlock transactionlocks"
)


def prepare(system: str, sandbox: SandboxServer) -> None:
    """What a company has that uses everything: QuickBooks' demo company has no classes yet."""
    if system == "quickbooks":
        with quickbooks_client.Client(sandbox) as api:
            for entity in ("Class", "Department"):
                api.post(entity, {"Name": "Bogotá"})


def ask(system: str, sandbox: SandboxServer) -> None:
    """A company in which everything has happened once, read in every list."""
    if system == "quickbooks":
        with quickbooks_client.Client(sandbox) as api:
            prepare(system, sandbox)
            _quickbooks(api)
    elif system == "xero":
        with xero_client.Client(sandbox) as other:
            _xero(other)
    elif system == "zoho":
        with zoho_client.Client(sandbox) as third:
            _zoho(third)


def _quickbooks(api: quickbooks_client.Client) -> None:
    made = api.invoice(100, DocNumber="L-1", CustomerMemo={"value": "hola"})
    memo = api.credit(10)
    body = quickbooks_client.payment(95, {made["Id"]: 100})
    body["Line"].append(link(10, memo["Id"], "CreditMemo"))
    api.post("Payment", body)
    discounted = invoice(50, DepositToAccountRef={"value": "1"})
    discounted["Line"].append(
        {"Amount": 5, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {}}
    )
    api.post("SalesReceipt", discounted)
    api.post("RefundReceipt", invoice(1, DepositToAccountRef={"value": "1"}))
    sides = (("Debit", 5, RECEIVABLE), ("Credit", 5, OPENING_EQUITY))
    api.post("JournalEntry", quickbooks_client.journal(*sides, customer=AMY))
    direct = {
        "Amount": 3,
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": {"AccountRef": {"value": OPENING_EQUITY}},
    }
    api.post("Deposit", {"DepositToAccountRef": {"value": "1"}, "Line": [direct]})
    mexican = api.customer("Lupe", "MXN")
    foreign = api.invoice(10, mexican, ExchangeRate=200)
    api.payment(10, {foreign["Id"]: 10}, mexican, ExchangeRate=201)
    api.post("Customer", {"DisplayName": "Child", "Job": True, "ParentRef": {"value": AMY}})
    api.post("Employee", {"GivenName": "Rosa"})
    voidable = api.post("Invoice", {**invoice(1), "Line": [item_line(1), item_line(2)]})
    api.post("Invoice", {"Id": voidable["Id"], "SyncToken": "0"}, operation="void")
    for entity in set(PROPERTIES) & set(xsd.entities()):
        if entity != "ExchangeRate":
            api.query(f"select * from {entity}")
    api.get("exchangerate", sourcecurrencycode="USD")


def _xero(api: xero_client.Client) -> None:
    ana = api.contact()
    tracked = line(500, Tracking=[{"Name": "Region", "Option": "Cali"}])
    owed = api.invoice(ana, 500, LineItems=[tracked])
    api.pay(owed["InvoiceID"], 100, Reference="pay:1")
    note = api.credit(ana, 50)["CreditNoteID"]
    api.allocate(note, owed["InvoiceID"], 50)
    over = api.overpay(ana, 20)["OverpaymentID"]
    part = {"Invoice": {"InvoiceID": owed["InvoiceID"]}, "Amount": 5}
    api.send("PUT", f"Overpayments/{over}/Allocations", {"Allocations": [part]})
    api.put("Invoices", {"Type": "ACCREC", "Contact": {"ContactID": ana}, "LineItems": [line(1)]})
    foreign = api.invoice(ana, 10, CurrencyCode="MXN")["InvoiceID"]
    api.pay(foreign, 10, Account={"Code": "093"})
    second = api.invoice(ana, 30)["InvoiceID"]
    members = [{"Invoice": {"InvoiceID": second}, "Amount": 3}]
    api.put("BatchPayments", {"Account": {"Code": "090"}, "Payments": members})
    lines = [{"LineAmount": 9, "AccountCode": "640"}, {"LineAmount": -9, "AccountCode": "980"}]
    api.put(
        "ManualJournals", {"Narration": "J", "Date": DAY, "JournalLines": lines, "Status": "POSTED"}
    )
    api.put("ContactGroups", {"Name": "Route"})
    for plural in XERO_LISTS:
        api.get(plural)
        api.get(plural, page="1")
    api.edit(action="lock", date="2020-01-31")
    for path in ("Organisation", "Organisation/Actions"):
        api.get(path)
    for name in ("TrialBalance", "BalanceSheet"):
        api.get(f"Reports/{name}")
    api.get("Reports/AgedReceivablesByContact", contactId=ana)
    api.send("PUT", "Contacts", {"Name": "Ana"})


def _zoho(api: zoho_client.Client) -> None:
    """Everything made, with our field on it; every page read; then what only changes something."""
    for entity in ("contact", "invoice", "customer_payment", "creditnote", "item"):
        api.field(entity, "Ledger reference")
    api.switch(locations=True)
    made = _zoho_things(api)
    for path in ZOHO_PAGES:
        api.get(path.format(**made))
    lock = {"transaction_lock_status": "enabled", "transaction_lock_module": "sales"}
    lock |= {"transaction_lock_date": "2026-01-31", "reason": "Cierre"}
    sold, cash = {"name": "Seguro", "rate": 6}, {"account_name": "Caja 3", "account_type": "cash"}
    for method, path, body in (
        ("PUT", "items/{item}", sold),
        ("PUT", "chartofaccounts/{account}", cash),
        ("PUT", "settings/currencies/{currency}", EURO),
        ("PUT", "transactionlock", lock),
        ("POST", "items/{item}/inactive", None),
        ("POST", "chartofaccounts/{account}/inactive", None),
        ("POST", "contacts/{contact}/inactive", None),
        ("POST", "journals/{journal}/reverse?reversal_date=2026-11-21", None),
        ("POST", "invoices/{late}/writeoff", None),
        ("POST", "invoices/{late}/writeoff/cancel", None),
        ("POST", "invoices/{late}/status/void", None),
        ("DELETE", "invoices/{late}", None),
        ("DELETE", "customerpayments/{payment}/refunds/{back}", None),
    ):
        api.ok(method, path.format(**made), body)


def _zoho_things(api: zoho_client.Client) -> dict[str, str]:
    """One of each, and its id."""
    value = {"custom_fields": [{"api_name": "cf_ledger_reference", "value": "1"}]}
    address = {"billing_address": {"city": "Bogotá"}, "contact_persons": [{"first_name": "Ana"}]}
    ana = api.ok("POST", "contacts", {"contact_name": "Ana", **address, **value})["contact"]
    contact = ana["contact_id"]
    invoice = api.invoice(contact, 1000, invoice_number="L-1", **value)
    payment = api.payment(contact, 400, {invoice: 300}, **value)["payment_id"]
    note = api.credit(contact, 100, **value)
    api.apply(note, {invoice: 50})
    part = [{"payment_id": payment, "amount_applied": 20}]
    api.ok("POST", f"invoices/{invoice}/credits", {"invoice_payments": part})
    bank = api.account("Bank COP")
    back = {"date": DAY, "amount": 10, "from_account_id": bank}
    refund = api.ok("POST", f"customerpayments/{payment}/refunds", back)["payment_refund"]
    api.ok("POST", f"creditnotes/{note}/refunds", back)
    sides = ((bank, "debit"), (api.account("Loan clearing"), "credit"))
    lines = [{"account_id": each, "debit_or_credit": side, "amount": 5} for each, side in sides]
    entry = api.ok("POST", "journals", {"journal_date": DAY, "line_items": lines})["journal"]
    item = api.ok("POST", "items", {"name": "Seguro", "rate": 5, **value})["item"]
    cash = {"account_name": "Caja 2", "account_type": "cash"}
    account = api.ok("POST", "chartofaccounts", cash)["chart_of_account"]
    currency = api.ok("POST", "settings/currencies", EURO)["currency"]["currency_id"]
    rates = f"settings/currencies/{currency}/exchangerates"
    api.ok("POST", rates, {"effective_date": DAY, "rate": 4700})
    return {
        "contact": contact,
        "invoice": invoice,
        "late": api.invoice(contact, 7),
        "payment": payment,
        "back": refund["payment_refund_id"],
        "note": note,
        "journal": entry["journal_id"],
        "item": item["item_id"],
        "account": account["account_id"],
        "bank": bank,
        "currency": currency,
        "rate": api.get(rates)["exchange_rates"][0]["exchange_rate_id"],
    }
