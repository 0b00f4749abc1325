"""Merged cells: what one says, it says of each of its rows.

Only what names or describes a row is said again (the loan's number, the client, the day). An
amount in a merged cell stands once: filled down, it would be money that nobody paid or lent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bridge.source.deudores.columns import Heading
from bridge.source.files.layout import Merged

_SAID_OF_EACH = (
    frozenset({"loan", "borrower", "name", "surname", "second_surname", "phone", "document"})
    | frozenset({"address", "store", "collector", "kind", "concept", "currency", "state"})
    | frozenset({"start", "date", "due", "interest_rate", "frequency", "type", "method"})
)


class FilledDown:
    """Fills the rows of a sheet below a merged cell, exactly as far as it goes."""

    def __init__(self, heading: Heading, merged: Iterable[Merged]) -> None:
        columns = {at for field, at in heading.columns.items() if field in _SAID_OF_EACH}
        self._cells = sorted(
            (cell for cell in merged if cell.column in columns and cell.first > heading.line),
            key=lambda cell: cell.first,
            reverse=True,
        )
        self._open: list[tuple[Merged, Any]] = []

    def fill(self, line: int, row: list[Any]) -> None:
        """Write into the row what merged cells from above say of it; a blank row stays blank."""
        if self._open and any(cell != "" for cell in row):
            for cell, value in self._open:
                if line <= cell.last:
                    row.extend([""] * (cell.column + 1 - len(row)))
                    if row[cell.column] == "":
                        row[cell.column] = value
        self._open = [(cell, value) for cell, value in self._open if line < cell.last]
        while self._cells and self._cells[-1].first <= line:
            cell = self._cells.pop()
            if cell.first == line and cell.column < len(row) and row[cell.column] != "":
                self._open.append((cell, row[cell.column]))
