"""The bridge's own files and folders: what no verb writes over because a person named it.

A file is known by any of its names: through links of either kind, and in other letters where the
disk takes those for the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from bridge.settings import LOOKUP, Settings
from bridge.store.upkeep import AT_WORK, BESIDE

_OF_SQLITE = ("-wal", "-shm", "-journal")
_BESIDE_THE_STATE = (".lock", ".daemon.lock", BESIDE, AT_WORK)
_SECRETS = ("credentials.json", "credentials.json.lock", "credentials.json.damaged")
_SYSTEMD = "CREDENTIALS_DIRECTORY"


def is_own(
    path: Path,
    loaded: Settings,
    config: Path | None,
    *,
    a_copy: bool = False,
) -> bool:
    """Whether writing there would touch settings, mappings, the state, keys or a delivery. A copy
    of the state may lie in the state's folder, under a name that nothing there has or gets."""
    if any(alike(path, own) for own in _files(loaded, config)):
        return True
    folders = [loaded.source.path]
    if os.environ.get(_SYSTEMD):
        folders.append(Path(os.environ[_SYSTEMD]))
    if not a_copy:
        folders.append(loaded.state_folder)
    return any(_is_in(path, folder) for folder in folders)


def alike(path: Path, other: Path) -> bool:
    """Whether two names are of one file, or would be: by another case of the name too."""
    if path.exists() and other.exists() and path.samefile(other):
        return True
    return _spelt(path) == _spelt(other)


def _files(loaded: Settings, config: Path | None) -> Iterator[Path]:
    from bridge.credentials import KEY_NAME  # heavy to import, and few verbs need it

    yield from filter(None, (config, loaded.source.mapping, *LOOKUP))
    yield from (each.mapping for each in loaded.systems.values() if each.mapping is not None)
    state = Path(loaded.state.url.removeprefix("sqlite:///"))
    for each in (state, Path(os.path.realpath(state))):
        yield each
        yield from (Path(f"{each}{ending}") for ending in (*_OF_SQLITE, ".restoring"))
    yield from (state.with_suffix(ending) for ending in _BESIDE_THE_STATE)
    yield from (loaded.state_folder / name for name in (KEY_NAME, *_SECRETS))


def _is_in(path: Path, folder: Path) -> bool:
    there = Path(os.path.realpath(path))
    return any(alike(each, folder) for each in (path.absolute(), there, *there.parents))


def _spelt(path: Path) -> str:
    return os.path.realpath(path).casefold()
