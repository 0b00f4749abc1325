"""The phone's own two tables, dumped as JSON: `debtor` (which is one debt each) and `movement`.

Debts of one person are brought together by name and phone, both present; the person is then called
by the lowest of those debts' ids. What is not covered: currencies, due dates, instalments and
interest, which the phone does not store.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from bridge.core.ledger import Entity, SnapshotFacts
from bridge.errors import Problem, SnapshotRefused
from bridge.source.deudores import loans, movements, people
from bridge.source.deudores.canonical import canonical_rows
from bridge.source.deudores.context import Cell, Context, as_text, identifier
from bridge.source.deudores.survey import Survey, survey
from bridge.source.deudores.tables import Book, NumberedCells
from bridge.source.texts import name_key, phone

_PERSON = {"id": "debtorId", "name": "name", "phone": "phoneNumber", "created_on": "creationDate"}
_LOAN = {
    "id": "debtorId", "borrower": "_person", "concept": "description", "amount": "amount",
    "balance": "remaining", "start": "creationDate", "paid": "isPaid",
}  # fmt: skip
_MOVEMENT = {
    "id": "movementId", "loan": "debtorCreatorId", "date": "date", "amount": "amount",
    "type": "type", "concept": "concept",
}  # fmt: skip


class Dump(msgspec.Struct):
    debtor: list[dict[str, Any]]
    movement: list[dict[str, Any]]


class DumpTable:
    """One of the phone's tables."""

    said_kind = None

    def __init__(
        self, file: str, kind: str, headings: dict[str, str], records: list[dict[str, Any]]
    ) -> None:
        fields = {
            "borrowers": people.FIELDS,
            "loans": loans.FIELDS,
            "movements": movements.FIELDS,
        }[kind]
        self.file = file
        self.kind = kind
        self.headings = headings
        self._keys = tuple(headings.get(field, "") for field in fields)
        self._fields = fields
        self._records = records

    def cells(self, context: Context) -> NumberedCells:
        for number, record in enumerate(self._records, start=1):
            yield number, tuple(_cell(record, key) for key in self._keys)

    def survey(self, context: Context) -> Survey:
        return survey(
            context, self.file, self.kind, self.headings, self._fields, self.cells(context)
        )


class DumpBook:
    weak = "the phone's tables have no persons of their own; debts were grouped by name and phone"

    def __init__(self, name: str, dump: Dump, facts: SnapshotFacts) -> None:
        self.facts = facts
        self._name = name
        self._dump = dump

    def rows(self, context: Context) -> Iterator[Entity]:
        debts = _with_persons(self._dump.debtor, context.country)
        persons = [record for record in debts if record["_person"] == record.get("debtorId")]
        tables = (
            DumpTable(f"{self._name} debtor", "borrowers", _PERSON, persons),
            DumpTable(f"{self._name} debtor", "loans", _LOAN, debts),
            DumpTable(f"{self._name} movement", "movements", _MOVEMENT, self._dump.movement),
        )
        yield from canonical_rows(context, tables)


def looks_like_one(content: bytes) -> bool:
    """Whether the JSON is a dump, by its first lines."""
    head = content[:4096]
    return b'"debtor"' in head and b'"debtorId"' in head and b'"schema"' not in head


def book_of(name: str, content: bytes, facts: SnapshotFacts) -> Book:
    """The dump in the content. Raises SnapshotRefused."""
    try:
        loose = msgspec.json.Decoder(float_hook=Decimal).decode(
            content.removeprefix(codecs.BOM_UTF8)
        )
        dump = msgspec.convert(loose, Dump)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, InvalidOperation) as error:
        problem = Problem(name, f"is not a readable dump: {error}.", "Export it again.")
        raise SnapshotRefused(f"{name} is not a readable dump", [problem]) from error
    return DumpBook(name, dump, facts)


def _with_persons(records: list[dict[str, Any]], country: str) -> list[dict[str, Any]]:
    """Each debt with the id of its person: the first debt with that name and phone."""
    first: dict[tuple[str, str], Any] = {}
    debts = []
    for record in sorted(records, key=lambda r: _number(r.get("debtorId"))):
        number, _ = phone(as_text(record.get("phoneNumber")), country)
        name = name_key(as_text(record.get("name")))
        own = record.get("debtorId")
        person = first.setdefault((name, number), own) if name and number else own
        debts.append({**record, "_person": person})
    return debts


def _number(value: Any) -> tuple[int, str]:
    text = identifier(value)
    return (int(text), "") if text.isdecimal() else (0, text)


def _cell(record: dict[str, Any], key: str) -> Cell:
    value = record.get(key) if key else None
    if key == "isPaid" and value in (0, 1):
        return bool(value)
    return None if isinstance(value, dict | list) else value
