"""The phone's own two tables, dumped as JSON: `debtor` (which is one debt each) and `movement`.

Debts of one person are brought together by name and phone, both present; the person is then called
by the lowest of those debts' ids. What is not covered: currencies, due dates, instalments and
interest, which the phone does not store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import msgspec

from bridge.core.ledger import Entity, ReadTable, SnapshotFacts
from bridge.core.message import Detail, message
from bridge.errors import Problem, SnapshotRefused
from bridge.source.deudores import loans, movements, people
from bridge.source.deudores.canonical import canonical_rows
from bridge.source.deudores.context import Cell, Context, as_text, identifier
from bridge.source.deudores.survey import Survey, survey
from bridge.source.deudores.tables import Book, NumberedCells
from bridge.source.files.delivered import Delivered
from bridge.source.files.records import UNREADABLE, Records, outline
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


_PLACES = 8
"""Places for hashes by debt: one debt in eight or so falls in another's."""
Numbered = Callable[[], Iterator[tuple[int, dict[str, Any]]]]
"""A function that reads a table again: number and content of each record."""


class Dump(msgspec.Struct):
    debtor: list[dict[str, Any]]
    movement: list[dict[str, Any]]


_decode = msgspec.json.Decoder(Dump, float_hook=Decimal).decode


class DumpTable:
    """One of the phone's tables."""

    said_kind = None

    def __init__(self, file: str, kind: str, headings: dict[str, str], records: Numbered) -> None:
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
        for number, record in self._records():
            yield number, tuple([_cell(record, key) for key in self._keys])

    def survey(self, context: Context) -> Survey:
        return survey(
            context, self.file, self.kind, self.headings, self._fields, self.cells(context)
        )


class DumpBook:
    weak: Detail = message("weak_dump")

    def __init__(self, name: str, lists: dict[str, Records], facts: SnapshotFacts) -> None:
        self.facts = facts
        self.tables = [
            ReadTable(file=f"{name} debtor", kind="loans"),
            ReadTable(file=f"{name} movement", kind="movements"),
        ]
        self._name = name
        self._debtor, self._movement = lists["debtor"], lists["movement"]

    def rows(self, context: Context) -> Iterator[Entity]:
        persons = Persons(self._debtor, context.country)

        def debts() -> Iterator[tuple[int, dict[str, Any]]]:
            for number, record in enumerate(self._debtor, start=1):
                yield number, {**record, "_person": persons.of(record)}

        def people() -> Iterator[tuple[int, dict[str, Any]]]:
            return (each for each in debts() if each[1]["_person"] == each[1].get("debtorId"))

        def moved() -> Iterator[tuple[int, dict[str, Any]]]:
            return enumerate(self._movement, start=1)

        tables = (
            DumpTable(f"{self._name} debtor", "borrowers", _PERSON, people),
            DumpTable(f"{self._name} debtor", "loans", _LOAN, debts),
            DumpTable(f"{self._name} movement", "movements", _MOVEMENT, moved),
        )
        yield from canonical_rows(context, tables)


def looks_like_one(content: bytes) -> bool:
    """Whether the JSON is a dump, by its first lines."""
    head = content[:4096]
    return b'"debtor"' in head and b'"debtorId"' in head and b'"schema"' not in head


def book_of(file: Delivered, limit: int, facts: SnapshotFacts) -> Book:
    """The dump in the file. Raises SnapshotRefused."""
    name = file.name
    try:
        found = outline(file, limit, dict[str, Any], _check)
        _decode(found.frame)
    except UNREADABLE as error:
        what = message("refused_unreadable", text=str(error))
        problem = Problem(name, what, message("mend_unreadable"))
        raise SnapshotRefused(message("file_refused", file=name), [problem]) from error
    return DumpBook(name, found.lists, facts)


def _check(table: str, records: bytes) -> None:
    """Every record of the phone's tables must be an object that can be decoded."""
    if table in Dump.__struct_fields__:
        empty = dict.fromkeys(Dump.__struct_fields__, b"[]") | {table: records}
        _decode(b"{%b}" % b",".join(b'"%b":%b' % (name.encode(), empty[name]) for name in empty))


class Persons:
    """The person of each debt: the first of the debts with the same name and phone, both present.

    Name and phone are kept only of those that may be there more than once, by their hashes.
    """

    def __init__(self, debts: Records, country: str) -> None:
        self._country = country
        self._first: dict[tuple[str, str], tuple[tuple[int, str], Any]] = {}
        met = bytearray(len(debts) * _PLACES)
        for debt in debts:
            if key := self._key(debt):
                place = hash(key) % len(met)
                met[place] = min(met[place] + 1, 2)
        for debt in debts if 2 in met else ():
            key = self._key(debt)
            if key and met[hash(key) % len(met)] == 2:
                own = debt.get("debtorId")
                mine = _number(own), own
                first = self._first.setdefault(key, mine)
                if mine[0] < first[0]:
                    self._first[key] = mine

    def of(self, debt: dict[str, Any]) -> Any:
        """The id of the person that owes the debt."""
        own = debt.get("debtorId")
        key = self._key(debt) if self._first else None
        return self._first[key][1] if key in self._first else own

    def _key(self, debt: dict[str, Any]) -> tuple[str, str] | None:
        number, _ = phone(as_text(debt.get("phoneNumber")), self._country)
        name = name_key(as_text(debt.get("name")))
        return (name, number) if name and number else None


def _number(value: Any) -> tuple[int, str]:
    text = identifier(value)
    return (int(text), "") if text.isdecimal() else (0, text)


def _cell(record: dict[str, Any], key: str) -> Cell:
    value = record.get(key) if key else None
    if key == "isPaid" and value in (0, 1):
        return bool(value)
    return None if isinstance(value, dict | list) else value
