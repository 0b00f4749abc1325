"""The books in the shape that every face of the sandbox shows them in."""

from __future__ import annotations

from typing import Any

from bridge.sandbox.books.amounts import text
from bridge.sandbox.quickbooks.company import Company


def listing(company: Company) -> dict[str, Any]:
    """Return accounts, trial balance, customers and documents; amounts are text."""
    books = company.books
    debits, credits = books.journal.trial_balance()
    names = {row["Id"]: row["DisplayName"] for row in company.tables["Customer"].rows.values()}
    return {
        "company": company.info["CompanyName"],
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
        "trial_balance": {"debits": text(debits), "credits": text(credits)},
        "customers": [
            {
                "id": row["Id"],
                "name": row["DisplayName"],
                "currency": row["CurrencyRef"]["value"],
                "active": row["Active"],
                "open_balance": text(books.receivables.balance(row["Id"])),
            }
            for row in company.tables["Customer"].rows.values()
        ],
        "documents": [
            {
                "id": document.id,
                "kind": document.kind,
                "number": document.number,
                "date": document.date,
                "due": document.due or None,
                "customer": names.get(document.customer),
                "currency": document.currency,
                "rate": format(document.rate, "f"),
                "total": text(document.total),
                "open": text(document.open),
                "status": document.status,
            }
            for document in books.documents.values()
        ],
        "mailed": [
            row.get("DocNumber", "")
            for entity in ("Invoice", "CreditMemo", "SalesReceipt")
            for row in company.tables[entity].rows.values()
            if row.get("EmailStatus") in ("NeedToSend", "EmailSent")
        ],
    }
