"""The builders that make a row of the ledger from the cells of one row.

Each builder takes the cells of its fields in the order of its column map, whatever file they came
from. What cannot be read and is needed makes the row unreadable (told in the log, never dropped in
silence); what cannot be read and is optional stays empty with a note that holds the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from bridge.core.ledger import LoanKind, Note, Origin
from bridge.core.message import Detail, Message, message, together
from bridge.core.money import worked_out
from bridge.source.amounts import Amount, Form
from bridge.source.deudores.context import Cell, Context, as_text, in_cell
from bridge.source.deudores.day_order import in_doubt
from bridge.source.deudores.wrong import Wrong, no_amount, no_day
from bridge.source.texts import free_text


class TableFacts(Protocol):
    """The facts that a builder asks for about the table it reads."""

    @property
    def file(self) -> str:
        """The file, or file and sheet, of the row."""

    @property
    def kind(self) -> str:
        """Which of the ledger's tables it is."""

    @property
    def headings(self) -> dict[str, str]:
        """Field → heading as written, for the fields that the table has."""

    @property
    def said_kind(self) -> LoanKind | None:
        """Money lent or goods sold, where the sheet as a whole says which."""


class Convention:
    """Whether the amounts of a column agree with their convention, by currency.

    `contradictions` come from a first look at the whole column: currency → a cell that contradicts
    its convention. Ambiguous cells of that currency are then doubtful.
    """

    def __init__(
        self,
        mapping_says: str,
        contradictions: dict[tuple[str, str], Message],
        days: Message | None = None,
        date_order: str = "hold",
    ) -> None:
        self._trusts_locale = mapping_says == "locale"
        self._contradictions = contradictions
        self._days = days
        self._date_order = date_order

    def against_day(self, cell: Cell) -> Message | None:
        """Why a date is doubtful: where its table has the month first; None when it is not."""
        return self._days if self._days and in_doubt(cell, self._date_order) else None

    def against(self, field: str, currency: str, amount: Amount) -> Message | None:
        """Why an amount is doubtful by its form; None when it is not."""
        if amount.form is not Form.AMBIGUOUS or self._trusts_locale:
            return None
        if amount.thousandths:
            return message("three_decimals", currency=currency)
        return self._contradictions.get((field, currency))


class RowReading:
    """One row on its way: collects notes and the original text of cells that reading changed."""

    __slots__ = ("_context", "_table", "cells", "line", "notes")

    def __init__(self, context: Context, table: TableFacts, line: int) -> None:
        self._context = context
        self._table = table
        self.line = line
        self.notes: list[Note] = []
        self.cells: list[tuple[str, str]] = []

    def note(self, code: str, detail: Detail = "") -> None:
        self.notes.append(Note(code, detail))

    def keep(self, field: str, cell: Cell) -> None:
        """Keep the original text of a cell that was changed in reading."""
        self.cells.append((self._table.headings.get(field, field), as_text(cell)))

    def place(self, field: str) -> tuple[int, str]:
        """Row and column, as a person finds them in the file."""
        return self.line, self._table.headings.get(field, field)

    def at(self, field: str, what: Detail) -> Message:
        """The sentence that is told of one cell of the row."""
        return in_cell(*self.place(field), what)

    def origin(self) -> Origin:
        return Origin(self._table.file, self.line, tuple(self.cells))

    def text(self, field: str, cell: Cell) -> str:
        """A free text, cleaned; its peculiarities become notes."""
        cleaned, codes = free_text(as_text(cell))
        for code in codes:
            self.note(code, self._table.headings.get(field, field))
        return cleaned

    def amount(
        self,
        field: str,
        cell: Cell,
        currency: str,
        convention: Convention,
        posted: bool = True,
    ) -> Decimal | None:
        """An optional amount; `posted` amounts also tell how they were rounded."""
        if cell is None or cell == "":
            return None
        amount = self._context.amounts.money(cell, currency)
        if amount is None:
            self.keep(field, cell)
            wrong = no_amount(self._context, field, cell, currency)
            self.note(wrong.code, self.at(field, wrong.what))
            return None
        if against := convention.against(field, currency, amount):
            self.doubtful(field, cell, against)
        if posted:
            self.tell(field, cell, amount)
        elif amount.rounded:
            self.keep(field, cell)
        return amount.value

    def tell(self, field: str, cell: Cell, amount: Amount) -> None:
        """Note what reading an amount meant."""
        for code in amount.codes:
            self.keep(field, cell)
            shown = as_text(cell)[:40]
            self.note(code, self.at(field, message("text_read_as", text=shown, value=amount.value)))
        if amount.rounded and self._context.mapping.rounding == "hold":
            self.note("amount.unreadable", self.at(field, message("more_decimals")))

    def doubtful(self, field: str, cell: Cell, against: Message) -> None:
        """Hold the row: this cell can be read in two ways, and the column does not settle it."""
        self.keep(field, cell)
        self.note("amount.unreadable", self.at(field, in_two_ways(cell, against)))

    def day(self, field: str, cell: Cell) -> date | None:
        """An optional date."""
        if cell is None or cell == "":
            return None
        found = self._context.day(cell)
        if found is None:
            self.keep(field, cell)
            wrong = no_day(self._context, field, cell)
            self.note(wrong.code, self.at(field, wrong.what))
        return found

    def ask_day(self, field: str, cell: Cell, convention: Convention) -> None:
        """Hold the row if this date can be read in two ways and its table does not settle it."""
        if against := convention.against_day(cell):
            self.keep(field, cell)
            shown = as_text(cell)[:40]
            what = message("days_two_ways", text=shown, against=against)
            self.note("date.unreadable", self.at(field, what))

    def unread(
        self,
        code: str,
        subject: str,
        detail: Detail,
        related: Sequence[str] = (),
        worth: tuple[Decimal, str] | None = None,
    ) -> None:
        """Give the row up, saying why and, where it can be told, what it is worth."""
        at = (self._table.file, self.line)
        amount, currency = worth or (None, "")
        self._context.log.unread(
            self._table.kind, code, subject, detail, tuple(related), at, amount, currency
        )

    def give_up(
        self,
        wrong: Sequence[Wrong],
        subject: str,
        related: Sequence[str] = (),
        worth: tuple[Decimal, str] | None = None,
    ) -> None:
        """Give the row up for these cells: what each has, and what would be right."""
        detail = together(self.at(cell.field, cell.what) for cell in wrong)
        self.unread(wrong[0].code, subject, detail, related, worth)


def in_two_ways(cell: Cell, against: Message) -> Message:
    """The reason why an amount is left to a person, and what would settle it."""
    return message("two_ways", text=as_text(cell)[:40], against=against)


def interest_of(principal: Decimal | None, rate: Decimal | None, currency: str) -> Decimal | None:
    """Flat interest on the whole term, rounded half up; None when the split is not known."""
    if principal is None or rate is None:
        return None
    return worked_out(principal * rate / 100, currency)
