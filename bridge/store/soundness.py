"""Whether a state store is whole: looked through after anything but a clean end, and once a day.

A page that a disk or a copy has spoiled need not raise anything: an index that lacks a row makes
the bridge believe that a document was never posted. So the structure is checked, the bindings and
the outbox with each of their indexes, and what the two say of each other.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from bridge.core.message import Message, message
from bridge.errors import ConfigurationError
from bridge.store.engine import uri
from bridge.store.upkeep import (
    Upkeep,
    begins_work,
    ends_work,
    log_of,
    read_beside,
    write_beside,
)

EVERY = timedelta(hours=24)
"""How long a look through the store is believed."""
_LISTED = 5
_COUNTED = ("binding", "outbox")
"""Tables of which no row is ever deleted."""
_EMPTY = re.compile(r"NULL value in (?P<table>\w+)\.(?P<column>\w+)")
_SAYS_OTHERWISE = {
    "binding": (
        "SELECT count(*) FROM binding WHERE NOT json_valid(CAST(body AS TEXT))"
        " OR json_extract(CAST(body AS TEXT), '$.reference') IS NOT reference"
        " OR json_extract(CAST(body AS TEXT), '$.external_id') IS NOT external_id"
    ),
    "entry": (
        "SELECT count(*) FROM outbox WHERE NOT json_valid(CAST(document AS TEXT))"
        " OR json_extract(CAST(document AS TEXT), '$.reference') IS NOT reference"
    ),
    "unbound": (
        "SELECT count(*) FROM outbox o WHERE o.operation = 'create' AND o.state = 'confirmed'"
        " AND NOT EXISTS (SELECT 1 FROM binding b"
        " WHERE b.books = o.books AND b.reference = o.reference)"
    ),
}

_OTHERWISE: dict[str, Callable[[int], Message]] = {
    "binding": lambda number: message("damage_binding", number=number),
    "entry": lambda number: message("damage_entry", number=number),
    "unbound": lambda number: message("damage_unbound", number=number),
}


class Damaged(ConfigurationError):
    """The state store cannot be believed. Nothing was sent, and nothing is until it is whole."""


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """The findings of a look through a whole store."""

    at: str
    rows: dict[str, int]
    """Table → its rows: there are never fewer."""


_NOTED = "sound"


def look_through_if_due(path: Path, now: datetime) -> Sound | None:
    """Look through the store unless it was left in order and looked through within a day.

    Returns what is to be noted in it (`note`); None: it was not looked through. Raises Damaged.
    """
    if not path.exists():
        return None
    if log_of(path).exists():  # all that a dead pass wrote is there, and goes into the file now
        ends_work(path)
    kept = read_beside(path)
    left_in_order = kept is not None and kept.left == mark_of(path)
    if left_in_order and now - _last(path) < EVERY:
        return None
    return Sound(at=now.isoformat(), rows=look_through(path, "rw"))


def look_through(path: Path, mode: str = "ro") -> dict[str, int]:
    """Look through the store. Returns how many rows the tables have that only grow: none for what
    is no state store. Raises Damaged."""
    rows: dict[str, int] = {}
    try:
        with closing(_opened(path, mode)) as database:
            known = _tables(database)
            wrong = list(_wrong(database, known))[:_LISTED] if known else []
            if not wrong:
                rows = {name: _count(database, name) for name in _COUNTED if name in known}
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and not _is_of_damage(error):
            raise
        wrong = [str(error)]
    if wrong:
        raise damaged(path, wrong)
    return rows


def note(upkeep: Upkeep, found: Sound) -> None:
    """Note in the store itself that it was looked through."""
    upkeep.note(_NOTED, msgspec.json.encode(found).decode())


def damaged(path: Path, why: Sequence[str | Message]) -> Damaged:
    return Damaged(message("state_damaged", path=str(path), why=message("together", parts=why)))


def mark_of(path: Path) -> str:
    """The mark of a store that nobody has open: another mark says that it was written since."""
    log = log_of(path)
    if log.exists() and log.stat().st_size:
        return ""
    status = path.stat()
    return f"{status.st_size}-{status.st_mtime_ns}"


def leave_in_order(path: Path) -> None:
    """Note how the store looks now that whoever was at work on it has ended as it should."""
    kept = read_beside(path)
    if kept is not None and path.exists() and kept.left != mark_of(path):
        write_beside(path, msgspec.structs.replace(kept, left=mark_of(path)))


def at_work(path: Path) -> None:
    """Note that a pass is at work on the open store, whose end is not known yet."""
    begins_work(path)
    kept = read_beside(path)
    if kept is not None and kept.left:
        write_beside(path, msgspec.structs.replace(kept, left=""))


@contextmanager
def in_passing(path: Path) -> Iterator[None]:
    """For work on the store beside passes: what was in order stays so. What a dead pass has left
    in SQLite's log is in the file afterwards, and is still to be looked through."""
    kept, before, had_log = read_beside(path), mark_of(path), log_of(path).exists()
    yield
    if had_log and not log_of(path).exists():
        ends_work(path)
    if kept is not None and kept.left == before:
        leave_in_order(path)


def set_aside(path: Path, name: str) -> Path:
    """Take a store out of its place, with what SQLite keeps beside it. Returns where it is now."""
    aside = path.with_name(f"{path.name}.{name}")
    count = 1
    while aside.exists() or Path(f"{aside}-wal").exists():  # another of this second: it stays
        count += 1
        aside = path.with_name(f"{path.name}.{name}-{count}")
    for ending in ("-shm", "-wal", ""):
        there = Path(f"{path}{ending}")
        if there.exists():
            there.rename(f"{aside}{ending}")
    return aside


def _wrong(database: sqlite3.Connection, known: set[str]) -> Iterator[str | Message]:
    yield from _said(database, "PRAGMA quick_check(100)")
    for name in _COUNTED:
        if name in known:
            yield from _said(database, f"PRAGMA integrity_check({name})")
    if not known.issuperset(_COUNTED):
        return
    for what, query in _SAYS_OTHERWISE.items():
        number = database.execute(query).fetchone()[0]
        if number:
            yield _OTHERWISE[what](number)
    before = _sound(database, known)
    for name, rows in before.rows.items() if before else ():
        now = _count(database, name)
        if now < rows:
            yield message("damage_fewer_rows", name=name, now=now, rows=rows)


def _said(database: sqlite3.Connection, check: str) -> Iterator[str]:
    """The faults that a check of SQLite's own found. Of tables without row numbers it says wrongly
    that something is empty which may not be (3.40, last seen 2026-11-30): then the column is
    asked."""
    for (said,) in database.execute(check).fetchall():
        empty = _EMPTY.fullmatch(said)
        if said != "ok" and not (empty and _is_full(database, empty["table"], empty["column"])):
            yield said


def _is_full(database: sqlite3.Connection, table: str, column: str) -> bool:
    query = f"SELECT 1 FROM {table} WHERE {column} IS NULL LIMIT 1"
    return database.execute(query).fetchone() is None


def _count(database: sqlite3.Connection, table: str) -> int:
    return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _tables(database: sqlite3.Connection) -> set[str]:
    named = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in named}


def _sound(database: sqlite3.Connection, known: set[str]) -> Sound | None:
    if "upkeep" not in known:
        return None
    row = database.execute("SELECT value FROM upkeep WHERE name = ?", (_NOTED,)).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=Sound)


def _last(path: Path) -> datetime:
    """When the store was looked through last; long ago if that cannot be read."""
    never = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    try:
        with closing(_opened(path, "ro")) as database:
            found = _sound(database, _tables(database))
    except sqlite3.DatabaseError:
        return never
    return never if found is None else datetime.fromisoformat(found.at)


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    """A store opened to be looked at, with nothing left beside it: no index, no log."""
    options = {"mode": mode}
    if mode == "ro":
        options |= {"immutable": "1"} if mark_of(path) else {"readonly_shm": "1"}
    return sqlite3.connect(uri(path, **options), uri=True, timeout=30)


def _is_of_damage(error: sqlite3.OperationalError) -> bool:
    return any(sign in str(error) for sign in ("malformed", "not a database", "no such"))
