"""Every statement that the store asks SQLite, with the way that SQLite would go about it.

Watched is the driver itself: whatever the store asks, on whichever connection, is seen where it is
asked, with its values and beside the temporary tables that are there at that moment.
"""

from __future__ import annotations

import ast
import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from bridge import store

FOLDER = Path(store.__file__).parent
_WITHIN = f"{FOLDER}/"
_ASKS = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
_ASKING = {"execute", "exec_driver_sql", "do", "_do", "rows", "_rows", "_said", "_add", "upsert"}
_connect = sqlite3.connect


@dataclass(frozen=True, slots=True)
class Step:
    """One table of a statement: how it is come to, and after which."""

    id: int
    parent: int
    detail: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement, who in the store asked it, and SQLite's plan for it."""

    statement: str
    askers: tuple[str, ...]
    """`module.Class.function`, the innermost first."""
    steps: tuple[Step, ...]


@dataclass
class Watched:
    """What was asked while the store was watched."""

    asked: dict[tuple[str, tuple[str, ...]], Asked] = field(default_factory=dict)
    places: set[tuple[str, int]] = field(default_factory=set)
    """(module, line) of the store's own lines that were under way when something was asked."""
    times: Counter[tuple[str, tuple[str, ...]]] = field(default_factory=Counter)
    """How often each of them was asked."""
    called: set[CodeType] = field(default_factory=set)
    """The store's functions that were entered."""

    def see(self, connection: sqlite3.Connection, statement: str, values: Any) -> None:
        askers: list[str] = []
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            if frame.f_code.co_filename.startswith(_WITHIN):
                module = frame.f_code.co_filename.removeprefix(_WITHIN)
                askers.append(f"{module.removesuffix('.py')}.{frame.f_code.co_qualname}")
                self.places.add((module, frame.f_lineno))
            frame = frame.f_back
        key = (statement, tuple(askers))
        self.times[key] += 1
        if not askers or key in self.asked or not _ASKS.match(statement):
            return
        cursor = sqlite3.Cursor(connection)
        told = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
        steps = tuple(Step(id, parent, detail) for id, parent, _, detail in told)
        self.asked[key] = Asked(statement, tuple(askers), steps)

    def enter(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(_WITHIN):
            self.called.add(frame.f_code)


@contextmanager
def watching(watched: Watched) -> Iterator[None]:
    """Watch every connection that is opened within."""

    class Cursor(sqlite3.Cursor):
        def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:
            watched.see(self.connection, statement, values)
            return super().execute(statement, values)

        def executemany(self, statement: str, lines: Iterable[Any], /) -> sqlite3.Cursor:
            rows = list(lines)
            for values in rows[:1]:
                watched.see(self.connection, statement, values)
            return super().executemany(statement, rows)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:
            cursor = super().cursor(Cursor)
            watched.see(self, statement, values)
            return sqlite3.Cursor.execute(cursor, statement, values)

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        return _connect(*arguments, **options | {"factory": Connection})

    sqlite3.connect = connect  # type: ignore[assignment]
    before = sys.getprofile()
    sys.setprofile(watched.enter)
    try:
        yield
    finally:
        sys.setprofile(before)
        sqlite3.connect = _connect


def places_that_ask() -> Iterator[tuple[str, range, str]]:
    """(module, lines, text) of each call in the store by which something is asked."""
    for path in sorted(FOLDER.glob("*.py")):
        source = path.read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in _ASKING:
                lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                yield path.name, lines, ast.unparse(node)
