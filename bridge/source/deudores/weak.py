"""Sheets without ids: names made from content, the same on every reading while the file only grows.

A loan is named by its person, date, amount and concept; a payment by its debt, date, amount and
concept; a person by document, else by name and phone. Equal ones are told apart by their order.
"""

from __future__ import annotations

import hashlib
from collections import Counter

from bridge.source.deudores import loans, movements, people
from bridge.source.deudores.context import Cell, Context, WordOf, as_text, identifier
from bridge.source.deudores.survey import Survey, survey
from bridge.source.deudores.tables import NumberedCells, Table
from bridge.source.texts import document, name_key

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 9
_LOAN = {field: position for position, field in enumerate(loans.FIELDS)}
_MOVEMENT = {field: position for position, field in enumerate(movements.FIELDS)}


def weak_id(*parts: str) -> str:
    """A short name for content: `W` and nine signs, which fits a document number."""
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).digest()
    number = int.from_bytes(digest[:8], "big")
    out = ""
    for _ in range(_LENGTH):
        number, digit = divmod(number, 32)
        out += _ALPHABET[digit]
    return f"W{out}"


def person_id(cells: dict[str, Cell]) -> str:
    """The name of the person in a row: by document, else by name and phone."""
    _, digits = document(as_text(cells.get("document")))
    if digits:
        return weak_id("person", "document", digits)
    phone = "".join(sign for sign in as_text(cells.get("phone")) if sign.isdigit())[-10:]
    name = name_key(people.full_name(*(cells.get(f) for f in people.NAME_FIELDS)))
    return weak_id("person", "name", name, phone) if name else ""


class Numbered:
    """Tells equal contents apart by their order in the file."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def name(self, *parts: str) -> str:
        key = weak_id(*parts)
        self._seen[key] += 1
        return weak_id(*parts, str(self._seen[key]))


class _Wrapped:
    """A table with another's rows, changed."""

    def __init__(self, table: Table, extra: dict[str, str]) -> None:
        self.kind = table.kind
        self.headings = table.headings | extra
        self.said_kind = table.said_kind
        self._table = table

    @property
    def file(self) -> str:
        return self._table.file

    def survey(self, context: Context) -> Survey:
        return self._table.survey(context)


class NamedLoans(_Wrapped):
    """Loans whose own id, or whose person's, is made from the row."""

    def __init__(self, table: Table) -> None:
        super().__init__(table, {})
        self._names_loans = "id" not in table.headings
        self._names_persons = "borrower" not in table.headings

    def cells(self, context: Context) -> NumberedCells:
        numbered = Numbered()
        for line, cells in self._table.cells(context):
            changed = list(cells)
            if self._names_persons:
                changed[_LOAN["borrower"]] = person_id(_by_field(cells))
            if self._names_loans:
                parts = [
                    as_text(cells[_LOAN[field]]).strip()
                    for field in ("start", "total", "amount", "concept")
                ]
                changed[_LOAN["id"]] = numbered.name(
                    "loan", identifier(changed[_LOAN["borrower"]]), *parts
                )
            yield line, tuple(changed)


class NamedMovements(_Wrapped):
    """Payments whose id is made from the row."""

    def __init__(self, table: Table) -> None:
        super().__init__(table, {})

    def cells(self, context: Context) -> NumberedCells:
        numbered = Numbered()
        for line, cells in self._table.cells(context):
            parts = [
                as_text(cells[_MOVEMENT[field]]).strip()
                for field in ("loan", "date", "amount", "type", "concept")
            ]
            changed = list(cells)
            changed[_MOVEMENT["id"]] = numbered.name("movement", *parts)
            yield line, tuple(changed)


class PersonsOfLoans:
    """The persons that a loans' table names, each once, as a table of borrowers."""

    kind = "borrowers"
    said_kind = None

    def __init__(self, table: Table) -> None:
        self._table = table
        known = (*people.NAME_FIELDS, "phone", "document", "address", "store")
        self.headings = {f: table.headings[f] for f in known if f in table.headings}

    @property
    def file(self) -> str:
        return self._table.file

    def survey(self, context: Context) -> Survey:
        return Survey()

    def cells(self, context: Context) -> NumberedCells:
        seen = WordOf(False)
        for line, cells in silently(self._table, context):
            row = _by_field(cells)
            person = identifier(row["borrower"])
            if not person or seen.get(person):
                continue
            seen.set(person, True)
            row["id"] = person
            row["created_on"] = row["consent"] = None
            yield line, tuple(row.get(field) for field in people.FIELDS)


class BalancesAsLoans:
    """A list of balances: one running account for each person, opened at the balance.

    Nothing is known of how the balance came about; its day is the last invoice's, else the day of
    the list.
    """

    kind = "loans"

    def __init__(self, table: Table, fields: tuple[str, ...], account_word: str) -> None:
        self.file = table.file
        self.said_kind = table.said_kind
        self._table = table
        self._fields = fields
        self._account = account_word
        heading = table.headings["balance"]
        self.headings = table.headings | {"amount": heading, "kind": heading}

    def survey(self, context: Context) -> Survey:
        rows = silently(self, context)
        return survey(context, self.file, self.kind, self.headings, loans.FIELDS, rows)

    def cells(self, context: Context) -> NumberedCells:
        numbered = Numbered()
        for line, cells in self._table.cells(context):
            row = dict(zip(self._fields, cells, strict=True))
            person = person_id(row)
            row |= {
                "id": numbered.name("balance", person) if person else "",
                "borrower": person,
                "amount": row["balance"],
                "kind": self._account,
                "start": row.get("start") or context.as_of,
            }
            yield line, tuple(row.get(field) for field in loans.FIELDS)


def _by_field(cells: tuple[Cell, ...]) -> dict[str, Cell]:
    """The cells of a loan by field; what a wide sheet has behind them is left aside."""
    return dict(zip(loans.FIELDS, cells, strict=False))


def silently(table: Table, context: Context) -> NumberedCells:
    """The table's rows without its notes: they are told when the table itself is read."""
    rows = iter(table.cells(context))
    while True:
        with context.unheard():
            row = next(rows, None)
        if row is None:
            return
        yield row
