"""The database connection, and everything that differs between SQLite and PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Engine,
    Executable,
    FromClause,
    QueuePool,
    Select,
    Table,
    Text,
    Update,
    and_,
    cast,
    create_engine,
    event,
    func,
    text,
)
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.util import LRUCache

from bridge.core.message import message
from bridge.errors import ConfigurationError
from bridge.store.types import native

BUSY_TIMEOUT_S = 30
CACHE_KIB = 65536
ANALYSED = 400
"""Rows that are looked at to estimate a table's size and spread."""
PAGE_SIZE = 8192
"""Twice the default: a tenth less work in a large intake, and still little for one entry."""
_S = TypeVar("_S", bound=Select[Any] | Update | Delete)
A_COPY = 1
"""`user_version` of an SQLite file that was made as a copy of the state; else it is 0."""
WRITES = "bridge_writes"
"""Execution option of a connection that takes the write lock when its transaction begins."""
STATEMENTS: LRUCache[Any, Any] = LRUCache(1000)
"""Statements as SQLite's SQL: every state and scratch copy that is opened says the same."""


class _StateCompiler(SQLiteCompiler):
    """Says by which index a table is to be gone through; see `by`."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        return text


class StateDialect(SQLiteDialect_pysqlite):
    """SQLite as each of our engines speaks it, equal to that of any other: what one made of a
    statement serves all, instead of being made anew for each database that is opened."""

    supports_statement_cache = True
    statement_compiler = _StateCompiler

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))


registry.register("sqlite.state", __name__, StateDialect.__name__)


def parsed(url: str) -> URL:
    """The URL, or a ConfigurationError that says what a good one looks like."""
    try:
        found = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(message("state_url_no_url", url=url)) from error
    if found.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ConfigurationError(message("state_url_sqlite", url=url))
    if found.get_backend_name() == "sqlite" and found.database in {None, "", ":memory:"}:
        raise ConfigurationError(message("state_url_file"))
    return found


def file_of(url: URL) -> Path | None:
    """The database file, for SQLite."""
    if url.get_backend_name() != "sqlite":
        return None
    assert url.database is not None, "parsed() refuses a URL without a file"
    return Path(url.database).expanduser().absolute()


def make_private(path: Path) -> None:
    """Create folder and file for this user only; take others' rights from an existing file."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def uri(path: Path, **parameters: str) -> str:
    """The file as an SQLite URI."""
    tail = "&".join(f"{name}={value}" for name, value in parameters.items())
    return f"file:{quote(str(path))}?{tail}"


def open_engine(url: URL, *, durable: bool = True) -> Engine:
    """An engine whose transactions begin where they are asked to.

    SQLite: WAL, so that readers and the one writer do not wait for each other; synchronous FULL,
    because an outbox entry must be on the disk, not in a cache, before its request leaves. It
    costs one fsync per commit, and a commit covers a whole batch. A scratch copy needs neither.
    """
    path = file_of(url)
    if path is None:
        return create_engine(url, pool_pre_ping=True)

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            uri(path, mode="rw"),
            uri=True,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")  # of a new file; before WAL
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = FILE")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        connection.execute(f"PRAGMA analysis_limit = {ANALYSED}")
        return connection

    engine = create_engine(
        "sqlite+state://",
        creator=connect,
        poolclass=QueuePool,
        execution_options={"compiled_cache": STATEMENTS},
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Taking the lock at the start means waiting for it, never failing half-way.
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def raw(connection: Connection) -> Any:
    """The driver's own connection, inside the current transaction."""
    return connection.connection.driver_connection


def key_of(connection: Connection, identifier: str) -> int | str:
    """A ledger id as this database keeps it, for statements written as text."""
    return native(identifier) if is_sqlite(connection) else identifier


def temporary(connection: Connection, name: str, columns: str) -> None:
    """Make an empty temporary table.

    `columns` uses ID for a ledger id's type and SERIAL for a number that counts the rows.
    """
    sqlite = is_sqlite(connection)
    identity = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    kinds = {
        "ID": "BLOB" if sqlite else 'TEXT COLLATE "C"',
        "SERIAL": "INTEGER PRIMARY KEY" if sqlite else identity,
    }
    for word, kind in kinds.items():
        columns = columns.replace(word, kind)
    connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
    connection.execute(text(f"CREATE TEMPORARY TABLE {name} ({columns})"))


def in_order(connection: Connection, column: str) -> str:
    """ORDER BY terms that put ids in numeric order, those that are not numbers last."""
    if is_sqlite(connection):
        return column  # `native` made numbers of them
    number = f"CASE WHEN {column} ~ '^(0|[1-9][0-9]{{0,17}})$' THEN {column}::bigint END"
    return f"{number} NULLS LAST, {column}"


def upsert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, all with the same columns; those whose primary key is there are overwritten, and
    keep what the columns say that are not given."""
    if rows:
        statement = _upsert(table, tuple(rows[0]), sqlite=is_sqlite(connection))
        connection.execute(statement, rows)


def insertion(table: Table, *, sqlite: bool) -> Any:
    """An INSERT that can say what becomes of a row that is there."""
    if sqlite:
        return sqlite_insert(table)
    from sqlalchemy.dialects.postgresql import insert  # heavy to import, and few need it

    return insert(table)


@cache
def _upsert(table: Table, given: tuple[str, ...], *, sqlite: bool) -> Executable:
    statement = insertion(table, sqlite=sqlite)
    keys = [column.name for column in table.primary_key]
    fresh = {name: statement.excluded[name] for name in given if name not in keys}
    made: Executable = statement.on_conflict_do_update(index_elements=keys, set_=fresh)
    return made


def by(statement: _S, table: FromClause, index: str) -> _S:
    """The statement, with its table gone through by that index, in SQLite.

    Left to itself SQLite chooses by what it knows of the tables' sizes: nothing in a new state,
    and something old in one that grew since. Then it takes a company's documents one after another
    where one of them is asked for. An index that is not there makes the statement fail.
    """
    return _told(statement, table, by_index(index))


def by_number(statement: _S, table: FromClause) -> _S:
    """The statement, with the table's rows found by their number and nothing else, in SQLite."""
    return _told(statement, table, "NOT INDEXED")


def _told(statement: _S, table: FromClause, words: str) -> _S:
    plain: Any = statement
    about = (table, words) if isinstance(statement, Select) else (words, table)
    told: _S = plain.with_hint(*about, "sqlite")
    return told


def by_index(index: str, connection: Connection | None = None) -> str:
    """The words that say so after a table's name, for a statement written as text."""
    return f"INDEXED BY {index}" if connection is None or is_sqlite(connection) else ""


def begins_with(
    connection: Connection, column: ColumnElement[str], start: str
) -> ColumnElement[bool]:
    """Whether a text begins so, letter by letter: by an index in SQLite, where there is one."""
    same = func.substr(column, 1, len(start)) == start
    if not is_sqlite(connection):
        return same
    return and_(column >= start, column < f"{start[:-1]}{chr(ord(start[-1]) + 1)}")


def size_up(connection: Connection, *names: str) -> None:
    """Let the planner know how many rows temporary tables have.

    Not told, SQLite takes each for a million rows, and reads whole ledger tables first to sort out
    what cannot match: seconds, where there is one row.
    """
    if is_sqlite(connection):
        for name in names:
            connection.execute(text(f"ANALYZE temp.{name}"))


def document_text(connection: Connection, column: ColumnElement[bytes]) -> ColumnElement[str]:
    """A document's JSON as text, to look for a word in it."""
    if is_sqlite(connection):
        return cast(column, Text)
    return func.convert_from(column, "UTF8", type_=Text)
