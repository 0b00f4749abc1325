"""What can happen to a state store, done to its file: older copies, a lost log, damaged pages.

The file is the state's; its companions are those that SQLite and the bridge keep beside it.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

_AT_ONCE = 600
_WITH_PAGES_BELOW = (2, 5)
"""The kinds of pages that lead to others (SQLite's file format, section 1.6)."""


def plain_copy(state: Path, copy: Path, *, log: bool = True) -> Path:
    """What a snapshot or rsync makes of it: the file, and with `log` what is not yet in it."""
    shutil.copyfile(state, copy)
    beside = Path(f"{state}-wal")
    if log and beside.exists():
        shutil.copyfile(beside, f"{copy}-wal")
    return copy


def put_back(copy: Path, state: Path) -> None:
    """Put a plain copy in the place of the state. What the bridge keeps beside it stays."""
    for ending in ("", "-wal", "-shm"):
        Path(f"{state}{ending}").unlink(missing_ok=True)
    shutil.copyfile(copy, state)
    if Path(f"{copy}-wal").exists():
        shutil.copyfile(f"{copy}-wal", f"{state}-wal")


def whole_folder(state: Path, copy: Path) -> Path:
    """A copy of the state with all that is kept beside it, as of a folder that is at rest."""
    copy.mkdir()
    for path in _with_companions(state):
        shutil.copyfile(path, copy / path.name)
    return copy


def put_folder_back(copy: Path, state: Path) -> None:
    """Put such a copy in the place of the state, and of all that is kept beside it."""
    for path in _with_companions(state):
        path.unlink()
    for path in copy.iterdir():
        shutil.copyfile(path, state.with_name(path.name))


def lose_log(state: Path) -> bool:
    """Take away what was written last and is not in the file yet. False: it was all in it."""
    log = Path(f"{state}-wal")
    lost = log.exists() and log.stat().st_size > 0
    log.unlink(missing_ok=True)
    Path(f"{state}-shm").unlink(missing_ok=True)
    return lost


def forget_what_was_left(state: Path) -> None:
    """Take away the file that the bridge keeps beside it: as on another machine."""
    state.with_suffix(".kept").unlink(missing_ok=True)


def damage(state: Path, name: str, chance: random.Random) -> None:
    """Write random bytes over what the first page of rows of a table or an index ends with."""
    with closing(sqlite3.connect(state)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = database.execute("PRAGMA page_size").fetchone()[0]
        root = "SELECT rootpage FROM sqlite_master WHERE name = ? AND rootpage > 0"
        (page,) = database.execute(root, (name,)).fetchone()
    with state.open("r+b") as file:
        page = _first_with_rows(file, page, size)
        file.seek(page * size - _AT_ONCE)
        file.write(chance.randbytes(_AT_ONCE))


def _first_with_rows(file: BinaryIO, page: int, size: int) -> int:
    """Down the leftmost way of a tree to a page that has no pages below it."""
    while True:
        file.seek((page - 1) * size)
        content = file.read(size)
        if content[0] not in _WITH_PAGES_BELOW:
            return page
        cell = int.from_bytes(content[12:14], "big")
        page = int.from_bytes(content[cell : cell + 4], "big")


def _with_companions(state: Path) -> list[Path]:
    return sorted(path for path in state.parent.glob(f"{state.stem}.*") if path.is_file())
