"""Everything an organisation knows, as one JSON document, and back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from bridge.sandbox.books.company import Saved
from bridge.sandbox.wire import decode, encode
from bridge.sandbox.xero.auth import Auth, Tokens
from bridge.sandbox.xero.company import TABLES, Company
from bridge.sandbox.xero.idempotency import Kept, Keys
from bridge.sandbox.xero.limits import Limits
from bridge.sandbox.xero.tables import Row, Table

# Numbers in rows are exact decimals, written as text under a mark and read back as they were.
MARK = "$"


@dataclass(slots=True)
class Rest:
    """The values with types of their own, beside the rows."""

    books: Saved
    tokens: Tokens
    kept: dict[str, Kept]


def save(company: Company, auth: Auth, limits: Limits, keys: Keys) -> bytes:
    return encode(
        {
            "tables": {
                name: _marked(list(table.rows.values())) for name, table in company.tables.items()
            },
            "sequences": company.sequences,
            "organisation": company.organisation,
            "currencies": company.currencies,
            "rates": company.rates,
            "history": company.history,
            "receivable": company.receivable_id,
            "tax_account": company.tax_account_id,
            "settings": company.settings.shown(),
            "day": [limits.day.number, limits.day.calls],
            "rest": {
                "books": company.books.save(),
                "tokens": auth.tokens,
                "kept": keys.kept,
            },
        }
    )


def load(saved: bytes, company: Company, auth: Auth, limits: Limits, keys: Keys) -> None:
    """Become what was saved."""
    state = decode(saved)
    rest = msgspec.convert(state["rest"], Rest, strict=False)
    company.settings.change(state["settings"])
    company.tables = {name: _table(name, state["tables"].get(name, [])) for name in TABLES}
    company.sequences, company.organisation = state["sequences"], state["organisation"]
    company.currencies, company.rates = state["currencies"], state["rates"]
    company.history = state["history"]
    company.receivable_id, company.tax_account_id = state["receivable"], state["tax_account"]
    company.books.load(rest.books)
    company.begin()
    auth.tokens, keys.kept = rest.tokens, rest.kept
    limits.day.number, limits.day.calls = state["day"]


def _table(name: str, rows: list[Any]) -> Table:
    id_name, keys = TABLES[name]
    table = Table(id_name, keys)
    for row in rows:
        found: Row = _read(row)
        table.put(found)
    return table


def _marked(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {MARK: format(value, "f")}
    if isinstance(value, dict):
        return {name: _marked(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_marked(each) for each in value]
    return value


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        if len(value) == 1 and MARK in value:
            return Decimal(value[MARK])
        return {name: _read(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_read(each) for each in value]
    return value
