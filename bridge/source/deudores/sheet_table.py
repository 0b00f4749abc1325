"""A sheet with a heading, as a table of one kind: rows that are data, in the order of its fields.

Rows that are no data (blank, totals, headings said again, notes) are left out and told with their
row; a total that is not what the rows make is a question for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from operator import itemgetter
from typing import Any, Protocol

from bridge.core.ledger import LoanKind
from bridge.core.message import Detail, message
from bridge.errors import Problem
from bridge.source.deudores import loans, movements, people
from bridge.source.deudores.columns import Heading
from bridge.source.deudores.context import Context, in_cell, in_row
from bridge.source.deudores.mergedcells import FilledDown
from bridge.source.deudores.rowkinds import ControlSums, RowKinds
from bridge.source.deudores.survey import Survey, survey
from bridge.source.deudores.tables import NumberedCells
from bridge.source.deudores.unread import UnreadColumns
from bridge.source.files.delimited import Broken
from bridge.source.files.delivered import refuse_if
from bridge.source.files.layout import Layout

FIELDS: dict[str, tuple[str, ...]] = {
    "borrowers": people.FIELDS,
    "loans": loans.FIELDS,
    "movements": movements.FIELDS,
}
SUMMED: dict[str, tuple[str, ...]] = {
    "borrowers": (),
    "loans": ("amount", "total", "principal", "balance", "collected"),
    "movements": ("amount",),
    "balances": ("balance",),
}
"""Fields of each kind that a total in the sheet may add up."""


class Sheet(Protocol):
    """Rows of cells, from text or from a workbook."""

    name: str
    title: str
    is_hidden: bool
    encoding: str
    delimiter: str
    strict_width: bool

    @property
    def layout(self) -> Layout:
        """The parts of the sheet that are hidden, and which cells are merged."""

    def rows(self) -> Iterator[tuple[int, Any]]: ...


class SheetTable:
    """One sheet, once its heading was understood."""

    def __init__(
        self,
        sheet: Sheet,
        heading: Heading,
        fields: tuple[str, ...],
        rows_limit: int,
        kinds: RowKinds,
        unread: UnreadColumns,
        said_kind: LoanKind | None = None,
    ) -> None:
        self.file = sheet.name
        self.kind = heading.kind
        self.headings = heading.headings
        self.said_kind = said_kind
        self._sheet = sheet
        self._heading = heading
        self._fields = fields
        self._rows_limit = rows_limit
        self._kinds = kinds
        self._unread = unread
        self._watches = bool(unread.watched) or not sheet.strict_width

    def survey(self, context: Context) -> Survey:
        """A first look at the whole column of each amount."""
        return survey(context, self.file, self.kind, self.headings, self._fields, self._quiet())

    def cells(self, context: Context) -> NumberedCells:
        """The rows that are data; what was left out is in the context's log."""
        self._tell_form(context)
        self._unread.tell(context)
        yield from self._data(context)

    def _quiet(self) -> NumberedCells:
        return self._data(None)

    def _data(self, context: Context | None) -> NumberedCells:
        """The rows that are data, for the log when there is a context."""
        heading, kinds = self._heading, self._kinds
        width, anchor = heading.width, kinds.anchor
        pick = itemgetter(*(heading.columns.get(field, width) for field in self._fields))
        strict = self._sheet.strict_width
        watch = self._unread.check if context is not None and self._watches else None
        blanks = count = 0
        left_out: list[tuple[int, str]] = []
        merged = self._sheet.layout.merged
        filled = FilledDown(heading, merged) if merged else None
        for line, row in self._sheet.rows():
            if line <= heading.line:
                continue
            if row.__class__ is not list:
                self._broken(context, line, row)
                continue
            if filled is not None:
                filled.fill(line, row)
            first = row[anchor] if anchor < len(row) else ""
            numbered = first.isdecimal() if first.__class__ is str else first.__class__ is Decimal
            if not numbered and (kind := kinds.of(row)):
                if kind == "blank":
                    blanks += 1
                else:
                    left_out.append((line, kind))
                continue
            if len(row) != width and not self._fitted(context, line, row, width, strict):
                continue
            if watch is not None:
                watch(line, row)
            row.append("")
            count += 1
            if count > self._rows_limit:
                refuse_if([_too_many(self.file, self._rows_limit)])
            yield line, pick(row)
        if context is not None:
            self._tell_left_out(context, blanks, left_out)

    def _tell_left_out(
        self, context: Context, blanks: int, left_out: list[tuple[int, str]]
    ) -> None:
        subject = f"file:{self.file}"
        if blanks:
            context.log.note("file.blank_rows", subject, message("blank_rows", number=blanks))
        most = context.mapping.limits.reported_rows
        for line, kind in left_out[:most]:
            detail = message("row", row=line)
            context.log.note(f"file.{kind}_row", subject, detail, at=(self.file, line))
        if len(left_out) > most:
            detail = message("rows_beyond", number=len(left_out) - most)
            context.log.note("file.note_row", subject, detail, at=(self.file, 0))
        if any(kind == "total" for _, kind in left_out):
            self._check_totals(context, {line for line, kind in left_out if kind == "total"})

    def _check_totals(self, context: Context, lines: set[int]) -> None:
        """The file's own control sums: a total that its rows do not make is a question."""
        at = self._heading.columns
        sums = ControlSums({at[f]: self.headings[f] for f in SUMMED[self.kind] if f in at})
        for line, row in self._sheet.rows():
            if line <= self._heading.line or not isinstance(row, list):
                continue
            amounts = self._amounts(context, row, sums.positions)
            if line in lines:
                sums.total(line, amounts)
            elif not self._kinds.of(row):
                for position, amount in amounts.items():
                    sums.data(position, amount)
        for line, position, said, made in sums.wrong():
            heading = sums.positions[position]
            detail = in_cell(line, heading, message("total_differs", shown=said, amount=made))
            context.log.note(
                "file.total_differs", f"file:{self.file}", detail, at=(self.file, line)
            )

    def _amounts(
        self, context: Context, row: list[Any], positions: Iterable[int]
    ) -> dict[int, Decimal]:
        money, currency = context.amounts.money, context.default_currency
        read = {at: money(row[at], currency) for at in positions if at < len(row)}
        return {at: amount.value for at, amount in read.items() if amount is not None}

    def _fitted(
        self, context: Context | None, line: int, row: list[Any], width: int, strict: bool
    ) -> bool:
        """Bring a row to the heading's width; False when text beyond it shifts the columns."""
        if len(row) < width:
            row.extend([""] * (width - len(row)))
            return True
        if strict and any(cell.strip() for cell in row[width:]):
            if context is not None:
                what = message("too_wide", cells=len(row), width=width)
                self._left_out(context, line, in_row(line, what))
            return False
        del row[width:]
        return True

    def _broken(self, context: Context | None, line: int, row: Broken) -> None:
        if context is not None:
            detail = message("broken_quotes", first_row=row.first, last_row=row.last)
            self._left_out(context, line, detail)

    def _left_out(self, context: Context, line: int, detail: Detail) -> None:
        at = (self.file, line)
        context.log.unread(self.kind, "row.unreadable", f"file:{self.file}", detail, at=at)

    def _tell_form(self, context: Context) -> None:
        note, subject = context.log.note, f"file:{self.file}"
        if self._sheet.encoding == "utf-8-sig":
            note("file.bom", subject)
        elif self._sheet.encoding not in ("", "utf-8"):
            note("file.encoding", subject, self._sheet.encoding)
        if self._sheet.delimiter not in ("", ","):
            note("file.delimiter", subject, repr(self._sheet.delimiter))
        if self._heading.line > 1:
            note("file.header_offset", subject, message("row", row=self._heading.line))


def _too_many(file: str, limit: int) -> Problem:
    return Problem(file, message("refused_rows", number=limit), message("mend_rows"))
