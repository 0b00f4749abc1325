"""Files and folders that a person names in a command: looked at before the work, told in words."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.errors import BridgeError, UsageError
from bridge.files import NO_ROOM
from bridge.settings import Settings
from bridge.tomlfiles import shown

_FOR_NOW = NO_ROOM | {errno.EROFS, errno.EACCES, errno.EPERM}
"""What somebody can put right without another name: `failures` has words for each."""


@contextmanager
def naming(path: Path, option: str, error: type[BridgeError] = UsageError) -> Iterator[None]:
    """What the system says of a path that cannot be used, in words; a disk without room may have
    some later, and is told apart."""
    try:
        yield
    except (OSError, ValueError) as refused:
        if getattr(refused, "errno", None) in _FOR_NOW:
            raise
        reason = getattr(refused, "strerror", None) or "not a name"
        raise error(
            f"{option}: {shown(path)} cannot be used ({reason}). Name another one."
        ) from refused


def new_folder(
    path: Path, option: str, mode: int = 0o777, error: type[BridgeError] = UsageError
) -> Path:
    """A folder to write into, made where it is missing. Raises `error` when it cannot be."""
    with naming(path, option, error):
        if path.exists() and not path.is_dir():
            raise error(f"{option}: {shown(path)} is a file. Name a folder.")
        _made(path, mode)
    return path


def new_file(path: Path, option: str, loaded: Settings, config: Path | None) -> Path:
    """A file to write, its folder made where it is missing. Raises UsageError when it cannot be,
    and when it is one of the bridge's own or lies among what the ledger delivers."""
    refuse_own(path, option, loaded, config)
    return writable(path, option)


def writable(path: Path, option: str) -> Path:
    """A file to write, its folder made where it is missing. Raises UsageError when it cannot be."""
    with naming(path, option):
        if path.is_dir():
            raise UsageError(f"{option}: {shown(path)} is a folder. Name a file in it.")
        if path.is_file() or not path.exists():  # a terminal or a pipe takes what it is given
            _made(path.absolute().parent, 0o777)
    return path


def _made(folder: Path, mode: int) -> None:
    """Make a folder and try to write into it."""
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as refused:
        if refused.errno not in _FOR_NOW:  # else it is told when something is written
            raise


def refuse_own(path: Path, option: str, loaded: Settings, config: Path | None) -> None:
    """Raise UsageError where writing would touch settings, mappings, the state or a delivery."""
    there = Path(os.path.realpath(path))
    own = [loaded.source.mapping, *(system.mapping for system in loaded.systems.values())]
    own += [config, Path("bridge.toml")]
    kept = loaded.state_folder, loaded.source.path
    if there in {Path(os.path.realpath(each)) for each in own if each is not None} or any(
        there.is_relative_to(os.path.realpath(each)) for each in kept
    ):
        raise UsageError(
            f"{option}: {shown(path)} belongs to the bridge's settings, state or ledger, and is "
            f"not written over. Name one elsewhere."
        )


def content(path: Path, option: str, most_bytes: int) -> bytes:
    """A file that a person names, whole. Raises UsageError when it cannot be read."""
    with naming(path, option):
        if not path.exists():
            raise UsageError(f"{option}: there is no file {shown(path)}.")
        with path.open("rb") as file:
            raw = file.read(most_bytes + 1)
    if len(raw) > most_bytes:
        raise UsageError(f"{option}: {shown(path)} is too large. Is it the right one?")
    return raw
