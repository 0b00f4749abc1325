"""A sheet for each client: labels with their values on top, the payments in a list below.

The client is named by a label, else by the title of the sheet ("CUENTA DE CARMEN RESTREPO"), else
by the sheet's own name. Every amount above the list belongs to a label that is known, or the sheet
is a question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec

from bridge.core.ledger import LoanKind, ReadTable
from bridge.core.message import Message, message
from bridge.errors import Problem
from bridge.source.deudores import loans, movements
from bridge.source.deudores.columns import HEADING_WITHIN, Heading, read_table
from bridge.source.deudores.context import Cell, Context, as_text
from bridge.source.deudores.headings import Columns
from bridge.source.deudores.kinds import said_kind
from bridge.source.deudores.looks import Look, look
from bridge.source.deudores.survey import Survey, survey
from bridge.source.deudores.tables import NumberedCells, Table
from bridge.source.deudores.weak import Numbered, person_id
from bridge.source.texts import heading_key, person_name

_LOAN = {field: position for position, field in enumerate(loans.FIELDS)}
_MOVEMENT = {field: position for position, field in enumerate(movements.FIELDS)}
_BEFORE_A_NAME = re.compile(
    r"^\s*(?:(?:estado\s+de\s+)?cuenta|cliente|clienta|deudora?|señora?|sra?\.?|tarjeta|ficha|"
    r"pr[eé]stamos?|abonos|pagos)\b\s*(?:del?\b|a\b)?\s*(?:(?:la|el|señora?|sra?\.?|cliente)\b)?\s*:?\s*",
    re.IGNORECASE,
)
TITLE = "title"
"""The label of a name that stands in a title alone."""
_NO_NAME = re.compile(r"(HOJA|SHEET|PLANILHA|PLAN)\d*")


class ClientSheet(msgspec.Struct, frozen=True):
    """One client's sheet: what its labels say, and where its payments are."""

    file: str
    labels: dict[str, tuple[int, str, Cell]]
    """Field of a loan → row, label as written, value."""
    payments: Heading
    kind: LoanKind | None
    last_balance: Cell = ""

    @property
    def as_read(self) -> ReadTable:
        """The understanding of the labels and of the columns of the payments."""
        labels = [
            ("", "title") if label == TITLE else (label, field)
            for field, (_, label, _) in self.labels.items()
        ]
        payments = read_table(self.file, self.payments)
        told = (*labels, *payments.columns)
        return msgspec.structs.replace(payments, kind="client", columns=told)


def client_sheet(
    name: str, title: str, rows: Sequence[tuple[int, Any]], columns: Columns
) -> ClientSheet | None:
    """The content of a sheet without a heading of its own, if it is one client's."""
    tops = (_payments(row, columns) for row in rows[:HEADING_WITHIN])
    payments = next((found for found in tops if found), None)
    if payments is None:
        return None
    above = [(line, row) for line, row in rows if line < payments.line and isinstance(row, list)]
    labels = _labels(above, columns)
    if not labels.keys() & {"amount", "total", "principal"}:
        return None
    texts = [as_text(cell) for _, row in above for cell in row if look(cell) is Look.TEXT]
    if "name" not in labels:
        labels["name"] = (above[0][0], TITLE, _name(above, labels, title))
    balance_at = _balance_at(rows, payments, columns)
    written = [
        row[balance_at]
        for line, row in rows
        if line > payments.line and isinstance(row, list) and -1 < balance_at < len(row)
    ]
    balance = next((cell for cell in reversed(written) if as_text(cell).strip()), "")
    return ClientSheet(name, labels, payments, said_kind(texts, [name]), balance)


def _payments(row: tuple[int, Any], columns: Columns) -> Heading | None:
    """The heading of a list of payments: a day and an amount, and no loan and no client."""
    line, cells = row
    if not isinstance(cells, list):
        return None
    table = columns.table("movements")
    keys = [heading_key(as_text(cell)) for cell in cells]
    at: dict[str, int] = {}
    for field, names in table.items():
        own = next((key for name in names if (key := heading_key(name)) in keys), "")
        if own and field not in ("id", "loan", "name"):
            at[field] = keys.index(own)
    if not {"date", "amount"} <= at.keys():
        return None
    headings = {field: as_text(cells[position]).strip() for field, position in at.items()}
    return Heading("movements", line, at, headings, len(cells), len(at))


def _labels(above: Sequence[tuple[int, Any]], columns: Columns) -> dict[str, tuple[int, str, Cell]]:
    fields = {
        heading_key(name): field
        for field, names in columns.table("loans").items()
        for name in names
    }
    found: dict[str, tuple[int, str, Cell]] = {}
    for line, row in above:
        filled = [cell for cell in row if as_text(cell).strip()]
        for label, value in pairwise(filled):
            field = fields.get(heading_key(as_text(label))) if isinstance(label, str) else None
            if field and field not in found:
                found[field] = (line, as_text(label).strip().rstrip(":"), value)
    return found


def _name(
    above: Sequence[tuple[int, Any]], labels: dict[str, tuple[int, str, Cell]], title: str
) -> str:
    first = next((as_text(cell) for _, row in above for cell in row if as_text(cell).strip()), "")
    named = person_name(_BEFORE_A_NAME.sub("", first))
    if named and heading_key(named) and named != first.strip():
        return named
    return "" if _NO_NAME.fullmatch(heading_key(title)) else person_name(title)


def _balance_at(rows: Sequence[tuple[int, Any]], payments: Heading, columns: Columns) -> int:
    cells = next(cells for line, cells in rows if line == payments.line)
    known = {heading_key(name) for name in columns.balances.balance}
    return next((at for at, cell in enumerate(cells) if heading_key(as_text(cell)) in known), -1)


def client_problems(sheet: ClientSheet, rows: Sequence[tuple[int, Any]]) -> list[Problem]:
    """The labels missing for a client's sheet to be read, and amounts that belong to no label."""
    problems = []
    missing = [
        field
        for field in ("name", "start")
        if not as_text(sheet.labels[field][2] if field in sheet.labels else "").strip()
    ]
    if missing:
        problems.append(Problem(sheet.file, *_without(missing)))
    read = {(line, as_text(value)) for line, _, value in sheet.labels.values()}
    for line, row in rows:
        if line >= sheet.payments.line or not isinstance(row, list):
            continue
        for cell in row:
            if look(cell) is Look.MONEY and (line, as_text(cell)) not in read:
                what = message("refused_label", row=line, text=as_text(cell)[:40])
                problems.append(Problem(sheet.file, what, message("mend_label")))
    return problems


def _without(missing: list[str]) -> tuple[Message, Message]:
    if missing == ["name"]:
        return message("refused_client_without_name"), message("mend_client_without_name")
    if missing == ["start"]:
        return message("refused_client_without_day"), message("mend_client_without_day")
    return message("refused_client_without_both"), message("mend_client_without_both")


class ClientLoans:
    """The loans that the clients' sheets tell, one for each sheet."""

    kind = "loans"

    def __init__(self, sheets: Sequence[ClientSheet]) -> None:
        self._sheets = sheets
        self._sheet = sheets[0]

    @property
    def file(self) -> str:
        return self._sheet.file

    @property
    def said_kind(self) -> LoanKind | None:
        return self._sheet.kind

    @property
    def headings(self) -> dict[str, str]:
        """The labels of all sheets."""
        return {f: label for sheet in self._sheets for f, (_, label, _) in sheet.labels.items()}

    def survey(self, context: Context) -> Survey:
        rows = self.cells(context)
        return survey(context, self.file, self.kind, self.headings, loans.FIELDS, rows)

    def cells(self, context: Context) -> NumberedCells:
        numbered = Numbered()
        for sheet in self._sheets:
            self._sheet = sheet
            values = {field: value for field, (_, _, value) in self._sheet.labels.items()}
            row: list[Cell] = [values.get(field, "") for field in loans.FIELDS]
            row[_LOAN["borrower"]] = person = person_id(values)
            row[_LOAN["balance"]] = row[_LOAN["balance"]] or self._sheet.last_balance
            row[_LOAN["id"]] = loan_id(numbered, person)
            owed = next(f for f in ("total", "amount", "principal") if f in sheet.labels)
            yield sheet.labels[owed][0], tuple(row)

    def ids(self) -> list[str]:
        """The loan of each sheet, in their order."""
        numbered = Numbered()
        return [
            loan_id(numbered, person_id({f: value for f, (_, _, value) in sheet.labels.items()}))
            for sheet in self._sheets
        ]


def loan_id(numbered: Numbered, person: str) -> str:
    """A client's loan, by the client: the sheet has one, whatever is corrected in it."""
    return numbered.name("sheet", person)


class PaymentsOfOne:
    """Payments of one client's sheet, all of the one loan in it."""

    kind = "movements"
    said_kind = None

    def __init__(self, table: Table, loan: str) -> None:
        self._table = table
        self._loan = loan
        self.file = table.file
        self.headings = table.headings

    def survey(self, context: Context) -> Survey:
        return self._table.survey(context)

    def cells(self, context: Context) -> NumberedCells:
        for line, cells in self._table.cells(context):
            row = list(cells)
            row[_MOVEMENT["loan"]] = self._loan
            yield line, tuple(row)
