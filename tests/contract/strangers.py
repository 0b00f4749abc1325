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

XERO_LISTS = words(
    "Accounts BankTransactions BatchPayments ContactGroups Contacts CreditNotes "
    "Currencies Invoices Items ManualJournals Overpayments Payments Prepayments TaxRates "
    "TrackingCategories"
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
