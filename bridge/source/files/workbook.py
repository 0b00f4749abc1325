"""XLSX workbooks, streamed; amounts keep the exact text of the file.

Only what a ledger needs is read: values, shared texts, which styles are dates or percentages, the
cached values of formulas, and what is hidden or merged. The XML is parsed event by event with
document types refused, so a sheet never exists as a tree. Both date systems are understood.
"""

from __future__ import annotations

import re
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from bridge.core.message import message
from bridge.source.dates import from_serial
from bridge.source.files.delivered import Delivered, refusing
from bridge.source.files.layout import Layout, layout_of
from bridge.source.files.references import REFERENCE, column_of
from bridge.source.files.sharedtexts import SharedTexts
from bridge.source.files.zippedxml import BookLimits, Events, ZippedBook, exact

_BUILTIN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_BUILTIN_PERCENTS = frozenset({9, 10})
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_.|\*.', re.IGNORECASE)
_LARGEST_PART = 16 * 1024 * 1024
"""Bytes of the small parts: workbook, relations, styles."""


class Workbook(ZippedBook):
    """The sheets of a workbook, found and checked but not yet read."""

    save_again = message("mend_workbook")

    def __init__(self, file: Delivered, limits: BookLimits, staging: Path | None) -> None:
        super().__init__(file, limits, staging)
        with refusing(self.name), self.open() as archive:
            self._sheets, self.base_1904 = _sheets(self, archive)
            self.styles = _styles(self, archive)
            self.shared = _shared_texts(self, archive)

    def sheets(self) -> list[WorkbookSheet]:
        """The sheets in their order."""
        return [WorkbookSheet(self, title, part, hidden) for title, part, hidden in self._sheets]


class WorkbookSheet:
    """A sheet as rows of cells: text, exact numbers, dates and truth values."""

    strict_width = False
    encoding = ""
    delimiter = ""

    def __init__(self, book: Workbook, title: str, part: str, hidden: bool) -> None:
        self.name = f"{book.name} {title}"
        self.title = title
        self.is_hidden = hidden
        self._book = book
        self._part = part

    @cached_property
    def layout(self) -> Layout:
        """The parts of the sheet that are hidden, and which cells are merged."""
        with refusing(self._book.name), self._book.open() as archive:
            return layout_of(self._book, archive, self._part)

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Row number and cells; empty rows between are empty lists, up to a few."""
        book = self._book
        with refusing(book.name), book.open() as archive:
            events = _RowEvents(book, self.name)
            for _ in book.parse(archive, self._part, events):
                while events.rows:
                    yield events.rows.popleft()


class _RowEvents(Events):
    def __init__(self, book: Workbook, name: str) -> None:
        self.rows: deque[tuple[int, list[Any]]] = deque()
        self._book = book
        self._name = name
        self._limits = book.limits
        self._row: list[Any] = []
        self._number = 0
        self._count = 0
        self._column = -1
        self._type = ""
        self._style = 0
        self._inside = False
        self._phonetic = False
        self._text: list[str] = []
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition("}")[2]
        if local == "c":
            self._start_cell(attributes)
        elif local in ("v", "t"):
            self._inside = not self._phonetic
        elif local == "row":
            self._start_row(attributes)
        elif local == "rPh":
            self._phonetic = True

    def end(self, name: str) -> None:
        local = name.rpartition("}")[2]
        if local in ("v", "t"):
            self._inside = False
        elif local == "c":
            value = self._value("".join(self._text))
            if value != "":
                missing = self._column + 1 - len(self._row)
                if missing > 0:
                    self._row.extend([""] * missing)
                self._row[self._column] = value
        elif local == "row":
            self.rows.append((self._number, self._row))
        elif local == "rPh":
            self._phonetic = False

    def text(self, text: str) -> None:
        if not self._inside:
            return
        self._length += len(text)
        if self._length > self._limits.cell_characters:
            limit = self._limits.cell_characters
            raise self._book.refused(
                self._name,
                message("refused_cell", number=limit),
                message("mend_cell"),
                self._number,
            )
        self._text.append(text)

    def _start_row(self, attributes: dict[str, str]) -> None:
        written = attributes.get("r", "")
        number = int(written) if written.isdecimal() and len(written) < 9 else self._number + 1
        gap = min(number - self._number - 1, 11)
        for blank in range(number - gap, number):
            self.rows.append((blank, []))
        self._number = number
        self._count += 1
        if self._count > self._limits.rows:
            what = message("refused_rows", number=self._limits.rows)
            raise self._book.refused(self._name, what, message("mend_rows"))
        self._row = []
        self._column = -1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._text = []
        self._length = 0
        self._type = attributes.get("t", "n")
        style = attributes.get("s", "0")
        self._style = int(style) if style.isdecimal() and len(style) < 7 else 0
        match = REFERENCE.fullmatch(attributes.get("r", ""))
        self._column = column_of(match[1]) if match else self._column + 1
        # A stray cell far to the right of any heading is never a reason for a huge row.
        self._column = min(self._column, self._limits.columns)

    def _value(self, text: str) -> Any:
        if not text:
            return ""
        if self._type == "n":
            return self._numeric(text.strip())
        if self._type == "s":
            shared = self._book.shared
            position = int(text) if text.isdecimal() and len(text) < 10 else len(shared)
            if position >= len(shared):
                raise self._book.refused(
                    self._name, message("refused_text_absent"), row=self._number
                )
            return shared[position]
        if self._type == "b":
            return text.strip() == "1"
        return text

    def _numeric(self, text: str) -> Any:
        number = exact(text)
        if number is None:
            return text
        style = self._book.styles.get(self._style, "")
        if style == "date":
            day: date | None = from_serial(number, self._book.base_1904)
            return day if day is not None else number
        if style == "percent":
            return f"{(number * 100).normalize():f}%"
        return number


class _Collect(Events):
    """Calls `begin` for each element with its local name and attributes."""

    def __init__(self, begin: Callable[[str, dict[str, str]], None]) -> None:
        self._begin = begin

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        self._begin(name.rpartition("}")[2], local)


def _small_part(book: Workbook, archive: zipfile.ZipFile, part: str, events: Events) -> None:
    if part not in book.parts:
        return
    if archive.getinfo(part).file_size > _LARGEST_PART:
        raise book.refused(part, message("refused_part_large"), message("mend_part_large"))
    for _ in book.parse(archive, part, events):
        pass


def _sheets(book: Workbook, archive: zipfile.ZipFile) -> tuple[list[tuple[str, str, bool]], bool]:
    """Titles and parts of the sheets, whether each is hidden, and whether days count from 1904."""
    targets: dict[str, str] = {}
    found: list[tuple[str, str, bool]] = []
    base_1904: list[bool] = []

    def relation(local: str, attributes: dict[str, str]) -> None:
        if local == "Relationship":
            target = attributes.get("Target", "")
            full = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            targets[attributes.get("Id", "")] = full

    def sheet(local: str, attributes: dict[str, str]) -> None:
        if local == "sheet":
            hidden = attributes.get("state", "") in ("hidden", "veryHidden")
            found.append((attributes.get("name", ""), attributes.get("id", ""), hidden))
        elif local == "workbookPr":
            base_1904.append(attributes.get("date1904", "") in ("1", "true"))

    _small_part(book, archive, "xl/_rels/workbook.xml.rels", _Collect(relation))
    _small_part(book, archive, "xl/workbook.xml", _Collect(sheet))
    sheets = [(title, targets.get(key, ""), hidden) for title, key, hidden in found]
    present = [sheet for sheet in sheets if sheet[1] in book.parts]
    if not present:
        raise book.refused("xl/workbook.xml", message("refused_no_sheets"))
    return present, any(base_1904)


def _styles(book: Workbook, archive: zipfile.ZipFile) -> dict[int, str]:
    """Style number → `date` or `percent`, for those that are one."""
    formats: dict[int, str] = {}
    cells: list[int] = []
    inside: list[str] = []

    def number(text: str) -> int:
        return int(text) if text.isdecimal() and len(text) < 7 else 0

    def style(local: str, attributes: dict[str, str]) -> None:
        if local in ("cellXfs", "cellStyleXfs", "dxfs", "cellStyles"):
            inside[:] = [local]
        elif local == "numFmt":
            formats[number(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "")
        elif local == "xf" and inside == ["cellXfs"]:
            cells.append(number(attributes.get("numFmtId", "")))

    _small_part(book, archive, "xl/styles.xml", _Collect(style))
    kinds = {position: _kind_of(key, formats.get(key, "")) for position, key in enumerate(cells)}
    return {position: kind for position, kind in kinds.items() if kind}


def _kind_of(number: int, code: str) -> str:
    if number in _BUILTIN_DATES:
        return "date"
    if number in _BUILTIN_PERCENTS:
        return "percent"
    plain = _NOT_FORMAT.sub("", code.partition(";")[0]).lower()
    if "%" in plain:
        return "percent"
    return "date" if plain != "general" and re.search(r"[dmyhs]", plain) else ""


class _Texts(Events):
    def __init__(self, book: Workbook) -> None:
        self.texts = SharedTexts(book.staging)
        self._book = book
        self._parts: list[str] = []
        self._inside = self._phonetic = False
        self._size = self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition("}")[2]
        self._inside = local == "t" and not self._phonetic
        self._phonetic = self._phonetic or local == "rPh"
        if local == "si":
            self._parts = []
            self._length = 0

    def end(self, name: str) -> None:
        local = name.rpartition("}")[2]
        self._inside = False
        if local == "rPh":
            self._phonetic = False
        elif local == "si":
            self.texts.append("".join(self._parts))

    def text(self, text: str) -> None:
        if not self._inside:
            return
        self._size += len(text) + 60
        self._length += len(text)
        if self._length > self._book.limits.cell_characters:
            limit = self._book.limits.cell_characters
            raise self._book.refused(
                "xl/sharedStrings.xml", message("refused_cell", number=limit), message("mend_cell")
            )
        if self._size > self._book.limits.shared_text_bytes:
            too_large, fix = message("refused_part_large"), message("mend_part_large")
            raise self._book.refused("xl/sharedStrings.xml", too_large, fix)
        self._parts.append(text)


def _shared_texts(book: Workbook, archive: zipfile.ZipFile) -> SharedTexts:
    """The texts that cells share."""
    events = _Texts(book)
    if "xl/sharedStrings.xml" in book.parts:
        for _ in book.parse(archive, "xl/sharedStrings.xml", events):
            pass
    events.texts.finish()
    return events.texts
