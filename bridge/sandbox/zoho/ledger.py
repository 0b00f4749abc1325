"""The books in the common shape, for whoever looks behind the API."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bridge.sandbox.books.amounts import ZERO, text
from bridge.sandbox.zoho import people
from bridge.sandbox.zoho.listing import status
from bridge.sandbox.zoho.organization import HOME, NAME, Organization


def books(org: Organization) -> dict[str, Any]:
    """Return accounts, control accounts, trial balance, customers and documents."""
    debits, credits = org.books.journal.trial_balance()
    return {
        "company": NAME,
        "home_currency": HOME,
        "accounts": list(_accounts(org)),
        "receivables": list(_receivables(org)),
        "trial_balance": {"debits": text(debits), "credits": text(credits)},
        "customers": [
            {
                "id": row["contact_id"],
                "name": row["contact_name"],
                "currency": row["currency_code"],
                "open_balance": text(_net(org, row["contact_id"])),
            }
            for row in org.tables["contacts"].rows.values()
            if row["contact_type"] == "customer"
        ],
        "documents": list(_documents(org)),
        "mailed": [
            row["invoice_number"]
            for row in org.tables["invoices"].rows.values()
            if row.get("mailed")
        ],
    }


def _net(org: Organization, contact_id: str) -> Decimal:
    owed, credit = people.amounts(org, contact_id)
    return owed - credit


def _accounts(org: Organization) -> Iterator[dict[str, Any]]:
    for account in org.books.chart.accounts.values():
        yield {
            "id": account.id,
            "number": account.number,
            "name": account.name,
            "type": account.type,
            "class": account.group,
            "currency": account.currency,
            "active": account.active,
            "balance": text(org.books.account_balance(account)),
            "home_balance": text(org.books.journal.balance(account.id)),
        }


def _receivables(org: Organization) -> Iterator[dict[str, Any]]:
    """Yield the one control account once for each currency, with what stands open in it."""
    home: dict[str, Decimal] = {}
    for kept in org.books.documents.values():
        home[kept.currency] = home.get(kept.currency, ZERO) + kept.side * kept.home_open
    for currency in org.tables["currencies"].rows.values():
        code = currency["currency_code"]
        yield {
            "account": org.receivable_id,
            "currency": code,
            "balance": text(org.books.journal.balance_in(org.receivable_id, code)),
            "home_balance": text(home.get(code, ZERO)),
        }


def _documents(org: Organization) -> Iterator[dict[str, Any]]:
    for kept in org.books.documents.values():
        yield {
            "id": kept.id,
            "kind": kept.kind,
            "number": kept.number,
            "date": kept.date,
            "due": kept.due,
            "customer": org.customer_name(kept.customer),
            "currency": kept.currency,
            "rate": str(kept.rate),
            "total": text(kept.total),
            "open": text(kept.open),
            "status": kept.status,
        }
    for table, kind, number in (
        ("invoices", "invoice", "invoice_number"),
        ("creditnotes", "credit_note", "creditnote_number"),
    ):
        for row_id, row in org.tables[table].rows.items():
            if row_id not in org.books.documents:
                yield {
                    "id": row_id,
                    "kind": kind,
                    "number": row[number],
                    "date": row["date"],
                    "due": row.get("due_date", ""),
                    "customer": org.customer_name(row["customer_id"]),
                    "currency": row["currency_code"],
                    "rate": str(row["exchange_rate"]),
                    "total": text(row["total"]),
                    "open": text(ZERO),
                    "status": status(org, row),
                }
