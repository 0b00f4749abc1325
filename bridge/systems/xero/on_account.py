"""Money that settles nothing when it comes, in Xero's words. Pure.

Into a bank account it is an overpayment (FACTS X20: banks only). Into another one, such as
the account that renewals pass through, it is a credit note on that account, with the payment's own
number: the same debit and the same credit of the customer. Both are put to use by allocations to
what comes later.
"""

from __future__ import annotations

from collections.abc import Mapping

from bridge.core.books import Document, PostedDocument, Receipt
from bridge.systems.judging import Refusal
from bridge.systems.xero.translate import (
    Body,
    Company,
    account_of,
    bank_of,
    body_of,
    code_of,
    head_of,
    money,
    payment_rate,
)

OVERPAYMENT = "overpayment/"
CREDIT = "credit/"
"""What the external id of such a receipt begins with: those are not Payments in Xero."""

TAKEN_BACK = " void"
"""Ends the reference of the payment by which an overpayment was returned to where it came from."""


def is_on_account(document: Receipt) -> bool:
    """Whether the receipt is credit of its customer, and no payment of one invoice."""
    return document.on_account or not document.applications


def is_so(external_id: str) -> bool:
    return external_id.startswith((OVERPAYMENT, CREDIT))


def has_id(raw: Body) -> bool:
    """Whether the answer of Xero for a receipt says what it has become."""
    return bool(raw.get("PaymentID") or raw.get("OverpaymentID") or raw.get("CreditNoteID"))


def path_of(external_id: str) -> str:
    """The path of money on account in Xero: `Overpayments/{id}`."""
    form, _, xero_id = external_id.partition("/")
    return f"{'Overpayments' if form + '/' == OVERPAYMENT else 'CreditNotes'}/{xero_id}"


def creation_of(document: Document, links: Mapping[str, str], company: Company) -> tuple[str, Body]:
    """The resource, and the element that creates the document there, on account or not. Raises
    Refusal."""
    if not isinstance(document, Receipt) or not is_on_account(document):
        return body_of(document, links, company)
    if account_of(document.deposit_account, company).is_bank:
        return "BankTransactions", _overpayment(document, links, company)
    return "CreditNotes", _credit(document, links, company)


def return_of(document: Receipt, now: PostedDocument, company: Company) -> Body:
    """The payment that takes an overpayment back: out of the account that it came into.

    Xero has no way to delete or edit an overpayment (FACTS X20).
    """
    body: Body = {
        "Overpayment": {"OverpaymentID": now.external_id.removeprefix(OVERPAYMENT)},
        "Account": {"AccountID": document.deposit_account},
        "Date": document.day.isoformat(),
        "Amount": money(now.open),
        "Reference": document.reference + TAKEN_BACK,
    }
    return body | payment_rate(document, company)


def _overpayment(document: Receipt, links: Mapping[str, str], company: Company) -> Body:
    """One line without an account, which Xero takes to A/R.

    Whether Xero keeps the Reference of one is UNVERIFIED (FACTS X21), so the description begins
    with it too.
    """
    account = bank_of(document.deposit_account, company, "money that settles nothing yet")
    if account.currency not in (document.currency, company.home_currency):
        raise Refusal("account_currency", f'"{account.name}" is kept in {account.currency}.')
    return {
        **head_of(document, links, company),
        "Type": "RECEIVE-OVERPAYMENT",
        "Status": "AUTHORISED",
        "BankAccount": {"AccountID": document.deposit_account},
        "Reference": document.reference,
        "LineAmountTypes": "NoTax",
        "LineItems": [{"Description": _words(document), "LineAmount": money(document.total)}],
    }


def _credit(document: Receipt, links: Mapping[str, str], company: Company) -> Body:
    body = {
        **head_of(document, links, company),
        "Type": "ACCRECCREDIT",
        "CreditNoteNumber": document.reference,
        "Status": "AUTHORISED",
        "LineAmountTypes": "NoTax",
        "LineItems": [
            {
                "Description": _words(document),
                "Quantity": 1,
                "UnitAmount": money(document.total),
                "AccountCode": code_of(document.deposit_account, company),
                "TaxType": company.exempt_tax,
            }
        ],
    }
    return body | ({"Reference": document.memo} if document.memo else {})


def _words(document: Receipt) -> str:
    return f"{document.reference} {document.memo}".strip()
