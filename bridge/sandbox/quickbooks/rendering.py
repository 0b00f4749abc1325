"""The look of stored rows when they are read."""

from __future__ import annotations

from bridge.sandbox.quickbooks import journals, lists, payments, people, sales, schema
from bridge.sandbox.quickbooks.company import Company
from bridge.sandbox.quickbooks.tables import Row


def render(company: Company, entity: str, row: Row) -> Row:
    """Return a row as the API shows it, with everything that is computed."""
    if entity in schema.SALES:
        return sales.render(company, entity, row)
    if entity == "Payment":
        return payments.render(company, row)
    if entity == "JournalEntry":
        return journals.render_journal(company, row)
    if entity == "Deposit":
        return journals.render_deposit(company, row)
    if entity in schema.PEOPLE:
        return people.render(company, entity, row)
    if entity == "Account":
        return lists.render_account(company, row)
    return lists.render_named(company, entity, row)


def stub(company: Company, entity: str, row_id: str) -> Row:
    """Return what change data capture shows of a deleted row."""
    moment = company.stamp(company.tables[entity].deleted[row_id])
    return {
        "status": "Deleted",
        "domain": "QBO",
        "Id": row_id,
        "MetaData": {"LastUpdatedTime": moment},
    }
