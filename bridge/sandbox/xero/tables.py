"""Rows of one resource, with indexes on what uniqueness rules and look-ups need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Row = dict[str, Any]
Key = Callable[[Row], str]


class Table:
    """All rows by id, in the order in which they were made.

    A row is never changed in place: a new one takes its place, so that it can be put back.
    """

    def __init__(self, id_name: str, keys: Mapping[str, Key] | None = None) -> None:
        self.id_name = id_name
        self.rows: dict[str, Row] = {}
        self._keys = dict(keys or {})
        self._places: dict[str, dict[str, dict[str, None]]] = {name: {} for name in self._keys}

    def put(self, row: Row) -> None:
        """Add or replace a row."""
        row_id: str = row[self.id_name]
        before = self.rows.get(row_id)
        self.rows[row_id] = row
        for name, key in self._keys.items():
            after = key(row)
            if before is not None:
                if key(before) == after:
                    continue
                self._leave(name, key(before), row_id)
            if after:
                self._places[name].setdefault(after, {})[row_id] = None

    def remove(self, row_id: str) -> None:
        row = self.rows.pop(row_id)
        for name, key in self._keys.items():
            self._leave(name, key(row), row_id)

    def ids(self, name: str, value: str) -> list[str]:
        """Return the ids of the rows with this key."""
        return list(self._places[name].get(value, ()))

    def having(self, name: str, value: str) -> list[Row]:
        return [self.rows[row_id] for row_id in self.ids(name, value)]

    def _leave(self, name: str, value: str, row_id: str) -> None:
        places = self._places[name].get(value)
        if places is not None:
            places.pop(row_id, None)
            if not places:
                del self._places[name][value]
