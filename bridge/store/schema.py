"""Bringing a database to the schema that this program knows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.schema import CreateIndex, CreateTable

import bridge
from bridge.core.message import message
from bridge.errors import ConfigurationError
from bridge.files import whole
from bridge.store.engine import A_COPY, WRITES, StateDialect, is_sqlite, uri
from bridge.store.tables import SCHEMA

if TYPE_CHECKING:
    from alembic.config import Config


def migrations_folder() -> Path:
    """The folder where the migrations are: beside the package in a checkout, inside it when
    installed."""
    package = Path(bridge.__file__).parent
    for folder in (package / "_shipped" / "state", package.parent / "state"):
        if (folder / "env.py").is_file():
            return folder
    raise ConfigurationError(message("state_no_migrations", package=str(package)))


def revision(connection: Connection) -> str | None:
    """The migration that the database is at; None when it is new."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def bring_up_to_date(engine: Engine, path: Path | None, name: str) -> None:
    """Make the tables, or migrate, if needed. What a newer program made is refused, not touched."""
    with engine.connect() as connection:
        current = revision(connection)
    if current == SCHEMA:
        return
    if current is not None:
        _refuse_unknown(current, name)
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        current = revision(connection)  # as it stays: nobody else can write from here on
        if current == SCHEMA:
            return
        if current is None and is_sqlite(connection):
            make_tables(connection)
            return
        if current is not None and path is not None:
            back_up(path, path.with_name(f"{path.name}.before-{SCHEMA}-from-{current}"))
        migrate(connection)


def make_tables(connection: Connection) -> None:
    """Make a new SQLite state as the migrations would, without the time that they take."""
    for statement in _statements():
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (SCHEMA,))


def migrate(connection: Connection) -> None:
    """Bring a database of an older schema, or one that holds nothing yet, up to this one."""
    from alembic import command  # heavy to import and rarely needed

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, SCHEMA)


def _refuse_unknown(current: str, name: str) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current not in known:
        raise ConfigurationError(message("state_newer", name=name, current=current, known=SCHEMA))


@cache
def _statements() -> tuple[str, ...]:
    """The statements that make every table and index of a new SQLite state."""
    from bridge.store.models import metadata  # heavy to import, and most states are there

    dialect = StateDialect()
    revisions = (
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    made = [revisions]
    for table in metadata.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=dialect)))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        made += [str(CreateIndex(index).compile(dialect=dialect)) for index in indexes]
    return tuple(made)


def back_up(path: Path, target: Path) -> None:
    """Copy a database that may be in use, for this user's eyes only.

    The copy is one file, and says of itself that it is one: see `Decisions.note_restored`.
    """
    with (
        whole(target) as part,
        closing(sqlite3.connect(uri(path, mode="rw"), uri=True)) as source,
        closing(sqlite3.connect(part)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute(f"PRAGMA user_version = {A_COPY}")


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
