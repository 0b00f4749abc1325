"""Delimited text as spreadsheets and people export it.

The encoding is a byte order mark's, else UTF-8 if every byte agrees, else Windows-1252, and is
always told. The delimiter is the one that gives the heading most known names, which the caller
decides. Quotes follow RFC 4180; a row that breaks them is told by its line, the rest is read.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from bridge.core.message import message
from bridge.errors import Problem, SnapshotRefused
from bridge.source.files.delivered import CHUNK, Delivered, refusing, too_large
from bridge.source.files.layout import PLAIN

DELIMITERS = (";", ",", "\t", "|")
_NOT_IN_CP1252 = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
_MOST_BROKEN_ROWS = 1_000
_BOM_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Broken:
    """A row whose quotes do not close."""

    def __init__(self, first: int, last: int) -> None:
        self.first = first
        self.last = last


class DelimitedSheet:
    """A text file as rows of cells; every cell is text."""

    strict_width = True
    is_hidden = False
    layout = PLAIN

    def __init__(
        self, file: Delivered, encoding: str, delimiter: str, cell_characters: int
    ) -> None:
        self.name = file.name
        self.title = PurePosixPath(file.name).stem
        self.encoding = encoding
        self.delimiter = delimiter
        self._file = file
        self._cell_characters = cell_characters

    def rows(self) -> Iterator[tuple[int, list[Any] | Broken]]:
        """First line and cells of each record; `Broken` in place of cells that cannot be told."""
        csv.field_size_limit(self._cell_characters)
        broken = 0
        with refusing(self.name), self._open() as text:
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            line = 1
            while True:
                try:
                    for row in reader:
                        yield line, row
                        line = reader.line_num + 1
                    return
                except csv.Error as error:
                    broken += 1
                    if broken > _MOST_BROKEN_ROWS:
                        problem = Problem(
                            message("row_of_file", file=self.name, row=line),
                            message("refused_quotes"),
                            message("mend_quotes"),
                        )
                        refused = message("file_refused", file=self.name)
                        raise SnapshotRefused(refused, [problem]) from error
                    yield line, Broken(line, reader.line_num)
                    line = reader.line_num + 1

    def _open(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(
            io.BufferedReader(self._file.open(), CHUNK // 4),  # type: ignore[type-var]
            encoding=self.encoding,
            newline="",
        )


def encoding_of(file: Delivered, limit: int) -> str:
    """The encoding of the whole file. Raises SnapshotRefused when it is not text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, is_cp1252, total = True, True, 0
    with refusing(file.name), file.open() as stream:
        while chunk := stream.read(CHUNK):
            if not total:
                for bom, name in _BOM_ENCODINGS:
                    if chunk.startswith(bom):
                        return _checked(file, name, limit)
            total += len(chunk)
            if total > limit:
                raise too_large(file.name, limit)
            # Both are asked of every byte: where UTF-8 ends, at the last byte perhaps, all those
            # before it must be Windows-1252 as well.
            is_utf8 = is_utf8 and _continues(decoder, chunk)
            is_cp1252 = is_cp1252 and not any(byte in chunk for byte in _NOT_IN_CP1252)
            if b"\x00" in chunk or not (is_utf8 or is_cp1252):
                raise _not_text(file.name)
    if is_utf8 and _continues(decoder, b"", final=True):
        return "utf-8"
    if is_cp1252:
        return "cp1252"
    raise _not_text(file.name)


def _continues(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    """Whether a text goes on in the encoding that it began with."""
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _checked(file: Delivered, encoding: str, limit: int) -> str:
    """The encoding that a byte order mark claims, if the whole file keeps to it."""
    decoder, total = codecs.getincrementaldecoder(encoding)(), 0
    with refusing(file.name), file.open() as stream:
        try:
            while chunk := stream.read(CHUNK):
                total += len(chunk)
                if total > limit:
                    raise too_large(file.name, limit)
                if "\x00" in decoder.decode(chunk):
                    raise _not_text(file.name)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise _not_text(file.name) from error
    return encoding


def _not_text(name: str) -> SnapshotRefused:
    problem = Problem(name, message("refused_encoding"), message("mend_encoding"))
    return SnapshotRefused(message("file_refused", file=name), [problem])
