"""A sheet with a heading, as a table of one kind: rows that are data, in the order of its fields.

Empty rows and rows of totals are left out and told. After ten empty rows the sheet is taken to
have ended; if something follows, that is told too and the delivery is not complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Any, Protocol

from bridge.errors import Problem
from bridge.source.deudores import loans, movements, people
from bridge.source.deudores.columns import Heading
from bridge.source.deudores.context import Context, as_text
from bridge.source.deudores.survey import survey
from bridge.source.deudores.tables import NumberedCells
from bridge.source.files.delimited import Broken
from bridge.source.files.delivered import refuse_if
from bridge.source.texts import heading_key

FIELDS: dict[str, tuple[str, ...]] = {
    "borrowers": people.FIELDS,
    "loans": loans.FIELDS,
    "movements": movements.FIELDS,
}
_ENDED_AFTER = 10


class Sheet(Protocol):
    """Rows of cells, from text or from a workbook."""

    name: str
    encoding: str
    delimiter: str
    strict_width: bool

    def rows(self) -> Iterator[tuple[int, Any]]: ...


class SheetTable:
    """One sheet, once its heading was understood."""

    def __init__(
        self, sheet: Sheet, heading: Heading, fields: tuple[str, ...], rows_limit: int
    ) -> None:
        self.file = sheet.name
        self.kind = heading.kind
        self.headings = heading.headings
        self._sheet = sheet
        self._heading = heading
        self._fields = fields
        self._rows_limit = rows_limit

    def contradictions(self, context: Context) -> dict[tuple[str, str], str]:
        """A first look at the whole column of each amount."""
        return survey(context, self.file, self.kind, self.headings, self._fields, self._quiet())

    def cells(self, context: Context) -> NumberedCells:
        """The rows that are data; what was left out is in the context's log."""
        self._tell_form(context)
        yield from self._data(context)

    def _quiet(self) -> NumberedCells:
        return self._data(None)

    def _data(self, context: Context | None) -> NumberedCells:
        """The rows that are data, for the log when there is a context."""
        heading = self._heading
        width = heading.width
        pick = itemgetter(*(heading.columns.get(field, width) for field in self._fields))
        strict = self._sheet.strict_width
        blanks = in_a_row = count = 0
        for line, row in self._sheet.rows():
            if line <= heading.line:
                continue
            if row.__class__ is not list:
                self._broken(context, line, row)
                continue
            first = row[0] if row else ""
            if first.__class__ is not str or not first or first[0] in self._initials:
                kind = self._not_data(row)
                if kind == "blank":
                    blanks += 1
                    in_a_row += 1
                    continue
                if kind and context is not None:
                    context.log.note("file.total_row", f"file:{self.file}", f"row {line}")
                if kind:
                    continue
            if in_a_row >= _ENDED_AFTER:
                self._beyond(context, line)
                break
            in_a_row = 0
            if len(row) != width and not self._fitted(context, line, row, width, strict):
                continue
            row.append("")
            count += 1
            if count > self._rows_limit:
                refuse_if([_too_many(self.file, self._rows_limit)])
            yield line, pick(row)
        if blanks and context is not None:
            context.log.note("file.blank_rows", f"file:{self.file}", f"{blanks} empty rows")

    def _not_data(self, row: list[Any]) -> str:
        """`blank`, `total`, or empty when the row is data."""
        for cell in row:
            text = as_text(cell).strip()
            if text:
                return "total" if heading_key(text) in self._totals else ""
        return "blank"

    _totals: frozenset[str] = frozenset()
    _initials = " "

    def with_totals(self, words: frozenset[str]) -> SheetTable:
        """The same table, knowing which words begin a row of totals."""
        self._totals = words
        initials = {word[0] for word in words if word}
        self._initials = " \t\u00a0" + "".join(sorted(initials | {i.lower() for i in initials}))
        return self

    def _fitted(
        self, context: Context | None, line: int, row: list[Any], width: int, strict: bool
    ) -> bool:
        """Bring a row to the heading's width; False when text beyond it shifts the columns."""
        if len(row) < width:
            row.extend([""] * (width - len(row)))
            return True
        if strict and any(cell.strip() for cell in row[width:]):
            if context is not None:
                detail = (
                    f"{self.file}, row {line}: has {len(row)} cells, the heading has {width}; "
                    "quote the text that holds the delimiter"
                )
                context.log.unread(self.kind, "row.unreadable", f"file:{self.file}", detail)
            return False
        del row[width:]
        return True

    def _broken(self, context: Context | None, line: int, row: Broken) -> None:
        if context is not None:
            detail = f"{self.file}, {row.reason}; write two quotes for one inside a text"
            context.log.unread(self.kind, "row.unreadable", f"file:{self.file}", detail)

    def _beyond(self, context: Context | None, line: int) -> None:
        if context is not None:
            detail = (
                f"{self.file}: row {line} and what follows was not read (ten empty rows before)"
            )
            context.log.unread(self.kind, "row.unreadable", f"file:{self.file}", detail)

    def _tell_form(self, context: Context) -> None:
        note, subject = context.log.note, f"file:{self.file}"
        if self._sheet.encoding == "utf-8-sig":
            note("file.bom", subject)
        elif self._sheet.encoding not in ("", "utf-8"):
            note("file.encoding", subject, self._sheet.encoding)
        if self._sheet.delimiter not in ("", ","):
            note("file.delimiter", subject, repr(self._sheet.delimiter))
        if self._heading.line > 1:
            note("file.header_offset", subject, f"heading in row {self._heading.line}")


def _too_many(file: str, limit: int) -> Problem:
    return Problem(
        file, f"has over {limit:,} rows.", "Raise [limits] rows in the mapping if it is genuine."
    )
