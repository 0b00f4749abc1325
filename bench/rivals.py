"""What one writes without the bridge: a loop over the files with a product's own library.

Each is as short as its library allows, posts a customer, an invoice and its payments one by one,
and remembers nothing. They are here to be measured beside the bridge, and for nothing else: money
goes through floats, as the libraries' examples do it.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from quickbooks.client import QuickBooks
from quickbooks.objects.base import Ref
from quickbooks.objects.customer import Customer
from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.payment import Payment, PaymentLine
from xero_python import accounting as xero
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient, Configuration
from xero_python.api_client.oauth2 import OAuth2Token

_ITEM, _INCOME, _BANK = "2", "640", "090"
"""The sandbox's item and account of money lent, and its bank."""


def quickbooks_loop(base_url: str, company: str, folder: Path) -> int:
    """Everything in the files into QuickBooks. Returns how many documents that were."""

    class Local(QuickBooks):  # type: ignore[misc]
        api_url_v3 = f"{base_url}/v3"

    class Session(requests.Session):
        access_token = "demo-access"

        def request(self, *args: Any, **kwargs: Any) -> requests.Response:
            kwargs["headers"]["Authorization"] = f"Bearer {self.access_token}"
            return super().request(*args, **kwargs)

    client = Local(company_id=company, minorversion=75)
    client.session = Session()
    people, loans, made = {}, {}, 0
    for row in _rows(folder / "deudores.csv"):
        person = Customer()
        person.DisplayName = f"{row['Nombre']} {row['ID deudor']}"
        known = Customer.filter(DisplayName=person.DisplayName, qb=client)
        people[row["ID deudor"]] = known[0] if known else person.save(qb=client)
        made += not known
    for row in _rows(folder / "deudas.csv"):
        invoice = Invoice()
        invoice.CustomerRef = people[row["ID deudor"]].to_ref()
        invoice.TxnDate = _day(row["Fecha"]).isoformat()
        line = SalesItemLine()
        line.Amount = _amount(row["Monto"])
        line.SalesItemLineDetail = SalesItemLineDetail()
        line.SalesItemLineDetail.ItemRef = Ref()
        line.SalesItemLineDetail.ItemRef.value = _ITEM
        invoice.Line.append(line)
        loans[row["ID deuda"]] = invoice.save(qb=client)
        made += 1
    for row in _rows(folder / "movimientos.csv"):
        if row["Tipo de movimiento"] != "Pago":
            continue
        owed = loans[row["ID deuda"]]
        payment = Payment()
        payment.CustomerRef = owed.CustomerRef
        payment.TotalAmt = _amount(row["Monto"])
        part = PaymentLine()
        part.Amount = payment.TotalAmt
        part.LinkedTxn.append(owed.to_linked_txn())
        payment.Line.append(part)
        payment.save(qb=client)
        made += 1
    return made


def xero_loop(base_url: str, tenant: str, folder: Path) -> int:
    """The same into Xero."""
    configuration = Configuration()
    configuration.oauth2_token = OAuth2Token("demo-client", "demo-secret")
    token = {
        "access_token": "demo-access",
        "refresh_token": "",
        "expires_at": 4_000_000_000,
        "expires_in": 1800,
        "token_type": "Bearer",
        "scope": ["accounting.transactions"],
    }
    client = ApiClient(configuration, oauth2_token_getter=lambda: token)
    api = AccountingApi(client, base_url=base_url)
    people, loans, made = {}, {}, 0
    for row in _rows(folder / "deudores.csv"):
        name = f"{row['Nombre']} {row['ID deudor']}"
        known = api.get_contacts(tenant, where=f'Name=="{name}"').contacts
        if not known:
            person = xero.Contacts(contacts=[xero.Contact(name=name)])
            known = api.create_contacts(tenant, person).contacts
            made += 1
        people[row["ID deudor"]] = known[0].contact_id
    for row in _rows(folder / "deudas.csv"):
        invoice = xero.Invoice(
            type="ACCREC",
            contact=xero.Contact(contact_id=people[row["ID deudor"]]),
            line_items=[
                xero.LineItem(
                    description="Loan",
                    quantity=1,
                    unit_amount=_amount(row["Monto"]),
                    account_code=_INCOME,
                    tax_type="NONE",
                )
            ],
            date=_day(row["Fecha"]),
            due_date=_day(row["Vencimiento"]),
            line_amount_types=xero.LineAmountTypes.NOTAX,
            status="AUTHORISED",
        )
        answer = api.create_invoices(tenant, xero.Invoices(invoices=[invoice]))
        loans[row["ID deuda"]] = answer.invoices[0].invoice_id
        made += 1
    for row in _rows(folder / "movimientos.csv"):
        if row["Tipo de movimiento"] != "Pago":
            continue
        payment = xero.Payment(
            invoice=xero.Invoice(invoice_id=loans[row["ID deuda"]]),
            account=xero.Account(code=_BANK),
            date=_day(row["Fecha"]),
            amount=_amount(row["Monto"]),
        )
        api.create_payments(tenant, xero.Payments(payments=[payment]))
        made += 1
    return made


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


def _amount(text: str) -> float:
    return float(text.replace(".", ""))


def _day(text: str) -> datetime.date:
    day, month, year = text.split("/")
    return datetime.date(int(year), int(month), int(day))
