"""Rows of one entity with the indexes that queries and uniqueness rules need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Row = dict[str, Any]


def value_at(row: Row, name: str) -> Any:
    """Return a property; a reference gives its value, a dotted name goes into the object."""
    found: Any = row
    for part in name.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(part)
    if isinstance(found, dict):
        return found.get("value", found.get("Address"))
    return found


class Table:
    """All rows of one entity by id, in id order, and in the order of their last update."""

    def __init__(self, name: str, indexed: Iterable[str] = ()) -> None:
        self.name = name
        self.rows: dict[str, Row] = {}
        self.updated: dict[str, int] = {}
        self.deleted: dict[str, int] = {}
        self._indexes: dict[str, dict[str, dict[str, None]]] = {field: {} for field in indexed}
        self._keys: dict[str, dict[str, str]] = {}

    def put(self, row: Row, now_s: int) -> None:
        """Add or replace a row."""
        row_id: str = row["Id"]
        self.rows[row_id] = row
        self.touch(row_id, now_s)
        before = self._keys.get(row_id, {})
        after = {field: str(value_at(row, field) or "").casefold() for field in self._indexes}
        if before == after:
            return
        self._unlink(row_id, before)
        for field, key in after.items():
            if key:
                self._indexes[field].setdefault(key, {})[row_id] = None
        self._keys[row_id] = after

    def touch(self, row_id: str, now_s: int) -> None:
        """Make a row the last one updated."""
        self.updated.pop(row_id, None)
        self.updated[row_id] = now_s

    def remove(self, row_id: str, now_s: int) -> None:
        del self.rows[row_id]
        del self.updated[row_id]
        self._unlink(row_id, self._keys.pop(row_id, {}))
        self.deleted[row_id] = now_s

    def indexed(self, field: str) -> bool:
        return field in self._indexes

    def ids(self, field: str, value: str) -> Iterable[str]:
        """Return the ids with this value of an indexed property, whatever the case."""
        return list(self._indexes[field].get(value.casefold(), ()))

    def since(self, moment_s: int) -> Iterator[str]:
        """Yield ids from the last updated back to the moment, both included."""
        for row_id in reversed(self.updated):
            if self.updated[row_id] < moment_s:
                return
            yield row_id

    def _unlink(self, row_id: str, keys: dict[str, str]) -> None:
        for field, key in keys.items():
            places = self._indexes[field].get(key)
            if places is not None:
                places.pop(row_id, None)
                if not places:
                    del self._indexes[field][key]
