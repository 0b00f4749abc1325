"""Columns that no field of the ledger reads: named when they hold nothing to book, else a question.

A column whose cells look like money or dates stops the file until the mapping says what it is: in
`[columns]`, or in `ignore`. The others are named once, so that nothing is left out in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from bridge.core.message import message
from bridge.errors import Problem, SnapshotRefused
from bridge.source.deudores.context import Context, as_text
from bridge.source.deudores.looks import Look, matters
from bridge.source.files.references import letter
from bridge.source.texts import heading_key

LOOKED_AT = 200
"""Rows that are looked at before anything is read, so that all questions are told at once."""


class Column(msgspec.Struct, frozen=True):
    """A column that no field reads."""

    position: int
    heading: str

    @property
    def name(self) -> str:
        """The heading, or the letter of a column that has none."""
        return f'"{self.heading}"' if self.heading else letter(self.position)


class UnreadColumns:
    """The unread columns of one sheet: those that may be left out, and those to be watched."""

    def __init__(
        self, file: str, line: int, cells: Sequence[Any], read: set[int], ignore: frozenset[str]
    ) -> None:
        self.file = file
        self._line = line
        unread = [
            Column(position, as_text(cell).strip().lstrip("\ufeff"))
            for position, cell in enumerate(cells)
            if position not in read
        ]
        self.ignored = [column for column in unread if heading_key(column.heading) in ignore]
        self.watched = [column for column in unread if column not in self.ignored]
        self._beyond = len(cells)

    def problems(self, rows: Sequence[tuple[int, Any]]) -> list[Problem]:
        """The questions that the first rows raise, one for each column."""
        found: dict[int, Problem] = {}
        for line, row in rows:
            if line <= self._line or not isinstance(row, list):
                continue
            for position, problem in self._questions(line, row):
                found.setdefault(position, problem)
        return [found[position] for position in sorted(found)]

    def check(self, line: int, row: Sequence[Any]) -> None:
        """Raise SnapshotRefused for a cell that has to be booked and is not read."""
        for _, problem in self._questions(line, row):
            raise SnapshotRefused(message("untrusted", problem=problem.told), [problem])

    def _questions(self, line: int, row: Sequence[Any]) -> Iterator[tuple[int, Problem]]:
        width = len(row)
        for column in self.watched:
            if column.position < width and row[column.position] != "":
                seen = matters(column.heading, row[column.position])
                if seen is not None:
                    yield (
                        column.position,
                        _question(self.file, line, column, row[column.position], seen),
                    )
        for position in range(self._beyond, width):
            seen = matters("", row[position]) if row[position] != "" else None
            if seen is not None:
                column = Column(position, "")
                yield position, _question(self.file, line, column, row[position], seen)

    def tell(self, context: Context) -> None:
        """Name the columns that are left out."""
        left = [column.name for column in (*self.ignored, *self.watched) if column.heading]
        if left:
            detail = message("columns_unread", columns=left)
            context.log.note("file.columns_unread", f"file:{self.file}", detail)


def unread_key(
    file: str, record: int, key: str, value: Any, ignored: frozenset[str]
) -> list[Problem]:
    """The question that a key which nobody reads raises; none where it holds nothing to book."""
    if heading_key(key) in ignored or not isinstance(value, str | int | Decimal):
        return []
    seen = matters(key, value)
    return [] if seen is None else [_question(file, record, Column(0, key), value, seen)]


def _question(file: str, line: int, column: Column, cell: Any, seen: Look) -> Problem:
    shown = as_text(cell).strip()[:40]
    if not column.heading:
        what = message("refused_column_bare", column=column.name, row=line, text=shown)
        return Problem(file, what, message("mend_column_bare"))
    what = message("refused_column_amount", column=column.heading, row=line, text=shown)
    if seen is Look.DATE:
        what = message("refused_column_date", column=column.heading, row=line, text=shown)
    return Problem(file, what, message("mend_column", column=column.heading))
