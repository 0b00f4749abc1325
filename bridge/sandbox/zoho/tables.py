"""Rows of one resource, with the indexes that rules need, and what lists still show of before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Row = dict[str, Any]


def sent(name: str, default: Any, body: Row, before: Row) -> Any:
    """Return what a body sets a field to, else what it was, else the default."""
    if name in body:
        return body[name]
    return before.get(name, default)


class Table:
    """All rows of one resource by id, in the order of their creation.

    Rows are replaced, never changed in place, so that a list can go on showing the row as it
    was before a write for as long as lists lag behind.
    """

    def __init__(self, name: str, key: str, indexed: Iterable[str] = ()) -> None:
        self.name, self.key = name, key
        self.rows: dict[str, Row] = {}
        self._before: dict[str, tuple[float, Row | None]] = {}
        self._indexes: dict[str, dict[str, dict[str, None]]] = {field: {} for field in indexed}

    def put(self, row: Row, shown_from: float = 0) -> None:
        """Add or replace a row; lists show it from that moment on."""
        row_id: str = row[self.key]
        before = self.rows.get(row_id)
        if shown_from and row_id not in self._before:
            self._before[row_id] = (shown_from, before)
        self._unlink(before)
        self.rows[row_id] = row
        for field, index in self._indexes.items():
            index.setdefault(str(row.get(field) or ""), {})[row_id] = None

    def remove(self, row_id: str, shown_from: float = 0) -> None:
        """Take a row out for good; nothing tells that it was there."""
        row = self.rows.pop(row_id)
        if shown_from and row_id not in self._before:
            self._before[row_id] = (shown_from, row)
        self._unlink(row)

    def ids(self, field: str, value: str) -> list[str]:
        return list(self._indexes[field].get(value, ()))

    def where(self, field: str, value: str) -> list[Row]:
        return [self.rows[row_id] for row_id in self.ids(field, value)]

    def listed(self, now: float) -> Iterator[Row]:
        """Yield the rows as a list shows them now."""
        self._before = {
            row_id: before for row_id, before in self._before.items() if before[0] > now
        }
        for row_id, row in self.rows.items():
            held = self._before.get(row_id)
            shown = held[1] if held else row
            if shown is not None:
                yield shown
        for row_id, (_, gone) in self._before.items():
            if gone is not None and row_id not in self.rows:
                yield gone

    def __getitem__(self, row_id: str) -> Row:
        return self.rows[row_id]

    def __contains__(self, row_id: object) -> bool:
        return row_id in self.rows

    def _unlink(self, row: Row | None) -> None:
        if row is None:
            return
        for field, index in self._indexes.items():
            places = index.get(str(row.get(field) or ""))
            if places is not None:
                places.pop(row[self.key], None)
                if not places:
                    del index[str(row.get(field) or "")]
