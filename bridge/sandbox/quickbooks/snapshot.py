"""Everything a realm knows, as one JSON document, and back."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import msgspec

from bridge.sandbox.books.company import Saved
from bridge.sandbox.quickbooks import people, schema
from bridge.sandbox.quickbooks.auth import Auth, Tokens
from bridge.sandbox.quickbooks.company import Company
from bridge.sandbox.quickbooks.limits import Limits
from bridge.sandbox.quickbooks.requestids import RequestIds
from bridge.sandbox.quickbooks.tables import Row, Table
from bridge.sandbox.wire import decode, encode


@dataclass(slots=True)
class Rest:
    """The values with types of their own, beside the rows."""

    books: Saved
    tokens: Tokens


def save(company: Company, auth: Auth, limits: Limits, requestids: RequestIds) -> bytes:
    return encode(
        {
            "tables": {
                name: {"rows": t.rows, "updated": list(t.updated.items()), "deleted": t.deleted}
                for name, t in company.tables.items()
            },
            "sequences": company.sequences,
            "preferences": company.preferences,
            "info": company.info,
            "rates": company.rates,
            "deposits": company.deposits,
            "receivables": company.receivables,
            "settings": company.settings.shown(),
            "reads": limits.reads,
            "requestids": [
                (key, at, status, base64.b64encode(body).decode())
                for key, (at, status, body) in requestids.answers.items()
            ],
            "rest": {"books": company.books.save(), "tokens": auth.tokens},
        }
    )


def load(
    saved: bytes, company: Company, auth: Auth, limits: Limits, requestids: RequestIds
) -> None:
    """Become what was saved."""
    state = decode(saved)
    rest = msgspec.convert(state["rest"], Rest, strict=False)
    company.settings.change(state["settings"])
    company.tables = {name: _table(name, state["tables"].get(name, {})) for name in schema.ENTITIES}
    company.sequences = state["sequences"]
    company.preferences, company.info = state["preferences"], state["info"]
    company.rates, company.deposits = state["rates"], state["deposits"]
    company.receivables = state["receivables"]
    company.books.load(rest.books)
    people.index(company)
    auth.tokens = rest.tokens
    limits.reads = state["reads"]
    requestids.answers = {
        key: (float(at), status, base64.b64decode(body))
        for key, at, status, body in state["requestids"]
    }


def _table(name: str, state: dict[str, Any]) -> Table:
    table = Table(name, schema.INDEXED.get(name, ()))
    rows: dict[str, Row] = state.get("rows", {})
    for row in rows.values():
        table.put(row, 0)
    table.updated = dict(state.get("updated", ()))
    table.deleted = state.get("deleted", {})
    return table
