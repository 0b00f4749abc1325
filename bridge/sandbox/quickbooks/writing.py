"""Create, update, delete and void: one way through for every entity, all or nothing."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from bridge.sandbox.quickbooks import (
    checks,
    faults,
    journals,
    lists,
    payments,
    people,
    sales,
    schema,
)
from bridge.sandbox.quickbooks.company import Company
from bridge.sandbox.quickbooks.rendering import render
from bridge.sandbox.quickbooks.tables import Row

SEQUENCES = {
    **dict.fromkeys(schema.TRANSACTIONS, "transaction"),
    **dict.fromkeys(schema.PEOPLE, "name"),
    "Account": "account",
    "Item": "item",
    "CompanyCurrency": "currency",
}
OLDEST_FIRST = 100


def write(
    company: Company, entity: str, operation: str, body: Any, options: Collection[str] = ()
) -> Row:
    """Do one write and return what the API shows for it; refuse without a trace otherwise."""
    if company.settings.subscription == "ended" and not company.by_hand:
        raise faults.company_status()
    if not isinstance(body, dict):
        raise faults.unsupported_property()
    if operation == "void" or "void" in options:
        return _void(company, entity, body)
    if operation == "delete":
        return _delete(company, entity, body)
    if entity in schema.READ_ONLY_ENTITIES:
        raise faults.unsupported(operation or "create")
    change = checks.clean(entity, body, company.settings)
    if entity == "ExchangeRate":
        return lists.write_rate(company, checks.present(change))
    before = None
    if operation == "update" or _has_id(body):
        before = _current(company, entity, body)
        sparse = body.get("sparse") in (True, "true")
        if sparse and company.settings.sparse_requires_customer and "CustomerRef" in before:
            _require(body, "CustomerRef")
        row = checks.merged(before, change, sparse=sparse)
        row["Id"] = before["Id"]
    else:
        row = checks.present(change)
        row.pop("Id", None)
    if "allowduplicatedocnum" in options:
        row["_allow_duplicate"] = True
    row = _build(company, entity, row, before)
    row.pop("_allow_duplicate", None)
    row.setdefault("Id", "")
    if before is None:
        row["Id"] = company.next_id(SEQUENCES.get(entity, entity))
    _enter(company, entity, row, before)
    company.save_row(entity, row)
    _afterwards(company, entity, row, body, before)
    return render(company, entity, company.row(entity, row["Id"]))


def _has_id(body: Row) -> bool:
    return body.get("Id") not in (None, "", 0, "0")


def _require(body: Row, name: str) -> None:
    if body.get(name) in checks.EMPTY:
        raise faults.missing(name)


def _current(company: Company, entity: str, body: Row) -> Row:
    """Return the row to change, if the caller has seen its latest version."""
    for name in ("Id", "SyncToken"):
        if body.get(name) in checks.EMPTY:
            raise faults.missing(name)
    row = company.row(entity, str(body["Id"]))
    if str(body["SyncToken"]) != row["SyncToken"]:
        raise faults.stale(company.editor(entity, row["Id"]))
    return row


def _build(company: Company, entity: str, row: Row, before: Row | None) -> Row:
    if entity in schema.SALES:
        _check_not_deposited(company, before)
        return sales.build(company, entity, row, before)
    if entity == "Payment":
        _check_not_deposited(company, before)
        return payments.build(company, row, before)
    if entity == "JournalEntry":
        return journals.build_journal(company, row, before)
    if entity == "Deposit":
        return journals.build_deposit(company, row, before)
    if entity in schema.PEOPLE:
        return people.build(company, entity, row, before)
    if entity == "Account":
        return lists.build_account(company, row, before)
    if entity == "Item":
        return lists.build_item(company, row, before)
    if entity == "CompanyCurrency":
        return lists.build_currency(company, row, before)
    return lists.build_named(company, entity, row, before)


def _enter(company: Company, entity: str, row: Row, before: Row | None) -> None:
    """Make the books follow; the last step that may refuse, before it changes anything."""
    if entity in schema.SALES:
        made = sales.document(company, entity, row)
        if before and (company.by_hand or company.settings.paid_document_reduction == "unapply"):
            old = company.books.documents[made.id]
            if made.total < old.claim - old.open:
                payments.drop_links(company, made.id)
        sales.enter(company, made, before)
    elif entity == "Payment":
        payments.settle(company, row, before)
    elif entity == "JournalEntry":
        sales.enter(company, journals.journal(row), before)
    elif entity == "Deposit":
        sales.enter(company, journals.deposit(company, row), before)
        journals.hold(company, row, before)
    elif entity in schema.PEOPLE:
        people.register(company, entity, row, before)
    elif entity == "Account":
        company.chart_account(row)


def _afterwards(company: Company, entity: str, row: Row, body: Row, before: Row | None) -> None:
    """The changes that QBO makes by itself after a write."""
    if before is not None:
        return
    currency = (row.get("CurrencyRef") or {}).get("value")
    if entity == "Customer":
        _list_currency(company, str(currency))
        balance = body.get("Balance")
        if balance not in (None, "", 0):
            amount = checks.number("Balance", balance, company.settings)
            _opening_balance(company, row, amount, str(body.get("OpenBalanceDate") or ""))
    settings = company.settings
    if entity in ("Invoice", "CreditMemo") and settings.auto_apply_credit:
        apply_credits(company, row["CustomerRef"]["value"])
    if entity == "Invoice" and settings.auto_apply_payments:
        apply_unapplied(company, row["CustomerRef"]["value"])
    if entity == "Payment" and settings.auto_apply_payments and not row["Line"]:
        lines = open_invoice_lines(company, row["CustomerRef"]["value"], row["TotalAmt"])
        change = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, "Line": lines}
        if lines:
            write(company, "Payment", "update", change)


def _list_currency(company: Company, code: str) -> None:
    known = {row["Code"] for row in company.tables["CompanyCurrency"].rows.values()}
    if code not in known and code != company.home:
        write(company, "CompanyCurrency", "create", {"Code": code})


def _opening_balance(company: Company, row: Row, amount: Decimal, day: str) -> None:
    """Enter a customer's opening balance, which nobody should ever send."""
    if not amount:
        return
    currency = row["CurrencyRef"]["value"]
    sides = ("Debit", "Credit") if amount > 0 else ("Credit", "Debit")
    owed = {
        "PostingType": sides[0],
        "AccountRef": {"value": company.receivable(currency)},
        "Entity": {"Type": "Customer", "EntityRef": {"value": row["Id"]}},
    }
    equity = {
        "PostingType": sides[1],
        "AccountRef": {"value": company.account_of("OpeningBalanceEquity")},
    }
    body: Row = {
        "CurrencyRef": {"value": currency},
        "PrivateNote": "Opening Balance",
        "Line": [
            {
                "Amount": abs(amount),
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": detail,
            }
            for detail in (owed, equity)
        ],
    }
    if day:
        body["TxnDate"] = day
    write(company, "JournalEntry", "create", body)


def open_invoice_lines(company: Company, customer: str, most: Decimal) -> list[Row]:
    """Return payment lines for a customer's open invoices, the oldest due first."""
    table, documents = company.tables["Invoice"], company.books.documents
    ids = [each for each in table.ids("CustomerRef", customer) if documents[each].open > 0]
    lines: list[Row] = []
    for txn_id in sorted(ids, key=lambda each: documents[each].due)[:OLDEST_FIRST]:
        amount = min(most, documents[txn_id].open)
        if amount <= 0:
            break
        most -= amount
        lines.append({"Amount": amount, "LinkedTxn": [{"TxnId": txn_id, "TxnType": "Invoice"}]})
    return lines


def apply_credits(company: Company, customer: str) -> None:
    """Apply open credit memos to open invoices by payments of nothing, as AutoApplyCredit does."""
    documents = company.books.documents
    for memo in company.tables["CreditMemo"].ids("CustomerRef", customer):
        lines = open_invoice_lines(company, customer, documents[memo].open)
        used = sum((line["Amount"] for line in lines), Decimal(0))
        if used:
            link = {"TxnId": memo, "TxnType": "CreditMemo"}
            body = {
                "CustomerRef": {"value": customer},
                "TotalAmt": 0,
                "PrivateNote": "Created by QB Online to link credits to charges.",
                "Line": [*lines, {"Amount": used, "LinkedTxn": [link]}],
            }
            write(company, "Payment", "create", body)


def apply_unapplied(company: Company, customer: str) -> None:
    """Put what payments left over to open invoices, as a change to those payments."""
    for payment in company.tables["Payment"].ids("CustomerRef", customer):
        row = company.tables["Payment"].rows[payment]
        lines = open_invoice_lines(company, customer, company.books.documents[payment].open)
        if not lines:
            continue
        amounts = {line["LinkedTxn"][0]["TxnId"]: line for line in row["Line"]}
        for line in lines:
            txn_id = line["LinkedTxn"][0]["TxnId"]
            before = amounts[txn_id]["Amount"] if txn_id in amounts else Decimal(0)
            amounts[txn_id] = {**line, "Amount": before + line["Amount"]}
        change = {"Id": payment, "SyncToken": row["SyncToken"], "sparse": True}
        write(company, "Payment", "update", {**change, "Line": list(amounts.values())})


def _void(company: Company, entity: str, body: Row) -> Row:
    """Void what can be voided; a journal entry answers as if, and nothing happens."""
    if entity == "JournalEntry":
        return {}
    if entity not in schema.VOID_BY_INCLUDE:
        raise faults.unsupported("void")
    row = _current(company, entity, body)
    _check_not_deposited(company, row)
    company.check_period(row["TxnDate"])
    if company.books.documents[row["Id"]].void:
        return render(company, entity, row)
    if entity == "Payment":
        linked, changed = payments.linked_ids(row), payments.voided(row)
        company.books.void(row["Id"])
        payments.touch_linked(company, linked)
    else:
        payments.drop_links(company, row["Id"])
        changed = sales.voided(row)
        company.books.void(row["Id"])
    company.save_row(entity, changed)
    return render(company, entity, changed)


def _delete(company: Company, entity: str, body: Row) -> Row:
    """Delete a transaction and leave a stub for change data capture."""
    if entity not in schema.DELETABLE:
        raise faults.unsupported("delete")
    row = _current(company, entity, body)
    _check_not_deposited(company, row)
    company.check_period(row["TxnDate"])
    row_id = row["Id"]
    linked = payments.linked_ids(row) if entity == "Payment" else set()
    if entity != "Payment" and company.books.receivables.touching.get(row_id):
        if not company.by_hand:
            raise faults.business(
                "You must unlink the transactions that are linked to this one first."
            )
        payments.drop_links(company, row_id)
    if entity == "Deposit":
        for txn_id in journals.deposited_ids(row):
            company.deposits.pop(txn_id, None)
    company.books.delete(row_id)
    company.tables[entity].remove(row_id, company.now_s())
    payments.touch_linked(company, linked)
    return {"status": "Deleted", "domain": "QBO", "Id": row_id}


def _check_not_deposited(company: Company, row: Row | None) -> None:
    if row and row["Id"] in company.deposits:
        raise faults.deposited()
