"""OpenDocument spreadsheets (`.ods`, as LibreOffice saves), streamed; amounts keep the exact text.

All sheets stand in one part. Rows and cells say how often they repeat, up to the end of the sheet:
empty ones are counted and never made, filled ones only within the limits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bridge.core.message import message
from bridge.source.files.delivered import Delivered, refusing
from bridge.source.files.layout import Layout, Merged
from bridge.source.files.zippedxml import BookLimits, Events, ZippedBook, exact

_CONTENT = "content.xml"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_APART = (f"{_TABLE}tracked-changes", f"{_TABLE}dde-links")
"""What has cells in it that are not the sheet's."""
_LAST_ROW = 1_048_576
_GAP = 11
"""Empty rows between others that are handed on."""


class OpenDocument(ZippedBook):
    """The sheets of an OpenDocument spreadsheet, found and checked but not yet read."""

    save_again = message("mend_open_document")

    def __init__(self, file: Delivered, limits: BookLimits, staging: Path | None) -> None:
        super().__init__(file, limits, staging)
        with refusing(self.name), self.open() as archive:
            events = _Outline(self)
            for _ in self.parse(archive, _CONTENT, events):
                pass
        self._outline = events
        if not events.titles:
            raise self.refused(_CONTENT, message("refused_no_sheets"))

    def sheets(self) -> list[OpenSheet]:
        """The sheets in their order."""
        return [OpenSheet(self, self._outline, at) for at in range(len(self._outline.titles))]


class OpenSheet:
    """A sheet as rows of cells: text, exact numbers, dates and truth values."""

    strict_width = False
    encoding = ""
    delimiter = ""

    def __init__(self, book: OpenDocument, outline: _Outline, at: int) -> None:
        self.title = outline.titles[at]
        self.name = f"{book.name} {self.title}"
        self.is_hidden = outline.hidden[at]
        self.layout = outline.layouts[at]
        self._book = book
        self._at = at

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Row number and cells; empty rows between are empty lists, up to a few."""
        book = self._book
        with refusing(book.name), book.open() as archive:
            events = _Rows(book, self.name, self._at)
            for _ in book.parse(archive, _CONTENT, events):
                yield from events.taken()
                if events.is_over:
                    return


class _Table(Events):
    """Follows sheets, rows and cells, with their numbers; what repeats is counted."""

    def __init__(self, book: ZippedBook) -> None:
        self.book = book
        self.limits = book.limits
        self.table = -1
        self.row = 0
        self.times = 1
        """How often the row repeats."""
        self.column = -1
        self.wide = 1
        """How often the cell repeats."""
        self._depth = 0
        self._tables = 0
        self._apart = 0
        self._cell_at = 0
        self._paragraphs = 0
        self._is_in_paragraph = False
        self._text: list[str] = []
        self._length = 0
        self._cell: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if name in _APART:
            self._apart += 1
        elif self._apart:
            return
        elif name == f"{_TABLE}table":
            self._tables += 1
            if self._tables == 1:
                self.table, self.row = self.table + 1, 0
                self.begin_table(attributes)
        elif self._tables != 1:
            self.outside(name, attributes)
        elif name == f"{_TABLE}table-row":
            self.row, self.column = self.row + 1, -1
            self.times = _times(attributes, "number-rows-repeated", _LAST_ROW)
            self.begin_row(attributes)
        elif name in _CELLS:
            self._cell_at, self._cell = self._depth, attributes
            self._text, self._length, self._paragraphs = [], 0, 0
            self.column += 1
            self.wide = _times(attributes, "number-columns-repeated", self.limits.columns)
        elif self._cell_at:
            self._inside_cell(name, attributes)
        else:
            self.inside_table(name, attributes)

    def end(self, name: str) -> None:
        if name in _APART:
            self._apart -= 1
        elif not self._apart:
            self._end(name)
        self._depth -= 1

    def text(self, text: str) -> None:
        if self._is_in_paragraph:
            self._write(text)

    def begin_table(self, attributes: dict[str, str]) -> None: ...

    def begin_row(self, attributes: dict[str, str]) -> None: ...

    def outside(self, name: str, attributes: dict[str, str]) -> None: ...

    def inside_table(self, name: str, attributes: dict[str, str]) -> None: ...

    def cell(self, attributes: dict[str, str], text: str) -> None: ...

    def end_row(self) -> None: ...

    def end_table(self) -> None: ...

    def _end(self, name: str) -> None:
        if name == f"{_TABLE}table":
            if self._tables == 1:
                self.end_table()
            self._tables -= 1
        elif self._tables != 1:
            return
        elif self._depth == self._cell_at:
            self.cell(self._cell, "".join(self._text))
            self.column += self.wide - 1
            self._cell_at = 0
        elif name == f"{_TEXT}p" and self._depth == self._cell_at + 1:
            self._is_in_paragraph = False
        elif name == f"{_TABLE}table-row":
            self.end_row()
            self.row += self.times - 1

    def _inside_cell(self, name: str, attributes: dict[str, str]) -> None:
        """A paragraph of the cell itself; those of a note or a drawing on it are not its text."""
        if name == f"{_TEXT}p" and self._depth == self._cell_at + 1:
            if self._paragraphs:
                self._write("\n")
            self._paragraphs += 1
            self._is_in_paragraph = True
        elif self._is_in_paragraph and name == f"{_TEXT}s":
            self._write(" " * _times(attributes, "c", self.limits.cell_characters + 1, _TEXT))
        elif self._is_in_paragraph and name in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            self._write(" ")

    def _write(self, text: str) -> None:
        self._length += len(text)
        if self._length > self.limits.cell_characters:
            limit = self.limits.cell_characters
            raise self.book.refused(
                _CONTENT, message("refused_cell", number=limit), message("mend_cell"), self.row
            )
        self._text.append(text)


class _Outline(_Table):
    """Hears the titles of the sheets and their layouts, and none of the values."""

    def __init__(self, book: ZippedBook) -> None:
        super().__init__(book)
        self.titles: list[str] = []
        self.hidden: list[bool] = []
        self.layouts: list[Layout] = []
        self._style = ""
        self._unseen: set[str] = set()
        self._merged: list[Merged] = []
        self._rows: list[int] = []
        self._columns: list[range] = []
        self._filled: set[int] = set()
        self._next_column = 0
        self._row_is_hidden = self._row_is_filled = False

    def outside(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_STYLE}style":
            self._style = attributes.get(f"{_STYLE}name", "")
        elif attributes.get(f"{_TABLE}display") == "false":
            self._unseen.add(self._style)

    def begin_table(self, attributes: dict[str, str]) -> None:
        self.titles.append(attributes.get(f"{_TABLE}name", ""))
        self.hidden.append(attributes.get(f"{_TABLE}style-name", "") in self._unseen)
        self._merged, self._rows, self._columns = [], [], []
        self._filled, self._next_column = set(), 0

    def inside_table(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_TABLE}table-column":
            times = _times(attributes, "number-columns-repeated", _LAST_ROW)
            if _is_hidden(attributes):
                self._columns.append(range(self._next_column, self._next_column + times))
            self._next_column += times

    def begin_row(self, attributes: dict[str, str]) -> None:
        self._row_is_hidden, self._row_is_filled = _is_hidden(attributes), False

    def cell(self, attributes: dict[str, str], text: str) -> None:
        if text or f"{_OFFICE}value-type" in attributes:
            self._row_is_filled = True
            self._filled.update(range(self.column, min(self.column + self.wide, 1 << 14)))
        rows = _times(attributes, "number-rows-spanned", _LAST_ROW)
        if rows > 1 and len(self._merged) < self.limits.rows:
            self._merged.append(Merged(self.column, self.row, self.row + rows - 1))

    def end_row(self) -> None:
        if self._row_is_hidden and self._row_is_filled:
            last = min(self.row + self.times, self.limits.rows + 1)
            self._rows += range(self.row, max(last, self.row + 1))

    def end_table(self) -> None:
        columns = [at for at in sorted(self._filled) if any(at in span for span in self._columns)]
        self.layouts.append(Layout(tuple(self._merged), tuple(self._rows), tuple(columns)))


class _Rows(_Table):
    """Hears the values of one sheet."""

    def __init__(self, book: ZippedBook, name: str, at: int) -> None:
        super().__init__(book)
        self.is_over = False
        self._name = name
        self._at = at
        self._cells: list[Any] = []
        self._done: deque[tuple[int, int, list[Any]]] = deque()
        self._last = 0
        self._count = 0

    def taken(self) -> Iterator[tuple[int, list[Any]]]:
        """The rows that were heard since the last time."""
        while self._done:
            first, times, cells = self._done.popleft()
            for number in range(first, first + times):
                yield number, list(cells)

    def begin_row(self, attributes: dict[str, str]) -> None:
        self._cells = []

    def cell(self, attributes: dict[str, str], text: str) -> None:
        value = _value(attributes, text) if self.table == self._at else ""
        if value == "":
            return
        # A stray cell far to the right of any heading is never a reason for a huge row.
        first = min(self.column, self.limits.columns)
        last = min(self.column + self.wide, self.limits.columns + 1)
        self._cells.extend([""] * (last - len(self._cells)))
        for at in range(first, last):
            self._cells[at] = value

    def end_row(self) -> None:
        if self.table != self._at or not self._cells:
            return
        for blank in range(max(self._last + 1, self.row - _GAP), self.row):
            self._done.append((blank, 1, []))
        self._done.append((self.row, self.times, self._cells))
        self._last = self.row + self.times - 1
        self._count += self.times
        if self._count > self.limits.rows:
            what = message("refused_rows", number=self.limits.rows)
            raise self.book.refused(self._name, what, message("mend_rows"))

    def end_table(self) -> None:
        self.is_over = self.is_over or self.table == self._at


def _times(attributes: dict[str, str], name: str, most: int, namespace: str = _TABLE) -> int:
    """The number of times that something stands there: once, or as it says, within `most`."""
    written = attributes.get(namespace + name, "")
    number = int(written) if written.isdecimal() and len(written) < 9 else 1
    return max(1, min(number, most))


def _is_hidden(attributes: dict[str, str]) -> bool:
    return attributes.get(f"{_TABLE}visibility", "visible") != "visible"


def _value(attributes: dict[str, str], text: str) -> Any:
    kind = attributes.get(f"{_OFFICE}value-type", "")
    if kind in ("float", "currency", "percentage"):
        written = attributes.get(f"{_OFFICE}value", "").strip()
        number = exact(written)
        if number is None:
            return written or text
        return f"{(number * 100).normalize():f}%" if kind == "percentage" else number
    if kind == "date":
        return _day(attributes.get(f"{_OFFICE}date-value", ""), text)
    if kind == "boolean":
        return attributes.get(f"{_OFFICE}boolean-value", "") == "true"
    return attributes.get(f"{_OFFICE}string-value", "") or text


def _day(written: str, text: str) -> date | str:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return text
