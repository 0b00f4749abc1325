"""Reports: trial balance, balance sheet, one contact's open invoices.

Shapes by the description (FACTS X7). Balances are in the base currency (FACTS X37).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from bridge.sandbox.books.amounts import ZERO, text
from bridge.sandbox.wire import Request
from bridge.sandbox.xero import rendering, sales
from bridge.sandbox.xero.company import CLASSES, Company
from bridge.sandbox.xero.faults import Refused, api_error, not_found
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import day_text, long_day, ms_time, read_day

TITLES = {
    "REVENUE": "Revenue",
    "EXPENSE": "Expenses",
    "ASSET": "Assets",
    "LIABILITY": "Liabilities",
    "EQUITY": "Equity",
}
SHEET = (("ASSET", "Assets"), ("LIABILITY", "Liabilities"), ("EQUITY", "Equity"))


def report(company: Company, name: str, request: Request) -> Row:
    maker = REPORTS.get(name)
    if maker is None:
        raise not_found()
    day = _day(request, "date") or company.today()
    made = maker(company, request, day)
    made.update(ReportDate=long_day(company.today()), UpdatedDateUTC=ms_time(company.now_ms()))
    made.setdefault("Fields", [])
    return {"Reports": [{"ReportID": made["ReportType"], **made}]}


def balances(company: Company, day: str, first: str = "") -> dict[str, Decimal]:
    """Return what was posted to each account up to a day, in the base currency."""
    books = company.books
    found: dict[str, Decimal] = {}
    for key, legs in books.journal.entries.items():
        if first <= entry_day(company, key) <= day:
            for leg in legs:
                found[leg.account] = found.get(leg.account, ZERO) + leg.home
    return found


def entry_day(company: Company, key: str) -> str:
    """Return the date of a journal entry; a gain has that of what realised it."""
    owner = key.removesuffix("/gain")
    kept = company.books.documents.get(owner)
    return kept.date if kept else str(company.tables["Allocations"].rows[owner]["Date"])


def _trial_balance(company: Company, request: Request, day: str) -> Row:
    """Year-to-date columns; income and expenses of years gone by are in retained earnings."""
    found, before = balances(company, day), balances(company, f"{int(day[:4]) - 1}-12-31")
    retained = ZERO
    sections: dict[str, list[Row]] = {}
    accounts = sorted(company.tables["Accounts"].rows.values(), key=lambda row: row.get("Code", ""))
    earned = {"REVENUE", "EXPENSE"}
    for row in accounts:
        if CLASSES[row["Type"]][0] in earned:
            retained += before.get(row["AccountID"], ZERO)
    debits = credits = ZERO
    for row in accounts:
        kind = CLASSES[row["Type"]][0]
        amount = found.get(row["AccountID"], ZERO)
        if kind in earned:
            amount -= before.get(row["AccountID"], ZERO)
        if row.get("SystemAccount") == "RETAINEDEARNINGS":
            amount += retained
        if not amount:
            continue
        debits, credits = debits + max(amount, ZERO), credits + max(-amount, ZERO)
        sections.setdefault(kind, []).append(_account_row(row, amount))
    head = ("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")
    rows: list[Row] = [{"RowType": "Header", "Cells": [{"Value": each} for each in head]}]
    rows += [
        {"RowType": "Section", "Title": title, "Rows": sections[kind]}
        for kind, title in TITLES.items()
        if kind in sections
    ]
    total = ("Total", text(debits), text(credits), text(debits), text(credits))
    summary = {"RowType": "SummaryRow", "Cells": [{"Value": each} for each in total]}
    rows.append({"RowType": "Section", "Title": "", "Rows": [summary]})
    titles = ["Trial Balance", company.organisation["Name"], f"As at {long_day(day)}"]
    return {
        "ReportName": "Trial Balance",
        "ReportType": "TrialBalance",
        "ReportTitles": titles,
        "Rows": rows,
    }


def _account_row(row: Row, amount: Decimal) -> Row:
    mark = [{"Value": row["AccountID"], "Id": "account"}]
    name = f"{row['Name']} ({row['Code']})" if row.get("Code") else row["Name"]
    debit, credit = (text(amount), "") if amount > 0 else ("", text(-amount))
    values = (name, debit, credit, debit, credit)
    return {"RowType": "Row", "Cells": [{"Value": v, "Attributes": mark} for v in values]}


def _balance_sheet(company: Company, _request: Request, day: str) -> Row:
    found = balances(company, day)
    rows: list[Row] = [
        {"RowType": "Header", "Cells": [{"Value": ""}, {"Value": long_day(day)}]},
    ]
    for kind, title in SHEET:
        sign = 1 if kind == "ASSET" else -1
        lines: list[Row] = []
        total = ZERO
        for row in company.tables["Accounts"].rows.values():
            amount = sign * found.get(row["AccountID"], ZERO)
            if CLASSES[row["Type"]][0] == kind and amount:
                total += amount
                mark = [{"Value": row["AccountID"], "Id": "account"}]
                cells = [
                    {"Value": each, "Attributes": mark} for each in (row["Name"], text(amount))
                ]
                lines.append({"RowType": "Row", "Cells": cells})
        if kind == "EQUITY":
            earned = _earned(company, found)
            total += earned
            cells = [{"Value": "Current Year Earnings"}, {"Value": text(earned)}]
            lines.append({"RowType": "Row", "Cells": cells})
        cells = [{"Value": f"Total {title}"}, {"Value": text(total)}]
        lines.append({"RowType": "SummaryRow", "Cells": cells})
        rows.append({"RowType": "Section", "Title": title, "Rows": lines})
    titles = ["Balance Sheet", company.organisation["Name"], f"As at {long_day(day)}"]
    kind = "BalanceSheet"
    return {"ReportName": "Balance Sheet", "ReportType": kind, "ReportTitles": titles, "Rows": rows}


def _earned(company: Company, found: dict[str, Decimal]) -> Decimal:
    rows: Iterable[Row] = company.tables["Accounts"].rows.values()
    profit = ("REVENUE", "EXPENSE")
    amounts = (found.get(r["AccountID"], ZERO) for r in rows if CLASSES[r["Type"]][0] in profit)
    return -sum(amounts, ZERO)


def _aged_receivables(company: Company, request: Request, day: str) -> Row:
    """One contact's invoices with what is open on each, as it is now."""
    asked = {name.lower(): value for name, value in request.query.items()}
    contact = company.tables["Contacts"].rows.get(asked.get("contactid", "").lower())
    if contact is None:
        raise api_error(10, "ValidationException", "A valid contactId must be given.")
    first, last = _day(request, "fromDate") or "", _day(request, "toDate") or day
    head = ("Date", "Number", "Due Date", "", "Total", "Paid", "Credited", "Due")
    lines: list[Row] = []
    sums = [ZERO] * 4
    for row in company.tables["Invoices"].having("contact", contact["ContactID"]):
        kept = company.books.documents.get(row["InvoiceID"])
        if kept is None or kept.void or not first <= row["Date"] <= last:
            continue
        shown = rendering.sale(company, sales.INVOICE, row, full=False)
        amounts = [shown[n] for n in ("Total", "AmountPaid", "AmountCredited", "AmountDue")]
        sums = [one + other for one, other in zip(sums, amounts, strict=True)]
        due = day_text(row["DueDate"])
        texts = (day_text(row["Date"]), row["InvoiceNumber"], due, "", *map(text, amounts))
        mark = [{"Value": row["InvoiceID"], "Id": "invoiceID"}]
        lines.append({"RowType": "Row", "Cells": [{"Value": v, "Attributes": mark} for v in texts]})
    total = ("Total", "", "", "", *map(text, sums))
    lines.append({"RowType": "SummaryRow", "Cells": [{"Value": each} for each in total]})
    name = "Aged Receivables By Contact"
    return {
        "ReportName": name,
        "ReportType": "AgedReceivablesByContact",
        "ReportTitles": ["Invoices", contact["Name"], f"To {long_day(last)}"],
        "Rows": [
            {"RowType": "Header", "Cells": [{"Value": each} for each in head]},
            {"RowType": "Section", "Title": "", "Rows": lines},
        ],
    }


def _day(request: Request, name: str) -> str:
    given = request.query.get(name, "")
    try:
        return read_day(given) if given else ""
    except (ValueError, OverflowError):
        raise _bad_date(name) from None


def _bad_date(name: str) -> Refused:
    return api_error(10, "ValidationException", f"The {name} is not a valid date.")


REPORTS: dict[str, Callable[[Company, Request, str], dict[str, Any]]] = {
    "TrialBalance": _trial_balance,
    "BalanceSheet": _balance_sheet,
    "AgedReceivablesByContact": _aged_receivables,
}
