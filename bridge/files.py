"""Files that appear whole or not at all, whatever the disk does half-way."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PRIVATE = 0o600
"""For this user's eyes only."""
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""How a disk refuses for now, whatever is written to it."""
BY_UMASK = 0o666
"""With the rights that the user's umask leaves to others."""


@contextmanager
def whole(path: Path, mode: int = PRIVATE) -> Iterator[Path]:
    """A file to write to; in the end it is what `path` names, and on the disk.

    If the block or the disk fails, `path` is what it was and nothing is left beside it. What is
    there and no ordinary file (a terminal, a pipe) is written to as it is.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    part = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode))
        yield part
        sync(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sync(path.parent)


def replace_durably(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Replace a file so that it has the old content or the new one, whatever crashes."""
    with whole(path, mode) as part:
        part.write_bytes(content)


def sync(path: Path) -> None:
    """Have what was written to a file, or the names in a folder, on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
