"""A private copy of the state, for runs that must not leave a trace.

The original and its folder stay as they are, to the byte, also while another process writes to
them: no lock file, no index file and no checkpoint may come from looking.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from bridge.core.message import message
from bridge.errors import TryLater
from bridge.store.engine import uri

_ATTEMPTS = 5
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE}


def copy_untouched(original: Path, target: Path) -> None:
    """Copy the committed state of `original` to `target`, which exists and is empty."""
    log = original.with_name(f"{original.name}-wal")
    index = original.with_name(f"{original.name}-shm")
    for _ in range(_ATTEMPTS):
        if log.exists() and index.exists():
            if _read_beside_others(original, target):
                return
        elif _copy_files(original, target, log):
            return
    raise TryLater(message("state_changes_fast", original=str(original)))


def _read_beside_others(original: Path, target: Path) -> bool:
    """Read under SQLite's own locks. `readonly_shm` keeps it from writing into the index."""
    source = copy = None
    try:
        source = sqlite3.connect(uri(original, mode="ro", readonly_shm="1"), uri=True, timeout=10)
        copy = sqlite3.connect(target)
        source.backup(copy)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode in _NO_ROOM:
            raise
        return False  # the other process has just gone and took its index along
    finally:
        for connection in (copy, source):
            if connection is not None:
                connection.close()
    return True


def _copy_files(original: Path, target: Path, log: Path) -> bool:
    """Copy a database that nobody has open; with a log if a crash left one.

    Whether somebody opened it meanwhile shows in sizes and times.
    """
    target_log = target.with_name(f"{target.name}-wal")
    target_log.unlink(missing_ok=True)
    before = _marks(original, log)
    shutil.copyfile(original, target)
    if before[1] is not None:
        shutil.copyfile(log, target_log)
    return _marks(original, log) == before


def _marks(*paths: Path) -> list[tuple[int, int] | None]:
    marks: list[tuple[int, int] | None] = []
    for path in paths:
        try:
            status = path.stat()
        except FileNotFoundError:
            marks.append(None)
        else:
            marks.append((status.st_size, status.st_mtime_ns))
    return marks
