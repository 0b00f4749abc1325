"""Databases as older programs left them: each schema made by its own migrations, with its data.

`tests/data/state/NNNN.sql` is what the program of schema NNNN wrote that older programs could not:
rows of new tables, values of new columns. A database of a schema has grown up to it, migration by
migration and file by file, as one in use has. So a new migration needs one new file, and no more.
The files never change once released: databases like them are out there.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command

from bridge.store import engine, schema

DATA = Path(__file__).parents[1] / "data" / "state"
LEDGER = DATA / "ledger.json"
"""The delivery that the programs took in last."""
Rows = dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]
"""Table → its columns and rows."""
VERSIONS = sorted(path.stem for path in DATA.glob("*.sql"))


def made_by(version: str, path: Path) -> None:
    """Make the database of a schema, with everything that was written on the way to it."""
    engine.make_private(path)
    config = schema._config()
    opened = engine.open_engine(engine.parsed(f"sqlite:///{path}"))
    for step in VERSIONS[: VERSIONS.index(version) + 1]:
        with opened.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, step)
        with opened.connect() as connection:
            engine.raw(connection).executescript((DATA / f"{step}.sql").read_text("utf-8"))
    opened.dispose()


def rows(path: Path) -> Rows:
    """Every table's columns and rows, in the order of its primary key."""
    found: Rows = {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        for (table,) in database.execute(names).fetchall():
            described = database.execute(f"PRAGMA table_info({table})").fetchall()
            key = [name for _, name, *_, place in described if place]
            cursor = database.execute(f"SELECT * FROM {table} ORDER BY {', '.join(key) or 'rowid'}")
            found[table] = tuple(column[0] for column in cursor.description), cursor.fetchall()
    return found
