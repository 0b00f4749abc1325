"""Files and folders that a person names in a command: looked at before the work, told in words."""

from __future__ import annotations

import os
from pathlib import Path

from bridge.errors import UsageError
from bridge.files import NO_ROOM
from bridge.settings import Settings
from bridge.tomlfiles import shown


def new_folder(path: Path, option: str, mode: int = 0o777) -> Path:
    """A folder to write into, made where it is missing. Raises UsageError when it cannot be."""
    try:
        path.mkdir(mode=mode, parents=True, exist_ok=True)
    except FileExistsError as error:
        raise UsageError(f"{option}: {shown(path)} is a file. Name a folder.") from error
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) in NO_ROOM:
            raise
        raise UsageError(_cannot(option, path, error)) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise UsageError(f"{option}: this user may not write into {shown(path)}. Name another.")
    return path


def new_file(path: Path, option: str, loaded: Settings, config: Path | None) -> Path:
    """A file to write, its folder made where it is missing. Raises UsageError when it cannot be,
    and when it is one of the bridge's own or lies among what the ledger delivers."""
    refuse_own(path, option, loaded, config)
    if _is_dir(path, option):
        raise UsageError(f"{option}: {shown(path)} is a folder. Name a file in it.")
    if not (path.exists() and not path.is_file()):  # a terminal or a pipe takes what it is given
        new_folder(path.absolute().parent, option)
    return path


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
            f"not written over. Name a file elsewhere."
        )


def _is_dir(path: Path, option: str) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError) as error:
        raise UsageError(_cannot(option, path, error)) from error


def _cannot(option: str, path: Path, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or "not a name"
    return f"{option}: {shown(path)} cannot be made ({reason}). Name one where you may write."
