"""The parts of a sheet that are hidden, and which cells are merged into one.

Both stand apart from the values: hidden rows and columns are read like the others and told, and a
merged cell has its value once, in its first row.
"""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Callable, Iterable

import msgspec

from bridge.core.message import Message, message
from bridge.source.files.references import REFERENCE, column_of, letter
from bridge.source.files.zippedxml import BLOCK, Events, ZippedBook

_MENTIONED = re.compile(rb"""mergeCell|hidden=["'][1t]|(?:ht|width)=["']0["']""")
_LONGEST_MENTION = 16
_YES = ("1", "true")
_MOST_RANGES = 12
"""So many stretches of rows or columns are named one by one."""


class Merged(msgspec.Struct, frozen=True):
    """One cell that stands for several rows, by the column of its value."""

    column: int
    first: int
    last: int


class Layout(msgspec.Struct, frozen=True):
    merged: tuple[Merged, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    """Those with something in them."""
    hidden_columns: tuple[int, ...] = ()


PLAIN = Layout()


def hidden_parts(is_hidden: bool, layout: Layout) -> list[tuple[Message, int]]:
    """The hidden parts of a sheet, each with the first row that is."""
    said = [(message("sheet_hidden"), 0)] if is_hidden else []
    if rows := layout.hidden_rows:
        hidden = message("rows_hidden", rows=_stretches(rows, str), number=len(rows))
        said.append((hidden, rows[0]))
    if columns := layout.hidden_columns:
        named = _stretches(columns, letter)
        said.append((message("columns_hidden", columns=named, number=len(columns)), 0))
    return said


def _stretches(numbers: Iterable[int], name: Callable[[int], str]) -> str:
    """Sorted numbers as stretches: 3, 5-7."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    said = [name(a) if a == b else f"{name(a)}-{name(b)}" for a, b in found[:_MOST_RANGES]]
    return ", ".join([*said, *(["…"] if len(found) > _MOST_RANGES else [])])


def layout_of(book: ZippedBook, archive: zipfile.ZipFile, part: str) -> Layout:
    """The layout of a sheet of an XLSX workbook. Its XML is taken apart only when it speaks of
    something hidden or merged."""
    if part not in book.parts or not _mentions(archive, part):
        return PLAIN
    events = _LayoutEvents(book.limits.rows)
    for _ in book.parse(archive, part, events):
        pass
    columns = sorted(at for at in events.filled if any(at in span for span in events.hidden))
    return Layout(tuple(events.merged), tuple(events.rows), tuple(columns))


def _mentions(archive: zipfile.ZipFile, part: str) -> bool:
    tail = b""
    with archive.open(part) as stream:
        while block := stream.read(BLOCK):
            if not tail and block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return True
            if _MENTIONED.search(tail + block):
                return True
            tail = block[-_LONGEST_MENTION:]
    return False


class _LayoutEvents(Events):
    """Hears which rows and columns of a sheet are hidden and filled, and what is merged."""

    def __init__(self, most: int) -> None:
        self.merged: list[Merged] = []
        self.rows: list[int] = []
        self.hidden: list[range] = []
        self.filled: set[int] = set()
        self._most = most
        self._number = 0
        self._column = -1
        self._is_hidden = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition("}")[2]
        if local == "c":
            match = REFERENCE.fullmatch(attributes.get("r", ""))
            self._column = column_of(match[1]) if match else self._column + 1
        elif local in ("v", "t"):
            self.filled.add(self._column)
            if self._is_hidden and self.rows[-1:] != [self._number]:
                self.rows.append(self._number)
        elif local == "row":
            written = attributes.get("r", "")
            numbered = written.isdecimal() and len(written) < 9
            self._number = int(written) if numbered else self._number + 1
            self._column = -1
            self._is_hidden = _is_hidden(attributes, "ht")
        elif local == "col" and _is_hidden(attributes, "width"):
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdecimal() and last.isdecimal() and len(last) < 7:
                self.hidden.append(range(int(first) - 1, int(last)))
        elif local == "mergeCell" and len(self.merged) < self._most:
            self._merge(attributes.get("ref", ""))

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        begin, end = REFERENCE.fullmatch(first), REFERENCE.fullmatch(last)
        if begin and end and int(begin[2]) < int(end[2]):
            self.merged.append(Merged(column_of(begin[1]), int(begin[2]), int(end[2])))


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    return attributes.get("hidden", "") in _YES or attributes.get(size, "") == "0"
