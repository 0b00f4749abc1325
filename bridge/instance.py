"""One process at a time may post from a state store."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.errors import TryLater


@contextmanager
def only_one(url: str) -> Iterator[None]:
    """Hold the store's lock, or raise TryLater with the number of the process that holds it.

    The operating system lets go of it when the process ends, however it ends. A dry run needs
    no lock: it works on a copy.
    """
    if not url.startswith("sqlite:///"):
        yield
        return
    path = Path(url.removeprefix("sqlite:///")).with_suffix(".lock")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            raise TryLater(
                f"Another bridge (process {holder or 'unknown'}) is at work on this state store. "
                "Wait until it has finished; a --dry-run can run beside it."
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
        yield
    finally:
        os.close(descriptor)
