"""Files and folders that a person names in a command: looked at before the work, told in words."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge import settings
from bridge.cli.own_files import alike, is_own
from bridge.core.message import message
from bridge.errors import BridgeError, ConfigurationError, UsageError
from bridge.files import NO_ROOM
from bridge.settings import Settings
from bridge.tomlfiles import shown

_FOR_NOW = NO_ROOM | {errno.EROFS, errno.EACCES, errno.EPERM}
"""What somebody can put right without another name: `failures` has words for each."""


@contextmanager
def naming(path: Path, option: str, error: type[BridgeError] = UsageError) -> Iterator[None]:
    """The operating system's refusal of a path that cannot be used, in words; a disk without room
    may have some later, and is told apart."""
    try:
        yield
    except (OSError, ValueError) as refused:
        if getattr(refused, "errno", None) in _FOR_NOW:
            raise
        reason = getattr(refused, "strerror", None) or message("not_a_name")
        raise error(
            message("path_unusable", option=option, path=shown(path), reason=reason)
        ) from refused


def new_folder(
    path: Path, option: str, mode: int = 0o777, error: type[BridgeError] = UsageError
) -> Path:
    """A folder to write into, made where it is missing. Raises `error` when it cannot be."""
    with naming(path, option, error):
        if path.exists() and not path.is_dir():
            raise error(message("path_is_file", option=option, path=shown(path)))
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
            raise UsageError(message("path_is_folder", option=option, path=shown(path)))
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


def refuse_own(
    path: Path, option: str, loaded: Settings, config: Path | None, *, a_copy: bool = False
) -> None:
    """Raise UsageError where writing would touch settings, mappings, the state, keys or a delivery.
    A copy of the state may stand beside it."""
    with naming(path, option):
        own = is_own(path, loaded, config, a_copy=a_copy)
    if own:
        raise UsageError(message("path_own", option=option, path=shown(path)))


def refuse_own_here(path: Path, option: str, config: Path | None) -> None:
    """The bridge's own files are refused also to a verb that works without settings: by those that
    are in force here, if any."""
    try:
        found = settings.load(config)
    except (BridgeError, OSError):
        return
    with naming(path, option):
        at_home = alike(path.absolute(), found.path.absolute().parent)
    if not at_home:
        refuse_own(path, option, found.settings, found.path)


def refuse_among_deliveries(folder: Path, option: str, loaded: Settings) -> None:
    """Raise ConfigurationError where what the bridge writes would be read as a delivery."""
    with naming(folder, option, ConfigurationError):
        among = alike(folder, loaded.source.path)
    if among:
        raise ConfigurationError(
            message("path_among_deliveries", option=option, folder=shown(folder))
        )


def content(path: Path, option: str, most_bytes: int) -> bytes:
    """A file that a person names, whole. Raises UsageError when it cannot be read."""
    with naming(path, option):
        if not path.exists():
            raise UsageError(message("path_none", option=option, path=shown(path)))
        with path.open("rb") as file:
            raw = file.read(most_bytes + 1)
    if len(raw) > most_bytes:
        raise UsageError(message("path_large", option=option, path=shown(path)))
    return raw
