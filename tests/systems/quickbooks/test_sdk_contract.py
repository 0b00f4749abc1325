"""A second opinion: python-quickbooks reads from the sandbox what our adapter posted there.

Amounts are compared exactly; the library reads JSON numbers as Decimals when asked to.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests
from quickbooks.client import QuickBooks as SdkClient
from quickbooks.objects.creditmemo import CreditMemo
from quickbooks.objects.customer import Customer
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.payment import Payment
from quickbooks.objects.preferences import Preferences

from tests.systems.quickbooks.bench import CUSTOMER, REALM, Bench


class Session(requests.Session):
    """The one place where the library can be given a timeout."""

    access_token = "demo-access"

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        headers = {**kwargs.pop("headers", {}), "Authorization": f"Bearer {self.access_token}"}
        return super().request(*args, headers=headers, timeout=60, **kwargs)


@pytest.fixture
def sdk(full: Bench) -> Iterator[SdkClient]:
    class Local(SdkClient):  # type: ignore[misc]
        api_url_v3 = f"{full.url}/quickbooks/v3"

    client = Local(company_id=REALM, minorversion=75, use_decimal=True)
    with Session() as session:
        client.session = session
        yield client


def test_the_library_sees_the_documents_that_we_posted(full: Bench, sdk: SdkClient) -> None:
    invoice = Invoice.get(full.links["DYT-L1"], qb=sdk)
    assert (invoice.DocNumber, invoice.TxnDate, invoice.DueDate) == (
        "DYT-L1",
        "2026-11-20",
        "2027-05-20",
    )
    assert Decimal(invoice.TotalAmt) == Decimal("1200000.50")
    assert invoice.CustomerRef.value == full.links["DYT-D1"]
    assert [line.SalesItemLineDetail.ItemRef.value for line in invoice.Line[:2]] == ["2", "3"]

    payment = Payment.get(full.links["DYT-P1"], qb=sdk)
    assert (payment.PaymentRefNum, payment.UnappliedAmt) == ("DYT-P1", 50000)
    assert payment.Line[0].LinkedTxn[0].TxnId == full.links["DYT-L1"]

    note = CreditMemo.get(full.links["DYT-K1"], qb=sdk)
    assert (note.TotalAmt, note.RemainingCredit) == (400, 0)


def test_the_library_finds_our_customer_by_name(full: Bench, sdk: SdkClient) -> None:
    (customer,) = Customer.filter(DisplayName=CUSTOMER.name, qb=sdk)
    assert customer.Id == full.links["DYT-D1"]


def test_the_library_and_we_read_the_same_settings(full: Bench, sdk: SdkClient) -> None:
    preferences = Preferences.get(qb=sdk)
    company = full.system.chart().company
    assert preferences.CurrencyPrefs.HomeCurrency.value == company.home_currency
    assert preferences.SalesFormsPrefs.CustomTxnNumbers == company.own_numbers
