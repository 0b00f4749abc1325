"""Everything an organization knows, as one JSON document, and back."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from bridge.sandbox.books.company import Saved
from bridge.sandbox.wire import decode, encode
from bridge.sandbox.zoho.auth import Auth, Tokens
from bridge.sandbox.zoho.limits import Limits
from bridge.sandbox.zoho.organization import TABLES, Organization
from bridge.sandbox.zoho.tables import Table


@dataclass(slots=True)
class Rest:
    """The values with types of their own, beside the rows."""

    books: Saved
    tokens: Tokens


def save(org: Organization, auth: Auth, limits: Limits) -> bytes:
    return encode(
        {
            "tables": {name: table.rows for name, table in org.tables.items()},
            "last_id": org.last_id,
            "numbers": org.numbers,
            "locks": org.locks,
            "receivable_id": org.receivable_id,
            "settings": org.settings.shown(),
            "day": [limits.day, limits.in_day],
            "rest": {"books": org.books.save(), "tokens": auth.tokens},
        }
    )


def load(saved: bytes, org: Organization, auth: Auth, limits: Limits) -> None:
    """Become what was saved."""
    state = decode(saved)
    rest = msgspec.convert(state["rest"], Rest, strict=False)
    org.settings.change(state["settings"])
    org.tables = {}
    for name, (key, indexed) in TABLES.items():
        table = org.tables[name] = Table(name, key, indexed)
        for row in state["tables"].get(name, {}).values():
            table.put(row)
    org.last_id, org.numbers = state["last_id"], state["numbers"]
    org.locks, org.receivable_id = state["locks"], state["receivable_id"]
    org.books.load(rest.books)
    org.index_values()
    auth.tokens = rest.tokens
    limits.day, limits.in_day = state["day"]
