"""The vendor's own library works against the sandbox, unchanged but for the addresses."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from xero_python import accounting as xero
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient, Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.exceptions import AccountingBadRequestException
from xero_python.identity import IdentityApi

from tests.sandbox.xero.client import TENANT, Client

DAY, DUE = datetime.date(2026, 11, 20), datetime.date(2026, 12, 20)


@pytest.fixture
def sdk(api: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[AccountingApi, Any]]:
    """An AccountingApi with a token that it refreshed itself."""
    for name in ("refresh_token_url", "client_credentials_token_url"):
        monkeypatch.setattr(TokenApi, name, api.urls["xero"]["token"])
    monkeypatch.setattr(TokenApi, "revoke_token_url", api.urls["xero"]["revoke"])
    kept: dict[str, Any] = {}
    configuration = Configuration()
    configuration.oauth2_token = OAuth2Token("demo-client", "demo-secret")
    client = ApiClient(
        configuration,
        oauth2_token_getter=lambda: kept.get("token"),
        oauth2_token_saver=lambda token: kept.update(token=token),
    )
    kept["token"] = {
        "refresh_token": "demo-refresh-xero",
        "access_token": "old",
        "expires_at": 0,
        "expires_in": 1800,
        "token_type": "Bearer",
        "scope": ["offline_access"],
    }
    client.refresh_oauth2_token()
    assert kept["token"]["refresh_token"] != "demo-refresh-xero"
    yield AccountingApi(client, base_url=api.api), client
    client.rest_client.pool_manager.clear()


def an_invoice(contact: str, number: str, amount: int = 1000) -> xero.Invoice:
    return xero.Invoice(
        type="ACCREC",
        contact=xero.Contact(contact_id=contact),
        line_items=[
            xero.LineItem(
                description="Principal",
                quantity=1,
                unit_amount=amount,
                account_code="640",
                tax_type="NONE",
            )
        ],
        date=DAY,
        due_date=DUE,
        line_amount_types=xero.LineAmountTypes.NOTAX,
        invoice_number=number,
        status="AUTHORISED",
    )


def test_a_day_of_work_goes_round(sdk: tuple[AccountingApi, Any], api: Client) -> None:
    accounting, client = sdk
    connections = IdentityApi(client, base_url=api.base).get_connections()
    assert [each.tenant_id for each in connections] == [TENANT]
    assert accounting.get_organisations(TENANT).organisations[0].base_currency.value == "COP"
    actions = accounting.get_organisation_actions(TENANT).actions
    assert "UseMulticurrency" in [each.name for each in actions]
    assert len(accounting.get_accounts(TENANT).accounts) > 30
    assert accounting.get_tax_rates(TENANT).tax_rates
    assert accounting.get_currencies(TENANT).currencies
    assert accounting.get_items(TENANT).items
    assert accounting.get_tracking_categories(TENANT).tracking_categories
    people = xero.Contacts(contacts=[xero.Contact(name="Ana", contact_number="D-1")])
    ana = accounting.create_contacts(TENANT, people).contacts[0].contact_id
    bodies = xero.Invoices(invoices=[an_invoice(ana, "LN-1"), an_invoice(ana, "LN-1")])
    made = accounting.create_invoices(TENANT, bodies, summarize_errors=False).invoices
    assert [each.status_attribute_string for each in made] == ["OK", "ERROR"]
    assert made[1].validation_errors[0].message == "Invoice # must be unique."
    owed = made[0].invoice_id
    paid = xero.Payment(
        invoice=xero.Invoice(invoice_id=owed),
        account=xero.Account(code="090"),
        date=DAY,
        amount=400,
        reference="pay:1",
    )
    row = accounting.create_payments(TENANT, xero.Payments(payments=[paid])).payments[0]
    assert (row.amount, row.date, row.invoice.amount_due) == (400, DAY, 600)
    found = accounting.get_invoices(TENANT, page=1, page_size=50, invoice_numbers=["LN-1"])
    assert (found.invoices[0].amount_due, found.pagination.item_count) == (600, 1)
    assert found.invoices[0].date == DAY
    assert accounting.get_payments(TENANT, page=1).payments[0].reference == "pay:1"
    gone = accounting.delete_payment(TENANT, row.payment_id, xero.PaymentDelete(status="DELETED"))
    assert gone.payments[0].status == "DELETED"
    assert accounting.get_invoice(TENANT, owed).invoices[0].status == "AUTHORISED"
    assert api.books()["trial_balance"]["debits"] == "1000.00"


def test_credits_go_round(sdk: tuple[AccountingApi, Any], api: Client) -> None:
    accounting, _ = sdk
    ana = api.contact()
    owed = accounting.create_invoices(TENANT, xero.Invoices(invoices=[an_invoice(ana, "LN-1")]))
    invoice_id = owed.invoices[0].invoice_id
    body = an_invoice(ana, "LN-1", 300)
    note = xero.CreditNote(
        type="ACCRECCREDIT",
        contact=body.contact,
        line_items=body.line_items,
        date=DAY,
        line_amount_types=xero.LineAmountTypes.NOTAX,
        credit_note_number="CN-1",
        status="AUTHORISED",
    )
    made = accounting.create_credit_notes(
        TENANT, xero.CreditNotes(credit_notes=[note])
    ).credit_notes[0]
    target = xero.Invoice(invoice_id=invoice_id)
    part = xero.Allocations(allocations=[xero.Allocation(amount=300, date=DAY, invoice=target)])
    done = accounting.create_credit_note_allocation(TENANT, made.credit_note_id, part)
    allocation_id = done.allocations[0].allocation_id
    after = accounting.get_credit_note(TENANT, "CN-1").credit_notes[0]
    assert (after.status, after.remaining_credit) == ("PAID", 0)
    gone = accounting.delete_credit_note_allocations(TENANT, made.credit_note_id, allocation_id)
    assert gone.is_deleted is True
    over = xero.BankTransaction(
        type="RECEIVE-OVERPAYMENT",
        contact=xero.Contact(contact_id=ana),
        bank_account=xero.Account(code="090"),
        line_items=[xero.LineItem(description="Overpaid", line_amount=20)],
        line_amount_types=xero.LineAmountTypes.NOTAX,
        date=DAY,
    )
    bodies = xero.BankTransactions(bank_transactions=[over])
    row = accounting.create_bank_transactions(TENANT, bodies).bank_transactions[0]
    part = xero.Allocations(allocations=[xero.Allocation(amount=5, date=DAY, invoice=target)])
    accounting.create_overpayment_allocations(TENANT, row.overpayment_id, part)
    assert accounting.get_overpayments(TENANT, page=1).overpayments[0].remaining_credit == 15
    assert accounting.get_bank_transactions(TENANT, page=1).bank_transactions[0].total == 20
    shown = accounting.get_invoice(TENANT, invoice_id).invoices[0]
    assert shown.overpayments[0].applied_amount == 5
    report = accounting.get_report_trial_balance(TENANT)
    assert report.reports[0].report_name == "Trial Balance"
    aged = accounting.get_report_aged_receivables_by_contact(TENANT, contact_id=ana)
    assert aged.reports[0].rows


def test_a_refusal_is_the_librarys_own_exception(
    sdk: tuple[AccountingApi, Any], api: Client
) -> None:
    accounting, _ = sdk
    ana = api.contact()
    with pytest.raises(AccountingBadRequestException) as refused:
        accounting.create_contacts(TENANT, xero.Contacts(contacts=[xero.Contact(name="Ana")]))
    assert refused.value.status == 400
    assert "already assigned" in str(refused.value.error_data)
    since = datetime.datetime(2030, 1, 1)  # noqa: DTZ001
    assert accounting.get_invoices(TENANT, if_modified_since=since, page=1).invoices == []
    foreign = an_invoice(ana, "M-1")
    foreign.currency_code, foreign.currency_rate = xero.CurrencyCode.MXN, 0.005
    made = accounting.create_invoices(TENANT, xero.Invoices(invoices=[foreign])).invoices[0]
    assert made.currency_code == xero.CurrencyCode.MXN
    note = xero.HistoryRecords(history_records=[xero.HistoryRecord(details="loan 1")])
    kept = accounting.create_invoice_history(TENANT, made.invoice_id, note)
    assert kept.history_records[0].details == "loan 1"
