"""python-quickbooks and intuit-oauth run against the sandbox, unchanged but for the address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks
from quickbooks.batch import batch_create, batch_delete
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import QuickbooksException, ValidationException
from quickbooks.objects import (
    Account,
    CompanyInfo,
    CreditMemo,
    Customer,
    Deposit,
    Invoice,
    Item,
    JournalEntry,
    Payment,
    PaymentLine,
    Preferences,
    Ref,
    RefundReceipt,
    SalesItemLine,
    SalesItemLineDetail,
    SalesReceipt,
    Term,
)
from quickbooks.objects.exchangerate import ExchangeRate

from tests.sandbox.client import AMY, PRINCIPAL, Client

REALM = "4620816365000000001"


@pytest.fixture
def auth(api: Client) -> Iterator[AuthClient]:
    client = AuthClient(
        "demo-client",
        "demo-secret",
        "https://x.example/callback",
        api.urls["quickbooks"]["discovery"],
        refresh_token="demo-refresh-quickbooks",
    )
    yield client
    client.close()


@pytest.fixture
def books(api: Client, auth: AuthClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[QuickBooks]:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")

    class Sandbox(QuickBooks):
        api_url_v3 = api.urls["quickbooks"]["base"] + "/v3"

    client = Sandbox(
        auth_client=auth,
        refresh_token="demo-refresh-quickbooks",
        company_id=REALM,
        minorversion=75,
        use_decimal=True,
    )
    yield client
    client.session.close()


def an_invoice(amount: Any, number: str = "") -> Invoice:
    made = Invoice()
    made.CustomerRef = Ref()
    made.CustomerRef.value = AMY
    made.DocNumber = number
    line = SalesItemLine()
    line.Amount = amount
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = Ref()
    line.SalesItemLineDetail.ItemRef.value = PRINCIPAL
    made.Line.append(line)
    return made


def a_payment(amount: Any, invoice: Invoice) -> Payment:
    made = Payment()
    made.CustomerRef = invoice.CustomerRef
    made.TotalAmt = amount
    line = PaymentLine()
    line.Amount = amount
    line.LinkedTxn.append(invoice.to_linked_txn())
    made.Line.append(line)
    return made


def test_the_oauth_client_goes_through_the_whole_dance(api: Client, auth: AuthClient) -> None:
    url = auth.get_authorization_url([Scopes.ACCOUNTING])
    answer = api.http.get(url, allow_redirects=False, timeout=60)
    code = answer.headers["Location"].split("code=")[1].split("&")[0]
    auth.get_bearer_token(code, realm_id=REALM)
    first = auth.refresh_token
    auth.refresh()
    assert auth.refresh_token != first
    assert auth.expires_in == 3600
    with pytest.raises(AuthClientError) as refused:
        auth.refresh(refresh_token=first)
    assert refused.value.status_code == 400
    assert auth.revoke()


def test_every_kind_of_object_is_read(books: QuickBooks) -> None:
    assert CompanyInfo.get(REALM, qb=books).CompanyName == "Crédito Fácil SAS"
    assert Preferences.get(qb=books).CurrencyPrefs.HomeCurrency.value == "COP"
    assert "Loan clearing" in {each.Name for each in Account.all(qb=books)}
    assert Item.filter(Name="Loan principal", qb=books)[0].Id == PRINCIPAL
    assert Customer.filter(DisplayName="Amy's Bird Sanctuary", qb=books)[0].Id == AMY
    assert len(Term.all(qb=books)) == 4
    for kind in (CreditMemo, Deposit, JournalEntry, RefundReceipt, SalesReceipt):
        assert kind.all(qb=books) == []
    rates = ExchangeRate.where("SourceCurrencyCode = 'USD'", qb=books)
    assert rates[0].Rate == Decimal("3987.45")


def test_documents_are_made_paid_voided_and_deleted(books: QuickBooks) -> None:
    customer = Customer()
    customer.DisplayName = "Ana Pérez (D-0042)"
    customer.save(qb=books)
    invoice = an_invoice(Decimal("1000.50"), "LN-1").save(qb=books, request_id="ln-1")
    assert invoice.Balance == Decimal("1000.50")
    paid = a_payment(Decimal("400.25"), invoice).save(qb=books)
    assert Invoice.get(invoice.Id, qb=books).Balance == Decimal("600.25")
    paid.void(qb=books)
    assert Payment.get(paid.Id, qb=books).TotalAmt == 0
    found = Invoice.filter(DocNumber="LN-1", qb=books)[0]
    found.PrivateNote = "changed"
    found.save(qb=books)
    changed = Invoice.get(invoice.Id, qb=books)
    assert changed.PrivateNote == "changed"
    changed.void(qb=books)
    voided = Invoice.get(invoice.Id, qb=books)
    assert voided.TotalAmt == 0
    assert voided.delete(qb=books)["Invoice"]["status"] == "Deleted"
    assert Invoice.count("", qb=books) == 0


def test_refusals_become_the_librarys_exceptions(books: QuickBooks) -> None:
    an_invoice(1, "LN-1").save(qb=books)
    with pytest.raises(QuickbooksException) as duplicate:
        an_invoice(1, "LN-1").save(qb=books)
    assert duplicate.value.error_code == 6140
    with pytest.raises(ValidationException):
        Customer.where("Notes = 'x'", qb=books)


def test_batches_and_changes(books: QuickBooks) -> None:
    made = batch_create([an_invoice(n, f"B-{n}") for n in range(1, 33)], qb=books)
    assert (len(made.successes), len(made.faults)) == (32, 0)
    gone = batch_delete(made.successes[:2], qb=books)
    assert len(gone.successes) == 2
    since = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    found = change_data_capture([Invoice, Payment], since, qb=books)
    statuses = [getattr(each, "status", None) for each in found.Invoice]
    assert (len(statuses), statuses.count("Deleted")) == (32, 2)
