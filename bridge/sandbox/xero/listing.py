"""The books in the shape that every face of the sandbox shows them in."""

from __future__ import annotations

from typing import Any

from bridge.sandbox.books.amounts import ZERO, text
from bridge.sandbox.xero.company import Company


def listing(company: Company) -> dict[str, Any]:
    """Return accounts, trial balance, customers and documents; amounts are text.

    Xero has one receivable account; `receivables` tells what it holds in each currency. A
    customer may owe in several: `open_balance` is in the currency named, or in the base
    currency where there are more, and `open_balances` has each.
    """
    books = company.books
    debits, credits = books.journal.trial_balance()
    contacts = company.tables["Contacts"].rows
    return {
        "company": company.organisation["Name"],
        "home_currency": company.home,
        "accounts": [
            {
                "id": account.id,
                "number": account.number,
                "name": account.name,
                "type": account.type,
                "class": account.group,
                "currency": account.currency,
                "active": account.active,
                "balance": text(books.account_balance(account)),
                "home_balance": text(books.journal.balance(account.id)),
            }
            for account in books.chart.accounts.values()
        ],
        "receivables": _receivables(company),
        "trial_balance": {"debits": text(debits), "credits": text(credits)},
        "customers": _customers(company),
        "documents": [
            {
                "id": document.id,
                "kind": document.kind,
                "number": document.number,
                "date": document.date,
                "due": document.due or None,
                "customer": contacts[document.customer]["Name"] if document.customer else None,
                "currency": document.currency,
                "rate": format(document.rate, "f"),
                "total": text(document.total),
                "open": text(document.open),
                "status": document.status,
            }
            for document in books.documents.values()
        ],
        "mailed": [
            row["InvoiceNumber"]
            for row in company.tables["Invoices"].rows.values()
            if row["SentToContact"]
        ],
    }


def _receivables(company: Company) -> list[dict[str, str]]:
    """Return the receivable account by currency."""
    books = company.books
    by_currency: dict[str, Any] = {}
    for document in books.documents.values():
        if document.side:
            before = by_currency.get(document.currency, ZERO)
            by_currency[document.currency] = before + document.side * document.home_open
    return [
        {
            "account": company.receivable_id,
            "currency": currency,
            "balance": text(books.journal.balance_in(company.receivable_id, currency)),
            "home_balance": text(by_currency.get(currency, ZERO)),
        }
        for currency in (company.home, *company.currencies)
    ]


def _customers(company: Company) -> list[dict[str, Any]]:
    owed: dict[str, dict[str, Any]] = {}
    homes: dict[str, Any] = {}
    for document in company.books.documents.values():
        if document.customer and document.side:
            mine = owed.setdefault(document.customer, {})
            mine[document.currency] = (
                mine.get(document.currency, ZERO) + document.side * document.open
            )
            home = homes.get(document.customer, ZERO)
            homes[document.customer] = home + document.side * document.home_open
    shown = []
    for row in company.tables["Contacts"].rows.values():
        mine = owed.get(row["ContactID"], {})
        one = next(iter(mine), row.get("DefaultCurrency") or company.home)
        many = len(mine) > 1
        balance = homes.get(row["ContactID"], ZERO) if many else mine.get(one, ZERO)
        shown.append(
            {
                "id": row["ContactID"],
                "name": row["Name"],
                "currency": company.home if many else one,
                "active": row["ContactStatus"] == "ACTIVE",
                "open_balance": text(balance),
                "open_balances": {currency: text(amount) for currency, amount in mine.items()},
            }
        )
    return shown
