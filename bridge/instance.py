"""One process at a time may post from a state store, and one daemon may serve it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.core.message import Message, message
from bridge.errors import TryLater

PASS, DAEMON = ".lock", ".daemon.lock"


@contextmanager
def only_one(url: str) -> Iterator[None]:
    """Hold the store's lock, or raise TryLater with the number of the process that holds it.

    The operating system lets go of it when the process ends, however it ends. A dry run needs
    no lock: it works on a copy.
    """
    with _held(url, PASS, lambda holder: message("at_work", holder=holder)):
        yield


@contextmanager
def only_daemon(url: str) -> Iterator[None]:
    """Hold the daemon's lock, or raise TryLater. Between its passes others may post."""
    with _held(url, DAEMON, lambda holder: message("served", holder=holder)):
        yield


def serving(url: str) -> int | None:
    """The number of the daemon's process, if one serves this state store."""
    path = beside(url, DAEMON)
    if path is None or not path.exists():
        return None
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read(20) or b"0")
    return None


def beside(url: str, suffix: str) -> Path | None:
    """The file of that suffix beside the state store; None when a server has the store."""
    if not url.startswith("sqlite:///"):
        return None
    return Path(url.removeprefix("sqlite:///")).with_suffix(suffix)


@contextmanager
def _held(url: str, suffix: str, refusal: Callable[[str], Message]) -> Iterator[None]:
    path = beside(url, suffix)
    if path is None:
        yield
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            raise TryLater(refusal(holder or "?")) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
        yield
    finally:
        os.close(descriptor)
