"""A running book: loans and payments of all clients in one list, each row one or the other.

A row with an amount lent is a loan; a row with a payment only is one, of the client's only open
loan. The balance beside the client's last row is what the book says is owed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from bridge.source.deudores import loans
from bridge.source.deudores.columns import Heading
from bridge.source.deudores.context import Cell, Context, as_text
from bridge.source.deudores.headings import Columns
from bridge.source.deudores.looks import Look, look
from bridge.source.deudores.survey import Survey
from bridge.source.deudores.tables import NumberedCells, Table
from bridge.source.texts import heading_key, name_key

_LOAN = {field: position for position, field in enumerate(loans.FIELDS)}
PAYMENT = "payment"
"""The column of payments, behind the fields of a loan."""


def payment_position(
    heading: Heading, cells: Sequence[Any], columns: Columns, rows: Iterable[tuple[int, Any]]
) -> int | None:
    """The position of the payments in a running book; None when the sheet is none.

    It is one when a row has a payment and nothing lent. The rows are only looked at where the
    heading could be one.
    """
    if heading.kind != "loans" or "name" not in heading.columns or "id" in heading.columns:
        return None
    lent = [heading.columns[f] for f in ("amount", "total", "principal") if f in heading.columns]
    known = {heading_key(name) for name in columns.movements.amount}
    could_be = [
        position
        for position, cell in enumerate(cells)
        if position not in lent and heading_key(as_text(cell)) in known
    ]
    for _, row in rows if could_be else ():
        if any(_amount(row, at) for at in lent):
            continue
        for position in could_be:
            if _amount(row, position):
                return position
    return None


def _amount(row: Any, position: int) -> bool:
    there = isinstance(row, list) and position < len(row)
    return there and look(row[position]) in (Look.MONEY, Look.NUMBER)


def book_heading(heading: Heading, position: int) -> Heading:
    """The heading with its payments as a field of their own."""
    kept = {field: at for field, at in heading.columns.items() if at != position}
    headings = {field: text for field, text in heading.headings.items() if field in kept}
    return msgspec.structs.replace(heading, columns=kept | {PAYMENT: position}, headings=headings)


def payments_heading(heading: Heading, position: int, cells: Sequence[Any]) -> Heading:
    """The heading of a running book, read as a table of payments that name their client."""
    at = heading.columns
    columns = {"name": at["name"], "date": at["start"], "amount": position}
    if "concept" in at:
        columns["concept"] = at["concept"]
    headings = {field: as_text(cells[where]).strip() for field, where in columns.items()}
    return msgspec.structs.replace(
        heading, kind="movements", columns=columns, headings=headings, score=0
    )


class BookLoans:
    """The rows of a running book that lend, with the balance of each client's last row."""

    kind = "loans"

    def __init__(self, table: Table) -> None:
        self._table = table
        self.file = table.file
        self.headings = table.headings
        self.said_kind = table.said_kind

    def survey(self, context: Context) -> Survey:
        return self._table.survey(context)

    def cells(self, context: Context) -> NumberedCells:
        rows = list(self._table.cells(context))
        balance = {self._client(cells): cells[_LOAN["balance"]] for _, cells in rows}
        lent = [(line, cells) for line, cells in rows if not _is_payment(cells)]
        count = Counter(self._client(cells) for _, cells in lent)
        for line, cells in lent:
            changed = list(cells[: len(loans.FIELDS)])
            client = self._client(cells)
            changed[_LOAN["balance"]] = balance[client] if count[client] == 1 else ""
            yield line, tuple(changed)

    def _client(self, cells: tuple[Cell, ...]) -> str:
        return name_key(as_text(cells[_LOAN["name"]]))


class BookPayments:
    """The rows of a running book that pay."""

    kind = "movements"
    said_kind = None

    def __init__(self, table: Table, amount_at: int) -> None:
        self._table = table
        self._amount_at = amount_at
        self.file = table.file
        self.headings = table.headings

    def survey(self, context: Context) -> Survey:
        return self._table.survey(context)

    def cells(self, context: Context) -> NumberedCells:
        for line, cells in self._table.cells(context):
            if as_text(cells[self._amount_at]).strip():
                yield line, cells


def _is_payment(cells: tuple[Cell, ...]) -> bool:
    """Whether a row has a payment and nothing lent; one with both is a loan paid in part."""
    lent = any(as_text(cells[_LOAN[f]]).strip() for f in ("amount", "total", "principal"))
    return bool(as_text(cells[len(loans.FIELDS)]).strip()) and not lent
