"""Ledger rows on their way into the store and back: columns, JSON and fingerprints.

A row's JSON leaves out what has its default value, so that a million rows stay small and a field
added later is no change. The fingerprint covers the JSON without the origin: a row that moved to
another line of the file is the same row; one that carries another note is not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec

from bridge.core.change.alike_names import name_key
from bridge.core.ledger import (
    Adjustment,
    Borrower,
    Collector,
    Entity,
    Instalment,
    Loan,
    Note,
    Repayment,
    Route,
    Row,
    Store,
)
from bridge.store.types import cents_of, native
from bridge.store.values import json

FINGERPRINT_SIZE = 8
ENTITIES: dict[type[Row], str] = {
    Store: "stores",
    Route: "routes",
    Collector: "collectors",
    Borrower: "borrowers",
    Loan: "loans",
    Instalment: "instalments",
    Repayment: "repayments",
    Adjustment: "adjustments",
}
"""Row type → the word that counts and totals use."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "party": ("kind",),
    "borrower": ("name_key", "phone", "document"),
    "loan": ("borrower", "currency", "start", "opening_cents", "gross_cents", "annulled"),
    "instalment": ("loan", "number", "due", "cents"),
    "repayment": ("loan", "paid_on", "cents", "state", "kind"),
    "adjustment": ("loan", "day", "kind", "cents"),
}
"""Table (`stage_…`, `ledger_…`) → its own typed columns, as `LINES` delivers them."""

COMMON = ("id", "fingerprint", "noted", "body")
_VANISHING = (None, "", (), True, False)


def _compact(kind: type[Row]) -> Callable[..., msgspec.Struct]:
    """A twin of the row type without origin that leaves defaults out when encoded.

    Text defaults other than "" are always written: leaving out goes by identity, and equal texts
    are not always identical.
    """
    fields = []
    for field in msgspec.structs.fields(kind):
        if field.name != "origin":
            enumerated = isinstance(field.default, str) and type(field.default) is not str
            plain = any(field.default is value for value in _VANISHING)
            fields.append(
                (field.name, Any, field.default if plain or enumerated else msgspec.UNSET)
            )
    return msgspec.defstruct(f"Compact{kind.__name__}", fields, omit_defaults=True, gc=False)


TWINS = {kind: _compact(kind) for kind in ENTITIES}
_values = msgspec.structs.astuple
assert all(kind.__struct_fields__[:3] == ("id", "origin", "notes") for kind in ENTITIES)


@lru_cache(maxsize=4096)
def _quoted(text: str) -> bytes:
    return json(text)


_PLAIN = b'%b,"origin":{"file":%b,"line":%d}}'
_exact = lru_cache(maxsize=65536)(cents_of)


def _cents(amount: Decimal) -> int:
    # The type is looked at before the cache: 1.5 and Decimal("1.5") are one key to it.
    return _exact(amount) if type(amount) is Decimal else cents_of(amount)


_day = lru_cache(maxsize=16384)(date.isoformat)


def _party(row: Any) -> tuple[Any, ...]:
    return (ENTITIES[type(row)],)


def _borrower(row: Borrower) -> tuple[Any, ...]:
    document = f"{row.document_type} {row.document_number}" if row.document_number else ""
    return (name_key(row.name), row.phone, document)


def _loan(row: Loan) -> tuple[Any, ...]:
    opening = None if row.opening is None else _cents(row.opening)
    gross = None if row.gross is None else _cents(row.gross)
    start = _day(row.start)
    return (native(row.borrower), row.currency, start, opening, gross, int(row.annulled))


def _instalment(row: Instalment) -> tuple[Any, ...]:
    return (native(row.loan), row.number, _day(row.due), _cents(row.amount))


def _repayment(row: Repayment) -> tuple[Any, ...]:
    # `_value_`: binding a member itself, or asking for `.value`, costs several times as much.
    cents = _cents(row.amount)
    return (native(row.loan), _day(row.paid_on), cents, row.state._value_, row.kind._value_)


def _adjustment(row: Adjustment) -> tuple[Any, ...]:
    return (native(row.loan), _day(row.on), row.kind._value_, _cents(row.amount))


_Cells = Callable[[Any], tuple[Any, ...]]
_CELLS: dict[type[Row], tuple[str, _Cells]] = {
    Store: ("party", _party),
    Route: ("party", _party),
    Collector: ("party", _party),
    Borrower: ("borrower", _borrower),
    Loan: ("loan", _loan),
    Instalment: ("instalment", _instalment),
    Repayment: ("repayment", _repayment),
    Adjustment: ("adjustment", _adjustment),
}
TABLES: dict[type[Row], str] = {kind: table for kind, (table, _) in _CELLS.items()}


def _line(kind: type[Row]) -> _Cells:
    """The function that makes a line of a stage table of a row; written out because it runs for
    every row."""
    twin, cells = TWINS[kind], _CELLS[kind][1]

    def line(row: Any) -> tuple[Any, ...]:
        values = _values(row)
        content = json(twin(*values[:1] + values[2:]))
        origin = values[1]
        if origin.cells:
            body = b'%b,"origin":%b}' % (content[:-1], json(origin))
        else:
            body = _PLAIN % (content[:-1], _quoted(origin.file), origin.line)
        fingerprint = blake2b(content, digest_size=FINGERPRINT_SIZE).digest()
        return (native(values[0]), fingerprint, 1 if values[2] else 0, body, *cells(row))

    return line


LINES: dict[type[Row], _Cells] = {kind: _line(kind) for kind in ENTITIES}
"""Row type → what makes (id, fingerprint, noted, body, the table's own columns) of a row."""

DECODERS: dict[type[Row], Any] = {kind: msgspec.json.Decoder(kind).decode for kind in ENTITIES}


def with_note(row: Entity, note: Note) -> Entity:
    """The row with one more note, once."""
    if note in row.notes:
        return row
    return msgspec.structs.replace(row, notes=(*row.notes, note))
